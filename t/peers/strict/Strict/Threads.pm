package Strict::Threads;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Threads: its code is closed; what operators have seen it take and refuse.

use warnings;
use strict;

use Strict;

my $PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

system_of 'Threads';

fetch webfinger => Accept => 'application/jrd+json, application/json';
fetch '*' => Accept => 'application/activity+json, application/ld+json';


row 'WebFinger answers the handle', '1.4' => webfinger =>
    sub { $_->status == 200 && json->{subject} eq "acct:news\@$HOST" },
    status 401;

row 'the actor has one key, of 2048 bits', '1.4' => actor =>
    sub {
        ref json->{publicKey} eq 'HASH'
            && pem(json->{publicKey}{publicKeyPem}) eq 'RSA 2048';
    },
    edit { $_->{publicKey} = [ $_->{publicKey} ] };

row 'the key is the #main-key of the actor', '1.4' => actor =>
    sub { json->{publicKey}{id} eq json->{id} . '#main-key' },
    edit { $_->{publicKey}{id} =~ s/#main-key/#key-1/ };

row 'the key of the instance actor is readable unsigned', '1.4' => instance =>
    sub { $_->status == 200 && pem(json->{publicKey}{publicKeyPem}) },
    status 401;

row 'a post is a Note: an Article is accepted and not shown', '4' => note =>
    sub { json->{type} eq 'Note' },
    edit { $_->{type} = 'Article' };

row 'a Note has no name', '4' => note =>
    sub { !exists json->{name} },
    edit { $_->{name} = 'One' };

row 'a Note has no summary', '4' => note =>
    sub { !exists json->{summary} },
    edit { $_->{summary} = 'Teaser' };

row 'a Note has no preview', '4' => note =>
    sub { !exists json->{preview} },
    edit { $_->{preview} = { type => 'Note', content => 'Teaser' } };

row 'the link to the page is in the content', '4' => note =>
    sub { index(json->{content}, json->{url}) >= 0 },
    edit { $_->{content} = '<p>One</p>' };

row 'the public is named in full', '8' => note =>
    sub { list(json->{to}) && json->{to}[0] eq $PUBLIC },
    edit { $_->{to} = ['as:Public'] };

row 'to is not a single value', '8' => note =>
    sub { list(json->{to}) },
    edit { $_->{to} = $PUBLIC };

row 'url is one string', '6' => note =>
    sub { url(json->{url}) },
    edit { $_->{url} = [ { type => 'Link', href => $_->{url} } ] };

row 'attributedTo is one string', '6' => note =>
    sub { url(json->{attributedTo}) },
    edit { $_->{attributedTo} = [ $_->{attributedTo} ] };

row 'an edit is a Note without a name too', '4' => edited =>
    sub { json->{type} eq 'Note' && !exists json->{name} },
    edit { $_->{name} = 'One' };


1;
