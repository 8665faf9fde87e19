#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The collections of an actor: an outbox in pages that move nothing, what is
# featured, and an inbox that nobody reads.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(57);

$t->write_file_expand('nginx.conf', <<'EOF')->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }
        activitypub_actor quiet { url /quiet/; }
    }
}

EOF

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news quiet/;

my $base = 'https://acme.example/activitypub';
my $public = 'https://www.w3.org/ns/activitystreams#Public';

###############################################################################

# of an actor that has published nothing

is_deeply(collection('quiet/inbox'), ordered('quiet/inbox',
    totalItems => 0, orderedItems => []), 'inbox: empty');
is_deeply(collection('inbox'), ordered('inbox', totalItems => 0,
    orderedItems => []), 'shared inbox: empty');
is_deeply(collection("quiet/$_"), ordered("quiet/$_", totalItems => 0,
    orderedItems => []), "$_: empty") for qw/followers following/;
is_deeply(collection('quiet/featured'), ordered('quiet/featured',
    totalItems => 0, orderedItems => []), 'featured: empty');
is_deeply(collection('quiet/outbox'), ordered('quiet/outbox',
    totalItems => 0, first => "$base/quiet/outbox?page"), 'outbox: empty');
is_deeply(collection('quiet/outbox?page'), page('quiet/outbox', '?page',
    orderedItems => []), 'its first page: empty');

# of the instance actor

is_deeply(collection("actor/$_"), ordered("actor/$_", totalItems => 0,
    orderedItems => []), "instance: $_") for qw/inbox outbox/;
is_deeply(collection("actor/$_"), ordered("actor/$_", totalItems => 0,
    orderedItems => []), "instance: $_") for qw/followers following/;
is(ap_get('/activitypub/actor/featured')->status, 404,
    'instance: no featured');

# their headers

for my $path ('quiet/inbox', 'quiet/outbox', 'quiet/outbox?page', 'inbox') {
    my $r = ap_get("/activitypub/$path");

    is($r->header('Content-Type'), 'application/activity+json', "$path: type");
    is($r->header('Cache-Control'), 'public, max-age=180', "$path: cache");
    is_deeply([$r->header('Vary')], [], "$path: the same for everybody");

    $r = ap_get("/activitypub/$path",
        headers => ['If-None-Match' => $r->header('ETag')]);

    is($r->status, 304, "$path: 304");
    is($r->body, '', "$path: 304 has no body");
}

# an outbox that grows while somebody reads it

my @ids = map { publish($t, "/posts/$_") } 1 .. 42;

ok($t->wait_for(sub { collection('news/outbox')->{totalItems} == 42 }, 20),
    'outbox: its total follows');

my $first = collection('news/outbox?page');

is_deeply([map { $_->{object}{id} } @{ $first->{orderedItems} }],
    [reverse @ids[22 .. 41]], 'first page: the newest twenty, newest first');
is($first->{partOf}, "$base/news/outbox", 'first page: partOf');

my $create = $first->{orderedItems}[0];

is($create->{type}, 'Create', 'an item is a Create');
is($create->{actor}, "$base/news", 'of the actor');
like($create->{id}, qr!^\Q$base\E/news/activities/[0-9a-f-]{36}$!,
    'with its id');
is_deeply([$create->{to}, $create->{cc}],
    [[$public], ["$base/news/followers"]], 'addressed to everybody');
is($create->{'@context'}, undef, 'without a context of its own');
is_deeply(stripped($create->{id}), $create, 'and is there by its id');

my ($next) = $first->{next} =~ m!^\Q$base\E/(news/outbox\?page=.*)!;

push @ids, publish($t, '/posts/43');
$t->wait_for(sub { collection('news/outbox')->{totalItems} == 43 }, 20);

my $second = collection($next);

is_deeply([map { $_->{object}{id} } @{ $second->{orderedItems} }],
    [reverse @ids[2 .. 21]], 'second page: moved by nothing');
is($second->{id}, $first->{next}, 'second page: its id is the link to it');

($next) = $second->{next} =~ m!^\Q$base\E/(.*)!;

my $third = collection($next);

is_deeply([map { $_->{object}{id} } @{ $third->{orderedItems} }],
    [reverse @ids[0, 1]], 'third page: the rest');
is($third->{next}, undef, 'third page: the last one');
is(collection('news/outbox?page')->{orderedItems}[0]{object}{id}, $ids[42],
    'first page: with what is new');

# an edit and a deletion are not news

edit($t, 'update', $ids[42], '--title', 'Changed');
edit($t, 'delete', $ids[41], '--yes');

ok($t->wait_for(sub { collection('news/outbox')->{totalItems} == 42 }, 20),
    'outbox: without what is deleted');

$first = collection('news/outbox?page');

is_deeply([map { $_->{object}{id} } @{ $first->{orderedItems} }[0, 1]],
    [@ids[42, 40]], 'first page: without it, too');
like($first->{orderedItems}[0]{object}{content}, qr/Changed/,
    'and with the post as it is now');

# queries that mean nothing

is(ap_get("/activitypub/news/outbox?$_")->body,
    ap_get('/activitypub/news/outbox')->body, "outbox?$_")
    for 'a=b', 'page=2', 'page=', 'pages', "page=$ids[0]";

# featured

edit($t, 'pin', $_) for @ids[3, 5];

ok($t->wait_for(sub { collection('news/featured')->{totalItems} == 2 }, 20),
    'featured: its total follows');
is_deeply([map { $_->{id} } @{ collection('news/featured')->{orderedItems} }],
    [@ids[5, 3]], 'featured: the posts, the last pinned first');

edit($t, 'pin', $ids[5], '--off');
edit($t, 'delete', $ids[3], '--yes');

ok($t->wait_for(sub { collection('news/featured')->{totalItems} == 0 }, 20),
    'featured: neither what is unpinned nor what is deleted');

###############################################################################

sub collection {
    my ($path) = @_;

    return ap_get("/activitypub/$path")->json || {};
}


# what a collection says, but for its context

sub ordered {
    my ($path, %o) = @_;

    return { '@context' => collection($path)->{'@context'},
        id => "$base/$path", type => 'OrderedCollection', %o };
}


sub page {
    my ($path, $query, %o) = @_;

    return { '@context' => collection($path)->{'@context'},
        id => "$base/$path$query", type => 'OrderedCollectionPage',
        partOf => "$base/$path", %o };
}


# a document without its context

sub stripped {
    my ($id) = @_;

    my $json = ap_get($id =~ s!^https://acme\.example!!r)->json;

    delete $json->{'@context'};

    return $json;
}

###############################################################################
