package Test::Attacks::Exchange;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A request goes out, and its answer comes in: status, code, sentence, the
# verdict of the log.
#
#     my $exchange = Test::Attacks::Exchange->new($t, $sign);
#     my $answer = $exchange->send($request);
#     my $c = $exchange->start($request);         without waiting
#     my $answer = $exchange->answer($c->response('POST'), $request);

use warnings;
use strict;
use utf8;

use Test::Nginx;


sub new {
    my ($class, $t, $sign) = @_;

    return bless { t => $t, sign => $sign }, $class;
}


# Sends a request: method, target, host, headers, body, and "sign", which is
# what Test::Attacks::Sign takes.  Its answer: status, code, sentence, head.

sub send {
    my ($self, $request) = @_;

    my $c = $self->start($request) or return { status => 'refused' };
    my $hundred = $self->_continue($c, $request);
    my $r = $c->response($request->{method});

    # nginx writes its log when the connection is over

    $c->close;

    my $answer = $self->answer($r, $request);

    $answer->{code} = $self->_verdict($request->{case})
        if $r && $r->status < 400;

    return { %$answer, hundred => $hundred };
}


# who waits for 100 sends the body after it

sub _continue {
    my ($self, $c, $request) = @_;

    return if !defined $request->{later};

    $c->_fill(sub { $_[0] =~ /\r\n\r\n/ });

    return if $c->{buffer} !~ s{^HTTP/1\.1 100.*?\r\n\r\n}{}s;

    $c->send($request->{later});

    return 1;
}


sub answer {
    my ($self, $r, $request) = @_;

    return { status => 'none', code => '', sentence => '',
        request => $request } if !$r;

    my $json = $r->status >= 400 ? $r->json : undef;

    $json = {} if ref $json ne 'HASH';

    return { status => $r->status, response => $r, request => $request,
        code => $json->{code} // '',
        sentence => $json->{error} // '' };
}


# what the log says of a request that was not refused

sub _verdict {
    my ($self, $case) = @_;

    my $verdicts = $self->{verdicts} ||= {};

    $self->{t}->wait_for(sub {
        open my $f, '<', $self->{t}->testdir . '/case.log' or return;
        seek $f, $self->{log} // 0, 0;

        while (my $line = <$f>) {
            last if $line !~ /\n\z/;
            $verdicts->{$1} = $2 if $line =~ /^(\d+) (\S*)$/;
            $self->{log} = tell $f;
        }

        return defined $verdicts->{$case};
    });

    return delete $verdicts->{$case} // '';
}


# without waiting for the answer

sub start {
    my ($self, $request) = @_;

    $self->{sign}->apply($request, $request->{sign}) if $request->{sign};

    $request->{case} = ++$self->{case};

    my $bytes = $request->{bytes} // bytes($request);

    # what is sent again has the number that it had

    $request->{case} = $1 if $bytes =~ /^X-Case: (\d+)\r$/m;

    if ($bytes =~ /^Expect: 100-continue/mi) {
        ($bytes, $request->{later}) = split /(?<=\r\n\r\n)/, $bytes, 2;
    }

    my $c = http_connect() or return;

    utf8::encode($bytes) if utf8::is_utf8($bytes);
    $c->send($bytes);

    return $c;
}


sub bytes {
    my ($request) = @_;

    my @headers = @{ $request->{headers} };
    my %given;

    for (my $i = 0; $i < @headers; $i += 2) {
        $given{lc $headers[$i]} = 1;
    }

    push @headers, 'X-Case' => $request->{case} if $request->{case};
    unshift @headers, Host => $request->{sent_host} // $request->{host};
    push @headers, 'Content-Length' => length $request->{body}
        if defined $request->{body} && !$given{'content-length'}
            && !$given{'transfer-encoding'};
    push @headers, Connection => 'close' if !$given{connection};

    my $text = "$request->{method} $request->{target} HTTP/1.1\r\n";

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    utf8::encode($text) if utf8::is_utf8($text);

    return "$text\r\n" . ($request->{body} // '');
}


1;
