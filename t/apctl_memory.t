#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# One run of every command of apctl, and of its failures, under valgrind:
# nothing is lost, nothing is read that was not written.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Apctl;
use Test::Postgres;

###############################################################################

plan(skip_all => 'valgrind is not installed')
    if system('valgrind --version > /dev/null 2>&1') != 0;
plan(skip_all => 'the sanitizers see it') if $ENV{SANITIZE};

my $pg = Test::Postgres->shared;
my $name = "apctl_memory_$$";
my @db = ('--db', $pg->conninfo($name, 'postgres'));
my $lost = 90;

my %valgrind = (run => ['valgrind', '-q', "--error-exitcode=$lost",
    '--leak-check=full', '--show-leak-kinds=all',
    '--errors-for-leak-kinds=definite,indirect,possible']);

my %seen;

clean('a wrong option', 2, '--foo');
clean('help', 0, '--help');
clean('no server', 69, qw/actor list --db host=none/);
clean('completion', 0, qw/completion bash/);
clean('no database', 69, qw/db status/, @db);
clean('init', 0, qw/db init --json/, @db);
clean('init again', 0, qw/db init/, @db);
clean('migrate', 0, qw/db migrate --json/, @db);
clean('migrate without files', 78, qw/db migrate --sql none/, @db);
clean('status', 0, qw/db status/, @db);
clean('status as JSON', 0, qw/db status --json/, @db);

$pg->psql($name, q{SELECT * FROM activitypub.declare('node', '{
    "origin": "https://acme.example", "host": "acme.example",
    "prefix": "/activitypub/", "account_domain": "acme.example",
    "actors": [{"username": "news", "type": "Person"}]}')});

my @post = qw{--actor news --url /a --title A};

clean('actor list', 0, qw/actor list/, @db);
clean('actor list as JSON', 0, qw/actor list --json/, @db);
clean('actor show', 0, qw/actor show news/, @db);
clean('actor show nobody', 3, qw/actor show x/, @db);
clean('preview', 0, qw/post preview/, @post, @db);
clean('dry run', 0, qw/post publish --dry-run/, @post, @db);
clean('publish', 0, qw/post publish --content-file -/, @post, @db);
clean('publish twice', 1, qw/post publish --json/, @post, @db);
clean('post list', 0, qw/post list/, @db);
clean('post list as JSON', 0, qw/post list --json --actor news/, @db);
clean('update', 0, qw{post update /a --title B}, @db);
clean('pin', 0, qw{post pin /a --json}, @db);
clean('delete', 0, qw{post delete /a --yes}, @db);

my @ann = qw{actor add ann --name Ann --url /ann};

clean('actor add, dry', 0, @ann, qw/--dry-run --json/, @db);
clean('actor add', 0, @ann, qw{--icon /a.png --section /ann/}, @db);
clean('actor add twice', 1, @ann, @db);
clean('actor edit', 0, qw/actor edit ann --name/, 'Ann B.', @db);
clean('actor edit another', 1, qw/actor edit news --name X/, @db);
clean('actor import', 0, qw/actor import -/, @db,
    { in => qq({"actor": "ben", "name": "Ben"}\n{"actor": "cat"}\n) });
clean('actor import nonsense', 1, qw/actor import - --json/, @db);
clean('actor delete', 0, qw/actor delete ann --yes/, @db);
clean('actor delete twice', 3, qw/actor delete ann --yes --json/, @db);

clean('block', 0, qw/block add one.example Two.Example --preset threads
    --reason x --yes/, @db);
clean('block nonsense', 2, qw/block add one/, @db);
clean('block import', 1, qw/block import - --yes/, @db, { in =>
    qq(#domain,#severity,#public_comment\na.example,noop\n)
    . qq(b.example,silence,"a ""b""\nc"\n*.x,suspend\nc.example,x\n) });
clean('block list', 0, qw/block list/, @db);
clean('block export', 0, qw/block export/, @db);
clean('unblock', 0, qw/block rm one.example/, @db);
clean('unblock nobody', 3, qw/block rm no.example --json/, @db);

clean('followers', 0, qw/followers list --json/, @db);
clean('deliveries', 0, qw/deliveries status/, @db);
clean('deliveries as JSON', 0, qw/deliveries status --json/, @db);
clean('show deliveries', 0, qw/deliveries show peer.example/, @db);
clean('retry deliveries', 0, qw/deliveries retry all/, @db);

my $help = (apctl('--help'))[1];

is_deeply([ grep { !$seen{$_} } $help =~ /^  (\w+ \w+)  /mg ], [],
    'every command was run');

$pg->drop($name);

done_testing();

###############################################################################

sub clean {
    my ($title, $expected, @args) = @_;
    my $in = ref $args[-1] ? pop @args : { in => 'x' };
    my ($code, $out, $err) = apctl({ %valgrind, %$in }, @args);

    is($code, $expected, $title) or diag($err);
    $seen{"$args[0] $args[1]"} = 1 if @args > 1;
}

###############################################################################
