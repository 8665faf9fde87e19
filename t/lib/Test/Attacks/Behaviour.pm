package Test::Attacks::Behaviour;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What a server of the farm does instead of answering, by words:
#
#     drip silence late:S reset cut endless lie declared:N gzip_bomb encoding:NAME
#     status:N empty http09 chunked:KIND head:KIND lengths:KIND type:TYPE
#     redirect:STATUS:URL retry:VALUE only:SCHEME json:TEXT loop:KIND pages
#
# and of TLS: expired early itself other wildcard sha1 common stalled old
# plain closed.
#
# several() are those that a word of an attack file stands for, each with what
# it is about: get, post (an inbox) or tls.  slow(): who needs seconds.

use warnings;
use strict;

use Compress::Zlib ();

my @CERTIFICATES = qw/expired early itself other wildcard sha1 common stalled/;

my $POST = qr/^(?:inbox|delivery|post)_/i;

# by pattern, in this order; "inbox_" in front makes it a matter of deliveries
my @SEVERAL = (
    ['^(?:status|chunked|head|redirect|json|encoding|type|lengths):' => 'get'],
    ['self_?signed|untrusted|unknown_ca' => 'tls', 'itself'],
    ['not_yet|early_cert|cert.*future|future_cert' => 'tls', 'early'],
    ['wrong_(?:host|name)|(?:host|name)_?mismatch|other_name' => 'tls',
        'other'],
    ['^wildcard' => 'tls', 'wildcard'],
    ['^(?:cn_only|common_name)' => 'tls', 'common'],
    ['^sha_?1' => 'tls', 'sha1'],
    ['stall\w*_(?:tls|handshake)|(?:tls|handshake)_stall' => 'tls', 'stalled'],
    ['old_(?:tls|ssl)|(?:tls|ssl)_?old|tls_?v?1[._]?[01]$|ssl_?v?3|weak_tls'
        => 'tls', 'old'],
    ['^plain|no_tls|^http_on_443|plaintext' => 'tls', 'plain'],
    ['accept_(?:then|and)_close|close_at_once|handshake_close' => 'tls',
        'closed'],
    ['^tls|certificates?$' => 'tls', @CERTIFICATES],
    ['expired' => 'tls', 'expired'],
    ['^drip|^slow|slowloris|byte_by_byte|byte_?per' => 'get', 'drip'],
    ['silen|black_?hole|hang|never|stall|time_?out|no_answer' => 'get',
        'silence'],
    ['^reset|^rst' => 'get', 'reset'],
    ['header' => 'get', map { "head:$_" } qw/endless long many nul fold/],
    ['no_(?:content_)?type' => 'get', 'type:'],
    ['(?:huge|big|large)_(?:content_)?length' => 'get',
        'declared:10737418240'],
    ['(?:negative|two|bad|no|odd)_(?:content_)?lengths?' => 'get', map {
        "lengths:$_" } qw/negative two text/],
    ['^cut|^close|half|truncat|^early_eof' => 'get', qw/cut lie/],
    ['endless|infinite|(?:huge|big|large)_body|^huge|^lie' => 'get',
        qw/endless lie:10737418240 declared:10737418240/],
    ['gzip|bomb' => 'get', qw/gzip_bomb encoding:br/],
    ['^(?:br|brotli|deflate|zstd|encoding)$' => 'get', 'encoding:'],
    ['odd_status|statuses' => 'get', 'empty', (map { "status:$_" } 204, 206,
        300, 500, 999), 'http09'],
    ['^empty' => 'get', 'empty'],
    ['^http_?0_?9' => 'get', 'http09'],
    ['^html|^web_page' => 'get', 'type:text/html'],
    ['not_json|no_json|bad_json|garbage|malformed' => 'get',
        'json:<!doctype html>', 'json:{"id":'],
    ['not_?found' => 'get', 'status:404'],
    ['gone' => 'get', 'status:410'],
    ['server_error|^internal' => 'get', qw/status:500 status:503/],
    ['unavailable|^busy' => 'get', 'status:503'],
    ['too_many|rate_?limit' => 'get', 'status:429'],
    ['forbidden' => 'get', 'status:403'],
    ['unauthori[sz]ed' => 'get', 'status:401'],
    ['chunk' => 'get', map { "chunked:$_" } qw/huge negative extension
        trailers/],
    ['1xx|early_hints|continue' => 'get', 'head:continue'],
    ['only_?(?:rfc_?)?9421' => 'post', qw/only:9421 only:cavage/],
    ['only_?(?:draft_?)?cavage' => 'post', 'only:cavage'],
    ['retry' => 'post', map { "retry:$_" } 0, 86400000,
        'Thu, 01 Jan 1970 00:00:00 GMT', 'soon'],
    ['inbox_redirect|redirect_inbox' => 'post', map { "redirect:$_:" } 301, 302,
        307, 308],
);


sub several {
    my ($word) = @_;

    my $bare = $word =~ s/$POST//r =~ tr/ -/__/r;

    if ($bare =~ /^(?:http_?|answers?_?)?([1-9]\d\d)$/) {
        my $status = $1;

        return map { ['post', "redirect:$status:"] } 1
            if $word ne $bare && $status =~ /^30[1278]$/;
        return [$word =~ $POST ? 'post' : 'get', "status:$status"];
    }

    if ($bare =~ /^([45])xx$/) {
        return map { [$word =~ $POST ? 'post' : 'get', "status:${1}0$_"] } 0, 3;
    }

    for my $row (@SEVERAL) {
        my ($pattern, $about, @words) = @$row;
        my $is = $pattern =~ /inbox/ ? $word : $bare;

        next if $is !~ /$pattern/i;
        @words = $word if !@words;

        return map { [$word =~ $POST && $about eq 'get' ? 'post' : $about,
            $_ eq 'encoding:' ? "encoding:$bare" : $_] } @words;
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


sub _line { "Content-Type: $_[0]{type}\r\n" }

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

    $c->send("HTTP/1.1 200 OK\r\n" . _line($what) . "Connection: close\r\n\r\n"
        . '{"summary":"');
    $c->endless('x' x 65536);
    $c->close;
}


# a length that is not that of the body

sub _lie {
    my ($c, $what, $n) = @_;

    $c->send("HTTP/1.1 200 OK\r\n" . _line($what) . 'Content-Length: '
        . ($n // length($what->{body}) + 10) . "\r\n\r\n$what->{body}");
    $c->endless(' ' x 65536) if $n;
    $c->close;
}

sub _declared {
    my ($c, $what, $n) = @_;

    $c->send("HTTP/1.1 200 OK\r\n" . _line($what)
        . "Content-Length: $n\r\n\r\n$what->{body}");
    $c->close;
}


sub _gzip_bomb {
    my ($c, $what) = @_;

    my $body = Compress::Zlib::memGzip($what->{body} . ' ' x 20_000_000);

    $c->send(response({ %$what, body => $body,
        headers => ['Content-Encoding: gzip'] }));
}


sub _encoding { $_[0]->send(response({ %{ $_[1] },
    headers => ["Content-Encoding: $_[2]"] })) }

sub _type { $_[0]->send(response({ %{ $_[1] }, type => $_[2] })) }


sub _lengths {
    my ($c, $what, $kind) = @_;

    my $n = length $what->{body};

    $c->send("HTTP/1.1 200 OK\r\n" . _line($what) . join('', map {
        "Content-Length: $_\r\n" } $kind eq 'negative' ? "-$n"
        : $kind eq 'two' ? ($n, $n + 1) : 'x') . "\r\n$what->{body}");
    $c->close;
}

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

    $c->send("HTTP/1.1 200 OK\r\n" . _line($what)
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

    my $rest = _line($what) . 'Content-Length: ' . length($what->{body})
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
