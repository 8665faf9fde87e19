#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# In front of applications and their caches, limits, HTTP/2, and behind a
# cache that knows Vary or does not: what t/locations.t says of one nginx.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Backend;
use Test::Beside;
use Test::Nginx;
use Test::Posts;

use File::Find qw/find/;

###############################################################################

# what a location does, its page, and what others get: see Test::Beside

my @table = (
    ['fastcgi_pass', '/fastcgi/%s', 200, 'json'],
    ['fastcgi_cache', '/fastcgi-cache/%s', 200, 'json'],
    ['uwsgi_pass', '/uwsgi/%s', 200, 'json'],
    ['uwsgi_cache', '/uwsgi-cache/%s', 200, 'json'],
    ['proxy_cache', '/proxy-cache/%s', 200, 'json'],
    ['proxy_cache, and a query', '/proxy-cache/?p=%s', 200, 'json'],
    ['try_files with index.php', '/php/%s/', 200, 'json'],
    ['index.php by index', '/php/dir-%s/', 200, 'json'],
    ['a rewrite to index.php', '/rewritten/%s', 200, 'json'],
    ['auth_request that lets in', '/let-in/%s.html', 200, 'json'],
    ['auth_request that asks elsewhere', '/login/%s.html', 302, 302],
    ['deny behind a page of the site', '/masked/%s.html', 200, 'site'],
    ['auth_basic behind a page of the site', '/veiled/%s.html', 200, 'site'],
    ['satisfy all', '/all/%s.html', 403, 403],
    ['limit_req that is not reached', '/rate/%s.html', 200, 'json'],
    ['limit_req that is dry', '/dry-run/%s.html', 200, 'json'],
    ['limit_conn that is not reached', '/few/%s.html', 200, 'json'],
    ['SSI that includes pages', '/include/%s.html', 200, 'json'],
    ['SSI of an application', '/ssi-proxy/%s', 200, 'json'],
    ['sub_filter of an application', '/sub-proxy/%s', 200, 'json'],
    ['gzip of an application', '/gzip-proxy/%s', 200, 'json',
        ['Accept-Encoding', 'gzip']],
    ['mirror', '/mirror/%s.html', 200, 'json'],
    ['error_page of an application', '/error/%s', 200, 'json'],
    ['activitypub link', '/link/%s', 200, 'site'],
);

# and pages that are no posts: whatever is asked for, the site answers

my @others = (
    ['an application', '/fastcgi/other-%s', 200, 'site'],
    ['uwsgi', '/uwsgi/other-%s', 200, 'site'],
    ['SSI that includes posts', '/include/other-%s.html', 200, 'site'],
    ['an addition that is a post', '/addition/%s.html', 200, 'site'],
    ['error_page that is a post', '/static/missing-%s.html', 404, 'site'],
);

my $t = Test::Nginx->new()->has(qw/http http_v2/)
    ->plan(@table * 12 + @others * 12 + 81);
my $plain = Test::Nginx->new(plain => 1);
my $root = $t->testdir . '/site';

for my $row (@table, @others) {
    for my $page (map { $row->[1] =~ s/%s/$_/r } qw/a b/) {
        my $name = $page =~ m!/$! ? "${page}index.php" : $page;

        next if $name !~ /\.html$|dir-.*php$/ || $name =~ /missing/;
        $t->write_file("site$name", "<html><head></head><body>This is $page: "
            . '<!--#include virtual="/static/one.html" --> and '
            . "<!--#include virtual=\"/fastcgi/a\" --></body></html>\n");
    }
}

$t->write_file("site/static/$_.html", "<html><body>$_</body></html>\n")
    for qw/one two/;
$t->write_file("site/limited/$_.html", "LIMITED\n") for qw/a b/;
$t->write_file("site/conn/$_.html", "CONN\n") for qw/a b/;
$t->write_file('htpasswd', "user:{PLAIN}secret\n");

my $conf = do { local $/; <DATA> };

$conf =~ s/%%ROOT%%/$root/g;
$conf =~ s!%%HTPASSWD%%!$t->testdir . '/htpasswd'!ge;

$t->write_file_expand('nginx.conf', configure($conf, 8080, 1));
$plain->write_file_expand('nginx.conf',
    configure($conf =~ s/127\.0\.0\.1:8086/127.0.0.1:8087/r, 8082, 0));

my %backends = (fastcgi => port(8083), uwsgi => port(8084),
    http => port(8085));

$t->run_daemon(\&Test::Backend::run, $t->testdir, %backends);
$t->wait_for_socket("127.0.0.1:$_") for values %backends;

mkdir $_->testdir . '/cache' for $t, $plain;

$plain->run();
$t->run();

die "no actor\n" unless $t->wait_document('/activitypub/news');

# every page of the table is a post, and some more

my @more = map { ("$_/a", "$_/b") } qw!/stale /lock/held!, '/updating/cache-held';

push @more, map { "/front/$_" } 1 .. 6;
push @more, map { ("$_/a.html", "$_/b.html") } qw!/limited /conn!;

$id{$_} ||= publish($t, $_) for @more, '/static/one.html',
    map { my $row = $_; map { sprintf $row->[1], $_ } qw/a b/ } @table;

publish($t, '/static/two.html');

die "posts do not arrive\n" unless $t->wait_for(sub {
    ask(8080, '/static/two.html', $AP)->status == 200
}, 20);

###############################################################################

is_negotiated(@$_) for @table, @others;

stale();
updating();
locked();
limited();
http2();
in_front();

# what stayed behind

my @cached;

find({ no_chdir => 1, wanted => sub {
    push @cached, slurp($_) if -f;
} }, $t->testdir . '/cache');

cmp_ok(scalar @cached, '>=', 8, "the site's caches have its pages");
is(grep({ /activitystreams|activity\+json\r?$/m } @cached), 0,
    'and no JSON');
is(grep({ /^with .*activity/ && !m! \S+ /(?:\w+/other|addition|link)! }
    Test::Backend::requests($t)), 0,
    'no application was asked for a document');

$plain->stop;

###############################################################################

# the application fails: a browser gets what the cache has, others the document

sub stale {
    is_html('stale, while all is well', '/stale/a', 200);

    $t->write_file('down', '');

    for my $port (8080, 8082) {
        ok($t->wait_for(sub {
            (ask($port, '/stale/a', $BROWSER)->header('X-Cache') // '')
                eq 'STALE'
        }, 10), "stale on $port");
    }

    is_document('stale, then ActivityPub', '/stale/a', 200, 'json');
    is_html('stale, and HTML again', '/stale/a', 200);
    is_document('never cached, ActivityPub first', '/stale/b', 500, 'json');
    is_html('never cached, then HTML', '/stale/b', 500);

    unlink $t->testdir . '/down';
}


# the application is asked behind what a browser gets: of a page, no document

sub updating {
    my $page = '/updating/cache-held/a';

    is_html('updating, for the first time', $page, 200);

    select undef, undef, undef, 2.1;

    hold();
    is_document('updating, ActivityPub first', $page, 200, 'json');
    is_html('updating, then HTML, and nobody waits', $page, 200);
    release();
}


# many want a page that is being made: one asks for it, and those who want its
# document do not wait

sub locked {
    for my $page ('/lock/held/a', '/lock/held/b') {
        hold();

        my @browsers = map { started(8080, $page, $BROWSER) } 1 .. 4;

        $t->wait_for(sub { asked('with', $page) });

        is_document("$page, locked, others do not wait", $page, 200, 'json');
        release();

        is(join(' ', map { $_->response->status } @browsers),
            '200 200 200 200', 'browsers get the page');
        is(asked('with', $page), 1, 'the application was asked once');
        is_html("$page, unlocked", $page, 200);
    }
}


# a limit that is reached, is reached by all

sub limited {
    for my $port (8080, 8082) {
        for ([$AP, $BROWSER], [$BROWSER, $AP]) {
            my $page = $_->[0] eq $AP ? '/limited/a.html' : '/limited/b.html';

            is(join(' ', map { ask($port, $page, $_)->status } @$_), '200 503',
                "limit_req of $page on $port");
        }

        hold();

        my $held = started($port, '/conn/held', $BROWSER);

        $t->wait_for(sub {
            asked($port == 8080 ? 'with' : 'without', '/conn/held') });
        is(join(' ', map { ask($port, '/conn/a.html', $_)->status } $AP,
            $BROWSER), '503 503', "limit_conn on $port");
        release();
        is($held->response->status, 200, 'of another request');
    }

    ok($t->wait_for(sub {
        ask(8080, '/conn/a.html', $AP)->status == 200 }), 'and later not');
}


sub http2 {
    SKIP: {
        skip 'no curl with HTTP/2', 12
            if `curl --version 2>/dev/null` !~ /HTTP2/;

        for my $page ('/fastcgi/a', '/proxy-cache/b', '/static/one.html') {
            my @first = map { over2($_, $page, $BROWSER) } 8086, 8087;

            like($first[0], qr/^HTTP\/2 200/, "HTTP/2: $page");
            is($first[0], $first[1], 'HTTP/2: nothing changed');
            like(over2(8086, $page, $AP),
                qr!^content-type:\sapplication/activity\+json\r\n.*
                    "id":"\Q$id{$page}\E"!xsm,
                'HTTP/2: the document');
            is(over2(8086, $page, $BROWSER), $first[1],
                'HTTP/2: and HTML again');
        }
    }
}


# one cache that is blind to Vary, and one that is not

sub in_front {
    my $machine = $id{'/front/1'} =~ s!^https://acme\.example!!r;

    for my $front ('blind', 'aware') {
        my ($first, $second) = $front eq 'blind' ? ('/front/1', '/front/2')
            : ('/front/3', '/front/4');

        is(front($front, $first, $BROWSER), 'html', "$front: HTML first");
        is(front($front, $first, $AP), $front eq 'blind' ? 'html' : 'json',
            "$front: then ActivityPub");
        is(front($front, $first, $BROWSER), 'html', "$front: HTML again");

        is(front($front, $second, $AP), 'json', "$front: ActivityPub first");
        is(front($front, $second, $BROWSER), 'html', "$front: then HTML");
        is(front($front, $second, $BROWSER), 'html', "$front: HTML again");

        # no browser is sent anywhere because another one was

        is(front($front, $machine, $BROWSER), 302,
            "$front: a machine URL by a browser");
        is(front($front, $machine, $AP), 'json', "$front: by others");
        is(front($front, $machine, $AP), 'json', "$front: by others again");
        is(front($front, '/link/a', $_), 'html', "$front: activitypub link")
            for $AP, $BROWSER, $AP;
    }

    # an error that is kept is not for those who get the document

    $t->write_file('down', '');
    is(front('aware', '/front/5', $BROWSER), 500, 'an error first');
    is(front('aware', '/front/5', $AP), 'json', 'then the document');
    is(front('aware', '/front/5', $BROWSER), 500, 'and the error again');
    unlink $t->testdir . '/down';
}


sub front {
    my ($front, $uri, $accept) = @_;

    my $r = http_get($uri, port => port(8088), accept => $accept,
        host => "$front.example");

    return $r->status if $r->status != 200;
    return $r->header('Content-Type') =~ /html/ ? 'html'
        : $r->json ? 'json' : 'nothing';
}


# what curl prints: headers and body, in lower case but for values

sub over2 {
    my ($port, $page, $accept) = @_;

    my $out = `curl -si --http2-prior-knowledge --max-time 10 \\
        -H 'Accept: $accept' http://127.0.0.1:@{[ port($port) ]}$page`;

    $out =~ s/^(?:date: .*|vary: Accept|link: .*activity\+json.*)\r\n//gm;

    return $out;
}


# what is held is answered after that

sub hold { $t->write_file('hold', '') }

sub release { unlink $t->testdir . '/hold' }


# a request whose answer is read later

sub started {
    my ($port, $page, $accept) = @_;

    my $c = http_connect(port => port($port));

    $c->send("GET $page HTTP/1.1\r\nHost: acme.example\r\n"
        . "Accept: $accept\r\nConnection: close\r\n\r\n");

    return $c;
}


sub asked {
    my ($who, $page) = @_;

    return grep { /^$who \S+ \Q$page\E / } Test::Backend::requests($t);
}


sub slurp {
    my ($name) = @_;

    open my $f, '<', $name or return '';
    local $/;

    return scalar <$f>;
}

###############################################################################

__DATA__
%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    types {
        text/html  html;
    }

    %%WITH%% activitypub_database "%%DATABASE%%";

    port_in_redirect    off;
    proxy_cache_path    %%TESTDIR%%/cache/proxy keys_zone=proxy:1m;
    fastcgi_cache_path  %%TESTDIR%%/cache/fastcgi keys_zone=fastcgi:1m;
    uwsgi_cache_path    %%TESTDIR%%/cache/uwsgi keys_zone=uwsgi:1m;
    proxy_set_header    Host $host;
    proxy_set_header    X-Who %%WHO%%;
    fastcgi_param       REQUEST_URI $request_uri;
    fastcgi_param       X_WHO %%WHO%%;
    uwsgi_param         REQUEST_URI $request_uri;
    uwsgi_param         X_WHO %%WHO%%;

    limit_req_zone   $uri zone=dry:1m rate=1r/m;
    limit_req_zone   $uri zone=rate:1m rate=1000r/s;
    limit_req_zone   $uri zone=once:1m rate=1r/m;
    limit_conn_zone  $server_name zone=few:1m;
    limit_conn_zone  $server_name zone=one:1m;

    %%WITHOUT%% proxy_cache_path %%TESTDIR%%/front keys_zone=front:1m;
    %%WITHOUT%% server {
    %%WITHOUT%%     listen       127.0.0.1:8088;
    %%WITHOUT%%     server_name  blind.example;
    %%WITHOUT%%     location / {
    %%WITHOUT%%         proxy_pass            http://127.0.0.1:8080;
    %%WITHOUT%%         proxy_set_header      Host acme.example;
    %%WITHOUT%%         proxy_cache           front;
    %%WITHOUT%%         proxy_cache_key       blind$uri;
    %%WITHOUT%%         proxy_cache_valid     any 1h;
    %%WITHOUT%%         proxy_ignore_headers  Vary Set-Cookie;
    %%WITHOUT%%     }
    %%WITHOUT%% }
    %%WITHOUT%% server {
    %%WITHOUT%%     listen       127.0.0.1:8088;
    %%WITHOUT%%     server_name  aware.example;
    %%WITHOUT%%     location / {
    %%WITHOUT%%         proxy_pass            http://127.0.0.1:8080;
    %%WITHOUT%%         proxy_set_header      Host acme.example;
    %%WITHOUT%%         proxy_cache           front;
    %%WITHOUT%%         proxy_cache_key       aware$uri;
    %%WITHOUT%%         proxy_cache_valid     any 1h;
    %%WITHOUT%%         proxy_ignore_headers  Set-Cookie;
    %%WITHOUT%%     }
    %%WITHOUT%% }

    server {
        listen       127.0.0.1:LISTEN default_server;
        listen       127.0.0.1:8086 http2;
        server_name  acme.example;
        root         %%ROOT%%;

        %%WITH%% activitypub_actor news { }

        location /fastcgi/  { fastcgi_pass 127.0.0.1:8083; }
        location /uwsgi/    { uwsgi_pass 127.0.0.1:8084; }
        location /front/    { proxy_pass http://127.0.0.1:8085; }

        location /fastcgi-cache/ {
            fastcgi_pass         127.0.0.1:8083;
            fastcgi_cache        fastcgi;
            fastcgi_cache_key    $request_uri;
            fastcgi_cache_valid  1h;
            add_header           X-Cache $upstream_cache_status;
        }

        location /uwsgi-cache/ {
            uwsgi_pass         127.0.0.1:8084;
            uwsgi_cache        uwsgi;
            uwsgi_cache_key    $request_uri;
            uwsgi_cache_valid  1h;
            add_header         X-Cache $upstream_cache_status;
        }

        location /proxy-cache/ {
            proxy_pass         http://127.0.0.1:8085;
            proxy_cache        proxy;
            proxy_cache_valid  1h;
            add_header         X-Cache $upstream_cache_status;
        }

        location /stale/ {
            proxy_pass             http://127.0.0.1:8085;
            proxy_cache            proxy;
            proxy_cache_valid      200 1s;
            proxy_cache_use_stale  http_500;
            add_header             X-Cache $upstream_cache_status always;
        }

        location /updating/ {
            proxy_pass                     http://127.0.0.1:8085;
            proxy_cache                    proxy;
            proxy_cache_valid              200 1s;
            proxy_cache_use_stale          updating;
            proxy_cache_background_update  on;
            add_header                     X-Cache $upstream_cache_status;
        }

        location /lock/ {
            proxy_pass          http://127.0.0.1:8085;
            proxy_cache         proxy;
            proxy_cache_valid   1h;
            proxy_cache_lock    on;
        }

        location /php/ {
            index      index.php;
            try_files  $uri $uri/ /php/index.php?$args;
        }

        location ~ \.php$    { fastcgi_pass 127.0.0.1:8083; }
        location /rewritten/ { rewrite ^ /php/index.php last; }

        location /let-in/  { auth_request /yes; }
        location = /yes    { internal; return 204; }
        location = /no     { internal; return 401; }

        location /login/ {
            auth_request  /no;
            error_page    401 =302 /static/two.html;
        }

        location /masked/ {
            deny        all;
            error_page  403 =200 /static/one.html;
        }

        location /veiled/ {
            auth_basic            "closed";
            auth_basic_user_file  %%HTPASSWD%%;
            error_page            401 =200 /static/one.html;
        }

        location /all/ {
            deny                  all;
            auth_basic            "closed";
            auth_basic_user_file  %%HTPASSWD%%;
        }

        location /rate/     { limit_req zone=rate burst=100 nodelay; }
        location /dry-run/  { limit_req zone=dry; limit_req_dry_run on; }
        location /limited/  { limit_req zone=once; }
        location /few/      { limit_conn few 100; }
        location /conn/     { limit_conn one 1; }

        location = /conn/held {
            limit_conn  one 1;
            proxy_pass  http://127.0.0.1:8085;
        }

        location /include/ { ssi on; }

        location /addition/ {
            add_before_body  /static/one.html;
            add_after_body   /fastcgi/a;
        }

        location /ssi-proxy/ {
            ssi         on;
            proxy_pass  http://127.0.0.1:8085;
        }

        location /sub-proxy/ {
            sub_filter  body BODY;
            proxy_pass  http://127.0.0.1:8085;
        }

        location /gzip-proxy/ {
            gzip             on;
            gzip_types       *;
            gzip_proxied     any;
            gzip_min_length  1;
            proxy_pass       http://127.0.0.1:8085;
        }

        location /mirror/ { mirror /static/one.html; }

        location /error/ {
            proxy_pass              http://127.0.0.1:8089;
            proxy_intercept_errors  on;
            error_page              502 =200 /static/one.html;
        }

        location /static/ { error_page 404 /static/one.html; }

        location /link/ {
            %%WITH%% activitypub link;
            proxy_pass  http://127.0.0.1:8085;
        }
    }
}
