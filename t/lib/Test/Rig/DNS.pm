package Test::Rig::DNS;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A stub DNS server (RFC 1035, over UDP): A and AAAA of the names in a file,
# NXDOMAIN for every other.  The file is read at each question, so names may
# change while it runs.

use warnings;
use strict;

use IO::Socket::INET;
use POSIX ();
use Socket qw/AF_INET AF_INET6 inet_pton/;

my ($A, $AAAA, $NXDOMAIN) = (1, 28, 3);


sub start {
    my ($class, $address, $file) = @_;

    my $self = bless { file => $file, owner => $$ }, $class;

    $self->names({});

    my $socket = IO::Socket::INET->new(Proto => 'udp',
        LocalAddr => $address, LocalPort => 53)
        or die "DNS on $address: $!\n";

    $self->{pid} = fork();
    die "fork: $!" unless defined $self->{pid};

    if ($self->{pid} == 0) {
        $SIG{INT} = $SIG{TERM} = 'DEFAULT';
        _serve($socket, $file);
        POSIX::_exit(0);
    }

    return $self;
}


# { name => [address ...] }

sub names {
    my ($self, $names) = @_;

    my $file = $self->{file};

    open my $f, '>', "$file.new" or die "$file: $!";

    for my $name (sort keys %$names) {
        print $f join(' ', $name, @{ $names->{$name} }), "\n";
    }

    close $f;
    rename "$file.new", $file or die "$file: $!";
}


sub _serve {
    my ($socket, $file) = @_;

    while (my $from = $socket->recv(my $question, 512)) {
        my $answer = eval { _answer($question, $file) };

        $socket->send($answer, 0, $from) if defined $answer;
    }
}


sub _answer {
    my ($question, $file) = @_;

    my ($id, $flags, $count) = unpack 'n3', $question;

    return if $count != 1 || $flags & 0x8000;

    # the name as labels with their lengths, ended by an empty one

    my @labels;
    my $at = 12;

    while (my $n = unpack "x${at}C", $question) {
        return if $n > 63;
        push @labels, substr $question, $at + 1, $n;
        $at += $n + 1;
    }

    my ($type) = unpack 'x' . ($at + 1) . 'n', $question;
    my $name = lc join '.', @labels;
    my $addresses = _lookup($file, $name);

    my @data = map { inet_pton($type == $A ? AF_INET : AF_INET6, $_) }
        grep { $type == (/:/ ? $AAAA : $A) } @{ $addresses || [] };

    # the question again; answers point at its name, 12 bytes in

    return pack('n6', $id, 0x8580 | ($addresses ? 0 : $NXDOMAIN),
            1, scalar @data, 0, 0)
        . substr($question, 12, $at + 5 - 12)
        . join '', map { pack 'n3Nn/a*', 0xc00c, $type, 1, 1, $_ } @data;
}


sub _lookup {
    my ($file, $name) = @_;

    open my $f, '<', $file or return;

    while (<$f>) {
        my ($known, @addresses) = split;

        return \@addresses if $known eq $name;
    }

    return;
}


sub DESTROY {
    my ($self) = @_;

    return if !$self->{pid} || $self->{owner} != $$;

    local ($?, $!);

    kill 'TERM', $self->{pid};
    waitpid delete $self->{pid}, 0;
}


1;
