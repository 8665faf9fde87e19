#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The sets in the zone, step by step: what comes just between two steps, and
# what fails each time.  No nginx: it would take luck, or minutes.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;

###############################################################################

my $t = Test::Nginx->new(plain => 1)->plan(4);

my $module = '../ngx_http_activitypub_module';
my $nginx = '/usr/share/nginx/src/src';
my $program = $t->testdir . '/steps';
my $configured = '../build/module' . ($ENV{SANITIZE} ? '-sanitize' : '');
my $pg = `pg_config --includedir`;

chomp($pg);

system('cc', '-std=gnu11', '-g', '-O1', '-Wall', '-Wextra', '-Werror',
    '-Wno-unused-parameter', '-ffunction-sections', '-Wl,--gc-sections',
    $ENV{SANITIZE} ? '-fsanitize=address,undefined'
        : (), '-o', $program,
    map({ "-I$_" } map({ "$module/$_" } qw/core fed net pg shm store/),
        $configured, $pg,
        map { "$nginx/$_" } qw(core event event/modules os/unix)),
    'lib/steps.c', "$module/core/fedi_policy.c") == 0
    or die "lib/steps.c cannot be compiled\n";

###############################################################################

is(steps('policy'), 'ok', 'the first rule comes between two looks');
is(steps('doubt'), 'ok', 'whom the database is not told of: longer pauses');
is(steps('doubt_between'), 'ok', 'while the fill goes on: none without one');
is(steps('leave'), 'ok', 'by a worker that exits: left to its heir');

###############################################################################

sub steps {
    my $said = `$program @_`;

    chomp($said);

    return $said;
}

###############################################################################
