package Test::Attacks::Circumstances;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Cases that are no request, but what goes on around requests: a fault while
# something is under way, connections that are held, frames, odd setups.
#
# By pattern of the word, and of what it is said in; a handler adds what it
# has to complain about to $result->{bad}, and says what it did not do in
# $result->{remarks}.

use warnings;
use strict;

use Test::Attacks::Benign;
use Test::Attacks::Faults;
use Test::Attacks::Judge;
use Test::Attacks::Net;
use Test::Attacks::Queue;
use Test::Attacks::Setups;
use Test::Attacks::Usual;

my @HANDLERS = (
    ['fault', 'client_?(?:close|gone|leaves?|reset)|abort|disconnect', \&Test::Attacks::Faults::client_close],
    ['fault', 'dns', \&Test::Attacks::Faults::late_dns],
    ['fault', 'QUIT|worker_exit|shutdown|graceful', \&Test::Attacks::Faults::quit],
    ['fault', 'HUP|USR2|reload|upgrade', \&Test::Attacks::Queue::reload],
    ['fault', 'two_(?:masters|nodes|nginx|instances|sites)', \&Test::Attacks::Queue::two],
    ['fault', 'kill', \&Test::Attacks::Queue::kill],
    ['fault', 'pg_|postgres|database', \&Test::Attacks::Faults::database],
    ['fault', 'slow|clock', \&Test::Attacks::Queue::slow],
    ['fault', 'peer_(?:down|away|dead)|inbox_down', \&Test::Attacks::Queue::peer_down],
    ['fault', 'restore|dump', \&Test::Attacks::Queue::restore],
    ['load', 'fan_?out|dead', \&Test::Attacks::Queue::fanout],
    ['config', 'combin|matrix|map|variab|redirect|subrequest|mirror|ssi',
        \&Test::Attacks::Setups::config],
    ['feed', '.', \&Test::Attacks::Setups::feed],
    ['fill', 'zone|shm|shared|memory|slab|cache|keys|replay', \&Test::Attacks::Setups::fill],
    ['tool', '-B\b|body|bodies', \&Test::Attacks::Net::slow_bodies],
    ['tool', '-H\b|header|slowloris', \&Test::Attacks::Net::slow_headers],
    ['proto', 'h2|http2|http/2', \&Test::Attacks::Net::frames],
    ['net', 'big|large|huge', \&Test::Attacks::Net::big],
    ['net', 'smuggl|keep_?alive|unread|\b(?:te|cl)\b|raw|pipelin|\bfold|\bnul', \&Test::Attacks::Net::raw],
);


sub play {
    my ($player, $case, $result) = @_;

    my ($kind) = $case->special;
    my $word = $case->{sketch}{$kind};

    for my $row (@HANDLERS) {
        my ($of, $pattern, $does) = @$row;

        next if $of ne $kind || $word !~ /$pattern/i;

        $does->($player, $case, $result);
        push @{ $result->{bad} }, 'of this nothing is stored'
            if $case->expect->{stored};
        push @{ $result->{bad} }, 'the site is not well'
            if !$player->world->well;

        # What it answered; where it does not say: the site, and what is good.
        # An empty list has been compared already.

        my @statuses = (@{ $result->{statuses} || [200] },
            _twin($player, $result));

        pop @statuses if $result->{statuses};
        push @{ $result->{bad} }, "status @statuses"
            if @statuses && @{ $case->expect->{status} }
                && !grep { $case->wants($_) } @statuses;

        return;
    }

    die "no handler for $kind \"$word\"\n";
}


# what is good is taken in all the while

sub _twin {
    my ($player, $result) = @_;

    my $twin;

    # a site that has just lost its database may say so, for a moment

    $player->world->t->wait_for(sub {
        $twin = $player->run(Test::Attacks::Benign::twin({
            requests => [Test::Attacks::Usual::usual()], stranger => 1,
            world => {} }));

        $twin->{status} ne '503';
    }, 10);

    push @{ $result->{bad} }, Test::Attacks::Judge::twin($twin->{play}, $twin);

    return $twin->{status};
}


1;
