#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The table in the zone holds what was put into it, grows by a page at a time,
# and moves no more than that at once, because all workers wait meanwhile.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;

###############################################################################

my $t = Test::Nginx->new(plain => 1)->plan(13);

my $module = '../ngx_http_activitypub_module';
my $nginx = '/usr/share/nginx/src/src';
my $program = $t->testdir . '/table';
my $configured = '../build/module' . ($ENV{SANITIZE} ? '-sanitize' : '');

system('cc', '-std=gnu11', '-g', '-O1', '-Wall', '-Wextra', '-Werror',
    '-Wno-unused-parameter', $ENV{SANITIZE} ? '-fsanitize=address,undefined'
        : (), '-o', $program,
    map({ "-I$_" } "$module/shm", "$module/core", $configured,
        "$nginx/core", "$nginx/event", "$nginx/os/unix"),
    'lib/table.c') == 0 or die "lib/table.c cannot be compiled\n";

###############################################################################

for my $n (1, 127, 2000) {
    like(table($n, 64), qr/^ok /, "$n entries");
}

# a directory that can tell no more halves apart: segments get fuller

my $tight = table(200, 1);

like($tight, qr/^ok .* pieces 3$/, 'a directory of two');

like(table(260, 1), qr/^not ok no new place/, 'and no more than it holds');

# a worker that is killed leaves nothing that leads elsewhere

like(table(2000, 64, 1), qr/^ok killed$/, 'killed over one half');
like(table(2000, 64, 2), qr/^ok killed$/, 'killed over the other');

# bytes an entry, as docs/DIRECTIVES.md has them

for my $n (10_000, 50_000, 200_000, 1_000_000) {
    my $line = table($n, 65536);
    my ($bytes, $largest, $moved) = $line
        =~ /^ok bytes (\d+) largest (\d+) moved (\d+)/ or die $line;

    my $each = ($bytes - 65536 * 8) / $n;

    diag(sprintf '%d entries: %.1f bytes each', $n, $each);
    cmp_ok($each, '<', 72, "$n entries: their size");

    next unless $n == 1_000_000;

    is($largest, 4096, 'a page at a time');
    cmp_ok($moved, '<', 127, 'and its entries');
}

###############################################################################

sub table {
    return scalar `$program @_`;
}

###############################################################################
