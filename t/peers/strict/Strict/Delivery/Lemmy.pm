package Strict::Delivery::Lemmy;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

use warnings;
use strict;

use Strict;
use Strict::Delivery;

system_of 'Lemmy';


row 'the signature is of this request', '1.1' => create =>
    sub { covered(qw/(request-target) content-type date digest host/)
        && verifies },
    header 'Digest', 'SHA-256=AA==';

row 'the date is of the last hour', '1.3' => create =>
    sub { abs(age) < 3600 },
    header 'Date', 'Sun, 06 Nov 1994 08:49:37 GMT';

row 'the content type is one of three, to the letter', '7' => create =>
    sub { type eq 'application/activity+json' },
    header 'Content-Type', 'application/activity+json;charset=utf-8';

row 'it goes to the shared inbox', '10' => update =>
    sub { $_->url eq facts->{shared} },
    target sub { s!^!/u/alice! };

row 'an Accept holds the Follow, whole', '5' => accept =>
    sub {
        my $follow = json->{object};

        4 == grep { $follow->{$_} eq follow_sent->{$_} }
            qw/id type actor object/;
    },
    edit { delete $_->{object}{object} };

row 'an Accept has the domain of its actor', '5' => accept =>
    sub { same_host(json->{id}) && same_host(json->{actor}) },
    edit { $_->{id} = follow_sent->{id} };

for my $what (qw/to cc/) {
    row "\"$what\" is a list", '6' => create =>
        sub { list(json->{$what}) && list(json->{object}{$what}) },
        edit { $_->{object}{$what} = $_->{object}{$what}[0] };
}

for my $what (qw/tag attachment/) {
    row "\"$what\" is a list, if it is there", '6' => create =>
        sub {
            !exists json->{object}{$what} || list(json->{object}{$what});
        },
        edit { $_->{object}{$what} = { type => 'Image' } };
}

row 'an Update has the domain of its actor', '5' => update =>
    sub { same_host(json->{id}) && same_host(json->{object}{id}) },
    edit { $_->{object}{id} = 'https://elsewhere.example/1' };

row 'a Delete has it too', '5' => delete =>
    sub { same_host(json->{id}) && same_host(json->{object}{id}) },
    edit { $_->{id} = 'https://elsewhere.example/1' };

row 'a post is text', '4' => create =>
    sub { text(json->{object}{content}) },
    edit { delete $_->{object}{content} };


1;
