package Test::Nginx::Process;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What /proc knows about the processes of a test.

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT_OK = qw/children title wait_pid rss connected/;

use POSIX ();
use Time::HiRes qw/sleep time/;

# Every wait is so many times as long: a sanitized worker needs seconds of CPU
# to start and, with its search for leaks, to end; one under memcheck, 20 to 50
# times what it needs without.

our $PATIENCE = $ENV{VALGRIND} ? 10 : $ENV{SANITIZE} ? 4 : 1;


# the processes whose parent is "pid"

sub children {
    my ($pid) = @_;

    my @found;

    for my $stat (glob '/proc/[0-9]*/stat') {
        my ($child, $parent) = _read($stat) =~ /^(\d+) \(.*\) \S (\d+)/s
            or next;

        push @found, $child if $parent == $pid;
    }

    return sort { $a <=> $b } @found;
}


# as ps shows it: "nginx: worker process"

sub title {
    my ($pid) = @_;

    my $title = _read("/proc/$pid/cmdline");

    $title =~ s/\0.*//s;
    $title =~ s/\s+$//;

    return $title;
}


# resident memory in KiB

sub rss {
    my ($pid) = @_;

    return (_read("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m)[0] // 0;
}


# how many established TCP connections it has to that port of others

sub connected {
    my ($pid, $port) = @_;

    my %mine = map { $_ => 1 }
        map { (readlink($_) // '') =~ /^socket:\[(\d+)\]/ }
        glob "/proc/$pid/fd/*";
    my $remote = sprintf ':%04X', $port;

    # sl, local, remote, state, queues, timer, retransmits, uid, timeout, inode

    return scalar grep {
        my @fields = split ' ';

        @fields > 9 && $fields[2] =~ /$remote$/ && $fields[3] eq '01'
            && $mine{$fields[9]};
    } map { split /\n/, _read($_) } "/proc/$pid/net/tcp", "/proc/$pid/net/tcp6";
}


# our own child has ended within so many seconds

sub wait_pid {
    my ($pid, $seconds) = @_;

    my $until = time() + $seconds * $PATIENCE;

    while (1) {
        my $over = time() > $until;

        return 1 if waitpid($pid, POSIX::WNOHANG()) != 0;
        return 0 if $over;
        sleep 0.02;
    }
}


sub _read {
    my ($name) = @_;

    open my $f, '<', $name or return '';
    local $/;

    return scalar(<$f>) // '';
}


1;
