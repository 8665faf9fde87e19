#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# While a post is on its way to 200 followers on 40 hosts a worker is killed.
# What it had comes back when its lease ends: nothing is lost, and twice comes
# what was under way at the kill, or had arrived and was not settled, at most.
# The edit and the delete that were made meanwhile stay behind the post.

# One kill waits as long as the leases last, which is most of this file's time.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Nginx::Process qw/connected/;
use Test::Crowd;

use List::Util qw/sum/;
use Time::HiRes qw/sleep time/;

###############################################################################

my $n = 200;

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/)->plan(17);

$t->expect(qr/worker process \d+ exited on signal 9/);

my $crowd = Test::Crowd->new($t, $rig, $n, 40, processes => 2);

###############################################################################

# one of two workers, twice; here the leases end at once, the other's too

for my $round (1 .. 2) {
    my $id = $crowd->publish("round-$round");
    my ($hit, undef, $open) = kill_worker($id);

    ok($hit, "killed on the way, $open were under way");

    $t->sql_queue('UPDATE activitypub.delivery SET next_at = now()
        WHERE claim IS NOT NULL;
        UPDATE activitypub.host SET next_at = now()');

    is($crowd->everywhere($id), $n, 'everything arrives');
    cmp_ok($crowd->twice($id), '<=', $open, 'twice what was under way');
    is($crowd->bodies($id), 1, 'the same bytes');
}

ok($crowd->drained, 'nothing is left');

###############################################################################

# and one with the leases as they are

$crowd->farm->delay(0.05);

my $id = $crowd->publish('leases');
my ($hit, $open) = kill_worker($id);
my $from = time();

ok($hit, "killed on the way, $open were under way");

$crowd->farm->delay(0);
$crowd->update($id);
$crowd->delete($id);

is($crowd->everywhere($id, seconds => 120), $n, 'everything arrives');

# What the killed one had sent has arrived, but nobody knows: the edit waits
# for the end of those leases as it does for what never left.

is($crowd->everywhere($id, type => 'Update', seconds => 120), $n, 'Update');

cmp_ok(time() - $from, '>', 60, 'when the leases have ended');
cmp_ok($crowd->twice($id), '<=', $open, 'twice what was under way');

is($crowd->everywhere($id, type => 'Delete'), $n, 'Delete');

is_deeply($crowd->disordered($id), [], 'in order');
ok($crowd->drained, 'nothing is left');

###############################################################################

# The one that has most to do.  Stopped first, so that what is under way can be
# counted, with it and with both; whether it was hit is asked again after the
# kill.

sub kill_worker {
    my ($id) = @_;

    my $hit = $crowd->midway($id);
    my @workers = $t->workers;

    kill 'STOP', @workers;

    my %open = map { $_ => connected($_, 443) } @workers;
    my ($worker) = sort { $open{$b} <=> $open{$a} } @workers;
    my $unsettled = unsettled($id);

    kill 'KILL', $worker;
    kill 'CONT', grep { $_ != $worker } @workers;

    return ($hit && $crowd->midway($id) && $open{$worker},
        $open{$worker} + $unsettled, sum(values %open) + $unsettled);
}


# how many have it while somebody still holds their delivery: on a busy machine
# the database hears of them late

sub unsettled {
    my ($id) = @_;

    my $arrived = $crowd->arrived($id);

    return scalar grep { $arrived->{$_ =~ s{^https://}{}r} }
        split /\n/, $t->sql('SELECT inbox FROM activitypub.delivery
            WHERE claim IS NOT NULL');
}

###############################################################################
