package Test::Attacks::Behaviour;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What a server of the farm does instead of answering, by words:
#
#     drip silence reset cut endless lie gzip_bomb br
#     status:N empty http09 chunked:KIND head:KIND
#     redirect:STATUS:URL retry:VALUE only:SCHEME json:TEXT
#
# several() are those that a word of an attack file stands for, each with
# what it is about: get, post or tls.  slow(): who needs seconds.

use warnings;
use strict;

use Compress::Zlib ();
use Digest::SHA qw/sha1_hex/;

my @CERTIFICATES = qw/expired early itself other wildcard sha1 common stalled/;

# by pattern, in this order
my @SEVERAL = (
    ['^tls|certificate|self.?signed|expired' => 'tls', @CERTIFICATES],
    ['^drip|^slow|slowloris|byte_by_byte' => 'get', 'drip'],
    ['silen|black_?hole|hang|never|stall|time_?out' => 'get', 'silence'],
    ['^reset|^rst' => 'get', 'reset'],
    ['^cut|^close|^half|truncat' => 'get', qw/cut lie/],
    ['endless|infinite|huge_body|big_body' => 'get', qw/endless lie:10737418240
        declared:10737418240/],
    ['gzip|bomb|encoding|^br$' => 'get', qw/gzip_bomb br/],
    ['odd_status|statuses' => 'get', 'empty', (map { "status:$_" } 204, 206,
        300, 500, 999), 'http09'],
    ['^gone|^410' => 'get', 'status:410'],
    ['not_?found|^404' => 'get', 'status:404'],
    ['^5\d\d$|server_error|unavailable' => 'get', qw/status:500 status:503/],
    ['chunk' => 'get', map { "chunked:$_" } qw/huge negative extension
        trailers/],
    ['header' => 'get', map { "head:$_" } qw/endless long many nul fold/],
    ['1xx|early_hints|continue' => 'get', 'head:continue'],
    ['only_?9421' => 'post', qw/only:9421 only:cavage/],
    ['only_?cavage' => 'post', 'only:cavage'],
    ['retry' => 'post', map { "retry:$_" } 0, 86400000,
        'Thu, 01 Jan 1970 00:00:00 GMT', 'soon'],
    ['inbox_redirect|redirect_inbox' => 'post', map { "redirect:$_:" } 301, 302,
        307, 308],
    ['^(?:status|chunked|head|redirect|json):' => 'get'],
);


sub several {
    my ($word) = @_;

    for my $row (@SEVERAL) {
        my ($pattern, $about, @words) = @$row;

        next if $word !~ /$pattern/i;
        return map { [$about, $_] } @words ? @words : $word;
    }

    die "no handler for the server \"$word\"\n";
}


sub slow { return scalar($_[0] =~ /drip|silence|stalled|head:continue|trailers/) }


# what is wrong with a certificate: parameters of CERT_create

sub certificate {
    my ($word, $name) = @_;

    return if !$word;

    my ($parent) = $name =~ /\.(.*)/;

    sleep 30 if $word eq 'stalled';

    return $word eq 'expired' ? (not_before => time() - 9 * 86400,
            not_after => time() - 86400)
        : $word eq 'early' ? (not_before => time() + 86400,
            not_after => time() + 9 * 86400)
        : $word eq 'itself' ? (itself => 1)
        : $word eq 'other' ? (subject => { commonName => $name },
            subjectAltNames => [[DNS => 'other.example']])
        : $word eq 'common' ? (subject => { commonName => "x $name" },
            subjectAltNames => [[email => "root\@$name"]])
        : $word eq 'wildcard' ? (subject => { commonName => '*.example' },
            subjectAltNames => [[DNS => '*.example'], [DNS => '*']])
        : $word eq 'sha1' ? (digest => 'sha1')
        : ();
}


sub response {
    my ($what) = @_;

    return "HTTP/1.1 $what->{status} Answer\r\n"
        . (length($what->{type} // '') ? "Content-Type: $what->{type}\r\n" : '')
        . join('', map { "$_\r\n" } @{ $what->{headers} || [] })
        . 'Content-Length: ' . length($what->{body}) . "\r\n\r\n$what->{body}";
}


sub answer {
    my ($word, $c, $r, $what) = @_;

    my ($verb, $argument) = split /:/, $word, 2;
    my $do = __PACKAGE__->can("_$verb") || die "no behaviour \"$word\"\n";

    $what ||= { status => 200, type => 'application/activity+json',
        body => '{}' };

    $do->($c, $what, $argument, $r);
}


sub _type { "Content-Type: $_[0]{type}\r\n" }

sub _drip { $_[0]->slowly(1.5, response($_[1])) }

sub _silence { $_[0]->wait(40) }

# an answer as it should be, after a while

sub _late {
    my ($c, $what, $seconds, $r) = @_;

    $c->wait($seconds);
    $c->send("HTTP/1.1 202 Taken\r\nContent-Length: 0\r\n\r\n");
}

sub _reset { $_[0]->reset }

sub _cut { $_[0]->send(substr response($_[1]), 0, -20); $_[0]->close }


sub _endless {
    my ($c, $what) = @_;

    $c->send("HTTP/1.1 200 OK\r\n" . _type($what) . "Connection: close\r\n\r\n"
        . '{"summary":"');
    $c->endless('x' x 65536);
    $c->close;
}


# a length that is not that of the body

sub _lie {
    my ($c, $what, $n) = @_;

    $c->send("HTTP/1.1 200 OK\r\n" . _type($what) . 'Content-Length: '
        . ($n // length($what->{body}) + 10) . "\r\n\r\n$what->{body}");
    $c->endless(' ' x 65536) if $n;
    $c->close;
}

sub _declared {
    my ($c, $what, $n) = @_;

    $c->send("HTTP/1.1 200 OK\r\n" . _type($what)
        . "Content-Length: $n\r\n\r\n$what->{body}");
    $c->close;
}


sub _gzip_bomb {
    my ($c, $what) = @_;

    my $body = Compress::Zlib::memGzip($what->{body} . ' ' x 20_000_000);

    $c->send(response({ %$what, body => $body,
        headers => ['Content-Encoding: gzip'] }));
}


sub _br { $_[0]->send(response({ %{ $_[1] },
    headers => ['Content-Encoding: br'] })) }

sub _status { $_[0]->send(response({ %{ $_[1] }, status => $_[2] })) }

sub _empty { $_[0]->send(response({ %{ $_[1] }, body => '' })) }

sub _json { $_[0]->send(response({ %{ $_[1] }, body => $_[2] })) }


sub _http09 {
    my ($c, $what) = @_;

    $c->send($what->{body});
    $c->close;
}


sub _chunked {
    my ($c, $what, $kind) = @_;

    my $body = $what->{body};
    my $n = sprintf '%x', length $body;

    $c->send("HTTP/1.1 200 OK\r\n" . _type($what)
        . "Transfer-Encoding: chunked\r\n\r\n");

    $c->send($kind eq 'huge' ? "ffffffffffffffff\r\n$body"
        : $kind eq 'negative' ? "-$n\r\n$body\r\n0\r\n\r\n"
        : $kind eq 'extension' ? "$n;" . 'x' x 1_048_576 . "\r\n$body\r\n0\r\n"
            . "\r\n"
        : "$n\r\n$body\r\n0\r\n");

    $c->endless("X-Trailer: y\r\n" x 1000) if $kind eq 'trailers';
    $c->close;
}


sub _head {
    my ($c, $what, $kind) = @_;

    my $rest = _type($what) . 'Content-Length: ' . length($what->{body})
        . "\r\n\r\n$what->{body}";

    if ($kind eq 'continue') {
        for (1 .. 100) {
            $c->send("HTTP/1.1 103 Early\r\n\r\n") or last;
            $c->wait(0.3);
        }

        return;
    }

    $c->send("HTTP/1.1 200 OK\r\n");

    return $c->endless("X-More: y\r\n" x 1000) if $kind eq 'endless';

    $c->send(($kind eq 'long' ? 'X: ' . 'x' x 100_000
        : $kind eq 'many' ? join "\r\n", map { "X-$_: y" } 1 .. 2000
        : $kind eq 'nul' ? "X: a\0b" : "X: a\r\n b\r\n\tc") . "\r\n$rest");
}


sub _redirect {
    my ($c, $what, $argument, $r) = @_;

    my ($status, $to) = split /:/, $argument, 2;
    my ($host) = $r->{head} =~ /^Host: *(.*?)\r$/mi;

    $to = "https://$host$r->{target}/moved" if !length $to;

    $c->send("HTTP/1.1 $status Moved\r\nLocation: $to\r\n"
        . "Content-Length: 0\r\n\r\n");
}


# everything leads on: to itself, to and fro between two, without an end

sub _loop {
    my ($c, $what, $kind, $r) = @_;

    my ($host) = $r->{head} =~ /^Host: *(.*?)\r$/mi;
    my $other = $host =~ /^evil\./ ? $host =~ s/^evil/evil2/r
        : $host =~ s/^evil2/evil/r;
    my ($n) = $r->{target} =~ /n=(\d+)/;
    my ($path) = $r->{target} =~ /^([^?]*)/;

    my $to = $kind eq 'self' ? "https://$host$r->{target}"
        : $kind eq 'two' ? "https://$other$path"
        : "https://$host$path?n=" . (($n // 0) + 1);

    $c->send("HTTP/1.1 302 Found\r\nLocation: $to\r\n"
        . "Content-Length: 0\r\n\r\n");
}


sub _retry { $_[0]->send("HTTP/1.1 503 Busy\r\nRetry-After: $_[2]\r\n"
    . "Content-Length: 0\r\n\r\n") }


# an inbox that understands one kind of signature

sub _only {
    my ($c, $what, $scheme, $r) = @_;

    my $is = $r->{head} =~ /^Signature-Input:/mi ? '9421' : 'cavage';

    $c->note("only-$scheme" => $is);
    $c->send('HTTP/1.1 ' . ($is eq $scheme ? '202 Taken' : '401 No')
        . "\r\nContent-Length: 0\r\n\r\n");
}


# pages without an end

sub _pages {
    my ($c, $what, $kind, $r) = @_;

    my ($host) = $r->{head} =~ /^Host: *(.*?)\r$/mi;
    my ($path, $n) = $r->{target} =~ /^([^?]*)(?:\?p=(\d+))?/;
    my $next = "https://$host$path?p=" . (($n // 0) + 1);

    $c->send(response({ %$what, body => qq({"id":"https://$host$r->{target}",)
        . qq("type":"OrderedCollectionPage","next":"$next","orderedItems":[]})
    }));
}


1;
