#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Posts that move by themselves, to one page at the same time, or while
# somebody else is busy with them: a page has one post, and a post one page.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Session;

###############################################################################

my $t = Test::Nginx->new(plain => 1)->database();
my ($one, $two) = map { Test::Session->new($t) } 1 .. 2;

$one->ask(q(SELECT activitypub.declare('node', '{"origin":
    "https://acme.example", "host": "acme.example", "prefix": "/activitypub/",
    "account_domain": "acme.example",
    "actors": [{"username": "news", "name": "News"}]}')));
$one->ask(q(SELECT activitypub.actor_key_set(
    'https://acme.example/activitypub/news',
    E'-----BEGIN PRIVATE KEY-----\n', E'-----BEGIN PUBLIC KEY-----\n')));

my %id = map { $_ => $one->ask(publish("/$_")) } qw/a b c d e f g/;

# two posts to one page at the same time: each other's redirect, which would
# keep both where they are, was forgotten

my $old = "now() - interval '8 days'";

redirect('a', '/new/1', $old);
redirect('b', '/new/1', $old);

$one->ask('BEGIN');
is($one->ask(move('/a', '/new/1')), 'moved', 'a post moves');
$two->send(move('/b', '/new/1'));
ok($two->waits, 'another one waits, which has seen nothing of it');
$one->ask('COMMIT');
is($two->answer, 'taken', 'and stays');
is(page('a'), '/new/1', 'the first has the page');
is(page('b'), '/b', 'the second has its own');
is(updates('b'), 0, 'of which nothing is told');

# the first gives up

redirect('c', '/new/2', $old);
redirect('d', '/new/2', $old);

$one->ask('BEGIN');
$one->ask(move('/c', '/new/2'));
$two->send(move('/d', '/new/2'));
ok($two->waits, 'it waits again');
$one->ask('ROLLBACK');
is($two->answer, 'moved', 'and moves when the first gives up');
is(page('c') . page('d'), '/c/new/2', 'each has a page');

# what is published there meanwhile

redirect('c', '/new/3');

$one->ask('BEGIN');
like($one->ask(publish('/new/3')), qr/^http/, 'a post is published');
$two->send(move('/c', '/new/3'));
ok($two->waits, 'a move to its page waits');
$one->ask('COMMIT');
is($two->answer, 'taken', 'and is none');
is(page('c'), '/c', 'the post stays');

# ... and at the page that is about to be left

redirect('c', '/new/4');

$one->ask('BEGIN');
is($one->ask(move('/c', '/new/4')), 'moved', 'a post moves');
$two->send(publish('/c'));
ok($two->waits, 'who publishes its old page waits');
$one->ask('COMMIT');
like($two->answer, qr/^http/, 'and may');

# two nodes have seen the same

redirect('e', '/new/5');

$one->ask('BEGIN');
is($one->ask(move('/e', '/new/5')), 'moved', 'one node moves a post');
$two->send(move('/e', '/new/5'));
ok($two->waits, 'the other waits');
$one->ask('COMMIT');
is($two->answer, 'unknown', 'and finds it moved');
is(updates('e'), 1, 'which is told once');

# one node moves it, the other is told of the redirect once more

redirect('g', '/new/7');

$one->ask('BEGIN');
is($one->ask(move('/g', '/new/7')), 'moved', 'a post moves');
$two->send(q(SELECT verdict FROM activitypub.redirect_seen(
    'https://acme.example', '/g', '', 'https://acme.example/new/7', 3600)));
ok($two->waits, 'who has seen its redirect waits');
$one->ask('COMMIT');
is($two->answer, 'unknown', 'and finds it moved');
is($one->ask("SELECT count(*) FROM activitypub.redirect
    WHERE object = right('$id{g}', 36)::uuid"), 0, 'of which nothing is kept');

# it is deleted meanwhile

redirect('f', '/new/6');

$one->ask('BEGIN');
$one->ask("SELECT activitypub.delete_post('$id{f}')");
$two->send(move('/f', '/new/6'));
ok($two->waits, 'a move waits for a delete');
$one->ask('COMMIT');
is($two->answer, 'unknown', 'and is too late');
is(page('f'), '/f', 'the Tombstone stands where the post was');

done_testing();

###############################################################################

sub publish {
    my ($url) = @_;

    return "SELECT activitypub.publish('news', '$url', 'Title', 'Text')";
}


sub move {
    my ($path, $target) = @_;

    return "SELECT activitypub.move_post('https://acme.example', '$path', '',
        '$target')";
}


sub redirect {
    my ($name, $target, $seen) = @_;

    $seen //= 'now()';

    $one->ask("INSERT INTO activitypub.redirect
        SELECT right('$id{$name}', 36)::uuid, o.id, '$target', '', $seen, $seen
          FROM activitypub.origin AS o
        ON CONFLICT (object) DO UPDATE SET path = excluded.path,
            seen = excluded.seen");
}


sub page {
    my ($name) = @_;

    return $one->ask("SELECT path FROM activitypub.twin
        WHERE object = right('$id{$name}', 36)::uuid");
}


sub updates {
    my ($name) = @_;

    return $one->ask("SELECT count(*) FROM activitypub.activity
        WHERE object = right('$id{$name}', 36)::uuid AND type = 'Update'");
}

###############################################################################
