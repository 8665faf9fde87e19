#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A mistake about activitypub_limit stops nginx, with the file and the line.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Config;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(8);
my $c = Test::Config->new($t);

my $actor = 'activitypub_actor news { }';

$c->accepted('in a server, and off in a location',
    server => "$actor activitypub_limit 10r/s burst=50;\n"
        . 'location /a { activitypub_limit off; }');
$c->accepted('by the minute', server => "$actor activitypub_limit 30r/m;");

for my $rate (qw!10 0r/s fast 10r/h!) {
    $c->refused("a rate of $rate",
        qr/"activitypub_limit" directive takes a rate like "10r\/s" or "30r\/m"/,
        server => "$actor activitypub_limit $rate; # here\n");
}

$c->refused('a burst that is none',
    qr/"activitypub_limit" directive takes "burst=" and a number/,
    server => "$actor activitypub_limit 10r/s burst=x; # here\n");
$c->refused('off, and more',
    qr/"activitypub_limit" directive takes nothing beside "off"/,
    server => "$actor activitypub_limit off burst=1; # here\n");

###############################################################################
