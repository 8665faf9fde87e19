#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# apctl followers list, apctl deliveries status|show|retry

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;

use JSON::PP;

###############################################################################

my $t = Test::Nginx->new()->plan(18);

$t->database;

is(json(qw/followers list/), '[]', 'no follower');
is((run(qw/followers list/))[2], "apctl: there is no follower\n",
    'in words');
is_deeply(decode(qw/deliveries status/), { waiting => 0, sending => 0,
    dead => 0, unexpanded => 0, oldest_seconds => 0 }, 'an empty queue');

$t->sql(<<'EOF2');
SELECT activitypub.declare('node', '{"origin": "https://acme.example",
    "host": "acme.example", "prefix": "/activitypub/",
    "account_domain": "acme.example", "actors": [{"username": "news",
    "type": "Person", "name": "News", "url": "https://acme.example/",
    "path": "/", "query": ""}]}');

WITH r AS (
    INSERT INTO activitypub.remote_actor (uri, host, inbox)
    VALUES ('https://peer.example/users/a', 'peer.example',
            'https://peer.example/users/a/inbox')
    RETURNING id
)
INSERT INTO activitypub.follower (actor, remote_actor, inbox, follow_id)
SELECT a.id, r.id, 'https://peer.example/users/a/inbox', 'f'
  FROM activitypub.actor AS a, r WHERE a.name = 'news';

INSERT INTO activitypub.host (name) VALUES ('peer.example');

INSERT INTO activitypub.delivery (activity, actor, lane, host, inbox, state,
    attempts, status, last_error, document, next_at)
SELECT gen_random_uuid(), a.id, gen_random_uuid(), 'peer.example',
       'https://peer.example/users/' || n || '/inbox',
       CASE n WHEN 1 THEN 'dead' ELSE 'waiting' END, n, 400 + n,
       'answered ' || 400 + n, '{"type": "Accept"}', now() + interval '1 h'
  FROM activitypub.actor AS a, generate_series(1, 2) AS n
 WHERE a.name = 'news';
EOF2

my ($dead, $waiting) = split /\n/,
    $t->sql('SELECT id FROM activitypub.delivery ORDER BY state');

my $followers = decode(qw/followers list --actor news/);

is(scalar @$followers, 1, 'a follower');
is($followers->[0]{uri}, 'https://peer.example/users/a', 'who it is');
is($followers->[0]{actor}, 'news@acme.example', 'of whom');
is(scalar @{ decode(qw/followers list --actor/, $_) }, 1, "of $_")
    for '@news@acme.example', 'https://acme.example/activitypub/news';
is_deeply([(run(qw/followers list --actor others/))[0, 2]],
    [3, "apctl: there is no actor \"others\"\n"], 'and of nobody else');

my $status = decode(qw/deliveries status/);

is_deeply([@$status{qw/waiting dead/}], [1, 1], 'counted');

my $shown = decode(qw/deliveries show/, $dead);

is_deeply([@$shown{qw/state type status error attempts/}],
    ['dead', 'Accept', 401, 'answered 401', 1], 'one of them');
is(scalar @{ decode(qw/deliveries show PEER.example/) }, 2, 'a host');
is((run(qw/deliveries show 99999/))[0], 3, 'no such delivery');

is((run(qw/deliveries retry 99999/))[0], 3, 'nothing to be tried again');
is((run(qw/deliveries retry/, $dead))[1], "1 to be tried again\n", 'one');
is(decode(qw/deliveries show/, $dead)->{state}, 'waiting', 'lives again');
is(decode(qw/deliveries retry peer.example/)->{retried}, 2, 'a host');
is($t->sql('SELECT count(*) FROM activitypub.delivery
    WHERE next_at <= now()'), 2, 'is due');

###############################################################################

sub run { return $t->apctl(@_) }


sub json {
    my ($code, $out, $err) = run(@_, '--json');

    die "apctl @_ failed with $code: $err" if $code;

    chomp $out;

    return $out;
}


sub decode { return decode_json(json(@_)) }

###############################################################################
