#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# NodeInfo tells how much an origin is used: by what the database says, which
# is asked once in half an hour for all who want to know.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::NodeInfo;
use Test::Posts;

use IO::Select;
use IO::Socket::INET;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(23);

# nginx lives some seconds later than it is

$t->preload(<<"EOC");
#include <dlfcn.h>
#include <stdio.h>
#include <sys/time.h>

int
gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
    int    rc, later;
    FILE  *f;

    static int  (*really)(struct timeval *restrict, void *restrict);

    if (really == NULL) {
        really = dlsym(RTLD_NEXT, "gettimeofday");
    }

    rc = really(tv, tz);
    f = fopen("@{[ $t->testdir ]}/later", "r");

    if (f != NULL) {
        if (fscanf(f, "%d", &later) == 1) {
            tv->tv_sec += later;
        }

        fclose(f);
    }

    return rc;
}
EOC

$t->database(own => 1);
later(0);

$t->write_file_expand('nginx.conf', <<'EOF')->run();

%%TEST_GLOBALS%%

daemon off;
worker_processes 2;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%" timeout=2s;

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { url /; }
        activitypub_actor shop { url /shop; }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  other.example;

        activitypub_actor news { url /; }
    }
}

EOF

for my $host (qw/acme.example other.example/) {
    $t->wait_document('/activitypub/news', host => $host) or die "no actor\n";
}

$t->wait_document('/activitypub/shop', host => 'acme.example')
    or die "no actor\n";

$t->wait_for(sub { $t->error_log =~ /database notifications started/ }, 20)
    or die "nobody listens\n";

count_questions();

###############################################################################

# what is there, and what has been published

is_deeply(usage(), { users => { total => 2, activeHalfyear => 0,
    activeMonth => 0 }, localPosts => 0 }, 'two actors, not a word');

my @id = map { publish($t, "/$_", actor => 'news@acme.example') } 1 .. 3;
publish($t, '/4', actor => 'shop@acme.example');
edit($t, 'delete', $id[1], '--yes');
$t->sql("SELECT activitypub.actor_add('kept', '{}', 'acme.example')");

is_deeply(usage(), { users => { total => 2, activeHalfyear => 0,
    activeMonth => 0 }, localPosts => 0 }, 'the same for half an hour');
is(questions(), 1, 'asked once');

later(1790);
is(usage()->{localPosts}, 0, 'still');
later(1810);

my $now = { users => { total => 3, activeHalfyear => 2, activeMonth => 2 },
    localPosts => 3 };

is_deeply(usage(), $now, 'then anew: without what is deleted, with an actor'
    . ' that only the database has');
is_deeply(usage('2.0'), $now, '2.0 says so too');
is(questions(), 2, 'asked once more');

is_deeply(usage('2.1', 'other.example'), { users => { total => 1,
    activeHalfyear => 0, activeMonth => 0 }, localPosts => 0 },
    'another origin is none of its business');
is(questions(), 3, 'nor of its questions');

my $r = get('2.1');

is($r->header('Cache-Control'), 'public, max-age=180', 'for any cache');
is($r->header('Content-Length'), length $r->body, 'its length');
is(http_head('/activitypub/nodeinfo/2.1', host => 'acme.example')
    ->header('Content-Length'), length $r->body, 'HEAD');

# long ago

$t->sql("UPDATE activitypub.presence AS p SET active = now() - '1 y'::interval
    FROM activitypub.actor AS a WHERE p.actor = a.id AND a.name = 'shop'");
later(4000);
is_deeply(usage(), { %$now, users => { total => 3, activeHalfyear => 1,
    activeMonth => 1 } }, 'who is silent is not active');

###############################################################################

# a hundred who ask at once, of two workers

my $before = questions();

later(6000);

my @answers = at_once(100);

is(scalar(grep { / 200 / } @answers), 100, 'a hundred at once');
is(questions(), $before + 1, 'are one question');

# what it says, if there is no answer: what was is better than nothing, which
# is better than what might be; and each worker tries it once a minute

$t->sql("CREATE OR REPLACE FUNCTION activitypub.render_usage(origin_id int)
    RETURNS text LANGUAGE plpgsql AS
    'BEGIN PERFORM nextval(''behind.asked''); RAISE EXCEPTION ''broken'';
    END'");
later(8000);
$before = questions();
is(usage()->{localPosts}, 3, 'no answer: what it was');

$t->sql("SELECT pg_notify('activitypub_changed', '[[\"https://acme.example\","
    . " \"/activitypub/nodeinfo\", \"\"]]')");
ok($t->wait_for(sub { !exists usage()->{localPosts} }), 'never known');
is_deeply(usage(), { users => {} }, 'nothing is made up');
is(get('2.1')->header('Cache-Control'), 'private, no-store', 'nor kept');

at_once(20);
cmp_ok(questions(), '<=', $before + 2, 'one question of each worker');

count_questions();
later(8070);
is(usage()->{localPosts}, 3, 'another one after a minute');

# no database

$t->stop_database;
later(20000);
is(usage()->{localPosts}, 3, 'no database: what it was');
$t->start_database;
publish($t, '/5', actor => 'news@acme.example');
ok($t->wait_for(sub { usage()->{localPosts} == 4 }, 20), 'and is again');

###############################################################################

sub later {
    my ($seconds) = @_;

    $t->write_file('later.new', $seconds);
    rename $t->testdir . '/later.new', $t->testdir . '/later';
}


sub get {
    my ($version, $host) = @_;

    return http_get("/activitypub/nodeinfo/$version",
        host => $host // 'acme.example');
}


# its numbers; of the schema, whatever they are

sub usage {
    my ($version, $host) = @_;

    my $r = get($version //= '2.1', $host);
    my $wrong = $r->status == 200 ? nodeinfo_wrong($r->json, $version)
        : $r->status;

    return $wrong ? { wrong => $wrong } : $r->json->{usage};
}


# how often the database was asked

sub count_questions {
    $t->sql(<<'SQL');
DO $$
BEGIN
    IF to_regclass('behind.asked') IS NULL THEN
        CREATE SCHEMA behind;
        CREATE SEQUENCE behind.asked;
        GRANT USAGE ON SCHEMA behind TO activitypub_owner;
        GRANT ALL ON SEQUENCE behind.asked TO activitypub_owner;
        ALTER FUNCTION activitypub.render_usage(int) RENAME TO really_usage;
    END IF;
END
$$;
CREATE OR REPLACE FUNCTION activitypub.render_usage(origin_id int)
RETURNS text LANGUAGE plpgsql AS
'BEGIN PERFORM nextval(''behind.asked'');
RETURN activitypub.really_usage(origin_id); END';
SQL
}


sub questions {
    return $t->sql('SELECT CASE WHEN is_called THEN last_value ELSE 0 END
        FROM behind.asked');
}


# so many requests that all are sent before one is answered

sub at_once {
    my ($n) = @_;

    my @sockets = map {
        IO::Socket::INET->new(PeerAddr => '127.0.0.1:' . port(8080))
            or die "$!"
    } 1 .. $n;

    for my $s (@sockets) {
        print $s "GET /activitypub/nodeinfo/2.1 HTTP/1.0\r\n"
            . "Host: acme.example\r\n\r\n";
    }

    return map { local $/; my $s = $_; scalar <$s> } @sockets;
}

###############################################################################
