#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# apctl db migrate with files of the test's own: pending, failing, wrong and
# newer ones, functions that changed, and two at the same time.

###############################################################################

use warnings;
use strict;

use Test::More;

use File::Temp qw/tempdir/;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Apctl;
use Test::Postgres;

###############################################################################

my $pg = Test::Postgres->shared;
my $name = "apctl_migrate_$$";
my $d = tempdir(CLEANUP => 1);

my @db = ('--db', $pg->conninfo($name, 'postgres'));
my @sql = ('--sql', $d);

system('cp', '-r', top() . '/sql/migrations', top() . '/sql/functions', $d);

my ($newest) = sort { $b <=> $a } map { m{/(\d+)_} ? $1 + 0 : () }
    glob "$d/migrations/*";
my @numbers = map { sprintf '%03d', $newest + $_ } 1 .. 9;

succeeds('init', qw/db init/, @db, @sql);

# another one, of which somebody holds the lock for ever: apctl waits for ten
# seconds, meanwhile

my $held = "apctl_held_$$";

apctl(qw/db init --db/, $pg->conninfo($held, 'postgres'), @sql);

my $holder = apctl_start({ run => [qw/sh -c/, 'exec psql -XAtqd "$1" -c "SELECT
    pg_advisory_lock(418497393772), pg_sleep(60)"', 'sh',
    $pg->conninfo($held, 'postgres')] });

select undef, undef, undef, 0.2 until ask("SELECT count(*) FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND database =
        (SELECT oid FROM pg_database WHERE datname = '$held')") > 0;

my $waiting = apctl_start(qw/db migrate --db/,
    $pg->conninfo($held, 'postgres'), @sql);

my $same = succeeds('again', qw/db migrate --json/, @db, @sql);

is_deeply($same, { database => $name, applied => [], version => $newest,
    functions => 'unchanged', dry_run => JSON::PP::false }, 'nothing to do');
like(succeeds('again, in words', qw/db migrate/, @db, @sql),
    qr/up to date at version $newest: nothing to do/, 'says so');

# a new one, dry and wet

migration(1, 'box', 'CREATE TABLE activitypub.box (n int);');

my @new = ("$numbers[0]_box");

my ($code, $out) = apctl(qw/db status --json/, @db, @sql);

is($code, 1, 'status: pending');
like($out, qr/"pending":\["$new[0]"\]/, 'status: names it');
like($out, qr/"up_to_date":false/, 'status: not up to date');

is(succeeds('dry run', qw/db migrate --dry-run/, @db, @sql),
    "applied $new[0] (dry run)\napplied the functions (dry run)\n",
    'dry run lists');
is(ask("SELECT to_regclass('activitypub.box')"), '', 'dry run does nothing');

my $done = succeeds('a new one', qw/db migrate --json/, @db, @sql);

is_deeply([ @$done{qw/applied functions version/} ],
    [ \@new, 'applied', $newest + 1 ], 'a new one is applied');
is(ask("SELECT version, name, min_module FROM activitypub.schema_migration
    ORDER BY version DESC LIMIT 1"), ($newest + 1) . "|$new[0]|1",
    'its row');
is(ask("SELECT pg_get_userbyid(relowner) FROM pg_class
    WHERE oid = 'activitypub.box'::regclass"), 'activitypub_owner',
    'it belongs to the owner');

# functions run again only when they have changed

my $functions = "SELECT array_agg(xmin::text ORDER BY oid) FROM pg_proc
    WHERE pronamespace = 'activitypub'::regnamespace";
my $before = ask($functions);

succeeds('unchanged functions', qw/db migrate/, @db, @sql);
is(ask($functions), $before, 'unchanged functions stay');

# behind grants.sql by its name, and nevertheless run before it

extra(0);

($code, $out) = apctl(qw/db status --json/, @db, @sql);
is($code, 1, 'status: functions changed');
like($out, qr/"functions":"outdated"/, 'status: says so');

is(succeeds('changed functions', qw/db migrate --json/, @db, @sql)
    ->{functions}, 'applied', 'changed functions run');
isnt(ask($functions), $before, 'all of them');
is(ask("SELECT has_function_privilege('activitypub_nginx',
    'activitypub.extra()', 'EXECUTE')"), 'f', 'the grants run last, from nothing');

extra(1);
succeeds('another text', qw/db migrate/, @db, @sql);
is(ask('SELECT activitypub.extra()'), 1, 'a file that changed runs');

# a parameter that had another name before, which REPLACE does not change

ask("DROP FUNCTION activitypub.document_of_page(int, text, text);
    CREATE FUNCTION activitypub.document_of_page(origin_id int, page_path text,
        page_query text) RETURNS int LANGUAGE sql RETURN 1;
    ALTER FUNCTION activitypub.document_of_page(int, text, text)
        OWNER TO activitypub_owner");
extra(2);
succeeds('another name', qw/db migrate/, @db, @sql);
is(ask("SELECT proargnames[3] FROM pg_proc
    WHERE oid = 'activitypub.document_of_page'::regproc"), 'asked',
    'a parameter has its new name');
extra(1);
succeeds('as before', qw/db migrate/, @db, @sql);

# one that fails leaves no trace, and those before it stay

migration(2, 'good', 'CREATE TABLE activitypub.good (n int);');
migration(3, 'bad', "CREATE TABLE activitypub.bad (n int);\n-- \x{c3}\x{bc}\n"
    . "INSERT INTO activitypub.bad VALUES (1);\n"
    . "ALTER TABLE activitypub.nowhere ADD x int;\n"
    . "SELECT 1 FROM activitypub.missing;\n");

fails('a failing one', 1, qr{^apctl:\ migrations/$numbers[2]_bad.sql:
    \ relation\ "activitypub.nowhere"\ does\ not\ exist$}x,
    qw/db migrate --quiet/, @db, @sql);
is(ask("SELECT max(version) FROM activitypub.schema_migration"), $newest + 2,
    'the one before it stays');
is(ask("SELECT to_regclass('activitypub.bad')"), '', 'it leaves no table');

($code, $out) = apctl(qw/db status --json/, @db, @sql);
like($out, qr/"functions":"outdated"/, 'functions are due after a failure');

migration(3, 'bad', "\n-- " . ("\x{c3}\x{bc}" x 50)
    . "\nSELECT 1 FROM activitypub.missing;\n" . "-- more\n" x 20);
fails('a failing one with its line', 1, qr{migrations/$numbers[2]_bad.sql
    \ line\ 5:\ relation\ "activitypub.missing"\ does\ not\ exist}x,
    qw/db migrate --quiet/, @db, @sql);

migration(3, 'bad', "SELECT 1;\nCREATE TABEL x;");
fails('a typing error', 1, qr/line 4: syntax error at or near "TABEL"/,
    qw/db migrate --quiet/, @db, @sql);

migration(3, 'bad', "DO \$\$ BEGIN RAISE 'a sentence'; END \$\$;");
fails('one that complains', 1, qr/_bad.sql: a sentence$/,
    qw/db migrate --quiet/, @db, @sql);

migration(3, 'bad', "COMMIT;");
fails('one that ends its transaction', 1, qr/ends the transaction/,
    qw/db migrate --quiet/, @db, @sql);

migration(3, 'bad', "COPY activitypub.good FROM STDIN;\n1\n\\.\n");
fails('one with data', 1, qr/_bad.sql/, qw/db migrate --quiet/, @db, @sql);

is(ask("SELECT max(version) FROM activitypub.schema_migration"), $newest + 2,
    'none of them is applied');

write_file('functions/bad.sql', "SET LOCAL ROLE activitypub_owner;\n"
    . "DROP FUNCTION activitypub.extra();\nSELECT nothing();");
unlink glob "$d/migrations/*_bad.sql";

fails('a failing function', 1,
    qr{functions/bad.sql line 3: function nothing\(\) does not exist},
    qw/db migrate/, @db, @sql);
is(ask('SELECT activitypub.extra()'), 1, 'no function is changed then');

unlink "$d/functions/bad.sql";
is(succeeds('the next run', qw/db migrate --json/, @db, @sql)->{functions},
    'applied', 'the next run finishes');

# files that do not fit

for (['99_short.sql', qr/is not named NNN_name.sql/],
    ["$numbers[3]_none.sql", qr/does not begin with "-- version: N"/, ''],
    ["$numbers[3]_min.sql", qr/does not begin with/, "-- version: 5\n"],
    ["$numbers[3]_other.sql", qr/says that it is version 907/,
        "-- version: 907\n-- min_module: 1\n"],
    ["$numbers[0]_twin.sql", qr/have the same version/,
        '-- version: ' . ($newest + 1) . "\n-- min_module: 1\n"])
{
    my ($file, $sentence, $text) = @$_;

    write_file("migrations/$file", $text // '');
    fails($file, 78, $sentence, qw/db migrate/, @db, @sql);
    unlink "$d/migrations/$file";
}

fails('no folder', 78, qr/cannot read the SQL files in .*--sql/,
    qw/db migrate/, @db, '--sql', "$d/none");

# a database from the future

$pg->psql($name, "INSERT INTO activitypub.schema_migration
    (version, name) VALUES (900, '900_future')");

fails('a newer database', 78, qr/at version 900, newer than this apctl/,
    qw/db migrate/, @db, @sql);

($code, $out) = apctl(qw/db status/, @db, @sql);
is($code, 1, 'status of a newer database');
like($out, qr/^version +900, newer than this apctl, which knows \d+$/m,
    'status says so');

$pg->psql($name, 'DELETE FROM activitypub.schema_migration
    WHERE version = 900');

# two at the same time

migration(3, 'slow', "SELECT pg_sleep(1);\nCREATE TABLE activitypub.slow ();");

my @runs = map { apctl_finish($_) } map {
    apctl_start(qw/db migrate --json/, @db, @sql) } 1 .. 3;

is_deeply([ @runs[0, 3, 6] ], [0, 0, 0], 'three at once');
is(scalar(grep { /"applied":\["/ } @runs[1, 4, 7]), 1, 'one of them applies')
    or diag(@runs);

# somebody holds the lock for ever

fails_at_last('the lock is held', 75, qr/another apctl is at work/, $waiting);

kill 'TERM', $holder->{pid};
apctl_finish($holder);

# who may not

fails('no member of the owner', 77, qr/"www-data" is not a member of/,
    qw/db migrate/, '--db', $pg->conninfo($name, 'www-data'), @sql);

$pg->drop($_) for $name, $held;

done_testing();

###############################################################################

sub migration {
    my ($n, $title, $text) = @_;

    write_file("migrations/$numbers[$n - 1]_$title.sql", sprintf
        "-- version: %d\n-- min_module: 1\n%s", $newest + $n, $text);
}

sub extra {
    write_file('functions/late.sql', "SET LOCAL ROLE activitypub_owner;\n"
        . "CREATE OR REPLACE FUNCTION activitypub.extra() RETURNS int"
        . " LANGUAGE sql RETURN $_[0];\n"
        . "GRANT EXECUTE ON FUNCTION activitypub.extra()"
        . " TO activitypub_nginx;\n");
}

sub write_file {
    open my $f, '>', "$d/$_[0]" or die "$_[0]: $!";
    print $f $_[1];
    close $f;
}

sub ask {
    my ($code, $out, $err) = $pg->psql($name, $_[0]);

    chomp $out;

    return $code ? $err : $out;
}

###############################################################################
