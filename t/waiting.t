#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A request that waits for the database is an ordinary request: others on the
# connection wait behind it, and a client may leave meanwhile.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use IO::Socket::INET;

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http http_v2 http_ssl/)->plan(20);

my $dir = $t->testdir;

system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
    . "-nodes -subj /CN=acme.example -keyout $dir/key.pem "
    . "-out $dir/cert.pem > $dir/openssl.log 2>&1") == 0
    or die "openssl: " . $t->read_file('openssl.log');

$t->write_file_expand('nginx.conf', <<'EOF')->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%" timeout=8s;

    server {
        listen       127.0.0.1:8080;
        listen       127.0.0.1:8081 ssl http2;
        server_name  acme.example;

        ssl_certificate      cert.pem;
        ssl_certificate_key  key.pem;

        activitypub_actor news { }

        location = /page { return 200 SITE; }

        location = /posts/11 { post_action /after; }
        location = /after { proxy_pass http://127.0.0.1:8082; }
    }
}

EOF

$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";

my @ids = map { publish($t, "/posts/$_") } 1 .. 12;
my @paths = map { s!^https://acme\.example!!r } @ids;

$t->wait_for(sub { ap_get('/posts/12')->status == 200 }, 20)
    or die "no posts\n";

###############################################################################

# one after the other, all sent at once, none of them known yet

my $c = http_connect();

$c->send(join '', map { request($_) } @paths[0 .. 4], '/page', $paths[5]);

is(id($c->response), $ids[$_], "pipelined: document $_") for 0 .. 4;

is($c->response->body, 'SITE', 'pipelined: a page behind them');
is(id($c->response), $ids[5], 'pipelined: and another document');

# with a body that is not wanted behind a document that is waited for

$c->send("GET $paths[6] HTTP/1.1\r\nHost: acme.example\r\n"
    . "Content-Length: 5000\r\n\r\n" . ('x' x 5000) . request('/page'));

is(id($c->response), $ids[6], 'a document, asked for with a body');
is($c->response->body, 'SITE', 'and the page behind it');

# the database is slow: it waits for a lock

my $locked = lock_posts();

my @gone = map { http_connect() } 1 .. 3;

$_->send(request($paths[7])) for @gone;
select undef, undef, undef, 0.2;
$_->close for @gone;

# whom nobody waits for any more is somebody else's: "post_action" has it

my $backend = IO::Socket::INET->new(Listen => 5, ReuseAddr => 1,
    LocalAddr => '127.0.0.1:' . port(8082)) or die "no backend: $!\n";
my $left = http_connect();

$left->send("GET /posts/11 HTTP/1.1\r\nHost: acme.example\r\n"
    . "Accept: application/activity+json\r\n\r\n");
select undef, undef, undef, 0.2;
$left->close;

ok(IO::Select->new($backend)->can_read(10), 'the post_action of who left');
my $after = $backend->accept;

ok($t->wait_for(sub { 3 == grep { / 499 / } split /\n/,
    $t->read_file('access.log') }), 'it is noticed who leaves');

my $slow = http_connect();
my $behind = http_connect();

$slow->send(request($paths[7]) . request('/page'));
$behind->send(request($paths[8]));
select undef, undef, undef, 0.2;

is(http_get('/page', host => 'acme.example')->body, 'SITE',
    'the site waits for nobody');
is(id(ap_get($paths[0])), $ids[0], 'nor does a document that is known');

unlock_posts($locked);

ok(!IO::Select->new($backend)->can_read(1),
    'what was waited for does not disturb it');
$_->close for $after, $backend;

is(id($slow->response), $ids[7], 'whoever stayed gets the document');
is($slow->response->body, 'SITE', 'and what is behind it');
is(id($behind->response), $ids[8], 'and so does who asked for another');

# the same over HTTP/2, side by side

SKIP: {
    my $curl = `curl --version 2>/dev/null` // '';

    skip 'curl has no HTTP/2', 2 unless $curl =~ /HTTP2/;

    my $base = 'https://acme.example:' . port(8081);
    my $at = "--connect-to acme.example:" . port(8081) . ":127.0.0.1:"
        . port(8081);
    my $out = `curl -sSk --http2 -Z --max-time 10 $at -w '\n%{http_code}\n' @{[
        map { "$base$_" } @paths[9 .. 11], '/page', '/activitypub/nobody' ]} 2> $dir/curl.log`;

    is(join(' ', sort $out =~ /^(\d{3})$/mg), '200 200 200 200 404',
        'HTTP/2: side by side');
    is(join(' ', sort $out =~ /"id":"([^"]*)"/g), join(' ', sort @ids[9 .. 11]),
        'HTTP/2: each its own');
}

is($t->workers, 1, 'the worker is the same');

###############################################################################

sub request { "GET $_[0] HTTP/1.1\r\nHost: acme.example\r\n\r\n" }


sub id { $_[0] && ($_[0]->json || {})->{id} }


# holds the table until a file is there; every query waits

sub lock_posts {
    my $pid = fork() // die "fork: $!";

    if ($pid == 0) {
        $t->psql("BEGIN; LOCK TABLE activitypub.object;
            \\! touch $dir/locked
            \\! while [ ! -e $dir/unlock ]; do sleep 0.05; done
            COMMIT;");
        POSIX::_exit(0);
    }

    $t->wait_for(sub { -e "$dir/locked" }, 10) or die "no lock\n";

    return $pid;
}


sub unlock_posts {
    my ($pid) = @_;

    $t->write_file('unlock', '');
    waitpid $pid, 0;
}

###############################################################################
