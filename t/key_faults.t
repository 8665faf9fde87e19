#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The servers that keys are fetched from redirect, fail, stall, and are many:
# what may pass is 503 and comes again, what will not is 401, and nobody makes
# us ask more than a few at a time.

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

use Time::HiRes qw/time/;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

my @hosts = map { "h$_.example" } 1 .. 5;
my $web = Test::Documents->start($rig, '8.8.4.4', 'a.example', 'b.example',
    'bad.example', @hosts);

# names that lead to where nobody may be led

$rig->{dns}->names({ %{ $rig->{names} },
    'private.example' => ['10.1.2.3'], 'metadata.example' =>
    ['169.254.169.254'], 'loop.example' => ['127.0.0.1'],
    'closed.example' => ['8.8.4.4'] });
