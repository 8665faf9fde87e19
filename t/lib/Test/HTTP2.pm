package Test::HTTP2;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# HTTP/2 frame by frame, as no client would send it:
#
#     my $c = Test::HTTP2->new(port => port(8081));
#     $c->headers([':method' => 'GET', ...], end => 1);
#     $c->outcome      "200", "reset 1", "goaway 1", "closed" or "silence"
#     $c->body
#
# Header fields are literals without Huffman's code (RFC 7541, 6.2.2).

use warnings;
use strict;

use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw/time/;

my %TYPE = (DATA => 0, HEADERS => 1, RST => 3, SETTINGS => 4, PING => 6,
    GOAWAY => 7, WINDOW => 8, CONTINUATION => 9);
my %STATUS = (8 => 200, 9 => 204, 10 => 206, 11 => 304, 12 => 400, 13 => 404,
    14 => 500);


sub new {
    my ($class, %o) = @_;

    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
        PeerPort => $o{port}) or return;

    my $self = bless { socket => $socket, in => '', body => '' }, $class;

    $self->send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    return $self->frame('SETTINGS', 0, 0, '');
}


sub send {
    my ($self, $bytes) = @_;

    local $SIG{PIPE} = 'IGNORE';

    while (length $bytes) {
        my $n = $self->{socket}->syswrite($bytes) or last;

        substr($bytes, 0, $n) = '';
    }

    return $self;
}


sub frame {
    my ($self, $type, $flags, $stream, $payload) = @_;

    return $self->send(substr(pack('N', length $payload), 1)
        . pack('CCN', $TYPE{$type}, $flags, $stream) . $payload);
}


# "end": no body follows; "open": more fields follow

sub headers {
    my ($self, $fields, %o) = @_;

    return $self->frame($o{type} || 'HEADERS',
        ($o{end} ? 1 : 0) | ($o{open} ? 0 : 4), $o{stream} || 1,
        block(@$fields));
}


sub data {
    my ($self, $bytes) = @_;

    return $self->frame('DATA', 1, 1, $bytes);
}


# the same fields as bytes

sub block {
    my (@fields) = @_;

    my $block = '';

    while (my ($name, $value) = splice @fields, 0, 2) {
        $block .= "\0" . _string($name) . _string($value);
    }

    return $block;
}


sub body { $_[0]{body} }


# what becomes of the stream, or the connection, within seconds

sub outcome {
    my ($self, $seconds) = @_;

    my ($status, $until) = (undef, time() + ($seconds || 10));

    while (my $frame = $self->_read($until)) {
        my ($type, $flags, $stream, $payload) = @$frame;

        return 'goaway ' . unpack('x4 N', $payload) if $type == 7;
        return 'reset ' . unpack('N', $payload) if $type == 3 && !$status;
        return $status if $type == 3;

        $status //= _status($payload) if $type == 1;
        $self->{body} .= $payload if $type == 0;

        return $status if $status && $flags & 1 && $type < 2;
    }

    return $status // ($self->{closed} ? 'closed' : 'silence');
}


sub _read {
    my ($self, $until) = @_;

    while (1) {
        my $length = unpack 'N', "\0" . substr($self->{in} . "\0" x 3, 0, 3);

        if (length $self->{in} >= 9 + $length) {
            my ($type, $flags, $stream) = unpack 'x3 CCN', $self->{in};
            my $payload = substr $self->{in}, 9, $length;

            substr($self->{in}, 0, 9 + $length) = '';
            return [$type, $flags, $stream, $payload];
        }

        my $left = $until - time();

        return if $left <= 0
            || !IO::Select->new($self->{socket})->can_read($left);

        if (!$self->{socket}->sysread($self->{in}, 65536, length $self->{in}))
        {
            $self->{closed} = 1;
            return;
        }
    }
}


# the first field of a response, as nginx writes it

sub _status {
    my ($block) = @_;

    $block =~ s/^[\x20-\x3f]//;

    my $first = ord $block;

    return $STATUS{$first & 0x7f} if $first & 0x80;
    return $1 if $block =~ /^.\x03(\d{3})/s;
    return 'odd';
}


sub _string {
    my ($text) = @_;

    my $n = length $text;

    return pack('C', $n) . $text if $n < 127;

    my $head = pack 'C', 127;

    for ($n -= 127; $n >= 128; $n >>= 7) {
        $head .= pack 'C', $n & 127 | 128;
    }

    return $head . pack('C', $n) . $text;
}


1;
