#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Whoever owns a domain has as many hosts in it as it likes.  None of that
# keeps others from being asked for their keys: not all turns are one
# domain's, nor all places in the line, and deliveries leave room.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Documents;
use Test::Farm;
use Test::Remote;
use Test::Site;

use List::Util qw/max/;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

my @wild = map { "h$_.wild.example" } 1 .. 12;
my @tame = map { "h$_.tame.example" } 1 .. 4;
my @stalling = map { "s$_.example" } 1 .. 32;
my @many = (@stalling, map { "s$_.example" } 33 .. 70);

$rig->crowd('8.8.4.4', 'good.example', @wild, @tame);
$rig->crowd('8.8.4.5', @many);

my $web = Test::Documents->start($rig, '8.8.4.4', 'good.example', @wild,
    @tame);
my $farm = Test::Farm->start($rig, '8.8.4.5', @many);

run_site($t, $rig, server => 'listen 127.0.0.1:8080;');

my $model = Test::Remote->new($t, 'https://good.example/u/model');
my ($n, @waiting) = (0);

prompt('at rest');

###############################################################################

# hosts of one domain that accept and say nothing

{
    no warnings 'redefine';
    local *Test::Remote::_rsa = sub { 'x' x 256 };

    for my $host (@wild) {
        $web->serve("https://$host/u", body => '{}', hold => 1);
        push @waiting, begin(actor("https://$host/u"));
    }

    $t->wait_for(sub { (grep { $_->{url} =~ /wild/ } $web->asked) >= 4 });
    is(grep({ $_->{url} =~ /wild/ } $web->asked), 4,
        'four keys of a domain at a time');
    prompt('while one domain is slow');

    # the line: of hosts that do not even exist

    push @waiting, map { begin(actor("https://x$_.wild.example/u")) }
        1 .. 124;
    prompt('while a crowd of hosts waits');

    for my $host (@tame) {
        $web->serve("https://$host/u", body => '{}', hold => 'tame');
        push @waiting, begin(actor("https://$host/u"));
    }

    $t->wait_for(sub { 4 == grep { $_->{url} =~ /tame/ } $web->asked });
}

# then there is no turn, but a place in the line

my $who = actor('https://good.example/u/line');
my $c;

$web->serve($who->uri, $who->document);
$c = begin($who);
$web->release('tame');
is($c->response('POST')->status, 202, 'there is a place in the line');

$web->release;
@waiting = ();

# those that waited are fetched, or found to be nowhere, before deliveries are
# to have the room that they leave

my ($quiet, $asked) = (0, 0);

$t->wait_for(sub {
    my $now = () = $web->asked;

    $quiet = $now == $asked && !sockets('8.8.4.4') ? $quiet + 1 : 0;
    $asked = $now;
    $quiet > 10;
}, 30) or die "keys are asked for without end\n";

###############################################################################

# Of the connections that are kept to be used again, the oldest make room: a
# worker has no more than 64.

followed(1, @many);
publish($t, url => "$ORIGIN/posts/one", title => 'One', content => 'x');

my $most = 0;

ok($t->wait_for(sub {
    $most = max($most, sockets('8.8.4.5'));
    @many == grep { $_->{type} eq 'Create' } $farm->got;
}, 60), 'seventy servers get a post');

# where all that takes long, some have been idle for too long at its end

my $kept = sockets('8.8.4.5');

cmp_ok($kept, '<=', 64, 'not all connections are kept');
cmp_ok(max($most, $kept), '>', 52, 'as many as there may be are');

# deliveries that nobody answers: of the 64, 12 are for keys and jobs

$farm->behave($_, 'stall') for @stalling;
$t->sql_queue("DELETE FROM activitypub.follower");
followed(2, @stalling);
publish($t, url => "$ORIGIN/posts/two", title => 'Two', content => 'x');

ok($t->wait_for(sub { 52 <= grep { $_->{status} eq 'stall' } $farm->seen }, 15),
    'nobody answers what is sent');
prompt('while deliveries wait');

done_testing();

###############################################################################

# so many followers at each of these servers

sub followed {
    my ($n, @hosts) = @_;

    $t->sql("SELECT count(activitypub.remote_actor_set('https://' || h || u,
            h, 'https://' || h || u || '/inbox', '', '', ''))
        FROM unnest('{@{[ join ',', @hosts ]}}'::text[]) AS h,
            (SELECT '/' || n FROM generate_series(1, $n) AS n) AS n (u)");

    $t->sql("INSERT INTO activitypub.follower (actor, remote_actor, inbox,
        follow_id) SELECT a.id, r.id, r.inbox, '' FROM activitypub.actor a,
        activitypub.remote_actor r WHERE a.name = 'news' AND NOT a.instance
        AND r.host LIKE 's%.example' AND r.host = ANY
            ('{@{[ join ',', @hosts ]}}')");
}


# the connections with that farm

sub sockets {
    my ($address) = @_;

    my @lines = `ss -Htn state established dst $address dport = :443`;

    die "ss\n" if $?;

    return scalar @lines;
}


sub actor { Test::Remote->new($t, shift, like => $model) }


sub begin {
    my ($who) = @_;

    return $who->send('/activitypub/inbox', $who->activity('Follow', $ACTOR),
        host => 'site.example');
}


# somebody new is known in far less than the seven seconds of a wait

sub prompt {
    my ($name) = @_;

    my $who = actor('https://good.example/u/' . ++$n);

    $web->serve($who->uri, $who->document);

    my $c = begin($who);

    ok($t->wait_for(sub { $web->asked($who->uri) }, 6.5),
        "a key is asked for $name");
}

###############################################################################
