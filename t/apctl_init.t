#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# apctl db init and status, in a cluster that has never seen it: roles,
# database, rights; twice, at once, by whom it is not allowed, and in places
# that are not as they should be.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Apctl;
use Test::Postgres;

###############################################################################

my $pg = Test::Postgres->start;

# nothing is there

fails('status without a database', 69,
    qr/database "activitypub" does not exist: "apctl db init" makes it/,
    qw/db status/, db());

my $dry = succeeds('dry run', qw/db init --dry-run/, db());

like($dry, qr/^created role "activitypub_owner" \(dry run\)$/m, 'dry run says');
is(roles(), '', 'dry run: no role');
is(databases(), '', 'dry run: no database');

# who may not

$pg->psql('postgres', 'CREATE ROLE stranger LOGIN');

fails('no right to create a role', 77,
    qr/cannot create role "activitypub_owner": permission denied/,
    qw/db init/, db(user => 'stranger'));

# the first time, by two at once

my @runs = map { apctl_start(qw/db init --json/, db()) } 1 .. 2;
my @done = map { [ apctl_finish($_) ] } @runs;

is_deeply([ map { $_->[0] } @done ], [0, 0], 'two at once')
    or diag(map { @$_ } @done);

is(roles(), 'activitypub_nginx:f activitypub_owner:f activitypub_publisher:f'
    . ' www-data:t', 'roles, and who of them may log in');
is(ask('postgres', "SELECT r.rolname || ' ' || pg_encoding_to_char(encoding)
    FROM pg_database d JOIN pg_roles r ON r.oid = datdba
    WHERE datname = 'activitypub'"), 'activitypub_owner UTF8',
    'database: owner and encoding');
is(ask('postgres', "SELECT pg_has_role('www-data', 'activitypub_nginx',
    'USAGE')"), 't', 'www-data is activitypub_nginx');

# who may come in

$pg->psql('postgres', 'CREATE ROLE cms LOGIN IN ROLE activitypub_publisher');

is(ask('activitypub', 'SELECT 1', 'www-data'), 1, 'nginx may connect');
is(ask('activitypub', 'SELECT 1', 'cms'), 1, 'a publisher may connect');
like(ask('activitypub', 'SELECT 1', 'stranger'), qr/permission denied/,
    'a stranger may not');

fails('a stranger', 77, qr/permission denied for database "activitypub"/,
    qw/actor list/, db(user => 'stranger'));
fails('a user who does not exist', 77, qr/role "nobody" does not exist; .*sudo -u postgres/,
    qw/actor list/, db(user => 'nobody'));
fails('a publisher looks at the schema', 77,
    qr/"cms" is not a member of activitypub_owner/,
    qw/db status/, db(user => 'cms'));
succeeds('a publisher lists posts', qw/post list --json/, db(user => 'cms'));

# again

my $before = snapshot();
my $again = succeeds('again', qw/db init --json/, db());

is_deeply($again->{changes}, [], 'again: no changes');
is_deeply($again->{applied}, [], 'again: no migrations');
is(scalar(@{ $again->{present} }), 5, 'again: what is there');
is($again->{functions}, 'unchanged', 'again: functions stay');
is(snapshot(), $before, 'again: nothing changed');

like(succeeds('again, in words', qw/db init/, db()),
    qr/\Arole "activitypub_owner" is already there\n.*nothing to do\n\z/s,
    'again: says so');
is(succeeds('again, quietly', qw/db init --quiet/, db()), '', 'quiet');

my $status = succeeds('status', qw/db status --json/, db());

is($status->{up_to_date}, JSON::PP::true, 'status: up to date');
is($status->{database}, 'activitypub', 'status: database');
is_deeply($status->{pending}, [], 'status: nothing pending');
is($status->{version}, $status->{known_version}, 'status: version');
is($status->{actors}, 0, 'status: no actors');

# what is missing is added, and only that

$pg->psql('postgres', 'REVOKE activitypub_nginx FROM "www-data";
    GRANT CONNECT ON DATABASE activitypub TO PUBLIC;
    REVOKE CONNECT ON DATABASE activitypub FROM activitypub_publisher');

is_deeply(succeeds('repair', qw/db init --json/, db())->{changes}, [
    'made role "www-data" a member of activitypub_nginx',
    'closed database "activitypub" to everybody else',
    'allowed activitypub_publisher to connect',
], 'repair: what was missing');
is(snapshot(), $before, 'repair: as it was');

# names that would be SQL

my $evil = 'a"; DROP ROLE "www-data"; --\'%s \\';

my $made = succeeds('names with quotes', qw/db init --json --nginx-role/,
    $evil, '--db', "host=" . $pg->dir . " user=postgres dbname='"
    . ($evil =~ s/(['\\])/\\$1/gr) . "'");

is($made->{database}, $evil, 'database with quotes');
is(ask('postgres', "SELECT count(*) FROM pg_database WHERE datname = "
    . quote($evil)), 1, 'database with quotes is there');
is(ask('postgres', "SELECT rolcanlogin FROM pg_roles WHERE rolname = "
    . quote($evil)), 't', 'role with quotes is there');
like(roles(), qr/www-data:t/, 'www-data is still there');

my $bare = succeeds('a bare name', { env => { PGHOST => $pg->dir,
    PGUSER => 'postgres' } }, qw/db init --json --db bare/);

is($bare->{database}, 'bare', 'a bare name is a database');

# a role that may not log in

$pg->psql('postgres', 'CREATE ROLE asleep NOLOGIN');
fails('a role that may not log in', 1,
    qr/role "asleep" is there but may not log in/,
    qw/db init --quiet --nginx-role asleep/, db());

# who may not, though the roles are there

fails('no right to become a member', 77,
    qr/cannot make role "stranger" a member of activitypub_owner: must have/,
    qw/db init --quiet/, db(user => 'stranger', dbname => 'new'));
is(ask('postgres', "SELECT count(*) FROM pg_database WHERE datname = 'new'"),
    0, 'then there is no database');

$pg->psql('postgres', 'ALTER ROLE stranger CREATEROLE');
fails('no right to create a database', 77,
    qr/cannot create database "new": permission denied/,
    qw/db init --quiet/, db(user => 'stranger', dbname => 'new'));

# an administrator who is no superuser

$pg->psql('postgres', 'CREATE ROLE boss LOGIN CREATEROLE CREATEDB');

is_deeply(succeeds('not a superuser', qw/db init --json/,
    db(user => 'boss', dbname => 'bosses'))->{changes}, [
    'made role "boss" a member of activitypub_owner',
    'created database "bosses"',
    'closed database "bosses" to everybody else',
    'allowed activitypub_nginx to connect',
    'allowed activitypub_publisher to connect',
], 'not a superuser: becomes a member of the owner');

# a database that belongs to somebody else

$pg->psql('postgres', 'CREATE ROLE site LOGIN');
$pg->psql('postgres', 'CREATE DATABASE site OWNER site');

is_deeply(succeeds("another's database", qw/db init --json/,
    db(dbname => 'site'))->{changes}, [
    'allowed activitypub_owner to create',
    'allowed activitypub_nginx to connect',
    'allowed activitypub_publisher to connect',
], "another's database: only rights are added");
is(ask('site', 'SELECT 1', 'stranger'), 1,
    "another's database stays open to its users");
is_deeply(succeeds("another's database again", qw/db init --json/,
    db(dbname => 'site'))->{changes}, [], "another's database: only once");

# encodings

$pg->psql('postgres', "CREATE DATABASE latin TEMPLATE template0
    ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
fails('a database that is not UTF8', 78, qr/encoded as LATIN1/,
    qw/db init --quiet/, db(dbname => 'latin'));

$pg->psql('postgres', $_) for
    "UPDATE pg_database SET datistemplate = false WHERE datname = 'template1'",
    'DROP DATABASE template1',
    "CREATE DATABASE template1 TEMPLATE template0 ENCODING 'LATIN1'
        LC_COLLATE 'C' LC_CTYPE 'C'";

succeeds('a cluster that is not UTF8', qw/db init/, db(dbname => 'utf8'));
is(ask('postgres', "SELECT pg_encoding_to_char(encoding) FROM pg_database
    WHERE datname = 'utf8'"), 'UTF8', 'a cluster that is not UTF8: UTF8');

# a server that asks for a password, is full, and is away

open my $hba, '>', $pg->dir . '/data/pg_hba.conf' or die "$!";
print $hba "local all postgres trust\nlocal all all scram-sha-256\n";
close $hba;

$pg->psql('postgres', "ALTER ROLE cms PASSWORD 'secret';
    ALTER ROLE stranger CONNECTION LIMIT 0;
    ALTER ROLE boss PASSWORD 'secret' CONNECTION LIMIT 0");
$pg->psql('postgres', 'SELECT pg_reload_conf()');

for (1 .. 100) {
    last if ask('activitypub', 'SELECT 1', 'cms') =~ /password/;
    select undef, undef, undef, 0.1;
}

fails('no password', 77, qr/password/, qw/post list/, db(user => 'cms'));
fails('a wrong password', 77, qr/password authentication failed/,
    qw/post list/, db(user => 'cms', password => 'wrong'));
succeeds('the password', qw/post list --json/,
    db(user => 'cms', password => 'secret'));
fails('too many connections', 75, qr/too many connections/, qw/post list/,
    db(user => 'boss', password => 'secret'));

$pg->pause;
fails('no server', 69, qr/No such file or directory/, qw/db init/, db());
fails('no server: status', 69,
    qr/No such file or directory; is PostgreSQL running there\?/,
    qw/db status/, db());

done_testing();

###############################################################################

sub db {
    my %o = (host => $pg->dir, user => 'postgres', @_);

    return ('--db', join ' ', map { "$_=$o{$_}" } sort keys %o);
}

sub ask {
    my ($database, $sql, $user) = @_;
    my ($code, $out, $err) = $pg->psql($database, $sql, user => $user);

    chomp $out;

    return $code ? $err : $out;
}

sub quote { "'" . ($_[0] =~ s/'/''/gr) . "'" }

sub roles {
    return ask('postgres', q{
        SELECT coalesce(string_agg(rolname || ':' || left(rolcanlogin::text,
            1), ' ' ORDER BY rolname), '')
        FROM pg_roles WHERE rolname LIKE 'activitypub%'
            OR rolname = 'www-data'});
}

sub databases {
    return ask('postgres', "SELECT coalesce(string_agg(datname, ' '), '')
        FROM pg_database WHERE datname LIKE 'activitypub%'");
}

# everything that init may touch, the bytes of the rows included

sub snapshot {
    return join "\n", roles(), ask('postgres', q{
        SELECT datacl FROM pg_database WHERE datname = 'activitypub'}
        =~ s/datacl/ARRAY(SELECT unnest(datacl)::text ORDER BY 1)/r),
        ask('activitypub', q{SELECT xmin, * FROM activitypub.schema_migration;
        SELECT oid, xmin FROM pg_proc
        WHERE pronamespace = 'activitypub'::regnamespace ORDER BY 1});
}

###############################################################################
