#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What core takes for a URL, WHATWG's URL takes for the same: scheme, host,
# port, path, query, fragment.  Two parsers that disagree about the host are
# how a guard is passed.  What core refuses and WHATWG takes is refused for a
# reason of the list below, and not for another.

###############################################################################

use warnings;
use strict;

use Test::More;

use File::Temp qw/tempdir/;
use Socket qw/AF_INET6 inet_pton/;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Peer;
use Test::Urls;

# TEST_URLS="NUMBER SEED" asks for others

my ($number, $seed) = split ' ', $ENV{TEST_URLS} // '100000 1';

my $node = Test::Peer::node();
my $core = "$FindBin::Bin/../ngx_http_activitypub_module/core";
my $dir = tempdir('/tmp/apt-urls-XXXXXX', CLEANUP => 1);

plan(skip_all => 'no node: t/peers/install') unless $node;

system('cc', '-std=gnu11', '-O1', '-g', '-fsanitize=address,undefined',
    '-fno-sanitize-recover=all', "-I$core", '-o', "$dir/urls",
    'fuzz/urls/urls.c', (map { "$core/fedi_$_.c" } qw/address arena err host
    id url utf8/), '-lidn2') == 0
    or plan(skip_all => 'no C compiler');

plan(tests => 11);

###############################################################################

my @urls = Test::Urls->new($seed)->some($number);

write_file("$dir/asked", map { unpack('H*', $_) . "\n" } @urls);

my @theirs = run($node, 'fuzz/urls/urls.mjs');
my @ours = run("$dir/urls");

is(scalar @theirs, @urls, 'WHATWG has an answer to each');
is(scalar @ours, 2 * @urls, 'core has two');

my %found;

for my $i (0 .. $#urls) {
    compare('url', $urls[$i], $ours[2 * $i], $theirs[$i]);
    compare('id', $urls[$i], $ours[2 * $i + 1], $theirs[$i]);
}

for my $kind (qw/url id/) {
    my $f = $found{$kind};

    is($f->{more} // '', '', "$kind: what is taken, WHATWG takes");
    is($f->{other} // '', '', "$kind: and takes for the same");
    is($f->{strict} // '', '', "$kind: what is refused has a reason");
    is($f->{lax} // '', '', "$kind: what is taken has none");

    note(sprintf '%-4s%7d taken by both', $kind, $f->{taken});
    note(sprintf '    %7d %s', $f->{why}{$_}, $_) for sort keys %{ $f->{why} };

    # that much would be taken if next to nothing were refused or made up

    diag("$kind: only $f->{taken}") if $f->{taken} < $number / 10;
}

cmp_ok($found{id}{taken}, '>', $found{url}{taken}, 'ids may have U-labels');

###############################################################################

sub compare {
    my ($kind, $url, $ours, $theirs) = @_;
    my $f = $found{$kind} //= {};
    my ($ok, @parts) = split /\t/, $ours, -1;
    my ($taken, @others) = split /\t/, $theirs, -1;
    my $reason = reason($kind, $url);

    if ($ok eq 'ok') {
        $f->{taken}++;

        keep($f, 'more', $url, $ours, $theirs), return if $taken ne 'ok';
        keep($f, 'other', $url, $ours, $theirs) unless same(\@parts, \@others);
        keep($f, 'lax', $url, $ours, $reason)
            if defined $reason && $reason !~ /IDNA/;
        return;
    }

    return if $taken ne 'ok';

    return $f->{why}{$reason}++ if defined $reason;
    keep($f, 'strict', $url, $ours, $theirs);
}


sub keep {
    my ($f, $what, @said) = @_;

    return if $f->{n}{$what}++ >= 20;

    $f->{$what} .= join '', map { s/([^!-~\t ])/sprintf '\x%02x', ord $1/ger
        . "\n" } @said;
}


# Core leaves a path and a query as they were written, byte for byte: an id
# is compared so.  WHATWG takes dots for a way through folders, and writes an
# apostrophe in a query as an escape.  (Node's walks no way that has a "/.@"
# in front: so its path is walked once more.)

sub same {
    my ($ours, $theirs) = @_;
    my ($scheme, $host, $port, $path, $query, $fragment) = @$ours;

    $query =~ s/'/%27/g;

    return $scheme eq $theirs->[0] && address($host) eq address($theirs->[1])
        && $port eq $theirs->[2] && walked($path) eq walked($theirs->[3])
        && $query eq $theirs->[4] && $fragment eq $theirs->[5];
}


# "[::ffff:1.2.3.4]" is "[::ffff:102:304]" to WHATWG

sub address {
    my ($host) = @_;

    return $host unless $host =~ /^\[(.*)\]$/;
    return unpack 'H*', inet_pton(AF_INET6, $1) // die "what is $host?\n";
}


sub walked {
    my ($path) = @_;
    my ($first, @parts) = split m{/}, $path, -1;
    my @way;

    for my $i (0 .. $#parts) {
        my $dots = $parts[$i] =~ s/%2e/./gir;

        pop @way if $dots eq '..';
        push @way, $parts[$i] if $dots ne '.' && $dots ne '..';
        push @way, '' if $i == $#parts && $dots =~ /^\.\.?$/;
    }

    return '/' . join '/', @way;
}


# Why a URL that WHATWG takes is none for us, told from the URL alone: one
# without a reason has to be taken.  Most are deceptions, or repaired by
# WHATWG, which everybody does in his own way.

sub reason {
    my ($kind, $url) = @_;

    return 'more than 2048 bytes' if length $url > 2048;
    return 'white space or control' if $url =~ /[\x00-\x20\x7f]/;
    return 'another scheme' if $url !~ /^https?:/i;
    return 'slashes: not two' if $url !~ m{^\w+://[^/\\]};
    return 'a backslash' if $url =~ /\\/;

    my ($authority, $rest) = $url =~ m{^\w+://([^/?#]*)(.*)}s;

    return 'a user' if $authority =~ /@/;

    return 'a byte that has to be escaped'
        if $rest !~ m{^[\w\-.~!\$&'()*+,;=:\@/?%#]*$}a || $rest =~ /#.*#/;
    return 'half an escape' if $rest =~ /%(?![0-9a-f]{2})/i;

    my ($host, $port) = $authority =~ /^(.*?)(?::([^:\]]*))?$/s;

    return 'a port that is empty or 0, or begins so'
        if defined $port && $port =~ /^(0|$)/;

    return reason_host($kind, $host);
}


sub reason_host {
    my ($kind, $host) = @_;

    if ($host =~ /[\x80-\xff]/) {
        return 'a U-label where the wire has A-labels' if $kind eq 'url';
        return 'no text' if !utf8::decode(my $text = $host);
    }

    return if $host =~ /^\[[0-9a-f:.]+\]$/i;

    # libidn2 knows IDNA2008, WHATWG more: symbols, emoji, hyphens anywhere

    return 'no name by IDNA2008' if $host =~ /[\x80-\xff]|(?:^|\.)xn--/i;

    return 'a dot behind, or before' if $host =~ /^\.|\.$/;
    return 'no host name: escapes, and other than LDH'
        if $host !~ /^[a-z0-9.\-]*$/i || $host =~ /(?:^|\.)-|-(?:\.|$)|\.\./;
    return 'a name or label that is too long'
        if length $host > 253 || $host =~ /[^.]{64}/;

    return;
}


sub run {
    my (@command) = @_;

    system("'" . join("' '", @command) . "' < $dir/asked > $dir/answered") == 0
        or die "$command[0] failed\n";

    open my $in, '<', "$dir/answered" or die "$dir/answered: $!\n";
    chomp(my @lines = <$in>);

    return @lines;
}


sub write_file {
    my ($file, @lines) = @_;

    open my $out, '>', $file or die "$file: $!\n";
    print $out @lines;
    close $out or die "$file: $!\n";
}
