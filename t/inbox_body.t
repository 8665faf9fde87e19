#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What a site sets for its own uploads and error pages does not reach an
# inbox: it takes a MiB, and who sends more, or something broken, reads why.
# The connection stays in step, or ends.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Remote;

use File::Find ();

###############################################################################

my $t = Test::Nginx->new()->has(qw/http http_v2 http_ssl/);
my $dir = $t->testdir;

system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
    . "-nodes -subj /CN=acme.example -keyout $dir/key.pem "
    . "-out $dir/cert.pem > $dir/openssl.log 2>&1") == 0
    or die "openssl: " . $t->read_file('openssl.log');

# what a site may say of its own bodies, by the name of its host

my %site = (
    'small.example' => 'client_max_body_size 1k; client_body_buffer_size 1k;
        client_body_in_file_only on;',
    'large.example' => 'client_max_body_size 0; client_body_buffer_size 4m;
        client_body_in_single_buffer on; client_body_in_file_only clean;',
    'located.example' => 'client_max_body_size 1k;
        client_body_in_file_only on;
        location /activitypub/ { activitypub on; }',
);

my $servers = join '', map { <<"EOC" } sort keys %site;
    server {
        listen       127.0.0.1:8080;
        listen       127.0.0.1:8081 ssl http2;
        server_name  $_;

        ssl_certificate      cert.pem;
        ssl_certificate_key  key.pem;

        error_page  400 403 412 413 =200 /page.html;

        activitypub_actor news { }

        $site{$_}

        location = /activitypub/status {
            activitypub_status json;
        }
    }
EOC

$t->write_file('page.html', 'a page of the site');
$t->write_file_expand('nginx.conf', <<"EOC")->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";
    lingering_timeout    300ms;

$servers

    server {
        listen       127.0.0.1:8080;
        server_name  closed.example;

        deny         all;

        activitypub_actor news { }
    }
}

EOC

my $inbox = '/activitypub/inbox';
my $bob = Test::Remote->new($t, 'https://remote.example/u/bob')->known;
my $mib = 1024 * 1024;
my $curl = (`curl --version 2>/dev/null` // '') =~ /HTTP2/;
my $host;

for (sort keys %site) {
    $host = $_;
    $t->wait_document('/activitypub/actor', host => $host)
        or die "no actor of $host\n";

    for my $size (300, 5000, 65_536, 200_000, $mib) {
        is(sent($size)->status, 202, "$host: $size bytes");
        is(sent($size, chunked => 1)->status, 202, '... in chunks');
    }

    my $before = refused('body_too_large');

    refusal(sent($mib + 1), 413, "$host: a MiB and a byte");
    refusal(sent($mib + 1, chunked => 1), 413, '... in chunks');
    refusal(sent($mib + 5000, chunked => 900_000), 413, '... in two');

    SKIP: {
        skip 'curl has no HTTP/2', 5 unless $curl;

        like(h2($mib), qr/^2 202/, 'HTTP/2');
        like(h2($mib + 1), qr/^2 413 .*a MiB|^2 413 .*1 MiB/, '... too large');
        like(h2($mib, 1), qr/^2 202/, 'HTTP/2 without a length');
        like(h2($mib + 1, 1), qr/^2 413 .*1 MiB/, '... too large');
        like(h2(3 * $mib, 1), qr/^2 413 .*1 MiB/, '... much too large');
    }

    is(refused('body_too_large') - $before, $curl ? 6 : 3, 'counted');

    # what is announced is enough, and not waited for

    is(sent($mib + 1)->header('Connection'), 'close', 'a MiB and a byte end it');

    my $c = http_connect();

    $c->send(head('chunked') . "280000000\r\nx");
    refusal(scalar $c->response('POST'), 413, '10 GB announced');
    is($c->rest, '', 'and it ends');

    # what follows on the connection is never part of a body

    $before = refused('request_malformed');
    in_step(head('chunked') . "nonsense\r\n\r\n", 400, 'a broken chunk');
    in_step(head('chunked') . "5\r\nhello!\r\n0\r\n\r\n", 400,
        'a chunk longer than it says');
    is(refused('request_malformed') - $before, 2, 'counted');

    in_step(text($mib + 1, 1), 413, 'too many in chunks');
    in_step(text($mib + 1), 413, 'too many');
    in_step(text(100_000, 1), 202, 'what is accepted, in chunks');
    in_step(text(100_000), 202, 'what is accepted');

    # who asks first is told before it sends

    $c = http_connect();
    $c->send(head('length', $mib + 1, Expect => '100-continue'));
    like($c->rest, qr!^HTTP/1.1 413 .*\r\n\r\n.*1 MiB!s,
        'Expect: 100-continue, too large');

    $c = http_connect();

    my $body = sized(100_000);

    $c->send(head('length', $body, Expect => '100-continue'));
    $c->_fill(sub { $_[0] =~ /\r\n\r\n/ });
    like(substr($c->{buffer}, 0, 12), qr/^HTTP.1.1 100/,
        'Expect: 100-continue, right');
    $c->send($body);
    is($c->response('POST')->status, 202, 'and then accepted');
}

# who is answered early has its body a moment longer

$t->wait_for(sub { !files() });
is(files(), 0, 'no body stays on the disk');

###############################################################################

# what else nginx answers at our own URLs

$host = 'large.example';

refusal(http_get('/activitypub/news', host => $host,
    headers => ['If-Match' => '"other"']), 412, 'If-Match');
refusal(http_get('/activitypub/news', host => $host,
    headers => ['If-Unmodified-Since' => 'Sat, 01 Jan 2000 00:00:00 GMT',
        'If-Match' => '"other"']), 412, 'two conditions');
is(http_get('/activitypub/news', host => $host,
    headers => ['If-Match' => '*'])->status, 200, 'If-Match: *');

my $r = http_connect()->request('HEAD', '/activitypub/news', host => $host,
    headers => ['If-Match' => '"other"']);

is($r->status, 412, 'HEAD');
is($r->body, '', 'without a body');

$host = 'closed.example';

refusal(http_get('/activitypub/news', host => $host), 403, 'deny');
unlike(http_get('/none', host => $host), qr/error":/, 'not at the site');

done_testing();

###############################################################################

sub refusal {
    my ($r, $status, $name) = @_;

    is($r ? $r->status : 'nothing', $status, $name);
    is($r && $r->header('Content-Type'), 'application/json', '... as JSON');
    ok($r && $r->json && $r->json->{error}, '... with a sentence') or diag($r);
    is($r && $r->header('Cache-Control'), 'no-store', '... for nobody else');
    is($r && $r->header('X-Content-Type-Options'), 'nosniff', '... as it is');
}


# of the other way a request is told apart, and what came of both

sub in_step {
    my ($text, $status, $name) = @_;
    my $c = http_connect();

    $c->send($text . "GET /activitypub/actor HTTP/1.1\r\nHost: $host\r\n\r\n");

    my $r = $c->response('POST');

    is($r && $r->status, $status, $name);

    if (($r->header('Connection') // '') eq 'close') {
        is($c->rest, '', "$name: it ends");
        return;
    }

    $r = $c->response;
    is($r && $r->json && $r->json->{type}, 'Application', "$name: and on");
}


sub sized {
    my ($size) = @_;

    my $text = JSON::PP->new->encode($bob->activity('Like',
        'https://elsewhere.example/1', content => ''));
    my $fill = 'x' x ($size - length $text);

    $text =~ s/"content":"/"content":"$fill/;

    return $text;
}


# the header of a body in chunks, or of one that is given or that long

sub head {
    my ($how, $body, @more) = @_;

    $body = '' unless defined $body;
    my $length = $body =~ /^\d+$/ ? $body : length $body;
    my @headers = (@{ $bob->sign($inbox, $body, host => $host) }, @more,
        $how eq 'chunked' ? ('Transfer-Encoding' => 'chunked')
            : ('Content-Length' => $length));
    my $text = "POST $inbox HTTP/1.1\r\n";

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    return "$text\r\n";
}


sub text {
    my ($size, $chunked) = @_;

    my $body = sized($size);
    my $text = head($chunked ? 'chunked' : 'length', $body);

    return $text . $body if !$chunked;

    my $most = $chunked > 1 ? $chunked : 7000;

    while (length(my $chunk = substr $body, 0, $most, '')) {
        $text .= sprintf("%x\r\n", length $chunk) . "$chunk\r\n";
    }

    return "${text}0\r\n\r\n";
}


sub sent {
    my ($size, %o) = @_;
    my $c = http_connect();

    $c->send(text($size, $o{chunked}));

    return $c->response('POST');
}


sub h2 {
    my ($size, $chunked) = @_;

    my $body = sized($size);
    my @headers = @{ $bob->sign($inbox, $body, host => $host) };
    my $options = $chunked ? '-X POST -T -' : "--data-binary \@-";

    while (my ($name, $value) = splice @headers, 0, 2) {
        $options .= " -H '$name: $value'" unless $name eq 'Host';
    }

    $t->write_file('body', $body);

    my $out = `curl -sk -o $dir/answer --http2 --max-time 20 \\
        --connect-to $host:443:127.0.0.1:${\port(8081)} \\
        -w '%{http_version} %{http_code}' $options \\
        https://$host$inbox < $dir/body 2>&1`;

    return "$out " . $t->read_file('answer');
}


sub refused {
    my ($reason) = @_;

    return http_get('/activitypub/status', host => $host)->json->{refused}{$reason} // 0;
}


sub files {
    my $n = 0;

    File::Find::find(sub { $n++ if -f }, "$dir/client_body");

    return $n;
}

###############################################################################
