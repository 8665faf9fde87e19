#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# An actor has several keys, RSA and Ed25519, in two lists; a key changes
# hands, ends, or goes with its owner; and an actor that says it has changed
# is believed by its document alone.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Documents;
use Test::Multikey;
use Test::Remote;
use Test::Site;

use POSIX qw/strftime/;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

my $web = Test::Documents->start($rig, '8.8.4.4', 'a.example', 'c.example',
    'many.example', 'new.many.example', 'new.been.example',
    'old.been.example');

run_site($t, $rig, server => 'listen 127.0.0.1:8080;');

my $inbox = '/activitypub/news/inbox';
my $model = Test::Remote->new($t, 'https://a.example/u/model');
my $other = Test::Remote->new($t, 'https://a.example/u/other');
my $n = 0;

###############################################################################

# FEP-521a: Ed25519 beside RSA

my $ann = actor('ann');
my $ed = Test::Multikey->ed25519($t);

$web->serve($ann->uri, $ann->document(
    assertionMethod => [ multikey($ann, '#ed', $ed) ]));

is(post(by($ann, '#ed', $ed)), 202, 'a key of Ed25519');
is($web->news, 1, 'is asked for');
is(post($ann), 202, 'the RSA key beside it');
is($web->news, 0, 'is known from the same document');
is(post(by($ann, '#ed', $ed)), 202, 'and the first one');
is($web->news, 0, 'still');
is(keys_of($ann), '#ed #main-key', 'both are kept');
is(post(by($ann, '#ed', Test::Multikey->ed25519($t))), 401,
    'another key of Ed25519');
is(post(by($ann, '#main-key', $ed)), 401, 'a key under the id of another');

# RSA in the same form; a list of one; a document of its own; with a query

my $rsa = Test::Multikey->rsa($t, $model->{key});

for my $case (['a Multikey of RSA', 'rsa', '#rsa', 'inside'],
    ['a Multikey that stands alone', 'alone', '/keys/1', 'alone'],
    ['one with a query', 'query', '?key=1', 'alone'],
    ['one that the list names', 'named', '/key#k', 'named'])
{
    my ($name, $who, $id, $where) = @$case;

    $who = actor($who);

    my $key = multikey($who, $id, $rsa);
    my $document = $key->{id} =~ s/#.*//r;

    $web->serve($document, $key) if $where ne 'inside';
    $web->serve($who->uri, $who->document(publicKey => undef,
        assertionMethod => $where eq 'named' ? $key->{id} : $key));

    is(post(by($who, $id, $rsa)), 202, $name);
    $web->news;
}

# what is no key of theirs

for my $case (['of another type', type => 'JsonWebKey'],
    ['of another controller', controller => 'https://a.example/u/model'],
    ['of nobody', controller => undef],
    ['malformed', publicKeyMultibase => 'z6Mk0'],
    ['of another base', publicKeyMultibase => 'm7QE'],
    ['that has ended', expires => '2026-01-01T00:00:00Z'],
    ['that was revoked', revoked => '2026-01-01T00:00:00Z'],
    ['that ends at no time', expires => 'never'],
    ['with nine others and a PEM', many => 9])
{
    my ($name, %o) = @$case;
    my $who = actor('no' . ++$n);
    my $many = delete $o{many} // 0;

    $web->serve($who->uri, $who->document(assertionMethod => [
        { %{ multikey($who, '#ed', $ed) }, %o },
        map { multikey($who, "#x$_", $ed) } 1 .. $many ]));

    is(post(by($who, '#ed', $ed)), 401, "a Multikey $name");
    is($web->news, 1, "$name: asked for");
    is(post(by($who, '#ed', $ed)), 401, "a Multikey $name, again");
    is($web->news, 0, "$name: is remembered");
    is(keys_of($who), '', "$name: is not kept");
}

my $ten = actor('ten');

$web->serve($ten->uri, $ten->document(assertionMethod => [
    map { multikey($ten, "#x$_", $ed) } 1 .. 9 ]));
is(post(by($ten, '#x9', $ed)), 202, 'the last of ten keys');
$web->news;

# one that ends while we have it

my $end = actor('end');

$web->serve($end->uri, $end->document(assertionMethod => [
    { %{ multikey($end, '#ed', $ed) }, expires
        => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time() + 8)) } ]));

is(post(by($end, '#ed', $ed)), 202, 'a key that ends soon');
$web->news;

###############################################################################

# R12: a known key whose document names another owner

for my $case (['the old owner lists it still', 401, 'lists'],
    ['the old owner lists it no more', 202, 'lost'],
    ['the old owner is gone', 202, 'gone'],
    ['the old owner is not found', 202, 'absent'],
    ['the old owner does not answer', 503, 'silent'])
{
    my ($name, $status, $what) = @$case;
    my $id = "https://a.example/keys/$what";
    my $old = actor("old-$what", key_id => $id)->known(400);
    my $new = Test::Remote->new($t, "https://a.example/u/new-$what",
        like => $other, key_id => $id);

    $web->serve($id, $new->key);
    $web->serve($new->uri, $new->document(publicKey => $id));
    $web->serve($old->uri, $old->document(publicKey => $id))
        if $what eq 'lists';
    $web->serve($old->uri, $old->document(publicKey => undef))
        if $what eq 'lost';
    $web->serve($old->uri, status => 410) if $what eq 'gone';
    $web->serve($old->uri, close => 1) if $what eq 'silent';

    is(post($new), $status, $name);

    my @asked = map { $_->{url} } $web->news;

    is("@asked[0 .. 2]", join(' ', $id, $new->uri, $old->uri),
        "$name: all of them are asked");
    is($t->sql("SELECT r.uri FROM activitypub.remote_key AS k
        JOIN activitypub.remote_actor AS r ON r.id = k.remote_actor
        WHERE k.key_id = '$id'"), ($status == 202 ? $new : $old)->uri,
        "$name: whose it is");
}

# an actor who lists what is another's gets nothing by that

my $eve = actor('eve');
my $victim = actor('victim')->known(400);

$web->serve($victim->uri, $victim->document);
$web->serve($eve->uri, $eve->document(publicKey => [$eve->key,
    { %{ $eve->key(id => $victim->key_id) },
        publicKeyPem => $other->pem }]));
is(post($eve), 202, 'who lists the key of another beside its own');
is(keys_of($victim), '#main-key', 'has not got that');
is(post($victim), 202, 'whose it is has it');
$web->news;

###############################################################################

# who is gone, by 410 or a Tombstone of its own URL

for my $case (['410', 202, status => 410],
    ['a Tombstone', 202, body => { type => 'Tombstone' }],
    ['404', 401, status => 404],
    ['an actor', 401, body => 'document'],
    ['500', 503, status => 500],
    ['a redirect to 410', 401, status => 302,
        headers => [Location => 'https://a.example/gone']])
{
    my ($name, $status, %o) = @$case;

    $web->serve('https://a.example/gone', status => 410);

    for my $id ('#main-key', '/main-key') {
        my $who = actor('farewell' . ++$n);

        $who->{key_id} = $who->uri . $id;
        $who->known(400);

        my %answer = (%o, !ref $o{body} ? () : (body =>
            { %{ $o{body} }, id => $who->uri }));

        $answer{body} = $who->document if ($o{body} // '') eq 'document';

        $web->serve($who->uri, %answer);
        $web->serve($who->key_id, status => 410) if $id !~ /^#/;

        is(farewell($who), $status, "a Delete of oneself, $id: $name");
        is($t->sql("SELECT gone FROM activitypub.remote_actor
            WHERE uri = '" . $who->uri . "'"), $status == 202 ? 't' : 'f',
            "$id: $name: what becomes of it");
    }
}

# nobody else says so

my $alive = actor('alive')->known(400);

$web->serve($alive->uri, $alive->document);
$web->serve('https://a.example/u/dead', status => 410);

my $liar = Test::Remote->new($t, $alive->uri, like => $other,
    key_id => 'https://a.example/u/dead#main-key');

is(farewell($liar), 401, 'by the key of somebody who is gone');
is($t->sql("SELECT gone FROM activitypub.remote_actor
    WHERE uri = '" . $alive->uri . "'"), 'f', 'another one stays');
$web->news;

###############################################################################

# who says that it has changed is asked

my $mover = actor('mover')->known(400);

$web->serve($mover->uri, $mover->document(
    inbox => $mover->uri . '/in', endpoints => undef,
    publicKey => [$mover->key, $mover->key(id => $mover->uri . '#two')]));

is(update($mover, inbox => 'https://a.example/forged'), 202, 'an Update');
ok($t->wait_for(sub { keys_of($mover) eq '#main-key #two' }),
    'is a reason to fetch the document');
is($t->sql("SELECT inbox || shared_inbox FROM activitypub.remote_actor
    WHERE uri = '" . $mover->uri . "'"), $mover->uri . '/in',
    'which says what is so');
is($web->news, 1, 'once');
is(update($mover), 202, 'another Update');
is(post($mover), 202, 'and something else');
is($web->news, 0, 'ask nobody so soon');

###############################################################################

# the other kind of signature

my $strict = actor('strict', 'c.example');
my $later = actor('later', 'c.example');

$web->serve($_->uri, body => $_->document, needs => 'signature-input')
    for $strict, $later;

is(post($strict), 202, 'a server that takes RFC 9421 alone');
is(join(' ', map { $_->{headers}{'signature-input'} ? 'new' : 'old' }
    $web->news), 'old new', 'is asked twice');
is(post($later), 202, 'another actor of it');
is(join(' ', map { $_->{headers}{'signature-input'} ? 'new' : 'old' }
    $web->news), 'new', 'and then as it likes it');

my $back = actor('back', 'c.example');

$web->serve($back->uri, body => $back->document, needs => '-signature-input');
is(post($back), 202, 'when it does so no more');
is($web->news, 2, 'it is asked twice again');

my $closed = actor('closed');

$web->serve($closed->uri, status => 401);
is(post($closed), 401, 'one that takes neither');
is($web->news, 2, 'is asked twice');
is(post($closed), 401, 'again');
is($web->news, 0, 'and not more');

###############################################################################

# ten new servers of a domain in five minutes

my $new = actor('one', 'new.many.example');

$web->serve($new->uri, $new->document);

is(post(actor('one', "n$_.many.example")), 503, "server $_ of a domain")
    for 1 .. 10;
is(post($new), 503, 'the next one has to wait');
is($web->news, 0, 'and is not asked');

my $more = actor('more');

$web->serve($more->uri, $more->document);
is(post($more), 202, 'another domain is');

# names that anybody has made up keep nobody out who is here

is(post(there('many.example')), 202, 'the domain itself');
is(post(there('old.been.example')), 202, 'a server of another domain');
is(post(actor('one', "n$_.been.example")), 503, "server $_ of that domain")
    for 2 .. 10;
is(post(there('new.been.example')), 503, 'the next one has to wait');
is(post(there('old.been.example')), 202, 'who had a key before has not');

# the key that was to end has

$t->wait_for(sub { post(by($end, '#ed', $ed)) == 401 }, 20);
$web->news;
is(post(by($end, '#ed', $ed)), 401, 'a key that has ended');
is($web->news, 0, 'is not asked for each time');

done_testing();

###############################################################################

sub actor {
    my ($name, @o) = @_;

    my $host = @o % 2 ? shift @o : 'a.example';

    return Test::Remote->new($t, "https://$host/u/$name", like => $model, @o);
}


sub there {
    my ($host) = @_;

    my $who = actor('n' . ++$n, $host);

    $web->serve($who->uri, $who->document);

    return $who;
}


# who signs with that key, under that id

sub by {
    my ($who, $id, $key) = @_;

    return Test::Remote->new($t, $who->uri, like => $who, signer => $key,
        key_id => $who->uri . $id, multikey => 1);
}


sub multikey {
    my ($who, $id, $key) = @_;

    return { id => $who->uri . $id, type => 'Multikey',
        controller => $who->uri, publicKeyMultibase => $key->multibase };
}


sub keys_of {
    my ($who) = @_;

    return $t->sql("SELECT string_agg(replace(k.key_id, r.uri, ''), ' '
            ORDER BY k.key_id)
        FROM activitypub.remote_key AS k
        JOIN activitypub.remote_actor AS r ON r.id = k.remote_actor
        WHERE r.uri = '" . $who->uri . "'");
}


sub post { send_by($_[0], Follow => $ACTOR) }


# signed with another key than the one that is known

sub farewell {
    my ($who) = @_;

    return send_by(Test::Remote->new($t, $who->uri, like => $other,
        key_id => $who->key_id), Delete => $who->uri);
}


sub update {
    my ($who, %o) = @_;

    return send_by($who, Update => $who->document(%o));
}


sub send_by {
    my ($who, $type, $object) = @_;

    my $r = $who->post($inbox, $who->activity($type, $object),
        host => 'site.example', message => $who->{multikey});

    return $r ? $r->status : 'nothing';
}

###############################################################################
