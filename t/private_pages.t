#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The document of a page is for whoever may read the page: no redirect inside
# nginx, no named location and no subrequest leads around a check, and none
# turns a part of a page into a document.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

use MIME::Base64 qw/encode_base64/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http proxy/)->plan(55);

$t->write_file('htpasswd', "user:{PLAIN}secret\n");
$t->write_file("$_.html", "PAGE $_\n") for qw/login open private secret
    admin request protected added/;
$t->write_file('ssi.html', "SSI: <!--#include virtual=\"/open.html\" -->\n");

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

    log_format  seen  "$request_uri [$activitypub_request]";

    server {
        listen       127.0.0.1:8081;
        server_name  backend;

        location / {
            add_header  X-Accel-Redirect /protected.html;
            return      200;
        }

        location = /allowed.html { return 403; }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }

        access_log  %%TESTDIR%%/seen.log seen;

        rewrite     ^/renamed$ /private.html;

        location = /private.html {
            auth_basic            "closed";
            auth_basic_user_file  %%TESTDIR%%/htpasswd;
            error_page            401 = /login.html;
        }

        location = /secret.html {
            auth_basic            "closed";
            auth_basic_user_file  %%TESTDIR%%/htpasswd;
            error_page            401 =200 @login;
        }

        location = /admin.html {
            deny        all;
            error_page  403 = /open.html;
        }

        location = /request.html {
            auth_request  /allowed.html;
            error_page    403 = @login;
        }

        location = /allowed.html { proxy_pass http://127.0.0.1:8081; }

        location @login {
            add_header   X-Named yes;
            try_files    /login.html =404;
        }

        location = /gone.html  { error_page 404 = @login; }
        location = /teapot     { error_page 418 = /open.html; return 418; }
        location = /try        { try_files /nothing /private.html; }
        location = /try-open   { try_files /nothing /open.html; }
        location = /ssi.html   { ssi on; }
        location = /added.html { add_after_body /open.html; }
        location = /accel      { proxy_pass http://127.0.0.1:8081; }

        location = /protected.html { internal; }
    }
}

EOF

$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";

my %id = map { ("/$_.html", publish($t, "/$_.html")) }
    qw/private secret admin request protected allowed open gone/;

die "posts do not arrive\n" unless $t->wait_for(sub {
    !grep { !ap_get($_)->json } '/open.html', '/gone.html'
}, 20);

my @user = (Authorization => 'Basic ' . encode_base64('user:secret', ''));

###############################################################################

# an error page in the place of a private one

site('/private.html', 200, qr/^PAGE login$/,
    'error_page to another page');
site('/secret.html', 200, qr/^PAGE login$/,
    'error_page to a named location');
site('/admin.html', 200, qr/^PAGE open$/,
    'error_page to a page that has a document of its own');
site('/request.html', 200, qr/^PAGE login$/,
    'a named location after a refused subrequest');

document('/private.html', 'with credentials', headers => \@user);
document('/secret.html', 'with credentials and a named location',
    headers => \@user);

is(ap_get("/$_.html")->header('Link'), undef,
    "the page of an error does not lead to the document of $_")
    for qw/private secret admin request/;

my $r = http_get('/gone.html', host => 'acme.example', accept => $BROWSER);

is($r->body, "PAGE login\n", 'a page that an error page makes');
like($r->header('Link'), qr/\Q$id{'\/gone.html'}\E/,
    'leads to its own document');
is($r->header('Vary'), 'Accept', 'and varies');

# another spelling of a private page

for my $path ('/%70rivate.html', '//private.html', '/./private.html',
    '/x/../private.html', '/private%2ehtml')
{
    site($path, 200, qr/^PAGE login$/, "$path");
    document($path, "$path with credentials", headers => \@user,
        id => $id{'/private.html'});
}

site('http://acme.example/private.html', 200, qr/^PAGE login$/,
    'the absolute form');

# what is led there inside nginx

site('/renamed', 200, qr/^PAGE login$/, 'rewrite of the server');
site('/try', 200, qr/^PAGE login$/, 'try_files');
site('/try-open', 200, qr/^PAGE open$/, 'try_files to an open page');
site('/teapot', 200, qr/^PAGE open$/, 'return and error_page');
site('/accel', 200, qr/^PAGE protected$/, 'X-Accel-Redirect');
site('/protected.html', 404, qr/404 Not Found/, 'internal');

# parts of a page

site('/ssi.html', 200, qr/^SSI: PAGE open\s*$/, 'SSI include');
site('/added.html', 200, qr/^PAGE added\nPAGE open$/, 'addition');

# and the open page itself

document('/open.html', 'an open page');

is(ap_get('/open.html')->header('Link'), undef, 'no Link with a document');

# what a log knows after a redirect

$t->stop;

my $log = $t->read_file('seen.log');

like($log, qr!^/private\.html \[1\]$!m, 'the variable outlives error_page');
like($log, qr!^/secret\.html \[1\]$!m, 'and a named location');
like($log, qr!^/accel \[1\]$!m, 'and X-Accel-Redirect');

###############################################################################

# ActivityPub is asked for, and the site answers

sub site {
    my ($uri, $status, $body, $name) = @_;

    my $r = ap_get($uri);

    is($r->status, $status, "$name: the site's status");
    like($r->body, $body, "$name: the site's page");
}


sub document {
    my ($uri, $name, %o) = @_;

    my $r = ap_get($uri, %o);

    is(($r->json || {})->{id}, $o{id} || $id{$uri}, "$name: the document");
}

###############################################################################
