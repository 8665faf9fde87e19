package Test::Apctl;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Runs apctl as a person does, in an environment that says nothing: no
# configuration file, no PG* variables, the SQL files of this tree.

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT = qw/apctl apctl_start apctl_finish apctl_bin succeeds fails
    fails_at_last top/;

use Cwd qw/abs_path/;
use File::Basename qw/dirname/;
use File::Temp;
use JSON::PP;
use POSIX ();
use Test::More;

my $TOP = abs_path(dirname(__FILE__) . '/../../..');

my $JSON = JSON::PP->new->utf8->allow_nonref;


sub top { $TOP }


sub apctl_bin {
    return $ENV{TEST_NGINX_APCTL}
        || "$TOP/build/apctl" . ($ENV{SANITIZE} ? '-sanitize' : '');
}


# (exit code, stdout, stderr).  A hash reference in front: "in" is stdin,
# "env" adds variables, "run" is a command that runs apctl.

sub apctl { apctl_finish(apctl_start(@_)) }


sub apctl_start {
    my %o = ref $_[0] ? %{ shift() } : ();
    my @command = (@{ $o{run} || [] }, apctl_bin(), @_);
    my ($in, $out, $err) = map { File::Temp->new } 1 .. 3;

    print $in defined $o{in} ? $o{in} : '';
    $in->flush;
    seek $in, 0, 0;

    my $pid = fork();
    die "fork: $!" unless defined $pid;

    if ($pid == 0) {
        delete @ENV{grep { /^PG|^APCTL_/ } keys %ENV};
        %ENV = (%ENV, APCTL_CONF => '/nonexistent',
            APCTL_SQL_DIR => "$TOP/sql", %{ $o{env} || {} });

        open STDIN, '<&', $in;
        open STDOUT, '>&', $out;
        open STDERR, '>&', $err;
        { no warnings; exec @command };
        POSIX::_exit(127);
    }

    return { pid => $pid, out => $out, err => $err };
}


sub apctl_finish {
    my ($run) = @_;

    waitpid $run->{pid}, 0;

    my $code = $? & 127 ? -($? & 127) : $? >> 8;

    return ($code, map { local (@ARGV, $/) = $_->filename; scalar(<>) // '' }
        @$run{qw/out err/});
}


# Exit code 0 and nothing on stderr; the output, decoded with --json.

sub succeeds {
    my ($name, @args) = @_;
    my ($code, $out, $err) = apctl(@args);

    ok($code == 0 && $err eq '', $name)
        or diag("exit code $code\n$out$err");

    return grep({ $_ eq '--json' } @args) ? eval { $JSON->decode($out) }
        : $out;
}


# This exit code, and one sentence on stderr that fits; no word of libpq's.

sub fails {
    my ($name, $expected, $sentence, @args) = @_;

    return fails_at_last($name, $expected, $sentence, apctl_start(@args));
}


# the same of one that was started before

sub fails_at_last {
    my ($name, $expected, $sentence, $run) = @_;
    my ($code, $out, $err) = apctl_finish($run);

    ok($code == $expected && $out eq '' && $err =~ /\Aapctl: [^\n]+\n\z/
        && $err =~ $sentence
        && $err !~ /LINE \d|CONTEXT|FATAL|ERROR|HINT|DETAIL|\.c:\d/, $name)
        or diag("exit code $code, expected $expected\n$out$err");

    return $err;
}


1;
