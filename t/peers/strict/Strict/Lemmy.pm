package Strict::Lemmy;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

use warnings;
use strict;

use Strict;

# the whole header is compared, with these three
my %TYPES = map { $_ => 1 } 'application/activity+json',
    'application/activity+json; charset=utf-8',
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"';

system_of 'Lemmy';

fetch webfinger => Accept => 'application/jrd+json';
fetch '*' => Accept => 'application/activity+json';


row 'WebFinger answers', '2' => webfinger =>
    sub { $_->status == 200 },
    status 406;

row 'the type of the self link starts with application/', '2' => webfinger =>
    sub {
        my ($self) = grep { $_->{rel} eq 'self' } @{ json->{links} };

        $self->{type} =~ m!^application/!;
    },
    edit { delete $_->{type} for @{ $_->{links} } };

row 'the last link of such a type is the actor', '2' => webfinger =>
    sub {
        my @links = grep { ($_->{type} // '') =~ m!^application/! }
            @{ json->{links} };

        @links && $links[-1]{href} eq $ACTOR;
    },
    edit { push @{ $_->{links} }, { rel => 'feed', href => '/feed.json',
        type => 'application/json' } };

for my $name (qw/actor note article outbox tombstone/) {
    row "the type of the response ($name) is one of three", '7' => $name =>
        sub { $TYPES{type()} },
        header 'Content-Type', 'application/activity+json;charset=utf-8';
}

row 'the actor has an outbox', '3' => actor =>
    sub { url(json->{outbox}) },
    edit { delete $_->{outbox} };

row 'the actor has a key', '3' => actor =>
    sub {
        my $key = json->{publicKey};

        text($key->{id}) && text($key->{owner}) && text($key->{publicKeyPem});
    },
    edit { delete $_->{publicKey} };

row 'the actor has an inbox', '3' => actor =>
    sub { url(json->{inbox}) },
    edit { $_->{inbox} = 'inbox' };

row 'the icon is an object or a list', '3' => actor =>
    sub { ref json->{icon} eq 'HASH' || list(json->{icon}) },
    edit { $_->{icon} = $_->{icon}{url} };

row 'the actor is a person, a service or an organization', '3' => actor =>
    sub { json->{type} =~ /^(?:Person|Service|Organization)$/ },
    edit { $_->{type} = 'Application' };

row 'the actor can be fetched again by its id', '7' => actor =>
    sub { json->{id} eq $ACTOR },
    edit { $_->{id} .= '/' };

row 'the attachments of a post are a list', '4' => article =>
    sub { list(json->{attachment} // []) },
    edit { $_->{attachment} = {} };

row 'an Article has a title', '4' => article =>
    sub { text(json->{name}) },
    edit { $_->{name} = '' };

row 'an Article answers nothing', '4' => article =>
    sub { !exists json->{inReplyTo} },
    edit { $_->{inReplyTo} = 'https://elsewhere.example/1' };

row 'a Note has content', '4' => note =>
    sub { text(json->{content}) },
    edit { delete $_->{content} };

row 'a Note says to whom', '4' => note =>
    sub { list(json->{to}) && @{ json->{to} } },
    edit { delete $_->{to} };

row 'a post is not larger than 1 MiB', '4' => article =>
    sub { length $_->body <= 1_048_576 },
    body sub { $_ .= ' ' x 1_048_576 };


1;
