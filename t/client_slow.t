#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# How long the connector waits: for a name, a connection, a handshake, a first
# byte, and for all of it.  Everything at the same time, for it takes as long
# as the longest.

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

my %names = (
    'dns' => ['silent'],
    'connect' => ['8.8.9.9'],
    'next' => ['8.8.9.10', '8.8.4.4'],
    'many' => [('8.8.9.9') x 8],
    'tls' => ['8.8.4.5'],
    'record' => ['8.8.4.6'],
    'byte' => ['8.8.4.4'],
    'slow' => ['8.8.4.4'],
    'good' => ['8.8.4.4'],
    'idle' => ['8.8.4.4'],
);

for my $name (keys %names) {
    $rig->name("$name.example", @{ $names{$name} });
    $rig->{ca}->issue("$name.example");
}

$rig->route('8.8.4.4', '8.8.4.5', '8.8.4.6', '8.8.9.9', '8.8.9.10');

my $hi = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
my $peer = Test::Hostile->start($rig,
    paths => {
        '/' => $hi,
        '/byte' => sub { $_[0]->wait(60) },
        '/head' => sub { $_[0]->slowly(0.5, 'HTTP/1.1 200 OK' . "\r\nA: b"
            x 100) },
        '/body' => sub {
            $_[0]->send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            $_[0]->slowly(0.5, 'x' x 1000);
        },
    },
    addresses => {
        '8.8.4.5' => sub { $_[0]->wait(60) },

        # the beginning of a ServerHello that is very long
        '8.8.4.6' => sub {
            $_[0]->send("\x16\x03\x03\x40\x00\x02\x00\x3f\xfc");
            $_[0]->slowly(0.5, "\x03" x 100);
        },
    },
    holes => ['8.8.9.9', '8.8.9.10']);

# eight at a time are more than one worker does for apctl

my $f = Test::Fetch->start($t, $rig, undef, main => 'worker_processes 2;');

###############################################################################

my $begin = time();

is($f->get('https://idle.example/'), $OK, 'a connection is kept');

# seconds, and how much later it may be on a machine that has more to do

my @rows = (
    ['https://next.example/', $OK, 0, 'the next address is tried'],
    ['https://slow.example/head', 'timed out while reading the answer', 20,
        'a head byte by byte'],
    ['https://slow.example/body', 'timed out while reading the answer', 20,
        'a body byte by byte'],
    ['https://byte.example/byte', 'timed out while waiting for an answer', 10,
        'no first byte'],
    ['https://tls.example/', 'timed out while in the TLS handshake', 5,
        'a silent handshake'],
    ['https://record.example/', 'timed out while in the TLS handshake', 5,
        'a handshake byte by byte'],
    ['https://connect.example/', 'timed out while connecting', 5,
        'a black hole'],
    ['https://many.example/', 'timed out while connecting', 7,
        'two black holes of many'],
    ['https://dns.example/', 'timed out while resolving the host', 5,
        'a silent name server'],
);

my $later = 4500 * $Test::Nginx::Process::PATIENCE;
my @asked = map { $f->ask($_->[0]) } @rows;

# the first of them is done soon, and leaves room for another

sleep 4;

my $r = $f->result($f->ask('https://good.example/'));

is($r->{status}, 200, 'another host is not held up');
cmp_ok($r->{msec}, '<', 4000 * $Test::Nginx::Process::PATIENCE,
    'and answers at once');

my ($kept) = map { $_->[0] } grep { $_->[2] =~ /^idle/ } $peer->seen('tls');

for my $row (@rows) {
    my ($expected, $seconds, $what) = @$row[1 .. 3];
    my $r = $f->result(shift @asked);

    is($r->{error} // '', $expected =~ s/, status 200//r, $what);
    cmp_ok($r->{msec}, '>=', $seconds * 1000 - 100, "$what: not before");
    cmp_ok($r->{msec}, '<=', $seconds * 1000 + $later,
        "$what: nor much later");
}

# a connection that nobody needs

my $ended = grep { $_->[0] == $kept } $peer->seen('end');

ok(!$ended || time() - $begin > 29, 'it is still kept');
ok($t->wait_for(sub { grep { $_->[0] == $kept } $peer->seen('end') },
    45 - (time() - $begin)), 'and closed after a time');
cmp_ok(time() - $begin, '>', 29, 'of half a minute');

unlike($t->error_log, qr/\[(?:error|crit)\]/, 'and no [error] of ours');

done_testing();

###############################################################################
