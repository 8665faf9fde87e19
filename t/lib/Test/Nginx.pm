package Test::Nginx;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Runs a real nginx with the module for one test file.  The vocabulary is
# nginx-tests':
#
#     my $t = Test::Nginx->new()->has(qw/http_ssl/)->plan(3);
#     $t->write_file_expand('nginx.conf', <<'EOF')->run();
#     ...
#     like(http_get('/'), qr/ 200 OK/, 'page');
#
# What has to be stopped is stopped at the end, however the test ends.  An
# [alert], an [emerg] or a sanitizer's line in error.log fails the test.
#
# Environment: TEST_NGINX_BINARY, TEST_NGINX_MODULE, TEST_NGINX_APCTL,
# TEST_NGINX_GLOBALS, TEST_NGINX_GLOBALS_HTTP, TEST_NGINX_VERBOSE,
# TEST_NGINX_CATLOG, TEST_NGINX_DEBUG (log level), TEST_NGINX_LEAVE, SANITIZE,
# VALGRIND.

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT = qw/http http_get http_head http_post http_connect port/;

use Cwd qw/abs_path/;
use File::Basename qw/dirname/;
use File::Path qw/mkpath remove_tree/;
use File::Temp;
use POSIX ();
use Test::Builder;
use Time::HiRes qw/sleep time/;

use Test::Nginx::HTTP;
use Test::Nginx::Log;
use Test::Nginx::Memcheck;
use Test::Nginx::Ports qw/port/;
use Test::Nginx::Process qw/children title wait_pid/;
use Test::Postgres;

my $TOP = abs_path(dirname(__FILE__) . '/../../..');
my $NGINX = $ENV{TEST_NGINX_BINARY} || '/usr/sbin/nginx';
my $MODULE = $ENV{TEST_NGINX_MODULE} || "$TOP/build/module"
    . ($ENV{SANITIZE} ? '-sanitize' : '')
    . '/ngx_http_activitypub_module.so';

my $Test = Test::Builder->new;
my @live;

# ends the blocks below instead of the process
$SIG{HUP} = $SIG{INT} = $SIG{TERM} = sub { exit 1 };
$SIG{PIPE} = 'IGNORE';


# new(plain => 1): nginx without the module

sub new {
    my ($class, %o) = @_;

    my $dir = File::Temp::tempdir('apt-XXXXXX', TMPDIR => 1);
    my $self = bless { dir => $dir, owner => $$, expected => [],
        daemons => [], %o }, $class;

    mkdir "$dir/logs";
    push @live, $self;

    return $self;
}


# Skips the whole file when nginx lacks one of these: http_ssl, http_v2 ...

sub has {
    my ($self, @features) = @_;

    our $version //= `$NGINX -V 2>&1`;

    for my $feature (@features) {
        next if $feature =~ /^(?:http|proxy|rewrite|activitypub)$/;
        next if $feature eq 'debug' ? $version =~ /--with-debug/
            : $feature eq 'threads' ? $version =~ /--with-threads/
            : $version =~ /--with-${feature}_module(?!=dynamic)/;

        $Test->plan(skip_all => "nginx has no $feature");
    }

    return $self;
}


# the tests of the file and one more: nothing bad in error.log

sub plan {
    my ($self, $n) = @_;

    $Test->plan(tests => $n + 1);
    $self->{planned} = 1;

    return $self;
}


sub testdir { $_[0]{dir} }


sub write_file {
    my ($self, $name, $content) = @_;

    mkpath(dirname("$self->{dir}/$name"));

    open my $f, '>', "$self->{dir}/$name" or die "$name: $!";
    binmode $f;
    print $f $content;
    close $f;

    return $self;
}


# Expands %%TESTDIR%%, %%DATABASE%%, %%PORT_8080%%, %%TEST_GLOBALS%% and
# %%TEST_GLOBALS_HTTP%%; 127.0.0.1:8080 becomes a port that is free.

sub write_file_expand {
    my ($self, $name, $content) = @_;

    $content =~ s/%%TEST_GLOBALS%%/$self->_globals/ge;
    $content =~ s/%%TEST_GLOBALS_HTTP%%/$self->_globals_http/ge;
    $content =~ s/%%TESTDIR%%/$self->{dir}/g;
    $content =~ s/%%DATABASE%%/$self->conninfo/ge;
    $content =~ s/%%PORT_(\d+)%%/port($1)/ge;
    $content =~ s/127\.0\.0\.1:(8\d\d\d)\b/'127.0.0.1:' . port($1)/ge;

    return $self->write_file($name, $content);
}


sub read_file {
    my ($self, $name) = @_;

    open my $f, '<', "$self->{dir}/$name" or return '';
    binmode $f;
    local $/;

    return scalar <$f>;
}


sub run {
    my ($self) = @_;

    my @before = $self->_memcheck;

    my $pid = fork();
    die "fork: $!" unless defined $pid;

    # what it says before its log is open, it says there too

    if ($pid == 0) {
        $self->_environment(1);
        open STDERR, '>>', "$self->{dir}/stderr.log";
        exec @before, $self->_command or POSIX::_exit(127);
    }

    $self->{pid} = $pid;

    $self->wait_for(sub {
        -s "$self->{dir}/nginx.pid" || waitpid($pid, POSIX::WNOHANG())
    }, 20);

    if (!kill 0, $pid) {
        delete $self->{pid};
        die "nginx does not start:\n", $self->error_log;
    }

    $self->wait_for(sub { $self->workers >= $self->_processes }, 20)
        or die "nginx has no workers:\n", $self->error_log;

    return $self;
}


# nginx -t, with "more" arguments: (exit code, what it printed)

sub check {
    my ($self, @more) = @_;

    my $pid = open my $pipe, '-|';
    die "fork: $!" unless defined $pid;

    if ($pid == 0) {
        $self->_environment(0);
        open STDERR, '>&', \*STDOUT;
        exec $self->_command('-t', '-e', 'stderr', @more)
            or POSIX::_exit(127);
    }

    my $out = do { local $/; <$pipe> };
    close $pipe;

    return ($? >> 8, $out);
}


# Asks the workers to finish; one that does not within 20 s, or what the
# sanitizers make of that, is a failure.

sub stop {
    my ($self) = @_;

    my $pid = delete $self->{pid} or return $self;

    kill 'QUIT', $pid;

    if (!wait_pid($pid, 20)) {
        $self->_fail("nginx does not finish");
        my @workers = children($pid);
        kill 'KILL', $pid, @workers;
        wait_pid($pid, 5);
    }

    unlink "$self->{dir}/nginx.pid";

    return $self;
}


# New workers, and none of the old that still takes requests; false when
# the new configuration was refused.

sub reload {
    my ($self) = @_;

    my %old = map { $_ => 1 } $self->workers;

    kill 'HUP', $self->{pid};

    return $self->wait_for(sub {
        my @now = $self->workers;

        @now >= $self->_processes && !grep { $old{$_} } @now;
    }, 20);
}


# the worker processes that take requests

sub workers {
    my ($self) = @_;

    return unless $self->{pid};

    my @children = children($self->{pid});

    return Test::Nginx::Memcheck::workers($self->error_log, @children)
        if $self->{memcheck};

    return grep { title($_) eq 'nginx: worker process' } @children;
}


# how many of them there will be: the first one answers before the last is born

sub _processes {
    my ($self) = @_;

    my ($n) = reverse $self->read_file('nginx.conf')
        =~ /^\s*worker_processes\s+(\w+);/gm;

    return !$n ? 1 : $n eq 'auto' ? `nproc` : $n;
}


sub error_log { $_[0]->read_file('error.log') }


# C that stands before the C library's in nginx; where no compiler is, the
# whole file is skipped

sub preload {
    my ($self, $source) = @_;

    my $file = "$self->{dir}/preload.so";

    $self->write_file('preload.c', "#define _GNU_SOURCE\n$source");

    system("cc -shared -fPIC -O1 -o $file $self->{dir}/preload.c") == 0
        or plan(skip_all => 'no C compiler');

    $self->{preload} = $file;

    return $self;
}


# a line of error.log that matches is no failure

sub expect {
    my ($self, @patterns) = @_;

    push @{ $self->{expected} }, @patterns;

    return $self;
}


# the first true answer, or false after so many seconds

sub wait_for {
    my ($self, $sub, $seconds) = @_;

    my $until = time() + ($seconds // 5) * $Test::Nginx::Process::PATIENCE;

    # the last look is after the time: a machine may have stood still

    while (1) {
        my $over = time() > $until;
        my $answer = $sub->();

        return $answer if $answer || $over;
        sleep 0.03;
    }
}


# Waits until a document is there: actors are declared and their keys made
# after nginx has started.

sub wait_document {
    my ($self, $uri, %o) = @_;

    return $self->wait_for(sub {
        my $r = http_get($uri, accept => 'application/activity+json', %o);

        $r && $r->status == 200;
    }, 60);
}


# code, or a command, that runs until the test ends

sub run_daemon {
    my ($self, @what) = @_;

    my $pid = fork();
    die "fork: $!" unless defined $pid;

    if ($pid == 0) {
        $SIG{HUP} = $SIG{INT} = $SIG{TERM} = 'DEFAULT';

        if (ref $what[0] eq 'CODE') {
            my $code = shift @what;

            eval { $code->(@what); 1 } or warn $@;
            POSIX::_exit(0);
        }

        exec @what or POSIX::_exit(127);
    }

    push @{ $self->{daemons} }, $pid;

    return $self;
}


# until something listens there

sub wait_for_socket {
    my ($self, $address) = @_;

    my ($host, $port) = $address =~ /^(.*):(\d+)$/;

    return $self->wait_for(sub {
        Test::Nginx::HTTP->new(address => $host, port => $port)
    }, 10);
}


# the database: see Test::Nginx::Database

require Test::Nginx::Database;


sub http_connect {
    my (%o) = @_;

    return Test::Nginx::HTTP->new(
        address => $o{address}, port => $o{port} || port(8080),
        ssl => $o{ssl},
    );
}


# sends bytes and returns all that comes until the connection closes

sub http {
    my ($request, %o) = @_;

    my $c = http_connect(%o) or return;

    _note('>', $request);
    $c->send($request);

    my $answer = $c->rest;

    _note('<', $answer);

    return $answer;
}


sub http_get { return _http('GET', @_) }

sub http_head { return _http('HEAD', @_) }

sub http_post { return _http('POST', @_) }


sub _http {
    my ($method, $uri, %o) = @_;

    my $c = http_connect(%o) or return;

    _note('>', "$method $uri " . ($o{accept} // ''));

    my $r = $c->request($method, $uri, %o);

    _note('<', defined $r ? "$r" : '(no response)');

    return $r;
}


sub _note {
    my ($mark, $text) = @_;

    return unless $ENV{TEST_NGINX_VERBOSE};

    $text =~ s/^/$mark /gm;
    $Test->note($text);
}


sub _command {
    my ($self, @more) = @_;

    my $dir = $self->{dir};
    my @e = grep({ $_ eq '-e' } @more) ? () : ('-e', "$dir/error.log");
    my @g = $self->read_file('nginx.conf') =~ /^\s*daemon\s/m ? ()
        : ('-g', 'daemon off;');

    return ($NGINX, '-p', "$dir/", '-c', "$dir/nginx.conf", @e, @g, @more);
}


sub _environment {
    my ($self, $detect) = @_;

    %ENV = (%ENV, Test::Nginx::Log::sanitizer($detect))
        if $ENV{SANITIZE} && !$self->{plain};

    # the sanitizer's runtime insists on being the first

    my @more = grep { $_ } $self->{preload}, $detect ? $self->{memcheck} : ();

    $ENV{LD_PRELOAD} = join ':', grep { $_ } $ENV{LD_PRELOAD}, @more if @more;
}


# what memcheck adds to the command line, if it is wanted

sub _memcheck {
    my ($self) = @_;

    return if !$ENV{VALGRIND} || $self->{plain};

    $self->{memcheck} = Test::Nginx::Memcheck::preload($self->{dir});

    return Test::Nginx::Memcheck::command($self->{dir});
}


sub _globals {
    my ($self) = @_;

    die "$MODULE is missing: make build\n"
        unless -r $MODULE || $self->{plain};

    my $level = $ENV{TEST_NGINX_DEBUG} ? 'debug' : 'info';
    my $user = $> == 0 ? "user root;\n" : '';
    my $load = $self->{plain} ? '' : "load_module $MODULE;\n";

    return "pid $self->{dir}/nginx.pid;\n"
        . "error_log $self->{dir}/error.log $level;\n"
        . $user . $load
        . ($ENV{TEST_NGINX_GLOBALS} // '');
}


sub _globals_http {
    my ($self) = @_;

    my $dir = $self->{dir};
    my @temp = map { "${_}_temp_path $dir/$_;\n" }
        qw/client_body proxy fastcgi scgi uwsgi/;

    return "root $dir;\naccess_log $dir/access.log;\n"
        . join('', @temp) . ($ENV{TEST_NGINX_GLOBALS_HTTP} // '');
}


sub _fail {
    my ($self, $what) = @_;

    push @{ $self->{failures} }, $what;
}


sub _end {
    my ($self) = @_;

    $self->stop;

    for my $pid (@{ $self->{daemons} }) {
        kill 'TERM', $pid;
        wait_pid($pid, 5) or kill('KILL', $pid) && wait_pid($pid, 5);
    }

    $self->_end_database;

    my @bad = (@{ $self->{failures} || [] },
        Test::Nginx::Log::alerts($self->error_log, @{ $self->{expected} }),
        Test::Nginx::Memcheck::reports($self->{dir}));
    my $good = !@bad;

    if ($self->{planned}) {
        $Test->ok($good, 'no alerts') if !$self->{checked}++;

    } elsif (@bad) {
        $Test->diag('error.log fails this test');
    }

    $Test->diag($_) for @bad;
    $Test->diag($self->error_log) if $ENV{TEST_NGINX_CATLOG};

    remove_tree($self->{dir}) unless $ENV{TEST_NGINX_LEAVE};

    return $good;
}


END {
    my $status = $?;

    for my $t (splice @live) {
        next if $t->{owner} != $$;
        $t->_end or $status ||= 1;
    }

    $? = $status;
}


1;
