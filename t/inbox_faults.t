#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A server posts a hundred signed activities a second, and again what was not
# accepted.  PostgreSQL is stopped and started five times meanwhile, in peace
# and not, and a worker is killed: what was answered with 202 is there, each
# activity has had its effect once, and none is missing.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig own_database => 1;
use Test::Nginx;
use Test::Posts;
use Test::Remote;
use Test::Sender;
use Test::Signer;

use JSON::PP ();
use Time::HiRes qw/sleep time/;

###############################################################################

my ($n, $rate) = (1500, 100);
my $actors = $n / 10;

# the Accepts go nowhere: the names are unknown in the rig

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http/)->plan(17);

$t->expect(Test::Rig::expected(),
    qr/worker process \d+ exited on signal 9/);
$t->database(own => 1);
$t->write_file_expand('nginx.conf', <<'EOF')->run();

%%TEST_GLOBALS%%

daemon off;
worker_processes 2;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }
    }
}

EOF

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $post = publish($t, '/posts/1.html');
my @remotes = remotes();

# before the first stop, for that is a lot of signatures

my (@ids, %type, @requests);

for my $i (0 .. $n - 1) {
    my $remote = $remotes[$i % 10 ? $i % $actors : $i / 10];
    my $activity = activity($remote, $i);

    push @ids, $activity->{id};
    push @requests, request($remote, $activity);
    $type{$activity->{type}}++;

    # of some it is not sure that they came

    push @requests, $requests[-1] if $activity->{type} eq 'Follow';
}

my $sender = Test::Sender->new(port(8080), $t->testdir . '/sender',
    \@requests);

# of seven parts one for each stop: however long that takes, there is load

my $part = @requests / 7;

$sender->most($part);
$t->run_daemon(sub { $sender->send($rate) });

###############################################################################

my (@stops, $killed);

for my $mode (qw/fast immediate fast immediate fast/) {
    sleep 1;

    if (@stops == 2) {
        $killed = time();
        kill 'KILL', ($t->workers)[0];
        sleep 1;
    }

    my $before = accepted();

    $t->stop_database($mode);
    push @stops, time();
    $sender->most($part * (1 + @stops));

    # once for longer than anybody is let wait

    sleep(@stops == 4 ? 3 : 0.8);
    $t->start_database;

    ok($t->wait_for(sub { accepted() > $before }, 15),
        "stopped ($mode) and started under way, $before were accepted");
}

cmp_ok(accepted(), '<', @requests, 'all that was under load');
$sender->most(scalar @requests);
ok($t->wait_for(sub { accepted() == @requests }, 40), 'all are accepted');

###############################################################################

my @answers = $sender->answers;
my %n;

$n{$_->[2]}++ for @answers;

diag("$n{202} accepted, $n{503} times 503, ", $n{broken} // 0, ' broken');

is_deeply([ grep { !/^(?:202|503|broken)$/ } keys %n ], [],
    'no other answer');
cmp_ok($n{503}, '>', 0, 'there was trouble');
is(scalar(grep { $_->[2] eq 'broken'
        && ($_->[0] < $killed || $_->[0] > $killed + 3) } @answers), 0,
    'no connection broke but of the killed worker');

my %there = map { split /\|/ } split /\n/, $t->sql('SELECT activity_id,
    count(*) FROM activitypub.received GROUP BY activity_id');

is_deeply([ grep { ($there{$_} // 0) != 1 } @ids ], [], 'each is there once');
is(keys %there, $n, 'and nothing else');
is($t->sql("SELECT count(*) FROM activitypub.received WHERE body <> ''"),
    $n - $type{Follow}, 'what is kept');
is($t->sql('SELECT count(*) || \' \' || count(DISTINCT remote_actor)
    FROM activitypub.follower'), "$type{Follow} $type{Follow}", 'followers');
is($t->sql('SELECT count(*) || \' \' || count(DISTINCT inbox)
    FROM activitypub.delivery'), "$type{Follow} $type{Follow}",
    'an Accept for each');

# the same actors are in the batches of both workers

my $log = $t->{cluster}->dir . '/log';

my @circles = $t->sql("SELECT pg_read_file('$log')")
    =~ /^.*deadlock detected(?:.*\n){0,12}/gm;

is_deeply(\@circles, [], 'no batch waits in a circle') or diag @circles;

# a line for each change of state, and not for each request

my @said = grep { /\[(?:warn|error|crit)\]/ } split /\n/, $t->error_log;

cmp_ok(@said, '<=', 2 * @stops + 1, 'the log is not flooded')
    or diag join "\n", @said[0 .. 20];

###############################################################################

sub accepted { scalar grep { $_->[2] eq '202' } $sender->answers }


# known to the database, with one key for all

sub remotes {
    my $first = Test::Remote->new($t, 'https://peer0.example/u/0');
    my $signer = Test::Signer->new($t, $first->{key});

    my @all = map {
        Test::Remote->new($t, 'https://peer' . $_ % 30 . ".example/u/$_",
            like => $first, signer => $signer);
    } 0 .. $actors - 1;

    my $pem = $first->pem;

    $t->sql(join '', map {
        my ($uri, $host) = ($_->uri, $_->{host});

        "SELECT activitypub.remote_actor_set('$uri', '$host', '$uri/inbox',
            '', '$uri#main-key', '$pem');\n";
    } @all);

    return @all;
}


sub activity {
    my ($remote, $i) = @_;

    return $remote->activity('Follow', 'https://acme.example/activitypub/news')
        if $i % 10 == 0;

    return $remote->activity('Create', {
        id => "$remote->{origin}/notes/$i", type => 'Note',
        attributedTo => $remote->uri, content => "<p>$i</p>",
        inReplyTo => $post })
        if $i % 10 == 5;

    return $remote->activity('Like', $post);
}


sub request {
    my ($remote, $activity) = @_;

    my $body = JSON::PP->new->utf8->canonical->encode($activity);
    my @headers = @{ $remote->sign('/activitypub/inbox', $body) };
    my $text = "POST /activitypub/inbox HTTP/1.1\r\nConnection: close\r\n";

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    return $text . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
}

###############################################################################
