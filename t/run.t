#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# make run and make stop, in a copy of what they need, so that a demo that
# somebody has running is left alone.

###############################################################################

use warnings;
use strict;

use Test::More;

use Cwd qw/abs_path/;
use File::Temp qw/tempdir/;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;

###############################################################################

my $top = abs_path('..');
my $module = 'build/module' . ($ENV{SANITIZE} ? '-sanitize' : '');

plan(skip_all => 'the demo is not run with sanitizers') if $ENV{SANITIZE};
plan(skip_all => 'nothing is built') unless -d "$top/$module";
plan(tests => 28);

my $copy = tempdir(CLEANUP => 1);
my $port = port(8080);

system("cp -r $top/scripts $top/conf $top/sql $copy && mkdir $copy/build"
    . " && cp -r $top/$module $top/build/apctl $copy/build") == 0 or die;

my $follower = "perl $copy/conf/demo/follower.pl --once http://localhost:$port";

my $dir = `bash -c '. $copy/scripts/lib.sh && echo \$run_dir'`;
chomp $dir;
$dir =~ m{^/var/tmp/activitypub-} or die "where does the demo run?\n";

###############################################################################

# the first run

my ($code, $out) = make('run');

is($code, 0, 'make run') or diag($out);
like($out, qr{Its handle: +\@news\@localhost:$port$}m, 'prints the handle');
like($out, qr/activitypub_allow_http/, 'says that it is for development');
is(() = $out =~ /^published /mg, 3, 'publishes the feed');

my ($try) = $out =~ /^Try:\n(.*)^More:/ms;
my @commands = grep { /\S/ } split /\n(?=  \w)/, $try;

is(@commands, 3, 'prints three commands');
like(run($commands[0]), qr/"subject":"acct:news\@localhost:$port"/,
    'the first finds the handle');
like(run($commands[1]), qr/"type":"Organization"/,
    'the second reads the profile');
like(run($commands[2]), qr{/activitypub/news/[0-9a-f-]{36}$},
    'the third publishes');
unlike(`curl -s http://localhost:$port/`, qr/activitystreams/,
    'a browser gets the site');
like(`curl -s http://localhost:$port/guestbook`, qr/<form/,
    'and its application');
unlike(`curl -s http://localhost:$port/about.html`, qr/\@(?:HOST|ORIGIN)\@/,
    'with the name it is served under');

# a follower on this machine

like($out, qr/^  make follow PORT=$port$/m, 'it tells of a follower');
like(`$follower news 2>&1`, qr/^Accept http.*^unfollowed$/ms,
    'who is accepted');
like(`$follower nobody 2>&1`, qr/nobody\@localhost:$port was answered 404$/,
    'one of nobody says so');

# the second

my $pid = slurp("$dir/demo/nginx.pid");
my $start = time;

($code, $out) = make('run');

is($code, 0, 'make run again');
cmp_ok(time - $start, '<', 15, 'takes less than 15 seconds');
is(slurp("$dir/demo/nginx.pid"), $pid, 'starts nothing anew');
unlike($out, qr/^published/m, 'publishes nothing twice');

# what cannot be done is one sentence

my $other = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1',
    LocalPort => 0);

sentence('a used port', qr/port \d+ is used by another program/,
    PORT => $other->sockport);
sentence('no port at all', qr/is not a port/, PORT => 'http');
sentence('an origin that is none', qr/is not like https:/,
    ORIGIN => 'http://localhost');

is(slurp("$dir/demo/nginx.pid"), $pid, 'and what runs stays');

# a public name

($code, $out) = make('run', ORIGIN => 'https://news.example.org');

like($out, qr{Its handle: +\@news\@news\.example\.org$}m, 'a public name');
unlike(slurp("$dir/demo/nginx.conf"), qr/activitypub_allow/,
    'without the directives for development');
unlike($out, qr/make follow/, 'and without a follower on this machine');

# the end

cmp_ok(processes(), '>=', 3, 'nginx, PostgreSQL and the application run');

make('stop');

is(processes(), 0, 'make stop leaves no process');
is(`find $dir -type s`, '', 'and no socket');

system("$copy/scripts/clean");

###############################################################################

sub make {
    my ($script, %env) = @_;

    local %ENV = (%ENV, PORT => $port, ORIGIN => '', %env);
    my $out = `$copy/scripts/$script 2>&1 </dev/null`;

    return ($? >> 8, $out);
}


sub run {
    my ($command) = @_;

    return `cd $copy && $command 2>/dev/null`;
}


sub sentence {
    my ($name, $sentence, %env) = @_;

    my ($code, $out) = make('run', %env);

    ok($code == 1 && $out =~ /\A[^\n]*$sentence[^\n]*\n\z/, $name)
        or diag("$code: $out");
}


# how many name the directory in their command lines

sub processes {
    my @named = grep { index(slurp($_), $dir) >= 0 }
        glob '/proc/[0-9]*/cmdline';

    return scalar @named;
}


sub slurp {
    my ($file) = @_;

    open my $f, '<', $file or return '';
    local $/;
    return scalar <$f>;
}


END {
    my $status = $?;

    system("$copy/scripts/stop; $copy/scripts/clean") if $dir;
    $? = $status;
}
