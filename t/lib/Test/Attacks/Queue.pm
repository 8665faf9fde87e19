package Test::Attacks::Queue;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What becomes of deliveries while something goes wrong: workers that are told
# to go or are killed, a second nginx, servers that are slow, away or dead,
# rows that are gone.  What takes minutes is played in seconds, and the remark
# names the test that takes the time.
#
# Each takes the player, the case and its result, adds what it has to complain
# about to $result->{bad}, and says what it did not do in $result->{remarks}.

use warnings;
use strict;

use Time::HiRes qw/sleep/;

use Test::Attacks::Deliveries;
use Test::Nginx;
use Test::Posts ();


sub reload {
    my ($player, $case, $result) = @_;

    my $crowd = Test::Attacks::Deliveries->new($player, 6);

    $crowd->behave($_, post => 'late:0.5') for 1 .. 3;
    $crowd->publish;
    $player->world->t->wait_for(sub { %{ $crowd->arrived } });

    push @{ $result->{bad} }, 'reload fails' if !$player->world->t->reload;
    push @{ $result->{bad} }, $crowd->everywhere;
    push @{ $result->{remarks} }, 'to hundreds: t/delivery_faults.t';
    $crowd->end;
    $player->world->t->wait_document('/activitypub/news',
        host => 'site.example');
}


sub kill {
    my ($player, $case, $result) = @_;

    my $t = $player->world->t;
    my $crowd = Test::Attacks::Deliveries->new($player, 6);

    $t->expect(qr/worker process \d+ exited on signal 9/);
    $crowd->behave($_, post => 'late:0.5') for 1 .. 3;
    $crowd->publish;
    $t->wait_for(sub { %{ $crowd->arrived } });
    my %dead = map { ($_ => 1) } $t->workers;

    kill 'KILL', keys %dead;
    $t->wait_for(sub { grep { !$dead{$_} } $t->workers }, 10);

    # the lease of who is dead ends in ninety seconds

    $crowd->queue("UPDATE activitypub.delivery SET claim = NULL
        WHERE host LIKE '%.$crowd->{tag}.example'");
    $crowd->hurry;

    push @{ $result->{bad} }, $crowd->everywhere(again => 1);
    push @{ $result->{remarks} }, 'again and again: t/delivery_killed.t';
    $crowd->end;
}


# another nginx, which has the same actors and the same database

sub two {
    my ($player, $case, $result) = @_;

    my $t = $player->world->t;
    my $other = Test::Nginx->new();
    my $crowd = Test::Attacks::Deliveries->new($player, 8);

    @$other{qw/cluster database/} = @$t{qw/cluster database/};
    $other->expect(Test::Rig::expected());
    $other->write_file_expand('nginx.conf', $player->world->conf
        =~ s/127\.0\.0\.1:808(\d)/127.0.0.1:809$1/gr)->run();

    $crowd->behave($_, post => 'late:0.2') for 1 .. 8;
    $crowd->publish;

    push @{ $result->{bad} }, $crowd->everywhere;
    push @{ $result->{remarks} }, 'for longer: t/nodes.t, t/delivery_once.t';

    $other->stop;
    delete $other->{cluster};
    $crowd->end;
}


sub slow {
    my ($player, $case, $result) = @_;

    my $crowd = Test::Attacks::Deliveries->new($player, 2);

    $crowd->behave(1, post => 'late:3');
    $crowd->publish;
    push @{ $result->{bad} }, $crowd->everywhere;
    sleep 3;
    push @{ $result->{bad} }, $crowd->everywhere;
    push @{ $result->{remarks} }, 'three seconds; times are the'
        . ' database\'s: t/sql/claim.sql';
    $crowd->end;
}


sub peer_down {
    my ($player, $case, $result) = @_;

    my $t = $player->world->t;
    my $crowd = Test::Attacks::Deliveries->new($player, 1);

    $crowd->behave(1, post => 'status:503');

    my $id = $crowd->publish;

    $t->wait_for(sub { %{ $crowd->arrived } });
    Test::Posts::edit($t, 'update', $id, '--title', 'Two');
    Test::Posts::edit($t, 'delete', $id, '--yes');
    sleep 1;

    my $before = () = $crowd->kinds(1);

    $crowd->behave(1, post => 'late:0.2');
    $t->wait_for(sub { $crowd->hurry; ($crowd->kinds(1))[-1] eq 'Delete' }, 30);
    $player->settle;

    my @kinds = ($crowd->kinds(1))[$before .. ($crowd->kinds(1)) - 1];

    push @{ $result->{bad} }, "arrived: @kinds"
        if "@kinds" !~ /^(?:Create )?(?:Update )?Delete$/;
    push @{ $result->{remarks} }, 'for a second, not for hours';
    $crowd->end;
}


# what a backup brings back: the next ids are new all the same

sub restore {
    my ($player, $case, $result) = @_;

    my $crowd = Test::Attacks::Deliveries->new($player, 1);
    my $one = $crowd->publish;

    push @{ $result->{bad} }, $crowd->everywhere;

    # as before it was published

    my ($uuid) = $one =~ m{([^/]+)$};

    for my $table (qw/fanout activity twin object/) {
        my $column = $table eq 'object' ? 'id' : 'object';

        $crowd->ask($table eq 'fanout' ? "DELETE FROM activitypub.fanout"
            : "DELETE FROM activitypub.$table WHERE $column = '$uuid'");
    }

    my $two = $crowd->publish;

    push @{ $result->{bad} }, 'an id is used again' if $one ge $two;
    $player->world->t->wait_for(sub { $crowd->arrived->{1} == 2 }, 20);
    push @{ $result->{bad} }, 'sent ' . $crowd->arrived->{1} . ' times'
        if $crowd->arrived->{1} != 2;
    push @{ $result->{remarks} }, 'rows that are gone, not a whole dump';
    $crowd->end;
}


sub fanout {
    my ($player, $case, $result) = @_;

    my $crowd = Test::Attacks::Deliveries->new($player, 10);

    $player->world->lead($crowd->host(1), 'code=3');
    $player->world->lead($crowd->host(2), '10.0.0.9');
    $crowd->behave(3, post => 'status:500');
    $crowd->publish;

    push @{ $result->{bad} }, $crowd->everywhere(not => [1, 2, 3]);

    my $tries = $crowd->ask("SELECT max(attempts) FROM activitypub.delivery
        WHERE host LIKE '%.$crowd->{tag}.example'");

    push @{ $result->{bad} }, "$tries tries at who is dead" if $tries > 2;
    push @{ $result->{remarks} }, 'ten followers; thousands: t/herd.t and'
        . ' make bench';
    $crowd->end;
}


1;
