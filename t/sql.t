#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The database's own tests (pgTAP), t/sql/*.sql: each file runs by itself in
# a migrated database and rolls back; each of its assertions counts here.

###############################################################################

use warnings;
use strict;

use Test::More;

use TAP::Parser;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;

###############################################################################

my @files = @ARGV ? @ARGV : sort glob 'sql/*.sql';

plan(skip_all => 'no files in t/sql') unless @files;

my $t = Test::Nginx->new(plain => 1)->database();

$t->sql('CREATE EXTENSION IF NOT EXISTS pgtap');

for my $file (@files) {
    open my $f, '<', $file or die "$file: $!";

    my ($code, $out, $err) = $t->psql(do { local $/; <$f> });
    my $parser = TAP::Parser->new({ tap => $out });
    my $failed = 0;

    # pgTAP explains a failure in the comments after it

    while (my $line = $parser->next) {
        if ($line->is_test) {
            $failed = !ok($line->is_ok, "$file " . $line->description);

        } elsif ($line->is_comment && $failed) {
            diag($line->as_string);
        }
    }

    is($code, 0, "$file runs to its end") or diag($err);
    ok($parser->is_good_plan, "$file keeps its plan");
}

done_testing();

###############################################################################
