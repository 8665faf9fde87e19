#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Deliveries to a host share its connections, the two at a time as well: what
# comes later opens none.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Site;

###############################################################################

my $n = 40;

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl http_stub_status/)->plan(4);
my $peer = Test::Nginx->new(plain => 1);

$rig->elsewhere('peer.example', '8.8.4.4');

$peer->expect(Test::Rig::expected());
$peer->write_file_expand('nginx.conf', <<"EOC")->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    server {
        listen       8.8.4.4:443 ssl;
        server_name  peer.example;
        @{[ $rig->certificate('peer.example') ]}

        return 202;
    }

    server {
        listen       127.0.0.1:8092;
        location / {
            stub_status;
        }
    }
}

EOC

$ENV{TEST_NGINX_GLOBALS} = 'worker_processes 1;';
$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

run_site($t, $rig);

$t->sql(<<"EOC");
WITH r AS (
    INSERT INTO activitypub.remote_actor (uri, host, inbox)
    SELECT u, 'peer.example', u || '/inbox'
      FROM generate_series(1, $n) AS n,
           concat('https://peer.example/users/', n) AS u
    RETURNING id, uri, inbox
)
INSERT INTO activitypub.follower (actor, remote_actor, inbox, follow_id)
SELECT a.id, r.id, r.inbox, r.uri || '/follow'
  FROM activitypub.actor AS a, r WHERE a.uri = '$ACTOR';
EOC

###############################################################################

my $before = state();
my $after = post('one');

is($after->{requests} - $before->{requests}, $n, 'a post arrives everywhere');
cmp_ok($after->{connections} - $before->{connections}, '<=', 2,
    'over two connections at most');

$before = $after;
$after = post('two');

is($after->{requests} - $before->{requests}, $n, 'and another');
is($after->{connections} - $before->{connections}, 0,
    'over those that there are');

###############################################################################

sub post {
    my ($name) = @_;

    my $wanted = state()->{requests} + $n;

    publish($t, url => "/posts/$name.html", title => $name,
        content => "<p>$name</p>");

    $t->wait_for(sub { state()->{requests} >= $wanted }, 30);

    return state();
}


# what the peer has seen; asking is a connection and a request as well

sub state {
    our $asked++;

    my ($connections, $requests) = http_get('/', port => port(8092))->body
        =~ /^ (\d+) \d+ (\d+) $/m;

    return { connections => $connections - $asked,
        requests => $requests - $asked };
}

###############################################################################
