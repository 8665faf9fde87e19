#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The actor that is declared is the actor that is served, also after the
# declaration has changed; its id and its key stay.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(64);

my $conf = <<'EOF';

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example www.acme.example;

        activitypub_account_domain corp.example;

        ACTORS
    }
}

EOF

my $plain = "activitypub_actor plain { url /plain/; }\n";
my $news = 'https://acme.example/activitypub/news';

actors($plain . <<'EOF');
        activitypub_actor news {
            type          Organization;
            name          "Acme \"News\" & <b>more</b>";
            summary       "What we make,\nand \xe2\x80\x9cwhy\xe2\x80\x9d.";
            icon          /img/logo.png?v=3;
            image         https://cdn.example/banner.JPEG;
            url           /news/;
            field         "Website" https://acme.example/;
            field         "Place & time" "Here <now>";
            discoverable  off;
            indexable     on;
        }
EOF

$t->run();

for my $name (qw/news plain actor/) {
    $t->wait_document("/activitypub/$name", host => 'acme.example')
        or die "no actor $name\n";
}

###############################################################################

my $json = actor('news');

is_deeply([@{ $json->{'@context'} }[0, 1]],
    ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
    'the contexts as strings');
is(ref $json->{'@context'}[2], 'HASH', 'our terms beside them');

my %expected = (
    id => $news,
    type => 'Organization',
    preferredUsername => 'news',
    name => 'Acme "News" & <b>more</b>',
    url => 'https://acme.example/news/',
    inbox => "$news/inbox",
    outbox => "$news/outbox",
    followers => "$news/followers",
    following => "$news/following",
    featured => "$news/featured",
    webfinger => 'news@corp.example',
);

is($json->{$_}, $expected{$_}, $_) for sort keys %expected;

is_deeply($json->{endpoints},
    { sharedInbox => 'https://acme.example/activitypub/inbox' }, 'endpoints');
is_deeply($json->{icon}, { type => 'Image', mediaType => 'image/png',
    url => 'https://acme.example/img/logo.png?v=3' }, 'icon');
is_deeply($json->{image}, { type => 'Image', mediaType => 'image/jpeg',
    url => 'https://cdn.example/banner.JPEG' }, 'image');
is_deeply($json->{attributionDomains}, ['acme.example', 'corp.example'],
    'attributionDomains');
like($json->{published}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'published');

like($json->{summary}, qr!^<p>What we make,.*and \x{201c}why\x{201d}\.</p>$!s,
    'summary is HTML');
is($json->{attachment}[0]{type}, 'PropertyValue', 'a field');
is($json->{attachment}[0]{name}, 'Website', 'its name');
like($json->{attachment}[0]{value},
    qr!^<a\ href="https://acme\.example/"[^>]*>
        <span\ class="invisible">https://</span>acme\.example/</a>$!x,
    'its value as a link');
is($json->{attachment}[1]{name}, 'Place & time', 'another one');
is($json->{attachment}[1]{value}, 'Here &lt;now&gt;', 'its value as text');
is(@{ $json->{attachment} }, 2, 'and no more');

# booleans are booleans

my %flags = (manuallyApprovesFollowers => 0, discoverable => 0,
    indexable => 1);

for my $flag (sort keys %flags) {
    ok(JSON::PP::is_bool($json->{$flag}), "$flag is true or false");
    is(!!$json->{$flag}, !!$flags{$flag}, "$flag as declared");
}

# its key

is($json->{publicKey}{id}, "$news#main-key", 'key: id');
is($json->{publicKey}{owner}, $news, 'key: owner');
like($json->{publicKey}{publicKeyPem},
    qr/^-----BEGIN PUBLIC KEY-----\n.*\n-----END PUBLIC KEY-----\n$/s,
    'key: PEM');
is(bits($json->{publicKey}{publicKeyPem}), 2048, 'key: RSA of 2048 bits');
unlike(ap_get('/activitypub/news')->body, qr/PRIVATE|null/,
    'nothing private, nothing empty');

# what is not declared

my $other = actor('plain');

is($other->{type}, 'Person', 'a person by default');
is($other->{name}, 'plain', 'named as it is called');
is_deeply([grep { exists $other->{$_} } qw/summary icon image/], [],
    'what is not declared is not there');
is_deeply($other->{attachment}, [], 'no fields are an empty list');
ok($other->{discoverable} && $other->{indexable}, 'found by default');
isnt($other->{publicKey}{publicKeyPem}, $json->{publicKey}{publicKeyPem},
    'a key of its own');

# the instance actor

my $instance = actor('actor');

is($instance->{type}, 'Application', 'instance: an Application');
is($instance->{preferredUsername}, 'acme.example', 'instance: its name');
is($instance->{inbox}, "$instance->{id}/inbox", 'instance: inbox');
is($instance->{outbox}, "$instance->{id}/outbox", 'instance: outbox');
is($instance->{publicKey}{owner}, $instance->{id}, 'instance: key');

# the same document at every place

my $body = ap_get('/activitypub/news')->body;

# pages are heard of by notification

$t->wait_for(sub { ap_get('/news/')->status == 200 });

is(ap_get('/news/')->body, $body, 'at the profile page');
is(ap_get('/activitypub/news', host => 'www.acme.example')->body, $body,
    'by another name of the server');
is(ap_get('/activitypub/news?a=b')->body, $body, 'whatever the query');
is(http_get('/activitypub/news', host => 'acme.example')->body, $body,
    'without Accept');

# declared otherwise: the same actor

ok($t->reload, 'reload');
is(ap_get('/activitypub/news')->body, $body, 'nothing changed by a reload');

actors($plain . 'activitypub_actor news { name "Other"; url /other/; }');
$t->reload;

my $now = $t->wait_for(sub {
    my $json = actor('news');

    $json && $json->{name} eq 'Other' && $json;
}, 10) || {};

is($now->{name}, 'Other', 'another name after a reload');
is($now->{id}, $news, 'the same id');
is_deeply($now->{publicKey}, $json->{publicKey}, 'the same key');
is($now->{published}, $json->{published}, 'published as before');
is($now->{summary}, undef, 'what is no longer declared is gone');

# the set of pages follows by notification

ok($t->wait_for(sub {
    my $r = ap_get('/other/');

    $r->status == 200 && ($r->json || {})->{id} eq $news;
}, 10), 'at its new page');
ok($t->wait_for(sub { ap_get('/news/')->status == 404 }, 10),
    'and not at the old one');

# no longer declared, and declared again

actors($plain);
$t->reload;

is(ap_get('/activitypub/news')->status, 404, 'no longer declared');
is(ap_get('/activitypub/news/outbox')->status, 404, 'nor its outbox');
ok($t->wait_for(sub { $t->error_log =~ /\[warn\].*\Q$news\E/ }), 'a [warn]');

actors($plain . 'activitypub_actor news { url /; }');
$t->reload;

$now = $t->wait_for(sub { actor('news') }, 10) || {};

is_deeply($now->{publicKey}, $json->{publicKey},
    'declared again: it has kept its key');

###############################################################################

sub actors {
    my ($actors) = @_;

    $actors =~ s/\\x([0-9a-f]{2})/chr hex $1/ge;
    $t->write_file_expand('nginx.conf', $conf =~ s/ACTORS/$actors/r);
}


sub actor {
    my ($name) = @_;

    return ap_get("/activitypub/$name")->json;
}


sub bits {
    my ($pem) = @_;

    $t->write_file('key.pem', $pem);

    my $text = `openssl pkey -pubin -noout -text -in @{[ $t->testdir ]}/key.pem`;

    return ($text =~ /\((\d+) bit\)/)[0];
}

###############################################################################
