#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A post from its publication to its end: one id, at its id and at its page;
# every edit is seen, and what is deleted is gone for ever.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(77);

$t->write_file('posts/one.html', 'THE PAGE');
$t->write_file('index.html', 'HOME');

$t->write_file_expand('nginx.conf', <<'EOF')->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    types {
        text/html  html;
    }

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }
    }
}

EOF

$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";

my $base = 'https://acme.example/activitypub/news';
my $page = '/posts/one.html';

# what was not there yet is not remembered as missing

is(ap_get($page)->body, 'THE PAGE', 'before: the site\'s page');

###############################################################################

# published

my $id = publish($t, $page, title => 'One & only', language => 'en',
    content => '<p>A <b>text</b>.</p>', excerpt => 'A teaser.',
    published => '2026-01-31T18:00:00Z');
my $at = $id =~ s!^https://acme\.example!!r;

like($id, qr!^\Q$base\E/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}
    -[0-9a-f]{12}$!x, 'the id is below the actor, and a UUID of version 7');

my $r = $t->wait_for(sub { my $r = ap_get($page); $r->json && $r }, 10);

ok($r, 'at its page');
is(ap_get($at)->body, $r->body, 'the same bytes at its id');

my $json = $r->json;
my %expected = (
    id => $id,
    type => 'Note',
    attributedTo => $base,
    url => "https://acme.example$page",
    published => '2026-01-31T18:00:00Z',
    to => ['https://www.w3.org/ns/activitystreams#Public'],
    cc => ["$base/followers"],
    tag => [],
    attachment => [],
    replies => "$id/replies",
    likes => "$id/likes",
    shares => "$id/shares",
    name => undef,
    summary => undef,
    updated => undef,
    preview => undef,
);

is_deeply($json->{$_}, $expected{$_}, "Note: $_") for sort keys %expected;

like($json->{content},
    qr!One &amp; only.*A teaser\..*<a href="https://acme\.example$page">!,
    'Note: title, teaser and link');
is_deeply($json->{contentMap}, { en => $json->{content} }, 'Note: language');

for my $name (qw/replies likes shares/) {
    my $json = ap_get("$at/$name")->json || {};

    is($json->{id}, "$id/$name", "$name: id");
    is($json->{totalItems}, 0, "$name: none yet");
}

my $activity = ap_get('/activitypub/news/outbox?page')
    ->json->{orderedItems}[0]{id} =~ s!^https://acme\.example!!r;

is((ap_get($activity)->json || {})->{object}{id}, $id,
    'its activity at its id');

# cached

for my $uri ($at, $page) {
    my $r = ap_get($uri);
    my $etag = $r->header('ETag');

    like($etag, qr/^"[0-9a-f]{32}"$/, "$uri: a strong ETag");

    $r = ap_get($uri, headers => ['If-None-Match' => $etag]);

    is($r->status, 304, "$uri: 304");
    is($r->body, '', "$uri: 304 has no body");
    is($r->header('ETag'), $etag, "$uri: 304 has the ETag");
    is($r->header('Content-Type'), undef, "$uri: 304 has no type");
    is($r->header('Cache-Control'), $uri eq $at ? 'public, max-age=180'
        : 'private, no-store', "$uri: 304 has its Cache-Control");
    is(ap_get($uri, headers => ['If-None-Match' => "\"x\", W/$etag"])->status,
        304, "$uri: 304 for one of several");
    is(ap_get($uri, headers => ['If-None-Match' => '"x"'])->status, 200,
        "$uri: another ETag");
    is(http_head($uri, host => 'acme.example', accept => $AP)
        ->header('Content-Length'), length ap_get($uri)->body,
        "$uri: HEAD");
}

# changed

my $etag = ap_get($at)->header('ETag');

edit($t, 'update', $id, '--title', 'Two', '--content-warning', 'Beware');

$json = $t->wait_for(sub {
    my $json = ap_get($at)->json;

    $json->{updated} && $json;
}, 10);

ok($json, 'edit: seen at its id');
is(ap_get($page)->body, ap_get($at)->body, 'edit: seen at its page');
is($json->{id}, $id, 'edit: the same id');
is($json->{published}, '2026-01-31T18:00:00Z', 'edit: published as before');
like($json->{updated}, qr/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    'edit: updated');
like($json->{content}, qr/Two/, 'edit: the title');
is($json->{summary}, 'Beware', 'edit: the content warning');
is(ap_get($at, headers => ['If-None-Match' => $etag])->status, 200,
    'edit: another ETag');
like(ap_get($activity)->json->{object}{content}, qr/Two/,
    'edit: in its activity');

# moved to another page

edit($t, 'update', $id, '--url', '/posts/two.html');

ok($t->wait_for(sub { ap_get('/posts/two.html')->json }, 10),
    'moved: at its new page');
is(ap_get($page)->body, 'THE PAGE', 'moved: no longer at the old one');
is(ap_get($at)->json->{url}, 'https://acme.example/posts/two.html',
    'moved: its url');
is(http_get($at, host => 'acme.example', accept => $BROWSER)
    ->header('Location'), 'https://acme.example/posts/two.html',
    'moved: where browsers are sent');

# an Article

my $article = publish($t, $page, type => 'article', title => 'Whole',
    content => '<p>All of it.</p>', excerpt => 'A part.');

$json = $t->wait_for(sub { ap_get($page)->json }, 10) || {};

is_deeply([@{$json}{qw/type name summary content/}],
    ['Article', 'Whole', 'A part.', '<p>All of it.</p>'],
    'Article: whole, and by name');

# deleted

edit($t, 'delete', $article, '--yes');

$r = $t->wait_for(sub { my $r = ap_get($page); $r->status == 410 && $r }, 10);

ok($r, 'deleted: 410 at its page');
is($r->json->{type}, 'Tombstone', 'deleted: a Tombstone');
is($r->json->{id}, $article, 'deleted: of that id');
is($r->json->{formerType}, 'Article', 'deleted: which was an Article');
is(http_get($page, host => 'acme.example')->body, 'THE PAGE',
    'deleted: the page stays');
ok($t->wait_for(sub {
    !http_get($page, host => 'acme.example')->header('Link')
}), 'deleted: the page has no Link');

$at = $article =~ s!^https://acme\.example!!r;

is(ap_get($at)->status, 410, 'deleted: 410 at its id');
is(http_get($at, host => 'acme.example', accept => $BROWSER)->status, 410,
    'deleted: 410 for a browser');
is(ap_get("$at/replies")->status, 404, 'deleted: no replies');

# a page that is published again is another post

my $again = publish($t, $page);

isnt($again, $article, 'again: another id');
is($t->wait_for(sub { (ap_get($page)->json || {})->{id} eq $again }, 10), 1,
    'again: at the page');
is(ap_get($at)->status, 410, 'again: the old id stays gone');

# ids of nobody

is(ap_get("/activitypub/news/$_")->status, 404, "no post $_")
    for '01a20535-a5d1-7d37-b8ae-4c73acf090d9',
        'activities/01a20535-a5d1-7d37-b8ae-4c73acf090d9',
        uc(substr $again, -36);

is(ap_get('/activitypub/actor/' . substr($again, -36))->status, 404,
    'a post is nobody else\'s');

###############################################################################
