#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What the connector takes for an answer: HTTP/1.1 to the letter, whole, and
# of a size.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Fetch;
use Test::Hostile;

use JSON::PP ();

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

my @hosts = map { "peer$_.example" } 1 .. 4;

for my $name ('peer.example', @hosts) {
    $rig->name($name, '8.8.4.4');
    $rig->{ca}->issue($name);
}

$rig->route('8.8.4.4');

my $e = "\r\n";
my $mib = 1024 * 1024;
my $head = "HTTP/1.1 200 OK$e";
my $chunked = "${head}Transfer-Encoding: chunked$e$e";
my $hi = "Content-Length: 2$e${e}hi";

my $strange = 'the answer is not HTTP/1.1 as it should be';
my $short = 'the peer closed in the middle of the answer';
my $long = "the answer is longer than $mib bytes";
my $deep = 'the head of the answer is too long';
my $none = 'the peer closed without an answer';

# what is to be said, how it ends, and why; a peer that closes says so

my @rows = (
    [$head . $hi, $OK, 'Content-Length'],
    ["${head}content-length:2$e${e}hi", $OK, 'in lower case, no space'],
    ["HTTP/1.1 200$e$hi", $OK, 'no reason'],
    ["HTTP/1.1 200 $e$hi", $OK, 'an empty reason'],
    ["HTTP/1.0 200 OK$e$hi", $OK, 'HTTP/1.0'],
    ["${head}Content-Length: 0$e$e", $OK, 'no body'],
    ["${chunked}2${e}hi${e}0$e$e", $OK, 'chunked'],
    ["${chunked}0002;a=\"b\"${e}hi${e}0;c$e$e", $OK, 'chunk extensions'],
    ["${chunked}2${e}hi${e}0${e}A: b$e$e", $OK, 'trailers'],
    [closing("$head${e}hi"), $OK, 'until it closes'],
    [closing("$head$e"), $OK, 'nothing until it closes'],
    [half($head . $hi), $OK, 'a half close'],
    [trickle($head . $hi), $OK, 'byte by byte'],
    [trickle("${chunked}2${e}hi${e}0$e$e"), $OK, 'chunks byte by byte'],
    ["HTTP/1.1 103 Early$e$e" x 7 . "HTTP/1.1 100 Continue$e$e$head$hi", $OK,
        '8 interim answers'],
    ["HTTP/1.1 404 No$e$hi", 'another status, status 404', 'status 404'],
    ["HTTP/1.1 599 Odd$e$hi", 'another status, status 599', 'status 599'],

    # framing of no body

    ["HTTP/1.1 204 No$e$e", 'another status, status 204', 'status 204'],
    ["HTTP/1.1 304 Same${e}Content-Length: 5$e$e",
        'another status, status 304', '304 with a length'],
    [closing("HTTP/1.1 204 No$e${hi}"), 'another status, status 204',
        '204 with a body'],
    [closing("HTTP/1.1 304 No$e${hi}$head$hi"), 'another status, status 304',
        '304 with a body'],

    # sizes

    [$head . 'X: ' . 'x' x 32000 . $e . $hi, $OK, 'a head of 32000 bytes'],
    [$head . "A: b$e" x 99 . $hi, $OK, '100 lines'],
    [$head . "A: b$e" x 100 . $hi, $deep, '101 lines'],
    [$head . 'X: ' . 'x' x 32768 . $e . $hi, $deep, 'a longer head'],
    [$head . 'X' x 40000, $deep, 'a head without end'],
    [endless($head, "X-A: b$e" x 1000), $deep, 'lines without end'],
    [endless($head . 'X: ', 'x' x 8000), $deep, 'a line without end'],
    [endless('', "HTTP/1.1 103 Early$e$e" x 100), $strange,
        'interim answers without end'],
    ["HTTP/1.1 103 Early$e$e" x 9 . $head . $hi, $strange,
        '9 interim answers'],

    ["${head}Content-Length: $mib$e$e" . 'b' x $mib, $OK, '1 MiB'],
    [$chunked . chunks($mib) . "0$e$e", $OK, '1 MiB in chunks'],
    [closing($head . $e . 'b' x $mib), $OK, '1 MiB until it closes'],
    ["${head}Content-Length: " . ($mib + 1) . "$e$e", $long,
        '1 MiB and a byte, announced'],
    [$chunked . chunks($mib + 1) . "0$e$e", $long,
        '1 MiB and a byte in chunks'],
    [closing($head . $e . 'b' x ($mib + 1)), $long,
        '1 MiB and a byte until it closes'],
    [endless($head . $e, 'b' x 65536), $long, 'a body without end'],
    [endless($chunked, chunks(65536)), $long, 'chunks without end'],
    [endless("${chunked}0$e", "A: b$e" x 1000), $long,
        'trailers without end'],
    [endless("${chunked}2;", 'x' x 1000), $long,
        'a chunk extension without end'],

    # lengths that are none, and two of them

    (map { ["${head}Content-Length: $_$e${e}hi", $strange, "length \"$_\""] }
        '', '-1', '+2', '2,2', '0x2', '2 2', '2;', 'two', '9' x 19,
        '18446744073709551618'),
    ["${head}Content-Length: 2$e$hi", $strange, 'two equal lengths'],
    ["${head}Transfer-Encoding: chunked${e}Content-Length: 2$e${e}hi",
        $strange, 'a length and chunks'],
    (map { ["${head}Transfer-Encoding: $_$e${e}2${e}hi${e}0$e$e", $strange,
        "coding \"$_\""] } '', 'gzip', 'gzip, chunked', 'chunked, chunked',
        'identity', 'xchunked', "chunked${e}Transfer-Encoding: chunked"),
    ["HTTP/1.0 200 OK${e}Transfer-Encoding: chunked$e${e}0$e$e", $strange,
        'chunks in HTTP/1.0'],
    (map { ["$chunked$_", $strange, 'chunk "' . shown($_) . '"'] }
        "-1$e", "0x2${e}hi${e}0$e$e", "2\nhi\n0\n\n", "${e}2${e}hi${e}0$e$e",
        " 2${e}hi${e}0$e$e", "z$e", "2${e}hi0$e$e", "2${e}hiX${e}0$e$e",
        "2${e}hi\n0$e$e"),
    ["${chunked}fffffffffffffffff$e", qr/^(?:$strange|$long)$/,
        'a chunk of more than 64 bits'],
    ["${chunked}7fffffff$e" . 'b' x 100, qr/^(?:$long)$|^$short$/,
        'a chunk of 2 GiB', 'close'],

    # not the letter

    ["HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", qr/^(?:$strange|$short)$/,
        'bare LF', 'close'],
    ["HTTP/1.1 200 OK$e" . "A: b\n$hi", $strange, 'one bare LF'],
    ["HTTP/1.1 200 OK$e" . "A: b\rC: d$e$hi", $strange, 'a bare CR'],
    ["${head}A: b$e c$e$hi", $strange, 'a folded line'],
    ["$head A: b$e$hi", $strange, 'a folded status line'],
    ["${head}A : b$e$hi", $strange, 'a space before the colon'],
    ["${head}: b$e$hi", $strange, 'no name'],
    ["${head}A b$e$hi", $strange, 'no colon'],
    ["${head}A: b\0c$e$hi", $strange, 'NUL'],
    ["${head}A: b\x7fc$e$hi", $strange, 'DEL'],
    (map { ["$_$e$hi", $strange, "status line \"$_\""] } 'HTTP/2.0 200 OK',
        'HTTP/1.2 200 OK', 'HTTP/1.1  200 OK', 'HTTP/1.1 20 OK',
        'HTTP/1.1 2000 OK', 'HTTP/1.1 099 OK', 'HTTP/1.1200 OK',
        'http/1.1 200 OK', 'HTTP/1.1 -20 OK', ' HTTP/1.1 200 OK',
        'ICY 200 OK', 'SSH-2.0-OpenSSH_9'),
    ["HTTP/1.1 101 Switching${e}Upgrade: x$e$e", $strange, 'status 101'],
    ["$e$head$hi", $strange, 'an empty line first'],
    [closing('<html>hello</html>'), $short, 'HTTP/0.9'],

    # not whole

    ["${head}Content-Length: 3$e${e}hi", $short, 'cut', 'close'],
    [$chunked . "2${e}hi$e", $short, 'chunks cut', 'close'],
    [$chunked . "5${e}hi", $short, 'a chunk cut', 'close'],
    ["${chunked}2${e}hi${e}0$e", $short, 'the last line cut', 'close'],
    ["${head}Content-Length: 2$e", $short, 'a head cut', 'close'],
    ["HTTP/1.1 100 Continue$e$e", $short, 'only an interim answer', 'close'],
    ["${head}Content-Length: 3$e${e}hi", $short, 'reset', 'late_reset'],
    ["$head${e}hi", $short, 'until it closes, and cut off', 'cut'],
    ['', $none, 'nothing', 'close'],
    ['', $none, 'nothing but a reset', 'reset'],
);

# a document, in several ways

my $document = JSON::PP->new->utf8->encode({ id => 'https://peer.example/',
    name => "\x{fc}\x{1f41f}" x 5000 });
my $activity = "${head}Content-Type: application/activity+json$e";
my $length = 'Content-Length: ' . length($document) . "$e$e$document";

my %way = (
    length => $activity . $length,
    chunks => "${activity}Transfer-Encoding: chunked$e$e"
        . join('', map { "1$e$_$e" } split //, $document) . "0$e$e",
    closed => closing("$activity$e$document"),
    identity => "${activity}Content-Encoding: Identity$e$length",
    gzip => "${activity}Content-Encoding: gzip$e$length",
    twice => "${activity}Content-Encoding: identity$e"
        . "Content-Encoding: identity$e$length",
);

# a JRD of that many bytes

my %jrd = map { ("/jrd$_" => "${head}Content-Type: application/jrd+json$e"
    . "Content-Length: $_$e$e" . 'j' x $_) } 65_536, 65_537;

my %paths = (%jrd,
    (map { ("/$_" => said(@{ $rows[$_] }[0, 3])) } 0 .. $#rows),
    map { ("/$_" => $way{$_}) } keys %way);

my $peer = Test::Hostile->start($rig, paths => \%paths);
my $f = Test::Fetch->start($t, $rig);

###############################################################################

for (my $i = 0; $i <= $#rows; $i += 8) {
    my $last = $i + 7 > $#rows ? $#rows : $i + 7;
    my @ended = $f->all(map { "https://$hosts[$_ % @hosts]/$_" } $i .. $last);

    for my $n ($i .. $last) {
        my ($expected, $what) = @{ $rows[$n] }[1, 2];

        ref $expected ? like($ended[$n - $i], $expected, $what)
            : is($ended[$n - $i], $expected, $what);
    }
}

# what has no end is not read to its end

my $endless = grep { $_->[2] =~ /without end/ && ref $_->[0] } @rows;

# each by its own process, which may see it later

$t->wait_for(sub { $peer->since('took') >= $endless }, 10);

my @took = $peer->since('took');

is(scalar @took, $endless, 'all that have no end are told to stop');
is(join(' ', grep { $_ > 16 * $mib } @took), '', 'in time');

# the body is what was sent

for my $way (qw/length chunks closed identity/) {
    my $r = $f->result($f->ask("https://peer.example/$way"));

    is($r->{error}, undef, "a document, $way");
    ok(unpacked($r->{body}) eq $document, "a document, $way: as it was sent");
}

is($f->get("https://peer.example/$_"),
    'an encoding that was not asked for, status 200', $_) for qw/gzip twice/;

# what is no ActivityPub document is shorter

is(jrd(65_536), '65536 bytes', 'a JRD of 64 KiB');
is(jrd(65_537), 'the answer is longer than 65536 bytes', 'and a byte');

unlike($t->error_log, qr/\[(?:error|crit)\]/, 'and no [error] of ours');

done_testing();

###############################################################################

sub jrd {
    my ($size) = @_;

    my $job = $t->sql("SELECT activitypub.job_create('fetch', NULL,
        '{\"url\": \"https://peer.example/jrd$size\", \"as\": \"jrd\"}')");
    my $result;

    $t->wait_for(sub { $result = $t->sql("SELECT coalesce(result ->> 'error',
        (result ->> 'bytes') || ' bytes') FROM activitypub.job
        WHERE id = $job AND state = 'done'") }, 20);

    return $result;
}


sub closing {
    my ($bytes) = @_;

    return sub { $_[0]->send($bytes); $_[0]->close };
}


sub half {
    my ($bytes) = @_;

    return sub { $_[0]->send($bytes); $_[0]->half; $_[0]->wait(1) };
}


sub trickle {
    my ($bytes) = @_;

    return sub { $_[0]->slowly(0.005, $bytes) };
}


sub endless {
    my ($first, $again) = @_;

    return sub { $_[0]->send($first) && $_[0]->endless($again) };
}


sub said {
    my ($what, $end) = @_;

    return $what unless defined $end;
    return sub { $_[0]->send($what); $_[0]->$end };
}


sub chunks {
    my ($n) = @_;

    my $all = '';

    for (my $size = 0; $n > 0; $n -= $size) {
        $size = $n > 60000 ? 60000 : $n;
        $all .= sprintf("%x", $size) . $e . 'c' x $size . $e;
    }

    return $all;
}


sub shown {
    my ($text) = @_;

    return $text =~ s/\r/\\r/gr =~ s/\n/\\n/gr;
}


sub unpacked {
    my ($text) = @_;

    utf8::encode($text);

    return $text;
}

###############################################################################
