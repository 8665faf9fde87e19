#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# In front of whatever a location does: a browser gets the bytes and headers
# of the same nginx without the module, a server of the fediverse gets the
# document of the page, and nobody gets past a check of the site.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Beside;
use Test::Nginx;
use Test::Posts;

use File::Find qw/find/;
use MIME::Base64 qw/encode_base64/;

###############################################################################

my $user = ['Authorization', 'Basic ' . encode_base64('user:secret', '')];

# What a location does, its page (%s is "a" or "b"), and what others get: of
# HTML the status, of ActivityPub the status, or "json" for the document, or
# "site" for what a browser gets.

my @table = (
    ['a static file', '/static/%s.html', 200, 'json'],
    ['the index of a directory', '/dir-%s/', 200, 'json'],
    ['alias', '/alias/%s.html', 200, 'json'],
    ['a query', '/query/?p=%s', 200, 'json'],
    ['an escaped path', '/caf%%C3%%A9/%s.html', 200, 'json'],
    ['proxy_pass', '/proxy/%s', 200, 'json'],
    ['proxy_pass to a dead backend', '/dead/%s', 502, 'json'],
    ['fastcgi_pass to a dead backend', '/fastcgi/%s', 502, 'json'],
    ['proxy_cache', '/cache/%s', 200, 'json'],
    ['try_files with the file', '/try/%s.html', 200, 'json'],
    ['try_files with a fallback', '/fallback/%s', 200, 'json'],
    ['try_files with a named location', '/named/%s', 200, 'json'],
    ['error_page of what is missing', '/missing/%s', 404, 'json'],
    ['error_page with another status', '/found/%s', 200, 'json'],
    ['auth_basic', '/auth/%s.html', 401, 401],
    ['auth_basic with credentials', '/auth/%s.html', 200, 'json', $user],
    ['auth_request', '/request/%s.html', 401, 401],
    ['deny', '/deny/%s.html', 403, 403],
    ['satisfy any', '/any/%s.html', 401, 401],
    ['satisfy any with credentials', '/any/%s.html', 200, 'json', $user],
    ['satisfy any from an allowed address', '/near/%s.html', 200, 'json'],
    ['limit_except', '/except/%s.html', 200, 'json'],
    ['internal', '/internal/%s.html', 404, 404],
    ['return', '/return/%s', 200, 'site'],
    ['return of a redirect', '/redirect/%s', 301, 'site'],
    ['rewrite last', '/last/%s.html', 200, 'json'],
    ['rewrite last to what is forbidden', '/forbidden/%s.html', 403, 403],
    ['rewrite break', '/break/%s.html', 200, 'json'],
    ['rewrite redirect', '/moved/%s.html', 302, 'site'],
    ['if that refuses', '/if/%s.html?no', 403, 403],
    ['if with a backend inside', '/if-proxy/%s', 200, 'json'],
    ['add_header and expires', '/expires/%s.html', 200, 'json'],
    ['charset', '/charset/%s.html', 200, 'json'],
    ['ssi', '/ssi/%s.html', 200, 'json'],
    ['sub_filter', '/sub/%s.html', 200, 'json'],
    ['addition', '/addition/%s.html', 200, 'json'],
    ['gzip', '/gzip/%s.html', 200, 'json', ['Accept-Encoding', 'gzip']],
    ['a nested location', '/nested/in/%s.html', 200, 'json'],
    ['activitypub off', '/off/%s.html', 200, 'site'],
    ['activitypub off behind a rewrite', '/to-off/%s.html', 200, 'site'],
    ['return of the server', '//closed/%s.html', 410, 'site'],
);

my $t = Test::Nginx->new()->has(qw/http proxy/)->plan(@table * 12 + 3);
my $plain = Test::Nginx->new(plain => 1);
my $root = $t->testdir . '/site';
my %written;

for my $row (@table) {
    write_page($row->[1] =~ s/%s/$_/r) for qw/a b/;
}

my $conf = do { local $/; <DATA> };

$conf =~ s/%%ROOT%%/$root/g;
$t->write_file('htpasswd', "user:{PLAIN}secret\n");
$conf =~ s!%%HTPASSWD%%!$t->testdir . '/htpasswd'!ge;

$t->write_file_expand('nginx.conf', configure($conf, 8080, 1));
$plain->write_file_expand('nginx.conf', configure($conf, 8082, 0));

$plain->run();
$t->run();

die "no actor\n" unless $t->wait_document('/activitypub/news');

# every page of the table is a post

for my $row (@table) {
    for (map { sprintf $row->[1], $_ } qw/a b/) {
        $id{$_} ||= publish($t, m!^//closed(.*)!
            ? "https://closed.example$1" : $_,
            actor => m!^//closed! ? 'closed' : 'news');
    }
}

# they arrive in the order of their publication

publish($t, '/static/last.html');

die "posts do not arrive\n" unless $t->wait_for(sub {
    ask(8080, '/static/last.html', $AP)->status == 200
}, 20);

###############################################################################

is_negotiated(@$_) for @table;

# what stayed behind

my @cached;

find({ no_chdir => 1, wanted => sub {
    push @cached, slurp($_) if -f;
} }, $t->testdir . '/cache');

is(@cached, 2, "the site's cache has both pages");
is(grep({ /activitystreams|activity\+json/ } @cached), 0,
    "and no JSON");
is(grep({ /activity/ } split /\n/, $plain->read_file('backend.log')), 0,
    'no backend was asked for a document');

$plain->stop;

###############################################################################

# a file for every page that could be one

sub write_page {
    my ($page) = @_;

    $page =~ s/\?.*//;
    $page =~ s!^//closed!!;
    $page = "$page/index.html" if $page =~ s!/$!!;
    $page =~ s/%%?([0-9A-F]{2})/chr hex $1/ge;

    return if $page !~ /\.html$/ || $written{$page}++;

    $t->write_file("site$page",
        "<html><head></head><body>THIS is $page "
        . "<!--#echo var=\"uri\" --> \xc3\xa9</body></html>\n");
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

    port_in_redirect  off;
    proxy_cache_path  %%TESTDIR%%/cache keys_zone=site:1m;
    proxy_set_header  Host $host;

    %%WITHOUT%% log_format accept "$request_uri $http_accept";
    %%WITHOUT%% server {
    %%WITHOUT%%     listen      127.0.0.1:8081;
    %%WITHOUT%%     access_log  %%TESTDIR%%/backend.log accept;
    %%WITHOUT%%     location / { return 200 "backend of $request_uri\n"; }
    %%WITHOUT%% }

    server {
        listen       127.0.0.1:LISTEN;
        server_name  closed.example;
        root         %%ROOT%%;

        %%WITH%% activitypub_actor closed { }

        return 410 "CLOSED\n";
    }

    server {
        listen       127.0.0.1:LISTEN default_server;
        server_name  acme.example;
        root         %%ROOT%%;

        %%WITH%% activitypub_actor news { }

        location /alias/    { alias %%ROOT%%/alias/; }
        location /proxy/    { proxy_pass http://127.0.0.1:8081; }
        location /dead/     { proxy_pass http://127.0.0.1:8089; }
        location /fastcgi/  { fastcgi_pass 127.0.0.1:8089; }

        location /cache/ {
            proxy_pass         http://127.0.0.1:8081;
            proxy_cache        site;
            proxy_cache_valid  1h;
            add_header         X-Cache $upstream_cache_status;
        }

        location /try/       { try_files $uri =404; }
        location /fallback/  { try_files $uri /proxy/fallback?$args; }
        location /named/     { try_files $uri @backend; }

        location @backend {
            proxy_pass  http://127.0.0.1:8081;
            add_header  X-Named $uri;
        }

        location /missing/ { error_page 404 /static/a.html; }
        location /found/   { error_page 404 =200 /static/a.html; }

        location /auth/ {
            auth_basic            "closed";
            auth_basic_user_file  %%HTPASSWD%%;
        }

        location /request/   { auth_request /login; }
        location = /login    { internal; return 401; }
        location /deny/      { deny all; }
        location /internal/  { internal; }

        location /any/ {
            satisfy               any;
            deny                  all;
            auth_basic            "closed";
            auth_basic_user_file  %%HTPASSWD%%;
        }

        location /near/ {
            satisfy               any;
            allow                 127.0.0.1;
            deny                  all;
            auth_basic            "closed";
            auth_basic_user_file  %%HTPASSWD%%;
        }

        location /except/     { limit_except GET { deny all; } }
        location /return/     { return 200 "RETURNED\n"; }
        location /redirect/   { return 301 /static/a.html; }
        location /last/       { rewrite ^/last/(.*) /static/$1 last; }
        location /forbidden/  { rewrite ^/forbidden/(.*) /deny/$1 last; }
        location /break/      { rewrite ^/break/(.*) /static/$1 break; }
        location /moved/      { rewrite ^/moved/(.*) /static/$1 redirect; }
        location /to-off/     { rewrite ^/to-off/(.*) /off/$1 last; }

        location /if/ {
            if ($arg_no = "") { set $no $args; }
            if ($no) { return 403; }
        }

        location /if-proxy/ {
            if ($request_method = GET) { proxy_pass http://127.0.0.1:8081; }
        }

        location /expires/ {
            expires     max;
            add_header  X-Site yes;
            add_header  Cache-Control public always;
        }

        location /charset/ {
            charset        utf-8;
            charset_types  *;
        }

        location /ssi/ {
            ssi        on;
            ssi_types  *;
        }

        location /sub/ {
            sub_filter        this THAT;
            sub_filter_types  *;
        }

        location /addition/ {
            add_after_body  /static/a.html;
            addition_types  *;
        }

        location /gzip/ {
            gzip             on;
            gzip_types       *;
            gzip_min_length  1;
        }

        location /nested/ {
            location /nested/in/ { location ~ \.html$ { } }
        }

        location /off/ {
            %%WITH%% activitypub off;
        }
    }
}
