#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A post goes to the inboxes of all who follow, each once and signed; so do
# its edit and its delete; what an inbox answers decides what comes next.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Farm;
use Test::Site;

###############################################################################

my @hosts = map { "peer$_.example" } 1 .. 6;

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/)->plan(23);

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

my $farm = Test::Farm->start($rig, '8.8.4.4', @hosts);

run_site($t, $rig);

# peer1 and peer2 have a shared inbox, three followers each; the others one

follow($_, 1 + ($_ - 1) % 3, 1) for 1 .. 6;
follow($_, $_, 0) for 3 .. 6;

sub follow {
    my ($n, $host, $shared) = @_;

    return if $shared && $host > 2;

    my $at = "https://peer$host.example";
    my $inbox = $shared ? "$at/shared" : "$at/users/$n/inbox";

    $t->sql(<<"EOF2");
WITH r AS (
    INSERT INTO activitypub.remote_actor (uri, host, inbox, shared_inbox)
    VALUES ('$at/users/s$shared-$n', 'peer$host.example',
            '$at/users/$n/inbox', @{[ $shared ? "'$inbox'" : "''" ]})
    RETURNING id
)
INSERT INTO activitypub.follower (actor, remote_actor, inbox, follow_id)
SELECT a.id, r.id, '$inbox', '$at/follow/$n'
  FROM activitypub.actor AS a, r WHERE a.uri = '$ACTOR';
EOF2
}

my @inboxes = sort 'peer1.example/shared', 'peer2.example/shared',
    map { "peer$_.example/users/$_/inbox" } 3 .. 6;

###############################################################################

# a post

my $id = publish($t, url => '/posts/one.html', title => 'One',
    content => '<p>The first post.</p>', language => 'en');

my @got = arrived('Create', 6);

is_deeply([ sort map { "$_->{host}$_->{target}" } @got ], \@inboxes,
    'each inbox once, shared ones folded');
is(scalar(grep { $_->{good} } @got), 6, 'digests');
is(scalar(keys %{{ map { $_->{body} => 1 } @got }}), 1, 'the same bytes');
is(scalar(grep { verified($_) } @got), 6, 'signatures');

my $one = $got[0];

ok(!verified({ %$one, base => $one->{base} . ' ' }), 'a bit more is not');
is(index($one->{signature}, qq{keyId="$ACTOR#main-key",algorithm="rsa-sha256",}
    . 'headers="(request-target) host date digest content-type",signature="'),
    0, 'what is covered');
like($one->{digest}, qr/^SHA-256=/, 'the digest in upper case');
like($one->{date}, qr/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/, 'date');
is($one->{content_type}, 'application/activity+json', 'content type');
like($one->{agent}, qr!\+https://site\.example/!, 'who sends');

ok(settled(), 'nothing is left in the queue');

###############################################################################

# an edit, and a delete after a follower has gone

$t->sql("SELECT activitypub.update_post(object => '$id', title => 'Two')");

is_deeply([ sort map { "$_->{host}$_->{target}" } arrived('Update', 6) ],
    \@inboxes, 'an edit');
ok(settled(), 'is settled');

$t->sql("DELETE FROM activitypub.follower WHERE inbox LIKE '%peer6%'");
$t->sql("SELECT activitypub.delete_post('$id')");

is_deeply([ sort map { "$_->{host}$_->{target}" } arrived('Delete', 6) ],
    \@inboxes, 'a delete goes to who got it');
ok(settled(), 'is settled');

###############################################################################

# what comes of an answer

$farm->behave('peer1.example', '500');
$farm->behave('peer2.example', '410');
$farm->behave('peer3.example', '429 600');
$farm->behave('peer4.example', '400');
$farm->behave('peer5.example', 'reset');

my $began = $t->sql('SELECT clock_timestamp()');

publish($t, url => '/posts/two.html', title => 'Three',
    content => '<p>Another.</p>');

ok($t->wait_for(sub {
    $t->sql("SELECT count(*) FROM activitypub.delivery
        WHERE claim IS NULL AND attempts = 1") == 5;
}, 15), 'five that failed');

my %row = map { my ($host, @r) = split /\|/; $host => \@r } split /\n/,
    $t->sql("SELECT host, state, attempts, coalesce(status, 0),
        round(extract(epoch FROM next_at - '$began')),
        round(extract(epoch FROM next_at - now())), last_error
        FROM activitypub.delivery ORDER BY host");

ok(later('peer1.example', 500, 23, 37), 'a 500: after half a minute');
ok(later('peer2.example', 410, 43000, 52000), 'a 410: in half a day');
ok(later('peer3.example', 429, 599, 601), 'a 429: when it says')
    or diag explain \%row;
is($row{'peer4.example'}[0], 'dead', 'a 400: never');
ok(later('peer5.example', 0, 23, 37), 'a reset: after half a minute');

# and again

$farm->behave($_, '202') for @hosts;
$t->sql('SELECT activitypub.delivery_retry()');

ok($t->wait_for(sub {
    my %n;
    $n{"$_->{host}$_->{target}"}++
        for grep { $_->{type} eq 'Create' } $farm->got;
    keys %n == 6 && (grep { $_ == 2 } values %n) == 5;
}, 15), 'and then it arrives');
ok(settled(), 'all of it');

###############################################################################

sub arrived {
    my ($type, $n) = @_;

    $t->wait_for(sub { grep({ $_->{type} eq $type } $farm->got) >= $n }, 15);

    return grep { $_->{type} eq $type } $farm->got;
}


sub settled {
    return $t->wait_for(sub {
        !$t->sql('SELECT count(*) FROM activitypub.delivery')
    }, 10);
}


sub later {
    my ($host, $status, $from, $to) = @_;

    # from before the try until then, and from now

    my ($state, $attempts, $was, $all, $left) = @{ $row{$host} || [] };

    return defined $state && $state eq 'waiting' && $attempts == 1
        && $was == $status && $all >= $from && $left <= $to;
}


# by the key in the actor's document

sub verified {
    my ($request) = @_;

    our $pem //= $rig->get($ACTOR, accept => 'application/activity+json')
        ->json->{publicKey}{publicKeyPem};

    return Test::Farm::verified($request, $pem);
}

###############################################################################
