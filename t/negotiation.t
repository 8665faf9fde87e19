#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Who gets what by Accept: a page is HTML unless ActivityPub is named and
# preferred, a machine URL is JSON unless HTML is.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $profile = '"https://www.w3.org/ns/activitystreams"';
my $long = join ', ', map { "a/b$_" } 1 .. 500;

# who, what it sends, and what it gets at the page and at the machine URL

my @table = (
    ['Mastodon',
        'application/activity+json, application/ld+json', 'json', 'json'],
    ['Mastodon, of a URL', "application/ld+json; profile=$profile, "
        . 'application/activity+json, text/html;q=0.1', 'json', 'json'],
    ['GoToSocial', "application/ld+json; profile=$profile,"
        . 'application/activity+json', 'json', 'json'],
    ['Misskey', 'application/activity+json, application/ld+json; '
        . "profile=$profile", 'json', 'json'],
    ['Lemmy', 'application/activity+json', 'json', 'json'],
    ['Bridgy', "application/activity+json, application/ld+json; "
        . "profile=$profile, text/html; charset=utf-8; q=0.5",
        'json', 'json'],
    ['bare ld+json', 'application/ld+json', 'json', 'json'],
    ['another profile', 'application/ld+json; profile="https://a.example/"',
        'html', 'json'],
    ['a profile without quotes', 'application/ld+json;profile='
        . 'https://www.w3.org/ns/activitystreams', 'json', 'json'],
    ['upper case', 'APPLICATION/Activity+JSON', 'json', 'json'],
    ['application/json', 'application/json', 'html', 'json'],
    ['a browser', $BROWSER, 'html', 'redirect'],
    ['text/html', 'text/html', 'html', 'redirect'],
    ['XHTML', 'application/xhtml+xml', 'html', 'redirect'],
    ['anything', '*/*', 'html', 'json'],
    ['any text', 'text/*', 'html', 'json'],
    ['nothing', undef, 'html', 'json'],
    ['an empty Accept', '', 'html', 'json'],
    ['a tie', 'text/html, application/activity+json', 'json', 'json'],
    ['HTML first', 'text/html, application/activity+json;q=0.9',
        'html', 'redirect'],
    ['ActivityPub first', 'text/html;q=0.8, application/activity+json;q=0.9',
        'json', 'json'],
    ['ActivityPub a little', 'application/activity+json;q=0.001',
        'json', 'json'],
    ['no ActivityPub', 'application/activity+json;q=0', 'html', 'json'],
    ['no ActivityPub but HTML', 'application/activity+json;q=0, text/html',
        'html', 'redirect'],
    ['anything first', 'application/activity+json;q=0.5, */*', 'html', 'json'],
    ['anything last', 'application/activity+json, */*;q=0.8', 'json', 'json'],
    ['anything but HTML', 'text/html;q=0.5, */*;q=0.8', 'html', 'json'],
    ['a wrong quality', 'application/activity+json;q=2', 'html', 'json'],
    ['commas', ',, application/activity+json ,', 'json', 'json'],
    ['a comma in quotes',
        'text/html;a="application/activity+json, b"', 'html', 'redirect'],
    ['much before it', "$long, application/activity+json", 'json', 'json'],
    ['two lines', ['text/html;q=0.1', 'application/activity+json'],
        'json', 'json'],
    ['two lines, HTML last', ['application/activity+json;q=0.5', 'text/html'],
        'html', 'redirect'],
    ['two lines, HTML less', ['application/activity+json', 'text/html;q=0.1'],
        'json', 'json'],
    ['two lines, HTML more', ['text/html', 'application/activity+json;q=0.5'],
        'html', 'redirect'],
    ['two lines, one with nothing', ['a/b', 'application/ld+json'],
        'json', 'json'],
);

my $t = Test::Nginx->new()->has(qw/http/)->plan(@table * 4 + 52);

$t->write_file('posts/one.html', 'THE PAGE');
$t->write_file('posts/other.html', 'OTHER');
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

    map $activitypub_request $kind {
        1        document;
        default  page;
    }

    log_format  seen  "$request_uri $activitypub_request|$kind";
    access_log  %%TESTDIR%%/seen.log seen;

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }

        location = /map { return 200 $kind; }
        location = /if  { if ($activitypub_request) { return 204; } }
    }
}

EOF

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $page = '/posts/one.html';
my $id = publish($t, $page);
my $machine = $id =~ s!^https://acme\.example!!r;

$t->wait_for(sub { ap_get($page)->json }, 20) or die "no post\n";
$t->wait_for(sub { !get('/posts/other.html')->header('Vary') }, 20)
    or die "which pages have a document is not known\n";

###############################################################################

for my $row (@table) {
    my ($who, $accept, $at_page, $at_machine) = @$row;

    for my $method ('GET', 'HEAD') {
        is(answer($method, $page, $accept), $at_page,
            "$who: $method of a page");
        is(answer($method, $machine, $accept), $at_machine,
            "$who: $method of a machine URL");
    }
}

# headers that tell caches and clients what there is

my $r = ap_get($page);

is($r->header('Content-Type'), 'application/activity+json', 'document: type');
is($r->header('Cache-Control'), 'private, no-store',
    'document at a page: for no cache');
is_deeply([$r->header('Vary')], ['Accept'], 'document at a page: Vary');
is_deeply([$r->header('Link')], [], 'document at a page: no Link');

$r = get($page);

is_deeply([$r->header('Vary')], ['Accept'], 'page: Vary');
is_deeply([$r->header('Link')], ["<$id>; rel=\"alternate\"; "
    . 'type="application/activity+json"'], 'page: Link to the machine URL');
is($r->header('Cache-Control'), undef, 'page: Cache-Control is the site\'s');

$r = get($page, headers => ['If-None-Match' => $r->header('ETag')]);

is($r->status, 304, 'page: 304');
is($r->header('Vary'), 'Accept', 'page: 304 with Vary');
like($r->header('Link'), qr/^<\Q$id\E>/, 'page: 304 with Link');

$r = get($page, headers => [Range => 'bytes=0-2']);

is($r->status, 206, 'page: a part');
is($r->header('Vary'), 'Accept', 'page: a part with Vary');

$r = ap_get($machine);

is($r->header('Cache-Control'), 'public, max-age=180',
    'machine URL: for every cache');
is_deeply([$r->header('Vary')], ['Accept'], 'machine URL: Vary');
is($r->header('Access-Control-Allow-Origin'), '*', 'machine URL: CORS');

$r = get($machine, accept => $BROWSER);

is($r->header('Location'), "https://acme.example$page",
    'redirect: to the page');
is($r->header('Cache-Control'), 'private, no-store', 'redirect: for no cache');
is_deeply([$r->header('Vary')], ['Accept'], 'redirect: Vary');

# the profile page is a page like others

like(get('/')->header('Link'),
    qr!^<https://acme\.example/activitypub/news>; rel="alternate"!,
    'profile page: Link');
is(ap_get('/')->json->{id}, 'https://acme.example/activitypub/news',
    'profile page: document');
is(get('/activitypub/news', accept => $BROWSER)->header('Location'),
    'https://acme.example/', 'profile page: redirect to it');
is(get('/activitypub/actor', accept => $BROWSER)->status, 302,
    'the instance actor sends browsers home');
is(get('/activitypub/news/outbox', accept => $BROWSER)->status, 200,
    'a collection has no page');

# a link that somebody has added to leads to the same page

for my $query ('utm_source=mastodon&utm_medium=social', 'fbclid=a',
    'utm_campaign=a&gclid=b&mtm_source=c')
{
    is((ap_get("$page?$query")->json || {})->{id}, $id, "$query: document");
    like(get("$page?$query")->header('Link') // '', qr/^<\Q$id\E>/,
        "$query: Link");
}

is(ap_get("$machine?utm_source=a")->json->{id}, $id, 'also at a machine URL');

# a page without a document is the site's alone

for my $uri ('/posts/other.html', "$page?a=b", '/?p=1', '/?utm=1',
    '/?p=1&utm_source=a', '/?utm_source=a&p=1')
{
    $r = get($uri);

    is_deeply([$r->header('Vary'), $r->header('Link')], [],
        "$uri: neither Vary nor Link");
    is(ap_get($uri)->body, $r->body, "$uri: the site's for everybody");
}

is(ap_get('/posts/nothing.html')->status, 404, 'a page that is not there');

# other methods are the site's

is(answer($_, $page, $AP), 405, "$_ of a page is the site's")
    for qw/POST PUT DELETE OPTIONS/;

# $activitypub_request

is(ap_get('/map')->body, 'document', 'in map');
is(get('/map', accept => $BROWSER)->body, 'page', 'in map, of a browser');
is(ap_get('/if')->status, 204, 'in if');
is(get('/if')->status, 404, 'in if, of a browser');

$t->stop;

like($t->read_file('seen.log'), qr!^/map 1\|document\n/map \|page\n!m,
    'in log_format');

###############################################################################

sub get {
    my ($uri, %o) = @_;

    return http_get($uri, host => 'acme.example', %o);
}


# "json", "html", "redirect" or the status

sub answer {
    my ($method, $uri, $accept) = @_;

    my @accept = map { (Accept => $_) } ref $accept ? @$accept
        : defined $accept ? $accept : ();
    my $r = http_connect()->request($method, $uri,
        headers => [Host => 'acme.example', @accept]);

    return 'redirect' if $r->status == 302;
    return $r->status if $r->status != 200;

    my $type = $r->header('Content-Type');

    return $type eq 'application/activity+json' ? 'json'
        : $type eq 'text/html' ? 'html' : $type;
}

###############################################################################
