#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# activitypub_authorized_fetch: documents for those who sign, from the zone as
# ever; what all have to read stays open, and pages are HTML to everybody.
# Two sites that both hide their actors still get to know each other.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Documents;
use Test::Peer;
use Test::Remote;
use Test::Signer;
use Test::Site;

use JSON::PP ();

###############################################################################

my $rig = Test::Rig->new->trusted;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

my $web = Test::Documents->start($rig, '8.8.4.4', 'far.example');

run_site($t, $rig, hidden => 1, server => <<'EOS');
listen       127.0.0.1:8080 default_server;
server_name  www.site.example;

activitypub_authorized_fetch  on;

location /posts/two.html {
    activitypub_authorized_fetch  off;
    root  %%TESTDIR%%/html;
}

location = /status {
    activitypub_status  json;
}
EOS

my $bob = Test::Remote->new($t, 'https://far.example/u/bob')->known;

$bob->{signer} = Test::Signer->new($t, $bob->{key});

my $type = 'application/activity+json';
my $id = publish($t, url => '/posts/one.html', title => 'One',
    content => '<p>The first.</p>');
my $post = $id =~ s!^https://[^/]+!!r;

publish($t, url => '/posts/two.html', title => 'Two',
    content => '<p>The second.</p>');

ok($t->wait_for(sub {
    fetch('/posts/one.html')->status == 200
        && (fetch('/posts/one.html')->header('Content-Type') // '') eq $type
        && (fetch('/posts/two.html', by => undef)->header('Content-Type')
            // '') eq $type
}, 20), 'pages are there');

###############################################################################

# for those who sign

for my $uri ('/activitypub/news', $post, '/activitypub/news/outbox',
    '/activitypub/news/followers', '/posts/one.html')
{
    my $r = fetch($uri, by => undef);

    is($r->status, 401, "$uri: not signed");
    is($r->json->{code}, 'signature_required', "$uri: why");
    is($r->header('Accept-Signature'),
        'sig1=("@method" "@target-uri");created', "$uri: how");
    is($r->header('Cache-Control'), 'no-store', "$uri: not kept");
    unlike($r->body, qr/"id"/, "$uri: nothing of it");

    $r = fetch($uri);

    is($r->status, 200, "$uri: signed");
    is($r->header('Content-Type'), $type, "$uri: the document");
    is($r->header('Cache-Control'), 'private, no-store', "$uri: for one");
    is($r->header('Vary'), 'Accept, Signature, Signature-Input',
        "$uri: by what it varies");

    my $etag = $r->header('ETag');

    is(fetch($uri, headers => ['If-None-Match' => $etag])->status, 304,
        "$uri: as before");
    is(fetch($uri, headers => ['If-None-Match' => $etag], by => undef)
        ->status, 401, "$uri: as before, not signed");

    is(fetch($uri, headers => [Range => 'bytes=0-3'])->body, $r->body,
        "$uri: the whole of it");

    my $head = fetch($uri, method => 'HEAD');

    is($head->status . $head->header('Content-Length'),
        '200' . length $r->body, "$uri: HEAD");
    is(fetch($uri, method => 'HEAD', by => undef)->status, 401,
        "$uri: HEAD, not signed");
}

is(fetch('/activitypub/news?x=y')->status, 200, 'with a query');
is(fetch('/activitypub/news?x=y', target => '/activitypub/news')->status, 200,
    'signed without it');
is(fetch('/activitypub/news?x=y', target => '/activitypub/news?x=z')->status,
    401, 'signed with another');
is(fetch('/activitypub/news', host => 'www.site.example',
    covers => 'site.example')->status, 200, 'by another name of the site');
is(fetch('/activitypub/news', host => 'else.example')->json->{code},
    'signed_for_other_host', 'by a name that is not');
is(fetch('/activitypub/news', target => '/activitypub/actor')->json->{code},
    'signature_mismatch', 'signed for another document');

# the same bytes for all

is(fetch('/activitypub/news')->body, fetch('/activitypub/news')->body,
    'the same bytes');

# open to all

for my $uri ('/activitypub/actor', '/.well-known/nodeinfo',
    '/activitypub/nodeinfo/2.1', '/.well-known/host-meta',
    '/.well-known/webfinger?resource=acct:news@site.example', '/status')
{
    is(fetch($uri, by => undef)->status, 200, "$uri: open");
}

is(fetch('/activitypub/actor', by => undef)->header('Cache-Control'),
    'public, max-age=180', 'and may be kept');
is(fetch('/activitypub/nobody', by => undef)->status, 404, 'nobody there');

# browsers

my $r = fetch('/posts/one.html', by => undef, accept => 'text/html');

is($r->status, 200, 'a page');
like($r->body, qr/<p>posts.one/, 'is HTML to a browser');
is($r->header('Vary'), 'Accept', 'and varies as ever');
is(fetch($post, by => undef, accept => 'text/html')->status, 302,
    'a browser is sent to the page');
is(fetch('/activitypub/news/followers', by => undef, accept => 'text/html')
    ->status, 401, 'unless there is none');
is(fetch('/posts/two.html', by => undef)->header('Content-Type'), $type,
    'off in a location');

# our own questions

my $json = $t->apctl(qw/fetch/, "$ORIGIN/activitypub/news");

like($json, qr!^\S+ \Q$ORIGIN\E/activitypub/news: 200 \Q$type!,
    'apctl is shown them');

my $check = ($t->apctl('check'))[1];

like($check, qr/^ok +$_\b/m, "apctl check: $_")
    for qw/instance actor page inbox/;

# an inbox says what to sign, too

is(http_post('/activitypub/inbox', headers => [Host => 'site.example',
    'Content-Type' => $type], body => JSON::PP->new->encode(
        $bob->activity('Follow', $ACTOR)))->header('Accept-Signature'),
    'sig1=("@method" "@target-uri" "content-digest");created', 'an inbox');

###############################################################################

# Fedify, whose own actors are hidden as well

my $peer = Test::Peer->start('fedify', ca => $rig->ca_file);

$rig->elsewhere('peer.example', '8.8.4.6');
$peer->ask(listen => { host => 'peer.example', address => '8.8.4.6',
    actors => ['ann'], authorized => 1, $rig->key_files('peer.example') });

ok(!$peer->ask(look => { host => 'peer.example', actor => 'nobody',
    object => $ACTOR, quiet => 1 }), 'Fedify is not shown an actor');

my $seen = $peer->ask(look => { host => 'peer.example', actor => 'ann',
    object => $ACTOR });

is($seen->{id}, $ACTOR, 'but it is as somebody');
is($peer->ask(look => { host => 'peer.example', actor => 'ann',
    object => $id })->{id}, $id, 'and a post');
is($rig->get('https://peer.example/users/ann', accept => $type)->status, 401,
    'whom we are shown if we sign');

my ($get) = grep { $_->{method} eq 'GET' && $_->{status} == 200 }
    @{ $peer->ask(requests => { host => 'peer.example' }) };

is($get->{signer}, "$ORIGIN/activitypub/actor", 'as our instance actor');

$peer->ask(send => { host => 'peer.example', actor => 'ann', to => $ACTOR,
    inbox => "$ACTOR/inbox", quiet => 1, activity => { type => 'Follow',
    id => 'https://peer.example/f/1', object => $ACTOR,
    actor => 'https://peer.example/users/ann' } });

ok($t->wait_for(sub {
    $t->sql('SELECT count(*) FROM activitypub.follower') == 1
}, 20), 'Fedify follows');
ok($t->wait_for(sub {
    grep { $_->{method} eq 'POST' && $_->{status} == 202 }
        @{ $peer->ask(requests => { host => 'peer.example' }) }
}, 20), 'and believes the Accept');

# what is in the zone, and whose key is known, needs no database

fetch($post);
$t->{cluster}->psql('postgres',
    "ALTER DATABASE $t->{database} ALLOW_CONNECTIONS false");
$t->{cluster}->psql('postgres', "SELECT pg_terminate_backend(pid)
    FROM pg_stat_activity WHERE datname = '$t->{database}'");

is(fetch($post)->status, 200, 'without the database');
is(fetch($post, by => undef)->status, 401, 'and no other rules');

# ids of keys that somebody makes up take the place of none that is known

my ($c, %made_up);

for my $n (1 .. 1100) {
    my $signed = $n == 1 && $bob->sign($post, '', method => 'GET',
        host => 'site.example', covered => '(request-target) host date');

    %made_up = @$signed if $signed;
    $c = http_connect() if $n % 500 == 1;

    my $r = $c->request('GET', $post, accept => $type, keepalive => 1,
        headers => [Host => 'site.example', Date => $made_up{Date},
            Signature => $made_up{Signature} =~ s/u\/bob/u\/$n/r]);

    next if $r && $r->status == 503;

    fail("made up: $n");
    last;
}

is(fetch($post)->status, 200, 'whatever others claim');

done_testing();

###############################################################################

sub fetch {
    my ($uri, %o) = @_;

    my $by = exists $o{by} ? $o{by} : $bob;
    my $host = $o{host} // 'site.example';
    my $method = $o{method} // 'GET';
    my @headers = (Host => $host, @{ $o{headers} || [] });

    if ($by) {
        my $signed = $by->sign($o{target} // $uri, '', method => $method,
            host => $o{covers} // $host,
            covered => '(request-target) host date');

        for (my $i = 0; $i < @$signed; $i += 2) {
            push @headers, @$signed[$i, $i + 1]
                if $signed->[$i] =~ /^(?:Date|Signature)$/;
        }
    }

    my $c = http_connect() or return;

    return $c->request($method, $uri, headers => \@headers,
        accept => $o{accept} // $type);
}

###############################################################################
