#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A host-meta or a NodeInfo of the site's own stays the site's when a location
# of just that URL says so; a location of more is no such word.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(16);

my %servers = (
    none => '',
    exact => 'location = /.well-known/host-meta { return 200 SITE; }
        location = /.well-known/host-meta.json { return 200 SITE; }
        location = /.well-known/nodeinfo { return 200 SITE; }',
    prefix => 'location /.well-known/host-meta { return 200 SITE; }
        location ^~ /.well-known/nodeinfo { return 200 SITE; }',
    nested => 'location /.well-known/ {
            location /.well-known/n {
                location = /.well-known/nodeinfo { return 200 SITE; }
            }
            return 200 SITE;
        }',
    beside => 'location / { return 200 SITE; }
        location /.well-known/ { return 200 SITE; }
        location /.well-known/host-meta { return 200 SITE; }
        location = /.well-known/nodeinfo { return 200 SITE; }',
    ours => 'location = /.well-known/host-meta { activitypub on; }
        location = /.well-known/nodeinfo { activitypub on; }',
    wide => 'location / { return 200 SITE; }
        location /.well-known/ { return 200 SITE; }
        location /.well-known/nodeinfo/ { return 200 SITE; }
        location = /.well-known/host { return 200 SITE; }
        location = /.well-known/webfinger { return 200 SITE; }
        location ~ /\. { return 200 SITE; }',
    off => 'activitypub off; location / { return 200 SITE; }',
);

my $servers = join '', map { <<"EOF" } sort keys %servers;
    server {
        listen       127.0.0.1:8080;
        server_name  $_.example;

        activitypub_actor news { }
        $servers{$_}
    }
EOF

$t->write_file_expand('nginx.conf', <<"EOF")->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";
$servers
}

EOF

$t->wait_document('/activitypub/actor', host => "$_.example")
    or die "no actor of $_\n"
    for grep { $_ ne 'off' } keys %servers;

###############################################################################

# host-meta, host-meta.json, nodeinfo, WebFinger: 1 is ours, 0 the site's

my %ours = (
    none => '1111',
    exact => '0001',
    prefix => '0101',
    nested => '1101',
    beside => '0101',
    ours => '1111',
    wide => '1111',
    off => '0000',
);

for my $name (sort keys %ours) {
    my @found = map { get($name, $_)->body eq 'SITE' ? 0 : 1 }
        '/.well-known/host-meta', '/.well-known/host-meta.json',
        '/.well-known/nodeinfo',
        "/.well-known/webfinger?resource=acct:news\@$name.example";

    is(join('', @found), $ours{$name}, $name);
}

is(get('wide', '/.well-known/other')->body, 'SITE', 'others are the site\'s');
is(get('exact', '/activitypub/nodeinfo/2.1')->status, 200,
    'ours is there still, where nobody is led to it');

# host-meta as JSON, at a URL of its own (RFC 6415, section 3)

my $r = get('none', '/.well-known/host-meta.json');

is($r->header('Content-Type'), 'application/json', 'host-meta.json');
is($r->header('Access-Control-Allow-Origin'), '*', 'CORS');
is_deeply([$r->header('Vary')], [], 'is always JSON');
is_deeply($r->json, { links => [ { rel => 'lrdd',
    type => 'application/jrd+json',
    template => 'https://none.example/.well-known/webfinger?resource={uri}',
} ] }, 'the whole document');
is(get('none', '/.well-known/host-meta', 'application/json')
    ->header('Content-Type'), 'application/xrd+xml', 'the other is XRD');
is(http_post('/.well-known/host-meta.json', host => 'none.example',
    body => '')->status, 405, 'POST');

###############################################################################

sub get {
    my ($name, $uri, $accept) = @_;

    return http_get($uri, host => "$name.example", accept => $accept // '*/*');
}

###############################################################################
