#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# host-meta leads to WebFinger, NodeInfo tells what we are by its published
# schema, and both lead to what is there.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::NodeInfo;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(47);

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

        activitypub_prefix  /fedi/verse/;

        activitypub_actor news { }
        activitypub_actor shop { url /shop/; }
    }
}

EOF

$t->wait_document('/fedi/verse/actor', host => 'acme.example')
    or die "no actor\n";

###############################################################################

# host-meta

my $r = get('/.well-known/host-meta');

is($r->status, 200, 'host-meta');
is($r->header('Content-Type'), 'application/xrd+xml', 'host-meta: type');
is($r->header('Access-Control-Allow-Origin'), '*', 'host-meta: CORS');
is($r->header('Cache-Control'), 'public, max-age=180', 'host-meta: cache');
like($r->body, qr!^<\?xml\ version="1\.0"\ encoding="UTF-8"\?>\s*
    <XRD\ xmlns="http://docs\.oasis-open\.org/ns/xri/xrd-1\.0">\s*
    <Link\ rel="lrdd"\ type="application/jrd\+json"
    \ template="https://acme\.example/\.well-known/webfinger
    \?resource=\{uri\}"/>\s*</XRD>\s*$!x, 'host-meta: the whole document');

my ($template) = $r->body =~ m!template="https://acme\.example([^"]*)"!;

is(get($template =~ s/\{uri\}/acct:news\@acme.example/r)->status, 200,
    'host-meta: leads to WebFinger');

# the links of NodeInfo

$r = get('/.well-known/nodeinfo');

is($r->status, 200, 'NodeInfo');
is($r->header('Content-Type'), 'application/json', 'NodeInfo: type');
is($r->header('Access-Control-Allow-Origin'), '*', 'NodeInfo: CORS');

my %href = map { ($_->{rel} => $_->{href}) } @{ $r->json->{links} };
my $schema = 'http://nodeinfo.diaspora.software/ns/schema';

is_deeply(\%href, {
    "$schema/2.0" => 'https://acme.example/fedi/verse/nodeinfo/2.0',
    "$schema/2.1" => 'https://acme.example/fedi/verse/nodeinfo/2.1',
    'https://www.w3.org/ns/activitystreams#Application'
        => 'https://acme.example/fedi/verse/actor',
}, 'NodeInfo: its links');

is(follow('https://www.w3.org/ns/activitystreams#Application')->json->{type},
    'Application', 'NodeInfo: leads to the instance actor');

# its documents

for my $version ('2.0', '2.1') {
    $r = follow("$schema/$version");

    is($r->header('Content-Type'),
        "application/json; profile=\"$schema/$version#\"",
        "NodeInfo $version: type");
    is($r->header('Access-Control-Allow-Origin'), '*',
        "NodeInfo $version: CORS");
    is(nodeinfo_wrong($r->json, $version), '', "NodeInfo $version: by its schema");
    is($r->json->{software}{name}, 'nginx-activitypub',
        "NodeInfo $version: our name");
    like($r->json->{software}{version}, qr/^\d+\.\d+\.\d+$/,
        "NodeInfo $version: our version");
    is_deeply($r->json->{protocols}, ['activitypub'],
        "NodeInfo $version: our protocol");
    is($r->json->{usage}{users}{total}, 2, "NodeInfo $version: our actors");
    ok(!$r->json->{openRegistrations}, "NodeInfo $version: nobody registers");
}

isnt(nodeinfo_wrong(follow("$schema/2.0")->json, '2.1'), '',
    'a document of one version is none of another');

# a checker that lets everything pass would let ours pass

for my $break (
    sub { $_->{version} = 2.1 },
    sub { delete $_->{metadata} },
    sub { $_->{metadata} = [] },
    sub { $_->{more} = 1 },
    sub { $_->{software}{name} = 'Nginx' },
    sub { delete $_->{software}{version} },
    sub { $_->{software}{icon} = '/x.png' },
    sub { $_->{protocols} = [] },
    sub { $_->{protocols} = ['activitypub', 'gopher'] },
    sub { $_->{protocols} = { inbound => ['activitypub'] } },
    sub { $_->{services}{inbound} = ['facebook'] },
    sub { delete $_->{services}{outbound} },
    sub { $_->{openRegistrations} = 0 },
    sub { $_->{usage}{users}{total} = '2' },
    sub { $_->{usage}{users}{total} = -1 },
    sub { $_->{usage}{users}{active} = 1 },
    sub { delete $_->{usage}{users} })
{
    my $json = follow("$schema/2.1")->json;

    $break->() for $json;

    my $wrong = nodeinfo_wrong($json, '2.1');

    isnt($wrong, '', "found: $wrong");
}

is(get('/fedi/verse/nodeinfo/2.2')->status, 404, 'another version');
is(get('/fedi/verse/nodeinfo')->status, 404, 'no version');

###############################################################################

sub get {
    my ($uri) = @_;

    return http_get($uri, host => 'acme.example');
}


sub follow {
    my ($rel) = @_;

    return get($href{$rel} =~ s!^https://acme\.example!!r);
}

###############################################################################
