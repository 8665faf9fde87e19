#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Who is blocked, by the configuration or by the database, with all that is
# below: refused without a connection to anybody; who is not blocked is let
# in, however alike the names are.

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

use Time::HiRes qw/sleep time/;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

my @names = map { "$_.example" } qw/fine bad good.bad deep.sub.bad notbad
    quiet nomedia other new a.new stranger friend strange.friend
    xn--bcher-kva www.xn--bcher-kva/;

my $web = Test::Documents->start($rig, '8.8.4.4', @names, 'threads.net',
    'www.threads.com');
my $farm = Test::Farm->start($rig, '8.8.4.5', 'late.example', 'gone.example');

my $listed = "activitypub_block bad.example B\xc3\xbcCHER.Example.;
    activitypub_allow good.bad.example;
    activitypub_block quiet.example severity=limit;
    activitypub_block nomedia.example severity=reject_media;";

run_site($t, $rig, http => 'activitypub_block preset=threads;',
    server => "listen 127.0.0.1:8080; $listed");

my $n = 0;
my $inbox = '/activitypub/news/inbox';
my $first;

$first = actor('fine.example');

###############################################################################

# the configuration's

accepted($first, 'a stranger of a domain of which nothing is said');
accepted(actor('good.bad.example'), 'one that is allowed below a blocked one');
accepted(actor('notbad.example'), 'one that ends in the same letters');
accepted(actor('quiet.example'), 'a limited one');
accepted(actor('nomedia.example'), 'one whose media are not wanted');

blocked(actor('bad.example'), 'a blocked one');
blocked(actor('bad.example')->known, 'one whose key is known');
blocked(actor('deep.sub.bad.example'), 'one below it');
blocked(actor('xn--bcher-kva.example'), 'an IDN, by its A-label');
blocked(actor('www.xn--bcher-kva.example'), 'one below it');
blocked(actor('threads.net'), 'one of a preset');
blocked(actor('www.threads.com'), 'one below one of a preset');

# however it is spelled

blocked(actor('bad.example'), "key id $_", key_id => $_)
    for 'https://BAD.Example/u/x#main-key', 'https://bad.example:443/u/x#k',
        'HTTPS://deep.SUB.bad.example/u/x';
blocked(actor('xn--bcher-kva.example'), "key id $_", key_id => $_)
    for "https://b\xc3\xbccher.example/u/x#main-key",
        'https://XN--BCHER-KVA.example/u/x#main-key';

# whatever else is wrong with what it says

blocked(actor('bad.example'), 'one whose date is long ago',
    date => 'Sun, 05 Jan 2014 21:31:40 GMT');
blocked(actor('bad.example'), 'one that does not sign its body',
    covered => '(request-target) host date');

# a name with a dot at its end, or with a port, is nobody's key id

refused(actor('bad.example'), "key id $_", 401, key_id => $_)
    for 'https://bad.example./u/x#main-key',
        'https://bad.example:8443/u/x#main-key';

# by the key of somebody else, who is not blocked

refused(actor('bad.example'), 'a key of another domain', 403,
    key_id => $first->key_id);

my $alias = actor('fine.example');

$web->serve($alias->uri, status => 302,
    headers => [Location => 'https://bad.example/u/somebody']);
$web->serve('https://bad.example/u/somebody', $alias->document);

my $r = post($alias);

is($r->status, 401, 'a key that is said to be at a blocked domain');
is_deeply([map { $_->{url} } $web->news], [$alias->uri],
    'which is not asked for it');

# who does not say who he is, is not judged by that

is($rig->get($ACTOR, accept => 'application/activity+json')->status, 200,
    'an unsigned request');

###############################################################################

# the database's: within a second, of whose key is known too

my $new = actor('a.new.example');

accepted($new, 'before it is blocked');

my $took = took(sub { post($new)->status == 403 && shut('a.new.example') },
    "SELECT activitypub.block_domain('new.example')");

cmp_ok($took, '<', 4, 'a block is in force soon');
blocked($new, 'then it is blocked');
blocked(actor('new.example'), 'and all of the domain');

$took = took(sub { post($new)->status == 202 },
    "SELECT activitypub.unblock_domain('new.example')");

cmp_ok($took, '<', 4, 'its end as well');
accepted($new, 'then it comes back');

# the longest domain counts, and of one that both know the strictest

my $quiet = actor('quiet.example');

$t->sql("SELECT activitypub.block_domain('good.bad.example', 'limit');
         SELECT activitypub.block_domain('quiet.example');
         SELECT activitypub.block_domain('fine.example',
                                         origin => '$ORIGIN');
         SELECT activitypub.allow_domain('deep.sub.bad.example')");

soon(sub { post($first)->status == 403 }, 'blocked for one origin');
soon(sub { post($quiet)->status == 403 }, 'and what came with it');
$web->news;
blocked($quiet, 'limited by one, blocked by the other');
accepted(actor('good.bad.example'), 'allowed by one, limited by the other');
soon(sub { post(actor('deep.sub.bad.example'))->status == 202 },
    'the last of them is heard');
accepted(actor('deep.sub.bad.example'), 'allowed by the database');

$t->sql("SELECT activitypub.unblock_domain('good.bad.example');
         SELECT activitypub.unblock_domain('quiet.example');
         SELECT activitypub.unblock_domain('fine.example', '$ORIGIN');
         SELECT activitypub.unblock_domain('deep.sub.bad.example')");

soon(sub { post($first)->status == 202 }, 'not blocked any more');

###############################################################################

# deliveries: nothing goes to who is blocked, but the Reject that says so

follows($_) for qw/late.example gone.example/;

$t->sql("SELECT activitypub.block_domain('gone.example')");

soon(sub { $farm->got > 2 }, 'a Reject goes to who is blocked');
is(gone(), 'Accept Reject', 'after the Accept');

# a configuration of which the database does not know yet

configure("$listed activitypub_block late.example other.example;");

soon(sub { post(actor('other.example'))->status == 403 }, 'a new one');
soon(sub {
    $t->sql("SELECT count(*) FROM activitypub.domain_policy
        WHERE source = 'configuration' AND domain = 'late.example'") == 1
}, 'the database is told');

$t->sql("DELETE FROM activitypub.domain_policy WHERE domain = 'late.example'");
publish($t, url => "$ORIGIN/posts/one.html", title => 'One', content => 'One');

soon(sub {
    $t->sql("SELECT count(*) FROM activitypub.delivery
        WHERE host = 'late.example'
          AND last_error = 'its domain is blocked'") == 1;
}, 'the worker does not send it');
is(scalar(grep { $_->{host} eq 'late.example' } $farm->got), 1,
    'nothing but the Accept has arrived');
is(gone(), 'Accept Reject', 'nor anything behind the Reject');

###############################################################################

# what a reload takes away

configure('activitypub_block other.example;');

soon(sub { post(actor('bad.example'))->status == 202 }, 'not listed any more');
$web->news;
blocked(actor('other.example'), 'still listed');
blocked(actor('threads.net'), "the http block's");
$web->news;

# nobody but who is allowed

configure('activitypub_federation_mode allowlist;
    activitypub_allow friend.example;
    activitypub_block strange.friend.example severity=limit;
    activitypub_block quiet.example severity=limit;');

accepted(actor('friend.example'), 'who is allowed');
accepted(actor('strange.friend.example'), 'a limited one below him');
blocked(actor('stranger.example'), 'who is not');
blocked(actor('quiet.example'), 'who is limited, but not allowed');
blocked($first, 'whose key is known, but not allowed');
blocked(actor('threads.net'), 'one of a preset');

$t->sql("SELECT activitypub.allow_domain('stranger.example')");

soon(sub { post(actor('stranger.example'))->status == 202 },
    'whom the database allows');

# one of an origin and a domain, each of whom says something else of it

$t->sql("SELECT activitypub.allow_domain('quiet.example',
    origin => 'https://site.example')");

soon(sub { post(actor('quiet.example'))->status == 202 },
    'whom the database allows, and the configuration limits');

is($rig->get($ACTOR, accept => 'application/activity+json')->status, 200,
    'an unsigned request');

done_testing();

###############################################################################

sub actor {
    my ($host, %o) = @_;

    my $uri = "https://$host/u/" . ++$n;
    my $actor = Test::Remote->new($t, $uri, $first ? (like => $first) : (),
        %o);

    $web->serve($uri, $actor->document);

    return $actor;
}


sub follow { $_[0]->activity('Follow', $ACTOR) }


sub post {
    my ($who, %o) = @_;

    return $who->post($inbox, $o{activity} // follow($who),
        host => 'site.example', %o);
}


sub accepted {
    my ($who, $name) = @_;

    my $follow = follow($who);
    my $r = post($who, activity => $follow);

    is($r && $r->status, 202, $name) or diag($r && $r->body);
    is($t->sql("SELECT count(*) FROM activitypub.received
        WHERE activity_id = '$follow->{id}'"), 1, "$name: received");
    $web->news;
}


sub refused {
    my ($who, $name, $status, %o) = @_;

    my $follow = follow($who);
    my $r = post($who, activity => $follow, %o);

    is($r && $r->status, $status, $name) or diag($r && $r->body);
    is($web->news, 0, "$name: nobody is asked");

    return $r;
}


sub blocked {
    my ($who, $name, %o) = @_;

    my $r = refused($who, $name, 403, %o);

    is($r && $r->json->{code}, 'domain_blocked', "$name: is told so");
}


# of a follower whose server is in the farm, until it has its Accept

sub follows {
    my ($host) = @_;

    my $before = $farm->got;

    accepted(Test::Remote->new($t, "https://$host/u/f", like => $first)->known,
        "a follower at $host");
    soon(sub { $farm->got > $before }, "$host has its Accept");
}


# what has arrived there, each signed and of what the follower had sent

sub gone {
    our $pem //= $rig->get($ACTOR, accept => 'application/activity+json')
        ->json->{publicKey}{publicKeyPem};

    return join ' ', map {
        $_->{type} . ($_->{good} ? '' : ' with a wrong digest')
            . ($_->{signature} =~ m{keyId="\Q$ORIGIN\E/}
               && Test::Farm::verified($_, $pem) ? '' : ' unsigned')
            . ($_->{object} =~ m{^https://gone\.example/} ? ''
               : " of $_->{object}")
    } grep { $_->{host} eq 'gone.example' } $farm->got;
}


sub configure {
    my ($server) = @_;

    my $conf = $t->read_file('nginx.conf');

    $conf =~ s/(listen 127.0.0.1:\d+;).*?(activitypub_actor)/$1 $server $2/s
        or die;
    $t->write_file('nginx.conf', $conf);
    ok($t->reload, 'reload');
}


# The zone knows it, and not the database alone: a stranger is refused, and
# nobody is asked who it is.

sub shut {
    my ($host) = @_;

    $web->news;

    return post(actor($host))->status == 403 && !$web->news;
}


# Seconds from the end of a change until something is so.  A second is what is
# meant, on a machine that is idle.

sub took {
    my ($so, $sql) = @_;

    $t->sql($sql);

    my $from = time();

    $t->wait_for($so) or return 99;

    return time() - $from;
}


sub soon { ok($t->wait_for(@_[0, 2 .. $#_]), $_[1]) }

###############################################################################
