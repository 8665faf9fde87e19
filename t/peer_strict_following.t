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

$Strict::Inbox::world = $world;
$Strict::Inbox::post = publish($t, url => '/posts/one.html', title => 'One',
    content => '<p>The first post.</p>');

my ($rows, $killed, %rows, %killed) = (0, 0);

for my $row (Strict::Inbox::rows()) {
    my $claim = "$row->{system}: $row->{claim} [wire.md $row->{cite}]";
    my $outcome = Strict::Inbox::outcome($row);

    ok(Strict::Inbox::meets($row, $outcome), $claim) or show($outcome);

    my $broken = Strict::Inbox::outcome($row, 1);
    my $survives = Strict::Inbox::meets($row, $broken);

    ok(!$survives, "$claim: turns red, $broken->{status}, "
        . $broken->{verdict})
        or show($broken);

    $rows{$row->{system}}++, $rows++;
    $killed{$row->{system}}++, $killed++ unless $survives;
}

diag(sprintf '%-12s %3d rows, %3d killed', $_, $rows{$_}, $killed{$_} // 0)
    for sort keys %rows;
diag("$rows rows, $killed killed");
is($killed, $rows, 'no row survives its break');

done_testing();

###############################################################################

sub show {
    my ($outcome) = @_;

    my %shown = %$outcome;

    delete @shown{qw/remote world/};
    diag(explain(\%shown));
}

###############################################################################
