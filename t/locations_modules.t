#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# In front of filters that come as modules of their own, and take what they
# are given for an image, or for XML: a browser gets what they make of a page,
# and neither is fed with JSON.  They are looked for where Debian puts them
# (libnginx-mod-http-image-filter, libnginx-mod-http-xslt-filter), and in
# TEST_NGINX_MODULES.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Beside;
use Test::Nginx;
use Test::Posts;

use MIME::Base64 qw/decode_base64/;

###############################################################################

my ($folder) = grep { -r "$_/ngx_http_image_filter_module.so"
        && -r "$_/ngx_http_xslt_filter_module.so" }
    $ENV{TEST_NGINX_MODULES} // (), '/usr/lib/nginx/modules',
    '/usr/share/nginx/modules';

plan(skip_all => 'no image_filter and xslt_filter') unless $folder;

# what a location does, its page, and what others get: see Test::Beside

my @table = (
    ['image_filter', '/image/%s.gif', 200, 'json'],
    ['image_filter of what is no image', '/image/%s.html', 415, 'json'],
    ['xslt_stylesheet', '/xslt/%s.xml', 200, 'json'],
    ['xslt_stylesheet of what is no XML', '/xslt/%s.html', 500, 'json'],
);

my $t = Test::Nginx->new()->has(qw/http/)->plan(@table * 12 + 4);
my $plain = Test::Nginx->new(plain => 1);
my $conf = do { local $/; <DATA> };

for my $name (qw/a b/) {
    $t->write_file("site/image/$name.gif", decode_base64(
        'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'));
    $t->write_file("site/xslt/$name.xml", "<a>$name</a>");
    $t->write_file("site/$_/$name.html", "no $_") for qw/image xslt/;
}

$t->write_file('site/last.html', "LAST\n");
$t->write_file('page.xslt', <<'EOF');
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:template match="/a">made of <xsl:value-of select="."/></xsl:template>
</xsl:stylesheet>
EOF

$conf =~ s/%%ROOT%%/$t->testdir . '\/site'/ge;
$conf =~ s/%%XSLT%%/$t->testdir . '\/page.xslt'/ge;
$conf =~ s/%%FOLDER%%/$folder/g;

$t->expect(qr/not well formed XML document/);
$plain->expect(qr/not well formed XML document/);

$t->write_file_expand('nginx.conf', configure($conf, 8080, 1));
$plain->write_file_expand('nginx.conf', configure($conf, 8082, 0));

$plain->run();
$t->run();

die "no actor\n" unless $t->wait_document('/activitypub/news')
    && $t->wait_for(sub {
        $t->error_log =~ m!actor ".*/pictures" has its key!
    }, 20);

for my $row (@table) {
    $id{$_} ||= publish($t, $_) for map { sprintf $row->[1], $_ } qw/a b/;
}

publish($t, '/last.html');

die "posts do not arrive\n" unless $t->wait_for(sub {
    ask(8080, '/last.html', $AP)->status == 200
}, 20);

###############################################################################

is_negotiated(@$_) for @table;

# our own URLs in such a location of the owner's

for my $uri ('/activitypub/pictures', '/activitypub/nodeinfo/2.1') {
    my $r = http_get($uri, host => 'images.example', accept => $AP);

    is($r->status, 200, "$uri in a location of images");
    ok($r->json, 'is no image');
}

$plain->stop;

###############################################################################

__DATA__
load_module %%FOLDER%%/ngx_http_image_filter_module.so;
load_module %%FOLDER%%/ngx_http_xslt_filter_module.so;

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    types {
        text/html  html;
        text/xml   xml;
        image/gif  gif;
    }

    %%WITH%% activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:LISTEN default_server;
        server_name  acme.example;
        root         %%ROOT%%;

        %%WITH%% activitypub_actor news { }

        location /image/ { image_filter test; }

        location /xslt/ {
            xslt_stylesheet  %%XSLT%%;
            xslt_types       *;
        }
    }

    server {
        listen        127.0.0.1:LISTEN;
        server_name   images.example;

        %%WITH%% activitypub_actor pictures { }

        location /activitypub/ {
            %%WITH%% activitypub on;
            image_filter  test;
        }
    }
}
