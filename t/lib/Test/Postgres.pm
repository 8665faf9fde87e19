package Test::Postgres;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Scratch PostgreSQL clusters for tests: a unix socket in a short path under
# /tmp, trust authentication, owned by the user postgres when the tests run as
# root (initdb refuses root).  What is committed survives a crash of the
# server; one of the machine only if "durable" is said.
#
# One cluster is shared by a whole run: t/run starts it and names its folder
# in TEST_NGINX_PG.  A test that runs alone starts one for itself.

use warnings;
use strict;

use Cwd qw/abs_path/;
use Fcntl qw/:flock/;
use File::Basename qw/dirname/;
use File::Path qw/remove_tree/;
use File::Temp;
use POSIX ();

my $TOP = abs_path(dirname(__FILE__) . '/../../..');
my $TEMPLATE = 'activitypub_template';

# clusters that this process has to stop
my %started;


# the cluster of the run, else one of our own that lives as long as we do

sub shared {
    my ($class) = @_;

    our $shared;

    return $shared if $shared;

    if ($ENV{TEST_NGINX_PG}) {
        return $shared = $class->at($ENV{TEST_NGINX_PG});
    }

    $shared = $class->start;
    $ENV{TEST_NGINX_PG} = $shared->dir;

    return $shared;
}


# One for a test that stops it: its own, or what was prepared for it because
# it cannot start one.

my @prepared;

sub prepared { push @prepared, $_[1] }

sub own { return shift @prepared || $_[0]->start }


# a cluster that somebody else has started

sub at {
    my ($class, $dir) = @_;

    return bless { dir => $dir }, $class;
}


sub start {
    my ($class, %o) = @_;

    my $dir = $o{dir} || File::Temp::tempdir('apt-pg-XXXXXX', TMPDIR => 1);
    my $self = bless { dir => $dir, owner => $$ }, $class;

    # Nobody but us and the server gets in, for whoever does is superuser.
    # The folder is ours because root in a namespace is no more than an owner.

    if ($> == 0) {
        my $gid = (getpwnam 'postgres')[3];

        die "there is no user postgres: PostgreSQL is not installed\n"
            unless defined $gid;

        chown 0, $gid, $dir or die "chown $dir: $!\n";
        chmod 0770, $dir or die "chmod $dir: $!\n";
    }

    $started{$dir} = $self unless $o{keep};

    $self->_server('initdb', '-D', "$dir/data", qw/-U postgres -A trust -N
        -E UTF8 --locale=C.UTF-8/) == 0
        or die "initdb failed: ", _slurp("$dir/initdb.log");

    open my $f, '>>', "$dir/data/postgresql.conf" or die "$!";
    print $f <<"EOF";
listen_addresses = ''
unix_socket_directories = '$dir'
max_connections = 200
log_line_prefix = '%m [%p] %q%u\@%d '
EOF
    print $f <<"EOF" unless $o{durable};
shared_buffers = 32MB
fsync = off
full_page_writes = off
autovacuum = off
EOF
    print $f "shared_preload_libraries = 'pg_stat_statements'\n"
        if (!$o{durable} || $o{statements})
            && glob '/usr/lib/postgresql/*/lib/pg_stat_statements.so';
    close $f;

    $self->resume;

    return $self;
}


# starts a cluster that is stopped

sub resume {
    my ($self) = @_;
    my $dir = $self->{dir};

    $self->_server('pg_ctl', '-D', "$dir/data", '-l', "$dir/log", '-s',
        '-w', '-t', '60', 'start') == 0
        or die "PostgreSQL does not start: ", _slurp("$dir/log");
}


# "fast" drops the clients, "immediate" is a crash

sub pause {
    my ($self, $mode) = @_;

    return if !-e "$self->{dir}/data/postmaster.pid";

    return $self->_server('pg_ctl', '-D', "$self->{dir}/data", '-s', '-w',
        '-m', $mode || 'fast', 'stop');
}


sub stop {
    my ($self) = @_;

    $self->pause('immediate');
    delete $started{$self->{dir}};
    remove_tree($self->{dir}) unless $ENV{TEST_NGINX_LEAVE};
}


sub dir { $_[0]{dir} }


# what libpq connects with

sub conninfo {
    my ($self, $database, $user) = @_;

    return "host=$self->{dir} dbname=$database user=$user";
}


# A database made by apctl, migrated, by the name "name"; the first one is
# kept as the template of the others.

sub create {
    my ($self, $name, %o) = @_;

    # plain copies read a template that must have no session of its own

    open my $lock, '>', "$self->{dir}/lock" or die "lock: $!";
    flock $lock, LOCK_EX or die "flock: $!";

    if (!-e "$self->{dir}/template") {
        $self->migrate($TEMPLATE);
        open my $f, '>', "$self->{dir}/template" or die "$!";
    }

    my ($code, $out, $err) = $self->psql('postgres',
        "CREATE DATABASE $name TEMPLATE $TEMPLATE" . _by_files());

    die "CREATE DATABASE: $err" if $code;
}


# From 15 on the copy goes through the log, page by page, unless it is told
# to copy files, which takes a third of the time.

sub _by_files {
    return _bin('postgres') =~ m{/(\d+)/bin/} && $1 >= 15
        ? ' STRATEGY FILE_COPY' : '';
}


# the same from nothing, as an administrator does it

sub migrate {
    my ($self, $name) = @_;

    my ($code, $out, $err) = $self->apctl($name, qw/db init/);

    die "apctl db init failed with $code:\n$out$err" if $code;
}


sub drop {
    my ($self, $name) = @_;

    $self->psql('postgres', "DROP DATABASE IF EXISTS $name WITH (FORCE)");
}


# (exit code, stdout, stderr); stops at the first error

sub psql {
    my ($self, $database, $text, %o) = @_;

    return _capture($text, _bin('psql'), '-XAtq', '-v', 'ON_ERROR_STOP=1',
        '-v', 'VERBOSITY=verbose',
        '-d', $self->conninfo($database, $o{user} || 'postgres'), '-f', '-');
}


# (exit code, stdout, stderr)

sub apctl {
    my ($self, $database, @args) = @_;

    my $bin = $ENV{TEST_NGINX_APCTL} || "$TOP/build/apctl"
        . ($ENV{SANITIZE} ? '-sanitize' : '');

    die "$bin is missing: make build\n" unless -x $bin;

    # the SQL of this tree, not of an apctl that is installed

    push @args, '--sql', "$TOP/sql" if $args[0] eq 'db';

    return _capture('', $bin, @args, '--db',
        $self->conninfo($database, 'postgres'));
}


# runs a program of the server as the user who owns the cluster

sub _server {
    my ($self, $name, @args) = @_;

    my $pid = fork();
    die "fork: $!" unless defined $pid;

    if ($pid == 0) {
        if ($> == 0) {
            my ($uid, $gid) = (getpwnam 'postgres')[2, 3];

            $( = $gid;
            $) = "$gid $gid";
            POSIX::setuid($uid);
        }

        chdir $self->{dir};
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$self->{dir}/$name.log";
        open STDERR, '>&', \*STDOUT;

        # a server must outlive an interrupt of the test that started it
        POSIX::setsid() if $name eq 'pg_ctl';

        exec _bin($name), @args or POSIX::_exit(127);
    }

    waitpid $pid, 0;

    return $?;
}


# Debian keeps the server's programs out of PATH, by version

sub _bin {
    my ($name) = @_;

    my ($found) = sort { ($b =~ /(\d+)/)[0] <=> ($a =~ /(\d+)/)[0] }
        grep { -x } glob "/usr/lib/postgresql/*/bin/$name";

    return $found || $name;
}


sub _capture {
    my ($input, @command) = @_;

    my ($in, $out, $err) = map { File::Temp->new } 1 .. 3;

    print $in $input;
    seek $in, 0, 0;

    my $pid = fork();
    die "fork: $!" unless defined $pid;

    if ($pid == 0) {
        open STDIN, '<&', $in;
        open STDOUT, '>&', $out;
        open STDERR, '>&', $err;
        exec @command or POSIX::_exit(127);
    }

    waitpid $pid, 0;

    return ($? & 127 ? -($? & 127) : $? >> 8,
        _slurp($out->filename), _slurp($err->filename));
}


sub _slurp {
    my ($name) = @_;

    open my $f, '<', $name or return '';
    local $/;

    return scalar <$f>;
}


END {
    my $status = $?;

    for my $cluster (values %started) {
        $cluster->stop if $cluster->{owner} == $$;
    }

    $? = $status;
}


1;
