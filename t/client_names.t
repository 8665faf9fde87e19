#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Where the connector goes: to public names on the usual port, to addresses
# that are public and not this machine's, and to the very address that it has
# looked at.

###############################################################################

use warnings;
use strict;
use utf8;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Fetch;
use Test::Hostile;

use IO::Socket::IP;
use Time::HiRes qw/sleep/;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

# Networks that no public server is in, and an address of each; "::" is in
# front of those that are an IPv4 address in another dress.  All of them lead
# to somebody who listens, should anybody come.

my @inner = qw!
    0.0.0.0 10.1.2.3 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254
    168.63.129.16 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255
    192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1
    192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
    240.0.0.1
    ::1 64:ff9b::a01:203 64:ff9b::808:404 64:ff9b:1::a01:203 100::1 2001::1
    2001:10::1 2001:20::1 2001:1ff::1 2001:db8::1 2002:a01:203::1
    2620:4f:8000::1 3fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254
    fd20:ce::254 fe80::1 fec0::1
!;

my @dressed = qw/::ffff:127.0.0.1 ::ffff:10.1.2.3 ::ffff:8.8.4.4
    ::127.0.0.1 ::8.8.4.4/;
my @nowhere = qw/255.255.255.255 224.0.0.1 239.255.255.255 :: ff02::1/;

$rig->route('8.8.4.4', '8.8.4.5', '2620:fe::44', grep { !/^(?:0|127|::1$)/ } @inner);

my @own = ('9.9.9.20', '2620:fe::20');

$rig->host('own.example', @own);

# bound, but not of any interface

$rig->route('9.9.9.21');
$rig->name('bound.example', '9.9.9.21');

# somebody else's, until an interface gets it

$rig->route('8.8.7.7');
$rig->name('later.example', '8.8.7.7');
$rig->{ca}->issue('later.example');

my %names = (
    'four' => ['8.8.4.4'], 'six' => ['2620:fe::44'],
    'mixed' => ['10.1.2.3', '8.8.4.4', '192.168.0.1'],
    'both' => ['8.8.4.4', 'fd00:ec2::254'],
    'inner' => ['10.1.2.3', '127.0.0.1', 'fe80::1', '::1'],
    'dead' => ['8.8.9.9', '8.8.4.4'],
    'chain' => ['cname=link.example'],
    'link' => ['cname=four.example'],
    'alone' => ['alone=four.example'],
    'hidden' => ['cname=inner.example'],
    'hidden2' => ['alone=inner.example'],
    'loop' => ['alone=loop.example'],
    'loop1' => ['alone=loop2.example'], 'loop2' => ['alone=loop1.example'],
    'servfail' => ['code=2'], 'refused' => ['code=5'],
    'nothing' => [], 'garbage' => ['garbage'],
    'rebind' => ['ttl=0', '8.8.4.4', '|', 'ttl=0', '10.1.2.3'],
    'turn' => ['ttl=0', '10.1.2.3', '|', 'ttl=0', '8.8.4.4'],
    'away' => ['ttl=0', '8.8.4.4', '|', 'ttl=0', '8.8.4.5'],

    # of so many that lead nowhere two are tried, and then the other family
    (map { ("many$_" => [('8.8.9.9') x 22, '2620:fe::44']) } 1 .. 3),
    'xn--bcher-kva' => ['8.8.4.4'],
    '127.0.0.1.nip' => ['127.0.0.1'],
);

for my $name (keys %names) {
    $rig->name("$name.example", @{ $names{$name} });
    $rig->{ca}->issue("$name.example")
        if grep { /8\.8\.4\.4|2620:fe|^cname|^alone/ } @{ $names{$name} };
}

# whoever is asked in one of these names has been fooled

my @all = (@inner, @dressed, @nowhere, @own, '9.9.9.21');

for my $i (0 .. $#all) {
    $rig->name("a$i.inner.example", $all[$i]);
}

$rig->{ca}->issue('site.example');

my $hi = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
my $peer = Test::Hostile->start($rig, paths => { '/' => $hi });

my $f = Test::Fetch->start($t, $rig, undef,
    server => 'listen 9.9.9.21:8081;');

###############################################################################

# the trap: all these addresses would have been reached

my %open = map { ($_ => 1) } grep {
    IO::Socket::IP->new(PeerHost => $_, PeerPort => 443, Timeout => 2)
} grep({ !/^fe80/ } @inner), @own;

is(join(' ', grep { !$open{$_} && !/^fe80/ } @inner, @own), '',
    'somebody listens at every address');

$t->wait_for(sub { $peer->since('accept') >= keys %open }, 20);
$peer->mark;

# and none of them is

my $inner = 'a private or reserved address';

my %expected = (
    (map { ($_ => $inner) } @inner, @nowhere),
    (map { ($_ => 'an IPv4 address in an IPv6 address') } @dressed),
    (map { ($_ => 'an address of this host') } @own, '9.9.9.21'),
);

for (my $i = 0; $i <= $#all; $i += 8) {
    my $last = $i + 7 > $#all ? $#all : $i + 7;
    my @ended = $f->all(map { "https://a$_.inner.example/" } $i .. $last);

    is($ended[$_ - $i], $expected{$all[$_]}, $all[$_]) for $i .. $last;
}

is($f->result($f->ask('https://a1.inner.example/'))->{address},
    "$all[1]:443", 'the address is named');

is(join(' ', $peer->since('accept')), '', 'no connection to any of them');

###############################################################################

# what a name server says

$peer->mark;

my @rows = (
    ['four', $OK, 'IPv4', '8.8.4.4'],
    ['six', $OK, 'IPv6', '2620:fe::44'],
    ['mixed', $OK, 'of several addresses the public one', '8.8.4.4'],
    ['both', $OK, 'of two families the public one', '8.8.4.4'],
    ['dead', $OK, 'one that is dead', '8.8.4.4'],
    (map { ["many$_", $OK, "many that are dead, $_", '2620:fe::44'] } 1 .. 3),
    ['chain', $OK, 'a chain of names', '8.8.4.4'],
    ['alone', $OK, 'a chain that has to be asked for', '8.8.4.4'],
    ['inner', $inner, 'several, and none public'],
    ['hidden', $inner, 'a chain into a private network'],
    ['hidden2', $inner, 'one that has to be asked for'],
    ['loop', qr/^the host could not be resolved \(/, 'a loop'],
    ['loop1', qr/^the host could not be resolved \(/, 'a loop of two'],
    ['servfail', qr/^the host could not be resolved \(2: /, 'SERVFAIL'],
    ['refused', qr/^the host could not be resolved \(5: /, 'REFUSED'],
    ['nothing', qr/^the host could not be resolved \(3: /, 'no address'],
    ['nobody', qr/^the host could not be resolved \(3: /, 'NXDOMAIN'],
    ['127.0.0.1.nip', $inner, 'an address in a name'],
);

for my $row (@rows) {
    my ($name, $expected, $what, @to) = @$row;
    my $ended = $f->get("https://$name.example/");

    ref $expected ? like($ended, $expected, $what)
        : is($ended, $expected, $what);
    is(join(' ', $peer->since('accept')), join(' ', map { "$_ 443" } @to),
        "$what: " . (@to ? 'to that one' : 'no connection'));
    $peer->mark;
}

###############################################################################

# A name that changes: looked at and connected to is the same answer, kept
# connections or not.

is($f->get('https://rebind.example/'), $OK, 'public at first');
is(join(' ', map { $rig->{dns}->asked('rebind.example', $_) } qw/A AAAA/),
    '1 1', 'resolved once');

is($f->get('https://away.example/'), $OK, 'a name that is about to move');

# nginx's resolver counts in seconds

sleep 2.1;

is($f->get('https://rebind.example/'), $inner, 'then private');
is(scalar(grep { $_ eq 'rebind.example' }
    map { (split ' ')[0] } $peer->since('tls')), 1, 'one connection');
is(scalar($peer->since('request')), 2, 'and one request, beside the other');

# a kept connection is that of an address, too

is($f->get('https://away.example/'), $OK, 'one that has moved');
is(join(' ', $peer->since('accept')), '8.8.4.4 443 8.8.4.4 443 8.8.4.5 443',
    'is asked where it is now');

is($f->get('https://turn.example/'), $inner, 'private at first');
sleep 2.1;
is($f->get('https://turn.example/'), $OK, 'then public');

###############################################################################

# what is no name of a public server is not even resolved

$peer->mark;

for my $url (qw!
    https://127.0.0.1/ https://127.1/ https://0x7f.1/ https://0177.0.0.1/
    https://017700000001/ https://2130706433/ https://0x7f000001/
    https://0/ https://8.8.4.4/ https://1.2.3.4.5/ https://four.example.1/
    https://[::1]/ https://[2620:fe::44]/ https://[::ffff:127.0.0.1]/
    https://[fe80::1%25lo]/ https://[::1/ https://%31%32%37.0.0.1/
    https://localhost/ https://LOCALHOST/ https://localhost./ https://peer/
    https://peer.localhost/ https://peer.local/ https://peer.internal/
    https://peer.onion/ https://peer.i2p/ https://peer.arpa/
    https://peer.test/ https://peer.invalid/ https://peer.home.arpa/
    https://four.example:8443/ https://four.example:80/
    https://four.example:0/ https://four.example:/ https://four.example:0443/
    http://four.example/ http://four.example:443/ ftp://four.example/
    gopher://four.example/ https:/four.example/ https:four.example
    //four.example/ https://bob@four.example/ https://bob:x@four.example/
    https://four.example@127.0.0.1/ https://127.0.0.1\@four.example/
    https://four.example./ https://.four.example/ https://four..example/
    https://-four.example/ https://four-.example/ https://fo_ur.example/
    https://fo%75r.example/ https:// https:///four.example/
!, 'https://four.example\\@127.0.0.1/', 'https://four .example/',
    map { my $url = $_; utf8::encode($url); $url }
        'https://１２７.0.0.1/', 'https://127。0。0。1/',
        'https://four.example／@127.0.0.1/', 'https://ⅼocalhost/',
        "https://four\x{ad}.ex\x{ad}ample:8443/", 'https://xn--a.example/')
{
    my $r = $f->result($f->ask($url));

    is($r->{step}, 'url', $url) or diag($r->{error});
}

is(join(' ', $peer->since('accept')), '', 'no connection for any of them');
unlike(scalar `cat $rig->{dir}/names.log`,
    qr/localhost|^peer\b|^\d[\d.]* /m, 'and no question');

# other spellings of good names

my $unicode = 'https://bücher.example/';
utf8::encode($unicode);

for my $url ('https://FOUR.Example/', 'HTTPS://four.example:443/',
    'https://four.example', $unicode, 'https://XN--Bcher-KVA.example/')
{
    is($f->get($url), $OK, $url);
}

is((map { (split ' ')[0] } $peer->since('tls'))[-1],
    'xn--bcher-kva.example', 'the A-label is what is asked for');

# an interface gets an address while we run

is($f->get('https://later.example/'), $OK, 'an address of somebody else');
system(qw!ip addr add 8.8.7.7/32 dev lo!) == 0 or die "ip addr failed\n";
ok($t->wait_for(sub {
    $f->get('https://later.example/') eq 'an address of this host'
}, 20), 'is ours soon after it is');

done_testing();

###############################################################################
