package Test::Rig::DNS;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A stub DNS server (RFC 1035, over UDP): what it answers for a name is a
# list of words.
#
#     9.9.9.9 2620:fe::9      A and AAAA
#     cname=other.example     CNAME, and its addresses if they are known
#     alone=other.example     CNAME, and nothing else: it has to be asked
#     ttl=0                   of all that follows; 1 second if none is given
#     code=2                  SERVFAIL, or another
#     silent                  no answer at all
#     garbage                 an answer that is none
#     |                       what is said from the next question on
#
# A name without words has no addresses; a name that is not there is that of
# "*.example" if it ends so and there is one, else NXDOMAIN.  The file is read at each question, so names may change while it
# runs.

use warnings;
use strict;

use IO::Socket::INET;
use POSIX ();
use Socket qw/AF_INET AF_INET6 inet_pton/;

my ($A, $CNAME, $AAAA) = (1, 5, 28);
my $NXDOMAIN = 3;


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


# { name => [word ...] }

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


# how often one of the types (A, AAAA) was asked for of this name

sub asked {
    my ($self, $name, $type) = @_;

    open my $f, '<', "$self->{file}.log" or return 0;

    return scalar grep { $_ eq "$name $type\n" } <$f>;
}


sub _serve {
    my ($socket, $file) = @_;

    my %asked;

    open my $log, '>>', "$file.log" or die "$file.log: $!";
    $log->autoflush(1);

    while (my $from = $socket->recv(my $question, 512)) {
        my $answer = eval { _answer($question, $file, \%asked, $log) };

        $socket->send($answer, 0, $from) if defined $answer;
    }
}


sub _answer {
    my ($question, $file, $asked, $log) = @_;

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

    print $log "$name ", $type == $A ? 'A' : $type == $AAAA ? 'AAAA' : $type,
        "\n";

    my $words = _lookup($file, $name);
    my ($code, @records) = (0);

    if (!$words) {
        $code = $NXDOMAIN;

    } else {
        my @turns = split /\|/, join ' ', @$words;
        my $turn = $asked->{"$name $type"}++;
        my @now = split ' ', $turns[$turn > $#turns ? -1 : $turn] // '';

        return if grep { $_ eq 'silent' } @now;
        return pack('n', $id) . 'no' if grep { $_ eq 'garbage' } @now;

        ($code) = (map({ /^code=(\d+)$/ ? $1 : () } @now), 0);
        @records = _records($file, $name, $type, @now);
    }

    return pack('n6', $id, 0x8580 | $code, 1, scalar @records, 0, 0)
        . substr($question, 12, $at + 5 - 12) . join '', @records;
}


sub _records {
    my ($file, $name, $type, @words) = @_;

    my $ttl = 1;
    my @records;

    for my $word (@words) {
        if ($word =~ /^ttl=(\d+)$/) {
            $ttl = $1;

        } elsif ($word =~ /^(cname|alone)=(.+)$/) {
            push @records, _record($name, $CNAME, $ttl, _name($2));
            push @records, _records($file, $2, $type,
                @{ _lookup($file, $2) || [] }) if $1 eq 'cname';

        } elsif ($word =~ /[.:]/ && $type == ($word =~ /:/ ? $AAAA : $A)) {
            push @records, _record($name, $type, $ttl,
                inet_pton($type == $A ? AF_INET : AF_INET6, $word));
        }
    }

    return @records;
}


sub _record {
    my ($name, $type, $ttl, $data) = @_;

    return _name($name) . pack 'n2Nn/a*', $type, 1, $ttl, $data;
}


sub _name { return pack '(C/a*)*', split(/\./, $_[0]), '' }


sub _lookup {
    my ($file, $name) = @_;

    my ($any, $all) = ($name =~ /(\.[^.]+)$/ ? "*$1" : '');

    open my $f, '<', $file or return;

    while (my $line = <$f>) {
        my ($known, @words) = split ' ', $line;

        return \@words if $known eq $name;
        $all = \@words if $known eq $any;
    }

    return $all;
}


sub DESTROY {
    my ($self) = @_;

    return if !$self->{pid} || $self->{owner} != $$;

    local ($?, $!);

    kill 'TERM', $self->{pid};
    waitpid delete $self->{pid}, 0;
}


1;
