#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What is received, expanded, claimed and settled in several sessions at the
# same time: once, in order, without one waiting where it need not, and
# without a deadlock.

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

declare('News');
$one->ask("SELECT activitypub.actor_key_set('$news',
    E'-----BEGIN PRIVATE KEY-----\\n', E'-----BEGIN PUBLIC KEY-----\\n')");

for my $host (map { "h$_.example" } 1 .. 9) {
    meet("https://$host/$_") for 1 .. 3;
}

# one activity, received twice at the same time

$one->ask('BEGIN');
is($one->ask(follow('https://h1.example/1')), 'accepted', 'a Follow');
$two->send(follow('https://h1.example/1'));
ok($two->waits, 'the same one in another session waits');
$one->ask('COMMIT');
is($two->answer, 'duplicate', 'and is a duplicate');
is(count('delivery'), 1, 'which has no second Accept');

$one->ask('BEGIN');
$one->ask(follow('https://h1.example/2'));
$two->send(follow('https://h1.example/2'));
ok($two->waits, 'it waits again');
$one->ask('ROLLBACK');
is($two->answer, 'accepted', 'and counts when the first one is taken back');

# two batches with the same activities, sorted as they have to be

my @batch = map { follow("https://$_") }
    sort qw{h3.example/1 h2.example/1 h2.example/2 h4.example/1};

$_->ask('BEGIN') for $one, $two;
is($one->ask($batch[0]), 'accepted', 'a batch begins');
$two->send("$batch[0];\n$batch[2];\n$batch[3];\nCOMMIT");
ok($two->waits, 'another one with the same waits');
is_deeply([map { $one->ask($_) } @batch[1 .. 3]], [('accepted') x 3],
    'the first goes on');
$one->ask('COMMIT');
is($two->answer, "duplicate\nduplicate\nduplicate", 'then the second');

# different activities of one actor, crossed with those of another

$_->ask('BEGIN') for $one, $two;
is($one->ask(reaction('https://h1.example/1', 1)), 'ignored',
    'what concerns no post of ours');
is($one->ask(follow('https://h5.example/1')), 'accepted', 'a Follow of one');
is($two->ask(follow('https://h5.example/2')), 'accepted',
    'does not wait for one of another');
is($two->ask(follow('https://h5.example/3')), 'accepted', 'nor one more');
is($one->ask(follow('https://h6.example/1')), 'accepted', 'on either side');
$_->ask('COMMIT') for $one, $two;

# nothing that others do keeps a Follow waiting

deliver();
$one->ask('BEGIN');
$one->ask(publish('/posts/1'));
$one->ask('SELECT activitypub.fanout_expand(100)');
$one->ask('SELECT count(*) FROM activitypub.delivery_claim(100)');
$one->ask(settle('true'));
is($two->ask(follow('https://h5.example/1', 'again')), 'accepted',
    'a Follow during a fan-out, a claim and a settlement');
is($two->ask('SELECT activitypub.delivery_next()'), 0, 'whose answer is due');
$one->ask('COMMIT');

$one->ask('BEGIN');
declare('News, again');
is($two->ask(follow('https://h5.example/1', 'once more')), 'accepted',
    'a Follow during a declaration');
$one->ask('COMMIT');

$one->ask('BEGIN');
$one->ask(follow('https://h7.example/1'));
is($two->ask(publish('/posts/2')) =~ /^https/, 1, 'a post during a Follow');
is($two->ask('SELECT count(*) FROM activitypub.fanout_expand(100)'), 1,
    'a fan-out');
$two->ask('BEGIN');
is($two->ask("SELECT bool_or(inbox ~ 'h7')
                FROM activitypub.delivery_claim(99)"), 'f',
    'a claim, which does not see it');
$two->ask('ROLLBACK');
$one->ask('COMMIT');
deliver();

# nor does a Follow keep a settlement waiting, which might wait for it

$one->ask(follow('https://h7.example/1', 'again'));
$one->ask('SELECT count(*) FROM activitypub.delivery_claim(9)');
$one->ask('BEGIN');
$one->ask(follow('https://h7.example/1', 'once more'));
is($two->ask(settle('true')), '',
    'an Accept is settled during a second Follow');
$one->ask('COMMIT');
is($one->ask("SELECT accepted FROM activitypub.followers
               WHERE uri = 'https://h7.example/1'"), 'f',
    'which has to be accepted, too');
deliver();
is($one->ask("SELECT accepted FROM activitypub.followers
               WHERE uri = 'https://h7.example/1'"), 't', 'and is');

# nor when it gives up what has waited too long for a server that fails, and
# somebody withdraws that: he may want a follower next who was settled just now

$one->ask('DELETE FROM activitypub.delivery');
$one->ask(follow('https://h4.example/3', 'later'));
queue('h4.example', 1);
is(claim($two, 9), 2, 'an Accept and something else are on their way');
$one->ask(follow('https://h4.example/2', 'later'));
$one->ask("UPDATE activitypub.delivery SET fresh = false, expires = now()
            WHERE claim IS NULL");
$one->ask('BEGIN');
$one->ask(follow('https://h4.example/2', 'once more'));
$two->send(settle('true', 'retry'));
is($one->ask(follow('https://h4.example/3', 'once more')), 'accepted',
    'two Follows while all is settled');
$one->ask('COMMIT');
is($two->answer, '', 'nobody waits in a circle');
$one->ask('DELETE FROM activitypub.delivery; DELETE FROM activitypub.host');

# answers to Follows, whose hosts are told of them in one claim, while another
# one has such a host

queue($_, 1) for qw/h8.example h9.example/;
is_deeply(hosts(claim($one, 1)), { 'h8.example' => 1 }, 'one of them is busy');
$one->ask(follow("https://$_/1", 'later')) for qw/h8.example h9.example/;

$ear->ask('BEGIN');
$ear->ask("SELECT FROM activitypub.host WHERE name = 'h8.example' FOR UPDATE");
$one->send('SELECT count(*) FROM activitypub.delivery_claim(100)');
ok($one->waits, 'who tells a host of them waits for it');
is_deeply(hosts(claim($two, 100)), { 'h9.example' => 1 },
    'another one does not wait, nor has them');
$ear->ask('COMMIT');
is($one->answer, 2, 'the first has them');

# claims at the same time

queue("c$_.example", 5) for 1 .. 6;
$_->ask('BEGIN') for $one, $two;

my @first = claim($one, 6);
my @second = claim($two, 100);

is(scalar @first, 6, 'one claims six');
is_deeply([grep { my $h = $_; grep { $_->[1] eq $h->[1] } @second } @first],
    [], 'no host is claimed by two at the same time');
cmp_ok(scalar @second, '>', 0, 'and another one gets others');

$one->ask('COMMIT');
$two->ask('ROLLBACK');

my @third = claim($one, 100);
is_deeply(hosts(@first, @third), { map { ("c$_.example" => 2) } 1 .. 6 },
    'what is rolled back is claimed again: two of each host');
is(claim($two, 100), 0, 'and never three');

# a settlement that is not committed

$one->ask('BEGIN');
$one->ask(settle("host = 'c1.example'"));
is(claim($two, 100), 0, 'what may be settled is not free yet');
$one->ask('COMMIT');
is_deeply(hosts(claim($two, 100)), { 'c1.example' => 2 }, 'now it is');

# settlements and fan-outs of the same hosts, in any order

$one->ask('BEGIN');
$one->ask(settle("host IN ('c2.example', 'c3.example')"));
$two->send("SELECT activitypub.wake_hosts(
                '{c4.example,c3.example,c1.example}')");
ok($two->waits, 'a fan-out waits for a settlement');
$one->ask(settle("host = 'c5.example'"));
is($one->ask('COMMIT'), '', 'who waits for no fan-out');
is($two->answer, '', 'there is no deadlock');

# two fan-outs at the same time, and two about one post

$one->ask('DELETE FROM activitypub.delivery');
my $id = $one->ask(publish('/posts/3'));
$one->ask("SELECT activitypub.update_post('$id', title => 'Other')");

$one->ask('BEGIN');
is($one->ask(expand()), 'Create 3', 'one expands a post');
is($two->ask(expand()), '', 'nobody an edit before its post');
$ear->ask(publish('/posts/4'));
$two->send(expand());
ok($two->waits, 'another one expands the next, for the same hosts');
$one->ask('COMMIT');
is($two->answer, 'Create 4', 'and has it');
is($two->ask(expand()), 'Update 3', 'then comes the edit');

# two jobs

my $claim = 'SELECT id FROM activitypub.job_claim(ARRAY(
    SELECT url FROM activitypub.origin))';

$one->ask("SELECT activitypub.job_create('check') FROM generate_series(1, 2)");
$one->ask('BEGIN');

my $job = $one->ask($claim);

is($two->ask($claim), $job + 1, 'each gets a job of its own');
$one->ask('COMMIT');

# four at work: each delivery once, never more than two of a host

$one->ask("DELETE FROM activitypub.delivery;
    CREATE TABLE public.done (id bigint, host text, busy bigint)");
queue("w$_.example", 20) for 1 .. 8;

my @workers = map { Test::Session->new($t) } 1 .. 4;

$_->send(<<'EOW') for @workers;
DO $$
DECLARE
    mine  jsonb;
    idle  int := 0;
BEGIN
    WHILE idle < 20 LOOP
        SELECT jsonb_agg(jsonb_build_object('id', c.id, 'claim', c.claim,
                         'outcome', 'delivered', 'host', c.host)) INTO mine
          FROM activitypub.delivery_claim(7) AS c;
        COMMIT;
        idle := CASE WHEN mine IS NULL THEN idle + 1 ELSE 0 END;
        PERFORM pg_sleep(0.002);
        INSERT INTO public.done
        SELECT (m ->> 'id')::bigint, m ->> 'host',
               (SELECT count(*) FROM activitypub.deliveries AS d
                 WHERE d.host = m ->> 'host' AND d.state = 'sending')
          FROM jsonb_array_elements(coalesce(mine, '[]')) AS m;
        COMMIT;
        PERFORM activitypub.delivery_settle(coalesce(mine, '[]'));
        COMMIT;
    END LOOP;
END
$$
EOW

is($_->answer, '', 'a worker ends') for @workers;
is($one->ask('SELECT count(*), count(DISTINCT id) FROM public.done'),
    '160|160', 'four workers deliver all, and nothing twice');
is($one->ask('SELECT max(busy) FROM public.done'), 2,
    'and never more than two of a host at a time');
is(count('delivery'), 0, 'nothing is left');

# what is heard

$ear->ask('LISTEN activitypub_work; LISTEN activitypub_changed');
$one->ask('BEGIN');
$one->ask(follow("https://h8.example/$_")) for 1 .. 3;
is_deeply([$ear->hear('activitypub_work')], [], 'nothing before the commit');
$one->ask('COMMIT');
is_deeply(heard(), [['delivery'],
    ['[["https://acme.example", "/activitypub/news/followers", ""]]']],
    'three Follows in a batch are heard once');

$one->ask(follow('https://h8.example/1'));
$one->ask(reaction('https://h8.example/1', 2));
$one->ask(reaction('https://h8.example/1', 3, $id));
is_deeply(heard(), [[], []], 'a duplicate and a Like are not');

$one->ask(follow('https://h8.example/1', 'again'));
is_deeply(heard(), [['delivery'], []],
    'a second Follow changes no total');

$one->ask(publish('/posts/5'));
is_deeply(heard()->[0], ['fanout'], 'a post is');
$one->ask(expand());
is_deeply(heard(), [['delivery'], []], 'so is its fan-out');
$one->ask("SELECT activitypub.job_create('check')");
is_deeply(heard(), [['job'], []], 'and a job');

undef $_ for $one, $two, $ear, @workers;
done_testing();

###############################################################################

# both channels, each since the last time; one is read while the other may be

sub heard {
    $t->sql("NOTIFY activitypub_$_, 'end'") for qw/work changed/;

    my ($text, %heard) = ('');

    $t->wait_for(sub {
        $text .= $ear->ask('SELECT 1');
        (() = $text =~ /payload "end"/g) == 2;
    }, 5);

    push @{$heard{$1}}, $2
        while $text =~ /"activitypub_(\w+)" with payload "(.*)" received/g;

    return [map { [grep { !/^(?:the )?end$/ } @{$heard{$_} || []}] }
            qw/work changed/];
}


sub count {
    return $one->ask("SELECT count(*) FROM activitypub.$_[0]");
}


sub declare {
    my $text = encode_json({ origin => 'https://acme.example',
        host => 'acme.example', prefix => '/activitypub/',
        account_domain => 'acme.example',
        actors => [{ username => 'news', name => $_[0] }] });

    return $one->ask("SELECT verdict FROM activitypub.declare('n', '$text')");
}


sub meet {
    my ($uri) = @_;
    my ($host) = $uri =~ m{//([^/]+)};

    $one->ask("SELECT activitypub.remote_actor_set('$uri', '$host',"
        . " '$uri/inbox', '', '$uri#main-key', 'PEM')");
}


sub receive {
    my ($actor, $id, $type, $object) = @_;
    my $body = encode_json({ id => $id, type => $type, actor => $actor,
        object => $object });

    return "SELECT activitypub.receive('https://acme.example', '$actor',"
        . " '$id', '$type', '$object', NULL, NULL, NULL, '$body')";
}


sub follow {
    my ($actor, $mark) = @_;

    return receive($actor, "$actor/follow/" . ($mark || 1), 'Follow', $news);
}


sub reaction {
    my ($actor, $n, $object) = @_;

    return receive($actor, "$actor/like/$n", 'Like', $object || $news);
}


sub publish {
    return "SELECT activitypub.publish('news', '$_[0]', 'T', 'Text')";
}


# type and page of what is expanded

sub expand {
    return "SELECT v.type || ' ' || substring(p.url FROM '\\d+\$')
              FROM activitypub.fanout_expand(1000) AS f
              JOIN activitypub.activity AS v ON v.id = f.fanout
              JOIN activitypub.object AS p ON p.id = v.object";
}


# "n" deliveries to as many inboxes of a host

sub queue {
    my ($host, $n) = @_;

    $one->ask("SELECT activitypub.wake_hosts('{$host}')");
    $one->ask("INSERT INTO activitypub.delivery (activity, document, actor,
            lane, host, inbox)
        SELECT gen_random_uuid(), '{}', a.id, gen_random_uuid(), '$host',
               'https://$host/' || n
          FROM activitypub.actor AS a, generate_series(1, $n) AS n
         WHERE a.name = 'news'");
}


# [id, host] of each

sub claim {
    my ($session, $lim) = @_;

    return map { [split /\|/] } split /\n/, $session->ask(
        "SELECT id, host FROM activitypub.delivery_claim($lim)");
}


sub hosts {
    my %hosts;

    $hosts{$_->[1]}++ for @_;

    return \%hosts;
}


# delivers what is claimed now, or the Accepts alone

sub settle {
    my ($which, $others) = @_;

    $others ||= 'delivered';

    return "SELECT activitypub.delivery_settle((SELECT jsonb_agg(
        jsonb_build_object('id', id, 'claim', claim, 'outcome',
            CASE WHEN holds IS NULL THEN '$others' ELSE 'delivered' END))
        FROM activitypub.delivery WHERE claim IS NOT NULL AND $which))";
}


# until nothing is due

sub deliver {
    $one->ask('SELECT count(*) FROM activitypub.fanout_expand(1000)')
        for 1 .. 3;

    while ($one->ask('SELECT count(*) FROM activitypub.delivery_claim(64)') > 0)
    {
        $one->ask(settle('true'));
    }
}

###############################################################################
