package Test::Attacks::Late;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What takes long: it is begun before anything else, and looked at when the
# others have been played; and what comes of a play when nobody looks any more.
#
#     my $late = Test::Attacks::Late->new($player);
#     $late->begin(@cases);          those of their plays that are slow
#     ...                            all that is fast
#     $late->finish(\%results);      by case; "twin" of each is its twin's
#     $late->look;
#
# While they wait for who does not answer others ask as well: so few of them
# wait at the same time that a worker asks for those, too.

use warnings;
use strict;

use Test::Attacks::Plays;
use Test::Attacks::Repeat;
use Test::Attacks::Stage;

# a worker asks for eight strangers at the same time
my $SIDE = 4;


sub new {
    my ($class, $player) = @_;

    return bless { player => $player, waiting => [], under_way => [],
        failed => [] }, $class;
}


sub begin {
    my ($self, @cases) = @_;

    for my $case (grep { !$_->wrong && !$_->special } @cases) {

        # of one that is not understood it is said when its turn comes

        my @plays = eval { local $SIG{__WARN__} = sub { };
            Test::Attacks::Plays::of($case) };

        push @{ $self->{waiting} }, map { [$case, $_] }
            grep { $_->{slow} && !$_->{repeat} } @plays;
    }

    $self->_begin;
}


sub _begin {
    my ($self) = @_;

    my $player = $self->{player};

    for my $row (splice @{ $self->{waiting} }, 0, $SIDE) {
        my ($case, $play) = @$row;

        $play->{outbound} = $case->expect->{outbound};

        my $done = eval {
            my ($tag, $p) = Test::Attacks::Stage::set($player, $play);
            my $n = $play->{parallel} // 1;
            my %slow = (case => $case, play => $play, tag => $tag, p => $p,
                n => $n > $player->{most} ? $player->{most} : $n,
                before => { map { ($_ => 1) }
                    $player->world->ledger->naming($tag) },
                from => $player->world->ledger->position);

            $slow{started} = [map { $self->_start(\%slow, $_) }
                1 .. $slow{n}];
            push @{ $self->{under_way} }, \%slow;
        };

        push @{ $self->{failed} }, [$case, $@ =~ s/\s+\z//r] if !$done;
    }
}


# many at the same time are each a request of its own

sub _start {
    my ($self, $slow, $i) = @_;

    my $player = $self->{player};
    my ($request) = @{ $slow->{p}{requests} };

    $request = Test::Attacks::Repeat::turn(
        Test::Attacks::Repeat::numbered($request), $i) if $slow->{n} > 1;

    my ($wire) = $player->wire($slow->{tag}, $slow->{p}, $request);

    return [$wire, $player->world->start($wire)];
}


sub finish {
    my ($self, $results) = @_;

    while (my @slow = splice @{ $self->{under_way} }) {
        $_->{answers} = [$self->_answers($_)] for @slow;
        $self->_judge($_, $results->{ $_->{case} }) for @slow;
        $self->_begin;
    }

    push @{ $results->{ $_->[0] }{bad} }, $_->[1] for splice @{ $self->{failed} };
}


sub _answers {
    my ($self, $slow) = @_;

    return map {
        my ($wire, $c) = @$_;
        my $r;

        for (1 .. 3) {
            last if !$c || ($r = $c->response('POST'));
        }

        $self->{player}->world->answer($r, $wire);
    } @{ $slow->{started} };
}


sub _judge {
    my ($self, $slow, $result) = @_;

    return if !$result || !$result->{twin};

    my ($case, $play, $tag) = @$slow{qw/case play tag/};
    my $player = $self->{player};
    my $ledger = $player->world->ledger;
    my $outcome = $ledger->since($slow->{from}, sub {
        $player->outcome($tag, $play, $slow->{p},
            Test::Attacks::Repeat::worst($case, @{ $slow->{answers} }));
    });

    # what came of others meanwhile is not of this one

    $outcome->{rows} = [grep { !$slow->{before}{$_} } $ledger->naming($tag)];
    $outcome->{calls} = 0;
    $outcome->{remark} = "$slow->{n} at the same time"
        . ($slow->{n} < $play->{parallel} ? ", not $play->{parallel}" : '')
        if $play->{parallel};

    $player->judge($case, $play, $result, $outcome, $result->{twin});
}


# Names and URLs of a play that were asked for after it was over.

sub look {
    my ($self) = @_;

    my $player = $self->{player};
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
