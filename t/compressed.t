#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# nginx's own gzip on our answers: the same bytes, an ETag that is weak and
# still known, Vary; and the filters beside it do no harm.

###############################################################################

use warnings;
use strict;

use Test::More;

use IO::Uncompress::Gunzip qw/gunzip/;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http http_gunzip http_gzip_static/);

$t->write_file_expand('nginx.conf', <<'EOC')->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    gzip             on;
    gzip_types       application/activity+json application/jrd+json
                     application/json application/xrd+xml;
    gzip_min_length  300;
    gzip_vary        on;
    gzip_static      on;
    gunzip           on;

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { url /index.html; }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  plain.example;

        gzip  off;

        activitypub_actor news { url /index.html; }
    }
}

EOC

$t->write_file('index.html', 'HTML ' x 200);

for my $host ('acme.example', 'plain.example') {
    $t->wait_document('/activitypub/news', host => $host)
        or die "no actor of $host\n";
}

my $long = 'All of this is in it, in every post of ours. ' x 20;
my $id = publish($t, '/posts/1', actor => 'news@acme.example',
    excerpt => $long) =~ s!^https://acme\.example!!r;
my $gone = publish($t, '/posts/2', actor => 'news@acme.example')
    =~ s!^https://acme\.example!!r;

edit($t, 'delete', 'https://acme.example/posts/2', '--yes');
ok($t->wait_for(sub { ap_get($gone)->status == 410 }, 20), 'a deleted post');

my $machine = 'public, max-age=180';
my $finger = '/.well-known/webfinger?resource=acct:news@acme.example';

for my $kind (
    ['actor', '/activitypub/news', 'Accept', $machine],
    ['object', $id, 'Accept', $machine],
    ['outbox page', '/activitypub/news/outbox?page', '', $machine],
    ['page', '/posts/1', 'Accept', 'private, no-store'],
    ['page of the actor', '/index.html', 'Accept', 'private, no-store'],
    ['WebFinger', $finger, '', $machine])
{
    my ($what, $where, $vary, $cache) = @$kind;
    my $plain = ap_get($where);
    my $r = zipped($where);
    my $both = $vary ? "Accept, Accept-Encoding" : 'Accept-Encoding';

    is($plain->header('Content-Encoding'), undef, "$what: as it is");
    is(vary($plain), $both, "$what: Vary");
    is($r->status, 200, "$what: 200");
    is($r->header('Content-Encoding'), 'gzip', "$what: compressed");
    is($r->header('Content-Type'), $plain->header('Content-Type'),
        "$what: of the same type");
    is(vary($r), $both, "$what: Vary, compressed");
    is($r->header('Cache-Control'), $cache, "$what: Cache-Control");
    cmp_ok(length $r->body, '<', length $plain->body, "$what: is smaller");

    gunzip(\$r->body, \my $text);
    is($text, $plain->body, "$what: and the same");

    my $etag = $plain->header('ETag');

    is($r->header('ETag'), "W/$etag", "$what: a weak ETag");

    for my $known ($etag, "W/$etag") {
        my $same = zipped($where, 'If-None-Match', $known);

        is($same->status, 304, "$what: 304 to $known");
        is($same->body, '', "$what: without a body");
        is(ap_get($where, headers => ['If-None-Match', $known])->status, 304,
            "$what: 304 to $known of another");
    }

    my $head = http_head($where, host => 'acme.example', accept => $AP,
        headers => ['Accept-Encoding', 'gzip']);

    is($head->status . ' ' . $head->header('ETag'), "200 W/$etag",
        "$what: HEAD");
}

# what changed a moment ago has no date yet

for my $where ('/activitypub/news', $id) {
    my $date;

    $t->wait_for(sub { $date = ap_get($where)->header('Last-Modified') }, 20);
    like($date, qr/GMT$/, "$where: a date");
    is(zipped($where)->header('Last-Modified'), $date, 'the same, compressed');
}

# what is short or no success

for my $where ($gone, '/activitypub/nobody', '/activitypub/news/following') {
    my $r = zipped($where);
    my $plain = ap_get($where);

    is($r->status, $plain->status, "$where: the status");

    my $text = $r->body;

    gunzip(\$r->body, \$text) if $r->header('Content-Encoding');
    is($text, $plain->body, "$where: the body");
}

# the site's HTML is what it was

my $html = http_get('/index.html', host => 'acme.example',
    accept => $BROWSER, headers => ['Accept-Encoding', 'gzip']);

gunzip(\$html->body, \my $text);
is($text, 'HTML ' x 200, 'the page itself is HTML');

# a file beside it is for the HTML alone

SKIP: {
    skip 'no gzip', 2 if system('gzip', '-k', $t->testdir . '/index.html');

    is(zipped('/index.html')->header('Content-Type'),
        'application/activity+json', 'gzip_static: the document');
    is(http_get('/index.html', host => 'acme.example', accept => $BROWSER,
        headers => ['Accept-Encoding', 'gzip'])->header('Content-Encoding'),
        'gzip', 'gzip_static: the page');
}

# switched off in a server

is(http_get('/activitypub/news', host => 'plain.example', accept => $AP,
    headers => ['Accept-Encoding', 'gzip'])->header('Content-Encoding'),
    undef, 'off in another server');

done_testing();

###############################################################################

sub zipped {
    my ($where, @headers) = @_;

    return ap_get($where,
        headers => ['Accept-Encoding', 'gzip', @headers]);
}


sub vary {
    my ($r) = @_;

    return join ', ', sort map { split /,\s*/ } $r->header('Vary');
}

###############################################################################
