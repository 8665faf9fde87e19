#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A Fedify server looks up our handle over TLS and reads profile and posts.

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

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/)->plan(46);

run_site($t, $rig);

my $peer = Test::Peer->start('fedify', ca => $rig->ca_file);

# WebFinger

my $jrd = $peer->ask(webfinger => { resource => 'acct:news@site.example' });

is($jrd->{subject}, 'acct:news@site.example', 'subject');
is_deeply([ map { $_->{href} } grep { $_->{rel} eq 'self' }
    @{ $jrd->{links} } ], [$ACTOR], 'self');
is($peer->ask(webfinger => { resource => $ACTOR })->{subject},
    'acct:news@site.example', 'WebFinger by the id of the actor');
is($peer->ask(webfinger => { resource => 'acct:nobody@site.example' }),
    undef, 'an unknown account');

# the actor

my $actor = $peer->ask(lookup => { object => '@news@site.example' });

is($actor->{class}, 'Organization', 'type');
is($actor->{id}, $ACTOR, 'id');
is($actor->{preferredUsername}, 'news', 'username');
is($actor->{name}, 'Site News', 'name');
like($actor->{summary}, qr/What we make, and why\./, 'summary');
is($actor->{url}, "$ORIGIN/about.html", 'profile page');
is($actor->{icon}{url}, "$ORIGIN/img/logo.png", 'icon');
is($actor->{inboxId}, "$ACTOR/inbox", 'inbox');
is($actor->{outboxId}, "$ACTOR/outbox", 'outbox');
is($actor->{followersId}, "$ACTOR/followers", 'followers');
is($actor->{followingId}, "$ACTOR/following", 'following');
is($actor->{featuredId}, "$ACTOR/featured", 'featured');
is($actor->{sharedInbox}, "$ORIGIN/activitypub/inbox", 'shared inbox');
is_deeply($actor->{key}, { id => "$ACTOR#main-key", owner => $ACTOR,
    algorithm => 'RSASSA-PKCS1-v1_5', bits => 2048 }, 'key');
is($actor->{fields}[0][0], 'Website', 'field');
like($actor->{fields}[0][1], qr!href="https://site\.example/"!,
    'a field with a link');
like($actor->{fields}[1][1], qr!Nowhere &amp; anywhere!, 'a field with text');
ok($actor->{discoverable}, 'discoverable');

is($peer->ask(handle => { actor => $ACTOR }), '@news@site.example',
    'the handle, the way back');
is_deeply($peer->ask(lookup => { object => "$ORIGIN/about.html" }), $actor,
    'the actor by its profile page');

my $instance = $peer->ask(lookup => { object => "$ORIGIN/activitypub/actor" });

is($instance->{class}, 'Application', 'the instance actor');
is($instance->{preferredUsername}, 'site.example', 'is named as the host');
is($instance->{key}{bits}, 2048, 'has a key');

# NodeInfo

my $nodeinfo = $peer->ask(nodeinfo => { url => "$ORIGIN/" });

is($nodeinfo->{software}{name}, 'nginx-activitypub', 'software');
is_deeply($nodeinfo->{protocols}, ['activitypub'], 'protocols');

# a post by its id and by its page

my $id = publish($t, url => '/posts/one.html', title => 'One',
    content => '<p>The first post.</p>', language => 'en');

my $post = $peer->ask(lookup => { object => $id });

is($post->{class}, 'Note', 'a post');
is($post->{id}, $id, 'its id');
is($post->{attributionId}, $ACTOR, 'its author');
is($post->{url}, "$ORIGIN/posts/one.html", 'its page');
like($post->{content}, qr/One.*The first post\..*\/posts\/one\.html/s,
    'title, teaser and link');
is_deeply($post->{to}, [$public], 'to the public');
is_deeply($post->{cc}, ["$ACTOR/followers"], 'and to followers');
is_deeply($t->wait_for(sub {
    $peer->ask(lookup => { object => "$ORIGIN/posts/one.html", quiet => 1 });
}), $post, 'the same by its page');

# an Article and the outbox

my $article = publish($t, url => '/posts/two.html', title => 'Two',
    content => '<p>At length.</p>', object_type => 'Article');

is($peer->ask(lookup => { object => $article })->{name}, 'Two', 'an Article');

my $outbox = $peer->ask(traverse => { collection => "$ACTOR/outbox" });

is($outbox->{total}, 2, 'the outbox counts');
is_deeply([ map { [ @$_{qw/class actorId/}, $_->{object}{id} ] }
        @{ $outbox->{items} } ],
    [ [ 'Create', $ACTOR, $article ], [ 'Create', $ACTOR, $id ] ],
    'and lists, the newest first');

# an edit

$t->sql("SELECT activitypub.update_post(object => '$id',
    title => 'One, edited')");

my $edited = $t->wait_for(sub {
    my $found = $peer->ask(lookup => { object => $id });

    $found->{updated} && $found;
}, 5);

like($edited->{content}, qr/One, edited/, 'an edit');
is($edited->{published}, $post->{published}, 'keeps its date');
cmp_ok($edited->{updated}, 'ge', $edited->{published}, 'and has another');

# a Tombstone: Fedify takes a 410 for nothing, as it must

$t->sql("SELECT activitypub.delete_post('$id')");

ok($t->wait_for(sub {
    !$peer->ask(lookup => { object => $id, quiet => 1 });
}, 5), 'a deleted post is not found');

my $tombstone = $rig->get($id, accept => 'application/activity+json');

is($tombstone->status, 410, 'it is gone');
is_deeply([ map { $_->{object}{id} } @{ $peer->ask(traverse =>
        { collection => "$ACTOR/outbox" })->{items} } ],
    [$article], 'and no more in the outbox');

###############################################################################
