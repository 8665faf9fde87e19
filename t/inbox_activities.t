#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What follows from an activity: followers and their Accepts, undoing, what is
# kept, what is ignored; each once, and 202 only when it is committed.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;
use Test::Remote;
use Test::Session;

use Time::HiRes qw/sleep time/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/);

$t->database(own => 1);
$t->write_file_expand('nginx.conf', <<'EOC')->run();

%%TEST_GLOBALS%%

daemon off;
worker_processes 1;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }
    }
}

EOC

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $base = 'https://acme.example/activitypub';
my $inbox = '/activitypub/inbox';
my $actor = "$base/news";
my $post = publish($t, '/posts/1.html');

# who follows while the post is on its way gets it, too

$t->wait_for(sub { $t->sql('SELECT count(*) FROM activitypub.fanout') == 0 },
    20)
    or die "the post is on its way\n";

my $bob = Test::Remote->new($t, 'https://remote.example/u/bob')->known;
my $ann = Test::Remote->new($t, 'https://other.example/u/ann')->known;

###############################################################################

# Follow

my $follow = $bob->activity('Follow', $actor);

is(post($follow), 202, 'Follow');
is(followers(), 'https://remote.example/u/bob', 'a follower');

my $accept = deliveries();

is($accept->{type}, 'Accept', 'an Accept is queued');
is($accept->{actor}, $actor, 'of the actor');
is($accept->{object}{id}, $follow->{id}, 'with the Follow');
is($accept->{object}{actor}, $bob->uri, 'in full');
is($accept->{object}{object}, $actor, 'with its object');

is(post($follow), 202, 'the same once more');
is(queued(), 1, 'has no second effect');

for my $case (['another Follow', $actor],
    ['of an embedded actor', { id => $actor, type => 'Person' }])
{
    my $again = $bob->activity('Follow', $case->[1]);

    is(post($again, '/activitypub/news/inbox'), 202, $case->[0]);
    is(deliveries()->{object}{id}, $again->{id}, 'is accepted again');
}

# Undo, embedded, by id, and of one without an id

is(post($bob->activity('Undo', $follow)), 202, 'Undo, embedded');
is(followers(), '', 'no follower');

$follow = $bob->activity('Follow', $actor);
is(post($follow), 202, 'Follow');
is(post($bob->activity('Undo', $follow->{id})), 202, 'Undo, by id');
is(followers(), '', 'no follower');

is(post($bob->activity('Follow', $actor)), 202, 'Follow');
is(post($bob->activity('Undo', { type => 'Follow', actor => $bob->uri,
    object => $actor })), 202, 'Undo of a Follow without an id');
is(followers(), '', 'no follower');

# of somebody else

is(post($bob->activity('Follow', $actor)), 202, 'Follow');
is($ann->post($inbox, $ann->activity('Undo', { type => 'Follow',
    id => 'https://other.example/f', actor => $bob->uri,
    object => $actor }))->status, 403, 'Undo by another');
is(followers(), 'https://remote.example/u/bob', 'who stays');

# while the site has the actor in its hands

my $session = Test::Session->new($t);
my $undo = $bob->activity('Undo', $actor);

$undo->{object} = { type => 'Follow', actor => $bob->uri, object => $actor };
$session->ask('BEGIN');
$session->ask("SELECT activitypub.actor_delete('news')");
is(post($undo), 503, 'Undo while the actor is being deleted');
is($ann->post($inbox, $ann->activity('Like', 'https://x.example/1'))
    ->status, 202, 'who has nothing to do with that does not wait');
$session->ask('ROLLBACK');
is(post($undo), 202, 'the same Undo again');
is(followers(), '', 'is heard');
is(post($bob->activity('Follow', $actor)), 202, 'Follow');

# the instance actor

$t->sql_queue('DELETE FROM activitypub.delivery');
is(post($bob->activity('Follow', "$base/actor")), 202,
    'Follow of the instance actor');
is(deliveries()->{type}, 'Reject', 'is rejected');
is(post($bob->activity('Follow', "$base/nobody")), 202, 'Follow of nobody');
is(queued(), 1, 'is ignored');

# what concerns a post

is(post($bob->activity('Like', $post)), 202, 'Like');
is(kept('Like'), 1, 'is kept');
is(post($bob->activity('Announce', $post)), 202, 'Announce');
is(kept('Announce'), 1, 'is kept');
is(post($bob->activity('Create', reply($bob, 1, $post))), 202, 'a reply');
is(kept('Create'), 1, 'is kept');
is(post($bob->activity('Create', reply($bob, 2, 'https://x.example/1'))), 202,
    'a reply to somebody else');
is(kept('Create'), 1, 'is not');
is(post($bob->activity('Like', 'https://x.example/1')), 202,
    'a Like of something else');
is(kept('Like'), 1, 'is not');
is($ann->post($inbox, $ann->activity('Create', reply($bob, 3, $post)))->status,
    403, 'somebody else\'s note');
is(post($bob->activity('Travel', $post)), 202, 'an unknown type');

# Delete of an actor

my $gone = Test::Remote->new($t, 'https://gone.example/u/x');

is($gone->post($inbox, $gone->activity('Delete', $gone->uri))->status, 202,
    'a stranger deletes itself');
is(unsigned($gone->activity('Delete', $gone->uri)), 202, 'unsigned');
is(unsigned($bob->activity('Delete', $bob->uri)), 401,
    'not so, whom we know');
is(followers(), 'https://remote.example/u/bob', 'who stays');
is($gone->post($inbox, $gone->activity('Like', $post))->status, 503,
    'a stranger\'s key, which cannot be had at the moment');
is(post($bob->activity('Delete', $bob->uri)), 202,
    'the follower deletes itself');
is(followers(), '', 'no follower');

# a batch with a row at fault

$t->sql(<<'EOSQL');
CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_sleep(0.05);
    IF NEW.activity_id LIKE '%bad%' THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'a bad row';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse BEFORE INSERT ON activitypub.received
    FOR EACH ROW EXECUTE FUNCTION public.refuse();
EOSQL

my %answer = many(map { "$_" . ($_ == 5 ? '-bad' : '') } 1 .. 12);

is(delete $answer{'5-bad'}, 400, 'the row at fault');
is(join(' ', map { $answer{$_} } sort { $a <=> $b } keys %answer),
    join(' ', (202) x 11), 'and the rest of its batch');
is($t->sql("SELECT count(*), count(DISTINCT xmin::text) < 11
    FROM activitypub.received WHERE activity_id LIKE '%/many/%'"), '11|t',
    'committed together');
like($t->error_log, qr/refused statement "receive": .*a bad row/, 'logged');

# without a database: 503, and the same later

$t->sql('DROP TRIGGER refuse ON activitypub.received');

my $like = $ann->activity('Like', $post);
is($ann->post($inbox, $ann->activity('Like', $post))->status, 202,
    'a key that is known');
$t->stop_database('immediate');

my $from = time();
my $r = $ann->post($inbox, $like);

is($r->status, 503, 'no database');
ok($r->header('Retry-After'), 'when to try again');
cmp_ok(time() - $from, '<', 3, 'in time');

$t->start_database;
ok($t->wait_for(sub { $ann->post($inbox, $like)->status == 202 }, 15),
    'later it is accepted');
is($t->sql("SELECT count(*) FROM activitypub.received
    WHERE activity_id = '$like->{id}'"), 1, 'and is there once');

done_testing();

###############################################################################

sub post {
    my ($activity, $uri) = @_;

    my $r = $bob->post($uri || $inbox, $activity);

    diag($r->body) if $r->status > 299;

    return $r->status;
}


sub unsigned {
    my ($activity) = @_;

    return http_post($inbox, body => JSON::PP->new->encode($activity),
        headers => [Host => 'acme.example',
            'Content-Type' => 'application/activity+json'])->status;
}


sub reply {
    my ($who, $n, $to) = @_;

    my $id = $who->uri;

    $id =~ s!/u/.*!/notes/$n!;

    return { id => $id, type => 'Note', attributedTo => $who->uri,
        content => "<p>Note $n</p>", inReplyTo => $to };
}


# at once, over a connection each: id => status

sub many {
    my @ids = @_;
    my (%c, %status);

    for my $id (@ids) {
        my $body = JSON::PP->new->encode({ %{ $ann->activity('Like', $post) },
            id => "https://other.example/many/$id" });
        my @headers = @{ $ann->sign($inbox, $body) };
        my $text = "POST $inbox HTTP/1.1\r\nConnection: close\r\n";

        while (my ($name, $value) = splice @headers, 0, 2) {
            $text .= "$name: $value\r\n";
        }

        $c{$id} = [http_connect(), $text . 'Content-Length: ' . length($body)
            . "\r\n\r\n$body"];
    }

    $_->[0]->send($_->[1]) for values %c;

    for my $id (@ids) {
        my $r = $c{$id}[0]->response;
        $status{$id} = $r ? $r->status : 'none';
    }

    return %status;
}


sub followers {
    return $t->sql("SELECT coalesce(string_agg(r.uri, ' '), '')
        FROM activitypub.follower JOIN activitypub.remote_actor AS r
          ON r.id = remote_actor");
}


sub kept {
    my ($type) = @_;

    return $t->sql("SELECT count(*) FROM activitypub.received
        WHERE type = '$type' AND body <> ''");
}


sub queued { return $t->sql('SELECT count(*) FROM activitypub.delivery') }


# the newest one

sub deliveries {
    return JSON::PP->new->utf8->decode($t->sql(
        'SELECT document FROM activitypub.delivery ORDER BY id DESC LIMIT 1'));
}

###############################################################################
