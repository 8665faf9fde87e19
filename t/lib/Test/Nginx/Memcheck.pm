package Test::Nginx::Memcheck;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# nginx, master and workers, under valgrind's memcheck: VALGRIND=1 t/run FILE.
# A report of it fails the file, as one of the sanitizers does.

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT_OK = qw/command preload reports workers/;

use Cwd qw/abs_path/;
use File::Basename qw/dirname/;

my $LIB = abs_path(dirname(__FILE__) . '/../..');

# for a site with some actors; more are made as ever

my $KEYS = 4;

# of nginx's timers; what a test waits for must have more patience

my $SLOW = 4;

# keep-debuginfo: nginx unloads its modules before leaks are looked for.
# fair-sched: else the event loop may wait for a busy thread of the pool.
# What is not found at the end is "definite"; nginx, libpq and OpenSSL keep
# much until then, and a worker that exits at once forgets what it has.

my @OPTIONS = ('--quiet', '--leak-check=full', '--show-leak-kinds=definite',
    '--errors-for-leak-kinds=definite', '--keep-debuginfo=yes',
    '--fair-sched=yes', '--num-callers=30', '--error-limit=no',
    "--suppressions=$LIB/memcheck.supp");


# what stands before nginx's own command line; "dir" is the test's

sub command {
    my ($dir) = @_;

    return ('valgrind', @OPTIONS, "--log-file=$dir/memcheck.%p");
}


# the file that goes in before nginx: see memcheck.c

sub preload {
    my ($dir) = @_;

    my $file = "$dir/memcheck.so";

    return $file if -e $file;

    system(qw/cc -shared -fPIC -g -O1 -o/, $file, "-DDIR=\"$dir\"",
        "-DKEYS=$KEYS", "-DSLOW=$SLOW", "$LIB/memcheck.c") == 0
        or die "memcheck.c does not compile\n";

    for my $n (0 .. $KEYS - 1) {
        system(qw/openssl genrsa -out/, "$dir/key$n.pem", 2048) == 0
            or die "openssl makes no key\n";
    }

    return $file;
}


# what each process of a test was told, but for those who were told nothing

sub reports {
    my ($dir) = @_;

    return grep { length } map { _read($_) } sort glob "$dir/memcheck.[0-9]*";
}


# Which of these processes are workers that take requests.  memcheck keeps
# the title to itself, so it is asked of the error log.

sub workers {
    my ($log, @pids) = @_;

    my %takes;

    while ($log =~ /(?: (\d+)\#\d+:\ (?:gracefully\ shutting\ down|exiting)
        | start\ worker\ process\ (\d+))$/gmx)
    {
        if (defined $1) { delete $takes{$1} } else { $takes{$2} = 1 }
    }

    return grep { $takes{$_} } @pids;
}


sub _read {
    my ($name) = @_;

    open my $f, '<', $name or return '';
    local $/;

    return scalar(<$f>) // '';
}


1;
