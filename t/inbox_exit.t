#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A worker that is told to finish while a thread has the body of its only
# request: who sent it is answered.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Remote;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/);

# a disk that takes its time, in threads only: as long as a file is there

my $hold = $t->testdir . '/hold';

$t->preload(<<"EOF");
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

ssize_t
pread64(int fd, void *buf, size_t n, off64_t offset)
{
    while (syscall(SYS_gettid) != getpid() && access("$hold", F_OK) == 0) {
        usleep(10000);
    }

    return syscall(SYS_pread64, fd, buf, n, offset);
}

ssize_t
pread(int fd, void *buf, size_t n, off_t offset)
{
    return pread64(fd, buf, n, offset);
}
EOF

$t->write_file_expand('nginx.conf', <<'EOF')->run();

%%TEST_GLOBALS%%

daemon off;
worker_processes 1;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";
    activitypub_resolver 127.0.0.1:8053;

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }
    }
}

EOF

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $inbox = '/activitypub/inbox';
my $actor = 'https://acme.example/activitypub/news';
my $bob = Test::Remote->new($t, 'https://remote.example/u/bob')->known;
my $eve = Test::Remote->new($t, 'https://remote.example/u/eve',
    like => $bob)->known;

###############################################################################

my ($old) = $t->workers;
my $c = read_by_thread($bob);

ok($t->reload, 'reloaded meanwhile');
unlink $hold;
is(eval { $c->response('POST')->status }, 202, 'it is accepted');
is($t->sql('SELECT count(*) FROM activitypub.follower'), 1, 'and kept');
$c->close;
ok($t->wait_for(sub { !kill 0, $old }, 20), 'the old worker leaves');

# nobody waits for what nobody asks for any more

($old) = $t->workers;
$c = read_by_thread($eve);

kill 'TERM', $old;
$t->wait_for(sub { $t->error_log =~ / $old#\d+: exiting$/m }, 20)
    or die "it does not go\n";
unlink $hold;

ok($t->wait_for(sub { !kill 0, $old }, 20), 'a worker that must go goes');
ok(!$c->response('POST'), 'and nobody is told');

done_testing();

###############################################################################

# a connection whose post is in the hands of a thread: its file is open twice

sub read_by_thread {
    my ($remote) = @_;

    my $body = JSON::PP->new->encode({
        %{ $remote->activity('Follow', $actor) }, content => 'x' x 90_000 });
    my @headers = (@{ $remote->sign($inbox, $body) },
        'Content-Length' => length $body);
    my $text = "POST $inbox HTTP/1.1\r\n";

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    my ($pid) = $t->workers;
    my $c = http_connect();

    $t->write_file('hold', '');

    $c->send("$text\r\n$body");

    ok($t->wait_for(sub {
        2 == grep { (readlink // '') =~ m!/client_body/! } glob "/proc/$pid/fd/*"
    }), 'a thread has the body');

    return $c;
}

###############################################################################
