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

my $t = Test::Nginx->new()->has(qw/http/)->plan(49);

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

my $waited;

late(2.5, sub {
    lock_out();
    begin($one, '/activitypub/news/outbox');
    begin($two, '/activitypub/news/featured');
    $waited ||= $t->wait_for(sub { 2 == (() = waiting()) }, 0.8);

    return ($one, $two);
}, 'a worker');

ok($waited, 'it was waited for');
is(said($t, qr/is unavailable/), 0, 'which does not mean that it is away');

is(ask($one, '/activitypub/news/outbox')->status, 200, 'then it is there');
is(ask($two, '/activitypub/news/featured')->status, 200, 'for both');

###############################################################################

# many of them on one connection: each has its own deadline from the moment
# it was asked

my @many = map { to_worker($first) } 1 .. 5;

late(3.5, sub {
    lock_out();
    begin($_, unknown()) for @many;

    return @many;
}, 'one of many');

ok(asks($t, 5), 'each worker has a connection again');
site($one, 'the site went on');

###############################################################################

# A backend that is frozen keeps no deadline of its own.

my $silence = qr/\[error\].*"document" was not answered in time/;
my ($before, $backend);

late(6, sub {
    $backend = hang($one, '/activitypub/news/followers', sub {
        kill 'STOP', $_[0];
    });

    $before = said($t, $silence);
    $session->ask('ROLLBACK');

    return $one;
}, 'a frozen backend');

is(said($t, $silence), $before + 1, 'one [error] that says so');
is(ask($two, '/activitypub/news/followers')->status, 200,
    'the other worker goes on');
ok(asks($t, 5), 'and soon this one too');

kill 'CONT', $backend;

###############################################################################

# a backend that is terminated while it works

late(1, sub {
    asks($t);
    hang($one, '/activitypub/news/following', sub {
        $session->ask("SELECT pg_terminate_backend($_[0])");
    });

    return $one;
}, 'a terminated backend');

ok(asks($t, 5), 'has a successor');

###############################################################################

# no connection left

$t->wait_for(sub { ask($t, '/posts/1.html')->status == 200 });
$t->sql('ALTER ROLE "www-data" CONNECTION LIMIT 0');
$session = undef;
$t->disconnect_database;
sleep 2;

for my $c ($one, $two) {
    site($c, 'without connections');
    is(ask($c, '/posts/1.html')->status, 200, 'a known document');

    late(1, sub {
        $from = time();
        begin($c, unknown());

        return $c;
    }, 'an unknown one');
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


# A backend that waits for a lock, for a request of this connection: what is
# done to it is done before it gives up.

sub hang {
    my ($c, $uri, $does) = @_;

    for (1 .. 5) {
        lock_out();
        begin($c, $uri);

        my $pid;

        $t->wait_for(sub {
            ($pid) = waiting();
        }, 0.6);

        if ($pid && time() - $from < 0.7) {
            $does->($pid);
            return $pid;
        }

        $c->response('GET');
        $session->ask('ROLLBACK');
    }

    die "no statement waits\n";
}


# the backends that wait for a lock to make a document

sub waiting {
    return split /\n/, $t->sql("SELECT pid FROM pg_stat_activity
        WHERE usename = 'www-data' AND wait_event_type = 'Lock'
          AND query LIKE '%activitypub.document(%'");
}


# What begins on some connections is answered with 503 in time: of a few turns
# in one, for a machine may stand still.

sub late {
    my ($seconds, $begins, $name) = @_;

    my @late;

    for (1 .. 3) {
        @late = map { [$_->response('GET'), time() - $from] } $begins->();
        $session->ask('ROLLBACK') if $session;
        last if !grep { $_->[1] >= $seconds } @late;
    }

    for (@late) {
        my ($r, $took) = @$_;

        is($r->status, 503, "$name: 503");
        ok($r->header('Retry-After'), "$name: Retry-After");
        cmp_ok($took, '<', $seconds, "$name: in time");
    }
}


sub site {
    my ($c, $name) = @_;

    is(ask($c, '/plain.html', accept => $BROWSER)->status, 200, $name);
}

###############################################################################
