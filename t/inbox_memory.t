#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Large bodies that come all at once, of people who are not believed yet: so
# many bytes of them a worker has in memory, and no more.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Remote;

use IO::Select;
use JSON::PP ();

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/);

# threads that wait as long as a file is there

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

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }

        location = /activitypub/status {
            activitypub_status json;
        }
    }
}

EOF

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $inbox = '/activitypub/inbox';
my $bob = Test::Remote->new($t, 'https://remote.example/u/bob')->known;
my $large = request(1024 * 1024);

###############################################################################

is(status(post()), 202, 'one');

# 64 MiB of them, and whoever comes then is told at once

$t->write_file('hold', '');

my @c = map { post() } 1 .. 70;
my %told;

$t->wait_for(sub {
    %told = map { ($_ => 1) } grep {
        IO::Select->new($_->{socket})->can_read(0)
    } @c;
    keys %told >= 6;
}, 20);

my @told = map { scalar $_->response('POST') } grep { $told{$_} } @c;

is(join(' ', map { $_->status } @told), join(' ', (503) x 6),
    'those that are too many');
like($told[0]->header('Retry-After'), qr/^\d+$/, '... are to come again');
is(status(post()), 503, '... as is the next one');
is(http_get('/')->status, 403, 'the site is served');

unlink $hold;

is(join(' ', map { status($_) } grep { !$told{$_} } @c),
    join(' ', (202) x 64), 'the others are accepted');

is(http_get('/activitypub/status', host => 'acme.example')
    ->json->{refused}{too_many_bodies}, 7, 'counted');

is(status(post()), 202, 'there is room again');

done_testing();

###############################################################################

# a connection that has sent all

sub post {
    my $c = http_connect();

    $c->send($large);

    return $c;
}


sub status {
    my $r = $_[0]->response('POST');

    return $r ? $r->status : 'nothing';
}


sub request {
    my ($size) = @_;

    my $text = JSON::PP->new->encode({
        %{ $bob->activity('Like', 'https://elsewhere.example/1') },
        content => '' });
    my $fill = 'x' x ($size - length $text);

    $text =~ s/"content":"/"content":"$fill/;

    my @headers = (@{ $bob->sign($inbox, $text) },
        'Content-Length' => length $text);
    my $head = "POST $inbox HTTP/1.1\r\n";

    while (my ($name, $value) = splice @headers, 0, 2) {
        $head .= "$name: $value\r\n";
    }

    return "$head\r\n$text";
}


###############################################################################
