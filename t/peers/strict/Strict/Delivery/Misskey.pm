package Strict::Delivery::Misskey;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

use warnings;
use strict;

use Strict;
use Strict::Delivery;

system_of 'Misskey';


# 401 without any of them

for my $name (qw/(request-target) host date digest/) {
    row "$name is covered", '1.4' => create =>
        sub { covered($name) },
        sub {
            my $signature = $_->header('Signature');

            $signature =~ s/headers="[^"]*\K\Q$name\E ?//;
            $_->header('Signature', $signature);
        };
}

row 'the host is its own', '1.4' => create =>
    sub { $_->header('Host') eq facts->{host} && verifies },
    header 'Host', 'www.misskey.example';

row 'the digest has the one name that it knows', '1.4' => create =>
    sub { $_->header('Digest') =~ /^SHA-256=/ && digested },
    header 'Digest', 'SHA-512=AA==';

row 'the algorithm is the one that it knows', '1.1' => create =>
    sub { parameter('algorithm') eq 'rsa-sha256' },
    header 'Signature', 'algorithm="ed25519"';

row 'the key is on the host of the actor', '1.5' => create =>
    sub {
        parameter('keyId') =~ m!^\Qhttps://$HOST/\E!
            && same_host(json->{actor});
    },
    edit { $_->{actor} = 'https://elsewhere.example/news' };

row 'a body is below 64 KiB', '4' => article =>
    sub { length $_->body < 65536 },
    body sub { $_ .= ' ' x 16384 };

row 'it goes to the shared inbox', '10' => delete =>
    sub { $_->url eq facts->{shared} },
    target sub { $_ = '/users/9abc/inbox' };

row 'an Accept holds the Follow', '5' => accept =>
    sub {
        json->{object}{type} eq 'Follow'
            && json->{object}{actor} eq facts->{actor};
    },
    edit { $_->{object}{actor} = $ACTOR };

row 'the summary of a post is text, if it is there', '4' => create =>
    sub {
        !exists json->{object}{summary} || text(json->{object}{summary});
    },
    edit { $_->{object}{summary} = ['x'] };

row 'the page of a post is on its host', '3' => create =>
    sub { same_host(json->{object}{url}) },
    edit { $_->{object}{url} = 'https://elsewhere.example/' };

row 'what is told is one thing', '6' => create =>
    sub { ref json->{object} eq 'HASH' && text(json->{type}) },
    edit { $_->{object} = [ $_->{object} ] };

row 'a Delete is of a Tombstone', '5' => delete =>
    sub { json->{object}{type} eq 'Tombstone' },
    edit { $_->{object}{type} = 'Note' };


1;
