#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Actors that no configuration names: who is added to the database can be
# found, read and followed on every node, without a reload; who is deleted is
# gone on every node; and who is neither costs no query.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Node qw/queries/;
use Test::Posts;
use Test::Remote;

###############################################################################

my $HOST = 'acme.example';
my $ID = "https://$HOST/activitypub";

my $one = Test::Nginx->new()->has(qw/http/);
my $two = Test::Nginx->new();

$one->database(own => 1);

my $conninfo = $one->conninfo;
my $kept = 'activitypub_actor news { url /; }';

configure($one, 8080, $kept);
configure($two, 8090, $kept);

$_->run for $one, $two;

for my $port (8080, 8090) {
    ok($one->wait_for(sub { get($port, '/activitypub/news')->status == 200 }),
        "an actor of the configuration, on $port");
    ok($one->wait_for(sub { unasked($port) }), 'and all of the database');
}

###############################################################################

# a stranger who tries names

my $n = asked();

is(get($_, '/activitypub/ann')->status, 404, "nobody, on $_") for 8080, 8090;
is(get(8080, '/activitypub/ann/outbox')->status, 404, 'nor anything of his');
is(post(8080, '/activitypub/ann/inbox')->status, 404, 'nor an inbox');
is(finger(8080, "acct:ann\@$HOST")->status, 404, 'no account');
is(finger(8080, "https://$HOST/authors/ann/")->status, 404, 'no page');
is(finger(8080, "https://$HOST/\@ann")->status, 404, 'no short page');
is(finger(8080, "acct:a.b\@$HOST")->status, 404, 'a name that cannot be');
is(asked(), $n, 'no query for any of them');

# who is added

add('ann', name => 'Ann', url => '/authors/ann/', icon => '/ann.png');

for my $port (8080, 8090) {
    ok($one->wait_for(sub { get($port, '/activitypub/ann')->status == 200 }),
        "somebody, on $port");
}

my $doc = get(8090, '/activitypub/ann')->json;

is($doc->{id}, "$ID/ann", 'the right one');
is(get(8090, "/activitypub/ann/$_")->status, 200, "and the $_")
    for qw/inbox outbox followers following featured/;
is(get(8080, '/activitypub/ann/nothing')->status, 404, 'and nothing else');
is(get(8080, '/activitypub/Ann')->status, 404, 'ids are in one case');

# an inbox

my $bob = Test::Remote->new($one, 'https://remote.example/u/bob');
my $follow = $bob->activity('Follow', "$ID/ann");

$bob->known;

is(post(8090, '/activitypub/ann/inbox', $follow)->status, 401,
    'an inbox, for what is signed');
is($bob->post('/activitypub/ann/inbox', $follow)->status, 202, 'to follow');
is($one->sql('SELECT actor FROM activitypub.followers'), "ann\@$HOST",
    'somebody follows');
is($bob->post('/activitypub/ben/inbox', $follow)->status, 404,
    'not whom there is not');

# a browser

my $r = get(8080, '/activitypub/ann', accept => 'text/html');

is($r->status, 302, 'a browser');
is($r->header('Location'), "https://$HOST/authors/ann/", 'to the page');

# the page

ok($one->wait_for(sub { link_of($_, '/authors/ann/') }), "a page with a Link, on $_") for 8080, 8090;

is(link_of(8080, '/authors/ann/'),
    "<$ID/ann>; rel=\"alternate\"; type=\"application/activity+json\"",
    'to the actor');
is(get(8080, '/authors/ann/')->json->{id}, "$ID/ann", 'and its document');

# WebFinger

my $subject = "acct:ann\@$HOST";

for my $port (8080, 8090) {
    for my $resource ($subject, "acct:ANN\@ACME.example",
        "acct:ann\@www.$HOST", "acct%3Aann%40$HOST", "$ID/ann",
        "https://$HOST/authors/ann/", "https://$HOST/auth%6Frs/ann/",
        "https://$HOST/\@ann")
    {
        my $r = finger($port, $resource);

        is($r->status == 200 && $r->json->{subject}, $subject,
            "$resource, on $port");
    }
}

my $jrd = finger(8080, $subject);

is($jrd->header('Content-Type'), 'application/jrd+json', 'a JRD');
is($jrd->header('Access-Control-Allow-Origin'), '*', 'for scripts');
is_deeply($jrd->json, {
    subject => $subject,
    aliases => ["$ID/ann", "https://$HOST/authors/ann/"],
    links => [
        { rel => 'self', type => 'application/activity+json',
            href => "$ID/ann" },
        { rel => 'http://webfinger.net/rel/profile-page',
            type => 'text/html', href => "https://$HOST/authors/ann/" },
        { rel => 'http://webfinger.net/rel/avatar', type => 'image/png',
            href => "https://$HOST/ann.png" },
    ],
}, 'that of an actor of the configuration');

is(finger(8080, "https://$HOST/")->json->{subject}, "acct:news\@$HOST",
    'the site is who it was');

$n = asked();
finger($_, $subject) for (8080) x 3;
get(8090, '/activitypub/ann');
is(asked(), $n, 'all of it kept');

# who is changed

$one->sql(q{SELECT activitypub.actor_edit('ann', '{"icon": "/new.webp"}')});

for my $port (8080, 8090) {
    ok($one->wait_for(sub { finger($port, $subject)->body =~ /new\.webp/ }),
        "a new icon, on $port");
}

# what is published

my $id = $one->sql(q{SELECT activitypub.publish(actor => 'ann',
    url => '/posts/1.html', title => 'One', content => '<p>One</p>')});

ok($one->wait_for(sub {
    !grep { !link_of($_, '/posts/1.html') } 8080, 8090
}), 'a post');
is(link_of(8090, '/posts/1.html'),
    "<$id>; rel=\"alternate\"; type=\"application/activity+json\"",
    'with its Link');
is(get(8080, '/posts/1.html')->json->{id}, $id, 'and its document');

for my $resource ($id, "https://$HOST/posts/1.html") {
    $jrd = finger(8090, $resource)->json;

    is($jrd->{subject}, $id, "$resource");
    is($jrd->{links}[0]{href}, $id, 'is that post');
}

is(finger(8080, "https://$HOST/posts/2.html")->status, 404, 'not any page');

###############################################################################

# a reload

my $fills = queries($one, 'actors');

ok($one->reload, 'reload');
$n = asked();
is(get(8080, '/activitypub/ann')->status, 200, 'somebody');
is(get(8080, '/activitypub/ben')->status, 404, 'nobody');
is(finger(8080, $subject)->status, 200, 'an account');
is(asked(), $n, 'without a query');
is(queries($one, 'actors'), $fills, 'of a set that was not filled again');

# the database has whom the configuration has, too

add('both', name => 'Of the database');
ok($one->wait_for(sub { get(8080, '/activitypub/both')->status == 200 }),
    'one more');

configure($one, 8080, "$kept activitypub_actor both { icon /conf.png;
    url /both; }");
ok($one->reload, 'who is in the configuration now');
ok($one->wait_for(sub { finger(8080, "acct:both\@$HOST")->body
    =~ m!/conf\.png! }), 'is what that says');

###############################################################################

# the end

$one->sql("SELECT activitypub.actor_delete('ann')");

for my $port (8080, 8090) {
    ok($one->wait_for(sub { get($port, '/activitypub/ann')->status == 410 }),
        "gone, on $port");
    ok($one->wait_for(sub { finger($port, $subject)->status == 410 }),
        'and so is the account');
    is(get($port, '/activitypub/ann')->json->{type}, 'Tombstone',
        'there is a stone');
    is(finger($port, "$ID/ann")->status, 410, 'by its id, too');
    is(post($port, '/activitypub/ann/inbox')->status, 410, 'no inbox');
    isnt(get($port, '/activitypub/ann/outbox')->status, 200, 'no outbox');
    ok($one->wait_for(sub { !link_of($port, '/authors/ann/') }),
        'a page of the site');
    is(get($port, '/authors/ann/')->body, "PAGE ann\n", 'like any other');
    is(finger($port, "https://$HOST/authors/ann/")->status, 404,
        'which is nobody');
}

# who leaves the configuration answers 404, and 410 once deleted

configure($one, 8080, 'activitypub_actor press { url /; }');
configure($two, 8090, 'activitypub_actor press { url /; }');
$_->reload for $one, $two;

ok($one->wait_for(sub { get(8090, '/activitypub/news')->status == 404 }),
    'not configured any more');

$one->sql("SELECT activitypub.actor_delete('news')");

ok($one->wait_for(sub { get($_, '/activitypub/news')->status == 410 }),
    "deleted, on $_") for 8080, 8090;

done_testing();

###############################################################################

sub configure {
    my ($node, $port, $actors) = @_;

    $node->write_file('index.html', "PAGE index\n");
    $node->write_file('authors/ann/index.html', "PAGE ann\n");
    $node->write_file("posts/$_.html", "PAGE $_\n") for 1, 2;
    $node->write_file_expand('nginx.conf', <<"EOC");

%%TEST_GLOBALS%%

daemon off;
worker_processes 2;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    types {
        text/html  html;
    }

    activitypub_database "$conninfo";

    server {
        listen       127.0.0.1:$port;
        server_name  $HOST www.$HOST;

        $actors
    }
}

EOC
}


# an actor of the database, with a key

sub add {
    my ($name, %profile) = @_;

    my $profile = join ', ', map { "\"$_\": \"$profile{$_}\"" }
        sort keys %profile;

    $one->sql("SELECT activitypub.actor_add('$name', '{$profile}')");

    chomp(my $key = `openssl genpkey -quiet -algorithm RSA`);
    chomp(my $public = `echo '$key' | openssl pkey -pubout`);

    $one->sql("SELECT activitypub.actor_key_set('$ID/$name', '$key\n',
        '$public\n')");
}


sub get {
    my ($port, $uri, %o) = @_;

    return ap_get($uri, port => port($port), host => $HOST, %o);
}


sub post {
    my ($port, $uri, $activity) = @_;

    return http_post($uri, body => JSON::PP->new->encode($activity // {}),
        port => port($port), host => $HOST,
        headers => ['Content-Type' => 'application/activity+json']);
}


sub finger {
    my ($port, $resource) = @_;

    return http_get("/.well-known/webfinger?resource=$resource",
        port => port($port), host => $HOST);
}


sub link_of {
    my ($port, $uri) = @_;

    return http_get($uri, port => port($port), host => $HOST,
        accept => 'text/html')->header('Link');
}


# how often the database was asked for a document

sub asked { return queries($one, 'document') }


# the set is complete: nobody is asked for a name that is not in it

sub unasked {
    my ($port) = @_;

    my $n = asked();

    get($port, '/activitypub/nobody');

    return asked() == $n;
}

###############################################################################
