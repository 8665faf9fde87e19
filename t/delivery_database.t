#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# While a post is on its way to 200 followers on 40 hosts PostgreSQL is
# stopped, in peace and not, and started again: everything arrives, once.  So
# does what was edited and deleted as soon as it was back, and in order.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig own_database => 1;
use Test::Nginx;
use Test::Crowd;

use Time::HiRes qw/sleep time/;

###############################################################################

my $n = 200;

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/)->plan(24);

$t->database(own => 1);

my $crowd = Test::Crowd->new($t, $rig, $n, 40, processes => 2);

###############################################################################

my $stops = 1;

for my $mode (qw/fast immediate/) {
    my ($id, $hit);

    # a test that stood still meanwhile has another try

    for my $try (1 .. 3) {
        $id = $crowd->publish("$mode-$try");
        $hit = $crowd->midway($id);

        $t->stop_database($mode);
        $stops++;

        $hit &&= $crowd->midway($id);
        last if $hit || $try == 3;

        $t->start_database;
        $crowd->everywhere($id);
    }

    ok($hit, "stopped on the way, $mode");

    sleep 2;

    cmp_ok(keys %{ $crowd->arrived($id) }, '<', $n, 'no more than was begun');

    $t->start_database;

    $crowd->update($id);
    ok($crowd->midway($id), 'edited on the way');
    $crowd->delete($id);

    is($crowd->everywhere($id, type => $_), $n, "$_ arrives")
        for qw/Create Update Delete/;
    is($crowd->twice($id), 0, 'once');
    is($crowd->bodies($id), 1, 'the same bytes');
    is_deeply($crowd->disordered($id), [], 'in order');
    ok($crowd->drained, 'nothing is left');
}

# Away for longer: what was delivered is settled when it is back, and not when
# the next try is due, which would be a quarter of a minute later.

my $id = $crowd->publish('longer');

$crowd->midway($id);
$t->stop_database('fast');
sleep 41;

$crowd->farm->delay(0);
$t->start_database;

my $from = time();

ok($crowd->drained, 'nothing is left');
cmp_ok(time() - $from, '<', 13, sprintf 'and soon, %.1f s', time() - $from);

###############################################################################

my $log = $t->error_log;
my @away = $log =~ /\[error\].*unavailable/g;
my @back = $log =~ /\[notice\].*is available/g;

cmp_ok(@away, '<=', $stops, 'a line when it goes');
is(@back, 1 + @away, 'and one when it is back');

###############################################################################
