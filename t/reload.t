#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Workers that are told to leave: at once when they have nothing to do, after
# the answer when somebody waits for one, at the shutdown timeout at the
# latest; and none leaves a socket behind.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Nginx::Process qw/children title/;
use Test::Node;
use Test::Session;

use List::Util qw/min/;
use Time::HiRes qw/sleep time/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(41);

$t->database(own => 1);
configure('');
$t->run;

die "no actor\n" unless $t->wait_document('/activitypub/news')
    && $t->wait_document('/activitypub/actor') && complete($t) && asks($t);

my $session = Test::Session->new($t);
my $actor = ask($t, '/activitypub/news')->body;

# With sanitizers new workers take seconds to begin, and the leak check of the
# old ones takes as long: who waits must not wait in vain meanwhile.

my $soon = $ENV{SANITIZE} ? 20 : 5;

###############################################################################

# with nothing to do

my @took;

for my $n (1 .. 3) {
    my $from = time();

    $t->reload;
    ok(gone($soon), "idle reload $n: all old workers are gone");
    push @took, time() - $from;
}

# a busy machine may be slow once

cmp_ok(min(@took), '<', $ENV{SANITIZE} ? 20 : 1.5, 'in a second');

# the database is gone too

$t->stop_database;
undef $session;
sleep 0.3;

for my $n (1 .. 2) {
    $t->reload;
    ok(gone($soon), "reload $n without a database");
    is(ask($_, '/activitypub/news')->body, $actor, 'what is known is kept')
        for values %{ { connections($t) } };
    ok(complete($t), 'the set of pages too');
}

# who listens again has everything asked anew: until then nothing is counted

my $started = said($t, qr/notifications started/);

$t->start_database;
ok($t->wait_for(sub { said($t, qr/notifications started/) > $started }, 20)
    && complete($t) && asks($t), 'the database is back');
$session = Test::Session->new($t);

# nothing is asked again because of a reload

ask($t, '/activitypub/news');
queries($t, 'document');
sleep 0.5;

my %before = map { $_ => queries($t, $_) } qw/document twins/;

$t->reload;
ok(asks($t, 5), 'each new worker has its connection');
is(ask($t, '/activitypub/news')->body, $actor, 'the actor');
is(queries($t, 'document') - $before{document}, 2, 'is not asked for');
is(queries($t, 'twins') - $before{twins}, 0, 'nor are the pages');

###############################################################################

# with somebody who waits

my %worker = waiting();

$t->reload;

my %new = connections($t);

is(ask($_, '/plain.html', accept => $BROWSER)->status, 200,
    'the new workers serve') for values %new;
ok(!gone(0), 'the old ones wait for the database');

$session->ask('ROLLBACK');

is($_->response('GET')->status, 404, 'whoever waits is answered')
    for values %worker;
ok(gone($soon), 'then they leave');

# the same at the end

%worker = waiting();

my $master = $t->{pid};

kill 'QUIT', $master;
sleep 0.3;
ok(kill(0, $master), 'nginx waits for the database');
$session->ask('ROLLBACK');

is($_->response('GET')->status, 404, 'whoever waits is answered')
    for values %worker;
ok($t->wait_for(sub { !children($master) }, 1 + $soon), 'then it ends');

$t->stop;

# the database does not answer

configure('', $ENV{SANITIZE} ? 20 : 2);
$t->run;
asks($t) or die "no documents\n";
%worker = waiting();

$t->reload;

is($_->response('GET')->status, 503, 'the deadline holds')
    for values %worker;
ok(gone($soon), 'the old workers leave');
$session->ask('ROLLBACK');

###############################################################################

# a shutdown timeout that is shorter

configure('worker_shutdown_timeout 500ms;', 30);
$t->reload;
asks($t) or die "no documents\n";
%worker = waiting();

my $from = time();

$t->reload;
ok(gone(9 + $soon), 'the shutdown timeout');
cmp_ok(time() - $from, '<', 9 + $soon, 'is heeded');

for my $c (values %worker) {
    my $r = $c->response('GET');

    ok(!$r || $r->status == 503, 'whoever waits is told, or hung up on');
}

$session->ask('ROLLBACK');
ok(asks($t), 'the new workers go on');

undef $session;

###############################################################################

# Without the module the site is what it was before; and with it again.

configure('');

my $with = $t->read_file('nginx.conf');

$t->write_file('nginx.conf', $with
    =~ s/^\s*(?:load_module|activitypub\w*)\b[^;{]*(?:;|\{[^}]*\})//mgr);
$t->reload;

is(ask($t, '/activitypub/news')->status, 404, 'the module is taken away');
is(ask($t, '/plain.html', accept => $BROWSER)->status, 200, 'the site is not');

$t->write_file('nginx.conf', $with);
$t->reload;

ok($t->wait_document('/activitypub/news'), 'and comes back');

$t->stop;

unlike($t->error_log, qr/open socket/, 'no socket is left');
unlike($t->error_log, qr/exited on signal/, 'all have ended by themselves');
ok($t->wait_for(sub { $t->sql("SELECT count(*) FROM pg_stat_activity
    WHERE usename = 'www-data'") == 0 }), 'no session is left');

###############################################################################

sub configure {
    my ($main, $timeout) = @_;

    $timeout ||= $ENV{SANITIZE} ? 20 : 8;

    node_conf($t, main => $main,
        database => "\"%%DATABASE%%\" timeout=${timeout}s");
}


# no worker but the two that serve, within so many seconds

sub gone {
    my ($seconds) = @_;

    return $t->wait_for(sub {
        2 == grep { title($_) =~ /worker process/ } children($t->{pid});
    }, $seconds);
}


# a request to each worker that waits for the database

sub waiting {
    my %c = connections($t);

    $session->ask('BEGIN; LOCK TABLE activitypub.origin');

    begin($_, unknown()) for values %c;

    hanging($t, 2);

    return %c;
}

###############################################################################
