#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Outgoing TLS: who has no certificate for the name that was asked for, or
# speaks what is older than TLS 1.2, is told nothing.

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

###############################################################################

my $rig = Test::Rig->new;
my $ca = $rig->{ca};
my $t = Test::Nginx->new()->has(qw/http_ssl/);

# the names of this address have certificates of every kind

my $day = 86400;

my %odd = (
    'good' => {},
    'many' => { names => ['other.example', 'many.example'] },
    'a.wild' => { names => ['*.wild.example'] },
    'under' => { by => 'middle', with => ['middle'] },
    'other' => { names => ['good.example'] },
    'wild' => { names => ['*.wild.example'] },
    'a.b.wild' => { names => ['*.wild.example'] },
    'suffix' => { names => ['suffix.example.evil.example'] },
    'prefix' => { names => ['example', '*.example.evil.example'] },
    'top' => { names => ['*'] },
    'subject' => { names => [] },
    'part.wild' => { names => ['p*.wild.example'] },
    'address' => { names => ['8.8.4.4'] },
    'self' => { by => 'itself' },
    'stranger' => { by => 'stranger-ca', with => ['stranger-ca'] },
    'expired' => { from => -2 * $day, until => -$day },
    'soon' => { from => $day, until => 2 * $day },
    'alone' => { by => 'middle' },
    'leaf' => { by => 'good.example', with => ['good.example'] },
    'client' => { purpose => 'client' },
);

$ca->odd('middle', CA => 1, names => ['middle.example']);
$ca->odd('stranger-ca', CA => 1, names => ['stranger.example'], by => 'itself');

for my $name (sort { $a eq 'good' ? -1 : $b eq 'good' ? 1 : 0 } keys %odd) {
    $rig->name("$name.example", '8.8.4.4');
    $ca->odd("$name.example", %{ $odd{$name} });
}

# the servers of these addresses have a good one, and other faults

my %at = (
    'tls10' => [8, { SSL_version => 'TLSv1',
        SSL_cipher_list => 'ALL:@SECLEVEL=0' }],
    'tls11' => [11, { SSL_version => 'TLSv1_1',
        SSL_cipher_list => 'ALL:@SECLEVEL=0' }],
    'tls12' => [12, { SSL_version => 'TLSv1_2' }],
    'tls13' => [13, { SSL_version => 'TLSv1_3' }],
    'null' => [14, { SSL_version => 'TLSv1_2',
        SSL_cipher_list => 'NULL:aNULL:@SECLEVEL=0' }],
    'plain' => [15, sub {
        $_[0]->fill;
        $_[0]->send("HTTP/1.1 400 Bad Request\r\n\r\n");
    }],
    'garbage' => [16, sub { $_[0]->fill; $_[0]->send("\0" x 100) }],
    'reset' => [17, sub { $_[0]->fill; $_[0]->reset }],
    'closed' => [18, sub { $_[0]->fill; $_[0]->close }],
    'at-once' => [19, sub { $_[0]->reset }],
);

for my $name (keys %at) {
    $rig->route("8.8.8.$at{$name}[0]");
    $rig->name("$name.example", "8.8.8.$at{$name}[0]");
    $ca->issue("$name.example");
}

$rig->route('8.8.4.4');

my $hi = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
my $peer = Test::Hostile->start($rig, paths => { '/' => $hi },
    addresses => { map { ("8.8.8.$_->[0]" => $_->[1]) } values %at });

my $f = Test::Fetch->start($t, $rig);

###############################################################################

my $another = 'the certificate is for another name';
my $invalid = 'the certificate is not valid';
my $closed = 'the peer closed in the TLS handshake';

my @rows = (
    ['good', $OK, 'a good one'],
    ['many', $OK, 'one of several names'],
    ['a.wild', $OK, 'a wildcard'],
    ['under', $OK, 'of an authority under ours'],
    ['tls12', $OK, 'TLS 1.2'],
    ['tls13', $OK, 'TLS 1.3'],

    ['other', $another, 'of another name'],
    ['wild', $another, 'a wildcard is not the name above it'],
    ['a.b.wild', $another, 'nor two names below'],
    ['suffix', $another, 'a name that only begins so'],
    ['prefix', $another, 'a name that only ends so'],
    ['top', $another, 'a wildcard for everything'],
    ['subject', $another, 'a name in the subject alone'],
    ['part.wild', $another, 'a wildcard for a part of a name'],
    ['address', $another, 'of the address'],

    ['self', qr/^$invalid \(18: /, 'signed by itself'],
    ['stranger', qr/^$invalid \(19: /, 'signed by a stranger'],
    ['expired', qr/^$invalid \(10: /, 'expired'],
    ['soon', qr/^$invalid \(9: /, 'not yet valid'],
    ['alone', qr/^$invalid \(2[01]: /, 'without what signed it'],
    ['leaf', qr/^$invalid \((?:24|79|32): /, 'signed by what signs nothing'],
    ['client', qr/^$invalid \(26: /, 'for clients'],

    ['tls10', 'TLS handshake failed (unsupported protocol)', 'TLS 1.0'],
    ['tls11', 'TLS handshake failed (unsupported protocol)', 'TLS 1.1'],
    ['null', qr/^TLS handshake failed/, 'no cipher that is one'],
    ['plain', 'TLS handshake failed (wrong version number)', 'no TLS'],
    ['garbage', qr/^TLS handshake failed/, 'garbage'],
    ['reset', $closed, 'reset in the handshake'],
    ['closed', qr/^$closed|unexpected eof/, 'closed in the handshake'],
    ['at-once', qr/^(?:$closed|connect failed \(104: .*)$/, 'reset at once'],
);

while (my @some = splice @rows, 0, 8) {
    my @ended = $f->all(map { "https://$_->[0].example/" } @some);

    for my $row (@some) {
        my $ended = shift @ended;

        ref $row->[1] ? like($ended, $row->[1], $row->[2])
            : is($ended, $row->[1], $row->[2]);
    }
}

# what they saw

$t->wait_for(sub {
    grep { $_->[2] =~ /^self\.example / } $peer->seen('tls')
});

my %asked = map { $_->[0] => 1 } $peer->seen('request');
my @hello = map { [$_->[0], split ' ', $_->[2]] } $peer->seen('tls');

is(join(' ', sort grep { !/^(?:good|many|a\.wild|under|tls1[23])\.example$/ }
    map { $_->[1] } grep { $asked{$_->[0]} } @hello), '',
    'who has no good one sees no request');
is(keys %asked, 6, 'six requests');

is_deeply([grep { $_->[4] ne 'http/1.1' } @hello], [], 'ALPN: http/1.1');
is((map { $_->[2] } grep { $_->[1] eq 'good.example' } @hello)[0], 'TLSv1_3',
    'TLS 1.3 where both speak it');
is(scalar(grep { $_->[1] eq 'self.example' } @hello), 1,
    'SNI, and no second try');

is_deeply([grep { $_->[1] =~ /^tls1[01]/ } @hello], [],
    'no old version was spoken');

unlike($t->error_log, qr/\[(?:error|crit)\]/, 'and no [error] of ours');

done_testing();

###############################################################################
