package Test::Attacks::Setups;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Setups that are odd: our URLs within, behind and beside what other modules
# do, a feed that nobody reads, a zone that is full.
#
# Each takes the player, the case and its result, adds what it has to complain
# about to $result->{bad}, and says what it did not do in $result->{remarks}.

use warnings;
use strict;

use Test::Attacks::Exchange;
use Test::Attacks::Site;
use Test::Attacks::Stage;
use Test::Attacks::Usual;
use Test::Nginx;
use Test::Posts qw/$AP/;


# What other modules do with our URLs: the server "odd" has it all.  For
# auth_request a 404 is nothing to go by, and 500 is what it says then.

sub config {
    my ($player, $case, $result) = @_;

    my @wanted = @{ $case->expect->{status} || [] };

    $result->{statuses} = [];

    for my $path (Test::Attacks::Site::odd()) {
        for my $method (qw/GET POST HEAD/) {
            my $r = http_connect()->request($method, $path, headers => [
                Host => 'odd.example', Accept => $AP,
                $method eq 'POST' ? ('Content-Type' =>
                    'application/activity+json') : ()],
                $method eq 'POST' ? (body => '{}') : ());
            my $got = $r ? $r->status : 'none';

            push @{ $result->{bad} }, "$method $path: $got"
                if $method ne 'POST' && !grep { $_ eq $got } @wanted, 401, 404,
                    302, $path =~ /^.auth/ ? 500 : ();
            push @{ $result->{bad} }, "$method $path: $got"
                if $method eq 'POST' && $got !~ /^[245]\d\d$/;
        }
    }

    push @{ $result->{remarks} }, 'more of them: t/locations_modules.t,'
        . ' t/zone_full.t';
}


# There is no such field yet: who adds one finds this test red, and its cases
# without a play.

sub feed {
    my ($player, $case, $result) = @_;

    my $t = $player->world->t;

    $t->write_file_expand('feed.conf', $player->world->conf
        =~ s/activitypub_actor few \{ \}/activitypub_actor few {
            feed \/feed.xml; }/r);

    my (undef, $text) = $t->check('-c', $t->testdir . '/feed.conf');

    push @{ $result->{bad} }, 'feeds are read, and this is not played: '
        . substr $text, 0, 200
        if $text !~ /(?:unknown|invalid)[^"]*"feed"|"feed"[^"]*unknown/;
    push @{ $result->{remarks} }, 'no feed is read yet: nothing to attack';
}


# Many who speak once: what is remembered of the first gives way, and their
# replays still have no effect.

sub fill {
    my ($player, $case, $result) = @_;

    my $world = $player->world;
    my $n = $player->{most} > 300 ? 300 : $player->{most};
    my @sent;

    for my $i (1 .. $n) {
        my ($tag, $p) = Test::Attacks::Stage::set($player, { name => '', world => {},
            requests => [Test::Attacks::Usual::usual()] });
        my ($wire) = $player->wire($tag, $p, $p->{requests}[0]);
        my $answer = $world->send($wire);

        push @{ $result->{bad} }, "turn $i: $answer->{status}"
            if $answer->{status} ne '202';
        push @sent, Test::Attacks::Exchange::bytes($wire);
    }

    $world->mark;

    for my $i (0 .. $#sent) {
        next if $i % 7;

        my $answer = $world->send({ method => 'POST', headers => [],
            bytes => $sent[$i] });

        push @{ $result->{bad} }, "again: $answer->{status}"
            if $answer->{status} ne '202';
    }

    $result->{statuses} = [202];

    my @rows = @{ $world->seen('none')->{rows} };

    push @{ $result->{bad} }, "stored again: @rows" if @rows;
    push @{ $result->{remarks} }, "$n actors; a zone that is full:"
        . ' t/zone_full.t';
}


1;
