package Test::Attacks::Suite;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# All cases of attack files, in one world, and a line for each.
#
#     my $suite = Test::Attacks::Suite->new($t, most => 50, ids => [...],
#         leave => [...]);
#     $suite->run(\@files, sub { my ($line, $ok) = @_; ... });
#     my ($good, $bad) = $suite->counts;
#
# When all is over it is looked at once more whom the site has asked.
# Lines come in the order of the cases, when all have been played.

use warnings;
use strict;

use Time::HiRes qw/time/;

use Test::Attacks::Case;
use Test::Attacks::Late;
use Test::Attacks::Player;
use Test::Attacks::World;


sub new {
    my ($class, $t, %o) = @_;

    return bless { t => $t, ids => [], %o }, $class;
}


sub run {
    my ($self, $files, $tell) = @_;

    my @cases = map { Test::Attacks::Case->read_file($_) } @$files;

    if (my %wanted = map { ($_ => 1) } @{ $self->{ids} }) {
        @cases = grep { $wanted{$_->id} } @cases;
    }

    my %left = map { ($_ => 1) } @{ $self->{leave} || [] };

    @cases = grep { !$left{$_->id} } @cases if !@{ $self->{ids} };

    my $world = Test::Attacks::World->new($self->{t});
    my $player = Test::Attacks::Player->new($world,
        most => $self->{most} // 50);

    # What is slow waits while the others are played; then come those that are
    # many, and last what is done to the site itself.

    my $late = Test::Attacks::Late->new($player);
    my %results;
    my $play = sub {
        my ($case) = @_;

        my $from = time();

        $results{$case} = $player->play($case);
        warn sprintf "%s %.1f s\n", $case->id, time() - $from
            if $ENV{ATTACKS_SHOW};
    };

    $late->begin(@cases);
    $play->($_) for grep { !$_->special && !$_->crowd } @cases;
    $late->finish(\%results);
    $play->($_) for grep { !$_->special && $_->crowd } @cases;
    $play->($_) for grep { $_->special } @cases;
    $late->look;

    for my $result (map { $results{$_} } @cases) {
        my @bad = @{ $result->{bad} };
        my %seen;
        my @remarks = grep { !$seen{$_}++ } @{ $result->{remarks} };
        my $case = $result->{case};

        $self->{ @bad ? 'bad' : 'good' }++;
        $tell->((@bad ? 'not ok ' : 'ok ') . $case->id . " $case->{description}"
            . (@remarks && !@bad ? ' # ' . join '; ', @remarks : '')
            . (@bad ? ': ' . join('; ', @bad[0 .. ($#bad > 5 ? 5 : $#bad)])
                : ''), !@bad);
    }
}


sub counts {
    my ($self) = @_;

    return ($self->{good} // 0, $self->{bad} // 0);
}


1;
