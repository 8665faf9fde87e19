package Strict::Pixelfed;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

use warnings;
use strict;

use Strict;

# json_decode() with a depth of 8
my $DEPTH = 8;

system_of 'Pixelfed';

fetch webfinger => Accept => 'application/json, application/jrd+json';
fetch bare => Accept => 'application/ld+json';
fetch '*' => Accept => 'application/activity+json, application/ld+json';


# what nests so deep that it is not read

my $NESTED = {};
$NESTED = { deeper => $NESTED } for 1 .. $DEPTH;


row 'WebFinger answers', '2' => webfinger =>
    sub { $_->status == 200 && json->{subject} eq "acct:news\@$HOST" },
    edit { $_->{subject} = 'news' };

row 'ld+json without a profile gets the actor', '7' => bare =>
    sub { $_->status == 200 && json->{id} eq $ACTOR },
    body sub { $_ = '<!doctype html>' };

row 'the username is one everywhere', '2' => actor =>
    sub { json->{preferredUsername} =~ /^[a-z0-9_]{1,30}$/ },
    edit { $_->{preferredUsername} = 'x' x 31 };

for my $name (qw/actor note article activity/) {
    row "not deeper than 8 ($name)", '4' => $name =>
        sub { depth(json) <= $DEPTH },
        edit { $_->{extension} = $NESTED };
}

row 'the key is on the host of the actor', '1.5' => actor =>
    sub { same_host(json->{publicKey}{id}) && same_host(json->{id}) },
    edit { $_->{publicKey}{id} = 'https://keys.example/#main-key' };

row 'an activity is on the host of the key', '1.5' => activity =>
    sub { same_host(json->{id}) && same_host(json->{actor}) },
    edit { $_->{id} = 'https://elsewhere.example/1' };

row 'its object is on that host', '1.5' => activity =>
    sub { same_host(json->{object}{id}) },
    edit { $_->{object}{id} = 'https://elsewhere.example/1' };

row 'so is the author of its object', '1.5' => activity =>
    sub { same_host(json->{object}{attributedTo}) },
    edit { delete $_->{object}{attributedTo} };

row 'a post is a Note: an Article is ignored', '10' => note =>
    sub { json->{type} eq 'Note' },
    edit { $_->{type} = 'Article' };


1;
