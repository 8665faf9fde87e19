package Test::Rig;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# An internet of its own for one test: "use Test::Rig;" at its top runs the
# test again in a user, network and mount namespace, where lo carries
# addresses that the module takes for public ones, port 443 is ours, an own
# CA signs certificates and a stub DNS server knows the names.  So the
# production settings can be on and the development directives off.
#
#     my $rig = Test::Rig->new;
#     $rig->host('site.example', '9.9.9.10');
#     ... listen 9.9.9.10:443 ssl; %%CERTIFICATE site.example%% ...
#     $rig->get('https://site.example/')
#
# PostgreSQL runs outside and is reached by its socket; with "use Test::Rig
# own_database => 1;" there is a cluster for database(own => 1).  Where the
# kernel refuses such namespaces the test is skipped.

use warnings;
use strict;

use Cwd qw/abs_path/;
use File::Temp;
use FindBin;
use POSIX ();

use Test::Nginx::HTTP;
use Test::Postgres;
use Test::Rig::CA;
use Test::Rig::DNS;
use Test::Rig::Postgres;

# the resolver of the namespace, as systemd-resolved would have it
my $RESOLVER = '127.0.0.53';


sub import {
    my ($class, %o) = @_;

    if ($ENV{TEST_RIG}) {
        my ($dir, $fd) = split / /, $ENV{TEST_RIG_DATABASE} // '';

        Test::Postgres->prepared(Test::Rig::Postgres->new($dir, $fd)) if $dir;
        return;
    }

    my $refused = `unshare -rnm true 2>&1`;

    if ($? != 0) {
        $refused =~ s/\s+$//;
        $refused ||= 'unshare does not run';
        print "1..0 # SKIP namespaces are refused: $refused\n";
        exit 0;
    }

    # a cluster must not live in the namespace: root there is nobody else
    my $cluster = $o{own_database} ? Test::Postgres->start
        : Test::Postgres->shared;

    _outside($cluster, $o{own_database});
}


# runs the test inside, and ends as it does

sub _outside {
    my ($cluster, $own) = @_;

    my ($near, $far) = $own ? Test::Rig::Postgres->sockets : ();
    my $pid = fork();
    die "fork: $!" unless defined $pid;

    if ($pid == 0) {
        $ENV{TEST_RIG} = 1;
        $ENV{TEST_RIG_DATABASE} = join ' ', $cluster->dir, fileno $far if $own;
        exec qw/unshare -rnm/, $^X, (map { "-I$_" } grep { !ref } @INC),
            "$FindBin::Bin/$FindBin::Script", @ARGV or POSIX::_exit(127);
    }

    # the inner test cleans up after itself; only then do we
    local $SIG{INT} = 'IGNORE';
    local $SIG{TERM} = sub { kill 'TERM', $pid };

    if ($own) {
        close $far;
        Test::Rig::Postgres->serve($cluster, $near, $pid);

    } else {
        1 until waitpid($pid, 0) == $pid;
    }

    exit($? & 127 ? 255 : $? >> 8);
}


sub new {
    my ($class) = @_;

    my $dir = File::Temp::tempdir('apt-rig-XXXXXX', TMPDIR => 1,
        CLEANUP => !$ENV{TEST_NGINX_LEAVE});

    my $self = bless { dir => $dir, owner => $$,
        ca => Test::Rig::CA->new($dir) }, $class;

    _ip(qw/link set lo up/);

    $self->{dns} = Test::Rig::DNS->start($RESOLVER, "$dir/names");

    open my $f, '>', "$dir/resolv.conf" or die "$!";
    print $f "nameserver $RESOLVER\noptions timeout:1 attempts:1\n";
    close $f;

    _replace('/etc/resolv.conf', "$dir/resolv.conf");

    return $self;
}


# What the system trusts is our CA and no other: so does the module, unless
# it is told otherwise.

sub trusted {
    my ($self) = @_;

    _replace('/etc/ssl/certs/ca-certificates.crt', $self->ca_file);

    return $self;
}


# A name, its address on lo, and a certificate for it.  More names may share
# an address; an IPv6 address is as good.

sub host {
    my ($self, $name, @addresses) = @_;

    for my $address (@addresses) {
        next if $self->{addresses}{$address}++;
        _ip(qw/addr add/, $address . ($address =~ /:/ ? '/128' : '/32'),
            qw/dev lo/, $address =~ /:/ ? 'nodad' : ());
    }

    $self->{names}{$name} = [@addresses];
    $self->{dns}->names($self->{names});
    $self->{ca}->issue($name);

    return $self;
}


# The same on a machine elsewhere: its address is reached by a route, for
# those of the interfaces are the site's own.

sub elsewhere {
    my ($self, $name, $address) = @_;

    return $self->route($address)->host($name, $address);
}


# Many of them, which share an address and a certificate: a process for each
# would take longer than what they are there for.

sub crowd {
    my ($self, $address, @names) = @_;

    my $dir = $self->{dir};
    my ($first, @others) = @names;

    $self->route($address);
    $self->{ca}->issue($first, names => \@names);

    for my $name (@others) {
        symlink "$dir/$first.$_", "$dir/$name.$_" or die "$name: $!\n"
            for qw/crt key/;
    }

    @{ $self->{names} }{@names} = map { [$address] } @names;
    $self->{dns}->names($self->{names});

    return $self;
}


# What the name server says of a name, in the words of Test::Rig::DNS: a name
# that is somebody else's, or nobody's.

sub name {
    my ($self, $name, @words) = @_;

    $self->{names}{$name} = [@words];
    $self->{dns}->names($self->{names});

    return $self;
}


# Addresses, or whole nets, that lead here without being an interface's: those
# would be the site's own.

sub route {
    my ($self, @nets) = @_;

    for my $net (@nets) {
        next if $self->{addresses}{$net}++;
        _ip($net =~ m{:} ? "-6" : "-4", qw{route add local}, $net,
            qw{dev lo});
    }

    return $self;
}


# the lines of a server block that speaks TLS for the name

sub certificate {
    my ($self, $name) = @_;

    return "ssl_certificate $self->{dir}/$name.crt;\n"
        . "ssl_certificate_key $self->{dir}/$name.key;\n";
}


# the files of the name's key and certificate

sub key_files {
    my ($self, $name) = @_;

    return (key => "$self->{dir}/$name.key", cert => "$self->{dir}/$name.crt");
}


sub ca_file { $_[0]{ca}->file }


# GET of an https URL, verified as any peer would; options as http_get's

sub get {
    my ($self, $url, %o) = @_;

    my ($host, $uri) = $url =~ m!^https://([^/?#:]+)(/[^#]*)?$!
        or die "not an https URL: $url";
    my $method = $o{method} || 'GET';

    return $self->_connect($host)->request($method, $uri // '/',
        host => $host, %o);
}


# The answer to a request that is sent as it is; "address": where the host
# really is, whatever its name leads to.

sub answer {
    my ($self, $host, $bytes, %o) = @_;

    my $c = $self->_connect($host, $o{address});

    $c->send($bytes) or return;

    return $c->response(($bytes =~ /^(\w+)/)[0]);
}


sub _connect {
    my ($self, $host, $address) = @_;

    $address //= ($self->{names}{$host} || [])->[0]
        or die "no such host in the rig: $host";

    return Test::Nginx::HTTP->new(address => $address, port => 443,
        ssl => { SSL_hostname => $host, SSL_verifycn_name => $host,
            SSL_verifycn_scheme => 'http', SSL_ca_file => $self->ca_file })
        || die "TLS with $host: ", IO::Socket::SSL::errstr() // $!;
}


# nginx cannot set its groups in a namespace with one user; nothing else of
# the kind is let pass

sub expected {
    return qr/initgroups\(root, \d+\) failed \(1: Operation not permitted/;
}


# a link cannot be mounted over, and systemd-resolved's file is one

sub _replace {
    my ($file, $by) = @_;

    my $target = abs_path($file);

    defined $target && system('mount', '--bind', $by, $target) == 0
        or die "$file cannot be replaced\n";
}


sub _ip {
    my (@args) = @_;

    system('ip', @args) == 0 or die "ip @args failed\n";
}


1;
