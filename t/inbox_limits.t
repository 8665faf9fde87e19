#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What an inbox does not even look at: each limit is tripped, and what is just
# below it is accepted.  The connection stays in step, and status counts.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Remote;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http http_v2 http_ssl/);
my $dir = $t->testdir;

system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
    . "-nodes -subj /CN=acme.example -keyout $dir/key.pem "
    . "-out $dir/cert.pem > $dir/openssl.log 2>&1") == 0
    or die "openssl: " . $t->read_file('openssl.log');

$t->write_file_expand('nginx.conf', <<'EOC')->run();

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
        error_page            413 =200 /none;

        activitypub_actor news { }

        location = /status {
            activitypub_status json;
        }
    }

    server {
        listen       127.0.0.1:8082;

        location / {
            activitypub_status json;
        }
    }
}

EOC

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $inbox = '/activitypub/inbox';
my $actor = 'https://acme.example/activitypub/news';
my $bob = Test::Remote->new($t, 'https://remote.example/u/bob')->known;
my $next = "GET /activitypub/actor HTTP/1.1\r\nHost: acme.example\r\n\r\n";
my $mib = 1024 * 1024;

###############################################################################

# methods and places

for my $uri ($inbox, '/activitypub/news/inbox', '/activitypub/actor/inbox') {
    is($bob->post($uri, mild())->status, 202, "POST $uri");

    my $r = request('PUT', $uri);

    is($r->status, 405, "PUT $uri");
    is($r->header('Allow'), 'GET, HEAD, POST', 'with what is allowed');
    is(request('GET', $uri)->status, 200, "GET $uri");
}

is($bob->post('/activitypub/nobody/inbox', mild())->status, 404,
    'POST to an inbox of nobody');
is($bob->post('/activitypub/news', mild())->status, 405, 'POST to an actor');

# types

is($bob->post($inbox, mild(), type => $_)->status, 202, $_)
    for 'application/ld+json', 'application/json',
        'application/activity+json; charset=utf-8';
is($bob->post($inbox, mild(), type => $_)->status, 415, $_)
    for 'text/html', 'application/xml', 'multipart/form-data';
is($bob->post($inbox, mild(), change => sub {
    push @{ $_[0]{headers} }, 'Content-Encoding' => 'gzip';
})->status, 415, 'gzip');

# lengths

is($bob->post($inbox, sized($mib))->status, 202, 'a MiB');
is($bob->post($inbox, sized($mib + 1))->status, 413, 'and a byte');
is($bob->post($inbox, sized($_))->status, 202, "$_ bytes")
    for 1000, 17_000, 65_536, 65_537, 100_000;
is(request('POST', $inbox, headers => [
    'Content-Type' => 'application/activity+json',
])->status, 411, 'no length');

for my $size (1000, 100_000, $mib) {
    is(chunked($size)->status, 202, "$size bytes in chunks");
}

is(chunked($mib + 1)->status, 413, 'too many in chunks');

# JSON

my $deep = '[' x 31 . ']' x 31;
my $deeper = '[' x 32 . ']' x 32;
my %bad = (
    'no JSON' => 'hello',
    'no object' => '[1]',
    'nothing' => '',
    'a duplicate name' => '{"type":"Like","type":"Like"}',
    'broken UTF-8' => "{\"type\":\"\xff\"}",
    'a lone surrogate' => '{"type":"\ud800"}',
    'too deep' => extra($deeper),
    'a keyword' => extra('{"@graph":[]}'),
    'something behind it' => JSON::PP->new->encode(mild()) . 'x',
    'no type' => '{"id":"https://remote.example/1",'
        . '"actor":"https://remote.example/u/bob"}',
    'two actors' => '{"id":"https://remote.example/1","type":"Like","actor":'
        . '["https://remote.example/u/bob","https://evil.example/u/eve"],'
        . '"object":"https://acme.example/x"}',
);

is($bob->post($inbox, extra($deep))->status, 202, 'deep');

for my $what (sort keys %bad) {
    my $r = $bob->post($inbox, $bad{$what});

    is($r->status, 400, $what) or diag($r->body);
    ok($r->json && $r->json->{error}, "$what: says why");
}

# whatever the answer, the next request on the connection is answered

for my $case (['accepted', 202], ['a bad digest', 401, digest => 'SHA-256=x'],
    ['another type', 415, type => 'text/plain'],
    ['too old', 401, time => 1_000_000_000])
{
    my ($name, $status, %o) = @$case;
    my $c = http_connect();

    is($bob->post($inbox, sized(90_000), via => $c, %o)->status, $status,
        "kept: $name");
    is($bob->post($inbox, mild(), via => $c)->status, 202, "$name, and on");
    $c->send($next);
    is($c->response->status, 200, 'and on');
}

# HTTP/2

SKIP: {
    skip 'curl has no HTTP/2', 3
        unless (`curl --version 2>/dev/null` // '') =~ /HTTP2/;

    is(curl(sized(1000)), '2 202', 'HTTP/2');
    is(curl(sized(300_000)), '2 202', 'HTTP/2, spooled');
    is(curl(sized($mib + 1)), '2 413', 'HTTP/2, too large');
}

# status

my $status = http_get('/status', host => 'acme.example')->json;

is($status->{database}, 'available', 'status: database');
is($status->{queue}{waiting}, 0, 'status: queue');
cmp_ok($status->{received}{not_ours}, '>', 10,
    'status: received');
is($status->{received}{accepted}, 0, 'status: each verdict');
is($status->{refused}{method_not_allowed}, 3, 'status: methods');
is($status->{refused}{content_encoding_not_accepted}, 1, 'status: encodings');
is($status->{refused}{digest_malformed}, 1, 'status: by the reason');

$bob->post($inbox, $bob->activity('Follow', $actor));
$status = http_get('/', port => port(8082))->json;
is($status->{received}{accepted}, 1, 'status: of any server block');
is($status->{queue}{waiting} + $status->{queue}{leased}, 1,
    'status: an Accept waits, or is on its way');
is(http_post('/status', host => 'acme.example', body => 'x')->status, 405,
    'status: GET only');

done_testing();

###############################################################################

# what has no effect, and is accepted

sub mild { $bob->activity('Like', 'https://elsewhere.example/1') }


sub sized {
    my ($size) = @_;

    my $text = JSON::PP->new->encode({ %{ mild() }, content => '' });
    my $fill = 'x' x ($size - length $text);

    $text =~ s/"content":"/"content":"$fill/;

    return $text;
}


sub extra {
    my ($json) = @_;

    my $text = JSON::PP->new->encode(mild());

    $text =~ s/^\{/{"extra":$json,/;

    return $text;
}


sub request {
    my ($method, $uri, %o) = @_;

    return http_connect()->request($method, $uri, host => 'acme.example', %o);
}


sub chunked {
    my ($size) = @_;

    my $body = sized($size);
    my @headers = @{ $bob->sign($inbox, $body) };
    my $text = "POST $inbox HTTP/1.1\r\nTransfer-Encoding: chunked\r\n";

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    $text .= "\r\n";

    while (length(my $chunk = substr $body, 0, 7000, '')) {
        $text .= sprintf("%x\r\n", length $chunk) . "$chunk\r\n";
    }

    my $c = http_connect();

    $c->send("${text}0\r\n\r\n");

    return $c->response;
}


sub curl {
    my ($body) = @_;

    my @headers = @{ $bob->sign($inbox, $body) };
    my $options = '';

    while (my ($name, $value) = splice @headers, 0, 2) {
        $options .= " -H '$name: $value'" unless $name eq 'Host';
    }

    $t->write_file('body', $body);

    return `curl -sk -o /dev/null --http2 --max-time 10 \\
        --connect-to acme.example:443:127.0.0.1:${\port(8081)} \\
        -w '%{http_version} %{http_code}' $options \\
        --data-binary \@$dir/body https://acme.example$inbox`;
}

###############################################################################
