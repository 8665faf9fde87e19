package Test::Urls;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# URLs, good and bad, and more of the second: those that somebody was once
# deceived by, pieces put together by the grammar, and both of them damaged.
# The same number gives the same ones.
#
#     my @urls = Test::Urls->new(1)->some(100_000);    # bytes

use warnings;
use strict;

use Encode qw/encode_utf8/;


my @SCHEMES = (qw/HTTPS hTTp ftp javascript
    data ws file mailto httpss https+x/, 'ht tp', '');

my @SLASHES = (':/', ':', ':///', ':\\\\', ':/\\', '//', ':////');

my @USERINFO = ('user@', 'user:pass@', '@', 'a.example@', ':@',
    'a.example:443@', '%40@');

my @PORTS = (map { ":$_" } '', 0, 1, 80, 443, 8443, 65535, 65536,
    '080', '0443', '00', 99999, '+80', '-1', '8 0', '4a', "4\t43", '443:443',
    "\x{ff11}");

my @LABELS = ((qw/a b example evil victim www xn--bcher-kva xn--fa-hia xn--
    xn--a xn--zca XN--BCHER-KVA xn--80ak6aa92e xn--ls8h xn--lsh ab--cd
    -a a- a_b 0 1 08 0x 0x7f 127 255 256 010 com org net example test
    localhost local internal/, 'a' x 63, 'a' x 64, map { chr } 0x2024,
    0x3002, 0xff0e, 0xff61, 0x2488, 0xad, 0x200b, 0x200d, 0x2060, 0xfeff),
    "b\x{fc}cher", "B\x{dc}CHER", "fa\x{df}", "\x{1e9e}", "\x{3c3}\x{3c2}",
    "\x{130}", "\x{131}", "\x{212a}", "\x{17f}", "\x{fb01}", "\x{ff41}",
    "\x{430}pple", "\x{1f4a9}", "\x{2665}", "\x{640}", "\x{5d0}1",
    "\x{5d0}\x{5d1}", "a\x{5d0}", "\x{4e2d}\x{6587}", "e\x{301}", "\x{e9}",
    "\x{301}e", "\x{915}\x{94d}\x{200d}", "\x{627}\x{200c}", "a\x{200c}b",
    "a\x{2100}c", "\x{2048}", "\x{ff0f}", "\x{ff1a}", "\x{ff20}", "\x{d7}",
    "\x{2f868}", "\x{10a01}", "l\x{b7}l", "\x{30a2}\x{30fb}", "\x{378}");

my @ADDRESSES = qw/127.0.0.1 127.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1
    017700000001 127.0.0.1. 1.2.3.4.5 1.2.3 1.2.3.256 256.1.1.1 4294967296
    4294967295 0x100000000 1..2 1.2.3.08 08.8.8.8 0x 0x.0x.0 1.0x 0.0.0.0
    255.255.255.255 169.254.169.254 0 0x7F.0.0.0x1 [::] [::1] [::ffff:1.2.3.4]
    [::1.2.3.4] [::ffff:7f00:1] [64:ff9b::7f00:1] [fe80::1%25eth0]
    [fe80::1%lo] [2001:DB8::1] [2001:db8:0:0:1:0:0:1] [1:2:3:4:5:6:7:8]
    [1:2:3:4:5:6:7:8:9] [1::2::3] [:1] [1:] [::1 ::1] [] [::g] [12345::]
    [::01.2.3.4] [::1.2.3] [0:0:0:0:0:0:13.1.68.3] [::127.0.0.1]x x[::1]
    [1:2:3:4:5:6:7::] [::2:3:4:5:6:7:8] [0::0] [00001::] [v1.x]/;

my @GOOD = split ' ', q{/ a b news %41 %c3%a9 - ~ ! ' ( ) : @ = & + . ..
    %2e // / index.html};

my @DAMAGE = split //, "/.:\@?#%[]\\-\t";

my @PIECES = (qw{/ // . .. %2e %2E%2e ... a b news %41 %zz % %0 %00 %0a %2f
    %5c %c3%a9 %ff ~ ! $ & ' ( ) * + ; = : @ [ ] { } | \ ^ ` < > " -
    _ }, ',', ' ', "\t", "\n", "\0", "\x7f", "\x{e9}", "\x{1f4a9}", '%20',
    'index.html', '.well-known', 'a' x 40);

# each of them was taken for somebody else once, or may be

my @NASTY = ('', ':', '/', '//', 'https:', 'https://', 'https:///',
    'https://?', 'https://#', 'https://@', 'https://:443', 'https://.',
    'https://..', 'https://a..b', 'https://.a', 'https://a.', 'https://a./',
    'https://a.example./x', 'https://victim.example.evil.example/',
    'https://victim.example@evil.example/', 'https://victim.example\@evil',
    'https://evil.example\.victim.example/', 'https://evil.example#@victim',
    'https://evil.example?@victim', 'https://evil.example/@victim',
    'https:victim.example', 'https:/victim.example', 'https:\\\\victim',
    'https://a:b@c', 'https://a%40b', 'https://%61.example/',
    'https://a%2eexample/', 'https://a%00.example', "https://a\0.example/",
    'https://a%2fb/', 'https://a b/', 'https://a_b.example/',
    'https://*.example/', 'https://[::1]:443/', 'https://[::1]443/',
    'https://[::1', 'https://::1]/', 'https://::1/', 'https://1.2.3.4:/',
    'https://a:00443/', 'https://a:65536/', 'https://a:443:80/', '//a/b',
    ' https://a.example/', 'https://a.example/ ', "\thttps://a.example/",
    "ht\ntps://a.example/", "https://a.\texample/", "https://a.example/\r\n",
    "https://a.example/\r\nHost: b", 'https://a.example/../../x',
    'https://a.example/%2e%2E/x', 'https://a.example/a/.//b/./..',
    'https://a.example/.%2e', 'https://a.example/a/..', 'https://a.example/.',
    'https://a.example//b', 'https://a.example/..//b', 'https://a.example?x',
    'https://a.example#x', 'https://a.example?', 'https://a.example#',
    'https://a.example/?#', "https://a.example/?a='b'", "https://a/b'c#d'e",
    'https://a.example/?a[]=b', 'https://a.example/|', 'https://a.example/^',
    'https://a.example/"', 'https://a.example/#a#b', 'https://a.example/%',
    'https://a.example/%g1', 'blob:https://a.example/x', 'about:blank',
    'view-source:https://a.example/', 'https://xn--/', 'https://xn--a/',
    'https://xn--zca.example/', 'https://XN--ZCA.example/',
    'https://xn--xn---epa.example/', 'https://xn--a-ecp.ru/',
    'https://' . 'a.' x 126 . 'a/', 'https://' . 'a.' x 127 . 'a/',
    'https://a.example/' . 'b' x 2030, 'https://a.example/' . 'b' x 2031,
    map { encode_utf8($_) } "https://\x{2460}.example/",
    "https://victim\x{3002}example/", "https://a\x{ff0f}b.example/",
    "https://a\x{2100}.example/", "https://\x{ff0e}\x{ff0e}/",
    "https://127\x{3002}0\x{3002}0\x{3002}1/", "https://\x{ff11}27.0.0.1/",
    "https://a\x{ad}b.example/", "https://\x{ad}/", "https://\x{200b}/",
    "https://fa\x{df}.example/", "https://a.example/\x{e9}",
    "https://a.example/?\x{e9}", "https://a.example/#\x{e9}",
    "https://\x{130}stanbul.example/", "https://a.ex\x{430}mple/");


sub new {
    my ($class, $seed) = @_;

    return bless { seed => $seed }, $class;
}


sub some {
    my ($self, $n) = @_;

    srand($self->{seed});

    my @urls = (@NASTY, map { "https://$_/" } @ADDRESSES);

    push @urls, map { encode_utf8("https://$_/"),
        encode_utf8("https://a.$_.example/") } @LABELS;

    while (@urls < $n) {
        my $url = rand() < 0.1 ? $NASTY[rand @NASTY] : encode_utf8(_made());

        push @urls, rand() < 0.3 ? _damaged($url) : $url;
    }

    return @urls;
}


sub _one {
    return $_[rand @_];
}


sub _made {
    my $url = (rand() < 0.9 ? _one(qw/https https https http HTTPS/)
                            : _one(@SCHEMES))
        . (rand() < 0.95 ? '://' : _one(@SLASHES))
        . (rand() < 0.95 ? '' : _one(@USERINFO))
        . _host()
        . (rand() < 0.8 ? '' : _one(@PORTS));

    $url .= '/' . _pieces(6) if rand() < 0.8;
    $url .= '?' . _pieces(4) if rand() < 0.3;
    $url .= '#' . _pieces(3) if rand() < 0.2;

    return $url;
}


sub _host {
    return _one(@ADDRESSES) if rand() < 0.15;
    return _name(@LABELS[0 .. 7]) if rand() < 0.4;
    return _letters() . '.' . _name(@LABELS[0 .. 3]) if rand() < 0.5;
    return _name(@LABELS);
}


# of any script, or next to none, before surrogates and far behind them

sub _letters {
    return 'xn--' . join '', map { _one('a' .. 'z', 0 .. 9, '-') } 0 .. rand 5
        if rand() < 0.2;

    my @from = @{ _one([0x80, 0x250], [0x250, 0x1000], [0x1000, 0x3400],
        [0x4e00, 0x4f00], [0xa000, 0xa800], [0xf900, 0x10000],
        [0x10000, 0x1f000]) };

    return join '', map {
        rand() < 0.2 ? 'a' : chr($from[0] + int rand($from[1] - $from[0]))
    } 0 .. rand 4;
}


sub _name {
    return join '.', map { _one(@_) } 1 .. 1 + rand 4;
}


# half of them are good for a URL as they stand

sub _pieces {
    my ($most) = @_;
    my $good = rand() < 0.5;

    return join '', map {
        $good ? _one(@GOOD) : _one(@PIECES)
    } 1 .. rand $most;
}


# a byte put in, taken out, doubled, changed; or its rest gone

sub _damaged {
    my ($url) = @_;

    for (0 .. rand 3) {
        my $at = int rand(1 + length $url);
        my $how = int rand 5;

        if ($how == 0) {
            substr($url, $at, 0) = chr int rand 256;

        } elsif ($how == 1) {
            substr($url, $at, 0) = _one(@DAMAGE);

        } elsif ($at < length $url) {
            substr($url, $at, 1) = '' if $how == 2;
            substr($url, $at, 0) = substr($url, $at, 1) if $how == 3;
            substr($url, $at, 1) = uc substr($url, $at, 1) if $how == 4;
        }
    }

    return $url;
}


1;
