#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A mistake about activitypub_moves stops nginx, with the file and the line.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Config;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(11);
my $c = Test::Config->new($t);

my $actor = 'activitypub_actor news { }';
my $time = 'in "activitypub_moves": it must be a time from 1s to 7d, or "off"';

$c->accepted('everywhere', http => 'activitypub_moves 1d;',
    server => "$actor activitypub_moves off;
        location /a/ { activitypub_moves 1s; location /a/b { } }
        location /b/ { activitypub_moves 7d; }");
$c->accepted('without an actor', database => '',
    http => 'activitypub_moves off;', server => 'activitypub_moves 10m;');

for (qw/0 0s -1 8d 100M soon on OFF/) {
    $c->refused("the time \"$_\"", qr/invalid time "\Q$_\E" \Q$time\E/,
        server => "$actor activitypub_moves $_; # here\n");
}

$c->refused('twice', qr/"activitypub_moves" directive is duplicate/,
    server => "$actor activitypub_moves off; activitypub_moves off; # here\n");

###############################################################################
