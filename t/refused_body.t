#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A body that we refuse is read to its end and thrown away: the connection
# stays in step, over HTTP/1.1 and HTTP/2.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

use Time::HiRes qw/sleep/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http http_v2 http_ssl/)->plan(32);

my $dir = $t->testdir;

system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
    . "-nodes -subj /CN=acme.example -keyout $dir/key.pem "
    . "-out $dir/cert.pem > $dir/openssl.log 2>&1") == 0
    or die "openssl: " . $t->read_file('openssl.log');

$t->write_file('index.html', 'HOME');
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
        listen       127.0.0.1:8081 ssl http2;
        server_name  acme.example;

        ssl_certificate      cert.pem;
        ssl_certificate_key  key.pem;

        client_max_body_size  10k;

        activitypub_actor news { }
    }
}

EOF

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $next = "GET /activitypub/actor HTTP/1.1\r\nHost: acme.example\r\n\r\n";

###############################################################################

# whatever the body, the next request on the connection is answered

my %status = ('/activitypub/inbox' => 415, '/activitypub/news/inbox' => 415,
    '/.well-known/nodeinfo' => 405);

for my $uri (sort keys %status) {
    my $post = "POST $uri HTTP/1.1\r\nHost: acme.example\r\n";

    in_step("$uri, no body", "${post}Content-Length: 0\r\n\r\n", '',
        $status{$uri});
    in_step("$uri, a body", "${post}Content-Length: 20000\r\n\r\n",
        'x' x 20000, $status{$uri});
    in_step("$uri, a body in chunks",
        "${post}Transfer-Encoding: chunked\r\n\r\n",
        chunks('GET / HTTP/1.1' . 'x' x 20000), $status{$uri});
}

in_step('a body that looks like a request',
    "POST /activitypub/inbox HTTP/1.1\r\nHost: acme.example\r\n"
        . "Content-Length: 43\r\n\r\n",
    "GET /index.html HTTP/1.1\r\nHost: acme.exampl\r\n", 415);
in_step('a GET with a body',
    "GET /activitypub/nobody HTTP/1.1\r\nHost: acme.example\r\n"
        . "Content-Length: 20000\r\n\r\n", 'x' x 20000, 404);
in_step('a GET that has a document, with a body in chunks',
    "GET /activitypub/news HTTP/1.1\r\nHost: acme.example\r\n"
        . "Transfer-Encoding: chunked\r\n\r\n", chunks('x' x 20000), 200);
in_step('a page that has a document, with a body',
    "GET / HTTP/1.1\r\nHost: acme.example\r\nAccept: $AP\r\n"
        . "Content-Length: 5000\r\n\r\n", 'x' x 5000, 200);

# a body that comes in pieces, after the answer

my $c = http_connect();

$c->send("POST /activitypub/inbox HTTP/1.1\r\nHost: acme.example\r\n"
    . "Content-Length: 300\r\n\r\n");

is($c->response('POST')->status, 415, 'the answer does not wait for the body');

for (1 .. 3) {
    sleep 0.05;
    $c->send('x' x 100);
}

$c->send($next);
is($c->response->status, 200, 'and the body does not become a request');

# a client that asks before it sends

$c = http_connect();
$c->send("POST /activitypub/inbox HTTP/1.1\r\nHost: acme.example\r\n"
    . "Expect: 100-continue\r\nContent-Length: 20000\r\n\r\n");
is($c->response('POST')->status, 415, 'Expect: 100-continue is refused');

# a broken body ends the connection, and nothing else

$c = http_connect();
$c->send("POST /activitypub/inbox HTTP/1.1\r\nHost: acme.example\r\n"
    . "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n\r\n$next");
like($c->response, qr!^HTTP/1.1 400 [^\0]*Connection: close!,
    'a broken chunk');

# HTTP/2: one connection, three requests

SKIP: {
    my $curl = `curl --version 2>/dev/null` // '';

    skip 'curl has no HTTP/2', 2 unless $curl =~ /HTTP2/;

    my $base = 'https://acme.example:' . port(8081);

    $t->write_file('body', 'x' x 20000);

    is(curl("--data-binary \@$dir/body $base/activitypub/inbox",
        "--next $base/activitypub/news",
        "--next -X POST -H 'Content-Type:' $base/activitypub/inbox",
        "--next -H 'Accept: application/activity+json' $base/"),
        '2 415 1,2 200 0,2 415 0,2 200 0', 'HTTP/2');
    is(curl("-I $base/activitypub/news", "--next -I $base/activitypub/nobody",
        "--next $base/activitypub/news/outbox?page"),
        '2 200 1,2 404 0,2 200 0', 'HTTP/2 and HEAD');
}

###############################################################################

# a request, and then another one on the same connection

sub in_step {
    my ($name, $head, $body, $status) = @_;

    my $c = http_connect();

    $c->send($head . ($body // '') . $next);

    my $r = $c->response;

    is($r && $r->status, $status, $name);

    $r = $c->response;

    is($r && $r->json && $r->json->{type}, 'Application', "$name, and on");
}


sub chunks {
    my ($body) = @_;

    my $text = '';

    while (length(my $chunk = substr $body, 0, 7000, '')) {
        $text .= sprintf("%x\r\n", length $chunk) . "$chunk\r\n";
    }

    return $text . "0\r\n\r\n";
}


# HTTP version, status and new connections of each request

sub curl {
    my @requests = @_;

    my $each = "-sk -o /dev/null --http2 --max-time 10 "
        . "--connect-to acme.example:" . port(8081) . ":127.0.0.1:"
        . port(8081) . " -w '%{http_version} %{http_code} %{num_connects},'";

    s/^(--next)?/($1 \/\/ '') . " $each "/e for @requests;

    my $out = `curl @requests`;

    $out =~ s/,$//;

    return $out;
}

###############################################################################
