#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Of a node with many workers four deliver, whatever there is to do, and the
# load is shared by them.

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Nginx::Process qw/connected/;
use Test::Crowd;

use Time::HiRes qw/sleep/;

###############################################################################

my ($n, $posts) = (40, 12);

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/)->plan(4);
my $crowd = Test::Crowd->new($t, $rig, $n, $n, processes => 6, delay => 0);

# so that who has delivered can be told afterwards

$crowd->farm->behave("peer$_.example", '202 keep') for 0 .. $n - 1;

###############################################################################

my @workers = $t->workers;

is(scalar @workers, 6, 'six workers');

my %delivers;

# who looks first takes what there is: seldom the same one

my @arrived = map {
    my $arrived = $crowd->everywhere($crowd->publish("post-$_"));

    $delivers{$_} ||= connected($_, 443) for @workers;
    $arrived;
} 1 .. $posts;

is_deeply(\@arrived, [ ($n) x $posts ], 'everything arrives');

my $delivered = grep { $delivers{$_} } @workers;

cmp_ok($delivered, '<=', 4, 'no more than four deliver');
cmp_ok($delivered, '>=', 2, 'and no less than two');

###############################################################################
