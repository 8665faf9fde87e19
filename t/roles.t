#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Whoever logs in as nginx or as a publisher can do what they are for, and
# nothing else, however they ask for it.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Node;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(59);

$t->database(own => 1);
$t->sql('CREATE ROLE cms LOGIN IN ROLE activitypub_publisher;
         CREATE ROLE stranger LOGIN');
node_conf($t)->run;

die "no actor\n" unless $t->wait_document('/activitypub/news')
    && $t->wait_document('/activitypub/actor');

my $origin = 'https://acme.example';

###############################################################################

may('www-data', $_) for (
    'SELECT * FROM activitypub.schema()',
    "SELECT body FROM activitypub.document('$origin', '/activitypub/news', '')",
    'SELECT * FROM activitypub.twins(0, 10)',
    'SELECT * FROM activitypub.actors',
    'LISTEN activitypub_changed',
);

may('cms', $_) for (
    "SELECT activitypub.publish('news', '/posts/1.html', 'One', 'Text')",
    "SELECT activitypub.update_post('/posts/1.html', title => 'Two')",
    "SELECT activitypub.pin_post('/posts/1.html')",
    'SELECT * FROM activitypub.posts',
    "SELECT activitypub.delete_post('/posts/1.html')",
);

# what is the other's

may_not('www-data', $_) for (
    "SELECT activitypub.publish('news', '/posts/2.html', 'One', 'Text')",
    "SELECT activitypub.delete_post('/posts/1.html')",
);

may_not('cms', $_) for (
    "SELECT * FROM activitypub.document('$origin', '/', '')",
    "SELECT * FROM activitypub.declare('n', '{}')",
    "SELECT activitypub.actor_key_set('x', 'y', 'z')",
    'SELECT * FROM activitypub.twins(0, 10)',
);

may_not('stranger', $_) for (
    'SELECT * FROM activitypub.schema()',
    'SELECT * FROM activitypub.posts',
    "SELECT activitypub.publish('news', '/posts/2.html', 'One', 'Text')",
);

# what is nobody's: keys, tables, the schema, the way to them

for my $user ('www-data', 'cms', 'stranger') {
    may_not($user, $_) for (
        'SELECT private_pem FROM activitypub.actor_key',
        'SELECT * FROM activitypub.actor',
        'UPDATE activitypub.actor SET document = NULL',
        'DELETE FROM activitypub.object',
        'TRUNCATE activitypub.fanout',
        'BEGIN; LOCK TABLE activitypub.actor',
        'CREATE TABLE activitypub.mine ()',
        'DROP SCHEMA activitypub CASCADE',
        'SET ROLE activitypub_owner',
        'ALTER ROLE activitypub_owner LOGIN',
        'COPY activitypub.actor_key TO STDOUT',
        "COPY (SELECT 1) TO PROGRAM 'true'",
        'CREATE OR REPLACE FUNCTION activitypub.schema() RETURNS int'
            . " LANGUAGE sql AS 'SELECT 1'",
    );
}

# A function of one's own in the way of the owner's.

my ($code) = $t->psql('CREATE FUNCTION pg_temp.uuid7() RETURNS uuid
        LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION \'mine\'; END $$;
    CREATE TEMP TABLE actor (id int);
    SELECT activitypub.publish(\'news\', \'/posts/3.html\', \'Three\', \'T\')',
    user => 'cms');

is($code, 0, 'temporary objects are nobody\'s way in');

###############################################################################

sub may {
    my ($user, $sql) = @_;

    my ($code, undef, $error) = $t->psql($sql, user => $user);

    is($code, 0, "$user: $sql") or diag($error);
}


sub may_not {
    my ($user, $sql) = @_;

    my ($code, undef, $error) = $t->psql($sql, user => $user);

    like($code ? $error : 'done', qr/42501/, "$user not: $sql");
}

###############################################################################
