package Strict::GoToSocial;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

use warnings;
use strict;

use Strict;

my $AS2 = 'https://www.w3.org/ns/activitystreams';

# parameters: at most the character set
my $TYPE = qr{^application/(?:activity\+json
    |ld\+json;\ ?profile="\Q$AS2\E")(?:;\ ?charset=utf-8)?$}x;

system_of 'GoToSocial';

fetch webfinger => Accept => 'application/jrd+json,application/json';
fetch webfinger_unknown => Accept => 'application/jrd+json,application/json';
fetch host_meta => Accept => 'application/xrd+xml,application/xml';
fetch '*' =>
    'Accept' => qq{application/ld+json; profile="$AS2",}
        . 'application/activity+json',
    'Accept-Charset' => 'utf-8';


row 'the JRD is jrd+json or json', '2' => webfinger =>
    sub {
        type =~ m!^application/(?:jrd\+)?json(?:;\ ?charset=utf-8)?$!;
    },
    header 'Content-Type', 'application/activity+json';

row 'an unknown account is not gone for ever', '2' => webfinger_unknown =>
    sub { $_->status == 404 },
    status 410;

row 'host-meta answers where WebFinger fails', '2' => host_meta =>
    sub { $_->status == 200 && $_->body =~ /template=/ },
    status 404;

row 'the actor has one of two types, bare', '7' => actor =>
    sub { type =~ $TYPE },
    header 'Content-Type', 'application/activity+json; version=1';

row 'a post has one of two types, bare', '7' => note =>
    sub { type =~ $TYPE },
    header 'Content-Type', 'application/ld+json';

row 'the outbox has one of two types, bare', '7' => outbox =>
    sub { type =~ $TYPE },
    header 'Content-Type', 'application/json';

row 'the actor has an inbox of its own', '10' => actor =>
    sub {
        url(json->{inbox})
            && json->{inbox} ne (json->{endpoints}{sharedInbox} // '');
    },
    edit { $_->{inbox} = $_->{endpoints}{sharedInbox} };

row 'the summary is text', '3' => actor =>
    sub { text(json->{summary}) },
    edit { $_->{summary} = [ $_->{summary} ] };

row 'the key names its owner', '1.5' => actor =>
    sub { json->{publicKey}{owner} eq json->{id} },
    edit { $_->{publicKey}{owner} = "https://$HOST/" };

row 'the key is PEM', '1.5' => actor =>
    sub { pem(json->{publicKey}{publicKeyPem}) },
    edit { $_->{publicKey}{publicKeyPem} = 'z4MX' };

row 'a post is of a type it can show', '4' => note =>
    sub {
        json->{type} =~ /^(?:Article|Document|Image|Video|Note|Page|Event
            |Place|Profile|Question|Album)$/x;
    },
    edit { $_->{type} = 'Post' };

row 'an Article too', '4' => article =>
    sub { json->{type} eq 'Article' && text(json->{content}) },
    edit { delete $_->{content} };

row 'the author of a post is on its host', '5' => note =>
    sub { same_host(json->{attributedTo}) && same_host(json->{id}) },
    edit { $_->{attributedTo} = 'https://elsewhere.example/users/news' };

row 'a deleted post is 410', '4' => tombstone =>
    sub { $_->status == 410 },
    status 200;

row 'the outbox is an ordered collection', '3' => outbox =>
    sub { json->{type} eq 'OrderedCollection' },
    edit { delete $_->{type} };


1;
