#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# PostgreSQL stopped, crashed, emptied of connections, twenty reloads and
# killed workers, under load and with posts that change meanwhile: pages never
# fail, documents are right or 503, and when the dust has settled each worker
# has the last word of each post.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Node;
use Test::Session;

use JSON::PP qw/encode_json decode_json/;
use Time::HiRes qw/sleep time/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(15);

$t->expect(qr/worker process \d+ exited on signal 9/);
$t->database(own => 1);
node_conf($t)->run;

die "no actor\n" unless $t->wait_document('/activitypub/news')
    && $t->wait_document('/activitypub/actor') && complete($t) && asks($t);

my %id = map { $_ => publish($t, "/posts/$_.html", title => 'v0') } 1 .. 6;
my %version = map { $_ => 0 } keys %id;
my $versions = 0;
my @kills;

$t->wait_for(sub { current($t, $_) }, 10) or die "no post $_\n" for 1 .. 6;

# One connection at a time each: a killed worker takes one request of each
# client at most.

my $clients = 4;

$t->run_daemon(\&client, $_) for 1 .. $clients;
sleep 1;

###############################################################################

# stopped and started, in peace and not

for my $mode (qw/fast immediate/) {
    change();
    $t->stop_database($mode);
    sleep 1.2;
    $t->start_database;
    change();
}

# emptied of connections

for (1 .. 4) {
    change();
    $t->disconnect_database;
    change();
    sleep 0.3;
}

# reloads, with a database and without

for my $n (1 .. 20) {
    $t->stop_database if $n == 14;
    change() unless $n >= 14 && $n <= 16;

    $t->reload or die "reload $n did not end\n";

    $t->start_database if $n == 16;
}

# killed workers, with a database and without: the first is the one that
# listens

for my $down (0, 1) {
    $t->stop_database if $down;

    for my $which (0, 1) {
        change() unless $down;
        kill_worker($which);
        change() unless $down;
        sleep 0.3;
    }

    $t->start_database if $down;
}

# What happens while nobody listens, for a moment, must be noticed too: each
# of these is the last word of its post.

my $session = Test::Session->new($t);

wait_listener();
$session->ask('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                WHERE ' . listens() . '; ' . next_change());

wait_listener();
kill_worker(0, sub { $session->ask(next_change()) });

wait_listener();

my %old = map { $_ => 1 } $t->workers;

kill 'HUP', $t->{pid};
$session->ask(next_change());
$t->wait_for(sub { 2 == grep { !$old{$_} } $t->workers }, 10);
$t->wait_for(sub { $t->workers == 2 }, 10);

###############################################################################

my $from = time();

ok(asks($t, 20), 'the dust has settled');

my %worker = connections($t);

ok($t->wait_for(sub {
    my @stale = grep {
        my $c = $_;

        grep { !current($c, $_) } keys %id;
    } values %worker;

    return !@stale;
}, 6), 'each worker has the last word of each post');

my $settled = time() - $from;

# and changes are heard

change() for 1 .. 6;

ok($t->wait_for(sub {
    for my $c (values %worker) {
        current($c, $_) or return 0 for keys %id;
    }

    return 1;
}, 6), 'a change is heard by each worker');

ok(complete($t), 'the set of pages is complete');

$t->write_file('stop', '');

my @reports = map {
    my $n = $_;

    $t->wait_for(sub { $t->read_file("client.$n") =~ /\}$/ }, 15);
    decode_json($t->read_file("client.$n"));
} 1 .. $clients;

$t->sql("SELECT activitypub.delete_post('$id{6}')");

for my $c (values %worker) {
    ok($t->wait_for(sub {
        ask($c, '/posts/6.html')->status == 410
            && !ask($c, '/posts/6.html', accept => $BROWSER)->header('Link');
    }, 6), 'a delete is heard too');
}

my %sum;

for my $report (@reports) {
    $sum{$_} += $report->{$_} for qw/pages right away/;
}

my @broken = map { @{ $_->{broken} } } @reports;
my @wrong = map { @{ $_->{wrong} } } @reports;

# a connection that breaks was of a killed worker

my @unexplained = grep {
    my $at = $_->[0];

    !grep { $at > $_ - 0.1 && $at < $_ + 3 } @kills;
} @broken;

diag(sprintf '%d pages, %d documents and %d times 503, %d changes, %d kills,'
    . ' %d connections broken by them; settled in %.2f s',
    @sum{qw/pages right away/}, $versions, scalar @kills, scalar @broken,
    $settled);

is_deeply(\@wrong, [], 'nothing wrong was answered');
is_deeply(\@unexplained, [], 'no connection broke by itself');
cmp_ok(@broken, '<=', $clients * @kills, 'one of a client at each kill');

cmp_ok($sum{pages}, '>', 500, 'there were pages');
cmp_ok($sum{right}, '>', 500, 'there were documents');
cmp_ok($sum{away}, '>', 0, 'there was trouble');

is(said($t, qr/\[crit\]/), 0, 'nothing critical');
cmp_ok(said($t, qr/\[error\].*unavailable/), '<=', 12,
    'a line for each change of state');

# a reload during an absence may tell of it once more

my $states = join '', map { /\[error\].*unavailable/ ? '-'
    : /\[notice\].*is available/ ? '+' : () } split /\n/, $t->error_log;

like($states, qr/^\+(?:-+\+)*$/, 'and one for each return');

$t->stop;

###############################################################################

sub change {
    $t->sql(next_change());
}


# the next post gets its next title

sub next_change {
    my $n = 1 + $versions++ % keys %id;

    $version{$n} = $versions;

    return "SELECT activitypub.update_post('$id{$n}', title => 'v$versions')";
}


sub wait_listener {
    $t->wait_for(sub {
        $t->sql("SELECT count(*) FROM pg_stat_activity
            WHERE state = 'idle' AND " . listens()) == 1;
    }, 10)
        or die "nobody listens\n";

    # and the clients have asked for everything again

    sleep 0.7;
}


# whether post n is what it was made last, at its page and by its id

sub current {
    my ($c, $n) = @_;

    for my $uri ("/posts/$n.html", $id{$n} =~ s!^https://[^/]+!!r) {
        my $r = ask($c, $uri) or return 0;

        return 0 if $r->status != 200 || $r->body !~ /\bv$version{$n}\b/;
    }

    return 1;
}


sub kill_worker {
    my ($which, $then) = @_;

    my @workers = $t->workers;

    push @kills, time();
    kill 'KILL', $workers[$which];
    $then->() if $then;

    $t->wait_for(sub { !grep { $_ == $workers[$which] } $t->workers });
    $t->wait_for(sub { $t->workers == 2 });
}


# asks until it is told to stop, and writes what it has seen

sub client {
    my ($n) = @_;

    my @pages = ('/plain.html', map { "/posts/$_.html" } 1 .. 6);
    my %documents = map { $_ => "https://acme.example$_" }
        map { "/activitypub/$_" } qw/news actor news\/outbox/;

    for my $post (keys %id) {
        $documents{"/posts/$post.html"} = $id{$post};
        $documents{$id{$post} =~ s!^https://[^/]+!!r} = $id{$post};
    }

    my @uris = sort keys %documents;
    my %seen = (pages => 0, right => 0, away => 0, broken => [], wrong => []);

    for (my $i = $n; !-e $t->testdir . '/stop'; $i++) {
        my $page = $n % 2;
        my $uri = $page ? $pages[$i % @pages] : $uris[$i % @uris];
        my $r = http_get($uri, host => 'acme.example', port => port(8081),
            accept => $page ? $BROWSER : $AP);

        if (!$r) {
            push @{ $seen{broken} }, [time(), $uri];

        } elsif ($page) {
            if ($r->status == 200 && $r->body =~ /^PAGE/) {
                $seen{pages}++;
            } else {
                push @{ $seen{wrong} }, [time(), $uri, "$r"];
            }

        } elsif ($r->status == 503 && $r->header('Retry-After')) {
            $seen{away}++;

        } elsif ($r->status == 200
                 && ($r->json // {})->{id} eq $documents{$uri})
        {
            $seen{right}++;

        } else {
            push @{ $seen{wrong} }, [time(), $uri, "$r"];
        }

        sleep 0.005;
    }

    $t->write_file("client.$n", encode_json(\%seen));
}

###############################################################################
