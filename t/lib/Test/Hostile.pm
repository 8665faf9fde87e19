package Test::Hostile;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Servers that mean no good, all of the rig's in one: it listens on every
# address, on ports 443 (TLS), 80 and 8443, and what it does is told by the
# path, or by the address where it begins before there is a path.
#
#     my $peer = Test::Hostile->start($rig,
#         paths => {
#             '/fine' => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
#             '/slow' => sub { my ($c, $request) = @_; $c->wait(9); ... },
#         },
#         addresses => {
#             '8.8.4.5' => sub { my ($c) = @_; $c->reset },
#             '8.8.4.6' => { SSL_version => 'TLSv1_1' },
#         },
#         holes => ['8.8.4.7']);          where nobody answers
#
#     $peer->seen('accept')       what happened: [connection, event, text]
#
# Events: accept (the address and port that was connected to), tls (the name
# asked for, version, "resumed" or "full"), refused (the handshake failed),
# request (method and target), body (its length), sent, end, and what a
# handler notes.  A certificate is that of the name, from the rig's CA.

use warnings;
use strict;

use base qw/Test::Server/;

use IO::Select;
use IO::Socket::INET;
use IO::Socket::IP;
use IO::Socket::SSL;
use POSIX ();
use Socket qw/AF_INET6 AI_NUMERICHOST AI_PASSIVE/;

use Test::Hostile::Connection;


sub start {
    my ($class, $rig, %o) = @_;

    my $dir = $class->folder('hostile');
    my $self = bless { dir => $dir, owner => $$, rig => $rig, %o }, $class;

    my %port = map { ($_ => IO::Socket::IP->new(Family => AF_INET6,
        LocalHost => '::', LocalPort => $_, V6Only => 0, Listen => 200,
        ReuseAddr => 1, ReusePort => 1,
        GetAddrInfoFlags => AI_NUMERICHOST | AI_PASSIVE)
        || die "port $_: $@\n") } 443, 80, 8443;

    $self->{holes} = [map { _hole($_) } @{ $self->{holes} || [] }];

    $self->{pid} = fork();
    die "fork: $!" unless defined $self->{pid};

    if ($self->{pid} == 0) {
        setpgrp;
        $SIG{INT} = $SIG{TERM} = 'DEFAULT';
        $SIG{PIPE} = $SIG{CHLD} = 'IGNORE';
        eval { $self->_serve(\%port); 1 } or warn $@;
        POSIX::_exit(0);
    }

    return $self;
}


# Who connects there hears nothing: the queue is full of those who are not
# accepted.

sub _hole {
    my ($address) = @_;

    my @sockets = IO::Socket::INET->new(LocalAddr => $address,
        LocalPort => 443, Listen => 0, ReuseAddr => 1, ReusePort => 1)
        || die "$address: $!\n";

    while (my $c = IO::Socket::INET->new(PeerAddr => $address,
        PeerPort => 443, Timeout => 0.3))
    {
        push @sockets, $c;
        die "$address accepts everything\n" if @sockets > 100;
    }

    return @sockets;
}


# in the order in which it happened; of one kind, if one is named

sub seen {
    my ($self, $event) = @_;

    open my $f, '<', "$self->{dir}/ledger" or return;

    return grep { !defined $event || $_->[1] eq $event }
        map { chomp; [split /\t/, $_, 3] } grep { /\n\z/ } <$f>;
}


# the texts of an event since "mark" was called

sub since {
    my ($self, $event) = @_;

    my @seen = $self->seen;

    splice @seen, 0, $self->{mark} // 0;

    return map { $_->[2] } grep { $_->[1] eq $event } @seen;
}


sub mark {
    my ($self) = @_;

    $self->{mark} = () = $self->seen;

    return $self;
}


# a process for each connection: they may be as slow as they like

sub _serve {
    my ($self, $ports) = @_;

    my $n = 0;
    my $select = IO::Select->new(values %$ports);

    $self->{context}{''} = $self->_context;

    for my $address (keys %{ $self->{addresses} }) {
        my $options = $self->{addresses}{$address};

        $self->{context}{$address} = $self->_context(%$options)
            if ref $options eq 'HASH';
    }

    while (my @ready = $select->can_read) {
        for my $listener (@ready) {
            my $socket = $listener->accept or next;
            my $pid = fork();

            $n++;
            next if !defined $pid || $pid;

            # a handler may wait for children of its own
            $SIG{CHLD} = 'DEFAULT';

            eval { $self->_connection($socket, $n); 1 } or warn $@;
            POSIX::_exit(0);
        }
    }
}


sub _connection {
    my ($self, $socket, $n) = @_;

    my $port = $socket->sockport;
    my $address = $socket->sockhost =~ s/^::ffff:(?=\d+\.)//r;

    my $c = Test::Hostile::Connection->new(socket => $socket, n => $n,
        address => $address, ledger => "$self->{dir}/ledger");

    $c->note(accept => "$address $port");

    my $at = $self->{addresses}{$address};

    if (ref $at eq 'CODE') {
        $at->($c);
        return;
    }

    if ($port != 80) {
        $c->tls(SSL_server => 1, SSL_reuse_ctx
            => $self->{context}{$address} || $self->{context}{''}) or return;
    }

    while (my $r = $c->request) {
        my ($path) = $r->{target} =~ /^([^?]*)/;
        my $what = $self->{paths}{$path}
            // "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

        ref $what ? $what->($c, $r) : $c->send($what);
    }

    $c->note(end => '');
}


# With the certificates of all names that have one; who asks for another name
# sees the first of them.  Made before the processes are, so that one can read
# the tickets of another.

sub _context {
    my ($self, %o) = @_;

    my ($dir, $known) = @{ $self->{rig} }{qw/dir names/};
    my @names = grep { -r "$dir/$_.key" } sort keys %$known;

    unshift @names, $names[0];

    my %file = map { ("SSL_${_}_file" => {}) } qw/cert key/;

    for my $i (0 .. $#names) {
        $file{SSL_cert_file}{$i ? $names[$i] : ''} = "$dir/$names[$i].crt";
        $file{SSL_key_file}{$i ? $names[$i] : ''} = "$dir/$names[$i].key";
    }

    return IO::Socket::SSL::SSL_Context->new(SSL_server => 1, %file,
        SSL_alpn_protocols => ['http/1.1'],
        SSL_ca_file => $self->{rig}->ca_file, %o)
        || die "TLS: $IO::Socket::SSL::SSL_ERROR\n";
}


1;
