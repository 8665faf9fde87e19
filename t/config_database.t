#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A mistake in the database, the zone or the development directives stops
# nginx, with the file and the line, and shows no password.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Config;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(74);
my $c = Test::Config->new($t);

my $actor = 'activitypub_actor news { }';

$c->refused('an actor without a database',
    qr/"activitypub_actor" requires "activitypub_database"/,
    database => '', server => "activitypub_actor news { # here\n }");

# its parameters

database_refused("'' $_", qr/invalid database parameter "$_"/)
    for qw/timeout= timeout=abc timeout=-1s timeout password_file=
        password=secret retry/;

database_refused('dbname=a timeout=0', qr/the timeout is zero/);
database_refused('dbname=a timeout=25d', qr/the timeout is too long/);

database_accepted("dbname=a $_") for qw/timeout=500ms timeout=2s timeout=1m/;

$c->refused('no connection string',
    qr/invalid number of arguments in "activitypub_database" directive/,
    database => 'activitypub_database; # here');
$c->refused('two databases', qr/"activitypub_database" directive is duplicate/,
    database => "activitypub_database dbname=a;\n"
        . 'activitypub_database dbname=b; # here');
$c->refused('two databases, the first one empty',
    qr/"activitypub_database" directive is duplicate/,
    database => "activitypub_database '';\n"
        . 'activitypub_database dbname=b; # here');

# its connection string

my $invalid = 'invalid database connection string';
my $name_rule =
    'is a name: add hostaddr= (names are resolved with a blocking call)';

conninfo_refused('dbname', qr/missing "=" after "dbname"/);
conninfo_refused('nonsense=1', qr/invalid connection option "nonsense"/);
conninfo_refused('postgresql://[::1', qr/./);
conninfo_refused($_, qr/host "db.example" \Q$name_rule\E/)
    for 'host=db.example', 'host=/run,db.example dbname=a';
conninfo_refused('hostaddr=db.example', qr/invalid hostaddr "db.example"/);
conninfo_refused('host=a,b hostaddr=192.0.2.1',
    qr/there are 2 values of "host" and 1 of "hostaddr"/);
conninfo_refused('hostaddr=192.0.2.1,192.0.2.2,192.0.2.3 port=1,2',
    qr/there are 3 hosts and 2 values of "port"/);
conninfo_refused("hostaddr=192.0.2.1 port=$_",
    qr/port must be a number from 1 to 65535/)
    for qw/0 65536 x/;
conninfo_refused('host=/' . 'a' x 100,
    qr!socket directory "/a+" is too long!);
conninfo_refused("$_=x", qr/"$_" cannot be used/)
    for qw/passfile service replication/;

database_accepted("'$_'") for 'host=/run/postgresql dbname=a',
    'host=db.example hostaddr=192.0.2.1', 'hostaddr=::1 port=5433',
    'host=192.0.2.1,192.0.2.2 port=5432,5433', 'dbname=a user=b',
    'postgresql://b@192.0.2.1/a?sslmode=require', 'host=@abstract';

# a password is not shown, whatever else is wrong

for my $conninfo ('password=two words', 'dbname=a password=secret=words bad',
    'postgresql://a:words@192.0.2.1/b?bad=1')
{
    conninfo_refused($conninfo,
        qr/libpq cannot read it \(details would show the password\)/);
    unlike(($t->check)[1], qr/words/, 'no word of it is shown');
}

conninfo_refused('postgresql://a:words/et@192.0.2.1/b',
    qr/port must be a number from 1 to 65535/);
unlike(($t->check)[1], qr/words/, 'nor of one that splits the URI');

conninfo_refused('postgresql://a:p@words@192.0.2.1/b',
    qr/a host must not contain "@"; in a URI write %40 for one in the password/);
unlike(($t->check)[1], qr/words/, 'at either end');

# a file with the password

$t->write_file('password', "s3cret\nnot this\n");
$t->write_file('empty', '');
$t->write_file('blank', "\ns3cret\n");
$t->write_file('long', 'x' x 1025);
$t->write_file('longest', 'x' x 1024 . "\n");

my $rule = 'must hold one line of at most 1024 bytes';

database_refused("'' password_file=nothing",
    qr!open\(\) ".*/nothing" failed \(2: No such file or directory\)!);
database_refused("'' password_file=$_", qr!password file ".*/$_" $rule!)
    for qw/empty blank long/;
database_refused("'' password_file=%%TESTDIR%%", qr!password file ".*" $rule!);
database_refused("password=a password_file=password",
    qr/"password" and password_file= exclude each other/);

database_accepted("dbname=a password_file=$_")
    for 'password', 'longest', '%%TESTDIR%%/password';

# the zone

my $zone_rule = 'it must be zone=NAME:SIZE';

zone_refused($_, qr/invalid zone "$_": $zone_rule/)
    for qw/zone=a zone=:1m a:1m zone= name=a:1m/;
zone_refused($_, qr/invalid zone size ".*"/)
    for qw/zone=a: zone=a:big zone=a:-1/;
zone_refused($_, qr/zone "a" is too small: 256k at least/)
    for qw/zone=a:255k zone=a:1/;

$c->refused('two zones', qr/"activitypub_zone" directive is duplicate/,
    http => "activitypub_zone zone=a:1m;\nactivitypub_zone zone=b:1m; # here");
$c->refused('a zone of somebody else',
    qr/shared memory zone "a" is already declared for a different use/,
    http => "limit_req_zone \$uri zone=a:1m rate=1r/s;\n"
        . 'activitypub_zone zone=a:1m; # here');
$c->accepted('a small zone', http => 'activitypub_zone zone=a:256k;',
    server => $actor);

# for development

$c->refused('a wrong address', qr/invalid address range "localhost"/,
    http => 'activitypub_allow_address 127.0.0.1 localhost; # here');
$c->refused('addresses twice',
    qr/"activitypub_allow_address" directive is duplicate/,
    http => "activitypub_allow_address 127.0.0.1;\n"
        . 'activitypub_allow_address ::1; # here');
$c->refused('a wrong flag', qr/invalid value "yes" in "activitypub_allow_http"/,
    http => 'activitypub_allow_http yes; # here');
$c->refused('a flag twice',
    qr/"activitypub_allow_http" directive is duplicate/,
    http => "activitypub_allow_http off;\nactivitypub_allow_http off; # here");

###############################################################################

sub database_refused {
    my ($args, $sentence) = @_;

    $c->refused("database $args", $sentence,
        database => "activitypub_database $args; # here", server => $actor);
}


sub conninfo_refused {
    my ($conninfo, $sentence) = @_;

    database_refused("'$conninfo'", qr/$invalid: $sentence/);
}


sub database_accepted {
    my ($args) = @_;

    $c->accepted("database $args",
        database => "activitypub_database $args;", server => $actor);
}


sub zone_refused {
    my ($zone, $sentence) = @_;

    $c->refused("zone $zone", $sentence,
        http => "activitypub_zone $zone; # here");
}

###############################################################################
