#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Actors of a Fedify server follow ours over TLS, get the Accept, a post, its
# edit and its delete; what they like, boost and answer is kept; and those
# who unfollow, or are gone, get nothing more.

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

my $public = 'https://www.w3.org/ns/activitystreams#Public';
my $ann = 'https://peer.example/users/ann';
my $ben = 'https://peer.example/users/ben';
my $cat = 'https://other.example/users/cat';
my $dan = 'https://other.example/users/dan';

my $rig = Test::Rig->new->trusted;
my $t = Test::Nginx->new()->has(qw/http_ssl/)->plan(75);

run_site($t, $rig, http => <<'EOC');
map $http_signature_input $knock {
    ''       draft-cavage;
    default  rfc9421;
}
log_format  knocks  '$status $request_method $uri $knock $http_user_agent';
access_log  %%TESTDIR%%/knocks.log  knocks;
EOC

my $peer = Test::Peer->start('fedify', ca => $rig->ca_file);

listen_at('peer.example', '8.8.4.4', 'ann', 'ben');
listen_at('other.example', '8.8.4.5', 'cat', 'dan');

###############################################################################

# Follow: Fedify signs by RFC 9421, and need not knock again

my $follow = activity($ann, 'Follow', $ACTOR);

is(total(), 0, 'nobody follows');
ok(sent($ann, $follow), 'Follow');
is_deeply([knocks('/activitypub/news/inbox', 1)], ['202 rfc9421'],
    'one knock');

my $known = $t->sql("SELECT text <> '', k.key_id, inbox, shared_inbox
    FROM activitypub.remote_actor AS r
    JOIN activitypub.remote_key AS k ON k.remote_actor = r.id
    WHERE uri = '$ann' AND k.key_id LIKE '%main-key'");

is($known, "t|$ann#main-key|$ann/inbox|https://peer.example/inbox",
    'key and inboxes of the actor were fetched');

my ($fetch) = asked('peer.example', GET => '/users/ann');

is($fetch->{status}, 200, 'from Fedify');
like($fetch->{headers}{signature},
    qr!^keyId="\Q$ORIGIN\E/activitypub/actor#main-key",!,
    'signed by the instance actor');

my ($accept) = got('peer.example', 1);

is($accept->{class}, 'Accept', 'an Accept, verified by Fedify');
is($accept->{actorId}, $ACTOR, 'from whom');
is($accept->{recipient}, 'ann', 'to whom');
is($accept->{object}{id}, $follow->{id}, 'of the Follow');

my $raw = sent_to('peer.example', 'Accept')->{object};

is_deeply([@$raw{qw/type id actor object/}],
    ['Follow', $follow->{id}, $ann, $ACTOR], 'which is embedded in full');
ok($t->wait_for(sub {
    grep { m!^200 GET /activitypub/news \S+ Fedify/! } log_lines();
}), 'Fedify has fetched our key');
is_deeply(followers(), [$ann], 'apctl lists the follower');
is(total_of(1), 1, 'and the collection counts it');

# once more: its server may have forgotten the Accept

my $again = activity($ann, 'Follow', $ACTOR);

ok(sent($ann, $again), 'a second Follow');
is_deeply([ (knocks('/activitypub/news/inbox', 2))[1] ], ['202 rfc9421'],
    'Fedify remembers how to knock');
is((got('peer.example', 2))[1]{object}{id}, $again->{id}, 'is accepted too');
is_deeply(followers(), [$ann], 'and no second follower');

# two of one server, and one of another

my $bens = activity($ben, 'Follow', $ACTOR);

ok(sent($ben, $bens), 'another actor of that server');
ok(sent($cat, activity($cat, 'Follow', $ACTOR)), 'one of another server');
is((got('peer.example', 3))[2]{recipient}, 'ben', 'is accepted');
is((got('other.example', 1))[0]{class}, 'Accept', 'as well');
is_deeply(followers(), [sort $ann, $ben, $cat], 'three followers');
is(total_of(3), 3, 'are counted');

# the instance actor only fetches

ok(sent($dan, activity($dan, 'Follow', "$ORIGIN/activitypub/actor")),
    'Follow of the instance actor');

my $reject = (got('other.example', 2))[1];

is($reject->{class}, 'Reject', 'is rejected');
is($reject->{actorId}, "$ORIGIN/activitypub/actor", 'by itself');
is(@{ followers() }, 3, 'and is no follower');

###############################################################################

# a post, its edit and its delete

my $id = publish($t, url => '/posts/one.html', title => 'One',
    content => "<p>The first post: na\xc3\xafve.</p>", language => 'en');

my $create = (got('peer.example', 4))[3];

is($create->{class}, 'Create', 'a post');
is($create->{actorId}, $ACTOR, 'from whom');
is_deeply($create->{to}, [$public], 'to the public');
is_deeply($create->{cc}, ["$ACTOR/followers"], 'and to followers');
is($create->{recipient}, undef, 'at the shared inbox');
is($create->{object}{class}, 'Note', 'a Note');
is($create->{object}{id}, $id, 'its id');
is($create->{object}{attributionId}, $ACTOR, 'its author');
is($create->{object}{url}, "$ORIGIN/posts/one.html", 'its page');
like($create->{object}{content},
    qr!One.*The first post: na\x{ef}ve\..*/posts/one\.html!s, 'title, teaser and link');
is((got('other.example', 3))[2]{object}{id}, $id, 'at the other server');

$t->sql("SELECT activitypub.update_post(object => '$id',
    title => 'One, edited')");

my $update = (got('peer.example', 5))[4];

is($update->{class}, 'Update', 'an edit');
is($update->{object}{id}, $id, 'of the post');
like($update->{object}{content}, qr/One, edited/, 'as it is now');
is($update->{object}{published}, $create->{object}{published},
    'keeps its date');
cmp_ok($update->{object}{updated}, 'ge', $update->{object}{published},
    'and has another');

$t->sql("SELECT activitypub.delete_post('$id')");

my $delete = (got('peer.example', 6))[5];

is($delete->{class}, 'Delete', 'a delete');
is($delete->{object}{class}, 'Tombstone', 'leaves a Tombstone');
is($delete->{object}{id}, $id, 'of the post');
is_deeply([ map { $_->{class} } got('other.example', 5) ],
    [qw/Accept Reject Create Update Delete/], 'in order, at the other server');
is_deeply([ map { "$_->{target} $_->{status}" }
        grep { $_->{method} eq 'POST' && $_->{target} eq '/inbox' }
        @{ $peer->ask(requests => { host => 'peer.example' }) } ],
    [('/inbox 202') x 3], 'one delivery for both actors of a server');

###############################################################################

# what others make of a post

my $post = publish($t, url => '/posts/two.html', title => 'Two',
    content => '<p>The second post.</p>');
my $note = { type => 'Note', id => "$ann/notes/1", attribution => $ann,
    content => "I <b>agree</b>, Zo\x{eb}.", replyTarget => $post, to => $public };
my %reaction = (
    Like => activity($ann, 'Like', $post),
    Announce => activity($ann, 'Announce', $post, to => $public),
    Create => activity($ann, 'Create', $note, to => $public),
);

for my $type (sort keys %reaction) {
    ok(sent($ann, $reaction{$type}, shared => 1), $type);

    my $row = $t->sql("SELECT actor, activity_id, target FROM
        activitypub.received WHERE type = '$type'");

    is($row, "$ann|$reaction{$type}{id}|" . substr($post, -36), 'is kept');
}

my $reply = JSON::PP->new->utf8->decode($t->sql("SELECT body
    FROM activitypub.received WHERE type = 'Create'"))->{object};

is($reply->{inReplyTo}, $post, 'the reply to the post');
is($reply->{content}, "I <b>agree</b>, Zo\x{eb}.", 'as it came');

# and what they make of that later

my %later = (
    Update => activity($ann, 'Update', { %$note, content => 'No.' }),
    Undo => activity($ann, 'Undo', $reaction{Like}),
    Delete => activity($ann, 'Delete', { type => 'Tombstone',
        id => $note->{id} }),
);

for my $type (qw/Update Undo Delete/) {
    ok(sent($ann, $later{$type}), $type);
    is($t->sql("SELECT activity_id FROM activitypub.received
        WHERE type = '$type' AND body <> ''"), $later{$type}{id}, 'is kept');
}

###############################################################################

# Undo, of the embedded Follow and by its id

ok(sent($ann, activity($ann, 'Undo', { %$again })), 'one unfollows');
is_deeply(followers(), [sort $ben, $cat], 'two are left');
is(total_of(2), 2, 'are counted');
ok(sent($ben, activity($ben, 'Undo', $bens->{id})), 'another, by the id');
is_deeply(followers(), [$cat], 'one is left');

my $last = publish($t, url => '/posts/three.html', title => 'Three',
    content => '<p>The third post.</p>');

is((got('other.example', 7))[6]{object}{id}, $last, 'who gets the next post');
ok($t->wait_for(sub {
    $t->sql('SELECT (SELECT count(*) FROM activitypub.delivery)
        + (SELECT count(*) FROM activitypub.fanout)') == 0;
}, 10), 'nothing is on its way');
is_deeply([ grep { ($_->{object}{id} // '') eq $last }
        got('peer.example', 7) ], [], 'the others get nothing');

# actors that are gone when they say so: who follows us, and a stranger

for my $actor (qw/cat dan/) {
    $peer->ask(leave => { host => 'other.example', actor => $actor });
}

$t->sql("DELETE FROM activitypub.remote_actor WHERE uri = '$dan'");

ok(sent($cat, activity($cat, 'Delete', $cat)), 'the last one deletes itself');
is_deeply(followers(), [], 'nobody is left');

my $before = asked('other.example', GET => '/users/dan');

ok(sent($dan, activity($dan, 'Delete', $dan)), 'a stranger deletes itself');
is(scalar(asked('other.example', GET => '/users/dan')), $before,
    'nobody asks who it was');

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
    my ($actor, $type, $object, %o) = @_;

    return { type => $type, id => "$actor/activities/" . ++$serial,
        actor => $actor, object => $object, %o };
}


# true: nothing was refused

sub sent {
    my ($actor, $activity, %o) = @_;

    my ($host, $name) = $actor =~ m!^https://([^/]+)/users/(\w+)$!;

    $peer->ask(send => { host => $host, actor => $name, to => $ACTOR,
        activity => $activity, %o });

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


sub asked {
    my ($host, $method, $target) = @_;

    return grep { $_->{method} eq $method && $_->{target} eq $target }
        @{ $peer->ask(requests => { host => $host }) };
}


# the first activity of a type, in the words we sent

sub sent_to {
    my ($host, $type) = @_;

    my ($first) = grep { ($_->{type} // '') eq $type }
        map { JSON::PP->new->decode($_->{body}) }
        grep { $_->{method} eq 'POST' }
        @{ $peer->ask(requests => { host => $host }) };

    return $first;
}


sub followers {
    my ($code, $out) = $t->apctl(qw/followers list --json/);

    return [ sort map { $_->{uri} } @{ JSON::PP->new->decode($out) } ];
}


sub total {
    return $peer->ask(traverse => { collection => "$ACTOR/followers" })
        ->{total};
}


# as soon as the zone knows

sub total_of {
    my ($n) = @_;

    $t->wait_for(sub { total() == $n });

    return total();
}


sub log_lines { return split /\n/, $t->read_file('knocks.log') }


# "STATUS SCHEME" of each POST to the URI, once there are so many

sub knocks {
    my ($uri, $n) = @_;

    my @knocks;

    $t->wait_for(sub {
        @knocks = map { /^(\d+) POST \Q$uri\E (\S+)/ ? "$1 $2" : () }
            log_lines();
        @knocks >= $n;
    });

    return @knocks;
}

###############################################################################
