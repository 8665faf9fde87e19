package Strict::Misskey;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Misskey and Sharkey.

use warnings;
use strict;

use Strict;

my $AS2 = 'https://www.w3.org/ns/activitystreams';

system_of 'Misskey';

fetch webfinger_encoded => Accept => 'application/jrd+json, application/json';
fetch webfinger_url => Accept => 'application/jrd+json, application/json';
fetch nodeinfo => Accept => 'application/json, */*';
fetch '*' => Accept => 'application/activity+json, '
    . qq{application/ld+json; profile="$AS2"};


row 'WebFinger takes an encoded handle', '2' => webfinger_encoded =>
    sub { $_->status == 200 && json->{subject} eq "acct:news\@$HOST" },
    status 400;

row 'WebFinger takes the URL of the actor', '2' => webfinger_url =>
    sub { $_->status == 200 && (links_to('self'))[0] eq $ACTOR },
    status 404;

row 'NodeInfo names a software', '5' => nodeinfo =>
    sub { text(json->{software}{name}) },
    edit { $_->{software} = 'nginx' };

row 'the actor has a type it takes', '7' => actor =>
    sub {
        type =~ m!^application/(?:activity\+json
            |ld\+json;.*profile="\Q$AS2\E")!x;
    },
    header 'Content-Type', 'text/html';

# a member of the actor on another host: the actor is refused

for my $name (qw/inbox outbox followers following featured/) {
    row "$name is on the host of the actor", '1.5' => actor =>
        sub { same_host(json->{$name}) },
        edit { $_->{$name} = "https://cdn.example/$name" };
}

row 'the shared inbox is on the host of the actor', '1.5' => actor =>
    sub { same_host(json->{endpoints}{sharedInbox}) },
    edit { $_->{endpoints}{sharedInbox} = 'https://cdn.example/inbox' };

row 'the key is on the host of the actor', '1.5' => actor =>
    sub { same_host(json->{publicKey}{id}) },
    edit { $_->{publicKey}{id} = 'https://keys.example/news#main-key' };

row 'the username is one', '2' => actor =>
    sub {
        json->{preferredUsername} =~ /^\w([\w\-.]*\w)?$/
            && length json->{preferredUsername} <= 128;
    },
    edit { $_->{preferredUsername} = '-news' };

row 'the name is a string', '3' => actor =>
    sub { text(json->{name}) },
    edit { $_->{name} = [ $_->{name} ] };

row 'the summary is a string', '3' => actor =>
    sub { text(json->{summary}) },
    edit { $_->{summary} = { en => $_->{summary} } };

row 'the profile page is https on the host', '3' => actor =>
    sub { same_host(json->{url}) },
    edit { $_->{url} =~ s/^https/http/ };

row 'the url of a post is one string', '6' => note =>
    sub { url(json->{url}) },
    edit { $_->{url} = [ $_->{url} ] };

row 'the url of a post is on the host', '3' => note =>
    sub { same_host(json->{url}) },
    edit { $_->{url} = 'https://cdn.example/one' };

row 'the content is a string', '4' => note =>
    sub { text(json->{content}) },
    edit { $_->{content} = [ $_->{content} ] };

row 'a warning is a string', '4' => warned =>
    sub { text(json->{summary}) },
    edit { $_->{summary} = JSON::PP::true() };

row 'a post is under 64 KiB', '4' => note =>
    sub { length $_->body < 65_536 },
    edit { $_->{content} = 'x' x 65_536 };

row 'an Article of the largest kind is under 64 KiB', '4' => largest =>
    sub { json->{type} eq 'Article' && length $_->body < 65_536 },
    edit { $_->{content} .= 'x' x 16_384 };

row 'what delivers it is under 64 KiB', '4' => largest_activity =>
    sub { json->{object}{type} eq 'Article' && length $_->body < 65_536 },
    edit { $_->{object}{content} .= 'x' x 16_384 };


1;
