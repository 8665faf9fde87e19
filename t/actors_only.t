#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# An origin whose actors all are in the database: the configuration names it,
# and nobody else; and a new release renders them again.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $HOST = 'acme.example';
my $ID = "https://$HOST/activitypub/ann";

my $t = Test::Nginx->new()->has(qw/http/)->plan(23);

$t->write_file('index.html', "PAGE\n");
$t->write_file_expand('nginx.conf', <<"EOF")->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  _;

        activitypub_origin https://$HOST;
    }
}

EOF

ok($t->wait_for(sub { get('/activitypub/actor')->status == 200 }),
    'the instance actor');
is(finger("https://$HOST/")->json->{subject}, "acct:$HOST\@$HOST",
    'the site is that one');
is(get('/activitypub/ann')->status, 404, 'nobody');
is(finger("acct:ann\@$HOST")->status, 404, 'no account');
is(http_get('/', host => $HOST)->body, "PAGE\n", 'the page of the site');

my ($code, $out, $err) = $t->apctl(qw{actor add ann --url / --field},
    'Website=https://ann.example/', '--hide-followers', 'on');

is($out, "added $ID\n", 'somebody is added') or diag($err);
ok($t->wait_for(sub { get('/activitypub/ann')->status == 200 }), 'is served');
$t->wait_for(sub { get('/')->json });
is(get('/')->json->{id}, $ID, 'and has the front page');
is(finger("acct:ann\@$HOST")->json->{links}[0]{href}, $ID, 'and an account');
is(finger("https://$HOST/")->json->{subject}, "acct:ann\@$HOST",
    'which is that of the site');

my $followers = get('/activitypub/ann/followers')->json;

is($followers->{totalItems}, 0, 'how many follow is told');
ok(!exists $followers->{first}, 'who follows is not');

ok($t->reload, 'reload');
is(get('/activitypub/ann')->status, 200, 'it is still there');
is($t->sql('SELECT count(*) FROM activitypub.activity'), $t->sql(q{SELECT
    count(*) FROM activitypub.activity WHERE type = 'Update'}),
    'nothing was published');

###############################################################################

# actors are rendered again: one looks as before, one does not

$t->apctl(qw/actor add ben/);
ok($t->wait_for(sub { get('/activitypub/ben')->status == 200 }), 'another');

my $doc = get('/activitypub/ben')->body;
my $told = 'SELECT string_agg(a.name || v.type, $$ $$)
    FROM activitypub.activity AS v JOIN activitypub.actor AS a
      ON a.id = v.actor';

is($t->sql($told), '', 'nobody was told of either');

$t->sql(q{UPDATE activitypub.declaration
    SET hash = '0:' || split_part(hash, ':', 2) WHERE node = '';
    UPDATE activitypub.actor SET document = '{"type": "Person"}'
    WHERE name = 'ben'; NOTIFY activitypub_changed, '*'});
ok($t->wait_for(sub { get('/activitypub/ben')->body ne $doc }),
    'of an older release');

my ($migrated, $said, $why) = $t->apctl(qw/db migrate/);

is($migrated, 0, 'an upgrade') or diag($why);
like($said, qr/^actors that look different now: 1$/m, 'tells of one');
ok($t->wait_for(sub { get('/activitypub/ben')->body eq $doc }),
    'which is as it should be');
is($t->sql($told), 'benUpdate', 'and its followers are told');
is($t->sql("SELECT count(*) FROM activitypub.declaration
    WHERE node = '' AND hash LIKE '0:%'"), 0, 'none is of yesterday');

###############################################################################

sub get { return ap_get($_[0], host => $HOST) }


sub finger {
    return http_get("/.well-known/webfinger?resource=$_[0]", host => $HOST);
}

###############################################################################
