package Test::Backend;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The application behind a site, as FastCGI, uwsgi and HTTP: the same answer
# to the same URL, and a line of who asked for what with which Accept.
#
#     $t->run_daemon(\&Test::Backend::run, $dir, fastcgi => port(8083), ...);
#
# "$dir/down": every answer is 500.  A URL with "slow" in it takes a second, one
# with "held" as long as there is a file "$dir/hold".
# "/to/...": nginx is told to take the rest of it instead, X-Accel-Redirect.
# "/echo": the answer is JSON of what arrived, its lines of the header in
# "lines" as they came, of HTTP, and in "env", of FastCGI.

use warnings;
use strict;

use Digest::SHA qw/sha256_hex/;
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();


sub run {
    my ($dir, %ports) = @_;

    my %of;
    my $select = IO::Select->new;

    for my $protocol (keys %ports) {
        my $socket = IO::Socket::INET->new(Proto => 'tcp', Listen => 16,
            LocalAddr => '127.0.0.1', LocalPort => $ports{$protocol},
            ReuseAddr => 1) or die "listen: $!";

        $of{$socket} = $protocol;
        $select->add($socket);
    }

    local $SIG{CHLD} = 'IGNORE';

    while (1) {
        for my $socket ($select->can_read) {
            my $c = $socket->accept or next;

            next if fork();
            _serve($c, $of{$socket}, $dir);
            exit 0;
        }
    }
}


# "who protocol URI Accept", a line for each request

sub requests {
    my ($t) = @_;

    return split /\n/, $t->read_file('backend.log');
}


sub _serve {
    my ($c, $protocol, $dir) = @_;

    my %env = $protocol eq 'fastcgi' ? _fastcgi($c)
        : $protocol eq 'uwsgi' ? _uwsgi($c) : _http($c);

    return if !defined $env{REQUEST_URI};

    my $who = $env{HTTP_X_WHO} // $env{X_WHO} // '-';

    open my $log, '>>', "$dir/backend.log";
    syswrite $log, join(' ', $who, $protocol, $env{REQUEST_URI},
        $env{HTTP_ACCEPT} // '') . "\n";

    sleep 1 if $env{REQUEST_URI} =~ /slow/;

    if ($env{REQUEST_URI} =~ /held/) {
        select undef, undef, undef, 0.02 while -e "$dir/hold";
    }

    my $status = -e "$dir/down" ? '500 Down' : '200 OK';
    my ($to) = $env{REQUEST_URI} =~ m!^/to(/.*)!;
    my $answer = $to ? "X-Accel-Redirect: $to\r\n\r\n"
        : $env{REQUEST_URI} =~ m!/echo! ? _echo($c, %env) : "Content-Type: text/html; charset=utf-8\r\n"
        . "Set-Cookie: a=b\r\n" x ($env{REQUEST_URI} !~ /cache|stale|lock/)
        . "X-Backend: $protocol\r\n\r\n"
        . "<html><body>$protocol of $env{REQUEST_URI}</body></html>\n";

    if ($protocol ne 'fastcgi') {
        syswrite $c, "HTTP/1.0 $status\r\n$answer";
        return;
    }

    $answer = "Status: $status\r\n$answer";

    syswrite $c, pack('CCnnCx', 1, 6, 1, length $answer, 0) . $answer
        . pack('CCnnCx', 1, 6, 1, 0, 0)
        . pack('CCnnCx', 1, 3, 1, 8, 0) . "\0" x 8;
}


sub _echo {
    my ($c, %env) = @_;

    my $body = delete $env{BODY} // '';
    my $lines = delete $env{LINES};

    $body .= _read($c, $env{HTTP_CONTENT_LENGTH} - length $body) // ''
        if $lines && length($body) < ($env{HTTP_CONTENT_LENGTH} // 0);

    return "Content-Type: application/json\r\n\r\n"
        . JSON::PP->new->canonical->encode({ env => \%env,
            lines => $lines // [], bytes => length $body,
            sha256 => sha256_hex($body) });
}


sub _fastcgi {
    my ($c) = @_;

    my ($params, $body) = ('', '');

    while (defined(my $head = _read($c, 8))) {
        my (undef, $type, undef, $length, $padding) = unpack 'CCnnC', $head;
        my $content = _read($c, $length);

        _read($c, $padding);

        last if $type == 5 && $length == 0;
        $params .= $content if $type == 4;
        $body .= $content if $type == 5;
    }

    my @words;

    while (length $params) {
        my @lengths = map {
            my $n = unpack 'C', $params;

            $n = unpack('N', $params) & 0x7fffffff if $n > 127;
            substr $params, 0, ord $params > 127 ? 4 : 1, '';
            $n;
        } 1 .. 2;

        push @words, map { substr $params, 0, $_, '' } @lengths;
    }

    return (@words, BODY => $body);
}


sub _uwsgi {
    my ($c) = @_;

    my $head = _read($c, 4) // return;
    my (undef, $length) = unpack 'Cv', $head;

    return unpack '(v/a)*', _read($c, $length);
}


sub _http {
    my ($c) = @_;

    my $head = '';

    while ($head !~ /\r\n\r\n/) {
        $c->sysread($head, 65536, length $head) or return;
    }

    ($head, my $body) = split /(?<=\r\n\r\n)/, $head, 2;

    my ($uri) = $head =~ /^\S+ (\S+)/;
    my %env = (REQUEST_URI => $uri, BODY => $body // '',
        LINES => [split /\r\n/, $head]);

    $env{'HTTP_' . uc($1 =~ tr/-/_/r)} = $2
        while $head =~ /^([\w-]+): ([^\r]*)\r/mg;

    return %env;
}


sub _read {
    my ($c, $n) = @_;

    my $bytes = '';

    while (length $bytes < $n) {
        $c->sysread($bytes, $n - length $bytes, length $bytes) or return;
    }

    return $bytes;
}


1;
