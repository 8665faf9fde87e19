#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The servers that keys are fetched from redirect, fail, stall, and are many:
# what may pass is 503 and comes again, what will not is 401, and nobody makes
# us ask more than a few at a time.

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

use IO::Socket::INET;
use Time::HiRes qw/time/;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

$rig->elsewhere('bad.example', '8.8.4.4');
$rig->{ca}->issue('bad.example', names => ['other.example']);

# ... and one that accepts connections and says nothing

$rig->elsewhere('silent.example', '8.8.4.5');

my $silent = IO::Socket::INET->new(Listen => 5, LocalAddr => '8.8.4.5',
    LocalPort => 443) or die "8.8.4.5: $!\n";

my @hosts = map { "h$_.example" } 1 .. 5;
my $web = Test::Documents->start($rig, '8.8.4.4', 'a.example', 'b.example',
    'bad.example', 'www.site.example', @hosts);

# names that lead to where nobody may be led

@{ $rig->{names} }{qw/private.example metadata.example loop.example/} =
    (['10.1.2.3'], ['169.254.169.254'], ['127.0.0.1']);
$rig->elsewhere('closed.example', '8.8.8.8');

run_site($t, $rig, server => 'listen 127.0.0.1:8080;
    server_name www.site.example;');

my $inbox = '/activitypub/news/inbox';
my $model = Test::Remote->new($t, 'https://a.example/u/model');
my $pem = $rig->get("$ORIGIN/activitypub/actor",
    accept => 'application/activity+json')->json->{publicKey}{publicKeyPem};
my $n = 0;

###############################################################################

# redirects: each hop is signed for where it goes

my $far = actor('https://a.example/u/far',
    key_id => 'https://a.example/r/1#main-key');

redirect('https://a.example/r/1', 'https://b.example/hop?x=1');
redirect('https://b.example/hop?x=1', '/hop/2', 307);
redirect('https://b.example/hop/2', $far->uri . '#here', 308);
$web->serve($far->uri, $far->document);

is(post($far), 202, 'three redirects');

my @asked = $web->news;

is_deeply([map { $_->{url} } @asked], ['https://a.example/r/1',
    'https://b.example/hop?x=1', 'https://b.example/hop/2', $far->uri],
    'each is asked');
is(grep({ $web->signature($_, $pem) } @asked), 4, 'each with its signature');
is(keys %{ { map { $_->{headers}{signature} => 1 } @asked } }, 4,
    'which is another each time');

my $farther = actor('https://a.example/u/farther');

redirect('https://a.example/u/farther', 'https://a.example/r/0');
redirect('https://a.example/r/0', 'https://a.example/r/1');
refused('four redirects', $farther, $farther->uri, 'https://a.example/r/0',
    'https://a.example/r/1', 'https://b.example/hop?x=1');

my $back = actor('https://a.example/r/back');

redirect($back->uri, 'https://b.example/forth');
redirect('https://b.example/forth', $back->uri);
refused('a loop', $back, $back->uri, 'https://b.example/forth');

for my $case (
    ['to itself', undef],
    ['to http', 'http://a.example/x'],
    ['to the site itself', $ACTOR],
    ['to another name of the site', 'https://www.site.example/x'],
    ['to a private address', 'https://private.example/x'],
    ['to a machine\'s metadata', 'https://metadata.example/x'],
    ['to an address of its own', 'https://loop.example/x'],
    ['to an IP literal', 'https://8.8.4.4/x'],
    ['to a name without a domain', 'https://localhost/x'],
    ['to another port', 'https://a.example:8443/x'],
    ['to no scheme', '//b.example/x'],
    ['to nothing', ''],
    ['with a user', 'https://u:p@a.example/x'],
    ['far away', 'https://a.example/' . 'x' x 8000])
{
    my ($name, $to) = @$case;
    my $who = actor("https://a.example/r/bad" . ++$n);

    redirect($who->uri, $to // $who->uri);
    refused("a redirect $name", $who, $who->uri);
}

my $lost = actor('https://a.example/r/lost');

$web->serve($lost->uri, status => 302);
refused('a redirect without Location', $lost, $lost->uri);

unlike($t->read_file('access.log'), qr{^9\.9\.9\.10 .*GET .*nginx-activitypub}m,
    'the site asked itself nothing');

###############################################################################

# somebody else's key is not even asked for

my $victim = actor('https://b.example/u/victim');
my $thief = actor('https://a.example/u/thief');

$web->serve($victim->uri, $victim->document);
$web->serve($thief->uri, $thief->document);

is(post($thief, $victim->activity('Follow', $ACTOR)), 403,
    'a key of another origin');
is($web->news, 0, 'is not asked for');

# a key's id that redirects to a key and an owner of another origin

my $fence = actor('https://a.example/u/fence',
    key_id => 'https://a.example/r/key');

redirect($fence->key_id, 'https://b.example/key');
$web->serve('https://b.example/key', $victim->key(
    id => 'https://b.example/key'));
refused('a key that redirects to another\'s', $fence, $fence->key_id,
    'https://b.example/key');

my $neighbour = actor('https://a.example/u/neighbour');

is(post($thief, $neighbour->activity('Follow', $ACTOR)), 403,
    'a key of another actor of the origin');
$web->news;

###############################################################################

# what may pass: 503, never 401, and asked again each time

my @passing = ((map { ["an answer $_", status => $_] }
        500, 502, 503, 429, 408),
    ['no answer', close => 1]);

for my $case (@passing) {
    my ($name, @what) = @$case;
    my $who = actor("https://h1.example/u/" . ++$n);

    $web->serve($who->uri, @what);
    unavailable($name, $who);
    is($web->news, 1, "$name: is asked");

    $web->serve($who->uri, $who->document);
    is(post($who), 202, "$name: has passed");
    $web->news;
}

for my $case (['a closed port', 'closed.example'],
    ['a certificate of another name', 'bad.example'],
    ['a name that is not known', 'nobody.example'])
{
    my ($name, $host) = @$case;

    unavailable($name, actor("https://$host/u/" . ++$n));
    is($web->news, 0, "$name: nobody is asked");
}

# anybody can name what a server has not in order: it has answered

my $sound = actor('https://h2.example/u/sound')->known(400);

is(post($sound), 202, 'a server that is well');

for my $i (1 .. 6) {
    my $who = actor("https://h2.example/u/odd$i");

    $web->serve($who->uri, status => 500);
    unavailable("answer $i", $who);
}

is($web->news, 6, 'six odd answers, and each was asked for');

# a server that does not answer five times in a row is left alone, it only

for my $i (1 .. 5) {
    my $who = actor("https://h2.example/u/$i");

    $web->serve($who->uri, close => 1);
    unavailable("failure $i", $who);
}

cmp_ok(scalar($web->news), '>=', 5, 'five failures, each asked for');
unavailable('the sixth', actor('https://h2.example/u/6'));
is($web->news, 0, 'is not asked for');

# ... but for the key that we had from it

my $fresh = Test::Remote->new($t, 'https://h2.example/u/fresh');

@$sound{qw/key pem/} = @$fresh{qw/key pem/};
$web->serve($sound->uri, $sound->document);

is(post($sound), 202, 'a new key of who was known before');
is($web->news, 1, 'is asked for');

my $other = actor('https://h3.example/u/other');

$web->serve($other->uri, $other->document);
is(post($other), 202, 'another server is');
$web->news;

###############################################################################

# one key that many want is fetched once

my $wanted = actor('https://h3.example/u/wanted');

$web->serve($wanted->uri, body => $wanted->document, hold => 1);

my @waiting = map { begin($wanted) } 1 .. 20;

$t->wait_for(sub { $web->asked($wanted->uri) });
is(begin($other)->response('POST')->status, 202, 'others need not wait');

$web->release;

is(join(' ', map { status($_) } @waiting), join(' ', (202) x 20),
    'twenty posts with one key');
is($web->asked($wanted->uri), 1, 'one request');
is($t->sql("SELECT count(DISTINCT activity_id) FROM activitypub.received
    WHERE actor = '" . $wanted->uri . "'"), 20, 'twenty activities');
$web->hold;
$web->news;

# four keys of one server at a time, and eight of all; of those of a server
# two are on the wire, and two wait for them; others wait for their turn

@waiting = map { begin(held("https://h3.example/u/m$_")) } 1 .. 12;
asks(2);
push @waiting, map { begin(held("https://h4.example/u/m$_")) } 1 .. 4;
asks(4);

my $ninth = begin(actor('https://h5.example/u/ninth'));

ok(!$t->wait_for(sub { $web->asked('https://h5.example/u/ninth') }, 0.5),
    'a ninth key waits');

$web->release;

is(join(' ', map { status($_) } @waiting), join(' ', (202) x 16),
    'all arrive in turn');
is(status($ninth), 401, 'and the ninth, which is none');
$web->hold;
$web->news;

# so many wait for a server; no signature is looked at before there is a key

{
    no warnings 'redefine';
    local *Test::Remote::_rsa = sub { 'x' x 256 };

    my @held = map { held("https://h3.example/u/c$_") } 1 .. 4;
    my @crowd = map { actor("https://h3.example/u/c$_") } 5 .. 69;

    @waiting = map { begin($_) } @held, @crowd[0 .. 63];

    my $since = time();

    unavailable('the next has to come again', $crowd[64]);
    cmp_ok(time() - $since, '<', 5, 'which it hears at once');

    $web->release;
    status($_) for @waiting;
    $web->hold;
    $web->news;
}

# who does not wait for the answer

my $hasty = held('https://h4.example/u/hasty');

undef $_ for map { begin($hasty) } 1 .. 3;
$t->wait_for(sub { $web->asked($hasty->uri) });
$web->release;
$t->wait_for(sub { known($hasty) });

is(post($hasty), 202, 'a key for which nobody waited is there');
is($web->asked($hasty->uri), 1, 'and is not asked for again');
$web->hold;

# a slow server: we answer in time, and have the key when it is there

my $slow = held('https://h5.example/u/slow');
my $mute = begin(actor('https://silent.example/u/mute'));

# http_post() has the patience that others have: ten seconds

my $began = time();

unavailable('a slow server', $slow);

is(status($mute), 503, 'one that shakes no hands');

# ... and so long we wait for its first byte

SKIP: {
    my $since = time();

    skip('that took too long', 5) if $since - $began > 8.5;

    unavailable('still', $slow);
    cmp_ok(time() - $since, '<', 6, 'at once');

    $web->release;

    my $late = time() - $began > 9.5;

    $t->wait_for(sub { known($slow) });
    is(post($slow), 202, 'and then it is there');

    skip('that took too long', 1) if $late;
    is($web->asked($slow->uri), 1, 'asked for once');
}

done_testing();

###############################################################################

sub actor { Test::Remote->new($t, shift, like => $model, @_) }


sub held {
    my ($uri) = @_;

    my $who = actor($uri);
    $web->serve($uri, body => $who->document, hold => 1);

    return $who;
}


sub redirect {
    my ($from, $to, $status) = @_;

    $web->serve($from, status => $status // 302, headers => [Location => $to]);
}


sub begin {
    my ($who) = @_;

    return $who->send($inbox, $who->activity('Follow', $ACTOR),
        host => 'site.example');
}


sub post {
    my ($who, $activity) = @_;

    my $r = $who->post($inbox, $activity // $who->activity('Follow', $ACTOR),
        host => 'site.example');

    return $r && $r->status;
}


sub status {
    my ($c) = @_;

    my $r = $c->response('POST');

    return $r ? $r->status : 'nothing';
}


sub asks {
    my ($n) = @_;

    $t->wait_for(sub { my @asked = $web->asked;
        @asked - $web->{serial} >= $n });
}


sub known {
    my ($who) = @_;

    return $t->sql("SELECT count(*) FROM activitypub.remote_key
        WHERE key_id = '" . $who->key_id . "'");
}


# for good, and remembered

sub refused {
    my ($name, $who, @asked) = @_;

    is(post($who), 401, $name);
    is_deeply([map { $_->{url} } $web->news], \@asked, "$name: who is asked");
    is(post($who), 401, "$name, again");
    is($web->news, 0, "$name: nobody is asked again");
}


sub unavailable {
    my ($name, $who) = @_;

    my $r = begin($who)->response('POST');

    is($r && $r->status, 503, $name) or diag($r && $r->body);
    like($r && $r->header('Retry-After'), qr/^\d+$/, "$name: Retry-After");
}

###############################################################################
