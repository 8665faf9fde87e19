#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A schema that is absent, half there, too old, too new or closed to us is one
# [error] that says what to do, and 503 for federation only; once it is put
# right nginx goes on by itself.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Node;
use Test::Session;

use Time::HiRes qw/sleep/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(50);

# the roles of a cluster come with its first database

my $first = Test::Nginx->new(plain => 1)->database;

$t->database(empty => 1);
node_conf($t)->run;

my ($errors, %expected) = (0);

refused('no schema',
    qr/database has no schema "activitypub": run "apctl db init"/);

is(ask($t, '/activitypub/news')->status, 503, 'no document yet');
is(($t->apctl(qw/db init/))[0], 0, 'db init');
recovered('no schema');

my $id = publish($t, '/posts/1.html');

my $old = qr/version -\d+, this module needs \d+ or newer: run "apctl db/;
my $closed = qr/permission denied for schema activitypub: run "apctl db init"/;

###############################################################################

broken('a schema without migrations',
    qr/empty schema "activitypub": run "apctl db migrate"/,
    'CREATE TABLE kept AS SELECT * FROM activitypub.schema_migration;
     DELETE FROM activitypub.schema_migration',
    'INSERT INTO activitypub.schema_migration SELECT * FROM kept');

broken('an older schema', $old,
    'UPDATE activitypub.schema_migration SET version = version - 100',
    'UPDATE activitypub.schema_migration SET version = version + 100');

broken('a schema that is too new',
    qr/schema version \d+ needs a newer module \(level 99, this one is \d+\)/,
    'UPDATE activitypub.schema_migration SET min_module = 99',
    'UPDATE activitypub.schema_migration SET min_module = 1');

broken('a schema that is closed to us', $closed,
    'REVOKE USAGE ON SCHEMA activitypub FROM activitypub_nginx',
    'GRANT USAGE ON SCHEMA activitypub TO activitypub_nginx');

# functions that are not there are what an upgrade half done leaves

broken('a schema without its functions',
    qr/statement "twins_at" cannot be prepared: function .* does not exist/,
    'DROP FUNCTION activitypub.twins_at; COMMENT ON SCHEMA activitypub IS NULL',
    sub { is(($t->apctl(qw/db migrate/))[0], 0, 'db migrate') });

###############################################################################

# While apctl is at work the schema is in many states: the one that it is left
# in is worth a line.

$t->sql('UPDATE activitypub.schema_migration SET version = version - 100');
$t->disconnect_database;
refused('before a migration', $old);

my $session = Test::Session->new($t);
my $tried = qr/pipeline connection failed: $closed/;
my $before = said($t, $tried);

$session->ask('SELECT pg_advisory_lock(418497393772)');
$t->sql('REVOKE USAGE ON SCHEMA activitypub FROM activitypub_nginx');

$t->wait_for(sub { asked(); said($t, $tried) >= $before + 2 }, 15)
    or die "not seen\n";
sleep 0.7;

is(unavailable(), $errors, 'half a migration: no [error]');

$session->ask('SELECT pg_advisory_unlock_all()');
refused('what it left', $closed);

$t->sql('GRANT USAGE ON SCHEMA activitypub TO activitypub_nginx;
    UPDATE activitypub.schema_migration SET version = version + 100');
recovered('what it left');

###############################################################################

# The connections that are there work on: only a new one asks for the schema.

sub broken {
    my ($name, $sentence, $break, $mend) = @_;

    $t->sql($break);
    $t->disconnect_database;
    refused($name, $sentence);

    is(ask($t, '/activitypub/news')->status, 200, "$name: what is cached");
    is(ask($t, '/activitypub/news/outbox')->status, 503, "$name: the rest");

    ref $mend ? $mend->() : $t->sql($mend);
    recovered($name);

    update($t, $id, $name);
    ok($t->wait_for(sub { ask($t, '/posts/1.html')->body =~ /$name/ },
        15),
        "$name: changes are heard");
}


sub refused {
    my ($name, $sentence) = @_;
    my $line = qr/\[error\].*$sentence/;

    # who asks makes it try again soon

    $expected{$sentence}++;
    $t->wait_for(sub { asked(); said($t, $line) >= $expected{$sentence} }, 15);

    # a second line must not come

    sleep 0.7;

    is(said($t, $line), $expected{$sentence}, "$name: one [error]");
    is(unavailable(), ++$errors, "$name: and no other");
    is(ask($t, '/plain.html', accept => $BROWSER)->status, 200,
        "$name: the site");
}


# of both workers

sub asked { ask($t, '/activitypub/news/following') for 1 .. 4 }


# that a connection is lost is a change of state of its own

sub unavailable {
    return said($t, qr/\[error\](?!.*(?:terminating|server closed))
        .*unavailable/x);
}


sub recovered {
    my ($name) = @_;

    ok(asks($t) && $t->wait_document('/activitypub/news'),
        "$name: documents without a reload");
}

###############################################################################
