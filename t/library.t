#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The test library itself: what it lets pass, every other test lets pass.

###############################################################################

use warnings;
use strict;

use Test::More;

use Cwd qw/abs_path/;
use File::Basename qw/dirname/;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;

###############################################################################

my $t = Test::Nginx->new(plain => 1)->has(qw/http proxy/)->plan(34);

$t->write_file_expand('nginx.conf', <<'EOF')->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    server {
        listen       127.0.0.1:8080;
        server_name  localhost;

        location /twice {
            add_header X-Twice one;
            add_header X-Twice two;
            return 200 $http_accept;
        }

        location /chunked {
            proxy_pass http://127.0.0.1:8081;
        }
    }
}

EOF

$t->write_file('page.html', 'PAGE');
$t->run_daemon(\&chunked, port(8081))->wait_for_socket('127.0.0.1:'
    . port(8081));

###############################################################################

# responses

my $r = http_get('/page.html');

is($r->status, 200, 'status');
is($r->body, 'PAGE', 'body');
like($r, qr/^HTTP\/1.1 200 OK.*PAGE$/s, 'a response reads as a string');

$r = http_get('/twice', accept => 'a/b;q=0.1');

is_deeply([$r->header('x-twice')], ['one', 'two'], 'repeated header');
is(scalar $r->header('x-none'), undef, 'absent header');
is($r->body, 'a/b;q=0.1', 'accept');
is($r->json, undef, 'no JSON');

$r = http_get('/chunked');

is($r->status, 200, 'chunked status');
is($r->body, 'onetwo', 'chunked body');

like(http("GET /page.html HTTP/1.0\r\n\r\n"), qr/PAGE$/, 'raw request');
is(http_head('/page.html')->header('Content-Length'), 4, 'HEAD');

my $c = http_connect();

is($c->get('/page.html')->body, 'PAGE', 'first on a connection');
is($c->get('/nothing')->status, 404, 'second on a connection');
$c->close;

# processes

my @old = $t->workers;

is(@old, 1, 'a worker');
ok($t->reload, 'reload');
isnt(($t->workers)[0], $old[0], 'another worker after reload');

$t->write_file('nginx.conf', $t->read_file('nginx.conf') . 'nonsense');

my ($code, $out) = $t->check;

isnt($code, 0, 'a wrong configuration is refused');
like($out, qr/\[emerg\].*nginx.conf:\d+/, 'with its place');

# what has to fail fails

is(run_inner('1'), 0, 'a good test passes');
isnt(run_inner('kill "SEGV", $t->workers; sleep 1'), 0,
    'a crashed worker fails a test');
is(run_inner('$t->expect(qr/exited on signal 9/);
    kill "KILL", $t->workers; sleep 1'), 0, 'an expected alert does not');
isnt(run_inner('open my $f, ">>", $t->testdir . "/error.log";
    print $f "a.c:1:2: runtime error: shift\n"'), 0,
    'a line of a sanitizer fails a test');
isnt(run_inner('open my $f, ">>", $t->testdir . "/error.log";
    print $f "[alert] 1#1: x\n"', 'done_testing()'), 0,
    'without a plan too');
isnt(run_inner(leak('/src/ngx_http_activitypub_module/core/fedi_url.c:9')), 0,
    'a leak through the module fails a test');
is(run_inner(leak('(/usr/sbin/nginx+0x4ccfe)')), 0,
    'a leak of nginx itself does not');
isnt(run_inner('open my $f, ">", $t->testdir . "/memcheck.7";
    print $f "==7== Invalid read of size 8\n"'), 0,
    'a report of memcheck fails a test');

my $born = join '', map { "[notice] 1#1: start worker process $_\n" } 7, 8;

is(join(' ', Test::Nginx::Memcheck::workers($born, 6 .. 9)), '7 8',
    'workers, by the log');
is(join(' ', Test::Nginx::Memcheck::workers($born
    . "[notice] 7#7: gracefully shutting down\n", 6 .. 9)), '8',
    'but those that end');

# requests that are under way when a worker exits at once

my $block = "    #0 0x7fe6 in __interceptor_posix_memalign\n"
    . "    #1 0x55b8 in ngx_memalign (/usr/sbin/nginx+0x4cdd0)\n"
    . "    #2 0x55b8  (/usr/sbin/nginx+0x277b1)\n"
    . "    #3 0x55b8 in ngx_pcalloc (/usr/sbin/nginx+0x27da8)\n"
    . "    #4 0x7fe6 in a /src/ngx_http_activitypub_module/http/a.c:47\n";
my $exiting = "[notice] 7#7: exiting\n";
my $finishing = "[notice] 7#7: gracefully shutting down\n";

is(scalar(left($exiting, 'Indirect', $block)), 0,
    'what a request has in its pool, when a worker is told to exit');
is(scalar(left($finishing . $exiting, 'Indirect', $block)), 1,
    'when it is told to finish');
is(scalar(left('', 'Indirect', $block)), 1, 'when it is told nothing');
is(scalar(left($exiting, 'Direct', $block)), 1, 'what nobody has');
is(scalar(left($exiting, 'Indirect', $block =~ s/ngx_pcalloc.*\n.*#4.*/x/r
        =~ s/#2.*/#2 0x1 in ngx_create_pool (\/usr\/sbin\/nginx+0x1)
    #3 0x1 in b \/src\/ngx_http_activitypub_module\/b.c:1/r)), 1,
    'a pool of ours');
is(scalar(left($exiting, 'Indirect', $block
        =~ s/#2.*\n.*/#2 0x1 in b \/src\/ngx_http_activitypub_module\/b.c/r)),
    1, 'what is in no pool');

###############################################################################

# runs a small test file of its own, returns its exit status

sub run_inner {
    my ($code, $end) = @_;

    my $plan = $end ? '' : '->plan(1)';

    $end ||= '1';
    $t->write_file('inner.t', <<"EOF");
use Test::More; use Test::Nginx;
my \$t = Test::Nginx->new(plain => 1)$plan;
\$t->write_file_expand('nginx.conf', <<'CONF')->run();
%%TEST_GLOBALS%%
events { }
http { %%TEST_GLOBALS_HTTP%% server { listen 127.0.0.1:8080; } }
CONF
ok(1);
$code;
$end;
EOF

    return system("$^X -Ilib " . $t->testdir . '/inner.t >'
        . $t->testdir . '/inner.log 2>&1');
}


# the leaks that count of a worker's log and the report of its sanitizer

sub left {
    my ($log, $kind, $frames) = @_;

    return Test::Nginx::Log::leaks($log
        . "==7==ERROR: LeakSanitizer: detected memory leaks\n\n"
        . "$kind leak of 4096 byte(s) in 1 object(s) allocated from:\n"
        . "$frames\nSUMMARY: AddressSanitizer: 4096 byte(s) leaked.\n");
}


# code that leaves a report of a leak in error.log

sub leak {
    my ($frame) = @_;

    return <<"EOF";
open my \$f, ">>", \$t->testdir . "/error.log";
print \$f "==7==ERROR: LeakSanitizer: detected memory leaks\\n\\n",
    "Direct leak of 64 byte(s) in 1 object(s) allocated from:\\n",
    "    #0 0x7fe6d2eb89cf in malloc\\n    #1 0x55b8 in a $frame\\n\\n",
    "SUMMARY: AddressSanitizer: 64 byte(s) leaked.\\n"
EOF
}


# answers one request after the other in two chunks

sub chunked {
    my ($port) = @_;

    my $listen = IO::Socket::INET->new(Proto => 'tcp', Listen => 5,
        LocalAddr => '127.0.0.1', LocalPort => $port, ReuseAddr => 1)
        or die "$!";

    while (my $client = $listen->accept) {
        while (defined(my $line = <$client>)) {
            last if $line =~ /^\r?$/;
        }

        print $client "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
            . "Connection: close\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n";
        close $client;
    }
}
