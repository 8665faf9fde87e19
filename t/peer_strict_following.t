#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What servers of seven systems send to an inbox: each in its own shape,
# signed as that system signs, with keys to be had as it has them.  Each row
# of t/peers/strict/Strict/Inbox is sent as it is, and then broken in the way
# that it forbids: where the outcome is the same, the row demands nothing.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib qw{ lib peers/strict };
use Test::Rig;
use Test::Nginx;
use Test::Site;

use Strict::Inbox;
use Strict::Inbox::Everyone;
use Strict::Inbox::GoToSocial;
use Strict::Inbox::Lemmy;
use Strict::Inbox::Mastodon;
use Strict::Inbox::Misskey;
use Strict::Inbox::Pixelfed;
use Strict::Inbox::Threads;
use Strict::Inbox::WordPress;
use Strict::World;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

my $world = Strict::World->new($rig, $t);

my $post = publish($t, url => '/posts/one.html', title => 'One',
    content => '<p>The first post.</p>');

my ($rows, $killed) = hear_all($world, $post);
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
