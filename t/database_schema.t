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

use Time::HiRes qw/sleep/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(36);

# the roles of a cluster come with its first database

my $first = Test::Nginx->new(plain => 1)->database;

$t->database(empty => 1);
node_conf($t)->run;

refused('no schema',
    qr/database has no schema "activitypub": run "apctl db init"/);

is(ask($t, '/activitypub/news')->status, 503, 'no document yet');
is(($t->apctl(qw/db init/))[0], 0, 'db init');
recovered('no schema');

my $id = publish($t, '/posts/1.html');

###############################################################################

broken('a schema without migrations',
    qr/empty schema "activitypub": run "apctl db migrate"/,
    'CREATE TABLE kept AS SELECT * FROM activitypub.schema_migration;
     DELETE FROM activitypub.schema_migration',
    'INSERT INTO activitypub.schema_migration SELECT * FROM kept');

broken('an older schema',
    qr/version -\d+, this module needs \d+ or newer: run "apctl db migrate"/,
    'UPDATE activitypub.schema_migration SET version = version - 100',
    'UPDATE activitypub.schema_migration SET version = version + 100');

broken('a schema that is too new',
    qr/schema version \d+ needs a newer module \(level 99, this one is \d+\)/,
    'UPDATE activitypub.schema_migration SET min_module = 99',
    'UPDATE activitypub.schema_migration SET min_module = 1');

broken('a schema that is closed to us',
    qr/permission denied for schema activitypub: run "apctl db init"/,
    'REVOKE USAGE ON SCHEMA activitypub FROM activitypub_nginx',
    'GRANT USAGE ON SCHEMA activitypub TO activitypub_nginx');

# functions that are not there are what an upgrade half done leaves

broken('a schema without its functions',
    qr/statement "twins_at" cannot be prepared: function .* does not exist/,
    'DROP FUNCTION activitypub.twins_at; COMMENT ON SCHEMA activitypub IS NULL',
    sub { is(($t->apctl(qw/db migrate/))[0], 0, 'db migrate') });

###############################################################################

# The connections that are there work on: only a new one asks for the schema.

sub broken {
    my ($name, $sentence, $break, $mend) = @_;

    $t->sql($break);
    $t->disconnect_database;
    refused($name, $sentence);

    # as last known, or not at all

    like(ask($t, '/activitypub/news')->status, qr/^(?:200|503)$/,
        "$name: what is cached");
    is(ask($t, '/activitypub/news/outbox')->status, 503, "$name: the rest");

    ref $mend ? $mend->() : $t->sql($mend);
    recovered($name);

    update($t, $id, $name);
    ok($t->wait_for(sub { ask($t, '/posts/1.html')->body =~ /$name/ }),
        "$name: changes are heard");
}


sub refused {
    my ($name, $sentence) = @_;

    # who asks makes it try again soon

    $t->wait_for(sub {
        ask($t, '/activitypub/news/following');
        said($t, qr{\[error\].*$sentence});
    }, 15);

    # a second line must not come

    sleep 0.7;

    my @lines = $t->error_log =~ /^(.*\[error\].*)$/gm;

    is(scalar(grep { /$sentence/ } @lines), 1, "$name: one [error]");
    is(ask($t, '/plain.html', accept => $BROWSER)->status, 200,
        "$name: the site");
}


sub recovered {
    my ($name) = @_;

    ok(asks($t) && $t->wait_document('/activitypub/news'),
        "$name: documents without a reload");
}

###############################################################################
