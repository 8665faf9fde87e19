#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What is tried with a mere HTTP request at our URLs and at pages: other
# methods, bodies, forged hosts, too much of everything, paths that mean
# another, cookies.  Ids never come from a request.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(135);

$t->write_file('posts/one.html', "THE PAGE\n");
$t->write_file('index.html', "HOME\n");

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
        listen       127.0.0.1:8080 default_server;
        server_name  site.example;
        return       200 "ANOTHER SITE";
    }

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example www.acme.example;

        activitypub_actor news { }

        userid      on;
        add_header  Set-Cookie secret=1 always;
        add_header  Access-Control-Allow-Credentials true always;
    }
}

EOF

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $page = '/posts/one.html';
my $id = publish($t, $page);
my $machine = $id =~ s!^https://acme\.example!!r;

$t->wait_for(sub { ap_get($page)->json }, 20) or die "no post\n";

my @ours = ($machine, '/activitypub/news', '/activitypub/actor',
    '/activitypub/news/outbox', '/activitypub/nodeinfo/2.1',
    '/.well-known/webfinger?resource=acct:news@acme.example',
    '/.well-known/host-meta', '/.well-known/nodeinfo');
my %body = map { $_ => ap_get($_)->body } @ours, $page;

###############################################################################

# other methods, and which there are

for my $uri (@ours) {
    for my $method (qw/OPTIONS PUT DELETE PATCH POST PROPFIND X/) {
        my $r = request($method, $uri, [], body => $method =~ /^P/ ? '{}'
            : undef);

        is($r->status . ' ' . ($r->header('Allow') // ''), '405 GET, HEAD',
            "$method of $uri");
    }

    is(request('TRACE', $uri)->status, 405, "TRACE of $uri");
    is(request('GET', $uri, [], body => 'x' x 100)->body, $body{$uri},
        "GET with a body of $uri");
}

is(request('OPTIONS', '/activitypub/inbox')->header('Allow'),
    'GET, HEAD, POST', 'an inbox has a method more');
is(request('GET', $page, [], body => 'x' x 100)->body, $body{$page},
    'GET with a body of a page');

# who says that it is another host, or another scheme

for my $headers (['X-Forwarded-Host', 'evil.example'],
    ['X-Forwarded-Proto', 'http'], ['Forwarded', 'host=evil.example;proto=a'],
    ['X-Original-URL', '/activitypub/actor'],
    ['X-Rewrite-URL', '/activitypub/actor'], ['X-Host', 'evil.example'],
    ['X-HTTP-Method-Override', 'DELETE'])
{
    is(join('', map { request('GET', $_, $headers)->body } $machine, $page,
            '/.well-known/nodeinfo'),
        join('', @body{$machine, $page, '/.well-known/nodeinfo'}),
        "$headers->[0] means nothing");
    is(request('GET', $machine, $headers, accept => $BROWSER)
        ->header('Location'), "https://acme.example$page",
        "$headers->[0] leads nowhere else");
}

is(request('GET', $machine, [Host => 'www.acme.example'])->body,
    $body{$machine}, 'by another name: the same ids');
is(request('GET', $machine, [Host => 'www.acme.example'],
    accept => $BROWSER)->header('Location'), "https://acme.example$page",
    'by another name: to the page of the origin');
is(request('GET', $machine, [Host => 'evil.example'])->body, 'ANOTHER SITE',
    'by a name of nobody: another site');
is(request('GET', "http://evil.example$machine")->body, 'ANOTHER SITE',
    'by a whole URL, which Host cannot change');
is(request('GET', "http://acme.example$machine", [Host => 'evil.example'])
    ->body, $body{$machine}, 'nor the other way round');
is(request('GET', $machine, [Host => 'acme.example', Host => 'evil.example'])
    ->status, 400, 'two of them');

# paths that mean another, and those that do not

for ("/x/..$machine", "/%61ctivitypub/news", '/./activitypub/news',
    '//activitypub/news', '/activitypub/x/../news')
{
    is(request('GET', $_)->status, 200, "$_ is what it means");
}

for ('/activitypub/news%00', '/activitypub/news%2e', '/ACTIVITYPUB/news',
    '/activitypub/news%20', '/activitypub/News', '/activitypub/news;a=b',
    '/activitypub/%2e%2e%2factor', '/activitypub/news%5coutbox',
    '/activitypub/news%0d%0aX:y', uc $machine, "$machine%0a",
    '/activitypub/authorize?uri=//evil.example',
    '/activitypub/subscribe?uri=/%5Cevil.example',
    '/activitypub/interact?uri=javascript:alert(1)',
    '/activitypub/news/follow?to=https://evil.example/')
{
    my $r = request('GET', $_, [], accept => $BROWSER);

    like($r->status . ($r->header('Location') // ''), qr/^40[04]$/,
        "$_ is nothing");
}

is(request('GET', "$machine?a=%0d%0aX:y", [], accept => $BROWSER)
    ->header('Location'), "https://acme.example$page",
    'a query is no part of where a browser is sent');

# too much

my $many = [map { ("X-$_" => 'a' x 200) } 1 .. 200];

for my $uri ($page, $machine) {
    is(request('GET', $uri, $many)->status, 400, '200 headers');
    is(request('GET', $uri, ['X-A' => 'a' x 100_000])->status, 400,
        '100 KiB of a header');
    is(request('GET', "$uri?" . 'a' x 9000)->status, 414, '9 KiB of a URL');
    is(request('GET', "$uri?" . '&' x 7000)->status, 200,
        'thousands of parameters');
    is(request('GET', "$uri?" . 'utm_a&' x 1200)->status, 200,
        'thousands of those that mean nothing');
}

# cookies, and what the site says of its own

for my $uri (@ours, $page) {
    my $r = request('GET', $uri, [Cookie => 'admin=1', Origin => 'https://a']);

    is(join(', ', map { $_->[0] } grep {
            $_->[0] =~ /^(?:Set-Cookie|P3P|.*-Credentials)$/i } $r->headers),
        '', "no cookies at $uri");
}

is(request('GET', '/index.html', [], accept => $BROWSER)->status, 200,
    'and the site is as it was');

###############################################################################

sub request {
    my ($method, $uri, $headers, %o) = @_;

    my @host = grep({ $_ eq 'Host' } @{ $headers || [] }) ? ()
        : (Host => 'acme.example');

    return http_connect()->request($method, $uri, accept => $AP, %o,
        headers => [@host, @{ $headers || [] }]);
}

###############################################################################
