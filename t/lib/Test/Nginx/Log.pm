package Test::Nginx::Log;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What must not be in an error.log, sanitizers' reports among it: their
# output goes where nginx has put its stderr.

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT_OK = qw/alerts sanitizer/;

my $BAD = qr/\[(?:alert|emerg)\]
    |ERROR:\ (?:Address|Undefined)\w*Sanitizer
    |:\d+:\d+:\ runtime\ error:/x;


# what of a log fails a test, but for what matches: single lines, and of a
# sanitizer's report its beginning, with the stacks

sub alerts {
    my ($text, @expected) = @_;

    my @lines = split /\n/, $text;
    my @bad = leaks($text);

    for my $i (grep { $lines[$_] =~ $BAD } 0 .. $#lines) {
        my $last = $lines[$i] =~ /ERROR:/ ? $i + 30
            : $lines[$i] =~ /runtime error/ ? $i + 4 : $i;

        $last = $#lines if $last > $#lines;
        push @bad, join "\n    ", @lines[$i .. $last];
    }

    return grep {
        my $line = $_;

        !grep { $line =~ $_ } @expected;
    } @bad;
}


# The records of LeakSanitizer that pass through the module.  nginx itself
# leaves the arrays of its connections to the end of a worker, under static
# functions that have no name in Debian's stripped binary, so a suppression
# cannot tell what is nginx's own: the way through our code does.
#
# A worker that is told to exit at once (TERM) forgets its connections, with
# the requests in them, too: what these have in their pools is not ours to
# free.  A pool of our own has the record of its ngx_create_pool(), and a
# request that nobody ends is an open socket to a worker that finishes.

my $POOLED = qr/\AIndirect\ [^\n]*\n
    \s*\#0\ [^\n]*\n
    \s*\#1\ \S+\ in\ ngx_(?:memalign|alloc)\ [^\n]*\n
    \s*\#2\ \S+\s+(?:in\ ngx_p[cn]?alloc\ )?\([^\n]*nginx\+/x;

sub leaks {
    my ($text) = @_;

    my ($told, @leaks);

    while ($text =~ /^==(\d+)==ERROR:\ LeakSanitizer
        |^((?:Direct|Indirect)\ leak\ of.*?)\n\n/gmsx)
    {
        my ($pid, $leak) = ($1, $2);

        if ($pid) {
            $told = $text =~ /\ $pid\#\d+:\ exiting$/m
                && $text !~ /\ $pid\#\d+:\ gracefully\ shutting\ down$/m;

        } elsif ($leak =~ m!/ngx_http_activitypub_module[/.]!
            && !($told && $leak =~ $POOLED))
        {
            push @leaks, $leak =~ s/\n/\n    /gr;
        }
    }

    return @leaks;
}


# A sanitized module in an nginx that is not: the runtime goes in first.
# (environment variables) of a process with "detect" leaks or without

sub sanitizer {
    my ($detect) = @_;

    my ($libasan) = `gcc -print-file-name=libasan.so` =~ /(\S+)/;

    return (
        LD_PRELOAD => $libasan,
        ASAN_OPTIONS => "detect_leaks=$detect:fast_unwind_on_malloc=0"
            . ':detect_odr_violation=0',
        LSAN_OPTIONS => 'exitcode=0',
        UBSAN_OPTIONS => 'print_stacktrace=1',
    );
}


1;
