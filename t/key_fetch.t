#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A key that nobody here knows is fetched from its origin, over TLS, once, by
# the instance actor, whose signature the other side can verify.

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

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

my $web = Test::Documents->start($rig, '8.8.4.4', 'a.example', 'b.example',
    'evil.example');

$rig->elsewhere('www.site.example', '8.8.4.4');

run_site($t, $rig, server => 'listen 127.0.0.1:8080;
    server_name www.site.example;');

my $inbox = '/activitypub/news/inbox';
my $first = Test::Remote->new($t, 'https://a.example/u/first');

###############################################################################

# an unknown key, then a known one

$web->serve($first->uri, $first->document);

accepted($first, 'a key that is fetched');

my ($asked, @more) = $web->news;

is(@more, 0, 'one request');
is("$asked->{method} $asked->{url}", 'GET ' . $first->uri,
    'without the fragment');
is($asked->{headers}{accept}, 'application/activity+json, '
    . 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    'Accept');
is($asked->{headers}{host}, 'a.example', 'Host');
signed($asked, 'by the instance actor');

is($t->sql("SELECT k.key_id || ' ' || r.inbox || ' ' || r.shared_inbox
    FROM activitypub.remote_actor AS r
    JOIN activitypub.remote_key AS k ON k.remote_actor = r.id
    WHERE r.uri = '" . $first->uri . "'"),
    $first->key_id . ' ' . $first->uri . '/inbox https://a.example/inbox',
    'is kept');

accepted($first, 'again');
is($web->news, 0, 'no request for a known key');

$t->reload;

accepted($first, 'after a reload');
is($web->news, 0, 'no request after a reload');

$t->stop;
$t->run;
$t->wait_document('/activitypub/news', host => 'site.example');

accepted($first, 'after a restart');
is($web->news, 0, 'no request after a restart');

###############################################################################

# the forms of key ids

my $gts = actor('https://a.example/users/gts',
    key_id => 'https://a.example/users/gts/main-key');
my $stub = $gts->document;

delete @$stub{qw/inbox endpoints/};
$web->serve($gts->key_id, $stub);
$web->serve($gts->uri, $gts->document);

accepted($gts, 'a stub document at the key\'s own URL');
asked_for('the stub, then the actor', $gts->key_id, $gts->uri);

my $wp = actor('https://a.example/?author=1');

$web->serve($wp->uri, $wp->document);

accepted($wp, 'a query');
asked_for('and it is asked with the query', $wp->uri);

my $bare = actor('https://a.example/u/bare',
    key_id => 'https://a.example/keys/7');

$web->serve($bare->key_id, $bare->key(type => 'CryptographicKey'));
$web->serve($bare->uri, $bare->document);

accepted($bare, 'a key alone');
asked_for('the key, then its owner', $bare->key_id, $bare->uri);

my $linked = actor('https://a.example/u/linked',
    key_id => 'https://a.example/keys/8');

$web->serve($linked->key_id, $linked->key);
$web->serve($linked->uri, $linked->document(publicKey => $linked->key_id));

accepted($linked, 'a key alone, which the actor lists by its URL');
asked_for('both', $linked->key_id, $linked->uri);

my $many = actor('https://a.example/u/many', key_id =>
    'https://a.example/u/many#two');

$web->serve($many->uri, $many->document(publicKey => [
    { %{ $many->key }, id => 'https://a.example/u/many#one',
        publicKeyPem => 'no key' },
    'https://a.example/u/many#three', $many->key ]));

accepted($many, 'one of several keys');
$web->news;

# an actor that moved: the old URL redirects, or answers with the new id

my $renamed = actor('https://a.example/ap/9');

$renamed->{key_id} = 'https://a.example/@nine#main-key';
$web->serve('https://a.example/@nine',
    $renamed->document(publicKey => $renamed->key));
$web->serve($renamed->uri, $renamed->document);

accepted($renamed, 'a document that calls itself by another id');
asked_for('which is fetched', 'https://a.example/@nine', $renamed->uri);

###############################################################################

# what is not believed; each time nobody but its own origin is asked

my $victim = actor('https://b.example/u/victim');

$web->serve($victim->uri, $victim->document);

my $n = 0;

refused('no such document', 401, eve());
refused('gone', 401, eve(), status => 410);
refused('no content', 401, eve(), status => 204);
refused('text/html', 401, eve(), type => 'text/html');
refused('application/json', 401, eve(), type => 'application/json');
refused('no type', 401, eve(), type => '');
refused('no JSON', 401, eve(), body => '{"id": ');
refused('an array', 401, eve(), body => '[]');
refused('nothing', 401, eve(), body => '');
refused('the same name twice', 401, eve(), body => '{"id":"a","id":"b"}');

for my $case (
    ['a document without keys', publicKey => undef],
    ['another key\'s id', publicKey => { id =>
        'https://evil.example/#other' }],
    ['another\'s key', owner => $victim->uri],
    ['a key without an owner', owner => undef],
    ['a short key', publicKeyPem => Test::Remote->new($t,
        'https://evil.example/', bits => 1024)->pem],
    ['no PEM', publicKeyPem => 'nothing'],
    ['not an actor', type => 'Note'],
    ['an inbox elsewhere', inbox => $victim->uri . '/inbox'],
    ['no inbox', inbox => undef],
    ['another\'s id', id => $victim->uri],
    ['an id of ours', id => $ACTOR],
    ['an id of an alias of ours', id => 'https://www.site.example/x'],
    ['an id that is no URL', id => 'x'])
{
    my ($name, $field, $value) = @$case;
    my $eve = eve();
    my $document = $eve->document;
    my $in = $field =~ /^(?:owner|publicKeyPem)$/ ? $document->{publicKey}
        : $document;

    $in->{$field} = $value;
    refused($name, 401, $eve, body => $document);
}

my $eve = eve();

refused('eleven keys', 401, $eve, body => $eve->document(publicKey => [
    (map { $eve->key(id => $eve->uri . "#$_") } 1 .. 10), $eve->key ]));

$eve = eve();

refused('too much', 401, $eve,
    body => $eve->document(summary => 'x' x (256 * 1024)));

my $large = actor('https://a.example/u/large');

$web->serve($large->uri, $large->document(summary => 'x' x (255 * 1024)));
accepted($large, 'not too much');
$web->news;

# a document that is elsewhere is asked there, and no further

$eve = eve();

$web->serve('https://evil.example/second',
    $eve->document(id => 'https://evil.example/third'));
$web->serve('https://evil.example/third',
    $eve->document(id => 'https://evil.example/third'));

refused('an id that is elsewhere, and there again', 401, $eve,
    body => $eve->document(id => 'https://evil.example/second'),
    asks => [$eve->uri, 'https://evil.example/second']);

# an owner that is a key

$eve = eve();
$eve->{key_id} = 'https://evil.example/key/1';

$web->serve('https://evil.example/key/2',
    $eve->key(id => 'https://evil.example/key/2'));
$web->serve($eve->uri, $eve->document);

refused('a key of a key', 401, $eve, at => $eve->key_id,
    body => $eve->key(owner => 'https://evil.example/key/2'),
    asks => [$eve->key_id, 'https://evil.example/key/2']);

# a key alone is nobody's, unless who owns it says so

for my $case (['who does not list it', []], ['who is elsewhere'],
    ['who is nobody', undef])
{
    my ($name, $keys) = @$case;
    my $eve = eve();

    $eve->{key_id} = $eve->uri . '/key';

    my $owner = @$case == 1 ? $victim->uri : $eve->uri;

    $web->serve($eve->uri, $eve->document(publicKey => $keys))
        if $keys;
    refused("the key of an owner $name", 401, $eve, at => $eve->key_id,
        asks => $keys || @$case == 2 ? [$eve->key_id, $eve->uri]
            : [$eve->key_id],
        body => $eve->key(owner => $owner));
}

# ours are not asked for, by whichever name

for my $origin ($ORIGIN, 'https://www.site.example',
    'https://WWW.Site.Example:443')
{
    my $self = actor("$origin/u/self");

    is($self->post($inbox, follow($self), host => 'site.example')->status,
        401, "a key at $origin");
    is($web->news, 0, 'is not asked for');
}

# a Delete of oneself: of who is not known nothing is asked

my $gone = actor('https://a.example/u/gone');

$web->serve($gone->uri, status => 410);

is($gone->post($inbox, $gone->activity('Delete', $gone->uri),
    host => 'site.example')->status, 202, 'Delete of an unknown actor');
is($web->news, 0, 'asks nobody');

$web->serve($wp->uri, status => 410);
$t->stop;
$t->run;
$t->wait_document('/activitypub/news', host => 'site.example');

is($wp->post($inbox, $wp->activity('Delete', $wp->uri),
    host => 'site.example')->status, 202, 'Delete of a known actor');
is($web->news, 0, 'is verified with the key that is known');
is($t->sql("SELECT count(*) FROM activitypub.remote_actor
    WHERE uri = '" . $wp->uri . "' AND NOT gone"), 0, 'and done');

done_testing();

###############################################################################

sub actor { Test::Remote->new($t, shift, like => $first, @_) }

sub eve { actor('https://evil.example/u/' . ++$n) }

sub follow { $_[0]->activity('Follow', $ACTOR) }


sub accepted {
    my ($who, $name) = @_;

    my $follow = follow($who);
    my $r = $who->post($inbox, $follow, host => 'site.example');

    is($r && $r->status, 202, $name) or diag($r && $r->body);
    is($t->sql("SELECT count(*) FROM activitypub.received
        WHERE activity_id = '$follow->{id}'"), 1, "$name: received");
}


sub asked_for {
    my ($name, @urls) = @_;

    is_deeply([map { $_->{url} } $web->news], \@urls, $name);
}


# ... and remembered: the second time nobody is asked

sub refused {
    my ($name, $status, $who, %o) = @_;

    my $at = delete $o{at} || $who->uri;
    my $asks = delete $o{asks} || [$at];

    # whatever it is that is wrong, the rest is right

    $web->serve($at, body => $who->document, %o) if %o;

    my $r = $who->post($inbox, follow($who), host => 'site.example');

    is($r && $r->status, $status, $name) or diag($r && $r->body);
    asked_for("$name: who is asked", @$asks);

    $r = $who->post($inbox, follow($who), host => 'site.example');

    is($r && $r->status, $status, "$name, again");
    is($web->news, 0, "$name: nobody is asked again");
    is($t->sql("SELECT count(*) FROM activitypub.remote_key
        WHERE key_id = '" . $who->key_id . "'"), 0, "$name: is not kept");
}


sub signed {
    my ($asked, $name) = @_;

    my $p = $web->signature($asked, instance_pem());

    is($p && $p->{keyId}, "$ORIGIN/activitypub/actor#main-key",
        "$name: the key");
    is($p && $p->{algorithm}, 'rsa-sha256', "$name: the algorithm");
    is($p && $p->{headers}, '(request-target) host date',
        "$name: what is covered");
}


sub instance_pem {
    return $rig->get("$ORIGIN/activitypub/actor",
        accept => 'application/activity+json')->json
        ->{publicKey}{publicKeyPem};
}

###############################################################################
