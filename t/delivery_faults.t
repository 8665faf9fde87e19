#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# While a post is on its way to 200 followers on 40 hosts nginx is reloaded, a
# peer stalls, another resets its connections: everything arrives, once, and
# nobody waits for those two.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Crowd;

use Time::HiRes qw/sleep/;

###############################################################################

my $n = 200;

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/)->plan(20);

my $crowd = Test::Crowd->new($t, $rig, $n, 40, processes => 2);
my $farm = $crowd->farm;

###############################################################################

# reload: what is under way is finished

my $id = $crowd->publish('reload');
my $hit = $crowd->midway($id);

kill 'HUP', $t->{pid};
$t->wait_for(sub { $t->error_log =~ /gracefully shutting down/ });

ok($hit && $crowd->midway($id), 'reloaded on the way');

$crowd->update($id);
$crowd->delete($id);

is($crowd->everywhere($id, type => $_), $n, "$_ arrives")
    for qw/Create Update Delete/;
is($crowd->twice($id), 0, 'once');
is($crowd->bodies($id), 1, 'the same bytes');
is_deeply($crowd->disordered($id), [], 'in order');
ok($crowd->drained, 'nothing is left');

###############################################################################

# peers that turn bad on the way

my %bad = ('peer9.example' => 'stall', 'peer8.example' => 'reset');

$id = $crowd->publish('bad');
$hit = $crowd->midway($id);
$farm->behave($_, $bad{$_}) for sort keys %bad;

ok($hit && $crowd->midway($id), 'two turned bad on the way');

my $good = sub { scalar grep { !/^peer[89]\./ } keys %{ $crowd->arrived($id) } };

$t->wait_for(sub { $good->() == $n - 10 }, 40);

is($good->(), $n - 10, 'the others get it');

for my $what (qw/reset stall/) {
    ok($t->wait_for(sub { seen($what) }, 15), "there was a $what");
}

ok($t->wait_for(sub {
    $t->sql("SELECT count(DISTINCT host) FROM activitypub.delivery
        WHERE host ~ '^peer[89][.]' AND last_error <> ''") == 2;
}, 25), 'with both it failed');

# what comes after it does not overtake it

$crowd->update($id);
$crowd->delete($id);

# they recover; what stalls at this moment fails later

$farm->behave($_, '202') for sort keys %bad;

$t->wait_for(sub {
    $t->apctl(qw/deliveries retry/, $_) for sort keys %bad;
    sleep 0.5;
    keys %{ $crowd->arrived($id) } == $n;
}, 30);

is($crowd->everywhere($id, type => $_), $n, "$_ arrives")
    for qw/Create Update Delete/;
is($crowd->twice($id), 0, 'once');
is($crowd->bodies($id), 1, 'the same bytes');
is_deeply($crowd->disordered($id), [], 'in order');
ok($crowd->drained, 'nothing is left');

###############################################################################

# when some had arrived and some had not

sub seen {
    my ($what) = @_;

    my $arrived = 0;

    for my $told (grep { $_->{object} eq $id } $farm->seen) {
        $arrived++ if $told->{status} =~ /^2/;

        return $arrived > 0 && $arrived < $n if $told->{status} eq $what;
    }

    return 0;
}

###############################################################################
