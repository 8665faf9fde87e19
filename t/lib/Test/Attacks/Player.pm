package Test::Attacks::Player;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Plays the cases of an attack file, each with its twin.
#
#     my $player = Test::Attacks::Player->new($world, most => 50);
#     my $result = $player->play($case);     { bad => [...], remarks => [...] }
#
# "most": how often what has to be repeated is repeated.

use warnings;
use strict;
use utf8;

use JSON::PP ();

use Test::Attacks::Benign;
use Test::Attacks::Circumstances;
use Test::Attacks::Deliveries;
use Test::Attacks::Judge;
use Test::Attacks::Plays;
use Test::Attacks::Repeat;
use Test::Attacks::Stage;
use Test::Attacks::Wire;

my $JSON = JSON::PP->new->canonical->allow_nonref;


sub new {
    my ($class, $world, %o) = @_;

    return bless { world => $world, most => 50, played => [], %o }, $class;
}


sub world { $_[0]{world} }


# What is wrong with a case, or with what comes of it, is said of that case:
# the others are played all the same.

sub play {
    my ($self, $case) = @_;

    my $result = { case => $case, bad => [], remarks => [] };

    $case->{keys} = $self->{world}->keys;
    $self->{case} = $case;
    $self->{world}->ledger->counting(scalar $case->counts_statements);

    my $done = eval {
        local $SIG{__WARN__} = sub { $self->_warned($result, @_) };

        die $case->wrong . "\n" if $case->wrong;
        $case->special ? Test::Attacks::Circumstances::play($self, $case, $result)
            : $self->_plays($case, $result);
        1;
    };

    push @{ $result->{bad} }, $@ =~ s/\s+\z//r if !$done;

    return $result;
}


# what Perl complains of has not been played as it was meant

sub _warned {
    my ($self, $result, $text) = @_;

    return warn $text if $text =~ /^  /;

    push @{ $result->{bad} }, 'the player is at a loss: ' . $text =~ s/\s+\z//r;
}


sub _plays {
    my ($self, $case, $result) = @_;

    my @plays = Test::Attacks::Plays::of($case);

    die "nothing to play\n" if !@plays;

    my $twin = $self->run(Test::Attacks::Benign::twin($plays[0]));

    $result->{twin} = $twin;
    push @{ $result->{bad} }, Test::Attacks::Judge::twin($twin->{play}, $twin);

    for my $play (@plays) {
        $play->{outbound} = $case->expect->{outbound};

        # that has begun already

        next if $play->{slow} && !$play->{repeat};

        my $outcome = $play->{repeat}
            ? Test::Attacks::Repeat::run($self, $case, $play)
            : $self->run($play);

        $self->judge($case, $play, $result, $outcome, $twin);
    }
}


sub judge {
    my ($self, $case, $play, $result, $outcome, $twin) = @_;

    my $name = length $play->{name} ? "$play->{name}: " : '';

    $outcome->{twin} = $twin;

    push @{ $result->{bad} }, map { "$name$_" } @{ $outcome->{bad} || [] },
        Test::Attacks::Judge::attack($case, $play, $outcome);
    push @{ $result->{remarks} }, $outcome->{remark} if $outcome->{remark};
    warn sprintf "  %s %s%s %s; names: %s; gets: %s; rows: %s\n", $case->id,
        $name, $outcome->{status}, $outcome->{code} // '',
        map { "@{ $outcome->{$_} || [] }" } qw/names gets rows/
        if $ENV{ATTACKS_SHOW};
    push @{ $self->{played} }, [$case, $play, $result, $outcome];
}


# One play, in names of its own: the world is made, what has to be there
# first is sent, then what the play is about; and what came of that.

sub run {
    my ($self, $play, %o) = @_;

    my ($tag, $p) = Test::Attacks::Stage::set($self, $play);
    my $world = $self->{world};

    # somewhere with a limit that is used up

    local $self->{host} = 'few.example' if !$p->{twin}
        && "@{ $self->{case}->expect->{status} }" eq '429';

    $world->send($self->wire($tag, $p, $p->{requests}[0])) if $self->{host};

    my @answers;
    my $last = $#{ $p->{requests} };

    $world->mark;

    for my $i (0 .. $last) {
        my $request = $p->{requests}[$i];

        # what led up to the last one is no part of it

        if ($play->{steps} && $i == $last) {
            $self->settle if $p->{delivers};
            $play->{led} = $world->seen($tag)->{rows};
            $world->mark;
        }

        if ($request->{do}) {
            Test::Attacks::Stage::change($self, $tag, $request);
            next;
        }

        push @answers, map { $world->send($_) } $self->wire($tag, $p, $request);
    }

    $self->settle if $p->{delivers};

    return $self->outcome($tag, $play, $p, @answers);
}


sub wire {
    my ($self, $tag, $p, $request) = @_;

    return Test::Attacks::Wire::of($self->{world}, $tag, $p, $request,
        host => $self->{host});
}


sub outcome {
    my ($self, $tag, $play, $p, @answers) = @_;

    my $world = $self->{world};
    my $last = $answers[-1] || { status => 'none', code => '', sentence => '' };

    # of several requests that are alike, one that is answered otherwise

    if ($play->{requests}[0]{each}) {
        ($last) = ((grep { $_->{status} !~ /^(?:200|204|405)$/ } @answers),
            $last);
    }

    my $seen = $world->seen($tag);
    my ($inbox) = map { $_->{post} // () } values %{ $p->{world}{hosts} || {} };

    return { %$last, %$seen, deliveries => [$inbox
            ? Test::Attacks::Deliveries::judge($self, $tag, $inbox, $seen)
            : ()],
        tag => $tag, play => $play, answers => \@answers,
        well => $world->well, before => $p->{before} || [],
        speakers => $p->{speakers}, outbound => $p->{outbound},
        dns => $p->{world}{dns},
        fetch => $p->{world}{fetch} && $p->{world}{fetch}{url},
        chain => $p->{world}{chain}, text => $JSON->encode([$p->{requests},
            @{ $p->{world} }{qw/docs chain fetch/}]),
        post => ($p->{requests}[-1]{method} // '') eq 'POST' };
}


# until nothing is under way any more, or waits for a time to come

sub settle {
    my ($self) = @_;

    $self->{world}->t->wait_for(sub {
        $self->{world}->ledger->ask("SELECT (SELECT count(*)
            FROM activitypub.delivery WHERE state = 'waiting'
            AND (attempts = 0 OR claim IS NOT NULL))
            + (SELECT count(*) FROM activitypub.fanout)") eq '0';
    }, 8);
}


1;
