#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A worker is killed, told to finish or made to finish in the middle of a key
# fetch: the next one takes the same post, and nothing is left behind.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Nginx::Process qw/connected wait_pid/;
use Test::Documents;
use Test::Remote;
use Test::Site;

use JSON::PP ();
use POSIX ();
use Time::HiRes qw/sleep/;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl http_v2/);

$t->expect(qr/worker process \d+ exited on signal 9/);

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';
$ENV{TEST_NGINX_GLOBALS} = 'worker_processes 2;';

my $web = Test::Documents->start($rig, '8.8.4.4', 'a.example', 'b.example');

run_site($t, $rig, server => 'listen 127.0.0.1:8080;
    listen 127.0.0.1:8082 ssl http2;');

my $inbox = '/activitypub/news/inbox';
my $model = Test::Remote->new($t, 'https://a.example/u/model');
my $n = 0;

###############################################################################

# kill -9: the post is lost with its worker, and taken by another

my $bob = held('bob');
my $post = begin($bob);

asked($bob, 1);

my ($pid) = fetching();

ok($pid, 'a worker fetches') && kill 'KILL', $pid;
is(status($post), 'nothing', 'the post that it had');

$post = begin($bob);
asked($bob, 2);
$web->release;

is(status($post), 202, 'the same post, when it comes again');
is($t->sql("SELECT count(*) FROM activitypub.follower AS f
    JOIN activitypub.remote_actor AS r ON r.id = f.remote_actor
    WHERE r.uri = '" . $bob->uri . "'"), 1, 'a follower');
$web->hold;

###############################################################################

# HTTP/2: the whole connection goes while its post waits

my $eve = held('eve');

my $client = http2($eve);

asked($eve, 1);
kill 'KILL', $client;
waitpid $client, 0;
is($t->read_file('http2'), '', 'a client that leaves');
$web->release;
$t->wait_for(sub { received($eve) });
is(received($eve), 1, 'what it left is kept');
is($web->asked($eve->uri), 1, 'asked for once');
ok($t->wait_for(sub {
    $t->read_file('access.log') =~ m{/inbox HTTP/2\.0" 202}
}), 'with nobody to tell');
$web->hold;

###############################################################################

# reload: the old worker finishes what it has, the new one has its own

my $ann = held('ann');
my $gone = held('gone');
my @workers = $t->workers;

$post = begin($ann);
undef($_) for begin($gone);
asked($ann, 1);
asked($gone, 1);

ok($t->reload, 'reloaded on the way');

my $again = begin($ann);

asked($ann, 2);
ok(scalar(left(@workers)), 'an old worker has not finished');
$web->release;

is(status($post), 202, 'a post that the old worker had');
is(status($again), 202, 'and one that the new one got');
ok(ended(@workers), 'the old ones end');
is(post($gone), 202, 'what a client left was fetched');
is($web->asked($gone->uri), 1, 'once');
$web->hold;

# a quick post in an old worker

my $sue = held('sue');

@workers = $t->workers;
$post = begin($sue);
asked($sue, 1);
kill 'QUIT', $t->{pid};
$t->wait_for(sub { !$t->workers });
$web->release;

is(status($post), 202, 'nginx is told to finish: the post that it had');
ok(ended(@workers), 'the workers end');
$t->stop;
$web->hold;
restart();

###############################################################################

# it is not given the time

$t->write_file('nginx.conf', "worker_shutdown_timeout 2s;\n"
    . $t->read_file('nginx.conf'));
$t->reload;

my $tom = held('tom');

@workers = $t->workers;
$post = begin($tom);
asked($tom, 1);
$t->reload;

ok(ended(@workers), 'the old workers end in time');
isnt(status($post), 202, 'without an answer');

$post = begin($tom);
asked($tom, 2);
$web->release;
is(status($post), 202, 'the same post, when it comes again');

$web->hold;

# ... while it goes from one document to the next

my $joe = held('joe');

$joe->{key_id} = "https://a.example/r/joe";
$web->serve($joe->key_id, status => 302, hold => 'first',
    headers => [Location => $joe->uri]);

@workers = $t->workers;
$post = begin($joe);
$t->wait_for(sub { $web->asked($joe->key_id) });
$t->reload;
$web->release('first');

# the second one is not answered for ten seconds

ok($t->wait_for(sub { !left(@workers) }, 8),
    'the old workers end in time, between two documents');
isnt(status($post), 202, 'without an answer, too');
$web->release;

# nginx is stopped, or reloaded, at whatever moment of many fetches

my %signal = (TERM => 'stopped', HUP => 'reloaded');

for my $round (1 .. 4) {
    my $signal = $round % 2 ? 'TERM' : 'HUP';
    my @who = map { served("round$round-$_") } 1 .. 8;

    @workers = $t->workers;

    my @posts = map { begin($_) } @who;

    sleep 0.015 * ($round - 1);
    kill $signal, $t->{pid};

    if ($signal eq 'TERM') {
        ok(wait_pid(delete $t->{pid}, 10), "$signal{$signal}, $round");
        restart();

    } else {
        ok(ended(@workers), "$signal{$signal}, $round");
    }

    my @lost = grep { status($posts[$_]) ne '202' } 0 .. $#posts;

    is(join(' ', map { post($who[$_]) } @lost),
        join(' ', map { 202 } @lost), "what was lost comes again, $round");
}

done_testing();

###############################################################################

sub served {
    my ($name, %o) = @_;

    my $host = ++$n % 2 ? 'a.example' : 'b.example';
    my $who = Test::Remote->new($t, "https://$host/u/$name",
        like => $model);

    $web->serve($who->uri, body => $who->document, %o);

    return $who;
}


sub held { served(@_, hold => 1) }


sub begin {
    my ($who) = @_;

    return $who->send($inbox, $who->activity('Follow', $ACTOR),
        host => 'site.example');
}


sub post { status(begin(@_)) }


# a client, whose answer would be in a file

sub http2 {
    my ($who) = @_;

    my $body = JSON::PP->new->encode($who->activity('Follow', $ACTOR));
    my @headers = @{ $who->sign($inbox, $body, host => 'site.example') };
    my @args;

    while (my ($name, $value) = splice @headers, 0, 2) {
        push @args, '-H', "$name: $value";
    }

    $t->write_file('body', $body);

    my $pid = fork() // die "fork: $!";

    if ($pid == 0) {
        exec 'curl', qw/-ski --http2 -o/, $t->testdir . '/http2',
            '--data-binary', '@' . $t->testdir . '/body', @args,
            'https://127.0.0.1:' . port(8082) . $inbox
            or POSIX::_exit(127);
    }

    return $pid;
}


sub received {
    my ($who) = @_;

    return $t->sql("SELECT count(*) FROM activitypub.received
        WHERE actor = '" . $who->uri . "'");
}


# ... and closes: an nginx that ends waits for that

sub status {
    my $r = $_[0] && $_[0]->response('POST');

    undef $_[0];

    return $r ? $r->status : 'nothing';
}


sub asked {
    my ($who, $n) = @_;

    $t->wait_for(sub { $web->asked($who->uri) >= $n }, 5)
        or diag($who->uri . " is not asked for $n times");
}


# the workers with a connection to the other side

sub fetching {
    return grep { connected($_, 443) } $t->workers;
}


sub left {
    my (@workers) = @_;

    return grep { -e "/proc/$_" } @workers;
}


sub ended {
    my (@workers) = @_;

    return $t->wait_for(sub { !left(@workers) }, 15);
}


sub restart {
    $t->run;
    $t->wait_for(sub {
        my $r = http_get('/activitypub/news', host => 'site.example',
            accept => 'application/activity+json');

        $r && $r->status == 200;
    }, 20);
}

###############################################################################
