package Bench;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# An nginx under a tool that counts, in one process, so that the figure is of
# the worker alone.  What a request costs is the slope between N and 2N
# requests: what nginx does at start and at exit falls out.

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Nginx;
use parent -norequire, 'Test::Nginx';


# new(tool => [...]): what stands before nginx on the command line

sub _command {
    my ($self, @more) = @_;

    return $self->SUPER::_command(@more) unless $self->{tool};

    my @command = $self->SUPER::_command;
    my $g = $command[-2] eq '-g' ? pop @command : '';

    pop @command if $g;

    return (@{ $self->{tool} }, @command, '-g', "$g master_process off;",
        @more);
}


# without a master the process is its own worker

sub workers {
    my ($self) = @_;

    return $self->SUPER::workers unless $self->{tool};
    return $self->{pid} || ();
}


# the same request again and again, over one connection

sub requests {
    my ($port, $n, $request) = @_;

    my $c = http_connect(port => $port) or die "no nginx at $port\n";

    for (1 .. $n) {
        my $r = $c->request('GET', $request->{uri}, keepalive => 1,
            headers => $request->{headers});

        die "$request->{uri}: ", $r // 'no response', "\n"
            unless $r && $r->status == 200;
    }
}


sub instructions {
    my ($run, $n, $request) = @_;

    return _slope($run, $n, $request, sub {
        my ($file) = @_;

        return ['valgrind', '-q', '--tool=callgrind',
            "--callgrind-out-file=$file"];

    }, sub {
        my ($total) = $_[0] =~ /^(?:summary|totals): (\d+)/m
            or die "no figure from callgrind\n";

        return $total;
    });
}


sub syscalls {
    my ($run, $n, $request) = @_;

    return _slope($run, $n, $request, sub {
        my ($file) = @_;

        return ['strace', '-f', '-qq', '-o', $file];

    }, sub {
        my $calls = () = $_[0] =~ /^\d+ +\w+\(/mg;

        return $calls;
    });
}


sub _slope {
    my ($run, $n, $request, $tool, $read) = @_;

    my @counts;

    for my $times (1, 2) {
        my $file = "/tmp/apt-bench-$$";
        my $t = $run->($tool->($file));

        requests($t->{http}, $times * $n, $request);
        $t->stop;

        push @counts, $read->(_read($file));
        unlink $file;
    }

    return { one => $counts[0], two => $counts[1],
        slope => ($counts[1] - $counts[0]) / $n };
}


sub _read {
    my ($file) = @_;

    open my $f, '<', $file or return '';
    local $/;

    return scalar <$f>;
}


# resident memory of a process, in KiB

sub rss {
    my ($pid) = @_;

    return _read("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m ? $1 : 0;
}


sub figure {
    my ($name, $value, $target) = @_;

    $value = sprintf '%.2f', $value;

    printf "%s %s %s %s\n", $name, $value, $target,
        $value <= $target ? 'ok' : 'short';
}


1;
