#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What the configuration declares reaches the database once a reload, and
# identity stays: an origin that was something else is stopped, alone; an
# actor that is declared no longer keeps its key.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(31);

$t->write_file('index.html', "PAGE\n");

my $both = "activitypub_actor news { url /; }"
    . " activitypub_actor old { url /old; }";

# nginx is there before the schema

$t->database(empty => 1);
configure($both);
$t->run();

is(status('one.example', '/', 'text/html'), 200, 'no schema: the site');
is(status('one.example', '/activitypub/news'), 503, 'no schema: the actor');
ok($t->wait_for(sub { lines('error', qr/database .* is unavailable/) }),
    'no schema: said');

$t->apctl(qw/db init/);

ok(there('one.example', '/activitypub/news', 20), 'declared when it is there');
ok(there('one.example', '/activitypub/old'), 'all actors');
ok(there('one.example', '/activitypub/actor'), 'the instance actor');
ok(there('two.example', '/activitypub/shop'), 'of the other origin too');

# each is written once more when it has its key

$t->wait_for(sub {
    $t->sql('SELECT count(*) FROM activitypub.actor_key') == 5;
}, 20) or die "no keys\n";

my %key = map { $_ => key($_) } qw/news old/;

like($key{old}, qr/^-----BEGIN PUBLIC KEY-----\n/, 'a key');
isnt($key{old}, $key{news}, 'of its own');
is($t->sql("SELECT count(*) FROM activitypub.actor_key WHERE private_pem
    NOT LIKE '-----BEGIN PRIVATE KEY-----%'"), 0, 'all are PKCS #8');
unlike($t->error_log, qr/PRIVATE KEY/, 'none is logged');

###############################################################################

# the same again

my $written = written();

$t->reload();
ok(there('one.example', '/activitypub/news'), 'reloaded');
is(written(), $written, 'nothing was written');
is(key('old'), $key{old}, 'no other key was made');
is(lines('warn', qr/no longer declared/), 0, 'nobody is missed');

###############################################################################

# one is declared no more

configure("activitypub_actor news { url /; }");
$t->reload();

ok($t->wait_for(sub { status('one.example', '/activitypub/old') == 404 }),
    'no longer declared: 404');
ok($t->wait_for(sub { lines('warn',
    qr!actor "https://one.example/activitypub/old" is no longer declared!) }),
    'and said');
is(lines('warn', qr/no longer declared/), 1, 'of nobody else');

configure($both);
$t->reload();

ok(there('one.example', '/activitypub/old'), 'declared again');
is(key('old'), $key{old}, 'with its key');

###############################################################################

# another prefix is another identity

configure("activitypub_prefix /ap/; $both");
$t->reload();

ok($t->wait_for(sub { lines('error', qr/is stopped/) }), 'stopped');
is(lines('error', qr!"https://one\.example" is stopped: .*"/activitypub/".*"/ap/"!),
    1, 'old and new are named, once');

is(status('one.example', '/ap/news'), 503, 'the actor');
is(status('one.example', '/.well-known/webfinger?'
    . 'resource=acct:news@one.example'), 503, 'its handle');
is(status('one.example', '/', 'text/html'), 200, 'the site is served');
ok(there('two.example', '/activitypub/shop'), 'the other origin too');

my $r = http_get('/ap/news', host => 'one.example',
    accept => 'application/activity+json');
ok($r->header('Retry-After'), 'Retry-After');

is($t->sql("SELECT count(*) FROM activitypub.actor WHERE uri LIKE '%/ap/%'"),
    0, 'nothing was written');

configure($both);
$t->reload();

ok(there('one.example', '/activitypub/news'), 'back to what it was');
is(key('news'), $key{news}, 'with its key');
is(lines('error', qr/is stopped/), 1, 'stopped no more');

###############################################################################

sub configure {
    my ($one) = @_;

    $t->write_file_expand('nginx.conf', <<"EOF");

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  one.example;

        $one
    }

    server {
        listen       127.0.0.1:8080;
        server_name  two.example;

        activitypub_actor shop { url /; }
    }
}

EOF
}


sub status {
    my ($host, $uri, $accept) = @_;

    my $r = http_get($uri, host => $host,
        accept => $accept || 'application/activity+json');

    return $r ? $r->status : 0;
}


# is a document there, in time

sub there {
    my ($host, $uri, $seconds) = @_;

    return $t->wait_for(sub { status($host, $uri) == 200 }, $seconds || 10);
}


sub key {
    my ($name) = @_;

    my $r = http_get("/activitypub/$name", host => 'one.example',
        accept => 'application/activity+json');

    return $r->json->{publicKey}{publicKeyPem};
}


# what was written last, by anybody

sub written {
    return $t->sql("SELECT sum(xmin::text::bigint) FROM activitypub.actor");
}


# how many lines of error.log of this level match

sub lines {
    my ($level, $pattern) = @_;

    return scalar grep { /\[$level\]/ && /$pattern/ }
        split /\n/, $t->error_log;
}

###############################################################################
