#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A handle on the apex, its actor on another host: a Fedify server finds it by
# either, and the way back, as Mastodon walks it.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Peer;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/)->plan(16);

$rig->host('corp.example', '9.9.9.10');
$rig->host('social.corp.example', '9.9.9.11');
$t->expect(Test::Rig::expected());

$t->write_file_expand('nginx.conf', <<"EOF")->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen       9.9.9.10:443 ssl;
        server_name  corp.example;
        @{[ $rig->certificate('corp.example') ]}

        location ~ /\\. { deny all; }
        location / { return 301 https://shop.example/; }
    }

    server {
        listen       9.9.9.11:443 ssl;
        server_name  social.corp.example;
        @{[ $rig->certificate('social.corp.example') ]}

        activitypub_account_domain  corp.example;

        activitypub_actor jobs { name "Jobs"; url /jobs; }
    }
}

EOF

my $actor = 'https://social.corp.example/activitypub/jobs';
my $handle = 'acct:jobs@corp.example';

$t->wait_for(sub {
    my $r = $rig->get($actor, accept => 'application/activity+json');

    $r && $r->status == 200;
}, 20) or die "no actor\n", $t->error_log;

my $peer = Test::Peer->start('fedify', ca => $rig->ca_file);

###############################################################################

# one subject and one id, whichever host is asked for whatever

for my $resource ($handle, 'acct:jobs@social.corp.example', $actor,
    'https://social.corp.example/jobs', 'https://corp.example/@jobs')
{
    my $jrd = $peer->ask(webfinger => { resource => $resource });

    is($jrd->{subject}, $handle, "$resource: the subject");
    is_deeply([ map { $_->{href} } grep { $_->{rel} eq 'self' }
        @{ $jrd->{links} } ], [$actor], "$resource: the id");
}

# a search for the handle, and from the actor back to it

my $found = $peer->ask(lookup => { object => '@jobs@corp.example' });

is($found->{id}, $actor, 'the handle finds the actor');
is($found->{preferredUsername}, 'jobs', 'of that name');
is($peer->ask(lookup => { object => '@jobs@social.corp.example' })->{id},
    $actor, 'so does the one on its own host');
is($peer->ask(handle => { actor => $actor }), '@jobs@corp.example',
    'and the actor finds the handle');
is($peer->ask(webfinger => { resource => 'acct:nobody@corp.example' }),
    undef, 'nobody else is there');
is($rig->get('https://corp.example/.well-known/nodeinfo')->status, 403,
    'the apex is the site\'s in everything else');

###############################################################################
