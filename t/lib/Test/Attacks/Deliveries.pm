package Test::Attacks::Deliveries;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What becomes of what we send: to an inbox that answers oddly, and of a post
# to a few followers while something goes wrong.
#
#     @complaints = judge($player, $tag, 'retry:0');
#     my $crowd = Test::Attacks::Deliveries->new($player, 6);
#     $crowd->publish; ... $crowd->arrived; $crowd->kinds(1); $crowd->end;

use warnings;
use strict;

use Test::Posts ();

my $serial = 0;


# after an answer to the first delivery

sub judge {
    my ($player, $tag, $how, $seen) = @_;

    my ($verb, $argument) = split /:/, $how, 2;
    my $inbox = "https://evil.$tag.example";
    my @posts = grep { m{^\Q$inbox\E/} } @{ $seen->{posts} };
    my ($state, $tries, $wait) = split /\|/, $player->world->ledger->ask(
        "SELECT d.state, d.attempts, round(extract(epoch FROM
            greatest(d.next_at, h.held_until) - now()))
        FROM activitypub.delivery AS d
        JOIN activitypub.host AS h ON h.name = d.host
        WHERE d.host = 'evil.$tag.example'");
    my @bad;

    push @bad, 'nothing was sent' if !@posts;

    if ($verb eq 'only') {
        my @kinds = map { (split ' ')[1] } grep { /^only-/ }
            @{ $seen->{notes} };

        push @bad, "signed by @kinds" if "@kinds" ne ($argument eq '9421'
            ? 'cavage 9421' : 'cavage');
        push @bad, 'is not settled' if defined $state;

        return @bad;
    }

    # what a client of ours did wrong is not mended by doing it again

    my $final = $verb eq 'status' && $argument =~ /^4/
        && $argument !~ /^4(?:01|08|25|29)$/;

    push @bad, $final ? 'is tried again' : 'is not tried again'
        if (($state // '') eq 'waiting') == !!$final
            && $argument !~ /^4(?:04|10)$/;
    push @bad, "sent to $_" for grep { !m{/inbox$} } @posts;

    # half a minute to twelve hours, and a fifth more or less

    push @bad, "tried again after $wait s" if defined $wait
        && ($wait < 10 || $wait > 52_000);

    return @bad;
}


# followers of "few", on servers evil1, evil2 ... of a play

sub new {
    my ($class, $player, $n) = @_;

    my $tag = $player->world->tag;
    my $self = bless { player => $player, tag => $tag, n => $n }, $class;

    $self->ask("WITH r AS (
            INSERT INTO activitypub.remote_actor (uri, host, inbox)
            SELECT 'https://' || h || '/u/e', h, 'https://' || h || '/u/e/inbox'
              FROM generate_series(1, $n) AS n,
                   concat('evil', n, '.$tag.example') AS h
            RETURNING id, uri, inbox)
        INSERT INTO activitypub.follower (actor, remote_actor, inbox, follow_id)
        SELECT a.id, r.id, r.inbox, r.uri || '/follow'
          FROM activitypub.actor AS a, r WHERE a.name = 'few'");

    $player->world->mark;

    return $self;
}


sub ask { $_[0]{player}->world->ledger->ask($_[1]) }


sub host { "evil$_[1].$_[0]{tag}.example" }


sub behave {
    my ($self, $n, %how) = @_;

    $self->{player}->world->farm->behave($self->host($n), %how);
}


sub publish {
    my ($self) = @_;

    return $self->{id} = Test::Posts::publish($self->{player}->world->t,
        '/posts/few' . ++$serial, actor => 'few');
}


# how often which server has got something: {1 => 1, 2 => 1 ...}

sub arrived {
    my ($self) = @_;

    my %n;

    for my $url (@{ $self->{player}->world->seen($self->{tag})->{posts} }) {
        $n{$1}++ if $url =~ m{^https://evil(\d+)\.};
    }

    return \%n;
}


# of what kinds, in order, is what server n has got

sub kinds {
    my ($self, $n) = @_;

    my $host = $self->host($n);

    return map { (split ' ')[2] } grep { /^kind \S+\Q$host\E\// }
        @{ $self->{player}->world->seen($self->{tag})->{notes} };
}


# until all have got it, but for those who cannot; complaints

sub everywhere {
    my ($self, %o) = @_;

    my %not = map { ($_ => 1) } @{ $o{not} || [] };
    my @wanted = grep { !$not{$_} } 1 .. $self->{n};

    $self->{player}->world->t->wait_for(sub {
        my $got = $self->arrived;

        !grep { !$got->{$_} } @wanted;
    }, $o{seconds} // 20);
    $self->{player}->settle;

    my $got = $self->arrived;
    my @missing = grep { !$got->{$_} } @wanted;
    my @twice = grep { ($got->{$_} // 0) > 1 } @wanted;

    return ((@missing ? "not there: @missing" : ()),
        (@twice && !$o{again} ? "more than once: @twice" : ()));
}


# Tries again at once what waits; what is on its way keeps its lease, or it
# would be sent twice.

sub hurry {
    my ($self) = @_;

    $self->queue("UPDATE activitypub.host SET held_until = NULL,
            opened_at = NULL, failures = 0, next_at = now()
         WHERE name LIKE '%.$self->{tag}.example';
        UPDATE activitypub.delivery SET next_at = now()
         WHERE host LIKE '%.$self->{tag}.example' AND state = 'waiting'
           AND claim IS NULL");
    $self->ask("SELECT activitypub.notify_work('delivery')");
}


# What is to happen while workers are at it: the hosts first, in their order.

sub queue {
    my ($self, $text) = @_;

    $self->ask("BEGIN;
        SELECT FROM activitypub.host ORDER BY name FOR UPDATE;
        $text; COMMIT");
}


# nobody follows any more, and nothing is on its way

sub end {
    my ($self) = @_;

    my $mine = "LIKE '%.$self->{tag}.example'";

    $self->queue("DELETE FROM activitypub.delivery WHERE host $mine");
    $self->ask("DELETE FROM activitypub.follower AS f
        USING activitypub.remote_actor AS r
        WHERE r.id = f.remote_actor AND r.host $mine");
}


1;
