package Strict::Delivery::Threads;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Threads: 404 for a bad signature, 500 for what it does not expect.

use warnings;
use strict;

use Strict;
use Strict::Delivery;

my $PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

system_of 'Threads';


row 'the draft of Mastodon\'s secure mode', '1.1' => create =>
    sub {
        parameter('headers') =~ /^\(request-target\) host date digest\b/
            && parameter('algorithm') eq 'rsa-sha256' && verifies;
    },
    header 'Signature', 'headers="date digest",algorithm="rsa-sha256"';

row 'a GET is signed, always', '1.4' => get =>
    sub {
        parameter('headers') eq '(request-target) host date' && verifies;
    },
    header 'Signature', undef;

row 'the slash at the end of an inbox is a part of it', '10' => create =>
    sub { $_->url eq facts->{shared} && $_->{target} =~ m!/$! },
    target sub { chop };

row 'and of the one that gets the Accept', '3' => accept =>
    sub { $_->url eq facts->{inbox} },
    target sub { chop };

row 'the date is of now', '1.3' => create =>
    sub { abs(age) < 300 },
    header 'Date', 'Sun, 06 Nov 1994 08:49:37 GMT';

row 'the Follow in an Accept has all that it had', '5' => accept =>
    sub {
        my %follow = %{ follow_sent() };
        my $got = json->{object};

        delete $follow{'@context'};

        keys %$got == keys %follow
            && !grep { $got->{$_} ne $follow{$_} } keys %follow;
    },
    edit { delete $_->{object}{type} };

row 'an Accept is to who follows', '5' => accept =>
    sub { list(json->{to}) && json->{to}[0] eq facts->{actor} },
    edit { delete $_->{to} };

row 'a Note has no name', '4' => create =>
    sub { !exists json->{object}{name} },
    edit { $_->{object}{name} = 'One' };

row 'a Note has no summary', '4' => create =>
    sub { !exists json->{object}{summary} },
    edit { $_->{object}{summary} = 'Teaser' };

row 'a Note has no preview', '4' => update =>
    sub { !exists json->{object}{preview} },
    edit { $_->{object}{preview} = { type => 'Note' } };

for my $what (qw/create update delete/) {
    row "what is told is embedded: $what", '5' => $what =>
        sub { ref json->{object} eq 'HASH' && text(json->{object}{type}) },
        edit { $_->{object} = $_->{object}{id} };

    row "the public is named in full: $what", '8' => $what =>
        sub { list(json->{to}) && json->{to}[0] eq $PUBLIC },
        edit { $_->{to} = 'as:Public' };
}

row 'url is one string', '6' => create =>
    sub { url(json->{object}{url}) },
    edit { $_->{object}{url} = [ $_->{object}{url} ] };


1;
