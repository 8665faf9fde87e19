#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The end of an actor, as others see it: a Fedify server that follows, and one
# that only was sent a post, get one Delete each and take it for genuine; then
# the key is gone, and whatever could not be told is not tried for ever.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Peer;
use Test::Site;

use JSON::PP ();

###############################################################################

my $ann = 'https://peer.example/users/ann';
my $cat = 'https://other.example/users/cat';

my $rig = Test::Rig->new->trusted;
my $t = Test::Nginx->new()->has(qw/http_ssl/)->plan(27);

run_site($t, $rig);

my $peer = Test::Peer->start('fedify', ca => $rig->ca_file);

listen_at('peer.example', '8.8.4.4', 'ann');
listen_at('other.example', '8.8.4.5', 'cat');

my $follow = activity($cat, 'Follow', $ACTOR);

ok(sent($ann, activity($ann, 'Follow', $ACTOR)), 'one follows');
ok(sent($cat, $follow), 'another one as well');
is((got($_, 1))[0]{class}, 'Accept', "$_ is told")
    for 'peer.example', 'other.example';

my $post = publish($t, url => '/posts/one.html', title => 'One',
    content => '<p>One</p>');

is((got($_, 2))[1]{object}{id}, $post, "a post for $_")
    for 'peer.example', 'other.example';

ok(sent($cat, activity($cat, 'Undo', $follow)), 'who leaves again');

# a third one follows, and is away from now on

$t->sql(<<"SQL");
WITH r AS (
    INSERT INTO activitypub.remote_actor (uri, host, inbox)
    VALUES ('https://away.example/u', 'away.example',
            'https://away.example/inbox')
    RETURNING id, uri, inbox
)
INSERT INTO activitypub.follower (actor, remote_actor, inbox, follow_id)
SELECT a.id, r.id, r.inbox, r.uri || '/follow'
  FROM activitypub.actor AS a, r WHERE a.uri = '$ACTOR';
SQL

my $key = $t->sql("SELECT k.public_pem FROM activitypub.actor_key AS k
    JOIN activitypub.actor AS a ON a.id = k.actor WHERE a.uri = '$ACTOR'");

###############################################################################

my ($code, $out, $err) = $t->apctl(qw/actor delete news --yes/);

is($out, "deleted $ACTOR\n", 'it is deleted') or diag($err);

for my $host ('peer.example', 'other.example') {
    my $delete = (got($host, 3))[2];

    is($delete->{class}, 'Delete', "a Delete, verified by $host");
    is($delete->{actorId}, $ACTOR, 'from whom');

    my @posted = posted($host);

    is(scalar @posted, 1, 'one, and one only');
    is($posted[0]{body}{object}, $ACTOR, 'of itself');
    like($posted[0]{headers}{signature}, qr/^keyId="\Q$ACTOR\E#main-key"/,
        'signed with its key');
}

ok($t->wait_for(sub {
    $rig->get($ACTOR, accept => 'application/activity+json')->status == 410
}), 'its document is gone');
like($key, qr/BEGIN PUBLIC KEY/, 'it had a key');
is(keys_left(), 1, 'and has it as long as somebody is to be told');

# who is away is given up, and then there is nothing to sign with; not while it
# is tried, for what comes of that is kept after us

ok($t->wait_for(sub {
    $t->sql("SELECT count(*) FROM activitypub.delivery
        WHERE host = 'away.example' AND attempts > 0 AND claim IS NULL") == 1;
}, 20), 'who is away was tried');
$t->sql_queue("UPDATE activitypub.delivery SET expires = now();
    UPDATE activitypub.host SET next_at = now(), held_until = NULL
     WHERE name = 'away.example'");
$t->sql("SELECT activitypub.delivery_retry()");

ok($t->wait_for(sub { keys_left() == 0 }, 20), 'the key is forgotten');
is($t->sql('SELECT string_agg(host || $$ $$ || state, $$,$$)
    FROM activitypub.delivery'), 'away.example dead', 'who was away is known');

my $id = $t->sql('SELECT id FROM activitypub.delivery');

($code, $out, $err) = $t->apctl(qw/deliveries retry/, $id);
like($err, qr/there is no delivery $id that can be tried again/,
    'it cannot be tried again');
($code, $out) = $t->apctl(qw/deliveries retry away.example/);
is($out, "0 to be tried again\n", 'nor by its host');
is($t->sql('SELECT state FROM activitypub.delivery'), 'dead',
    'it stays what it is');

###############################################################################

sub listen_at {
    my ($host, $address, @actors) = @_;

    $rig->elsewhere($host, $address);
    $peer->ask(listen => { host => $host, address => $address,
        actors => \@actors, $rig->key_files($host) })
        or die "no server $host\n";
}


my $serial;

sub activity {
    my ($actor, $type, $object) = @_;

    return { type => $type, id => "$actor/activities/" . ++$serial,
        actor => $actor, object => $object };
}


# true: nothing was refused

sub sent {
    my ($actor, $activity) = @_;

    my ($host, $name) = $actor =~ m!^https://([^/]+)/users/(\w+)$!;

    $peer->ask(send => { host => $host, actor => $name, to => $ACTOR,
        activity => $activity });

    return !$peer->error;
}


# what a server of Fedify's has verified, once it is so much

sub got {
    my ($host, $n) = @_;

    my $inbox;

    $t->wait_for(sub {
        $inbox = $peer->ask(received => { host => $host });
        @$inbox >= $n;
    }, 20);

    return @$inbox;
}


# the Deletes that were posted to a server

sub posted {
    my ($host) = @_;

    return grep { $_->{body}{type} eq 'Delete' }
        map { { %$_, body => JSON::PP->new->decode($_->{body}) } }
        grep { $_->{method} eq 'POST' }
        @{ $peer->ask(requests => { host => $host }) };
}


sub keys_left {
    return $t->sql("SELECT count(*) FROM activitypub.actor_key AS k
        JOIN activitypub.actor AS a ON a.id = k.actor
        WHERE a.uri = '$ACTOR'");
}

###############################################################################
