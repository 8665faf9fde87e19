package Test::Attacks::Late;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What takes long, all of it at once; and what comes of a play when nobody
# looks any more.

use warnings;
use strict;

# so many a worker asks for strangers at the same time
my $SIDE = 8;


sub slow {
    my ($player) = @_;

    my @slow = splice @{ $player->{slow} };
    my $world = $player->world;

    while (my @batch = splice @slow, 0, $SIDE) {
        my @under_way;

        $world->mark;

        for my $row (@batch) {
            my ($case, $play) = @$row;
            my ($tag, $p) = Test::Attacks::Stage::set($player, $play);
            my ($wire) = $player->wire($tag, $p, $p->{requests}[0]);

            push @under_way, [$row, $tag, $p, $wire, $world->start($wire)];
        }

        my @answers = map {
            my ($c, $wire) = @$_[4, 3];
            my $r;

            for (1 .. 3) {
                last if $r = $c->response('POST');
            }

            $world->answer($r, $wire);
        } @under_way;

        for my $i (0 .. $#under_way) {
            my ($row, $tag, $p) = @{ $under_way[$i] };
            my ($case, $play, $result, $twin) = @$row;

            $player->judge($case, $play, $result,
                $player->outcome($tag, $play, $p, $answers[$i]), $twin);
        }
    }
}


# Rows that name a play which stored none; names and URLs that were asked for
# after it was over.

sub look {
    my ($player) = @_;

    my $ledger = $player->world->ledger;
    my %asked;

    for my $text ($ledger->asked) {
        my ($tag) = $text =~ /\.(c\d+)\.example/i or next;

        $asked{$tag}{$text}++;
    }

    for my $row (@{ $player->{played} }) {
        my ($case, $play, $result, $o) = @$row;

        my %known = map { ($_ => 1) } @{ $o->{names} }, @{ $o->{gets} },
            @{ $o->{posts} };
        my %before = map { ($_ => 1) } @{ $o->{before} };

        # of many who have to be asked for, some are asked a little later

        my @late = grep {
            !$known{$_} && !$before{ (m{^https://([^/]+)})[0] // $_ }
        } sort keys %{ $asked{ $o->{tag} } || {} };

        push @{ $result->{bad} }, "$play->{name} later: asked for @late"
            if @late && !$play->{delivers} && !$play->{steps}
                && !($play->{repeat} && $play->{asks});
    }
}


1;
