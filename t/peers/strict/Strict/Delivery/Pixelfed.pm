package Strict::Delivery::Pixelfed;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Pixelfed answers 202 and drops what it does not like later.

use warnings;
use strict;

use Strict;
use Strict::Delivery;

system_of 'Pixelfed';

my $host = qr!^https://([^/]+)/!;


row 'there is a date', '1.3' => create =>
    sub { abs(age) < 86400 },
    header 'Date', undef;

for my $name (qw/keyId headers algorithm signature/) {
    row "the signature says \"$name\"", '1.1' => create =>
        sub { length parameter($name) },
        sub {
            my $signature = $_->header('Signature');

            $signature =~ s/$name="[^"]*"/x="y"/;
            $_->header('Signature', $signature);
        };
}

row 'the signature is of this request', '1.1' => create =>
    sub { verifies },
    header 'Host', 'other.example';

row 'key, activity and author are on one host', '1.5' => create =>
    sub {
        my ($key) = parameter('keyId') =~ $host;
        my ($activity) = json->{id} =~ $host;
        my ($author) = json->{object}{attributedTo} =~ $host;

        $key eq $activity && $key eq $author;
    },
    edit { $_->{id} = 'https://elsewhere.example/1' };

for my $what (qw/accept create update delete/) {
    row "no deeper than eight: $what", '4' => $what =>
        sub { depth(json) <= 8 },
        edit {
            my $deep = 1;

            $deep = [$deep] for 1 .. 8;
            $_->{deep} = $deep;
        };
}

row 'it goes to the shared inbox, which has another name', '10' => create =>
    sub { $_->url eq facts->{shared} },
    target sub { s!/f!! };

row 'an Accept holds the Follow', '5' => accept =>
    sub {
        json->{object}{actor} eq facts->{actor}
            && json->{object}{object} eq $ACTOR;
    },
    edit { $_->{object} = $_->{object}{id} };

row 'a Delete names what it deletes', '5' => delete =>
    sub { url(json->{object}{id}) },
    edit { $_->{object} = {} };


1;
