package Test::Attacks::Special;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Cases that are no request: a fault while something is under way, connections
# that are held, frames, odd configurations, feeds.  What takes minutes is
# played in seconds, and the remark names the test that takes the time.
#
# By pattern of the word, and of what it is said in; a handler adds what it
# has to complain about to $result->{bad}, and says what it did not do in
# $result->{remarks}.

use warnings;
use strict;

use Test::Attacks::Deliveries;
use Test::Attacks::Net;
use Test::Nginx;
use Test::Posts qw/$AP/;
use Time::HiRes qw/sleep/;

my @HANDLERS = (
    ['fault', 'client_close|abort', \&_client_close],
    ['fault', 'dns', \&_late_dns],
    ['fault', '^QUIT|worker_exit|shutdown', \&_quit],
    ['fault', 'HUP|USR2|reload|upgrade', \&_reload],
    ['fault', 'two_masters|two_nodes|two_nginx', \&_two],
    ['fault', 'kill', \&_kill],
    ['fault', 'pg_|postgres|database', \&_database],
    ['fault', 'slow|clock', \&_slow],
    ['fault', 'peer_down', \&_peer_down],
    ['fault', 'restore|dump', \&_restore],
    ['load', 'fan_?out|dead', \&_fanout],
    ['config', 'combin|matrix|map|variab|redirect|subrequest|mirror|ssi',
        \&_config],
    ['feed', '.', \&_feed],
    ['fill', 'zone|shm|shared|memory|slab|cache|keys|replay', \&_fill],
    ['tool', '-B\b|body|bodies', \&Test::Attacks::Net::slow_bodies],
    ['tool', '-H\b|header|slowloris', \&Test::Attacks::Net::slow_headers],
    ['proto', 'h2|http2|http/2', \&Test::Attacks::Net::frames],
    ['net', 'big|large|huge', \&Test::Attacks::Net::big],
    ['net', 'smuggl|\b(?:te|cl)\b|raw|pipelin|\bfold|\bnul', \&Test::Attacks::Net::raw],
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
        push @{ $result->{bad} }, "status @{ $result->{statuses} }"
            if $result->{statuses} && @{ $case->expect->{status} }
                && !grep { $case->wants($_) } @{ $result->{statuses} };
        push @{ $result->{bad} }, 'the site is not well'
            if !$player->world->well;
        _twin($player, $result);

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
}


# a signed POST of somebody unknown whose server does as it is told

sub _pending {
    my ($player, %how) = @_;

    my ($tag, $p) = Test::Attacks::Stage::set($player, { name => '', stranger => 1,
        requests => [Test::Attacks::Usual::usual()], world => { %how } });
    my ($wire) = $player->wire($tag, $p, $p->{requests}[0]);

    return ($player->world->start($wire), $tag, $wire);
}


sub _client_close {
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

    push @{ $result->{bad} }, 'the worker is another'
        if ($t->workers)[0] != $worker;
    push @{ $result->{remarks} },
        'under sanitizers: SANITIZE=1; every phase: t/key_exit.t';
}


sub _late_dns {
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

    push @{ $result->{bad} }, 'the worker is another'
        if ($world->t->workers)[0] != $worker;
}


sub _quit {
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


sub _reload {
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


sub _kill {
    my ($player, $case, $result) = @_;

    my $t = $player->world->t;
    my $crowd = Test::Attacks::Deliveries->new($player, 6);

    $t->expect(qr/worker process \d+ exited on signal 9/);
    $crowd->behave($_, post => 'late:0.5') for 1 .. 3;
    $crowd->publish;
    $t->wait_for(sub { %{ $crowd->arrived } });
    kill 'KILL', $t->workers;
    $t->wait_for(sub { $t->workers });

    # the lease of who is dead ends in ninety seconds

    $crowd->ask("UPDATE activitypub.delivery SET claim = NULL
        WHERE host LIKE '%.$crowd->{tag}.example'");
    $crowd->hurry;

    push @{ $result->{bad} }, $crowd->everywhere(again => 1);
    push @{ $result->{remarks} }, 'again and again: t/delivery_killed.t';
    $crowd->end;
}


# another nginx, which has the same actors and the same database

sub _two {
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


# sessions end while activities come in: each is answered with 202 or 503, and
# what is sent again has one effect

sub _database {
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


sub _slow {
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


sub _peer_down {
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

    $crowd->behave(1);
    $t->wait_for(sub { $crowd->hurry; ($crowd->kinds(1))[-1] eq 'Delete' }, 30);
    $player->settle;

    my @kinds = ($crowd->kinds(1))[$before .. ($crowd->kinds(1)) - 1];

    push @{ $result->{bad} }, "arrived: @kinds"
        if "@kinds" !~ /^(?:Create )?(?:Update )?Delete$/;
    push @{ $result->{remarks} }, 'for a second, not for hours';
    $crowd->end;
}


# what a backup brings back: the next ids are new all the same

sub _restore {
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


sub _fanout {
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


# What other modules do with our URLs: the server "odd" has it all.  For
# auth_request a 404 is nothing to go by, and 500 is what it says then.

sub _config {
    my ($player, $case, $result) = @_;

    my @wanted = @{ $case->expect->{status} || [] };

    for my $path (Test::Attacks::World::odd()) {
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

sub _feed {
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

sub _fill {
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
        push @sent, Test::Attacks::World::bytes($wire);
    }

    $world->mark;

    for my $i (0 .. $#sent) {
        next if $i % 7;

        my $answer = $world->send({ method => 'POST', headers => [],
            bytes => $sent[$i] });

        push @{ $result->{bad} }, "again: $answer->{status}"
            if $answer->{status} ne '202';
    }

    my @rows = @{ $world->seen('none')->{rows} };

    push @{ $result->{bad} }, "stored again: @rows" if @rows;
    push @{ $result->{remarks} }, "$n actors; a zone that is full:"
        . ' t/zone_full.t';
}


1;
