package Test::Catch;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Stands where other servers of the rig should and keeps what it is sent,
# byte for byte, to be sent on later, changed or not:
#
#     my $catch = Test::Catch->start($rig, '8.8.4.9', 'peer.example', ...);
#     my @bytes = $catch->requests('peer.example', 'POST');
#
# From now on the names have its address.  It answers 404 to a GET; to a POST
# 202, but 401 to one that is signed by RFC 9421; after
#
#     $catch->takes('rfc9421');
#
# to one that is signed by anything else.

use warnings;
use strict;

use base qw/Test::Server/;

use IO::Socket::INET;
use IO::Socket::SSL;
use POSIX ();


sub start {
    my ($class, $rig, $address, @names) = @_;

    my $dir = $class->folder('catch');
    my $self = bless { dir => $dir, owner => $$ }, $class;

    $rig->elsewhere($_, $address) for @names;

    my %files = map { $_ => { $rig->key_files($_) } } @names;

    my $listener = IO::Socket::INET->new(Listen => 20, ReuseAddr => 1,
        LocalAddr => $address, LocalPort => 443)
        or die "catch on $address: $!\n";
    my $context = IO::Socket::SSL::SSL_Context->new(
        SSL_server => 1,
        SSL_cert_file => { map { $_ => $files{$_}{cert} } @names },
        SSL_key_file => { map { $_ => $files{$_}{key} } @names })
        or die "TLS: $IO::Socket::SSL::SSL_ERROR";

    $self->{pid} = fork();
    die "fork: $!" unless defined $self->{pid};

    if ($self->{pid} == 0) {
        $SIG{INT} = $SIG{TERM} = 'DEFAULT';
        $SIG{PIPE} = 'IGNORE';
        eval { _serve($listener, $context, $dir); 1 } or warn $@;
        POSIX::_exit(0);
    }

    close $listener;

    return $self;
}


# the requests to a host, in the order they came

sub requests {
    my ($self, $host, $method) = @_;

    my @files = sort { ($a =~ /(\d+)$/)[0] <=> ($b =~ /(\d+)$/)[0] }
        glob "$self->{dir}/request-*";

    return grep { /^\Q$method\E / && /^host: \Q$host\E\r$/mi }
        map { _slurp($_) } @files;
}


sub takes {
    my ($self, $scheme) = @_;

    die "$scheme\n" if $scheme ne 'rfc9421';

    open my $f, '>', "$self->{dir}/$scheme" or die "$scheme: $!";
}


# one connection after the other, a request each

sub _serve {
    my ($listener, $context, $dir) = @_;

    my $n = 0;

    while (1) {
        my $c = $listener->accept or next;

        $c = IO::Socket::SSL->start_SSL($c, SSL_server => 1, Timeout => 5,
            SSL_reuse_ctx => $context) or next;

        my $request = _read($c);

        if (defined $request) {
            _keep("$dir/request-" . ++$n, "$dir/new", $request);
            print $c 'HTTP/1.1 ' . _status($request, -e "$dir/rfc9421")
                . " Caught\r\n"
                . "Content-Length: 0\r\nConnection: close\r\n\r\n";
        }

        close $c;
    }
}


sub _read {
    my ($c) = @_;

    my $bytes = '';

    while (1) {
        if ($bytes =~ /^(.*?\r\n)\r\n(.*)/s) {
            my ($head, $body) = ($1, $2);
            my ($length) = $head =~ /^content-length: *(\d+)\r$/mi;

            return $bytes if length $body >= ($length // 0);
        }

        sysread $c, $bytes, 65536, length $bytes or return;
    }
}


sub _status {
    my ($request, $newer) = @_;

    return 404 if $request =~ /^GET /;

    return ($request =~ /^signature-input:/mi xor $newer) ? 401 : 202;
}


sub _keep {
    my ($name, $new, $bytes) = @_;

    open my $f, '>', $new or die "$new: $!";
    binmode $f;
    print $f $bytes;
    close $f;

    rename $new, $name or die "$name: $!";
}


sub _slurp {
    my ($file) = @_;

    open my $f, '<', $file or die "$file: $!";
    binmode $f;
    local $/;

    return scalar <$f>;
}


1;
