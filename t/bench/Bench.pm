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


# nginx itself is asked to finish, not the tool before it

sub stop {
    my ($self) = @_;

    my ($nginx) = $self->read_file('nginx.pid') =~ /(\d+)/;

    return $self->SUPER::stop unless $self->{tool} && $nginx;

    my $pid = delete $self->{pid} or return $self;

    # under a tool the signal may come just before nginx waits for events,
    # with no timer to end the wait

    for (1 .. 60) {
        kill 'QUIT', $nginx;
        return $self if Test::Nginx::Process::wait_pid($pid, 1);
    }

    die "nginx does not finish\n", $self->error_log;
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


# From an nginx that is ready on: what it did to become so is not counted.

sub instructions {
    my ($run, $n, $request) = @_;

    my $file = "/tmp/apt-bench-$$";

    return _slope($n, sub {
        my ($n) = @_;

        my $t = $run->(counter($file));

        requests($t->{http}, 10, $request);
        system("callgrind_control --zero $t->{pid} > /dev/null 2>&1") == 0
            or die "callgrind_control does not work\n";
        requests($t->{http}, $n, $request);
        $t->stop;

        my ($total) = _read($file) =~ /^(?:summary|totals): (\d+)/m
            or die "no figure from callgrind\n";
        unlink $file;

        return $total;
    });
}


# a tool for new(), and what nginx does under it while the code runs

sub counter {
    my ($file) = @_;

    return ['valgrind', '-q', '--tool=callgrind',
        "--callgrind-out-file=$file"];
}


sub counted {
    my ($self, $file, $code) = @_;

    unlink glob "$file.*";

    for my $do (['--zero'], $code, ['--dump']) {

        if (ref $do eq 'CODE') {
            $do->();
            next;
        }

        system("callgrind_control @$do $self->{pid} > /dev/null 2>&1") == 0
            or die "callgrind_control does not work\n";
    }

    my ($total) = map { _read($_) =~ /^(?:summary|totals): (\d+)/m }
        glob "$file.*";

    unlink glob "$file.*";

    return $total // die "no figure from callgrind\n";
}


# ... of "nginx -t", from its start to its end

sub check_instructions {
    my ($prepare) = @_;

    my $file = "/tmp/apt-bench-$$";
    my $t = __PACKAGE__->new(tool => counter($file));

    $prepare->($t);

    my ($code, $out) = $t->check;

    die "nginx -t: $out\n" if $code;

    my ($total) = _read($file) =~ /^(?:summary|totals): (\d+)/m
        or die "no figure from callgrind\n";
    unlink $file;

    return $total;
}


sub syscalls {
    my ($run, $n, $request) = @_;

    my $file = "/tmp/apt-bench-$$";

    return _slope($n, sub {
        my ($n) = @_;

        my $t = $run->(['strace', '-f', '-qq', '-o', $file]);

        requests($t->{http}, 10, $request);

        my $before = _calls($file);

        requests($t->{http}, $n, $request);

        my $calls = _calls($file) - $before;

        $t->stop;
        unlink $file;

        return $calls;
    });
}


sub _calls {
    my ($file) = @_;

    my $calls = () = _read($file) =~ /^\d+ +\w+\(/mg;

    return $calls;
}


sub _slope {
    my ($n, $count) = @_;

    my ($one, $two) = map { $count->($_ * $n) } 1, 2;

    return { one => $one, two => $two, slope => ($two - $one) / $n };
}


sub _read {
    my ($file) = @_;

    open my $f, '<', $file or return '';
    local $/;

    return scalar <$f>;
}


# resident memory of processes, in KiB

sub rss {
    my (@pids) = @_;

    my $sum = 0;

    for my $pid (@pids) {
        $sum += $1 if _read("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m;
    }

    return $sum;
}


# Microseconds that processes and their threads were on a CPU.  What ps shows
# comes in hundredths of a second, the scheduler's own account does not.

sub cpu {
    my (@pids) = @_;

    my $sum = 0;

    for my $file (map { glob "/proc/$_/task/*/schedstat" } @pids) {
        $sum += $1 / 1000 if _read($file) =~ /^(\d+)/;
    }

    die "no account of the CPU in /proc\n" unless $sum;

    return $sum;
}


# of many turns the middle one: what else the machine does falls into a few

sub median {
    my @sorted = sort { $a <=> $b } @_;

    return $sorted[$#sorted / 2];
}


# without a target: one that has no bar yet

sub figure {
    my ($name, $value, $target) = @_;

    if (!defined $target) {
        printf "%s %.3f - -\n", $name, $value;
        return;
    }

    printf "%s %.3f %s %s\n", $name, $value, $target,
        $value <= $target ? 'ok' : 'short';
}


# the latency of a page, in milliseconds

sub latency {
    my ($name, $took) = @_;

    my $most = 64;

    printf "# %s: %d requests; up to %s ms\n", $name, $took->{n},
        join ', ', map { $most *= 2; sprintf '%g: %d', $most / 1000, $_ }
            @{ $took->{buckets} };

    figure("$name-$_-ms", $took->{$_} / 1000) for qw/p50 p90 p99 max/;
}


# the application behind proxy_pass: another nginx

sub backend {
    my ($class) = @_;

    my $t = $class->new(plain => 1);

    $t->write_file('html/app/post', page());
    $t->write_file_expand('nginx.conf', <<'EOF')->run;
%%TEST_GLOBALS%%
events { }
http {
    %%TEST_GLOBALS_HTTP%%
    default_type        text/html;
    keepalive_requests  1000000000;
    access_log          off;

    server {
        listen 127.0.0.1:8090;
        location / { root html; }
    }
}
EOF

    return $t;
}


sub page { "<!doctype html>\n<title>A post</title>\n" . "<p>text</p>\n" x 300 }


1;
