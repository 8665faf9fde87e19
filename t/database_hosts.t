#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Several hosts: one that refuses, is silent, swallows everything or cannot be
# written to is passed over, in about a second.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Node;

use IO::Socket::INET;
use Time::HiRes qw/sleep time/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(27);

# loopback has addresses enough for all tests that run at once

my $net = join '.', 127, 1 + $$ % 254, 1 + ($$ >> 8) % 254;
my ($good, $other, $dead, $silent, $hole, $readonly)
    = map { "$net.$_" } 11 .. 16;

$t->database(own => 1);
serve($t->{cluster}, "$good,$other");
$t->write_file('password', "open sesame\n");

$t->sql(q{ALTER ROLE "www-data" PASSWORD 'open sesame'});

# the others: a listener that never says a word, and one that does not even
# accept, because its queue is full

my $mute = listen_on($silent, 5);
my $full = listen_on($hole, 0);
my @queue = map { IO::Socket::INET->new(PeerAddr => $hole, PeerPort => 5432,
    Blocking => 0) } 1 .. 4;

my $standby = Test::Postgres->start;

$standby->create($t->{database});
$standby->psql('postgres', q{ALTER ROLE "www-data" PASSWORD 'open sesame'});
$standby->psql('postgres',
    'ALTER SYSTEM SET default_transaction_read_only = on');
serve($standby, $readonly);

###############################################################################

available("$good", 20, 'one host');
available("$dead,$good", 8, 'the first one refuses');
available("$silent,$good", 8, 'the first one is silent');
available("$hole,$good", 8, 'the first one swallows everything');
available("$readonly,$good", 8, 'the first one is read-only');
available("$dead,$silent,$good", 8, 'two of three');

# failover: the one that served us is gone

start("$good,$other");

ok($t->wait_document('/activitypub/news'), 'the first host serves us');

my $id = publish($t, '/posts/1.html');
ok($t->wait_for(sub { ask($t, '/posts/1.html')->status == 200 }), 'a post');

serve($t->{cluster}, $other);
update($t, $id, 'Moved');

ok($t->wait_for(sub { ask($t, '/posts/1.html')->body =~ /Moved/ }, 10),
    'then the other one does');

$t->stop;

# nobody at home

my $from = length $t->error_log;

start("$dead,$silent");

# one line, and no second

$t->wait_for(sub { substr($t->error_log, $from) =~ /\[error\]/ }, 15);
sleep 1;

my $log = substr $t->error_log, $from;

is(ask($t, '/activitypub/news')->status, 503, 'no host at all');
is(scalar(() = $log =~ /\[error\]/g), 1, 'is one [error]');

$t->stop;

# the password

$t->write_file('password', "open barley\n");
$from = length $t->error_log;

start($other);
$t->wait_for(sub { $t->error_log =~ /password auth/ });

$log = substr $t->error_log, $from;

like($log, qr/\[error\].*password authentication failed/, 'a wrong password');
unlike($log, qr/barley/, 'stays secret');
is(scalar(() = $log =~ /\[error\]/g), 1, 'and is one [error]');
is(ask($t, '/activitypub/news')->status, 503, 'no federation');

$t->stop;

$standby->stop;

###############################################################################

# a cluster on TCP, by password

sub serve {
    my ($cluster, $addresses) = @_;

    open my $hba, '>', $cluster->dir . '/data/pg_hba.conf' or die "$!";
    print $hba "local all all trust\nhost all all 127.0.0.0/8 scram-sha-256\n";
    close $hba;

    $cluster->psql('postgres',
        "ALTER SYSTEM SET listen_addresses = '$addresses'");
    $cluster->pause;
    $cluster->resume;
}


sub listen_on {
    my ($address, $backlog) = @_;

    my $s = IO::Socket::INET->new(LocalAddr => $address, LocalPort => 5432,
        Listen => 5)
        or die "$address: $!";

    listen($s, $backlog);

    return $s;
}


sub start {
    my ($addresses) = @_;

    node_conf($t, database => qq{"hostaddr=$addresses user=www-data
        dbname=$t->{database}" password_file=%%TESTDIR%%/password})->run;
}


sub available {
    my ($addresses, $seconds, $name) = @_;

    my $was = said($t, qr/is available/);

    start($addresses);

    my $from = time();

    $t->wait_for(sub { said($t, qr/is available/) > $was }, 20);
    cmp_ok(time() - $from, '<', $seconds * $Test::Nginx::Process::PATIENCE,
        "$name: the other in time");

    ok($t->wait_document('/activitypub/news'), "$name: documents");
    is(($t->error_log =~ /database "([\d.]+):5432" is available/g)[-1],
        $good, "$name: which is named");

    $t->stop;
}

###############################################################################
