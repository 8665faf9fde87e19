#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The end of a worker while requests of the connector are under way: it
# finishes them, unless the shutdown timeout comes or it is told to stop at
# once; and the next worker does not care how the last one ended.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Fetch;
use Test::Hostile;

use Time::HiRes qw/sleep time/;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

my %names = (kept => '8.8.4.4', wait => '8.8.4.4', body => '8.8.4.4',
    tls => '8.8.4.5', connect => '8.8.9.9', dns => 'silent');

for my $name (keys %names) {
    $rig->name("$name.example", $names{$name});
    $rig->{ca}->issue("$name.example");
}

$rig->route('8.8.4.4', '8.8.4.5', '8.8.9.9');

my $head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";

# what is held until there is a file

my $go = "$rig->{dir}/go";
my $held = sub {
    for (1 .. 600) {
        last if -e $go;
        $_[0]->wait(0.05);
    }
};

my $peer = Test::Hostile->start($rig,
    paths => {
        '/' => $head . 'hi',
        '/wait' => sub { $held->($_[0]); $_[0]->send($head . 'hi') },
        '/body' => sub {
            $_[0]->send($head . 'h');
            $held->($_[0]);
            $_[0]->send('i');
        },
        '/long' => sub { $_[0]->send($head . 'h'); $_[0]->wait(15) },
    },
    addresses => { '8.8.4.5' => sub { $_[0]->wait(30) } },
    holes => ['8.8.9.9']);

# what a worker does at a time is four; of three for one host one waits

my @turns = map { "https://$_" } ('wait.example/wait') x 3,
    'body.example/body';
my @steps = map { "https://$_" } 'body.example/body', 'tls.example/',
    'connect.example/', 'dns.example/';

my $f = Test::Fetch->start($t, $rig);

###############################################################################

$t->expect(qr/worker process \d+ exited on signal 9/);

# a worker with nothing but kept connections goes at once

is($f->get('https://kept.example/'), $OK, 'a connection is kept');

my ($old) = $t->workers;
my $begin = time();

kill 'HUP', $t->{pid};

# the connection is kept for half a minute

ok(gone($old, 10), 'a worker with a kept connection goes');
cmp_ok(time() - $begin, '<', 10, 'at once');

###############################################################################

# one with requests under way finishes them

for my $set ([\@turns, ($OK) x 4], [\@steps, $OK, map { "timed out while $_" }
    'in the TLS handshake', 'connecting', 'resolving the host'])
{
    my ($urls, @expected) = @$set;
    my @asked = under_way(@$urls);

    $begin = time();
    ($old) = $t->workers;
    kill 'HUP', $t->{pid};

    ok(renewed($old), 'a new worker');
    is($f->get('https://kept.example/'), $OK, 'which works');
    ok(kill(0, $old), 'while the old one does');
    release();
    is_deeply([map { $f->ended($_) } @asked], \@expected,
        'what was under way is finished');
    ok(gone($old, 10), 'then it goes');
}

cmp_ok(time() - $begin, '<', 15, 'not later');

###############################################################################

# Not longer than the shutdown timeout.  None of these ends before that of
# itself, however long it takes to begin all four.

$steps[0] = 'https://body.example/long';

$f->{o}{main} = 'worker_shutdown_timeout 1s;';
$f->configure;
ok($t->reload, 'with a shutdown timeout');

# the old worker may still be counted until it has closed what it kept

my @asked = under_way(@steps);

$begin = time();
($old) = $t->workers;
kill 'HUP', $t->{pid};

ok(gone($old, 12), 'the timeout');
cmp_ok(time() - $begin, '<', 12, 'in time');

my $left = () = $t->error_log
    =~ /failed: the worker shutdown timeout has passed/g;

is($left, 4, 'fails what was under way');
$f->forget(@asked);

###############################################################################

# at once

$f->{o}{main} = '';
$f->configure;
$t->reload;

@asked = under_way(@turns);
($old) = $t->workers;
kill 'TERM', $old;

ok(gone($old, 10), 'a worker that is told to stop goes at once');
ok(renewed($old), 'and there is another');
is($f->get('https://kept.example/'), $OK, 'which works');
$f->forget(@asked);

@asked = under_way(@steps);
($old) = $t->workers;
kill 'KILL', $old;

ok(renewed($old), 'after kill -9 there is another, too');
is($f->get('https://kept.example/'), $OK, 'which works');
$f->forget(@asked);

###############################################################################

# all of it, with requests under way

@asked = under_way(@turns);
$t->run_daemon(sub { sleep 1; release() });
$begin = time();
$t->stop;
$f->forget(@asked);

cmp_ok(time() - $begin, '<', 15, 'nginx finishes');

unlike($t->error_log, qr/\[(?:error|crit)\]|open socket/,
    'and no [error] of ours');

done_testing();

###############################################################################

# all of them, as far as they come

sub under_way {
    my (@urls) = @_;

    unlink $go;
    $t->sql('DELETE FROM activitypub.job');

    my @asked = map { $f->ask($_) } @urls;

    $t->wait_for(sub {
        @urls == $t->sql("SELECT count(*) FROM activitypub.job
            WHERE state = 'running'")
    }, 10);

    sleep 0.3;

    return @asked;
}


sub release {
    open my $f, '>', $go or die "$go: $!";
}


sub renewed {
    my ($old) = @_;

    return $t->wait_for(sub {
        my ($new) = $t->workers;

        $new && $new != $old;
    }, 10);
}


sub gone {
    my ($pid, $seconds) = @_;

    return $t->wait_for(sub { !kill 0, $pid }, $seconds);
}

###############################################################################
