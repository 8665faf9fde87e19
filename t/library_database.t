#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The databases that the test library hands out.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;

###############################################################################

my $t = Test::Nginx->new(plain => 1)->plan(13);

$t->write_file_expand('conninfo', '%%DATABASE%%');
like($t->read_file('conninfo'), qr!^host=/tmp/\S+ dbname=\S+ user=www-data$!,
    'a connection string for nginx');

like($t->sql('SELECT * FROM activitypub.schema()', user => 'www-data'),
    qr/^\d+\|\d+$/, 'nginx may ask the migrated schema');

my ($code, undef, $error) = $t->psql('SELECT * FROM activitypub.actor_key',
    user => 'www-data');

isnt($code, 0, 'and not everything');
like($error, qr/42501/, 'for lack of a right');

is(eval { $t->sql('SELECT 1/0') }, undef, 'a failed statement');
like($@, qr/22012/, 'is told with its SQLSTATE');

# every test has its own

my $other = Test::Nginx->new(plain => 1)->database();

$t->sql('CREATE TABLE mine ()');
($code) = $other->psql('SELECT FROM mine');
isnt($code, 0, 'another database');

is(($t->apctl(qw/db status/))[0], 0, 'apctl works on it');

# a cluster of its own

my $own = Test::Nginx->new(plain => 1)->database(own => 1);

$own->stop_database;
isnt(($own->psql('SELECT 1'))[0], 0, 'a stopped database');
is($t->sql('SELECT 1'), 1, 'the others run on');

$own->start_database;
like($own->sql('SELECT * FROM activitypub.schema()'), qr/\d/,
    'a started one, with what it had');

is(eval { $t->stop_database; 1 }, undef, 'the shared cluster is not stopped');

my $dir = $own->{cluster}->dir;

$own->{cluster}->stop;
ok(!-e $dir, 'nothing is left of a cluster');

###############################################################################
