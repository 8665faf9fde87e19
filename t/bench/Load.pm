package Load;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The tools of t/bench/load as objects: a generator of signed POSTs, the
# latency of a page while something else goes on, and what OpenSSL takes for
# one signature.

use warnings;
use strict;

use Cwd qw/abs_path/;
use File::Basename qw/dirname/;
use IPC::Open2 qw/open2/;

my $HERE = abs_path(dirname(__FILE__));
my $TOOLS = abs_path("$HERE/../..") . '/build/bench';


sub make {
    system('make', '-s', '-C', "$HERE/load") == 0
        or die "the tools do not compile\n";
}


sub tool { return "$TOOLS/$_[0]" }


# start(KEY, KEY-ID, HOST, PATH, BODY): a generator, for which see load.c

sub start {
    my ($class, @args) = @_;

    my $self = bless { owner => $$ }, $class;

    $self->{pid} = open2($self->{out}, $self->{in}, tool('load'), @args);

    return $self;
}


sub sign {
    my ($self, $n) = @_;

    $self->_do("sign $n");
}


# seconds

sub send {
    my ($self, $port, $connections, $status) = @_;

    $status //= 202;

    return $self->_do("send $port $connections $status");
}


# by TLS, each over a connection of its own

sub send_tls {
    my ($self, $port, $connections) = @_;

    return $self->_do("tls $port $connections 202");
}


sub _do {
    my ($self, $command) = @_;

    my $in = $self->{in};

    print $in "$command\n";
    $in->flush;

    my $answer = readline $self->{out};

    die "the generator has ended\n" unless defined $answer;
    chomp $answer;

    return $answer;
}


# The latency of a page, asked for beside what the code does: a hash of n,
# p50, p90, p99, max (microseconds) and buckets.

sub beside {
    my ($port, $host, $uri, $rate, $code) = @_;

    my $pid = open my $pipe, '-|', tool('page'), $port, $host, $uri, $rate
        or die "page: $!\n";

    # a page that ends before us says why on its own
    my $done = eval { $code->(); 1 };
    my $error = $@;

    kill 'TERM', $pid;

    my $line = readline $pipe;
    close $pipe;

    die $error unless $done;
    die "no latency of $uri\n" unless defined $line;

    my %took;
    (@took{qw/n p50 p90 p99 max/}, my @buckets) = split ' ', $line;
    $took{buckets} = \@buckets;

    return \%took;
}


# microseconds of one RSA-2048 signature and of one verification

sub openssl {
    my $out = `openssl speed -seconds 1 rsa2048 2> /dev/null`;

    my ($sign, $verify) = $out =~ /^rsa 2048 bits .*?([\d.]+) +([\d.]+)$/m
        or die "openssl speed says nothing\n";

    return (1e6 / $sign, 1e6 / $verify);
}


sub DESTROY {
    my ($self) = @_;

    return if $self->{owner} != $$;

    local ($?, $!);

    close $self->{in};
    waitpid $self->{pid}, 0;
}


1;
