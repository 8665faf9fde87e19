#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Attacks with HTTP, negotiation, WebFinger and NodeInfo, by their numbers,
# and beside each what is like it and meant well.  What came of it is the
# status, the rows that were stored, whom we asked, and how the site is.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Attacks;
use Test::HTTP2;
use Test::Hostile;
use Test::Posts qw/$AP $BROWSER publish/;
use Test::Remote;

use JSON::PP ();

###############################################################################

my $ORIGIN = 'https://site.example';
my $ACTOR = "$ORIGIN/activitypub/news";

my @TYPE = ('Content-Type' => 'application/activity+json');

my @IDS = qw/HTTP-04 HTTP-05 HTTP-06 HTTP-07 HTTP-08 HTTP-09 HTTP-10 HTTP-12
    HTTP-14 HTTP-15 HTTP-16 HTTP-18 WFG-01 WFG-02 WFG-03 WFG-04 WFG-05 WFG-07
    WFG-10 WFG-11/;

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http http_v2/);

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

for my $name (qw/evil.example victim.example/) {
    $rig->name($name, '8.8.4.4');
    $rig->{ca}->issue($name);
}

$rig->route('8.8.4.4');

$t->expect(Test::Rig::expected());
$t->write_file("html/$_.html", "<!doctype html><p>$_</p>\n")
    for qw!about posts/one!;

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

    limit_req_zone    $binary_remote_addr zone=few:1m rate=1r/m;
    limit_req_status  429;

    server {
        listen       127.0.0.1:8080;
        listen       127.0.0.1:8081 http2;
        server_name  site.example;
        root         %%TESTDIR%%/html;

        userid      on;
        add_header  Set-Cookie secret=1 always;

        activitypub_actor news { }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  few.example;
        limit_req    zone=few;

        activitypub_actor few { }
    }
}

EOF

$t->wait_document("/activitypub/$_", host => 'site.example')
    or die "no actor $_\n" for qw/news actor/;
$t->wait_for(sub { $t->error_log =~ m!actor ".*/few" has its key! }, 20)
    or die "no actor few\n";

my $evil = Test::Remote->new($t, 'https://evil.example/u/e');
my %paths = (
    '/u/e' => document($evil->document),
    map { ($_ => "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n") }
        '/inbox', map { "/u/$_/inbox" } qw/e named jrd nodeinfo/,
);

# actors of one key, each with a fault of its own

my %actor = map { ($_ => actor("https://evil.example/u/$_")) } qw/crlf lf nul
    named jrd nodeinfo/;
my %inbox = (crlf => "https://evil.example/in\r\nX: y",
    lf => "https://evil.example/in\nX: y", nul => "https://evil.example/in\0");

$paths{"/u/$_"} = document($actor{$_}->document(inbox => $inbox{$_},
    endpoints => {})) for keys %inbox;
$paths{'/u/named'} = document($actor{named}->document(
    preferredUsername => 'v', webfinger => 'v@victim.example'));
$paths{"/u/$_"} = document($actor{$_}->document) for qw/jrd nodeinfo/;
$paths{'/.well-known/webfinger'} = document({ subject => 'acct:a@evil.example',
    links => [{ rel => 'self', type => 'text/html', href => ['http://a/'] },
        ({ rel => 'self', href => 'http://127.0.0.1/' }) x 2] });
$paths{'/.well-known/nodeinfo'} = document({ links => [
    { rel => 'http://nodeinfo.diaspora.software/ns/schema/2.1',
        href => 'http://169.254.169.254/' }] });

my $peer = Test::Hostile->start($rig, paths => \%paths);

my $post = publish($t, '/posts/one.html');
my $object = $post =~ s!^\Q$ORIGIN!!r;

$t->wait_for(sub { get('/posts/one.html', $AP)->json }, 20)
    or die "no post\n";

my $attacks = Test::Attacks->new($t, peer => $peer, site => sub {
    my $r = get('/about.html', $BROWSER);

    join "\n", $r->status, (map { "@$_" } grep {
        $_->[0] !~ /^(?:Date|Set-Cookie)$/ } $r->headers), $r->body;
});

my $inbox = '/activitypub/inbox';
my @urls = ($object, '/activitypub/news', '/activitypub/actor',
    '/activitypub/news/outbox', '/activitypub/nodeinfo/2.1',
    '/.well-known/webfinger?resource=acct:news@site.example',
    '/.well-known/host-meta', '/.well-known/nodeinfo');
my %body = map { $_ => get($_, $AP)->body } @urls, '/posts/one.html';

# what changed a moment ago has no date yet

$t->wait_for(sub { 3 == grep { get($_, $AP)->header('Last-Modified') } @urls },
    20) or die "no date\n";

###############################################################################

# HTTP-04: methods

for my $url (@urls, $inbox) {
    for my $method (qw/OPTIONS PUT DELETE TRACE/) {
        my $r = $attacks->try('HTTP-04', "$method $url", 405, sub {
            request($method, $url) });

        like($r->header('Allow') // '', qr/^GET, HEAD/, 'says what is allowed')
            if $method ne 'TRACE';
    }

    next if $url eq $inbox;

    my ($get, $head) = map { my $method = $_;
        $attacks->twin('HTTP-04', "$method $url", 200, sub {
            request($method, $url, [Accept => $AP]) }) } qw/GET HEAD/;

    is(headers($head), headers($get), 'HEAD has the headers of GET');
    is($head->body, '', 'and nothing more');
    is(request('GET', $url, [Accept => $AP], 'x' x 5000)->body, $body{$url},
        'a body of GET means nothing');
}

# HTTP-05: who waits for 100 is refused before it; one without a signature is
# not, for it may be a Delete of what we never heard of

for (['no parameters', [Signature => 'x']],
    ['half of it', [Signature => 'keyId="https://evil.example/u/e'],
        Digest => 'SHA-256=x'])
{
    my ($name, $headers) = @$_;
    my $answer;

    $attacks->try('HTTP-05', $name, 401, sub {
        $answer = expecting($headers);
        $answer =~ m!^HTTP/1\.1 (\d+)! ? $1 : 'nothing';
    });
    unlike($answer, qr!^HTTP/1\.1 100!m, 'and nobody is told to go on');
}

$attacks->twin('HTTP-05', 'a signature that holds', 202, sub {
    $evil->post($inbox, $evil->activity('Follow', $ACTOR),
        host => 'site.example', extra => [Expect => '100-continue'])
}, stored => 'follower host received remote_actor remote_key tally',
    asked => [qr!^GET /u/e$!, qr!^POST !]);

# HTTP-06: addresses that a client names

$attacks->twin('HTTP-06', 'the first one', 400, sub { few() });

$attacks->try('HTTP-06', "@$_", 429, sub { few(@$_) })
    for ['X-Forwarded-For', '127.0.0.1'], ['Forwarded', 'for=8.8.8.8'],
        ['CF-Connecting-IP', '8.8.8.8'], ['X-Real-IP', '8.8.8.8'],
        ['True-Client-IP', '::1'], ['X-Forwarded-For', '8.8.8.8, 127.0.0.1'];

# HTTP-07: hosts and schemes that a client names

for my $forged (['X-Forwarded-Host', 'evil.example'],
    ['X-Forwarded-Proto', 'http'], ['Forwarded', 'host=evil.example'],
    ['X-Original-URL', '/activitypub/actor'])
{
    for my $url ($object, '/posts/one.html', '/.well-known/nodeinfo', $urls[5])
    {
        my $r = $attacks->try('HTTP-07', "$forged->[0] at $url", 200, sub {
            request('GET', $url, [Accept => $AP, @$forged]) });

        is($r->body, $body{$url}, 'changes no id');
    }
}

# HTTP-08: frames

my @get = (':method' => 'GET', ':scheme' => 'http', ':path' => $object,
    ':authority' => 'site.example', accept => $AP);
my @broken = (400, 'reset 1', 'goaway 1', 'goaway 9', 'goaway 11', 'closed');

$attacks->twin('HTTP-08', 'HTTP/2 as it should be', 200, sub { frames(@get) });

for (['another host beside :authority', @get, host => 'evil.example'],
    ['a name in upper case', @get, 'X-A' => 'b'],
    ['a pseudo-header twice', @get[0, 1], @get],
    ['no path', @get[0 .. 3], @get[6 .. 9]],
    ['an empty path', @get[0 .. 3], ':path' => '', @get[6 .. 9]],
    ['a pseudo-header of its own', @get[0 .. 7], ':a' => 'b'],
    ['a line break in a value', @get, 'x-a' => "b\r\nx: y"],
    ['a NUL in a value', @get, 'x-a' => "b\0c"],
    ['no name', @get, '' => 'a'],
    ['a status of a request', ':status' => 200, @get])
{
    my ($name, @fields) = @$_;

    $attacks->try('HTTP-08', $name, \@broken, sub { frames(@fields) });
}

# nginx itself does not mind this order

$attacks->try('HTTP-08', 'a pseudo-header behind a header', [200, @broken],
    sub { frames(@get[0 .. 5, 8, 9, 6, 7]) });

for (['16 KiB a frame', [map { ("x-$_" => 'a' x 4000) } 1 .. 4], 200],
    ['an empty one', [], 20_000], ['a byte a frame', ['x' => ''], 20_000])
{
    my ($name, $fields, $n) = @$_;

    $attacks->try('HTTP-08', "CONTINUATION without end, $name",
        [@broken, 'silence'], sub {
        my $c = Test::HTTP2->new(port => port(8081));

        $c->headers(\@get, open => 1, end => 1);
        $c->headers($fields, type => 'CONTINUATION', open => 1) for 1 .. $n;
        $c->headers([], type => 'CONTINUATION');
        $c->outcome(1);
    });
}

my $like = JSON::PP->new->encode($evil->activity('Like', $post));
my @post = (':method' => 'POST', @get[2, 3], ':path' => $inbox, @get[6, 7],
    'content-type' => 'application/activity+json');

$attacks->try('HTTP-08', 'a POST without a signature', 401, sub {
    frames(@post, 'content-length' => length $like, \$like) });
$attacks->try('HTTP-08', 'a POST longer than it says', [401, @broken], sub {
    frames(@post, 'content-length' => 2, \('{}' x 2000)) });
$attacks->try('HTTP-08', 'chunks of HTTP/1', [401, @broken], sub {
    frames(@post, 'transfer-encoding' => 'chunked', \"2\r\n{}\r\n0\r\n\r\n") });

# HTTP-09: line breaks in what others say

for my $name (sort keys %inbox) {
    $attacks->try('HTTP-09', "$name in an inbox", 401, sub {
        follow($actor{$name}) }, asked => [qr!^GET /u/$name$!], settle => 1);
}

for my $name ("a\rb", "a\nX: y", "a\tb", "a\0b") {
    my $escaped = $name =~ s/([^ -~])/sprintf '%%%02x', ord $1/ger;

    $attacks->try('HTTP-09', "$escaped in a URL", [400, 404], sub {
        request('GET', "/activitypub/$escaped") });
    $attacks->try('HTTP-09', "$escaped in a keyId", [400, 401], sub {
        request('POST', $inbox, [@TYPE,
            Signature => qq(keyId="https://evil.example/$escaped",)
                . 'headers="date",signature="AAAA"'], $like) });
}

# HTTP-10: a body that is packed

$attacks->try('HTTP-10', "Content-Encoding: $_", 415, sub {
    follow($evil, extra => ['Content-Encoding' => $_])
}) for 'gzip', 'br', 'deflate', 'gzip, identity';

$attacks->twin('HTTP-10', 'no Content-Encoding', 202, sub {
    follow($evil)
}, stored => 'received', asked => [qr!^POST !]);

# HTTP-12: too much

for my $url ('/about.html', $object, $urls[5]) {
    my $mark = $url =~ /\?/ ? '&' : '?';

    $attacks->try('HTTP-12', "200 headers at $url", 400, sub {
        request('GET', $url, [map { ("X-$_" => 'a' x 200) } 1 .. 200]) });
    $attacks->try('HTTP-12', "100 KiB of a header at $url", 400, sub {
        request('GET', $url, ['X-A' => 'a' x 100_000]) });
    $attacks->try('HTTP-12', "9 KiB of a URL at $url", 414, sub {
        request('GET', $url . $mark . 'a' x 9000) });
    $attacks->twin('HTTP-12', "7 KiB of a URL at $url", 200, sub {
        request('GET', $url . $mark . 'a' x 7000, [Accept => $AP]) });
}

# HTTP-14: what a cache may keep

for ([$AP, $BROWSER], [$BROWSER, $AP]) {
    for my $accept (@$_) {
        my $r = $attacks->try('HTTP-14', "a page with Accept: $accept", 200,
            sub { get('/posts/one.html', $accept) });

        is($r->header('Vary'), 'Accept', 'varies');
        is($r->header('Content-Type'), $accept eq $AP
            ? 'application/activity+json' : 'text/html', 'is what was wanted');
        is($r->header('Cache-Control') // '', $accept eq $AP
            ? 'private, no-store' : '', 'and JSON is for no cache');
    }
}

# HTTP-15: where a browser might be sent

for my $uri ('//evil.example', '/\\evil.example', '%2f%2fevil.example',
    'javascript:alert(1)', 'https://evil.example/')
{
    for my $endpoint (qw/authorize authorize_interaction interact subscribe/) {
        my $r = $attacks->try('HTTP-15', "$endpoint?uri=$uri", 404, sub {
            get("/activitypub/$endpoint?uri=$uri", $BROWSER) });

        is($r->header('Location'), undef, 'nobody is sent anywhere');
    }
}

is($attacks->twin('HTTP-15', 'a browser at a post', 302, sub {
    get("$object?uri=//evil.example", $BROWSER)
})->header('Location'), "$ORIGIN/posts/one.html", 'is sent to its page');

# HTTP-16: odd ids of others

for my $id ('x?a=b&c=d', "x'; DROP TABLE activitypub.actor; --",
    'x%0d%0a[alert] 1#1: forged', 'x$(reboot)', 'x' x 7900)
{
    $attacks->try('HTTP-16', 'an id ' . substr($id, 0, 40), [202, 400], sub {
        $evil->post($inbox, { %{ $evil->activity('Like', $post) },
            id => "https://evil.example/$id" }, host => 'site.example')
    }, stored => $id =~ /^x\?a/ ? 'reaction received tally' : $id =~ /[' ]/
        || length $id > 7000 ? '' : 'received');
}

unlike($t->error_log, qr/^\[alert\]|^1#1/m, 'no line of the log is forged');

# HTTP-18: what the site has to do with an inbox

for my $r ($attacks->try('HTTP-18', 'a cookie, unsigned', 401, sub {
        request('POST', $inbox, [@TYPE, Cookie => 'admin=1',
            Origin => 'https://a'], $like) }),
    $attacks->twin('HTTP-18', 'a cookie, signed', 202, sub {
        follow($evil, extra => [Cookie => 'admin=1']) },
        stored => 'received', asked => [qr!^POST !]))
{
    is(join(' ', map { $_->[0] } grep { $_->[0] =~ /Cookie|Credentials|P3P/ }
        $r->headers), '', 'none comes back');
}

# WebFinger

my $finger = '/.well-known/webfinger';
my $long = 'a' x 10_240;

$attacks->try('WFG-01', substr($_, 0, 40), [400, 404, 414], sub {
    get("$finger$_") })
    for '', '?', '?resource', '?resource=', '?resource=&resource=', '?rel=self',
        '?resource=acct:', '?resource=acct:a', '?resource=acct:a@',
        '?resource=acct:@site.example', '?resource=acct:%00',
        '?resource=acct:news%00@site.example', '?resource=acct:news@%zz',
        '?resource=acct:%', '?resource=acct:%6', "?resource=acct:$long",
        "?resource=acct:$long\@site.example", '?resource=%ff%fe',
        '?resource=acct:a@b@site.example';

$attacks->twin('WFG-01', $_, 200, sub { get("$finger$_") })
    for '?resource=acct:news@site.example',
        '?resource=acct%3Anews%40site.example',
        '?rel=self&resource=acct:news@site.example';

for my $script ('acct:%3Cscript%3E@site.example', '%3Cscript%3E',
    'acct:news@site.example%3Cscript%3E', 'https://site.example/%3Cscript%3E')
{
    my $r = $attacks->try('WFG-02', $script, [400, 404], sub {
        get("$finger?resource=$script") });

    unlike($r->body, qr/script/i, 'is not said again');
    is(join(' ', map { $_ // '-' } $r->header('X-Content-Type-Options'),
        $r->header('Content-Type')), $r->body =~ /^\{/
        ? 'nosniff application/json' : '- text/html', 'and it is no page');
}

is(join(' ', $attacks->twin('WFG-02', 'who is there', 200, sub {
    get("$finger?resource=acct:news\@site.example")
})->header('X-Content-Type-Options')), 'nosniff', 'nor is what is found');

$attacks->try('WFG-03', $_, 404, sub { get("$finger?resource=acct:news\@$_") })
    for qw/victim.example VICTIM.EXAMPLE victim.example. victim.example:443
        site.example.evil.example evil-site.example 9.9.9.10 localhost/;

$attacks->twin('WFG-03', $_, 200, sub { get("$finger?resource=acct:news\@$_") })
    for qw/site.example SITE.example/;

for my $name ("a'||pg_sleep(5)--", "a';SELECT pg_sleep(5)--", 'a%27%20OR%201=1',
    "\$\$", 'news%27--')
{
    my $since = time();

    $attacks->try('WFG-04', $name, [400, 404], sub {
        get("$finger?resource=acct:$name\@site.example") });
    cmp_ok(time() - $since, '<', 9, 'nobody sleeps');
}

# what others say of themselves is not asked for, and nobody is somebody else

for my $row (['WFG-05', 'named', 'says that it is v@victim.example'],
    ['WFG-07', 'jrd', 'has a JRD that is none'],
    ['WFG-11', 'nodeinfo', 'has its NodeInfo at a private address'])
{
    my ($id, $name, $what) = @$row;

    $attacks->try($id, "who $what", 202, sub { follow($actor{$name}) },
        stored => 'follower received remote_actor remote_key',
        asked => [qr!^GET /u/$name$!, qr!^POST (?:/inbox|/u/$name/inbox)$!]);

    is($t->sql("SELECT host FROM activitypub.remote_actor
        WHERE uri = '" . $actor{$name}->uri . "'"), 'evil.example',
        'is who it is');
}

# WFG-10: what is wanted

my $page = get('/posts/one.html', $BROWSER)->body;

for my $accept ('*/*', '', 'text/html', 'application/activity+json;q=0',
    'text/html;q=0.9, application/activity+json;q=0.1',
    'application/activity+json;q=0.1,text/html', 'text/html,' x 400 . 'a/b',
    join(',', map { "a/b;q=0.$_" } 1 .. 400), ';;;q=,', 'application/json')
{
    my $r = $attacks->try('WFG-10', 'Accept: ' . substr($accept, 0, 40), 200,
        sub { get('/posts/one.html', $accept) });

    is($r->body, $page, 'the page, byte by byte');
}

for my $accept ($AP, 'application/activity+json, text/html;q=0.1') {
    is($attacks->twin('WFG-10', "Accept: $accept", 200, sub {
        get('/posts/one.html', $accept)
    })->json->{id}, $post, 'the document');
}

###############################################################################

is(join(' ', $attacks->ids), join(' ', sort @IDS), 'every one of them');

done_testing();

###############################################################################

sub document {
    my ($what) = @_;

    my $body = JSON::PP->new->utf8->canonical->encode($what);

    return "HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\n"
        . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
}


sub actor {
    my ($uri) = @_;

    return Test::Remote->new($t, $uri, like => $evil);
}


sub follow {
    my ($who, %o) = @_;

    return $who->post($inbox, $who->activity('Follow', $ACTOR),
        host => 'site.example', %o);
}


sub request {
    my ($method, $uri, $headers, $body) = @_;

    return http_connect()->request($method, $uri, body => $body,
        headers => [Host => 'site.example', @{ $headers || [] }]);
}


sub get {
    my ($uri, $accept) = @_;

    return request('GET', $uri, defined $accept ? [Accept => $accept] : []);
}


sub few {
    return http_connect()->request('POST', $inbox, body => '{}',
        headers => [Host => 'few.example',
            'Content-Type' => 'application/activity+json', @_]);
}


# what comes to who sends no body before 100

sub expecting {
    my ($headers) = @_;

    my $text = "POST $inbox HTTP/1.1\r\nHost: site.example\r\n"
        . "Content-Type: application/activity+json\r\nContent-Length: 100\r\n"
        . "Expect: 100-continue\r\n";

    for (my $i = 0; $i < @$headers; $i += 2) {
        $text .= "$headers->[$i]: $headers->[$i + 1]\r\n";
    }

    my $c = http_connect();

    $c->send("$text\r\n");
    $c->{socket}->sysread(my $answer, 65536);

    return $answer;
}


# fields, and a body by reference

sub frames {
    my (@fields) = @_;

    my $body = ref $fields[-1] ? pop @fields : undef;
    my $c = Test::HTTP2->new(port => port(8081));

    $c->headers(\@fields, end => !$body);
    $c->data($$body) if $body;

    return $c->outcome;
}


sub headers {
    my ($r) = @_;

    return join "\n", map { "@$_" } grep { $_->[0] ne 'Date' } $r->headers;
}

###############################################################################
