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
$two->send(patient('/b', '/new/1'));
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
$two->send(patient('/d', '/new/2'));
ok($two->waits, 'it waits again');
$one->ask('ROLLBACK');
is($two->answer, 'moved', 'and moves when the first gives up');
is(page('c') . page('d'), '/c/new/2', 'each has a page');

# what is published there meanwhile

redirect('c', '/new/3');

$one->ask('BEGIN');
like($one->ask(publish('/new/3')), qr/^http/, 'a post is published');
$two->send(patient('/c', '/new/3'));
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
is($two->ask(move('/e', '/new/5')), 'busy', 'the other does not wait');
$one->ask('COMMIT');
is($two->ask(move('/e', '/new/5')), 'unknown', 'and finds it moved');
is(updates('e'), 1, 'which is told once');

# one node moves it, the other is told of the redirect once more

redirect('g', '/new/7');

$one->ask('BEGIN');
is($one->ask(move('/g', '/new/7')), 'moved', 'a post moves');
is($two->ask(seen('/g', '/new/7')), 'wait', 'who has seen its redirect');
$one->ask('COMMIT');
is($two->ask(seen('/g', '/new/7')), 'unknown', 'finds it moved then');
is($one->ask("SELECT count(*) FROM activitypub.redirect
    WHERE object = right('$id{g}', 36)::uuid"), 0, 'of which nothing is kept');

# the site edits a post, for a long time, of which no redirect was seen yet

$one->ask('BEGIN');
$one->ask("SELECT activitypub.update_post('$id{b}', title => 'New')");
is($two->ask(seen('/b', '/new/8')), 'wait', 'nobody waits for it');
$one->ask('COMMIT');

# it has published a page, and then wants the post that is to move there

redirect('b', '/new/9');
$one->ask('BEGIN');
$one->ask(publish('/new/9'));
$two->send(move('/b', '/new/9'));
$two->waits(1);
is($one->ask("SELECT activitypub.update_post('$id{b}', title => 'Newer')"),
    '', 'no move keeps it from that');
like($two->answer, qr/55P03|busy/, 'which gives up');
is($one->ask('COMMIT'), '', 'the site is no victim of a deadlock');

# it is deleted meanwhile

redirect('f', '/new/6');

$one->ask('BEGIN');
$one->ask("SELECT activitypub.delete_post('$id{f}')");
is($two->ask(move('/f', '/new/6')), 'busy', 'a move does not wait');
$one->ask('COMMIT');
is($two->ask(move('/f', '/new/6')), 'unknown', 'and is too late');
is(page('f'), '/f', 'the Tombstone stands where the post was');

done_testing();

###############################################################################

sub publish {
    my ($url) = @_;

    return "SELECT activitypub.publish('news', '$url', 'Title', 'Text')";
}


sub move {
    my ($path, $target, $by) = @_;

    $by ||= 'move_post';

    return "SELECT activitypub.$by('https://acme.example', '$path', '',
        '$target')";
}


# one that does not give up soon

sub patient { return move(@_, 'move_alone') }


sub seen {
    my ($path, $target) = @_;

    return "SELECT verdict FROM activitypub.redirect_seen(
        'https://acme.example', '$path', '', 'https://acme.example$target',
        3600)";
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
