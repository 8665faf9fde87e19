#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The key of an actor that has none is made when somebody asks for the actor:
# the first one waits, all who ask with it get the same, nobody makes two.

###############################################################################

use warnings;
use strict;

use Test::More;

use Time::HiRes qw/time/;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;

###############################################################################

my $t = Test::Nginx->new()->plan(12);

my $pages = 0;
my $actors = join "\n", map { "activitypub_actor a$_ { url /a/$_; }" } 1 .. 8;

$t->write_file_expand('nginx.conf', <<"EOF");

%%TEST_GLOBALS%%

daemon off;
worker_processes 2;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen      127.0.0.1:8080;
        server_name acme.example;

        $actors
    }
}

EOF

$t->run();

ok($t->wait_for(sub { keys_made() == 9 }, 60),
    'those of a configuration are made unasked');

# one

unkey(1);

my $began = time;
my $r = ap_get(1);

is($r->status, 200, 'who asks for one gets it');
like($r->json->{publicKey}{publicKeyPem}, qr/BEGIN PUBLIC KEY/, 'with a key');
cmp_ok(time - $began, '<', 9, 'before anybody gives up');
is(keys_made(), 9, 'it is kept');
is(ap_get(1)->json->{publicKey}{publicKeyPem},
    $r->json->{publicKey}{publicKeyPem}, 'it is the same the next time');

# many askers, one key

unkey(2);

my @answers = asked((2) x 12);

is_deeply([ map { $_->status } @answers ], [ (200) x 12 ], 'all get the next');
is(scalar(keys %{{ map { $_->json->{publicKey}{publicKeyPem} => 1 }
    @answers }}), 1, 'the same');

# several at once, each in its turn

unkey(3 .. 6);

# (a slow machine may need longer than anybody waits)

ok($t->wait_for(sub { !grep { $_->status != 200 } asked(3 .. 6) }, 60),
    'four are made in turn');

# a database that does not keep it: 503, and the next one to ask has it

unkey(7);
$t->sql('ALTER FUNCTION activitypub.actor_key_set(text, text, text)
    RENAME TO actor_key_unset');

$r = ap_get(7);

is($r->status, 503, 'a key that cannot be kept: not now');
like($r->header('Retry-After') // '', qr/^\d+$/, 'with a time to come again');

$t->sql('ALTER FUNCTION activitypub.actor_key_unset(text, text, text)
    RENAME TO actor_key_set');

ok($t->wait_for(sub { ap_get(7)->status == 200 }, 20),
    'it is there as soon as it can be');

###############################################################################

sub ap_get {
    return http_get("/activitypub/a$_[0]", host => 'acme.example',
        accept => 'application/activity+json');
}


sub asked {
    my @clients = map {
        my $c = http_connect();
        $c->send("GET /activitypub/a$_ HTTP/1.1\r\nHost: acme.example\r\n"
            . "Connection: close\r\n\r\n");
        $c;
    } @_;

    return map { $_->response('GET') } @clients;
}


sub keys_made { $t->sql('SELECT count(*) FROM activitypub.actor_key') }


# as if they had just been added, and had never had a key

sub unkey {
    my $names = join ', ', map { "'a$_'" } @_;

    $t->sql("WITH a AS (UPDATE activitypub.actor SET document = NULL
        WHERE name IN ($names) RETURNING id)
        DELETE FROM activitypub.actor_key WHERE actor IN (SELECT id FROM a)");
    $t->sql(q{SELECT activitypub.notify_changed((SELECT jsonb_agg(
        jsonb_build_array('https://acme.example', '/activitypub/a' || n, ''))
        FROM generate_series(1, 8) AS n))});

    # The notification has to arrive before the next request does: when that of
    # a page arrives it has.

    my $page = '/page' . ++$pages . '.html';

    $t->write_file($page, "PAGE\n");
    $t->sql("SELECT activitypub.publish('a8', '$page', 'A page', 'x')");
    $t->wait_for(sub {
        http_get($page, host => 'acme.example')->header('Link')
    }, 20) or die "no page\n";
}

###############################################################################
