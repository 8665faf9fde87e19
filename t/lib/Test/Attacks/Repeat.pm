package Test::Attacks::Repeat;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The same again and again, many at a time: {n} in a request is the number of
# the turn; where none is, each turn has ids of its own.  What is sent only
# twice is a replay, byte for byte.
#
# So many turns as a case says would take hours for some: no more are played
# than "most" of the player, which says so.

use warnings;
use strict;
use utf8;

use Time::HiRes qw/time/;

use Test::Attacks::Case;
use Test::Attacks::Words;

# under way at the same time
my $SIDE = 25;

my $OURS = 'https://site.example';


sub run {
    my ($player, $case, $play) = @_;

    return _replay($player, $play) if $play->{repeat} == 2
        && !$play->{parallel};

    my $world = $player->world;
    my $n = $play->{repeat} > $player->{most} ? $player->{most}
        : $play->{repeat};
    my %play = (%$play, _what($case, $play));

    # hosts of a turn each are nobody's whom we know

    $play{stranger} = $play{asks} = 1
        if ref $play{requests}[0]{body} eq 'HASH'
            && ($play{requests}[0]{body}{actor} // '') =~ m{^https://[^/]*\{n};

    $play{asks} = 1 if grep { ref $_->{sign}
        && ($_->{sign}{keyId} // '') =~ /\{n\}/ } @{ $play{requests} };

    $_->{do} //= undef for @{ $play{requests} };

    my ($tag, $p) = Test::Attacks::Stage::set($player, \%play);

    $world->farm->behave($world->place($tag, $_), get => 'silence')
        for 'dead.example';
    _actors($world, $tag, $n) if $play{actors};

    my $log = length $world->t->error_log;

    $world->mark;

    my $from = time();
    my @answers = _all($player, $tag, $p, $n, $play->{parallel} // $SIDE);
    my $seconds = time() - $from;

    $player->settle if $play{delivers};

    $play{repeated} = $n;

    my $outcome = $player->outcome($tag, \%play, $p, worst($case, @answers));
    my $lines = () = substr($world->t->error_log, $log) =~ /\n/g;

    $outcome->{remark} = "$n of $play->{repeat} times"
        if $n < $play->{repeat};
    $outcome->{bad} = [_more($case, $n, $seconds, $lines, $outcome, $player)];
    $play->{$_} = $play{$_} for qw/delivers stranger asks requests repeated brings/;

    return $outcome;
}


# of many answers one that is not as expected, if there is one

sub worst {
    my ($case, @answers) = @_;

    my ($worst) = grep { !$case->wants($_->{status}) } @answers;

    return $worst || $answers[-1];
}


# what is repeated, where the sketch does not say: by the description

sub _what {
    my ($case, $play) = @_;

    my $says = $case->{description};

    return if $case->{sketch}{request} || $case->{sketch}{method};

    return (requests => [numbered(Test::Attacks::Words::activity('Follow',
            by => 'https://evil.example/u/{n}'))], delivers => 1,
            stranger => 1, asks => 1, actors => 1,
            brings => [qw/follower remote_actor remote_key/])
        if $says =~ /^Follow.*fresh actors/;

    return (requests => [Test::Attacks::Words::activity('Move',
            id => 'https://evil.example/u/e/move/{n}')])
        if $says =~ /^Move/;

    return (requests => [{ method => 'POST', path => '/ap/inbox',
            headers => { Signature => 'x{n}' }, body => '{}', sign => undef }])
        if $says =~ /bad requests|log flood/;

    return (requests => [Test::Attacks::Words::activity('Create',
            key_id => 'https://h{n}.evil.example/u/e#k',
            by => 'https://h{n}.evil.example/u/e')], stranger => 1, asks => 1)
        if $says =~ /new host|resolver flood/;

    # as deep and as full as may be

    return (requests => [numbered({ %{ Test::Attacks::Usual::usual() },
            body => Test::Attacks::Usual::create(object => { tag => [
                map { { type => 'Mention', name => "<b>$_</b>" } } 1 .. 2000] }),
            size => 1024 * 1024 })]) if $says =~ /worst|MiB/;

    return (requests => [numbered(Test::Attacks::Usual::usual())]);
}


sub numbered {
    my ($request) = @_;

    my $body = $request->{body};

    return $request if ref $body ne 'HASH' || $body->{id} =~ /\{n\}/;

    $body->{id} .= '/{n}';
    $body->{object}{id} .= '/{n}' if ref $body->{object} eq 'HASH';

    return $request;
}


# those who speak in turns: their documents are there

sub _actors {
    my ($world, $tag, $n) = @_;

    for my $i (1 .. $n) {
        $world->serve($world->actor($tag, "https://evil.$tag.example/u/$i"));
    }
}


sub _all {
    my ($player, $tag, $p, $n, $side) = @_;

    my $world = $player->world;
    my ($request) = @{ $p->{requests} };
    my @answers;

    $request = numbered($request) if ref $request->{body} eq 'HASH'
        && !_has_turns($request);

    $side = 500 if $side > 500;

    for (my $i = 1; $i <= $n; $i += $side) {
        my $last = $i + $side - 1 > $n ? $n : $i + $side - 1;
        my @under_way = map {
            my ($wire) = $player->wire($tag, $p, turn($request, $_));

            [$wire, $world->start($wire)];
        } $i .. $last;

        push @answers, map {
            $world->answer($_->[1] && $_->[1]->response('POST'), $_->[0])
        } @under_way;
    }

    return @answers;
}


sub _has_turns {
    my ($what) = @_;

    return ref $what eq 'HASH' ? scalar(grep { _has_turns($_) } values %$what)
        : ref $what eq 'ARRAY' ? scalar(grep { _has_turns($_) } @$what)
        : scalar(($what // '') =~ /\{n\}/);
}


sub turn {
    my ($what, $n) = @_;

    return +{ map { ($_ => turn($what->{$_}, $n)) } keys %$what }
        if ref $what eq 'HASH';
    return [map { turn($_, $n) } @$what] if ref $what eq 'ARRAY';
    return $what if !defined $what || ref $what;
    return $what =~ s/\{n\}/$n/gr;
}


# what a case says of all turns together

sub _more {
    my ($case, $n, $seconds, $lines, $o, $player) = @_;

    my $words = $case->says;
    my @bad;

    if ($words =~ /<=\s*(\d+) DNS questions/) {
        my $asked = @{ $o->{names} };

        push @bad, "$asked questions in $seconds s"
            if $asked > $1 * ($seconds < 1 ? 1 : $seconds);
    }

    if ($words =~ /<=\s*(\d+) concurrent/) {
        push @bad, @{ $o->{gets} } . ' requests to who answers none'
            if @{ $o->{gets} } > $1;
    }

    if ($words =~ /one Accept per/) {
        my $followers = $player->world->ledger->ask("SELECT count(*)
            FROM activitypub.follower AS f JOIN activitypub.remote_actor AS r
            ON r.id = f.remote_actor WHERE r.host = 'evil.$o->{tag}.example'");

        push @bad, "$followers followers" if $followers > 1;
        push @bad, @{ $o->{posts} } . " answers to $n"
            if @{ $o->{posts} } > $n;
    }

    push @bad, "$lines lines in the log for $n requests"
        if $words =~ /log rate-limited/ && $n > 50 && $lines > $n / 2;

    return @bad;
}


# twice the same bytes: the same answer, and no row more

sub _replay {
    my ($player, $play) = @_;

    my $world = $player->world;
    my ($tag, $p) = Test::Attacks::Stage::set($player, $play);
    my ($wire) = $player->wire($tag, $p, $p->{requests}[0]);

    $world->mark;

    my $first = $world->send($wire);
    my $bytes = Test::Attacks::Exchange::bytes($wire);
    my $rows = $world->seen($tag)->{rows};

    $world->mark;

    my $second = $world->send({ %$wire, sign => undef, bytes => $bytes });
    my $outcome = $player->outcome($tag, $play, $p, $second);

    $outcome->{bad} = [
        $first->{status} eq $second->{status} ? ()
            : "$first->{status}, then $second->{status}",
        @{ $outcome->{rows} } ? "the second one changes @{ $outcome->{rows} }"
            : () ];
    $outcome->{rows} = $rows;

    return $outcome;
}


1;
