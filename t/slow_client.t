#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A client that reads slowly gets the whole answer, once, and the connection
# goes on.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(8);

$t->write_file('index.html', 'HOME');
$t->write_file_expand('nginx.conf', <<'EOF')->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        limit_rate   4k;

        activitypub_actor news { }
    }
}

EOF

$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";

my $long = join ' ', map { "word$_" } 1 .. 1200;
my $id = publish($t, '/long.html', content => "<p>$long</p>", type => 'article');
my ($path) = $id =~ m!^https://[^/]+(/.*)!;

my $next = "GET /activitypub/actor HTTP/1.1\r\nHost: acme.example\r\n\r\n";

# the first answer comes out of the database, the second out of the zone

for my $from ('the database', 'the zone') {
    my $c = http_connect();

    $c->send("GET $path HTTP/1.1\r\nHost: acme.example\r\n\r\n$next");

    my $r = $c->response;

    is($r && $r->status, 200, "out of $from");
    is($r && ($r->json || {})->{id}, $id, "out of $from, whole");

    $r = $c->response;
    is($r && ($r->json || {})->{type}, 'Application',
        "out of $from, and the next one");

    $r = ap_get('/long.html');
    is($r && ($r->json || {})->{id}, $id, "out of $from, the page");
}

###############################################################################
