#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# While a post is on its way a worker is killed, nginx is reloaded, a peer
# stalls: everything arrives, and twice only what was under way at the kill.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Farm;
use Test::Site;

use Time::HiRes qw/sleep/;

###############################################################################

my $n = 60;
my @hosts = map { "peer$_.example" } 0 .. 11;

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/)->plan(10);

$t->expect(qr/worker process \d+ exited on signal 9/);

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

my $farm = Test::Farm->start($rig, '8.8.4.4', @hosts);

run_site($t, $rig);

$t->sql(<<"EOF2");
WITH r AS (
    INSERT INTO activitypub.remote_actor (uri, host, inbox)
    SELECT 'https://' || h || '/users/' || n, h,
           'https://' || h || '/users/' || n || '/inbox'
      FROM generate_series(1, $n) AS n, concat('peer', n % 12, '.example') AS h
    RETURNING id, uri, inbox
)
INSERT INTO activitypub.follower (actor, remote_actor, inbox, follow_id)
SELECT a.id, r.id, r.inbox, r.uri || '/follow'
  FROM activitypub.actor AS a, r WHERE a.uri = '$ACTOR';
EOF2

$farm->delay(0.03);

###############################################################################

# reload: what is under way is finished, and nothing twice

my $id = publish($t, url => '/posts/one.html', title => 'One',
    content => '<p>One.</p>');

my $hit = midway($id);
$t->reload();

ok($hit, 'reloaded on the way');
is(everywhere($id), $n, 'everything arrives');
is(twice($id), 0, 'and nothing twice');

###############################################################################

# kill -9: leases bring back what the worker had; here they end at once

$id = publish($t, url => '/posts/two.html', title => 'Two',
    content => '<p>Two.</p>');

$hit = midway($id);

kill 'STOP', $t->workers;
my $open = grep { /8\.8\.4\.4/ } `ss -Htn state established`;
kill 'KILL', $t->workers;

ok($hit, 'killed on the way');
ok($t->sql('SELECT count(*) FROM activitypub.delivery
    WHERE claim IS NOT NULL AND next_at > now()'), 'with leases');

$t->sql("UPDATE activitypub.delivery SET next_at = now();
    UPDATE activitypub.host SET next_at = now()");

is(everywhere($id), $n, 'everything arrives');
cmp_ok(twice($id), '<=', $open, 'twice what was under way, at most');

###############################################################################

# one that stalls holds up nobody else

$farm->behave('peer0.example', 'stall');

$id = publish($t, url => '/posts/three.html', title => 'Three',
    content => '<p>Three.</p>');

is(everywhere($id, $n - 5), $n - 5, 'one stalls, the others get it');

$t->wait_for(sub {
    $t->sql("SELECT count(*) FROM activitypub.delivery
        WHERE host = 'peer0.example' AND last_error <> ''") >= 2;
}, 25);

$farm->behave('peer0.example', '202');

# those that stall at this moment fail later than the others

$t->wait_for(sub {
    $t->sql('SELECT activitypub.delivery_retry()');
    sleep 0.5;
    keys %{ arrived($id) } == $n;
}, 30);

is(everywhere($id), $n, 'and it does, when it is back');
is(twice($id), 0, 'nothing twice');

###############################################################################

sub arrived {
    my ($id) = @_;

    my %n;
    $n{"$_->{host}$_->{target}"}++
        for grep { $_->{object} eq $id } $farm->got;

    return \%n;
}


sub midway {
    my ($id) = @_;

    $t->wait_for(sub { keys %{ arrived($id) } }, 10);

    my $got = keys %{ arrived($id) };

    return $got > 0 && $got < $n;
}


sub everywhere {
    my ($id, $most) = @_;

    $t->wait_for(sub { keys %{ arrived($id) } >= ($most // $n) }, 30);

    return scalar keys %{ arrived($id) };
}


sub twice {
    my ($id) = @_;

    my $n = 0;
    $n += $_ - 1 for values %{ arrived($id) };

    return $n;
}

###############################################################################
