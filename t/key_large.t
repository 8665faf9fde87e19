#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A large document with a key is parsed by the threads of a worker, not by its
# event loop; a worker that leaves meanwhile takes nothing with it.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Documents;
use Test::Remote;
use Test::Site;

use Time::HiRes qw/sleep/;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';
$ENV{TEST_NGINX_GLOBALS} = join ' ', $ENV{TEST_NGINX_GLOBALS} // '',
    'worker_processes 1; worker_shutdown_timeout 10ms;';

my $web = Test::Documents->start($rig, '8.8.4.4', 'a.example',
    map { "held$_.example" } 1 .. 3);

run_site($t, $rig, server => 'listen 127.0.0.1:8080;');

my $inbox = '/activitypub/news/inbox';
my $first = Test::Remote->new($t, 'https://a.example/u/first');
my $n = 0;

# nearly as many values as there may be: milliseconds of work
my @large = (extra => [map { +{ "name$_" => 'x' } } 1 .. 4900]);

###############################################################################

# who works; a signature and a connection are made for each, large or not

my @small = spent(map { served() } 1 .. 20);
my @more = spent(map { served(@large) } 1 .. 20);

my ($loop, $threads) = map { $more[$_] - $small[$_] } 0, 1;

note("for large ones, event loop $loop s, threads $threads s");
cmp_ok($threads, '>', $loop, 'the threads have parsed them');

# just what is parsed in place, and just not; and what is refused

for my $size (8192, 8193, 256 * 1024) {
    my $who = actor();

    $web->serve($who->uri, body => padded($who->document, $size));
    is(status($who), 202, "$size bytes");
}

my $long = actor();

$web->serve($long->uri, body => padded($long->document, 256 * 1024 + 1));
is(status($long), 401, 'and a byte');

my $who = actor();

$web->serve($who->uri, body => padded($who->document, 9000) . 'x');
is(status($who), 401, 'no JSON');

$who = actor();
$web->serve($who->uri, $who->document(@large, inbox => 'https://b.example/'));
is(status($who), 401, 'an inbox elsewhere');

# more than one large document: a key alone, and its owner

$who = actor(key_id => 'https://a.example/keys/1');
$web->serve($who->key_id, { %{ $who->key }, @large });
$web->serve($who->uri, $who->document(@large, publicKey => $who->key_id));
is(status($who), 202, 'a key alone and its owner');

###############################################################################

# a worker that has no time forgets them while threads read

for my $host ('held1.example', 'held2.example') {
    my ($old) = $t->workers;
    my @open = asked($host);

    $web->release;
    sleep 0.05;
    $t->reload;
    ok($t->wait_for(sub { !kill 0, $old }), 'the worker leaves');
    $_->close for @open;
}

my @open = asked('held3.example');

$web->release;
sleep 0.05;
$t->stop;

done_testing();

###############################################################################

sub actor {
    my ($host, @more) = @_ % 2 ? @_ : ('a.example', @_);

    return Test::Remote->new($t, "https://$host/u/" . ++$n, like => $first,
        @more);
}


sub served {
    my $who = actor();

    $web->serve($who->uri, $who->document(@_));

    return $who;
}


sub follow { $_[0]->activity('Follow', $ACTOR) }


sub status {
    my $r = $_[0]->post($inbox, follow($_[0]), host => 'site.example');

    return $r && $r->status;
}


# seconds that the event loop and the threads use to learn these keys

sub spent {
    my @who = @_;
    my @before = cpu();

    is(scalar(grep { status($_) != 202 } @who), 0, @who . ' are accepted');

    my @after = cpu();

    return map { $after[$_] - $before[$_] } 0, 1;
}


# four POSTs that wait for their keys, which the server holds back; of one server
# two are asked for at a time

sub asked {
    my ($host) = @_;
    my (@open, $asked);

    $web->hold;
    $web->news;

    for (1 .. 4) {
        my $who = actor($host);

        $web->serve($who->uri, body => $who->document(@large), hold => 1);
        push @open, $who->send($inbox, follow($who), host => 'site.example');
    }

    $t->wait_for(sub { ($asked += $web->news) >= 2 })
        or diag('not all keys are asked for');

    return @open;
}


sub padded {
    my ($document, $size) = @_;

    my $text = JSON::PP->new->utf8->encode({ %$document, content => '' });
    my $fill = 'x' x ($size - length $text);

    $text =~ s/"content":"/"content":"$fill/;

    return $text;
}


sub cpu {
    my ($pid) = $t->workers;
    my ($loop, $threads) = (0, 0);

    for my $file (glob "/proc/$pid/task/*/schedstat") {
        open my $f, '<', $file or next;

        my ($tid) = $file =~ m!/task/(\d+)/!;
        my ($ns) = <$f> =~ /^(\d+)/ or next;

        $tid == $pid ? ($loop += $ns / 1e9) : ($threads += $ns / 1e9);
    }

    return ($loop, $threads);
}

###############################################################################
