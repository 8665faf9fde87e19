#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Many sessions receive what concerns one post: nobody waits for another one
# to count, and nothing is counted twice or lost.

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
my ($one, $two, $three) = map { Test::Session->new($t) } 1 .. 3;

my $home = 'https://acme.example';
my $declaration = encode_json({ origin => $home, host => 'acme.example',
    prefix => '/activitypub/', account_domain => 'acme.example',
    actors => [{ username => 'news' }] });

$one->ask("SELECT * FROM activitypub.declare('node', '$declaration')");

my ($post, $other) = map { $one->ask("SELECT activitypub.publish('news',
    '/posts/$_', 'T', 'x')") } 1, 2;

$one->ask("SELECT activitypub.remote_actor_set('https://r.example/' || n,
    'r.example', 'https://r.example/' || n || '/inbox', '',
    'https://r.example/' || n || '#key', 'PEM')
    FROM generate_series(1, 63) AS n");

# two at a time, none of whom waits

$_->ask('BEGIN') for $one, $two;
is($one->ask(liked(1)), 'kept', 'one likes it');
is($two->ask(liked(2)), 'kept', 'another one at the same time');
is($one->ask(liked(3)), 'kept', 'and one more');
is($three->ask(total($post)), 0, 'nothing of this is known yet');
$two->ask('COMMIT');
is($three->ask(total($post)), 1, 'then what is committed');
$one->ask('ROLLBACK');
is($three->ask(total($post)), 1, 'and nothing that was rolled back');

# those of one actor wait for each other, and for nobody else

$one->ask('BEGIN');
is($one->ask(liked(4)), 'kept', 'an actor likes it');
$two->send(liked(4, $post, 2));
ok($two->waits, 'once more, at the same time');
is($three->ask(liked(5)), 'kept', 'nobody else waits');
$one->ask('COMMIT');
is($two->answer, 'kept', 'and is kept');
is($three->ask(total($post)), 3, 'who likes twice counts once');
is($three->ask(undo(4, 2)), 'kept', 'an Undo of the second');
is($three->ask(total($post)), 2, 'leaves none');

# nor do two that a hash of PostgreSQL's does not tell apart, in the right order
# all the same

for my $pair (
    ['hashtext(u)', 122341, 210996],
    ['hashtextextended(u, 1097888849)',
        'aaaaaapo4nrh3h63i9adamag9qmlax',
        'aaaaaal3609y6n14dok-y-z-_--_8-'])
{
    my ($hash, $first, $last) = @$pair;
    my $both = "unnest(ARRAY['$first', '$last']) AS n";

    is($three->ask("SELECT count(DISTINCT $hash) FROM $both,
        concat('https://r.example/', n) AS u"), 1, "two actors with one $hash");
    $three->ask("SELECT activitypub.remote_actor_set('https://r.example/' || n,
        'r.example', 'https://r.example/' || n || '/inbox', '',
        'https://r.example/' || n || '#key', 'PEM') FROM $both");

    $_->ask('BEGIN') for $one, $two;
    is($one->ask(liked($first)), 'kept', 'one of them likes it');
    is($two->ask(liked(2, $post, 2)), 'kept', 'and who comes between');
    $one->send(liked(2, $post, 3));
    ok($one->waits, 'who is waited for');
    is($two->ask(liked($last)), 'kept', 'but not by the other one');
    $two->ask('ROLLBACK');
    is($one->answer, 'kept', 'and it goes on');
    $one->ask('ROLLBACK');
}

# a Create and its Delete

for my $commit (1, 0) {
    my $n = 60 + $commit;

    $one->ask('BEGIN');
    is($one->ask(replied($n)), 'kept', 'a reply comes');
    $two->send(deleted($n));
    ok($two->waits, 'its Delete waits');
    $one->ask($commit ? 'COMMIT' : 'ROLLBACK');
    is($two->answer, $commit ? 'kept' : 'ignored', 'until it is known');
    is($three->ask(replied($n)), 'duplicate', 'it does not come back');
}

is($three->ask(total($post, 'replies')), 0, 'nothing of them is shown');

$one->ask('BEGIN');
is($one->ask(deleted(62)), 'ignored', 'a Delete comes first');
$two->send(replied(62));
ok($two->waits, 'its Create waits');
$one->ask('COMMIT');
is($two->answer, 'duplicate', 'and is deleted');
is($three->ask(total($post, 'replies')), 0, 'it is not shown');

# an actor that is gone meanwhile

$one->ask('BEGIN');
is($one->ask(farewell(63)), 'deleted', 'an actor goes');
$two->send(liked(63));
ok($two->waits, 'it does something at the same time');
$one->ask('COMMIT');
is($two->answer, 'unknown_actor', 'which is nothing');

# its key is asked for meanwhile, and it has another inbox

$three->ask(followed(20));
$one->ask('BEGIN');
is($one->ask(unfollowed(20)), 'undone', 'an actor follows nobody any more');
$two->send("SELECT activitypub.remote_actor_set('https://r.example/20',
    'r.example', 'https://r.example/20/new', '', 'https://r.example/20#key',
    'PEM')");
ok($two->waits, 'who has its document waits for it');
is($one->ask(farewell(20)), 'deleted', 'it goes');
$one->ask('COMMIT');
is($two->answer, '', 'nobody waits in a circle');

# somebody lists the keys of two who go, the other way round

$three->ask("SELECT activitypub.remote_actor_set('https://r.example/$_->[0]',
    'r.example', 'https://r.example/$_->[0]/inbox', '',
    'https://r.example/$_->[1]', 'PEM')") for [21, 'z'], [22, 'a'];
$one->ask('BEGIN');
is($one->ask(farewell(21)), 'deleted', 'one goes');
$two->send(q(SELECT activitypub.remote_actor_keep('https://r.example/23',
    'r.example', 'https://r.example/23/inbox', '',
    '[{"id": "https://r.example/a", "text": "PEM"},
      {"id": "https://r.example/z", "text": "PEM"}]',
    'https://r.example/23#key')));
is($two->answer, '', 'somebody has its key and that of another one');
is($one->ask(farewell(22)), 'deleted', 'who goes as well');
$one->ask('COMMIT');

# a site approves replies, and some of them are deleted: who receives does not
# wait for it

for my $n (24 .. 26) {
    $three->ask(replied($n));
    $three->ask("UPDATE activitypub.reaction SET waits = true
                  WHERE actor = 'https://r.example/$n'");
}

$one->ask('BEGIN');
is($one->ask(approve(25)), 't', 'a reply is approved');
is($three->ask(farewell(25)), 'busy', 'its author comes again to go');
$two->ask('BEGIN');
is($two->ask(deleted(24)), 'kept', 'another one is deleted');
$two->send(deleted(25));
$one->send(approve(24));
is($two->answer, 'busy', 'the first one is not yet');
is($two->ask(deleted(26)), 'kept', 'but others are');
$two->ask('COMMIT');
is($one->answer, 'f', 'what is deleted is not approved');
$one->ask('COMMIT');
is($two->ask(deleted(25)), 'kept', 'it is deleted then');
is($three->ask(total($post, 'replies')), 0, 'nothing is left');

# one of which its server says so

$three->ask(followed(9));
$three->ask(liked(9));

my $job = $three->ask("SELECT activitypub.doubt_actor('https://r.example/9',
    '$home'); SELECT id FROM activitypub.job_claim(ARRAY['$home'])");

$one->ask('BEGIN');
is($one->ask(liked(9, $post, 2)), 'kept', 'an actor likes it again');
$two->send("SELECT activitypub.job_done($job,
    '{\"status\": 410, \"url\": \"https://r.example/9\"}')");
ok($two->waits, 'its server says that it is gone, which waits');
is($one->ask(unfollowed(9)), 'undone', 'it follows nobody any more');
$one->ask('COMMIT');
is($two->answer, '', 'and goes');
is($three->ask("SELECT count(*) FROM activitypub.reaction
    WHERE actor = 'https://r.example/9'"), 0, 'with its like');

# a post that is deleted meanwhile

$one->ask('BEGIN');
$one->ask("SELECT activitypub.delete_post('$other')");
is($two->ask(liked(6, $other)), 'kept', 'a like does not wait for a delete');
$one->ask('COMMIT');
is($two->ask(liked(7, $other)), 'ignored', 'and is none afterwards');

# sessions come and go

for my $n (10 .. 19) {
    my $session = Test::Session->new($t);

    $session->ask(liked($n));
    undef $session;
}

is($three->ask(total($post)), 12, 'ten sessions have counted');

my $four = Test::Session->new($t);

ok($t->wait_for(sub {
    $t->sql("SELECT count(DISTINCT t.slot) FROM pg_stat_activity AS s
        JOIN activitypub.tally AS t ON t.slot = s.pid") <= 3;
}, 20), 'they are gone');
$four->ask(liked(20));
is($three->ask(total($post)), 13, 'another one counts');
cmp_ok($three->ask("SELECT count(*) FROM activitypub.tally
    WHERE subject = 'likes ' || right('$post', 36)"), '<=', 4,
    'and has taken over what they left');

# one that comes while somebody counts who has looked for the living before

my @more = map { $three->ask("SELECT activitypub.publish('news',
    '/more/$_', 'T', 'x')") } 1, 2;

$three->ask(liked(44, $more[0]));
$one->ask('BEGIN');
$one->ask(liked(40, $more[0]));
undef $two;
$two = Test::Session->new($t);
$two->ask(liked(41, $more[1]));
$one->ask(liked(42, $more[1]));
is($two->ask(liked(43, $more[1])), 'kept', 'a new session counts on');
$one->ask('COMMIT');
is($three->ask(total($more[1])), 3, 'all are counted');

done_testing();

###############################################################################

sub receive {
    my (@args) = @_;

    return "SELECT activitypub.receive('$home', " . join(', ', map {
        defined $_ ? "'$_'" : 'NULL' } @args) . ')';
}


sub liked {
    my ($who, $what, $n) = @_;

    $what //= $post;
    $n //= 1;

    my $id = "https://r.example/$who/like/$n/" . substr $what, -4;

    return receive("https://r.example/$who", $id, 'Like', $what, undef, undef,
        undef, '{}');
}


sub undo {
    my ($who, $n) = @_;

    my $id = "https://r.example/$who/like/$n/" . substr $post, -4;

    return receive("https://r.example/$who", "$id/undo", 'Undo', $id, 'Like',
        $post, $id, '{}');
}


sub followed {
    my ($who) = @_;

    return receive("https://r.example/$who", "https://r.example/$who/follow",
        'Follow', "$home/activitypub/news", undef, undef, undef, '{}');
}


sub unfollowed {
    my ($who) = @_;

    return receive("https://r.example/$who", "https://r.example/$who/undo",
        'Undo', "https://r.example/$who/follow", 'Follow',
        "$home/activitypub/news", "https://r.example/$who/follow", '{}');
}


sub farewell {
    my ($who) = @_;

    return receive("https://r.example/$who", "https://r.example/$who/bye",
        'Delete', "https://r.example/$who", undef, undef, undef, '{}');
}


sub approve {
    my ($who) = @_;

    return "SELECT activitypub.approve_reply('https://r.example/$who/reply')";
}


sub replied {
    my ($who) = @_;

    my $reply = "https://r.example/$who/reply";

    return receive("https://r.example/$who", "$reply/create", 'Create', $reply,
        'Note', $post, $reply,
        '{"object": {"to": "https://www.w3.org/ns/activitystreams#Public"}}');
}


sub deleted {
    my ($who) = @_;

    my $reply = "https://r.example/$who/reply";

    return receive("https://r.example/$who", "$reply/delete", 'Delete', $reply,
        undef, undef, $reply, '{}');
}


sub total {
    my ($id, $kind) = @_;

    $kind //= 'likes';

    return "SELECT (body::json ->> 'totalItems') FROM activitypub.document("
        . "'$home', '" . ($id =~ s/^\Q$home\E//r) . "/$kind', '')";
}

###############################################################################
