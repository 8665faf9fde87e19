#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A Fedify server reads our collections page by page: followers, and what was
# liked, shared and answered by actors of its own.

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

###############################################################################

my $public = 'https://www.w3.org/ns/activitystreams#Public';
my $rig = Test::Rig->new->trusted;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

run_site($t, $rig);

my $peer = Test::Peer->start('fedify', ca => $rig->ca_file);
my @names = qw/ann ben/;

$rig->elsewhere('peer.example', '8.8.4.4');
$peer->ask(listen => { host => 'peer.example', address => '8.8.4.4',
    actors => \@names, $rig->key_files('peer.example') })
    or die "no server\n";

my ($post, $other) = map { publish($t, url => "/posts/$_.html", title => $_,
    content => '<p>A post.</p>') } qw/one two/;

# a post that nobody answers

for my $name (qw/replies likes shares/) {
    is_deeply($peer->ask(pages => { collection => "$other/$name" }),
        { type => 'Collection', total => 0, items => [], pages => [] },
        "$name: empty");
}

is_deeply($peer->ask(pages => { collection => "$ACTOR/following" }),
    { type => 'OrderedCollection', total => 0, items => [], pages => [] },
    "following: empty");

# many follow already

$t->sql(<<'EOS');
INSERT INTO activitypub.remote_actor (uri, host, inbox)
SELECT 'https://many.example/users/u' || n, 'many.example',
       'https://many.example/users/u' || n || '/inbox'
  FROM generate_series(1, 120) AS n;
INSERT INTO activitypub.follower (actor, remote_actor, inbox, follow_id)
SELECT a.id, r.id, r.inbox, '' FROM activitypub.actor AS a,
       activitypub.remote_actor AS r
 WHERE a.name = 'news' AND r.host = 'many.example';
EOS

# what Fedify's actors do with the post

for my $name (@names) {
    my $actor = "https://peer.example/users/$name";
    my $note = { type => 'Note', id => "$actor/notes/1",
        attribution => $actor, content => 'I agree.', replyTarget => $post,
        to => $public };

    ok(sent($name, Follow => $ACTOR), "$name follows");
    ok(sent($name, Like => $post), "$name likes it");
    ok(sent($name, Announce => $post, to => $public), "$name shares it");
    ok(sent($name, Create => $note, to => $public), "$name answers");
}

is_deeply(ids("$post/likes"), [map { activity($_, 'Like') } @names],
    'the likes, as Fedify reads them');
is_deeply(ids("$post/shares"), [map { activity($_, 'Announce') } @names],
    'the shares');
is_deeply(ids("$post/replies"),
    [map { "https://peer.example/users/$_/notes/1" } @names], 'the replies');

# the followers

my $all = read_until("$ACTOR/followers", 122);

is($all->{total}, 122, 'all are counted');
is_deeply([map { scalar @{ $_->{items} } } @{ $all->{pages} }], [50, 50, 22],
    'in three pages');
is_deeply([map { "$_->{type} of $_->{partOf}" } @{ $all->{pages} }],
    [("OrderedCollectionPage of $ACTOR/followers") x 3], 'each is one');
is_deeply([@{ $all->{pages}[2]{items} }[20, 21]],
    [map { "https://peer.example/users/$_" } @names], 'the last who came');
is(keys %{ { map { $_ => 1 } map { @{ $_->{items} } } @{ $all->{pages} } } },
    122, 'nobody twice');

done_testing();

###############################################################################

sub activity {
    my ($name, $type) = @_;

    return "https://peer.example/users/$name/" . lc $type;
}


sub sent {
    my ($name, $type, $object, %o) = @_;

    my $actor = "https://peer.example/users/$name";

    $peer->ask(send => { host => 'peer.example', actor => $name,
        to => $ACTOR, activity => { type => $type, actor => $actor,
            id => activity($name, $type), object => $object, %o } });

    return !$peer->error;
}


# what a collection of two has, once it is known

sub ids {
    return [map { @{ $_->{items} } } @{ read_until($_[0], 2)->{pages} }];
}


sub read_until {
    my ($collection, $n) = @_;
    my $found;

    $t->wait_for(sub {
        $found = $peer->ask(pages => { collection => $collection });
        $found->{total} == $n;
    }, 40);

    return $found;
}

###############################################################################
