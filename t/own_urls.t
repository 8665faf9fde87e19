#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Our own URLs are answered in spite of what the site's locations say; what
# the server block says applies, and so does a location inside our space that
# the owner has marked with "activitypub on".

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

my $t = Test::Nginx->new()->has(qw/http/)->plan(74);

$t->write_file('htpasswd', "user:{PLAIN}secret\n");
$t->write_file('index.html', "SITE\n");

# server blocks beside the first one: what they say, and their actor

my %servers = (
    deny => 'deny all;',
    auth => 'auth_basic "closed";
        auth_basic_user_file %%TESTDIR%%/htpasswd;',
    limit => 'limit_req zone=slow;',
    return => 'return 301 https://elsewhere.example$request_uri;',
    if => 'if ($arg_no) { return 403; }',
    exact => 'location / { return 301 https://elsewhere.example/; }
        location = /activitypub/actor { activitypub on; deny all; }
        location = /activitypub/news { activitypub on; }',
    off => 'activitypub off;',
    located => 'location /activitypub/ {
            activitypub on;
            auth_basic "closed";
            auth_basic_user_file %%TESTDIR%%/htpasswd;
        }
        location = /.well-known/nodeinfo { activitypub on; deny all; }
        location = /.well-known/host-meta { deny all; }
        location / { activitypub on; deny all; }',
);

my $servers = join '', map { <<"EOF" } sort keys %servers;
    server {
        listen       127.0.0.1:8080;
        server_name  $_.example;

        activitypub_actor news { }

        $servers{$_}
    }
EOF

$t->write_file_expand('nginx.conf', <<'EOF' =~ s/SERVERS/$servers/r)->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    limit_req_zone  $host zone=slow:64k rate=1r/m;

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example www.acme.example;

        activitypub_actor news { }

        client_max_body_size  10k;
        error_page            400 404 405 =200 /index.html;
        try_files             $uri /index.html;
        rewrite               ^/(.*)$ /moved/$1;

        add_header  X-Site yes;
        charset     utf-8;
        expires     30d;

        location / { return 301 https://www.acme.example$request_uri; }
        location ~ /\. { deny all; }
        location ^~ /.well-known/ { return 403; }
        location ^~ /activitypub/ { activitypub off; deny all; }
        location = /activitypub/news { proxy_pass http://127.0.0.1:8089; }
        location ~ json { internal; }
    }

    SERVERS
}

EOF

my $host = 'acme.example';
my @user = (Authorization => 'Basic ' . encode_base64('user:secret', ''));

for my $name ('acme', grep { $_ ne 'return' } keys %servers) {
    $t->wait_for(sub {
        $t->sql("SELECT count(*) FROM activitypub.actor_key AS k
            JOIN activitypub.actor AS a ON a.id = k.actor
            WHERE a.uri LIKE 'https://$name.example/%'") == 2
    }, 90) or die "no actor of $name.example\n";
}

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no document $_\n" for qw/news actor/;

###############################################################################

# in spite of everything the locations say

my $json = qr!^application/activity\+json$!;
my @own = (
    ['/.well-known/webfinger?resource=acct:news@acme.example',
        qr!^application/jrd\+json$!],
    ['/.well-known/host-meta', qr!^application/xrd\+xml$!],
    ['/.well-known/nodeinfo', qr!^application/json$!],
    ['/activitypub/nodeinfo/2.1', qr!^application/json; profile=!],
    ['/activitypub/news', $json],
    ['/activitypub/actor', $json],
    ['/activitypub/inbox', $json],
    ['/activitypub/news/outbox?page', $json],
);

for my $own (@own) {
    my ($uri, $type) = @$own;
    my $r = get($uri);

    is($r->status, 200, "$uri is answered");
    like($r->header('Content-Type'), $type, "$uri has its type");
    is(join(', ', map { "$_->[0] $_->[1]" }
            grep { $_->[0] =~ /^(?:Cache-Control|Expires|X-Site)$/ }
            $r->headers),
        'Cache-Control public, max-age=180',
        "$uri has no header of the site");
}

is(get('/activitypub/news', host => 'www.acme.example')->status, 200,
    'by another name of the server');
is(http_head('/activitypub/news', host => $host)->header('Content-Length'),
    length get('/activitypub/news')->body, 'HEAD');

# with our own errors

for my $uri ('/activitypub/', '/activitypub/nobody', '/activitypub/news/x',
    '/activitypub/nodeinfo/3.0', '/activitypub/a/b/c/d', '/activitypub/.',
    '/activitypub/index.html', '/activitypub/news/')
{
    my $r = get($uri);

    is($r->status, 404, "$uri is our 404");
    is($r->header('Content-Type'), 'application/json', "$uri says so in JSON");
}

my $r = http_post('/activitypub/inbox', host => $host, body => 'x' x 20000);

is($r->status, 415, 'POST is refused by us, whatever its size');
is($r->header('Content-Type'), 'application/json', 'in JSON');
is(http_post('/activitypub/inbox', host => $host, body => 'x' x 2_000_000)
    ->status, 415, 'and so is more than we would ever take');

my $broken = http_connect();

$broken->send("POST /activitypub/inbox HTTP/1.1\r\nHost: $host\r\n"
    . "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n\r\n");
is($broken->response->status, 400, 'a broken body has no page of the site');

# what is not ours, is the site's

for my $theirs (['/', 301], ['/.well-known', 403], ['/.well-known/', 403],
    ['/.well-known/webfinger/', 403], ['/.well-known/other', 403],
    ['/activitypub', 301], ['/activitypubs/news', 301],
    ['/.well-known/webfinger?resource=acct:news@elsewhere.example', 403])
{
    is(get($theirs->[0])->status, $theirs->[1], "$theirs->[0] is not ours");
}

# what the server block says, applies

is(get('/activitypub/news', host => 'deny.example')->status, 403, 'deny');
is(webfinger('deny.example')->status, 403, 'deny of WebFinger');
is(get('/activitypub/news', host => 'auth.example')->status, 401, 'auth_basic');
is(get('/activitypub/news', host => 'auth.example', headers => \@user)->status,
    200, 'auth_basic with credentials');
is(webfinger('limit.example')->status, 200, 'limit_req, the first');
is(webfinger('limit.example')->status, 503, 'limit_req, the second');
is(get('/activitypub/news', host => 'return.example')->header('Location'),
    'https://elsewhere.example/activitypub/news', 'return');
is(get('/activitypub/news?no=1', host => 'if.example')->status, 403, 'if');
is(get('/activitypub/news?page', host => 'if.example')->status, 200,
    'if that does not apply');
is(get('/activitypub/news', host => 'off.example')->status, 404,
    'activitypub off');
is(webfinger('off.example')->status, 404, 'activitypub off for WebFinger');

# a location inside our space that the owner speaks in

is(get('/activitypub/actor', host => 'exact.example')->status, 403,
    'deny of an exact location');
is(get('/activitypub/actor/inbox', host => 'exact.example')->status, 200,
    'and not of what is below');
is(get('/activitypub/news/outbox', host => 'exact.example')->status, 200,
    'an exact location says nothing of what is below it');

is(located('/activitypub/news')->status, 401, 'auth_basic of a location');
is(located('/activitypub/nobody')->status, 401, 'auth_basic of what is not');
is(located('/activitypub/news', headers => \@user)->status, 200,
    'auth_basic of a location with credentials');
is(located('/.well-known/nodeinfo')->status, 403, 'deny of a location');
is(located('/.well-known/host-meta')->status, 403,
    'a host-meta with a location of its own is the site\'s');
is(webfinger('located.example')->status, 200,
    'a location of everything is no word about us');

###############################################################################

sub get {
    my ($uri, %o) = @_;

    return http_get($uri, host => $host, %o);
}


sub located { get(@_, host => 'located.example') }


sub webfinger {
    my ($name) = @_;

    return get("/.well-known/webfinger?resource=acct:news\@$name",
        host => $name);
}

###############################################################################
