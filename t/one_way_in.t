#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# There is one way for an activity into the database: verified by the one
# verifier, let in by the one authoriser.  Looked up in what was compiled, and
# what cannot be seen there in the sources.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use File::Basename qw/dirname/;
use File::Find qw/find/;

###############################################################################

my $tree = '../ngx_http_activitypub_module';
my $objects = ($ENV{TEST_NGINX_MODULE} ? dirname($ENV{TEST_NGINX_MODULE})
    : '../build/module') . '/addon';

plan(skip_all => 'no objects') unless -d $objects && `nm -V 2> /dev/null`;
plan(tests => 16);

my %users;

for my $object (files($objects, qr/\.o$/)) {
    my ($name) = $object =~ m!([^/]+/[^/]+)\.o$!;

    for my $symbol (split /\n/, `nm -u $objects/$object`) {
        push @{ $users{$1} }, $name if $symbol =~ /U (\w+)$/;
    }
}

###############################################################################

# symbol by symbol: who uses what another file has

users('fedi_key_verify', 'core/fedi_signature_check');
users('fedi_signature_verify', 'http/ngx_http_ap_verify');
users('fedi_signature_read', 'http/ngx_http_ap_verify');
users('fedi_signature_bases', 'http/ngx_http_ap_verify');
users('ngx_ap_keys_get', 'http/ngx_http_ap_verify');

users('fedi_activity_admit', 'http/ngx_http_ap_receive');
users('ngx_ap_inbox_receive', 'http/ngx_http_ap_receive');
users('ngx_ap_store_activity', 'fed/ngx_ap_inbox');
users('ngx_ap_store_receive', 'fed/ngx_ap_inbox_batch');

# what each of them has to be made of is nobody else's to make

names(qr/struct\s+fedi_authorised_s\s*\{/, 'core/fedi_authorise.c');
names(qr/alloc\([^;]*fedi_authorised_t\b/, 'core/fedi_authorise.c');
names(qr/struct\s+ngx_ap_store_activity_s\s*\{/,
    'store/ngx_ap_store_receive.c');
names(qr/alloc\([^;]*sizeof\(ngx_ap_store_activity_t\b/,
    'store/ngx_ap_store_receive.c');
names(qr/\bNGX_AP_STATEMENT_RECEIVE\b/, 'store/ngx_ap_statements.h',
    'store/ngx_ap_store_receive.c');
names(qr/"SELECT activitypub\.receive\(/, 'store/ngx_ap_statements.c');

# and nobody but the verifier says that somebody is verified

names(qr/verify->verified\s*=[^=]/, 'http/ngx_http_ap_verify.c');

###############################################################################

sub users {
    my ($symbol, @expected) = @_;

    is_deeply([sort @{ $users{$symbol} || [] }], \@expected,
        "who calls $symbol()");
}


sub names {
    my ($pattern, @expected) = @_;

    is_deeply([sort grep { slurp("$tree/$_") =~ $pattern }
        files($tree, qr/\.[ch]$/)], \@expected, "who has $pattern");
}


sub files {
    my ($top, $pattern) = @_;
    my @found;

    find(sub {
        push @found, $File::Find::name =~ s!^\Q$top\E/!!r if /$pattern/;
    }, $top);

    return @found;
}


sub slurp {
    my ($file) = @_;

    open my $f, '<', $file or die "$file: $!\n";
    local $/;

    return <$f>;
}

###############################################################################
