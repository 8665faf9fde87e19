package Test::Nginx::HTTP;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A small HTTP/1.1 client that hides nothing: raw requests, repeated headers,
# keep-alive.  A response reads as a string too, as nginx-tests has it:
# like(http_get('/'), qr/ 200 OK/).

use warnings;
use strict;

use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw/time/;

use Test::Nginx::Process;

my $TIMEOUT = 10 * $Test::Nginx::Process::PATIENCE;


# new(address => '127.0.0.1', port => N, ssl => {...})

sub new {
    my ($class, %o) = @_;

    my $socket = IO::Socket::INET->new(
        Proto => 'tcp',
        PeerAddr => $o{address} || '127.0.0.1',
        PeerPort => $o{port},
        Timeout => $TIMEOUT,
    )
        or return;

    if ($o{ssl}) {
        require IO::Socket::SSL;

        $socket = IO::Socket::SSL->start_SSL($socket, %{ $o{ssl} })
            or return;
    }

    return bless { socket => $socket, buffer => '' }, $class;
}


# sends what is given, as it is

sub send {
    my ($self, $bytes) = @_;

    local $SIG{PIPE} = 'IGNORE';

    while (length $bytes) {
        my $n = $self->{socket}->syswrite($bytes);

        return 0 unless defined $n;
        substr($bytes, 0, $n) = '';
    }

    return 1;
}


# Builds and sends a request.  headers: an array of name, value, name, value,
# sent in this order; accept and host are short for two of them.

sub request {
    my ($self, $method, $uri, %o) = @_;

    my @headers = @{ $o{headers} || [] };
    my %given;

    for (my $i = 0; $i < @headers; $i += 2) {
        $given{lc $headers[$i]} = 1;
    }

    unshift @headers, Host => $o{host} || 'localhost' unless $given{host};
    push @headers, Accept => $o{accept} if defined $o{accept};
    push @headers, Connection => $o{keepalive} ? 'keep-alive' : 'close'
        unless $given{connection};
    push @headers, 'Content-Length' => length $o{body}
        if defined $o{body} && !$given{'content-length'};

    my $text = "$method $uri HTTP/1.1\r\n";

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    $text .= "\r\n" . ($o{body} // '');

    $self->send($text) or return;

    return $self->response($method);
}


sub get {
    my ($self, $uri, %o) = @_;

    return $self->request('GET', $uri, keepalive => 1, %o);
}


# reads one response; undef when the connection ends before one is whole

sub response {
    my ($self, $method) = @_;

    my ($head, $status);

    do {
        $self->_fill(sub { $_[0] =~ /\r\n\r\n/ }) or return;

        ($head, $self->{buffer}) = split /(?<=\r\n\r\n)/, $self->{buffer}, 2;
        $self->{buffer} //= '';
        ($status) = $head =~ m!^HTTP/1\.\d (\d{3})! or return;
    }
    while ($status < 200);

    my $response = Test::Nginx::Response->new($head);
    my $length = $response->header('Content-Length');

    if (($method || 'GET') eq 'HEAD' || $status == 204 || $status == 304) {
        return $response;
    }

    if (lc($response->header('Transfer-Encoding') // '') eq 'chunked') {
        defined $response->body($self->_chunks) or return;
        return $response;
    }

    if (defined $length) {
        $self->_fill(sub { length $_[0] >= $length }) or return;
        $response->body(substr $self->{buffer}, 0, $length, '');
        return $response;
    }

    $self->_fill(sub { 0 });
    $response->body($self->{buffer});
    $self->{buffer} = '';

    return $response;
}


# everything until the other side closes

sub rest {
    my ($self) = @_;

    $self->_fill(sub { 0 });

    return delete $self->{buffer};
}


sub close {
    my ($self) = @_;

    CORE::close($self->{socket});
}


sub _chunks {
    my ($self) = @_;

    my $body = '';

    while (1) {
        $self->_fill(sub { $_[0] =~ /^[0-9a-fA-F]+[^\r\n]*\r\n/ }) or return;
        $self->{buffer} =~ s/^([0-9a-fA-F]+)[^\r\n]*\r\n//;

        my $n = hex $1;

        $self->_fill(sub { length $_[0] >= $n + 2 }) or return;
        $body .= substr $self->{buffer}, 0, $n, '';
        $self->{buffer} =~ s/^\r\n// or return;

        return $body if $n == 0;
    }
}


sub _fill {
    my ($self, $enough) = @_;

    my $socket = $self->{socket};
    my $until = time() + $TIMEOUT;
    my $over;

    while (!$enough->($self->{buffer})) {

        # TLS may hold bytes that select() does not see

        if (!($socket->can('pending') && $socket->pending)) {
            my $left = $until - time();

            # what came while this process stood still is there

            return 0 if $left <= 0 && $over++;

            $left = 0 if $left < 0;
            return 0 if !IO::Select->new($socket)->can_read($left);
        }

        my $n = $socket->sysread($self->{buffer}, 65536,
            length $self->{buffer});

        return 0 unless $n;
    }

    return 1;
}


package Test::Nginx::Response;

use warnings;
use strict;

use JSON::PP ();

use overload
    '""' => sub { $_[0]{head} . $_[0]{body} },
    'bool' => sub { 1 },
    fallback => 1;


sub new {
    my ($class, $head) = @_;

    my ($line, @lines) = split /\r\n/, $head;
    my @headers = map { [ /^([^:]+):\s*(.*?)\s*$/ ] } @lines;
    my ($status) = $line =~ / (\d{3})/;

    return bless { head => $head, status => $status, headers => \@headers,
        body => '' }, $class;
}


sub status { $_[0]{status} }


# in list context all of that name, else the first or undef

sub header {
    my ($self, $name) = @_;

    my @found = map { $_->[1] }
        grep { lc $_->[0] eq lc $name } @{ $self->{headers} };

    return wantarray ? @found : $found[0];
}


# as [name, value], in the order they came

sub headers { @{ $_[0]{headers} } }


sub body {
    my ($self, @body) = @_;

    $self->{body} = $body[0] if @body;

    return $self->{body};
}


# the body decoded, or undef when it is no JSON

sub json {
    my ($self) = @_;

    return eval { JSON::PP->new->utf8->decode($self->{body}) };
}


1;
