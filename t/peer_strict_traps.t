#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The ten traps that have cost somebody a release, by their numbers in the
# survey of the field (wire.md, section 8): in what is sent and in what is
# received.  Each row must turn red in the trap.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib qw{ lib peers/strict };
use Test::Rig;
use Test::Nginx;
use Test::Site;

use Strict;
use Strict::Delivery;
use Strict::Delivery::Traps;
use Strict::Inbox ();
use Strict::Inbox::Traps;
use Strict::World;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

my $world = Strict::World->new($rig, $t);

deliver_all($world);

my $post = publish($t, url => '/posts/two.html', title => 'Two',
    content => '<p>The second post.</p>');
my @tables = (rows_of($world), Strict::Inbox::hear_all($world, $post));
my %trap;

for my $row (Strict::rows(), Strict::Inbox::rows()) {
    $trap{$1}++ if $row->{claim} =~ /^trap (\d+), /;
}

is_deeply([ sort { $a <=> $b } keys %trap ], [1 .. 10], 'all ten');
diag(join ', ', map { "trap $_: $trap{$_}" } sort { $a <=> $b } keys %trap);

my ($rows, $killed) = (0, 0);

$rows += $_ for map { values %$_ } @tables[0, 2];
$killed += $_ for map { values %$_ } @tables[1, 3];

diag("$rows rows, $killed killed");
is($killed, $rows, 'no row survives its break');

# trap 3, before it is sent

my $long = eval {
    publish($t, url => '/posts/four.html', title => 'Four',
        content => '<p>' . 'word ' x 13_000 . '</p>',
        object_type => 'Article');
};

is($long, undef, 'a post of more than 60 KiB is not published');
like($@, qr/54000/, 'and the reason is its size');

done_testing();

###############################################################################
