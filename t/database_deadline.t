#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Nobody waits for a database that hangs: a statement that is locked out, a
# backend that is frozen or killed and a server without free connections are
# 503 in time, and nothing of it stays.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Node;
use Test::Session;

use Time::HiRes qw/sleep time/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(48);

$t->database(own => 1);
node_conf($t, database => '"%%DATABASE%%" timeout=1s')->run;

die "no actor\n" unless $t->wait_document('/activitypub/news')
    && $t->wait_document('/activitypub/actor') && complete($t) && asks($t);

my $session = Test::Session->new($t);
my %worker = connections($t);
my ($first, $second) = sort { $a <=> $b } keys %worker;
my ($one, $two) = @worker{$first, $second};
my $from;

my $id = publish($t, '/posts/1.html');

###############################################################################

# a statement that waits for a lock

lock_out();
begin($one, '/activitypub/news/outbox');
begin($two, '/activitypub/news/featured');

hanging($t, 2);

late($one, 2.5, 'first worker');
late($two, 2.5, 'second worker');

is(said($t, qr/is unavailable/), 0, 'which does not mean that it is away');

$session->ask('ROLLBACK');

is(ask($one, '/activitypub/news/outbox')->status, 200, 'then it is there');
is(ask($two, '/activitypub/news/featured')->status, 200, 'for both');

###############################################################################

# many of them on one connection: each has its own deadline from the moment
# it was asked

lock_out();

my @many = map { to_worker($first) } 1 .. 5;

begin($_, unknown()) for @many;

hanging($t, 1);
$from = time();
late($_, 3.5, 'one of many') for @many;

$session->ask('ROLLBACK');
ok(asks($t, 5), 'each worker has a connection again');
site($one, 'the site went on');

###############################################################################

# A backend that is frozen keeps no deadline of its own.

my $silence = qr/\[error\].*"document" was not answered in time/;
my $before = said($t, $silence);
my $backend = hang($one, '/activitypub/news/followers');

kill 'STOP', $backend;
$session->ask('ROLLBACK');

late($one, 3.5, 'a frozen backend');
is(said($t, $silence), $before + 1, 'one [error] that says so');
is(ask($two, '/activitypub/news/followers')->status, 200,
    'the other worker goes on');
ok(asks($t, 5), 'and soon this one too');

kill 'CONT', $backend;

###############################################################################

# a backend that is terminated while it works

$backend = hang($one, '/activitypub/news/following');

$t->sql("SELECT pg_terminate_backend($backend)");
late($one, 1, 'a terminated backend');
$session->ask('ROLLBACK');

ok(asks($t, 5), 'has a successor');

###############################################################################

# no connection left

$t->wait_for(sub { ask($t, '/posts/1.html')->status == 200 });
$t->sql('ALTER ROLE "www-data" CONNECTION LIMIT 0');
$session = undef;
$t->disconnect_database;
sleep 2;

for my $c ($one, $two) {
    $from = time();
    site($c, 'without connections');
    is(ask($c, '/posts/1.html')->status, 200, 'a known document');
    late($c, 1, 'an unknown one', unknown());
}

$t->sql('ALTER ROLE "www-data" CONNECTION LIMIT -1');
ok(asks($t), 'connections are back');

update($t, $id, 'Again');
ok($t->wait_for(sub { ask($t, '/posts/1.html')->body =~ /Again/ }, 10),
    'notifications too');

###############################################################################

sub lock_out {
    $session->ask('BEGIN; LOCK TABLE activitypub.origin');
    $from = time();
}


# the backend that waits for a lock, for a request of this connection

sub hang {
    my ($c, $uri) = @_;

    lock_out();
    begin($c, $uri);
    hanging($t, 1);

    return $t->sql("SELECT pid FROM pg_stat_activity
        WHERE usename = 'www-data' AND wait_event_type = 'Lock'");
}


sub late {
    my ($c, $seconds, $name, $uri) = @_;

    my $r = $uri ? ask($c, $uri) : $c->response('GET');

    is($r->status, 503, "$name: 503");
    ok($r->header('Retry-After'), "$name: Retry-After");
    cmp_ok(time() - $from, '<', $seconds, "$name: in time");
}


sub site {
    my ($c, $name) = @_;

    is(ask($c, '/plain.html', accept => $BROWSER)->status, 200, $name);
}

###############################################################################
