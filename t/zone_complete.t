#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The set of pages that have a document says that it is complete only when it
# is: whatever was committed is in it, or the set is in doubt and each page
# varies.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Node;
use Test::Session;

use Time::HiRes qw/sleep/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(32);

# workers are killed on purpose
$t->expect(qr/worker process \d+ exited on signal 9/);

$t->database(own => 1);
my @conf = (database => '"%%DATABASE%%" timeout=1s',
    actors => 'activitypub_actor news { url /; }
               activitypub_actor blog { url /blog.html; }');

node_conf($t, @conf)->run;

die "no actor\n" unless $t->wait_document('/activitypub/news')
    && $t->wait_document('/activitypub/actor') && complete($t) && asks($t);

my $session = Test::Session->new($t);

###############################################################################

# A transaction takes its number, and commits when the fill is past it: the
# notification comes with the commit.

$session->ask('BEGIN');
$session->ask(publishing(1));

# a later number is there before

publish($t, '/posts/2.html', actor => 'blog');

reloaded();
ok(known(2) && complete($t), 'a set that was filled meanwhile');
ok(!link_of(1), 'does not know what is not committed');
$session->ask('COMMIT');
ok(known(1), 'and hears of the commit');

# the same in the midst of a fill

$session->ask('BEGIN');
$session->ask(publishing(3));
refill();
$session->ask('COMMIT');
ok(known(3), 'a commit in the midst of a fill');

###############################################################################

# everything may have changed: what was known is no answer until it is read

$session->ask('BEGIN; LOCK TABLE activitypub.twin');
$t->sql("NOTIFY activitypub_changed, '*'");
ok(doubt(), 'everything may have changed');
is(link_of(1), undef, 'and what was known is not believed');
$session->ask('ROLLBACK');
ok(complete($t) && link_of(1), 'until it was read');

# a fill that fails, more than once

$session->ask('BEGIN; LOCK TABLE activitypub.twin');
$t->sql("NOTIFY activitypub_changed, '*'");
sleep 2.5;
ok(doubt(), 'a fill that fails');
$session->ask('ROLLBACK');
ok(complete($t) && link_of(1), 'is made again');

# so is one whose worker is killed; and a change that is not read

$session->ask('BEGIN; LOCK TABLE activitypub.twin');
$t->sql("NOTIFY activitypub_changed, '*'");
hanging($t, 1);
kill_worker(listener($t));
$session->ask('ROLLBACK');
ok(complete($t) && link_of(1), 'a worker that is killed in its fill');

$session->ask('BEGIN');
$session->ask(publishing(4));
$session->ask('COMMIT; BEGIN; LOCK TABLE activitypub.twin');
sleep 1.5;
$session->ask('ROLLBACK');
ok(known(4) && complete($t), 'a change that could not be read at first');

###############################################################################

# Nobody listens, and nobody can, while all other connections go on.

$t->sql('ALTER ROLE "www-data" NOLOGIN');
$t->sql('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
             WHERE ' . listens());
$session->ask(publishing(5));

ok(doubt(), 'nobody listens');
is(ask($t, '/posts/5.html')->status, 200, 'a page that nobody heard of');
like(ask($t, '/posts/5.html')->header('Content-Type'), qr/activity/,
    'is its document');
is(ask($t, '/plain.html')->body, "PAGE plain\n", 'and one that has none');
sleep 1;
ok(doubt(), 'that is not forgotten');

$t->sql('ALTER ROLE "www-data" LOGIN');
ok(known(5) && complete($t), 'somebody listens');

# A server that has stopped hearing, and says nothing: what a connection looks
# like whose other end is gone.

my $backend = listening();

kill 'STOP', $backend;
$session->ask(publishing(6));
ok(known(6, 20), 'a listening connection that is silent');
kill 'CONT', $backend;
ok(known(6) && complete($t), 'is given up');

###############################################################################

# The old worker is killed at a reload: what it had to hear before the new one
# listened is heard by nobody.

new_listener();

my ($old) = listener($t);

kill 'STOP', $old;
$session->ask(publishing(7));
kill 'HUP', $t->{pid};
ok($t->wait_for(sub { listener($t) != $old }, 15), 'a successor');
sleep 0.3;
kill 'KILL', $old;

ok(known(7), 'what its predecessor did not do');
ok(complete($t), 'is made good');
$t->wait_for(sub { $t->workers == 2 }, 15);

# Generations that follow each other while pages come.

my $generations = said($t, qr/notifications started/);

for my $n (8, 9) {
    kill 'HUP', $t->{pid};
    $session->ask(publishing($n));
    $t->wait_for(sub { said($t, qr/notifications started/)
        > $generations + $n - 8 }, 15) or die "no generation\n";
}

ok(known($_), 'three generations') for 8, 9;

###############################################################################

# another zone: nothing of the old one; the set is filled, not less

complete($t);

my $twins = queries($t, 'twins');

ok(reloaded() && complete($t), 'a reload');
is(queries($t, 'twins') - $twins, 0, 'keeps the set');

node_conf($t, @conf,
    http => 'activitypub_zone zone=activitypub:16m;');

ok(reloaded(), 'another size');
ok(complete($t), 'is filled');
is(scalar(grep { !link_of($_) } 1 .. 9), 0, 'with all pages');
cmp_ok(queries($t, 'twins') - $twins, '>', 0, 'from the database');

# by another name

node_conf($t, @conf,
    http => 'activitypub_zone zone=another:16m;');

ok(reloaded() && complete($t), 'another name');
is(said($t, qr/\[(error|crit)\].*zone/), 0, 'of which nothing is said');

###############################################################################

sub publishing {
    my ($n) = @_;

    return "SELECT activitypub.publish('news',
        'https://acme.example/posts/$n.html', 'Post $n', '')";
}


sub link_of {
    my ($n) = @_;

    return ask($t, "/posts/$n.html", accept => $BROWSER)->header('Link');
}


sub known {
    my ($n, $seconds) = @_;

    return $t->wait_for(sub { link_of($n) }, $seconds // 15);
}


sub doubt {
    return $t->wait_for(sub {
        ask($t, '/plain.html', accept => $BROWSER)->header('Vary');
    }, 10);
}


sub refill {
    my $before = queries($t, 'twins');

    $t->sql("NOTIFY activitypub_changed, '*'");
    $t->wait_for(sub { queries($t, 'twins') > $before }, 10)
        or die "no fill\n";
    sleep 0.3;
}


# with a worker of its own that listens

sub reloaded {
    my $before = said($t, qr/notifications started/);

    $t->reload;

    return $t->wait_for(sub {
        said($t, qr/notifications started/) > $before && $t->workers == 2
    }, 15) && new_listener();
}


# the backend of the connection that listens

sub listening {
    return $t->sql('SELECT pid FROM pg_stat_activity WHERE ' . listens());
}


# of the workers that there are

sub new_listener {
    return $t->wait_for(sub {
        my $listener = listener($t);

        $t->workers == 2 && grep { $_ == $listener } $t->workers;
    }, 15) || die "nobody listens\n";
}


sub kill_worker {
    my ($pid) = @_;

    kill 'KILL', $pid;
    $t->wait_for(sub { !grep { $_ == $pid } $t->workers });
    new_listener();
}

###############################################################################
