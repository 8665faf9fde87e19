#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What the directives about outgoing requests do, sentence by sentence of
# docs/DIRECTIVES.md, and nothing beyond.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Rig::DNS;
use Test::Nginx;
use Test::Fetch;
use Test::Hostile;

use Time::HiRes qw/sleep/;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

my %names = (
    'peer.example' => '8.8.4.4', 'long.example' => '8.8.4.4',
    'self.example' => '8.8.4.4', 'other.example' => '8.8.4.4',
    'expired.example' => '8.8.4.4', 'old.example' => '8.8.4.5',
    'inner.example' => '10.1.2.3', 'near.example' => '10.9.9.9',
    'own.example' => '9.9.9.20', 'peer' => '10.1.2.3',
    'peer.test' => '10.1.2.3', 'mapped.example' => '::ffff:10.1.2.3',
    'compatible.example' => '::10.1.2.3',
    'nat.example' => '64:ff9b::808:404',
    'natted.example' => '64:ff9b::a01:203',

    # nobody is to ask for it
    'localhost' => '10.9.9.9',
);

for my $name (keys %names) {
    $rig->name($name, $names{$name});
    $rig->{ca}->issue($name);
}

$rig->{ca}->odd('self.example', by => 'itself');
$rig->{ca}->odd('other.example', names => ['another.example']);
$rig->{ca}->odd('expired.example', from => -86400, until => -3600);
$rig->name('own.example', '9.9.9.20');
$rig->name('long.example', 'ttl=1', '8.8.4.4', '2620:fe::44');
$rig->route('8.8.4.4', '8.8.4.5', '8.8.4.6', '10.0.0.0/8', '64:ff9b::/96',
    '2620:fe::44');
system(qw!ip addr add 9.9.9.20/32 dev lo!) == 0 or die;

# two more name servers, who know other names

my ($second, $third) = map {
    my $dns = Test::Rig::DNS->start("127.0.0.$_", "$rig->{dir}/names$_");

    $dns->names({ 'peer.example' => ["8.8.4.$_"],
        'long.example' => ['ttl=1', '8.8.4.4', '2620:fe::44'] });
    $dns;
} 5, 6;

my $peer = Test::Hostile->start($rig,
    paths => { '/' => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" },
    addresses => { '8.8.4.5' => { SSL_version => 'TLSv1_1',
        SSL_cipher_list => 'ALL:@SECLEVEL=0' } });

my $trust = 'activitypub_ssl_trusted_certificate ' . $rig->ca_file . ';';
my $f = Test::Fetch->start($t, $rig, '');

my $unknown = qr/^the certificate is not valid \((?:19|20|21): /;
my $refused = 'not an acceptable URL';
my $local = 'a private or reserved address';

###############################################################################

# activitypub_ssl_trusted_certificate

like($f->get('https://peer.example/'), $unknown, "the system's authorities");

with($trust);

is($f->get('https://peer.example/'), $OK, 'ours');

$rig->trusted;
with('');

is($f->get('https://peer.example/'), $OK, "the system's is read again");

$rig->{ca}->odd('stranger', CA => 1, names => ['stranger'], by => 'itself');
with("activitypub_ssl_trusted_certificate $rig->{dir}/stranger.crt;");

like($f->get('https://peer.example/'), $unknown, "instead of the system's");

# activitypub_ssl_verify

with($trust);

like($f->get("https://$_.example/"), qr/^the certificate is /, "on: $_")
    for qw/self other expired/;

with('activitypub_ssl_verify off;');

is($f->get("https://$_.example/"), $OK, "off: $_")
    for qw/self other expired peer/;
is($f->get('https://old.example/'),
    'TLS handshake failed (unsupported protocol)', 'off: TLS 1.1');
is($f->get('https://inner.example/'), $local, 'off: an inner address');
is(step('http://peer.example/'), 'url', 'off: http');

###############################################################################

# activitypub_resolver: peer.example is where they say it is

with($trust);
is(where(), '8.8.4.4', '/etc/resolv.conf');

with("$trust resolver 127.0.0.5;");
is(where(), '8.8.4.5', "nginx's resolver");

with("$trust resolver 127.0.0.5; activitypub_resolver 127.0.0.6;");
is(where(), '8.8.4.6', 'activitypub_resolver');

with($trust);
is(where(), '8.8.4.4', '/etc/resolv.conf again');

resolv_conf("nameserver fe80::1%lo\n# nameserver 127.0.0.53\n"
    . "nameserver\t127.0.0.5 \noptions x\n");
is(where(), '8.8.4.4', 'it is read with the configuration');
$t->reload;
is(where(), '8.8.4.5', 'and read anew');

resolv_conf("nameserver 127.0.0.6\n" x 3 . "nameserver 127.0.0.5\n");
$t->reload;
is(where(), '8.8.4.6', 'three servers of it');

resolv_conf("nameserver 127.0.0.53\n");

open my $hosts, '>', "$rig->{dir}/hosts" or die $!;
print $hosts "127.0.0.1 localhost\n8.8.4.4 hosts.example\n";
close $hosts;
system('mount', '--bind', "$rig->{dir}/hosts", '/etc/hosts') == 0 or die;
$t->reload;

like($f->get('https://hosts.example/'), qr/^the host could not be resolved/,
    '/etc/hosts is not known');

my @asked = asked($second, 'long.example');

with("$trust activitypub_resolver 127.0.0.5 valid=60s ipv6=off;");

for (1, 2) {
    is($f->get('https://long.example/'), $OK, 'ipv6=off valid=60s');
    sleep 2.1;
}

is_deeply([asked($second, 'long.example')], [$asked[0] + 1, $asked[1]],
    'only A, and once');

###############################################################################

# activitypub_allow_http: http and ports, but not names and addresses

with($trust);

is(step($_), 'url', "not allowed: $_") for qw!http://peer.example/
    https://peer.example:8443/ http://peer.example:8443/ https://peer/
    https://peer.test/ https://localhost/ https://10.1.2.3/!;

with("$trust activitypub_allow_http on;");

is($f->get($_), $OK, "allow_http: $_")
    for qw!http://peer.example/ https://peer.example:8443/
        https://peer.example/ http://peer.example:80/!;
is(step($_), 'url', "allow_http: not $_")
    for qw!http://peer/ https://peer.test/ http://localhost/ http://10.1.2.3/
        http://127.0.0.1/ http://[::1]/!;
is($f->get('http://inner.example/'), $local, 'allow_http: no inner address');
is($f->get('http://own.example/'), 'an address of this host',
    'allow_http: not this host');

# activitypub_allow_address: these, and local names, but not http and ports

with("$trust activitypub_allow_address 10.1.2.0/24 127.0.0.1;");

is($f->get($_), $OK, "allow_address: $_")
    for qw!https://inner.example/ https://peer/ https://peer.test/
        https://localhost/ https://LOCALHOST/ https://peer.example/!;
is($f->get('https://near.example/'), $local, 'allow_address: not another');
is($f->get('https://own.example/'), 'an address of this host',
    'allow_address: not this host');
is($f->get('https://nat.example/'), $local, 'allow_address: no NAT64');
is(step($_), 'url', "allow_address: not $_")
    for qw!http://inner.example/ https://inner.example:8443/
        https://10.1.2.3/ https://127.0.0.1/ https://127.1/ https://[::1]/!;

with("$trust activitypub_allow_address 0.0.0.0/0 ::/0;");

is($f->get('https://own.example/'), $OK, 'everything: this host');
is($f->get('https://near.example/'), $OK, 'everything: an inner address');
is($f->get("https://$_.example/"), 'an IPv4 address in an IPv6 address',
    "everything: not $_") for qw/mapped compatible/;

with("$trust activitypub_allow_address 64:ff9b::/96;");

is($f->get('https://nat.example/'), $OK, 'NAT64, a public address in it');
is($f->get('https://natted.example/'), $local, 'a private one');

# both

with("$trust activitypub_allow_http on;\n"
    . 'activitypub_allow_address 127.0.0.1;');

is($f->get($_), $OK, "both: $_") for qw!http://localhost/
    https://localhost:8443/!;
is(step('http://127.0.0.1/'), 'url', 'both: no address');

for my $name ('allow_http', 'allow_address', 'ssl_verify off') {
    like($t->error_log, qr/\[warn\] .*"activitypub_$name" is for development/,
        "$name warns");
}

done_testing();

###############################################################################

sub with {
    my ($directives) = @_;

    $f->configure($directives);
    $t->reload or die "no reload:\n", $t->error_log;
}


sub step { $f->result($f->ask($_[0]))->{step} }


sub where {
    my ($address) = ($f->result($f->ask('https://peer.example/'))->{address}
        // '') =~ /^(.*):443$/;

    return $address;
}


sub resolv_conf {
    my ($text) = @_;

    open my $f, '>', "$rig->{dir}/resolv.conf" or die $!;
    print $f $text;
    close $f;
}


sub asked {
    my ($dns, $name) = @_;

    return map { $dns->asked($name, $_) } qw/A AAAA/;
}

###############################################################################
