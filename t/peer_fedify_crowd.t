#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Many actors of one Fedify server follow at once: their keys are fetched in
# turn, each gets its Accept, and their server gets a post once.

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

my $n = 24;
my @names = map { "user$_" } 1 .. $n;

my $rig = Test::Rig->new->trusted;
my $t = Test::Nginx->new()->has(qw/http_ssl/)->plan(6);

run_site($t, $rig);
$rig->elsewhere('peer.example', '8.8.4.4');

my $peer = Test::Peer->start('fedify', ca => $rig->ca_file);

$peer->ask(listen => { host => 'peer.example', address => '8.8.4.4',
    actors => \@names, crowd => 1, $rig->key_files('peer.example') })
    or die "no server\n";

###############################################################################

my $refused = $peer->ask(sendAll => { all => [ map { {
    host => 'peer.example', actor => $_, to => $ACTOR, activity => {
        type => 'Follow', id => "https://peer.example/follows/$_",
        actor => "https://peer.example/users/$_", object => $ACTOR } }
} @names ] });

# on a busy machine not all are served in time, and come again as they would

cmp_ok(@$refused, '<', $n / 2, 'a crowd is let in');

$t->wait_for(sub {
    !@$refused || !@{ $refused = $peer->ask(sendAll =>
        { all => $refused }) };
}, 30);

is($t->sql('SELECT count(*) FROM activitypub.follower'), $n,
    'and all of them follow');

my @accepts;

$t->wait_for(sub {
    @accepts = @{ $peer->ask(received => { host => 'peer.example' }) };
    @accepts >= $n;
}, 30);

is_deeply([ sort map { "$_->{class} $_->{recipient}" } @accepts ],
    [ sort map { "Accept $_" } @names ], 'each is accepted');
is(total(), $n, 'the collection counts them');

my $id = publish($t, url => '/posts/one.html', title => 'One',
    content => '<p>The first post.</p>');

ok($t->wait_for(sub { posts() && settled() }, 20), 'a post is delivered');
is_deeply([posts()], [$id], 'once for all');

###############################################################################

sub total {
    my $total;

    $t->wait_for(sub {
        $total = $peer->ask(traverse => { collection => "$ACTOR/followers" })
            ->{total};
        $total == $n;
    });

    return $total;
}


sub posts {
    return map { $_->{object}{id} } grep { $_->{class} eq 'Create' }
        @{ $peer->ask(received => { host => 'peer.example' }) };
}


sub settled {
    return $t->sql('SELECT (SELECT count(*) FROM activitypub.delivery)
        + (SELECT count(*) FROM activitypub.fanout)') == 0;
}

###############################################################################
