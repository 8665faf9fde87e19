#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What each of seven systems demands of what it is sent: Accept, Create,
# Update, Delete, a second try, and the GET of its actor.  Each row of
# t/peers/strict/Strict/Delivery looks at the real request, as it arrived at
# the server of that system, and then at the same request broken in the way
# that the row forbids: a row that does not turn red then demands nothing.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib qw{ lib peers/strict };
use Test::Rig;
use Test::Nginx;

use Strict::Delivery;
use Strict::Delivery::Everyone;
use Strict::Delivery::GoToSocial;
use Strict::Delivery::Lemmy;
use Strict::Delivery::Mastodon;
use Strict::Delivery::Misskey;
use Strict::Delivery::Pixelfed;
use Strict::Delivery::Threads;
use Strict::Delivery::WordPress;
use Strict::World;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

my $world = Strict::World->new($rig, $t);

deliver_all($world);

my ($rows, $killed) = rows_of($world);
my ($all, $dead) = (0, 0);

for my $name (sort keys %$rows) {
    diag(sprintf '%-12s %3d rows, %3d killed', $name, $rows->{$name},
        $killed->{$name} // 0);
    $all += $rows->{$name};
    $dead += $killed->{$name} // 0;
}

diag("$all rows, $dead killed");
is($dead, $all, 'no row survives its break');

done_testing();

###############################################################################
