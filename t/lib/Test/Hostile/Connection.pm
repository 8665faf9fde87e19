package Test::Hostile::Connection;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# One connection to a server of Test::Hostile, as its handlers have it.

use warnings;
use strict;

use Fcntl qw/LOCK_EX/;
use IO::Socket::SSL;
use POSIX ();
use Socket qw/SOL_SOCKET SO_LINGER/;
use Time::HiRes qw/sleep/;


sub new {
    my ($class, %o) = @_;

    return bless { buffer => '', %o }, $class;
}


sub socket { $_[0]{socket} }


sub note {
    my ($self, $event, $text) = @_;

    open my $f, '>>', $self->{ledger} or return;
    syswrite $f, "$self->{n}\t$event\t$text\n";
    close $f;
}


sub tls {
    my ($self, %o) = @_;

    if (!IO::Socket::SSL->start_SSL($self->{socket}, %o)) {
        $self->note(refused => $IO::Socket::SSL::SSL_ERROR =~ s/\s+/ /gr);
        return;
    }

    my $ssl = $self->{socket}->_get_ssl_object;

    $self->{tls} = 1;
    $self->note(tls => join ' ', $self->{socket}->get_servername // '-',
        $self->{socket}->get_sslversion,
        Net::SSLeay::session_reused($ssl) ? 'resumed' : 'full',
        $self->{socket}->alpn_selected // '-');

    return 1;
}


# reads a request with its body; undef at the end

sub request {
    my ($self) = @_;

    return if $self->{over};

    1 while $self->{buffer} !~ /\r\n\r\n/ && $self->fill;

    $self->{buffer} =~ s/^(\S+) (\S+) HTTP\/1\.1\r\n(.*?\r\n)\r\n//s or return;

    my $r = { method => $1, target => $2, head => $3 };

    $self->note(request => "$r->{method} $r->{target}");

    my ($length) = $r->{head} =~ /^Content-Length: (\d+)/mi;

    # who wants to answer before the body is there says so

    return $r if $r->{target} =~ /early/;

    $self->body($r, $length // 0);

    return $r;
}


sub body {
    my ($self, $r, $length) = @_;

    1 while length $self->{buffer} < $length && $self->fill;

    $r->{body} = substr $self->{buffer}, 0, $length, '';
    $self->note(body => length $r->{body}) if $length;
}


sub fill {
    my ($self) = @_;

    return $self->{socket}->sysread($self->{buffer}, 65536,
        length $self->{buffer});
}


# all of it; false when the other side is gone

sub send {
    my ($self, $bytes) = @_;

    for (my $at = 0; $at < length $bytes; ) {
        my $n = $self->{socket}->syswrite($bytes, length($bytes) - $at, $at);

        return $self->gone if !$n;
        $at += $n;
    }

    return 1;
}


sub gone {
    my ($self) = @_;

    $self->{over} = 1;

    return 0;
}


# byte by byte

sub slowly {
    my ($self, $seconds, $bytes) = @_;

    for my $byte (split //, $bytes) {
        $self->send($byte) or return 0;
        sleep $seconds;
    }

    return 1;
}


# as long as the other side takes it

sub endless {
    my ($self, $bytes) = @_;

    my $most = 64 * 1024 * 1024;

    while ($most > 0 && $self->send($bytes)) {
        $most -= length $bytes;
    }

    $self->note(took => 64 * 1024 * 1024 - $most);
}


sub wait {
    my ($self, $seconds) = @_;

    sleep $seconds;
}


# with close_notify, as it should be

sub close {
    my ($self) = @_;

    $self->{over} = 1;
    close $self->{socket};
}


# without

sub cut {
    my ($self) = @_;

    $self->{over} = 1;
    POSIX::close(fileno $self->{socket});
}


sub reset {
    my ($self) = @_;

    setsockopt $self->{socket}, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
    $self->cut;
}


# when what was sent has been read: a reset overtakes it

sub late_reset {
    my ($self) = @_;

    sleep 0.3;
    $self->reset;
}


# says that nothing more will come, and goes on reading

sub half {
    my ($self) = @_;

    shutdown $self->{socket}, 1;
}


1;
