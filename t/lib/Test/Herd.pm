package Test::Herd;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Thousands of servers that come within seconds, each from an address of its
# own and by its own name: processes, each of which is so many servers one
# after the other.  Every other server opens a connection for each request.
#
#     my $herd = Test::Herd->start($t, port => 8080, servers => 5000,
#         documents => [...], pages => [...], pause => SECONDS);
#     $herd->progress;            how many servers have been there
#     my $seen = $herd->finish;   { 'URI STATUS HASH' => times }

use warnings;
use strict;

use Digest::MD5 qw/md5_hex/;
use Socket;
use Test::More ();
use Time::HiRes qw/sleep time/;

use Test::Nginx;

my $AP = 'application/activity+json, application/ld+json';


sub start {
    my ($class, $t, %o) = @_;

    my $self = bless { %o, t => $t, since => time(), files => [], pids => [] },
        $class;

    my $crowd = $o{processes} || 40;

    for my $n (0 .. $crowd - 1) {
        my $file = $t->testdir . "/herd-$o{port}-$$-" . ++$self->{n};
        my $pid = fork();

        die "fork: $!" unless defined $pid;

        if ($pid == 0) {
            $SIG{HUP} = $SIG{INT} = $SIG{TERM} = 'DEFAULT';
            $self->_be($file, $n, $crowd);
            POSIX::_exit(0);
        }

        push @{ $self->{pids} }, $pid;
        push @{ $self->{files} }, $file;
    }

    return $self;
}


# a line a server

sub progress {
    my ($self) = @_;

    my $lines = 0;
    $lines += () = _read($_) =~ /^done$/mg for @{ $self->{files} };

    return $lines;
}


sub finish {
    my ($self) = @_;

    waitpid $_, 0 for @{ $self->{pids} };
    $self->{took} = time() - $self->{since};

    my (%seen, $done, $requests);

    for my $file (@{ $self->{files} }) {
        my %newest;

        for (split /\n/, _read($file)) {
            $done++, next if $_ eq 'done';

            my ($uri, $status, $hash) = split ' ';

            $seen{"$uri $status $hash"}++;
            $requests++;

            # who has seen the new one never sees the old one again

            my $generation = $newest{$uri}{$hash} //= keys %{ $newest{$uri} };

            $seen{'older after newer'}++
                if $generation < keys(%{ $newest{$uri} }) - 1;
        }
    }

    Test::More::diag(sprintf '%d servers, %d requests in %.1f seconds', $done,
        $requests, $self->{took});

    $self->{done} = $done;

    return \%seen;
}


sub _be {
    my ($self, $file, $first, $step) = @_;

    open my $log, '>', $file or POSIX::_exit(1);
    $log->autoflush(1);

    for (my $n = $first; $n < $self->{servers}; $n += $step) {
        my $lines = '';
        my $c;

        for my $what (map({ [$_, $AP] } @{ $self->{documents} || [] }),
            map({ [$_, 'text/html'] } @{ $self->{pages} || [] }))
        {
            my ($uri, $accept) = @$what;
            my $keep = $n % 2;
            my $request = "GET $uri HTTP/1.1\r\nHost: acme.example\r\n"
                . "User-Agent: Mastodon/4.4.$n (http.rb/5.3.1; "
                . "+https://h$n.example/)" . ($accept eq $AP ? '' : ' Bot')
                . "\r\nAccept: $accept\r\n"
                . ($keep ? '' : "Connection: close\r\n") . "\r\n";

            # a server that is cut off comes again

            my ($status, $body);

            for my $try (1 .. 5) {
                $c ||= $self->_connect($n);
                ($status, $body) = _ask($c, $request) if $c;
                last if $status;

                undef $c;
                $lines .= "cut off x\n";
                sleep 0.05;
            }

            $lines .= "$uri " . ($status // 'none') . ' '
                . md5_hex($body // '') . "\n";

            undef $c if !$keep;
        }

        print $log "${lines}done\n";
        sleep $self->{pause} if $self->{pause};
    }
}


# 127.1.0.0 and up

sub _connect {
    my ($self, $n) = @_;

    socket(my $c, PF_INET, SOCK_STREAM, 0) or return;
    bind($c, pack_sockaddr_in(0, pack('CCCC', 127, 1, $n / 250, $n % 250 + 1)))
        or return;
    connect($c, pack_sockaddr_in(Test::Nginx::port($self->{port}),
        INADDR_LOOPBACK)) or return;

    return $c;
}


sub _ask {
    my ($c, $request) = @_;

    syswrite($c, $request) or return;

    my $answer = '';

    while ($answer !~ /\r\n\r\n/) {
        sysread($c, $answer, 65536, length $answer) or return;
    }

    my ($head, $body) = split /\r\n\r\n/, $answer, 2;
    my ($status) = $head =~ m!^HTTP/1\.1 (\d+)! or return;
    my ($length) = $head =~ /^Content-Length: (\d+)/mi;

    # else in chunks, of which a text that is compared may stay

    while (defined $length ? length $body < $length : $body !~ /^0\r\n\r\n/m) {
        sysread($c, $body, 65536, length $body) or return;
    }

    return ($status, $body);
}


sub _read {
    my ($name) = @_;

    open my $f, '<', $name or return '';
    local $/;

    return readline($f) // '';
}


1;
