#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A domain is blocked while others receive, expand and claim: nothing of it
# stays, nobody waits who has nothing to do with it, and a large site is
# blocked by its indexes.

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
my $follows = 0;
my $declaration = encode_json({ origin => $home, host => 'acme.example',
    prefix => '/activitypub/', account_domain => 'acme.example',
    actors => [{ username => 'news' }] });

$one->ask("SELECT * FROM activitypub.declare('node', '$declaration')");

my $post = $one->ask("SELECT activitypub.publish('news', '/1', 'T', 'x')");

for my $host (qw/bad.example sub.bad.example good.example/) {
    $one->ask("SELECT activitypub.remote_actor_set('https://$host/' || n,
        '$host', 'https://$host/' || n || '/inbox', 'https://$host/inbox',
        'https://$host/' || n || '#key', 'PEM')
        FROM generate_series(1, 9) AS n");
}

# who is received already is waited for, and goes

$one->ask('BEGIN');
is($one->ask(follow('sub.bad.example/1')), 'accepted', 'one follows');
is($one->ask(liked('bad.example/2')), 'kept', 'another one likes');
$two->send(block());
ok($two->waits, 'who blocks them waits for that');
is($three->ask(follow('sub.bad.example/2')), 'blocked',
    'who follows meanwhile is blocked already');
is($three->ask(liked('bad.example/3')), 'blocked', 'and who likes');
is($three->ask(follow('good.example/1')), 'accepted',
    'and everybody else is heard');
$one->ask('COMMIT');
is($two->answer, 1, 'the block takes the one that followed');
is(followers(), 'https://good.example/1', 'none is left but the other');
is(likes(), 0, 'nor a like');
is($three->ask("SELECT string_agg(host || ' ' || type, ', ' ORDER BY host)
    FROM activitypub.deliveries"), 'good.example Accept, sub.bad.example '
    . 'Reject', 'the Accept became a Reject');
$one->ask(unblock());
is(likes(), 1, 'the like is shown when it is taken back');

# who is received while a block is being written is not heard, then

$two->ask('BEGIN');
$two->ask(block());
is($one->ask(follow('bad.example/4')), 'blocked', 'before it is committed');
is($one->ask(follow('good.example/2')), 'accepted', 'it holds up nobody');
$two->ask('COMMIT');
is($one->ask(follow('bad.example/4')), 'blocked', 'and after');
$one->ask(unblock());

# a rollback leaves no trace

$two->ask('BEGIN');
$two->ask(block());
$two->ask('ROLLBACK');
is($one->ask(follow('bad.example/4')), 'accepted', 'a block that was not');

# an exception that is taken back is a block, too

$one->ask(block());
$one->ask("SELECT activitypub.allow_domain('sub.bad.example')");
$one->ask('BEGIN');
is($one->ask(liked('sub.bad.example/5')), 'kept', 'who is excepted likes');
$two->send("SELECT activitypub.unblock_domain('sub.bad.example')");
ok($two->waits, 'who takes the exception back waits for that');
is($three->ask(liked('sub.bad.example/6')), 'blocked',
    'and nobody comes in any more');
is(likes(), 0, 'nothing is shown yet');
$one->ask('COMMIT');
is($two->answer, 't', 'it is taken back');
is(likes(), 0, 'and the like is hidden');
$one->ask(unblock());
is(likes(), 2, 'it was there');

# or made milder than a block, where few are allowed

my $allowlist = "SELECT activitypub.declare_policy('acme.example',
    'allowlist', '[]', '[]')";

$one->ask($allowlist);
$one->ask("SELECT activitypub.allow_domain('sub.bad.example')");
$one->ask('BEGIN');
is($one->ask(liked('sub.bad.example/7')), 'kept', 'who is allowed likes');
$two->send("SELECT activitypub.block_domain('sub.bad.example', 'limit')");
ok($two->waits, 'who limits him instead waits for that');
$one->ask('COMMIT');
is($two->answer, 0, 'he is limited');
is($one->ask("SELECT hidden FROM activitypub.reaction
    WHERE actor = 'https://sub.bad.example/7'"), 't', 'and shut out');
$one->ask($allowlist =~ s/allowlist/blocklist/r);
$one->ask("SELECT activitypub.unblock_domain('sub.bad.example')");
$one->ask("DELETE FROM activitypub.reaction
    WHERE actor = 'https://sub.bad.example/7'");

# so many that who receives waits for them

$two->ask('BEGIN');
$two->ask("SELECT activitypub.block_domains((SELECT jsonb_agg(
    jsonb_build_object('domain', 'd' || n || '.example'))
    FROM generate_series(1, 65) AS n) || '[{\"domain\": \"bad.example\"}]')");
$one->send(follow('bad.example/5'));
ok($one->waits, 'many blocks at once are waited for');
$two->ask('COMMIT');
is($one->answer, 'blocked', 'and then they count');
$one->ask(unblock());
$one->ask(follow("bad.example/$_", "again$_")) for 1, 2;
$one->ask(follow("sub.bad.example/$_", "again$_")) for 1;

# a fan-out that did not know of it

$one->ask('DELETE FROM activitypub.delivery');
$one->ask("SELECT activitypub.publish('news', '/2', 'T', 'x')");
$one->ask('BEGIN');
is($one->ask('SELECT expanded FROM activitypub.fanout_expand(100)'), 3,
    'a post is queued for three hosts');
$two->send(block());
ok($two->waits, 'who blocks one of them waits');
$one->ask('COMMIT');
is($two->answer, 3, 'and takes its followers');
is($three->ask("SELECT string_agg(host || ' ' || type, ', ' ORDER BY host)
    FROM activitypub.deliveries"), 'bad.example Reject, bad.example Reject, '
    . 'good.example Create, sub.bad.example Reject', 'and what was queued');

# what is on its way arrives or is settled, and is not tried again

$one->ask(unblock());
$one->ask('DELETE FROM activitypub.delivery');
$one->ask(follow('bad.example/6'));
my ($id, $claim) = split /\|/, $one->ask("SELECT id, claim
    FROM activitypub.delivery_claim(9)");
is($two->ask(block()), 1, 'blocked while an Accept is on its way');
$one->ask("SELECT activitypub.delivery_settle('[{\"id\": $id, \"claim\":
    \"$claim\", \"outcome\": \"retry\", \"status\": 500}]')");
$one->ask("UPDATE activitypub.delivery SET next_at = now();
    UPDATE activitypub.host SET next_at = now(), held_until = NULL");
is($one->ask("SELECT body::json ->> 'type' FROM activitypub.delivery_claim(9)"),
    'Reject', 'only the Reject goes out');
is($one->ask("SELECT count(*) FROM activitypub.delivery WHERE holds IS NOT
    NULL"), 0, 'the Accept is gone');

# So much that the workers judge it in pieces, one of them at a time: nobody
# is kept from taking back what such a piece has in its hands.

my $undone = 0;

$one->ask(unblock());
$one->ask("SELECT activitypub.remote_actor_set('https://many.example/' || n,
    'many.example', 'https://many.example/' || n || '/inbox', '',
    'https://many.example/' || n || '#key', 'PEM')
    FROM generate_series(1, 9) AS n; SELECT count(activitypub.receive('$home',
    'https://many.example/' || n, 'https://many.example/' || n || '/like',
    'Like', '$post', NULL, NULL, NULL, '{}')) FROM generate_series(1, 9) AS n;
    INSERT INTO activitypub.reaction (object, kind, actor, item)
    SELECT right('$post', 36)::uuid, 'replies', 'https://many.example/9',
           'https://many.example/n/' || n FROM generate_series(1, 5000) AS n");

$two->ask('LISTEN activitypub_changed');
$three->ask('LISTEN activitypub_work');
is(many('block'), 0, 'a block of a domain that has said much');
my @heard = ($two->hear, $three->hear('activitypub_work'));
is(join(' ', sort @heard), '* [["policy", "many.example", ""]] review',
    'makes every zone begin anew, and wakes the workers');
$_->ask('UNLISTEN *') for $two, $three;
is(reviewing(), 1, 'is not applied to it at once');
is(likes(), 11, 'although it is counted');
is(shown('likes'), 'https://bad.example/2/like https://sub.bad.example/5/like',
    'none of it is on a page');

$two->ask('BEGIN');
is(review($two, 2000), 't', 'a worker judges some of it');
is(review($three), 'f', 'another one meanwhile finds nothing to do');
$one->send("SELECT activitypub.block_domain('bad.example')");
ok($one->waits, 'a rule waits until it is done');
$two->ask('COMMIT');
is($one->answer, 0, 'and is applied at once, being about little');
is(likes(), 0, 'so that nothing of both is counted');
isnt(reached(), 0, 'and the rest does not begin anew');

# a page that was made meanwhile lacks what this would not change

$two->ask('LISTEN activitypub_changed');
$one->ask("SELECT activitypub.allow_domain('sub.many.example')");
is(join(' ', sort $two->hear), '* [["policy", "sub.many.example", ""]]',
    'whatever a rule is about meanwhile, every zone begins anew');
$one->ask("SELECT activitypub.unblock_domain('sub.many.example')");
$two->ask('UNLISTEN *');

my $four = Test::Session->new($t);

$four->ask('BEGIN');
is(review($four, 2000), 't', 'one judges');
$three->ask("SELECT pg_terminate_backend($four->{backend})");
ok($t->wait_for(sub { review($three) eq 't' }), 'and is killed');
reviewed();
is(hidden(), 5011, 'the others have gone on where he was');
is(reviewing(), 0, 'to the end');

$one->ask("SELECT activitypub.unblock_domain('bad.example')");
is(many('unblock'), 't', 'the block is taken back');
is(likes(), 2, 'nothing is shown before it is judged');

$two->ask('BEGIN');
is(review($two), 't', 'a worker shows some of it');
$one->send(undo(1));
ok($one->waits, 'an Undo of what he has in his hands waits for him');
$two->ask('COMMIT');
is($one->answer, 'kept', 'and is heard');
is(likes(), 10, 'and takes the like away');

# he does not wait for who receives, but comes back

$one->ask("UPDATE activitypub.review SET reached = 0;
    UPDATE activitypub.reaction SET hidden = true WHERE kind = 'likes'
       AND actor LIKE 'https://many.example/%'");
$one->ask('BEGIN');
is($one->ask(undo(2)), 'kept', 'an Undo of what is not judged yet');
is(review($two, 9999), 't', 'the worker does not wait for it');
is(review($two), 'f', 'but does not go on without it');
$one->ask('ROLLBACK');
is(likes(), 9, 'all but that is judged');
reviewed();
is(likes(), 10, 'once it is over, all is');
is(hidden(), 0, 'to the last');

# a like that comes again meanwhile

$one->ask("UPDATE activitypub.reaction SET hidden = true
     WHERE actor = 'https://many.example/3'");
$one->ask("INSERT INTO activitypub.review (reached) VALUES (0)");
$two->ask('BEGIN');
review($two);
$one->send(liked('many.example/3') =~ s{/like'}{/again'}r);
ok($one->waits, 'who likes again waits as well');
$two->ask('COMMIT');
is($one->answer, 'kept', 'and is heard');
is($one->ask("SELECT item FROM activitypub.reaction
    WHERE actor = 'https://many.example/3'"), 'https://many.example/3/again',
    'it is the last one that counts');
reviewed();

# of an actor that is gone

$one->ask("UPDATE activitypub.reaction SET hidden = true
     WHERE actor = 'https://many.example/4'");
$one->ask("INSERT INTO activitypub.review (reached) VALUES (0)");
$two->ask('BEGIN');
review($two);
$one->send("SELECT activitypub.receive('$home', 'https://many.example/4',
    'https://many.example/4/bye', 'Delete', 'https://many.example/4', NULL,
    NULL, NULL, '{}')");
ok($one->waits, 'and who says farewell');
$two->ask('COMMIT');
is($one->answer, 'deleted', 'he goes');
is($one->ask("SELECT count(*) FROM activitypub.reaction
    WHERE actor = 'https://many.example/4'"), 0, 'with all that he did');
reviewed();
$one->ask("DELETE FROM activitypub.reaction WHERE kind = 'replies'");

# a block reads what is below the domain, however much there is besides

$one->ask("INSERT INTO activitypub.remote_actor (uri, host, inbox)
    SELECT 'https://h' || n || '.example/a', 'h' || n || '.example',
           'https://h' || n || '.example/a/inbox'
      FROM generate_series(1, 20000) AS n;
    INSERT INTO activitypub.domain_policy (domain, severity)
    SELECT 'x' || n || '.example', 'suspend' FROM generate_series(1, 5000)
        AS n");
$one->ask("SET enable_seqscan = off; SET search_path = activitypub");

like(explained("SELECT FROM remote_actor AS w
    WHERE reverse(split_part(w.host, ':', 1)) > reverse('bad.example') || '.'
      AND reverse(split_part(w.host, ':', 1)) < reverse('bad.example') || '/'"),
    qr/remote_actor_domain/, 'actors of a domain are found by an index');
like(explained("SELECT FROM domain_policy AS p
    WHERE p.domain = 'b.example' AND p.origin IN ('', '$home')"),
    qr/domain_policy_domain_origin_source_key.*Index Cond: \(+domain = /s,
    'and so is a rule');

# Rules that are about others cost next to nothing: CPU of the server by the
# kernel's account, the least of some rounds, by turns.

$one->ask('CREATE FUNCTION public.spent() RETURNS float LANGUAGE sql VOLATILE
    AS $$ SELECT split_part(pg_read_file(\'/proc/self/schedstat\'), \' \', 1)
        ::float $$; CREATE TABLE public.spent_once (ns float)');

SKIP: {
    skip('the kernel keeps no account', 2) unless $one->ask(
        'SELECT public.spent()') =~ /^\d{4}/;

    my $cost = cost('policy_on_entry', "'h' || n || '.example'");
    my $whole = cost('receive', "'https://good.example/1',
        'https://good.example/' || n, 'Like', '$post', NULL, NULL, NULL, '{}'");

    cmp_ok($cost, '<', $whole / 8, 'of what is received');

    # twice as long for a fan-out would be 30

    cmp_ok(cost('suspended_hosts', "ARRAY(SELECT 'h' || n || '.a' || m
        || '.example' FROM generate_series(1, 100) AS m)") / 100, '<',
        $whole / 12, 'and of each inbox');
}

done_testing();

###############################################################################

sub follow {
    my ($who, $n) = @_;

    $n //= 'f' . ++$follows;

    return "SELECT activitypub.receive('$home', 'https://$who',
        'https://$who/$n', 'Follow', '$home/activitypub/news', NULL, NULL,
        NULL, '{\"id\": \"https://$who/$n\"}')";
}


sub liked {
    my ($who) = @_;

    return "SELECT activitypub.receive('$home', 'https://$who',
        'https://$who/like', 'Like', '$post', NULL, NULL, NULL, '{}')";
}


sub block { "SELECT activitypub.block_domain('bad.example')" }


sub unblock { "SELECT activitypub.unblock_domain('bad.example')" }


sub followers {
    return $three->ask("SELECT string_agg(uri, ' ' ORDER BY uri)
        FROM activitypub.followers");
}


sub likes {
    return $three->ask("SELECT body::json ->> 'totalItems'
        FROM activitypub.document('$home', substr('$post', 21) || '/likes',
        '')");
}


sub many { $one->ask("SELECT activitypub.$_[0]_domain('many.example')") }


sub undo {
    my ($n) = @_;
    my $who = "https://many.example/$n";

    return "SELECT activitypub.receive('$home', '$who', '$who/undo"
        . ++$undone . "', 'Undo', '$who/like', 'Like', '$post', '$who/like',
        '{}')";
}


sub review {
    my ($session, $most) = @_;

    $most //= 500;

    return $session->ask("SELECT activitypub.review_next($most)");
}


sub reviewed { $t->wait_for(sub { review($three) eq 'f' && !reviewing() }) }


sub reviewing { $three->ask('SELECT count(*) FROM activitypub.reviews') }


sub reached { $three->ask('SELECT reached FROM activitypub.reviews') }


sub hidden {
    return $three->ask('SELECT count(*) FROM activitypub.reaction
        WHERE hidden');
}


sub shown {
    my ($name) = @_;

    return $three->ask("SELECT string_agg(i, ' ' ORDER BY i)
        FROM activitypub.document('$home', substr('$post', 21) || '/$name',
        'page') AS d, json_array_elements_text(d.body::json -> 'items') AS i");
}


# of one call, in ns

sub cost {
    my ($function, $args) = @_;
    my $least;

    for my $round (0 .. 4) {
        my $from = $round * 400;

        my $ns = $one->ask("TRUNCATE public.spent_once;
            DO \$\$
            DECLARE
                since  float := public.spent();
            BEGIN
                FOR n IN $from + 1 .. $from + 400 LOOP
                    PERFORM activitypub.$function('$home', $args);
                END LOOP;
                INSERT INTO public.spent_once VALUES ((public.spent() - since) / 400);
            END \$\$;
            SELECT ns FROM public.spent_once");

        $least = $ns if !defined $least || $ns < $least;
    }

    note("$function: $least ns");

    return $least;
}


sub explained { $one->ask("EXPLAIN (COSTS OFF) $_[0]") }

###############################################################################
