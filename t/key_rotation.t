#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A key that is known may have been replaced: when it is old enough and does
# not fit it is looked for once, and who has the old one is not disturbed.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Documents;
use Test::Remote;
use Test::Site;

use Time::HiRes qw/time/;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

my $web = Test::Documents->start($rig, '8.8.4.4', 'a.example');

run_site($t, $rig, server => 'listen 127.0.0.1:8080;');

my $inbox = '/activitypub/news/inbox';
my $old = Test::Remote->new($t, 'https://a.example/u/old');
my $new = Test::Remote->new($t, 'https://a.example/u/new');

# older than a key has to be before it is asked for again, in seconds

my $age = 400;

###############################################################################

# replaced: found at the first signature by the new key, and then known

my $bob = known('bob', $age);

is(post($bob), 202, 'the key that is known');
is($web->news, 0, 'is not asked for');

rotate($bob);

is(post($bob), 202, 'a new key');
is($web->news, 1, 'is asked for once');
is(post($bob), 202, 'again');
is($web->news, 0, 'and not again');
is($t->sql("SELECT text = '" . $bob->pem . "'
    FROM activitypub.remote_key WHERE key_id = '" . $bob->key_id . "'"), 't',
    'is kept');
is(post(as($bob, $old)), 401, 'the old key');
is($web->news, 0, 'does not make us ask');

# many at the same time

my $tom = known('tom', $age);

is(post($tom), 202, 'another');
rotate($tom, hold => 1);

my @posts = map { begin($tom) } 1 .. 10;

$t->wait_for(sub { $web->asked($tom->uri) });
$web->release;

is(join(' ', map { status($_) } @posts), join(' ', (202) x 10),
    'ten posts by a new key');
is($web->news, 1, 'ask once');
$web->hold;

# another worker or node has it already: the database knows

my $ann = known('ann', $age);

is(post($ann), 202, 'the key that is known');
rotate($ann);
$ann->known;
is(post($ann), 202, 'a key that another has found');
is($web->news, 0, 'is not asked for');

# too young to have been replaced

my $kid = known('kid', 100);

is(post(as($kid, $new)), 401, 'another key than one that is young');
is($web->news, 0, 'does not make us ask');

###############################################################################

# a bad signature: one question, whatever comes

my $eve = known('eve', $age);

$web->serve($eve->uri, $eve->document);

is(post(as($eve, $new)), 401, 'a bad signature');
is($web->news, 1, 'is worth one question');
is(post(as($eve, $new)), 401, 'another');
is($web->news, 0, 'is not');
is(post($eve), 202, 'the good one is taken');

# while that question is on its way the good ones need not wait

my $sue = known('sue', $age);

is(post($sue), 202, 'a good one');
$web->serve($sue->uri, body => $sue->document, hold => 1);

my $bad = begin(as($sue, $new));

$t->wait_for(sub { $web->asked($sue->uri) });

my $since = time();

is(post($sue), 202, 'a good one while a bad one makes us ask');
cmp_ok(time() - $since, '<', 4, 'does not wait for it');
$web->release;
is(status($bad), 401, 'the bad one');
$web->hold;
$web->news;

# who has just started, and asks the database only then

my $joe = known('joe', $age);

$web->serve($joe->uri, body => $joe->document, hold => 1);
$bad = begin(as($joe, $new));
$t->wait_for(sub { $web->asked($joe->uri) });
is(post($joe), 202, 'the same, with a key that is new to the worker');
$web->release;
is(status($bad), 401, 'the bad one');
$web->hold;
$web->news;

###############################################################################

# its server does not answer: 503, not every time; the old key stays

my $dan = known('dan', $age);

$web->serve($dan->uri, status => 500);

is(post(as($dan, $new)), 503, 'a key that cannot be asked for');
is($web->news, 1, 'is asked for once');
is(post(as($dan, $new)), 503, 'again');
is($web->news, 0, 'and not again at once');
is(post($dan), 202, 'the old one is still good');

# ... or says that it is gone

my $kim = known('kim', $age);

$web->serve($kim->uri, status => 410);

is(post(as($kim, $new)), 401, 'a new key of one who is gone');
is(post(as($kim, $new)), 401, 'again');
is($web->news, 1, 'is asked for once');
is(post($kim), 202, 'the old one is still good');

###############################################################################

# a key whose owner changes: never by what is claimed, only by what is fetched

my $max = known('max', $age);
my $moritz = Test::Remote->new($t, 'https://a.example/u/moritz',
    like => $max, key_id => $max->key_id);

$web->serve($max->uri, $max->document(publicKey =>
    $max->key(owner => $moritz->uri)));
$web->serve($moritz->uri, $moritz->document);

is(post($moritz), 403, 'somebody else with a known key');
is($web->news, 0, 'does not make us ask');
is(post($max), 202, 'its owner');

# one that the database has, and nobody can use

my $may = known('may');

$t->sql("UPDATE activitypub.remote_key SET text = 'none'
    WHERE key_id = '" . $may->key_id . "'");
$web->serve($may->uri, $may->document);

is(post($may), 202, 'a key that was not one');
is($web->news, 1, 'is asked for');

# its row is gone while the worker still has the key

my $ida = known('ida');

is(post($ida), 202, 'one who is known');
$t->sql("DELETE FROM activitypub.follower AS f
        USING activitypub.remote_actor AS r
        WHERE r.id = f.remote_actor AND r.uri = '" . $ida->uri . "';
    DELETE FROM activitypub.remote_actor WHERE uri = '" . $ida->uri . "'");
$web->serve($ida->uri, $ida->document);

is(post($ida), 202, 'and is not any more');
is($web->news, 1, 'is asked for');

done_testing();

###############################################################################

sub known {
    my ($name, $age) = @_;

    return Test::Remote->new($t, "https://a.example/u/$name", like => $old)
        ->known($age);
}


# who signs with the key of another, under the same key id

sub as {
    my ($who, $other) = @_;

    return Test::Remote->new($t, $who->uri, like => $other);
}


# a new key, which its document shows

sub rotate {
    my ($who, %o) = @_;

    @$who{qw/key pem/} = @$new{qw/key pem/};

    $web->serve($who->uri, body => $who->document, %o);
}


sub begin {
    my ($who) = @_;

    return $who->send($inbox, $who->activity('Follow', $ACTOR),
        host => 'site.example');
}


sub post { status(begin(@_)) }


sub status {
    my ($c) = @_;

    my $r = $c->response('POST');

    return $r ? $r->status : 'nothing';
}

###############################################################################
