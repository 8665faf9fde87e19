#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The database's functions between sessions: who waits for whom, who wins,
# and what a session that listens is told.

###############################################################################

use warnings;
use strict;

use Test::More;

use JSON::PP;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Session;

###############################################################################

my $t = Test::Nginx->new(plain => 1)->database();
my ($one, $two, $ear) = map { Test::Session->new($t) } 1 .. 3;

my $news = 'https://acme.example/activitypub/news';

is(declare($one, 'node1', 'News'), "ok", 'declared');
is($one->ask(key('ONE')), 't', 'with a key');

# one page, published twice at the same time

$one->ask('BEGIN');
my $id = $one->ask(publish('/posts/1'));
$two->send(publish('/posts/1'));
ok($two->waits, 'a second publish of a page waits for the first');
$one->ask('COMMIT');
like($two->answer, qr/23505: url "\S+" is already published by news\S+ as $id/,
    'and is refused');

$one->ask('BEGIN');
$one->ask(publish('/posts/2'));
$two->send(publish('/posts/2'));
ok($two->waits, 'it waits again');
$one->ask('ROLLBACK');
like($two->answer, qr/^\Q$news\E\//, 'and wins when the first gives up');

is($one->ask('SELECT count(*), count(DISTINCT url) FROM activitypub.posts'),
    '2|2', 'each page has one post');

# an actor that was silent, and publishes two at the same time

$one->ask("UPDATE activitypub.presence SET active = now() - '1 day'::interval");
$one->ask('BEGIN');
$one->ask(publish('/posts/3'));
like($two->ask(publish('/posts/4')), qr/^\Q$news\E\//, 'nobody waits to count');
$one->ask('COMMIT');
is($one->ask("SELECT activitypub.tally_of('posts 1'),
    active > now() - '1 hour'::interval FROM activitypub.presence"), '4|t',
    'both are counted');

# one post, edited twice at the same time

$one->ask('BEGIN');
$one->ask("SELECT activitypub.update_post('$id', title => 'First')");
$two->send("SELECT activitypub.update_post('$id', excerpt => 'Second')");
ok($two->waits, 'a second edit waits for the first');
$one->ask('COMMIT');
is($two->answer, '', 'and goes through');
like($one->ask(document('/posts/1')), qr/First.*Second/, 'neither is lost');
is($one->ask("SELECT count(DISTINCT published) FROM activitypub.activity
               WHERE type = 'Update'"), 2, 'the later one looks later');

# an edit of what is being deleted

$one->ask('BEGIN');
$one->ask("SELECT activitypub.delete_post('$id')");
$two->send("SELECT activitypub.update_post('$id', title => 'Too late')");
ok($two->waits, 'an edit waits for a delete');
$one->ask('COMMIT');
like($two->answer, qr/P0002: post "\S+" is deleted/, 'and is too late');

# a real change, declared by two nodes at the same time

$one->ask('BEGIN');
declare($one, 'node1', 'New Name');
$two->send(declaration('node2', 'New Name'));
ok($two->waits, 'a second declaration waits for the first');
$one->ask('COMMIT');
is($two->answer, 'ok', 'and is taken');
is($one->ask("SELECT count(*) FROM activitypub.activity
               WHERE type = 'Update' AND object IS NULL"), 1,
    'the change is told once');

# one handle, declared by two hosts at the same time

$one->ask('BEGIN');
declare($one, 'node1', 'Blog', host => 'one.example', domain => 'both.example');
$two->send(declaration('node2', 'Blog', host => 'two.example',
                       domain => 'both.example'));
ok($two->waits, 'a declaration of another host waits too');
$one->ask('COMMIT');
is($two->answer, 'conflict', 'a handle goes to the first');

# one key, set by two nodes at the same time

declare($one, 'node1', 'Other', name => 'other');
$one->ask('BEGIN');
is($one->ask(key('FIRST', 'other')), 't', 'a key is set');
$two->send(key('SECOND', 'other'));
ok($two->waits, 'a second one waits');
$one->ask('COMMIT');
is($two->answer, 'f', 'and is not taken');
like($one->ask(document('/activitypub/other')), qr/FIRST/,
    'the document has the first');

# a declaration while the key is being set

declare($one, 'node1', 'Third', name => 'third');
$one->ask('BEGIN');
$one->ask(key('KEY', 'third'));
$two->send(declaration('node1', 'Third Changed', name => 'third'));
ok($two->waits, 'a declaration waits for a key');
$one->ask('COMMIT');
is($two->answer, 'ok', 'and is taken');
like($one->ask(document('/activitypub/third')), qr/Third Changed.*KEY/,
    'the document has both');

# and the other way round

declare($one, 'node1', 'Fifth', name => 'fifth');
$one->ask('BEGIN');
declare($one, 'node1', 'Fifth Changed', name => 'fifth');
$two->send(key('KEY', 'fifth'));
ok($two->waits, 'a key waits for a declaration');
$one->ask('COMMIT');
is($two->answer, 't', 'and is set');
like($one->ask(document('/activitypub/fifth')), qr/Fifth Changed.*KEY/,
    'that document has both, too');

# a publish does not keep a declaration or a key waiting

declare($one, 'node1', 'Fourth', name => 'fourth');
$one->ask('BEGIN');
$one->ask(publish('/posts/4', 'fourth'));
is($two->ask(key('KEY', 'fourth')), 't', 'a key is set during a publish');
is(declare($two, 'node1', 'Fourth Changed', name => 'fourth'), 'ok',
    'an actor changes during a publish');
$one->ask('COMMIT');

# nor do a first post and a pin that of another node, for which they would have
# to wait in turn

declare($one, 'node1', 'Sixth', name => 'sixth');
$one->ask('BEGIN');
$id = $one->ask(publish('/posts/6', 'sixth'));
$one->ask("SELECT activitypub.pin_post('$id')");
$two->send(declaration('node9', 'Sixth Changed', name => 'sixth'));
$two->waits(1);
is($one->ask("SELECT activitypub.actor_add('late', '{}', 'acme.example')"),
    'https://acme.example/activitypub/late', 'an actor is added after that');
is($two->answer, 'ok', 'while another node declares');
$one->ask('COMMIT');

# what is heard

$ear->ask('LISTEN activitypub_changed');

$one->ask('BEGIN');
$id = $one->ask(publish('/caf%C3%A9?a=b'));
is_deeply([$ear->hear], [], 'nothing is heard before the commit');
$one->ask('COMMIT');

my @heard = $ear->hear;
is(scalar @heard, 1, 'a publish is one notification');
is_deeply([sort grep { !/activities/ } map { join ' ', @$_ }
           @{decode_json($heard[0])}],
    ["https://acme.example " . substr($id, 20) . ' ',
     'https://acme.example /activitypub/news/outbox ',
     "https://acme.example /caf\x{e9} a=b"],
    'of origins, decoded paths and queries');

$one->ask("SELECT activitypub.update_post('$id', title => 'T')");
is_deeply([$ear->hear], [], 'what changes nothing is not heard');

$one->ask("SELECT activitypub.update_post('$id', title => n::text)
             FROM generate_series(1, 3) AS n");
is(scalar(@heard = $ear->hear), 3, 'three changes, three notifications');
is((() = $heard[-1] =~ /news\/outbox/g), 1, 'which name a URL once');

$one->ask("SELECT activitypub.update_post('$id', title => n::text)
             FROM generate_series(4, 99) AS n");
is(($ear->hear)[-1], '*', 'too much for a payload is everything');

# a session that takes backslashes for escapes, as old applications want it

undef $two;
$two = Test::Session->new($t);
$two->ask('SET escape_string_warning = off');
$two->ask('SET standard_conforming_strings = off');
like($two->ask(publish('/caf%C3%A9/2?a=b')), qr/^\Q$news\E\//,
    'a session of old applications publishes');
like($one->ask("SELECT body FROM activitypub.document("
        . "'https://acme.example', '/caf\xc3\xa9/2', 'a=b')"),
    qr/<p>T<\/p><p>Text</, 'under the same page as any other');

undef $_ for $one, $two, $ear;
done_testing();

###############################################################################

sub publish {
    my ($page, $actor) = @_;

    return sprintf "SELECT activitypub.publish('%s', '%s', 'T', 'Text')",
        $actor || 'news@acme.example', $page;
}


sub document {
    return "SELECT body FROM activitypub.document('https://acme.example',"
        . " '$_[0]', '')";
}


sub key {
    my ($mark, $name) = @_;

    return sprintf "SELECT activitypub.actor_key_set("
        . "'https://acme.example/activitypub/%s',"
        . " E'-----BEGIN PRIVATE KEY-----\\n',"
        . " E'-----BEGIN PUBLIC KEY-----\\n%s\\n')", $name || 'news', $mark;
}


# the first verdict

sub declaration {
    my ($node, $display, %o) = @_;
    my $host = $o{host} || 'acme.example';

    my $text = encode_json({ origin => "https://$host", host => $host,
        prefix => '/activitypub/', account_domain => $o{domain} || $host,
        actors => [{ username => $o{name} || 'news', name => $display }] });

    return "SELECT verdict FROM activitypub.declare('$node', '$text') LIMIT 1";
}


sub declare {
    my $session = shift;

    return $session->ask(declaration(@_));
}

###############################################################################
