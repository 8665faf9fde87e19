#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A host and a handle are what they were first: with another scheme, port,
# account domain or origin their origin is stopped, and no other.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(49);

$t->write_file('index.html', "PAGE\n");

my $acme = 'server_name acme.example; activitypub_actor news { url /; }';
my $other = 'server_name other.example; activitypub_actor news { url /; }';

configure($acme, $other);
$t->run;

ok(answers($_, '/activitypub/news', 200), "$_ is declared")
    for qw/acme.example other.example/;

# the instance actors are written once more when they have their keys

$t->wait_for(sub {
    $t->sql('SELECT count(*) FROM activitypub.actor_key') == 4;
}, 20) or die "no keys\n";

my $key = key();
my $rows = rows();

###############################################################################

stopped('another scheme', qr!"https://acme\.example".*"http://acme\.example"!,
    'acme.example', "$acme activitypub_origin http://acme.example;");

stopped('another port',
    qr!"https://acme\.example".*"https://acme\.example:8443"!,
    'acme.example', "$acme activitypub_origin https://acme.example:8443;");

stopped('another account domain',
    qr!account domain "acme\.example".*account domain "example\.net"!,
    'acme.example', "$acme activitypub_account_domain example.net;
        server_name acme.example example.net;");

stopped('a handle that lives elsewhere',
    qr!handle "news\@acme\.example" .*"https://acme\.example/.*"https://new\.!,
    'new.example', 'server_name new.example acme.example;
        activitypub_account_domain acme.example;
        activitypub_actor news { url /; }');

###############################################################################

# the same after a start, when nothing is known yet of any origin

$t->stop;
configure("$acme activitypub_origin http://acme.example;", $other);
$t->run;

ok(answers('other.example', '/activitypub/news', 200),
    'a start: the other origin');
is(get('acme.example', '/activitypub/news')->status, 503,
    'a start: the one that is stopped');
like(($t->apctl(qw/check --origin acme.example/))[1],
    qr/^not ok +(?:key .*stopped|worker ).*error\.log$/m, 'apctl check says so');

# and back

configure($acme, $other);
$t->reload;

ok(answers('acme.example', '/activitypub/news', 200), 'as it was');
is(key(), $key, 'with its key');
is(rows(), $rows, 'and nothing was written meanwhile');

# in a server block of its own, a new host is simply one more origin

configure($acme, $other, 'server_name third.example;
    activitypub_actor news { url /; }');
$t->reload;

ok(answers('third.example', '/activitypub/news', 200), 'one more origin');
ok(answers('acme.example', '/activitypub/news', 200), 'beside the others');

###############################################################################

sub stopped {
    my ($name, $sentence, $host, $server) = @_;

    my $before = () = $t->error_log =~ /\[error\]/g;

    configure($server, $other);
    ok($t->reload, "$name: reload");

    ok($t->wait_for(sub { $t->error_log =~ /\[error\].*$sentence/ }),
        "$name: old and new are named");
    is((() = $t->error_log =~ /\[error\]/g) - $before, 1,
        "$name: in one [error]");

    my $r = get($host, '/activitypub/news');

    is($r->status, 503, "$name: the actor");
    ok($r->header('Retry-After'), "$name: Retry-After");
    is(get($host, '/')->status, 503, "$name: the profile page");
    is(get($host, '/.well-known/webfinger?resource=acct:news@acme.example')
        ->status, 503, "$name: WebFinger") if $name !~ /account/;
    is(get($host, '/', 'text/html')->body, "PAGE\n", "$name: the site");

    ok(answers('other.example', '/activitypub/news', 200),
        "$name: the other origin");
    is(get('other.example',
        '/.well-known/webfinger?resource=acct:news@other.example')->status,
        200, "$name: its WebFinger");
}


sub configure {
    my $servers = join "\n", map {
        "server { listen 127.0.0.1:8080; $_ }"
    } @_;

    $t->write_file_expand('nginx.conf', <<"EOC");

%%TEST_GLOBALS%%

daemon off;
worker_processes 2;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";
    activitypub_allow_http on;

    $servers
}

EOC
}


sub get {
    my ($host, $uri, $accept) = @_;

    return http_get($uri, host => $host,
        accept => $accept || 'application/activity+json');
}


sub answers {
    my ($host, $uri, $status) = @_;

    return $t->wait_for(sub { get($host, $uri)->status == $status }, 10);
}


sub key {
    return get('acme.example', '/activitypub/news')
        ->json->{publicKey}{publicKeyPem};
}


# each row as it was last written

sub rows {
    return $t->sql("SELECT string_agg(x, ' ' ORDER BY x) FROM (
        SELECT o.xmin || ':' || o.host FROM activitypub.origin AS o
        UNION ALL
        SELECT a.xmin || ':' || a.uri FROM activitypub.actor AS a
        UNION ALL
        SELECT d.xmin || ':' || d.hash FROM activitypub.declaration AS d
        ) AS t (x)");
}

###############################################################################
