#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Everything that is sent as Accept, and what should never be, at every kind
# of URL: a page with a document, a page without, machine URLs, well-known
# ones.  HEAD says what GET says.  Conditional requests and ranges.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $activity = 'application/activity+json';
my $uri = 'https://www.w3.org/ns/activitystreams';
my $profile = qq{application/ld+json; profile="$uri"};
my $hundred = join ', ', map { "type$_/sub$_;q=0." . $_ % 10 } 1 .. 100;

# one line of a request has to fit into 8 KiB, with its name and CRLF
my $large = join(',', map { "a/b$_;q=0.123" } 1 .. 600) =~ s/^(.{7900}).*/$1/sr;

# who, what it sends, what it gets at the page and at a machine URL

my @table = (

    # servers of the fediverse

    ['Mastodon 4.6', "$profile, $activity", 'json', 'json'],
    ['Friendica', "$activity, $profile", 'json', 'json'],
    ['Fedify, PeerTube, Pixelfed', "$activity, application/ld+json",
        'json', 'json'],
    ['Pleroma, snac, WriteFreely', $activity, 'json', 'json'],
    ['GoToSocial', "application/ld+json; profile=\"$uri\",$activity",
        'json', 'json', ['Accept-Charset', 'utf-8']],
    ['WebFinger clients', 'application/jrd+json, application/json',
        'html', 'json'],

    # browsers, crawlers, scripts

    ['Chrome', 'text/html,application/xhtml+xml,application/xml;q=0.9,'
        . 'image/avif,image/webp,image/apng,*/*;q=0.8,'
        . 'application/signed-exchange;v=b3;q=0.7', 'html', 'redirect'],
    ['Safari, Googlebot', 'text/html,application/xhtml+xml,'
        . 'application/xml;q=0.9,*/*;q=0.8', 'html', 'redirect'],
    ['Internet Explorer', 'text/html, application/xhtml+xml, */*',
        'html', 'redirect'],
    ['jQuery', 'text/html, */*; q=0.01', 'html', 'redirect'],
    ['axios', 'application/json, text/plain, */*', 'html', 'json'],
    ['an image of Firefox', 'image/avif,image/webp,*/*', 'html', 'json'],
    ['a feed reader', 'application/rss+xml, application/atom+xml;q=0.9, '
        . 'text/html;q=0.5, */*;q=0.1', 'html', 'redirect'],
    ['lynx', 'text/html, text/plain, text/sgml, text/css, '
        . 'application/xhtml+xml, */*;q=0.01', 'html', 'redirect'],

    # wildcards

    ['any application', 'application/*', 'html', 'json'],
    ['any application, HTML less', 'application/*, text/html;q=0.9',
        'html', 'json'],
    ['any application less', 'application/*;q=0.9, text/html',
        'html', 'redirect'],
    ['any application as much', 'application/*, text/html',
        'html', 'redirect'],
    ['any text before it', "text/*, $activity;q=0.9", 'html', 'json'],
    ['any text behind it', "text/*;q=0.8, $activity;q=0.9", 'json', 'json'],
    ['anything, but no HTML', "*/*, text/html;q=0, $activity;q=0.1",
        'json', 'json'],
    ['nothing at all', '*/*;q=0', 'html', 'json'],
    ['half a wildcard', '*/html', 'html', 'json'],
    ['only a star', "*, $activity;q=0.5", 'json', 'json'],

    # what it is worth

    ['four decimals', "$activity;q=0.1234", 'html', 'json'],
    ['four decimals, and HTML', "$activity;q=1.0000, text/html;q=0.1",
        'html', 'redirect'],
    ['nothing, in three decimals', "$activity;q=0.000", 'html', 'json'],
    ['a sign', "$activity;q=+1", 'html', 'json'],
    ['below nothing', "$activity;q=-0.5", 'html', 'json'],
    ['an exponent', "$activity;q=1e0", 'html', 'json'],
    ['not a number', "$activity;q=NaN", 'html', 'json'],
    ['in quotes', "$activity;q=\"0.5\"", 'json', 'json'],
    ['twice', "$activity;q=0;q=1", 'html', 'json'],
    ['the type twice', "$activity;q=0, $activity;q=0.2", 'json', 'json'],
    ['the other type is not wanted', "$activity;q=0, application/ld+json",
        'json', 'json'],
    ['a comma in a number', "$activity;q=0,5", 'html', 'json'],
    ['nothing of either', "$activity;q=0, text/html;q=0", 'html', 'json'],

    # what it looks like

    ['upper case', uc($activity) . ', TEXT/HTML;Q=0.1', 'json', 'json'],
    ['upper case of the profile', uc $profile, 'json', 'json'],
    ['a comma and a semicolon in quotes',
        qq{application/ld+json; a="b,c;d=\\"e"; profile="$uri"},
        'json', 'json'],
    ['a type in quotes', qq{a/b; c="$activity, text/html"}, 'html', 'json'],
    ['a profile in quotes of another parameter',
        qq{application/ld+json; a="; profile=$uri"; profile="x:y"},
        'html', 'json'],
    ['quotes that do not end', qq{text/html, $activity; a="b},
        'html', 'redirect'],
    ['quotes that begin it all', qq{", $activity}, 'html', 'json'],
    ['a backslash at the end', qq{$activity; a="\\}, 'html', 'json'],
    ['many profiles', qq{application/ld+json; profile="x:y $uri z:z"},
        'json', 'json'],
    ['no spaces', "text/html;q=0.1,$activity", 'json', 'json'],
    ['tabs', "text/html;q=0.1\t,\t$activity\t;\tq=0.5", 'json', 'json'],
    ['only spaces', " \t ", 'html', 'json'],
    ['only commas', ',' x 5000, 'html', 'json'],
    ['only semicolons', ';' x 5000, 'html', 'json'],
    ['only quotes', '"' x 4999, 'html', 'json'],
    ['a longer type', "${activity}x, x$activity, $activity/x",
        'html', 'json'],
    ['a suffix alone', '+json, application/+json', 'html', 'json'],
    ['a space in the type', 'application / activity+json', 'html', 'json'],
    ['a control byte', "$activity\x01", 'html', 'json'],
    ['a control byte before it', "\x7f$activity", 'html', 'json'],
    ['bytes that are no text', "\xff\xfe/\xc3, $activity", 'json', 'json'],
    ['letters that look alike', "applic\xd0\xb0tion/activity+json",
        'html', 'json'],

    # how much

    ['a hundred types', $hundred, 'html', 'json'],
    ['a hundred types, and it', "$hundred, $activity", 'json', 'json'],
    ['a hundred types, and HTML', "$activity;q=0.9, $hundred, text/html",
        'html', 'redirect'],
    ['eight kilobytes', $large, 'html', 'json'],
    ['eight kilobytes, and it', "$large, $activity", 'json', 'json'],
    ['a hundred lines', [('a/b;q=0.5') x 99, $activity], 'json', 'json'],
    ['a hundred lines before HTML', [$activity, ('a/b') x 98,
        'text/html;q=0.3'], 'json', 'json'],
    ['three lines of eight kilobytes', [$large, $large, $activity],
        'json', 'json'],
    ['empty lines', ['', '', $activity, ''], 'json', 'json'],
    ['lines that quote each other', ['a/b;c="', $activity, '"'],
        'json', 'json'],
    ['a wildcard on a line', ['*/*', $activity], 'json', 'json'],
    ['a wildcard on a line, and less', ['*/*', "$activity;q=0.9"],
        'html', 'json'],
);

my @refused = (
    ['NUL', "$activity\0"],
    ['a bare CR', "$activity\rX: y"],
    ['one byte too much', 'a/b,' x 2100],
);

my $t = Test::Nginx->new()->has(qw/http/)
    ->plan(@table * 9 + @refused * 3 + 73);

$t->write_file('posts/one.html', "THE PAGE\n");
$t->write_file('posts/other.html', "OTHER\n");
$t->write_file('index.html', "HOME\n");

$t->write_file_expand('nginx.conf', <<'EOF')->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    types {
        text/html  html;
    }

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }

        large_client_header_buffers  8 8k;

        location /link/      { activitypub link; alias %%TESTDIR%%/posts/; }
        location = /gone     { return 404; }
        location = /refused  { deny all; }
        location = /elsewhere/page { try_files /nowhere @moved; }
        location @moved      { return 301 /index.html; }
    }
}

EOF

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $page = '/posts/one.html';
my %id = map { ($_ => publish($t, $_)) } $page, '/link/one.html',
    '/posts/missing.html', '/gone', '/refused', '/elsewhere/page';
my $machine = $id{$page} =~ s!^https://acme\.example!!r;

$t->wait_for(sub { ap_get($page)->json }, 20) or die "no post\n";
$t->wait_for(sub { ap_get('/elsewhere/page')->json }, 20) or die "no post\n";

# the same answer each time: it is known which pages have a document, and what
# changed a moment ago has its date

$t->wait_for(sub { !ask('GET', '/posts/other.html', '')->header('Vary')
    && 2 == grep { ask('GET', $_, $activity)->header('Last-Modified') }
        $machine, '/activitypub/news' }, 20)
    or die "no date\n";

# what is asked for, and what it has when it is answered as itself

my %type = (
    $page => 'text/html',
    '/posts/other.html' => 'text/html',
    $machine => $activity,
    '/activitypub/news' => $activity,
    '/activitypub/news/outbox' => $activity,
    '/.well-known/webfinger?resource=acct:news@acme.example' =>
        'application/jrd+json',
    '/.well-known/host-meta' => 'application/xrd+xml',
    '/.well-known/nodeinfo' => 'application/json',
);

###############################################################################

for my $row (@table) {
    my ($who, $accept, $at_page, $at_machine, $headers) = @$row;
    my %expected = ((map { $_ => 'itself' } keys %type), $page => $at_page,
        $machine => $at_machine, '/activitypub/news' => $at_machine);
    my @differ;

    for my $uri (sort keys %expected) {
        my $what = $expected{$uri} eq 'html' ? 'itself'
            : $expected{$uri} eq 'json' && $uri ne $page ? 'itself'
            : $expected{$uri};
        my $r = ask('GET', $uri, $accept, $headers);
        my $head = ask('HEAD', $uri, $accept, $headers);

        is(answer($r, $uri), $what, "$who: $uri");
        push @differ, $uri if headers($head) ne headers($r)
            || defined $r->header('Content-Length')
                && $r->header('Content-Length') != length $r->body;
    }

    is("@differ", '', "$who: HEAD says what GET says");
}

for my $row (@refused) {
    for my $uri ($page, $machine, '/.well-known/nodeinfo') {
        is(ask('GET', $uri, $row->[1])->status, 400, "$row->[0]: $uri");
    }
}

# Vary, Link, Cache-Control of each

my %headers = (
    "$page $activity" => 'Vary: Accept, Cache-Control: private, no-store',
    "$page text/html" => "Vary: Accept, Link: $id{$page}",
    "$machine $activity" =>
        'Vary: Accept, Cache-Control: public, max-age=180',
    "$machine text/html" => 'Vary: Accept, Cache-Control: private, no-store',
    "/posts/other.html $activity" => '',
    "/posts/other.html text/html" => '',
    "/activitypub/news/outbox text/html" =>
        'Cache-Control: public, max-age=180',
    "/.well-known/nodeinfo text/html" => 'Cache-Control: public, max-age=180',
    "/link/one.html text/html" => "Link: $id{'/link/one.html'}",
    "/link/one.html $activity" => "Link: $id{'/link/one.html'}",
    "/posts/missing.html text/html" => 'Vary: Accept',
    "/elsewhere/page text/html" => 'Vary: Accept',
    "/posts/none.html text/html" => '',
    "/gone text/html" => '',
    "/refused text/html" => '',
);

for (sort keys %headers) {
    my ($uri, $accept) = split;

    is(marks(ask('GET', $uri, $accept)), $headers{$_}, "headers of $_");
}

# a page that is not there, or elsewhere, to others is a document

is(ask('GET', '/posts/missing.html', 'text/html')->status, 404, 'a 404');
is(ask('GET', '/posts/missing.html', $activity)->status, 200,
    'and its document');
is(ask('GET', '/elsewhere/page', 'text/html')->status, 301, 'a 301');
is(ask('GET', '/elsewhere/page', $activity)->status, 200, 'and its document');
is(ask('GET', $_, $activity)->status, ask('GET', $_, 'text/html')->status,
    "$_: the same for everybody") for '/gone', '/refused';

# activitypub link

for my $method ('GET', 'HEAD') {
    my $r = ask($method, '/link/one.html', $activity);

    is($r->status . ' ' . $r->header('Content-Type'), '200 text/html',
        "link: $method of a page is HTML for everybody");
    is(headers($r), headers(ask($method, '/link/one.html', $BROWSER)),
        'link: with the same headers');
}

is(ask('GET', $id{'/link/one.html'} =~ s!^https://acme\.example!!r, $activity)
    ->json->{id}, $id{'/link/one.html'}, 'link: its document');
is(ask('GET', $id{'/link/one.html'} =~ s!^https://acme\.example!!r, $BROWSER)
    ->header('Location'), 'https://acme.example/link/one.html',
    'link: and back');

# conditional requests

for my $uri ($machine, $page) {
    my $etag = ask('GET', $uri, $activity)->header('ETag');
    my $past = 'Mon, 01 Jan 2001 00:00:00 GMT';
    my $future = 'Fri, 01 Jan 2100 00:00:00 GMT';
    my @conditions = (
        [304, 'If-None-Match', $etag],
        [304, 'If-None-Match', "W/$etag"],
        [304, 'If-None-Match', "\"a\", \"b,c\" , $etag"],
        [304, 'If-None-Match', "$etag,\"a\""],
        [304, 'If-None-Match', '*'],
        [200, 'If-None-Match', '"a"'],
        [200, 'If-None-Match', $etag =~ tr/"//dr],
        [304, 'If-None-Match', $etag, 'If-Modified-Since', $past],
        [304, 'If-None-Match', $etag, 'If-Modified-Since', $future],
        [200, 'If-None-Match', '"a"', 'If-Modified-Since', $future],
        [200, 'If-Modified-Since', $past],
        [200, 'If-Modified-Since', 'nonsense'],
        [200, 'If-Match', $etag],
        [200, 'If-Match', '*'],
        [412, 'If-Match', '"a"'],
        [412, 'If-Match', "W/$etag"],
        [200, 'If-Match', $etag, 'If-Unmodified-Since', $past],
        [200, 'Range', 'bytes=0-2'],
        [200, 'Range', 'bytes=0-2', 'If-Range', $etag],
        [200, 'Range', 'bytes=999999-'],
    );

    for (@conditions) {
        my ($status, @headers) = @$_;
        my $r = ask('GET', $uri, $activity, \@headers);

        is($r->status, $status, "@headers: $status of "
            . ($uri eq $page ? 'a page' : 'a machine URL'));
        die "$r" if $r->status == 200 && !$r->json;
    }
}

my $etag = ask('GET', $machine, $activity)->header('ETag');
my $r = ask('GET', $machine, $activity, ['If-None-Match', $etag]);

is($r->header('ETag') . marks($r), $etag
    . 'Vary: Accept, Cache-Control: public, max-age=180', '304: its headers');
is(ask('HEAD', $machine, $activity, ['If-None-Match', $etag])->status, 304,
    '304 of HEAD');
is(ask('GET', $page, $BROWSER, ['If-None-Match', $etag])->status, 200,
    'the page is not the document');
is(ask('GET', $page, $activity, ['If-None-Match',
    ask('GET', $page, $BROWSER)->header('ETag')])->status, 200,
    'the document is not the page');
is(ask('GET', $page, $BROWSER, ['If-None-Match', '*'])->status, 304,
    'whatever the page is');
is(ask('GET', $machine, $BROWSER, ['If-None-Match', $etag])->status, 302,
    'a redirect has no condition');

###############################################################################

sub ask {
    my ($method, $uri, $accept, $headers) = @_;

    my @accept = map { (Accept => $_) } ref $accept ? @$accept : $accept;

    return http_connect()->request($method, $uri,
        headers => [Host => 'acme.example', @accept, @{ $headers || [] }]);
}


# "itself", "json", "redirect" or the status

sub answer {
    my ($r, $uri) = @_;

    return 'redirect' if $r->status == 302;
    return $r->status if $r->status != 200;

    my $type = $r->header('Content-Type');

    return 'itself' if $type eq $type{$uri}
        && ($type ne $activity || $r->json);
    return 'json' if $type eq $activity && $r->json->{id} eq $id{$page};
    return $type;
}


sub headers {
    my ($r) = @_;

    return join "\n", $r->status,
        map { "$_->[0]: $_->[1]" } grep { $_->[0] ne 'Date' } $r->headers;
}


sub marks {
    my ($r) = @_;

    return join ', ', map {
        my $name = $_;

        map { "$name: " . s/^<(.*)>; rel="alternate"; type=.*/$1/r }
            $r->header($name)
    } qw/Vary Link Cache-Control/;
}

###############################################################################
