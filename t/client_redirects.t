#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Redirects of a fetch: three at most, to where one may go in the first place,
# and signed anew each time.

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

use MIME::Base64 qw/decode_base64/;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

for my $name (qw/peer.example other.example/) {
    $rig->name($name, '8.8.4.4');
    $rig->{ca}->issue($name);
}

$rig->name('inner.example', '10.1.2.3');
$rig->name('own.example', '9.9.9.9');
$rig->route('8.8.4.4', '10.1.2.3');
system(qw!ip addr add 9.9.9.9/32 dev lo!) == 0 or die;

my $e = "\r\n";
my $long = 'https://peer.example/' . 'x' x 10240;

my $circle = 'a redirect in a circle, status 302';

# where to, and what is wrong with it

my %to = (
    good => ['/ok', $OK, 'a path'],
    query => ['/ok?a=b/c', $OK, 'a path and a query'],
    absolute => ['https://peer.example/ok', $OK, 'an absolute URL'],
    other => ['https://other.example/ok', $OK, 'another server'],
    upper => ['HTTPS://Other.Example:443/ok', $OK, 'in another spelling'],
    bare => ['https://other.example', 'another status, status 404',
        'no path'],
    fragment => ['/ok#key', $OK, 'a fragment'],

    two => ['/good', $OK, 'two'],
    three => ['/two', $OK, 'three'],
    four => ['/three', 'too many redirects, status 302', 'four'],
    itself => ['/itself', $circle, 'to itself'],
    ping => ['https://other.example/pong', $circle, 'a loop of two'],
    pong => ['https://peer.example/ping', $circle, 'and from there'],

    http => ['http://peer.example/ok', undef, 'http'],
    port => ['https://peer.example:8443/ok', undef, 'another port'],
    ftp => ['ftp://peer.example/ok', undef, 'another scheme'],
    script => ['javascript:alert(1)', undef, 'no server'],
    user => ['https://bob@peer.example/ok', undef, 'a user'],
    loop4 => ['https://127.0.0.1/ok', undef, 'an address'],
    loop6 => ['https://[::1]/ok', undef, 'an IPv6 address'],
    odd => ['https://0x7f.1/ok', undef, 'an address that does not look it'],
    local => ['https://localhost/ok', undef, 'localhost'],
    cloud => ['https://169.254.169.254/latest/', undef, 'a cloud'],
    inner => ['https://inner.example/ok', 'a private or reserved address',
        'a private network'],
    own => ['https://own.example/ok', 'an address of this host',
        'this host by another name'],

    relative => ['ok', undef, 'a path from here'],
    up => ['../ok', undef, 'a path from above'],
    protocol => ['//other.example/ok', undef, 'another server, no scheme'],
    backslash => ['/\\other.example/ok', undef, 'a backslash'],
    space => ['/ok ok', undef, 'a space'],
    control => ["/ok\tok", undef, 'a tab'],
    empty => ['', undef, 'nothing'],
    long => [$long, undef, '10 KiB'],
    utf8 => ["/\xc3\xbc", undef, 'what is not ASCII'],
);

my %paths = map {
    ("/$_" => "HTTP/1.1 302 Found${e}Location: $to{$_}[0]$e"
        . "Content-Length: 0$e$e")
} keys %to;

$paths{'/none'} = "HTTP/1.1 302 Found${e}Content-Length: 0$e$e";
$paths{'/both'} = "HTTP/1.1 302 Found${e}Location: /ok${e}Location: /ok$e"
    . "Content-Length: 0$e$e";
$paths{"/s$_"} = "HTTP/1.1 $_ There${e}Location: /ok$e"
    . "Content-Length: 0$e$e"
    for 300 .. 308;

$paths{'/ok'} = sub {
    my ($c, $r) = @_;

    $c->note(signed => $r->{head} =~ s/\r\n/|/gr);
    $c->send("HTTP/1.1 200 OK${e}Content-Length: 2$e${e}hi");
};

my $peer = Test::Hostile->start($rig, paths => \%paths);
my $f = Test::Fetch->start($t, $rig);

###############################################################################

for my $name (sort keys %to) {
    my ($to, $expected, $what) = @{ $to{$name} };
    my $end = $f->get("https://peer.example/$name");

    is($end, $expected // 'not a URL that is asked, status 302', $what);
}

is($f->get('https://peer.example/none'),
    'a redirect to nowhere, status 302', 'no Location');
is($f->get('https://peer.example/both'),
    'a redirect to nowhere, status 302', 'two of them');

for my $status (300 .. 308) {
    is($f->get("https://peer.example/s$status"),
        $status =~ /30[12378]/ ? $OK : "another status, status $status",
        "status $status");
}

# who was asked

is_deeply([uniq($peer->since('accept'))], ['8.8.4.4 443'],
    'nobody else is connected to');

my @ok = grep { m!/ok! } $peer->since('request');

is(join(' ', grep { /#/ } @ok), '', 'no fragment is sent');
is(scalar(grep { $_ eq 'GET /ok?a=b/c' } @ok), 1, 'the query is');

my %n;
$n{(split ' ', $_)[1] =~ s/\?.*//r}++ for $peer->since('request');

is($n{'/itself'}, 1, 'a loop is asked once');
is($n{'/pong'}, 3, 'a loop of two: each URL once');

# each request has a signature of its own, by the key of the instance actor

my $actor = http_get('/activitypub/actor', host => 'site.example',
    accept => 'application/activity+json')->json;

$t->write_file('actor.pem', $actor->{publicKey}{publicKeyPem});

my @signed = $peer->since('signed');

cmp_ok(scalar @signed, '>', 10, 'signed requests');
is(scalar(grep { good($_) } @signed), scalar @signed, 'and each of them well');

# RFC 9110 section 12.5.3: as it is, and not packed

is(scalar(grep { /\|Accept-Encoding: identity\|/ } @signed), scalar @signed,
    'no encoding is asked for');

my ($other) = grep { /^Host: other\.example\|/ } @signed;

ok($other, 'one of another server');
ok(!good($other =~ s/other\.example/peer.example/r),
    'that is good for no other');

done_testing();

###############################################################################

sub uniq {
    my %seen;

    return grep { !$seen{$_}++ } @_;
}


# the request was for /ok, perhaps with a query

sub good {
    my ($head) = @_;

    my %h = map { /^([^:]+): (.*)$/ ? (lc $1, $2) : () } split /\|/, $head;
    my ($signature) = $h{signature} =~ /signature="([^"]+)"/ or return;

    return if $h{signature} !~ /keyId="\Q$actor->{publicKey}{id}\E"/
        || $h{signature} !~ /headers="\(request-target\) host date"/;

    for my $query ('', '?a=b/c') {
        $t->write_file('text', "(request-target): get /ok$query\n"
            . "host: $h{host}\ndate: $h{date}");
        $t->write_file('signature', decode_base64($signature));

        my $dir = $t->testdir;

        return 1 if `openssl dgst -sha256 -verify $dir/actor.pem \\
            -signature $dir/signature $dir/text 2>&1` =~ /Verified OK/;
    }

    return;
}

###############################################################################
