package Test::Attacks::Faults;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Faults while a request is under way: its client leaves, the name server
# answers when nobody waits, the worker is told to finish, the database ends
# its sessions or refuses them.
#
# Each takes the player, the case and its result, adds what it has to complain
# about to $result->{bad}, and says what it did not do in $result->{remarks}.

use warnings;
use strict;

use Time::HiRes qw/sleep/;

use Test::Attacks::Repeat;
use Test::Attacks::Stage;
use Test::Attacks::Usual;
use Test::Nginx;
use Test::Session;


# a signed POST of somebody unknown whose server does as it is told

sub _pending {
    my ($player, %how) = @_;

    my ($tag, $p) = Test::Attacks::Stage::set($player, { name => '', stranger => 1,
        requests => [Test::Attacks::Usual::usual()], world => { %how } });
    my ($wire) = $player->wire($tag, $p, $p->{requests}[0]);

    return ($player->world->start($wire), $tag, $wire);
}


sub client_close {
    my ($player, $case, $result) = @_;

    my $world = $player->world;
    my $t = $world->t;
    my ($worker) = $t->workers;

    $world->mark;

    # while a key is fetched, and while a row is written

    my ($c, $tag) = _pending($player,
        hosts => { 'evil.example' => { get => 'silence' } });

    $t->wait_for(sub { @{ $world->seen($tag)->{gets} } });
    $c->close;

    my $lock = Test::Session->new($t);

    $lock->ask('BEGIN');
    $lock->ask('LOCK TABLE activitypub.received');
    ($c) = _pending($player);
    sleep 0.5;
    $c->close;
    sleep 0.2;
    $lock->ask('COMMIT');

    # a client that is gone has no answer

    $result->{statuses} = [499];

    push @{ $result->{bad} }, 'the worker is another'
        if ($t->workers)[0] != $worker;
    push @{ $result->{remarks} },
        'under sanitizers: SANITIZE=1; every phase: t/key_exit.t';
}


sub late_dns {
    my ($player, $case, $result) = @_;

    my $world = $player->world;
    my ($worker) = $world->t->workers;
    my ($c, $tag) = _pending($player, dns => { 'evil.example' => 'silent' });

    $world->t->wait_for(sub {
        grep { /^evil\.\Q$tag\E/ } $world->ledger->asked });
    $c->close;

    # the next time it is asked it answers, to nobody

    $world->lead("evil.$tag.example", '8.8.4.4');
    sleep 2;

    $result->{statuses} = [499];
    push @{ $result->{bad} }, 'the worker is another'
        if ($world->t->workers)[0] != $worker;
}


sub quit {
    my ($player, $case, $result) = @_;

    my $t = $player->world->t;
    my ($c, $tag) = _pending($player,
        hosts => { 'evil.example' => { get => 'silence' } });

    my $idle = http_connect();

    $idle->send("GET / HTTP/1.1\r\n");
    sleep 0.5;
    $t->stop;

    push @{ $result->{bad} }, @{ delete $t->{failures} || [] };

    $t->run;
    $t->wait_document('/activitypub/news', host => 'site.example');
}


# sessions end while activities come in: each is answered with 202 or 503, and
# what is sent again has one effect

sub database {
    my ($player, $case, $result) = @_;

    my $world = $player->world;
    my $n = 20;
    my ($tag, $p) = Test::Attacks::Stage::set($player, { name => '', world => {},
        requests => [Test::Attacks::Repeat::numbered(
            Test::Attacks::Usual::usual())] });
    my %left = map { ($_ => 1) } 1 .. $n;
    my %status;

    # one that refuses all sessions for a while, or one that ends them

    my $shut = $case->{sketch}{fault} =~ /error|away|down/;

    if ($shut) {
        _sessions($world, 'REVOKE CONNECT ON', 'FROM');
        _end_sessions($world);
    }

    for my $try (1 .. 20) {
        _sessions($world, 'GRANT CONNECT ON', 'TO') if $shut && $try == 2;

        my @under_way = map {
            my ($wire) = $player->wire($tag, $p,
                Test::Attacks::Repeat::turn($p->{requests}[0], $_));

            [$_, $wire, $world->start($wire)];
        } sort keys %left;

        _end_sessions($world) if !$shut && $try < 4;

        for my $row (@under_way) {
            my $answer = $world->answer($row->[2]->response('POST'),
                $row->[1]);

            $status{ $answer->{status} }++;
            delete $left{ $row->[0] } if $answer->{status} eq '202';
        }

        last if !%left;
        sleep 0.5;
    }

    _sessions($world, 'GRANT CONNECT ON', 'TO') if $shut;

    my $stored = $world->ledger->ask("SELECT count(*)
        FROM activitypub.received WHERE actor LIKE '%.$tag.example/%'");

    $result->{statuses} = [sort keys %status];
    push @{ $result->{bad} }, "answers: @{[ %status ]}"
        if grep { !/^(?:202|503)$/ } keys %status;
    push @{ $result->{bad} }, "$stored rows of $n" if $stored != $n;
    push @{ $result->{remarks} }, 'sessions that end, or are refused; with a server'
        . ' that crashes, freezes or is full: t/inbox_faults.t,'
        . ' t/delivery_database.t, t/database_deadline.t';

    $world->t->wait_document('/activitypub/news', host => 'site.example');
}


sub _end_sessions {
    my ($world) = @_;

    $world->ledger->ask("SELECT count(pg_terminate_backend(pid, 5000))
        FROM pg_stat_activity WHERE datname = current_database()
        AND pid <> pg_backend_pid() AND usename <> 'postgres'");
}


sub _sessions {
    my ($world, $verb, $to) = @_;

    $world->ledger->ask("DO \$\$ BEGIN EXECUTE format('$verb DATABASE %I $to
        PUBLIC, \"www-data\"', current_database()); END \$\$");
}


1;
