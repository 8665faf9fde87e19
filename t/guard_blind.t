#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A worker that is not allowed to list the addresses of its machine, as with
# systemd's RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6: the site is
# served, and what is our own is not connected to all the same.

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
my $t = Test::Nginx->new()->has(qw/http_ssl/);

$t->preload(<<'EOF');
#include <errno.h>
#include <ifaddrs.h>

int
getifaddrs(struct ifaddrs **all)
{
    errno = EAFNOSUPPORT;
    return -1;
}
EOF

# a route's own source address tells what is elsewhere from what is here

system('ip', split ' ', $_) == 0 or die "ip $_ failed\n" for
    '-4 route add local 8.8.4.4 dev lo src 127.0.0.1',
    '-6 route add local 2620:fe::44 dev lo src ::1';

$rig->name('four.example', '8.8.4.4');
$rig->name('six.example', '2620:fe::44');
$rig->host('own.example', '9.9.9.20', '2620:fe::20');
$rig->name('own4.example', '9.9.9.20');
$rig->name('own6.example', '2620:fe::20');
$rig->{ca}->issue($_) for qw/four.example six.example site.example/;

my $peer = Test::Hostile->start($rig,
    paths => { '/' => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" });
my $f = Test::Fetch->start($t, $rig);

###############################################################################

like($t->error_log, qr{\[warn\] .*getifaddrs\(\) failed, each address},
    'it says so');
like(http_get('/', host => 'site.example')->status, qr/^(?:200|403|404)$/,
    'the site is served');

is($f->get('https://four.example/'), $OK, 'another machine');
is($f->get('https://six.example/'), $OK, '... with IPv6');
$peer->mark;
is($f->get('https://own4.example/'), 'an address of this host', 'ourselves');
is($f->get('https://own6.example/'), 'an address of this host',
    '... with IPv6');
is($peer->since('accept'), 0, 'nobody was asked');

done_testing();

###############################################################################
