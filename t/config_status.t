#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A mistake about activitypub_status stops nginx, with the file and the line.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Config;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(7);
my $c = Test::Config->new($t);

my $actor = 'activitypub_actor news { }';

$c->accepted('a location',
    server => "$actor location = /s { activitypub_status json; }");
$c->accepted('for Prometheus',
    server => "$actor location = /s { activitypub_status prometheus; }");
$c->refused('another format',
    qr/"activitypub_status" directive takes "json" or "prometheus"/,
    server => "$actor location = /s { activitypub_status html; # here\n }");
$c->refused('no format',
    qr/invalid number of arguments in "activitypub_status" directive/,
    server => "$actor location = /s { activitypub_status; # here\n }");
$c->refused('twice', qr/"activitypub_status" directive is duplicate/,
    server => "$actor location = /s { activitypub_status json;\n"
        . "activitypub_status json; # here\n }");
$c->refused('outside of a location',
    qr/"activitypub_status" directive is not allowed here/,
    server => "$actor activitypub_status json; # here\n");
$c->refused('no actor', qr/"activitypub_status" requires "activitypub_actor"/,
    server => "location = /s { activitypub_status json; # here\n }");

###############################################################################
