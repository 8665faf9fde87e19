#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# An actor that is deleted while somebody is busy with its posts: one waits for
# the other, and never each for the other.

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
my ($one, $two, $ear) = map { Test::Session->new($t) } 1 .. 3;

my %busy = (
    edit => sub { "SELECT activitypub.update_post('$_[0]', title => 'New')" },
    delete => sub { "SELECT activitypub.delete_post('$_[0]')" },
    pin => sub { "SELECT activitypub.pin_post('$_[0]')" },
    move => sub { "SELECT activitypub.move_post('https://acme.example',
        '/$_[1]', '', '/new/$_[1]')" },
);

# the actor first: who comes later finds it gone

for my $what (sort keys %busy) {
    my $id = actor("${what}_a");

    $one->ask('BEGIN');
    $one->ask("SELECT activitypub.actor_delete('${what}_a')");

    if ($what eq 'move') {
        is($two->ask($busy{$what}->($id, "${what}_a")), 'busy',
            "$what: a worker does not wait");
        $one->ask('COMMIT');
        next;
    }

    $two->send($busy{$what}->($id, "${what}_a"));
    ok($two->waits, "$what: waits for the end of the actor");
    is($one->ask('COMMIT'), '', "$what: which is one");
    like($two->answer, qr/P0002: post .* is deleted/,
        "$what: and is too late");
}

# the post first, and the lock of each statement as another session may have
# it just then: the row of the post, but no activity yet

for my $what (sort keys %busy) {
    my $id = actor("${what}_b");

    $one->ask('BEGIN');
    $one->ask("SELECT activitypub.lock_post('$id')");
    $two->send("SELECT activitypub.actor_delete('${what}_b')");
    ok($two->waits, "$what: the end of the actor waits");
    unlike($one->ask($busy{$what}->($id, "${what}_b")), qr/ERROR/,
        "$what: is not kept from its end");
    is($one->ask('COMMIT'), '', "$what: by a deadlock");
    is($two->answer, '', "$what: and then the actor is gone");
}

# a Follow at that time: its sender comes again, and finds nobody; or it is
# waited for, and is told of the end

$one->ask("SELECT activitypub.remote_actor_set('https://h.example/$_',
    'h.example', 'https://h.example/$_/inbox', '', 'https://h.example/$_#k',
    'PEM')") for 1 .. 2;

for my $n (1, 2) {
    actor("follow$n");

    my ($first, $then) = (follow($n), "SELECT
        activitypub.actor_delete('follow$n')");

    $one->ask('BEGIN');

    if ($n == 1) {
        $one->ask($then);
        is($two->ask($first), 'busy', 'a Follow does not wait');
        $one->ask('COMMIT');
        is($two->ask($first), 'ignored', 'and is late');
        next;
    }

    $one->ask($first);
    $two->send($then);
    ok($two->waits, 'a Follow is waited for');
    $one->ask('COMMIT');
    is($two->answer, '', 'and then the actor is gone');
}

$one->ask('SELECT activitypub.fanout_expand(10)') for 1 .. 10;
is($one->ask("SELECT string_agg(d.inbox || ' ' || v.type, ', ')
    FROM activitypub.delivery AS d
    JOIN activitypub.activity AS v ON v.id = d.activity"),
    'https://h.example/2/inbox Delete', 'who followed is told');
is($one->ask('SELECT count(*) FROM activitypub.follower'), 0,
    'nobody follows nobody');

# nor do others wait who have to do with its followers

actor('old');
$one->ask(follow($_, 'old')) for 1, 2;
$one->ask('BEGIN');
$one->ask("SELECT activitypub.actor_delete('old')");
is($two->ask(undo(1, 'old')), 'busy', 'an Undo of a Follow comes again');
is($two->ask("SELECT activitypub.remote_actor_set('https://h.example/1',
    'h.example', 'https://h.example/new', '', 'https://h.example/1#k',
    'PEM')"), '', 'a follower has another inbox');
is($two->ask(goodbye(2)), 'deleted', 'another one is gone');
$one->ask('ROLLBACK');
is($two->ask(undo(1, 'old')), 'undone', 'when the actor stays it is heard');
$one->ask('DELETE FROM activitypub.follower');

# workers do not wait for such a transaction, however long it is: who claims
# leaves what it takes away, and looks again soon

actor($_) for qw/gone stays/;
queue($_, 'q.example', 1) for qw/gone stays/;
$one->ask('BEGIN');
$one->ask("SELECT activitypub.actor_delete('gone')");
is($two->ask(claim('q.example')), 'stays', 'a claim of what is left');
is($two->ask(claim('q.example')), '', 'and not more');
is($two->ask("SELECT activitypub.delivery_retry(host => 'q.example')"), 0,
    'nor does who wants all to be tried again');
$one->ask('ROLLBACK');
ok($t->wait_for(sub { $two->ask(claim('q.example')) eq 'gone' }, 5),
    'the rest when it is not deleted after all');

# who settles had a follower told, for whom the end of the actor will wait,
# and finds what took too long deleted

$one->ask('DELETE FROM activitypub.delivery');
$one->ask(follow(1, 'gone'));
is($two->ask(claim('h.example')), 'gone', 'an Accept is on its way');
queue('gone', 'h.example', 1);
is($two->ask(claim('h.example')), 'gone', 'a post as well');
$two->ask("UPDATE activitypub.delivery SET next_at = now()
            WHERE host = 'h.example' AND holds IS NULL");

my $gone = id('gone');

$one->ask('BEGIN');
$one->ask("SELECT activitypub.silence_actor($gone)");
$two->send(settle('h.example'));
is($one->ask("SELECT activitypub.gather_inboxes($gone, gen_random_uuid())"),
    '', 'nobody waits in a circle');
is($two->answer, '', 'both are settled');
$one->ask('ROLLBACK');
is($two->ask("SELECT count(*) FROM activitypub.delivery
    WHERE host = 'h.example'"), 1, 'what was late is sent again');

# so much to tell that all is told at once: a zone begins anew

my $id = actor('many');

$one->ask("INSERT INTO activitypub.activity (id, actor, type, object, listed,
        published, document)
    SELECT activitypub.uuid7(), v.actor, 'Update', v.object, false, now(), ''
      FROM activitypub.activity AS v, generate_series(1, 10001)
     WHERE v.object = right('$id', 36)::uuid");

$ear->ask('LISTEN activitypub_changed');
$ear->hear;
$one->ask("SELECT activitypub.actor_delete('many')");
is(join(' ', $ear->hear), '*', 'an actor who said very much');

done_testing();

###############################################################################

sub follow {
    my ($n, $name) = @_;

    return receive($n, 'Follow', ours($name || "follow$n"));
}


sub undo {
    my ($n, $name) = @_;

    return receive($n, 'Undo', '', 'Follow', ours($name));
}


sub goodbye {
    my ($n) = @_;

    return receive($n, 'Delete', "https://h.example/$n");
}


sub ours {
    return "https://acme.example/activitypub/$_[0]";
}


sub receive {
    my ($n, $type, $object, $inner, $of) = @_;

    my ($actor, @inner) = ("https://h.example/$n",
        map { defined $_ ? "'$_'" : 'NULL' } $inner, $of);

    return "SELECT activitypub.receive('https://acme.example', '$actor',
        '$actor/$type/' || clock_timestamp(), '$type', '$object', $inner[0],
        $inner[1], '', '{\"type\":\"$type\"}')";
}


# "n" deliveries of an actor to as many inboxes of a host

sub queue {
    my ($name, $host, $n) = @_;

    $one->ask("SELECT activitypub.wake_hosts('{$host}')");
    $one->ask("INSERT INTO activitypub.delivery (activity, document, actor,
            lane, host, inbox)
        SELECT gen_random_uuid(), '{}', a.id, gen_random_uuid(), '$host',
               'https://$host/' || a.name || n
          FROM activitypub.actor AS a, generate_series(1, $n) AS n
         WHERE a.name = '$name'");
}


# whose deliveries those are

sub claim {
    my ($host) = @_;

    return "SELECT string_agg(substring(actor FROM '[^/]*\$'), ' ')
        FROM activitypub.delivery_claim(100) WHERE host = '$host'";
}


# an Accept arrived, nothing else

sub settle {
    my ($host) = @_;

    return "SELECT activitypub.delivery_settle((SELECT jsonb_agg(
        jsonb_build_object('id', id, 'claim', claim, 'outcome',
            CASE WHEN holds IS NULL THEN 'retry' ELSE 'delivered' END))
        FROM activitypub.delivery WHERE claim IS NOT NULL
         AND host = '$host'))";
}


sub id {
    my ($name) = @_;

    return $one->ask("SELECT id FROM activitypub.actor WHERE name = '$name'");
}


# one of the database, with a post that is about to move; the post

sub actor {
    my ($name) = @_;

    if (!$t->sql('SELECT count(*) FROM activitypub.origin')) {
        $one->ask(q(SELECT activitypub.declare('node', '{"origin":
            "https://acme.example", "host": "acme.example",
            "prefix": "/activitypub/", "account_domain": "acme.example",
            "actors": []}')));
    }

    $one->ask("SELECT activitypub.actor_add('$name')");
    $one->ask("SELECT activitypub.actor_key_set(
        'https://acme.example/activitypub/$name',
        E'-----BEGIN PRIVATE KEY-----\\n', E'-----BEGIN PUBLIC KEY-----\\n')");

    my $id = $one->ask("SELECT activitypub.publish('$name', '/$name', 'Title',
        'Text')");

    $one->ask("INSERT INTO activitypub.redirect
        SELECT right('$id', 36)::uuid, o.id, '/new/$name', '', now(), now()
          FROM activitypub.origin AS o");

    return $id;
}

###############################################################################
