#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What http-message-signatures signs we verify, and what we sign it verifies:
# 1,000 requests each way by draft-cavage and by RFC 9421, and as many by
# RFC 9421 with Ed25519.  Of each request something that is signed is changed,
# and it is refused then.

###############################################################################

use warnings;
use strict;

use Test::More;

use File::Temp qw/tempdir/;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Peer;

# TEST_SIGNATURES="NUMBER SEED" asks for others

my ($number, $seed) = split ' ', $ENV{TEST_SIGNATURES} // '1000 1';

my $node = Test::Peer::node();
my $packages = "$FindBin::Bin/../build/node";
my $core = "$FindBin::Bin/../ngx_http_activitypub_module/core";
my $dir = tempdir('/tmp/apt-signatures-XXXXXX', CLEANUP => 1);

plan(skip_all => 'no http-message-signatures: t/peers/install')
    unless $node && -d "$packages/node_modules/http-message-signatures";

system('cc', '-std=gnu11', '-O1', '-g', '-fsanitize=address,undefined',
    '-fno-sanitize-recover=all', "-I$core", '-o', "$dir/signatures",
    'fuzz/signatures/signatures.c', glob("$core/fedi_*.c"), '-ljansson',
    '-lidn2', '-lcrypto') == 0
    or plan(skip_all => 'no C compiler');

plan(tests => 9);

###############################################################################

is(system($node, 'fuzz/signatures/oracle.mjs', $packages, $dir, 'make',
    $number, $seed), 0, 'it signs');

my $key = slurp("$dir/multibase");

is(system("'$dir/signatures' verify '$dir/public.pem' '$key' "
    . "< '$dir/signed' > '$dir/verdicts'"), 0, 'we verify');

my @asked = lines("$dir/signed");
my @verdicts = lines("$dir/verdicts");

is(@verdicts, 6 * $number, 'all of them');
is_deeply([odd(\@asked, \@verdicts, 0, sub { $_[0] eq 'valid' })], [],
    'what it signed is valid');
is_deeply([odd(\@asked, \@verdicts, 1, sub { $_[0] ne 'valid' })], [],
    'and is not when it was changed');

is(system("'$dir/signatures' sign '$dir/private.pem' "
    . "< '$dir/unsigned' > '$dir/ours'"), 0, 'we sign');

my @unsigned = lines("$dir/unsigned");
my @theirs = split /\n/, qx{'$node' fuzz/signatures/oracle.mjs '$packages' \\
    '$dir' check 2>&1};

is(@theirs, 4 * $number, 'it verifies');
is_deeply([odd(\@unsigned, \@theirs, 0, sub { $_[0] eq "valid" }, 2)], [],
    'what we signed is valid');
is_deeply([odd(\@unsigned, \@theirs, 1, sub { $_[0] ne 'valid' }, 2)], [],
    'and is not when it was changed');

###############################################################################

# of every second verdict, those that are not as they should be, a few of them

sub odd {
    my ($asked, $verdicts, $from, $fine, $each) = @_;

    my @bad;

    for (my $i = $from; $i < @$verdicts; $i += 2) {
        push @bad, "$verdicts->[$i]: $asked->[$i / ($each // 1)]"
            unless $fine->($verdicts->[$i]);
    }

    return @bad > 5 ? @bad[0 .. 4] : @bad;
}


sub slurp {
    my ($name) = @_;

    open my $in, '<', $name or die "$name: $!\n";
    local $/;

    return scalar <$in>;
}


sub lines {
    return split /\n/, slurp($_[0]);
}

###############################################################################
