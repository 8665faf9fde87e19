#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# PostgreSQL goes away and comes back: what was true when it went is served,
# what was known to have changed is not, and after its return everything is
# asked again.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Node;

use Time::HiRes qw/sleep time/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(64);

$t->database(own => 1);
node_conf($t)->run;

die "no actor\n" unless $t->wait_document('/activitypub/news')
    && $t->wait_document('/activitypub/actor') && complete($t);

my %id = map { $_ => publish($t, "/posts/$_.html") } 1 .. 4;
my %path = map { $_ => $id{$_} =~ s!^https://acme\.example!!r } keys %id;
my %worker = connections($t);

# 1 is in the zone, 2 was never asked for, 3 has changed since; that 4 has
# its new title proves that the change of 3 was heard too

has_title($_, "Post /posts/$_.html") or die "no post $_\n" for 1, 3, 4;

update($t, $id{3}, 'Third');
update($t, $id{4}, 'Fourth');
has_title(4, 'Fourth') or die "no update\n";

# what was heard meanwhile, of its own beginning too, took it away again

has_title(1, 'Post /posts/1.html') or die "no post 1\n";
ask($t, $path{1});

my $actor = ask($t, '/activitypub/news');
my $etag = $actor->header('ETag');

# when it is back, it does not let nginx in at first

$t->sql('ALTER ROLE "www-data" NOLOGIN');
$t->stop_database;

# longer than it takes to notice that nobody listens

away($_) for values %worker;
sleep 2.5;
away($_) for values %worker;

is(said($t, qr/\[error\]/), 1, 'one [error]');

###############################################################################

# changes of which no notification tells

$t->start_database;

my $before = queries($t, 'document');

update($t, $id{1}, 'First');
sleep 0.5;

is(ask($t, $path{1})->json->{id}, $id{1}, 'served until the database is back');
is(said($t, qr/\[notice\].*database/), 1, 'which it is not');

$t->sql('ALTER ROLE "www-data" LOGIN');

ok(has_title(1, 'First', 10), 'what changed meanwhile is asked again');
ok(asks($t, 10), 'as soon as a worker is back');

for my $pid (sort keys %worker) {
    my $c = $worker{$pid};

    # each has its own connection, and its own patience

    $t->wait_for(sub { ask($c, $path{2})->status == 200 }, 15);

    like(ask($c, $path{1})->body, qr/First/, 'by each worker');
    like(ask($c, '/posts/3.html')->body, qr/Third/, 'what was invalidated');
    is(ask($c, $path{2})->status, 200, 'what was never asked for');
    is(ask($c, '/activitypub/news')->body, $actor->body, 'what is the same');
}

cmp_ok(queries($t, 'document') - $before, '>=', 6, 'nothing is believed');
ok(complete($t), 'the set of twins is complete');

is(said($t, qr/\[error\]/), 1, 'still one [error]');
is(said($t, qr/\[notice\].*is available/), 2, 'one [notice] on return');

###############################################################################

# a crash

$t->stop_database('immediate');

sleep 0.5;

for my $c (values %worker) {
    is(ask($c, '/activitypub/news')->status, 200, 'a crash');

    # 4 was in the zone before the first return, and not asked for since

    my $from = time();

    like(ask($c, '/posts/4.html')->body, qr/Fourth/, 'what is in doubt');

    # a statement is waited for three seconds

    cmp_ok(time() - $from, '<', 2.5, 'nobody waits for it');
}

$t->start_database;

ok($t->wait_for(sub { said($t, qr/\[notice\].*is available/) == 3 }, 15),
    'it is back');
is(said($t, qr/\[error\]/), 2, 'one [error] more');

update($t, $id{1}, 'Last');
ok(has_title(1, 'Last', 10), 'changes are heard again');

# only the connection that listens is lost, for a moment in which there is
# something to hear

sleep 1;

$t->sql('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
             WHERE ' . listens() . ";
         SELECT activitypub.update_post('$id{1}', title => 'Unheard')");

ok(has_title(1, 'Unheard', 10), 'what could not be heard is asked again');
is(said($t, qr/\[error\]/), 2, 'that is no change of state');

###############################################################################

sub has_title {
    my ($n, $title, $seconds) = @_;

    return $t->wait_for(sub {
        my $r = ask($t, "/posts/$n.html");

        $r->status == 200 && index($r->body, $title) >= 0;
    }, $seconds);
}


# what a worker says while the database is away

sub away {
    my ($c) = @_;

    my $r = ask($c, '/activitypub/news');

    is($r->body, $actor->body, 'the actor as last known');
    is($r->header('ETag'), $etag, 'by the same tag');
    is(ask($c, '/activitypub/news', headers => ['If-None-Match' => $etag])
        ->status, 304, 'not modified');
    like(ask($c, '/posts/1.html')->body, qr/"Note"/, 'a post at its page');

    for my $n (2, 3) {
        $r = ask($c, $path{$n});

        is($r->status, 503, $n == 2 ? 'never asked for' : 'has changed');
        ok($r->header('Retry-After'), 'later');
    }

    $r = ask($c, '/posts/1.html', accept => $BROWSER);

    ok(index($r->header('Link') // '', $id{1}) >= 0, 'the page has its Link');
}

###############################################################################
