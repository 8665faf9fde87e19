#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A server that answers 401 or 400 is offered the other kind of signature,
# once; what it takes is remembered for its host.

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

###############################################################################

my @hosts = map { "$_.example" } qw/old newer strange neither/;

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/)->plan(15);

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

my $farm = Test::Farm->start($rig, '8.8.4.4', @hosts);

$farm->behave('newer.example', 'takes rfc9421');
$farm->behave('strange.example', 'takes rfc9421 400');
$farm->behave('neither.example', '401');

run_site($t, $rig);

follow($_) for @hosts;

###############################################################################

my $one = publish($t, url => '/posts/one.html', title => 'One',
    content => '<p>One.</p>');

ok($t->wait_for(sub { $farm->got >= 3 && tries('neither.example') == 2 }, 20),
    'all were asked');

is_deeply([asked('old.example')], ['draft-cavage 202'], 'one knock');
is_deeply([asked('newer.example')], ['draft-cavage 401', 'rfc9421 202'],
    'two knocks');
is_deeply([asked('strange.example')], ['draft-cavage 400', 'rfc9421 202'],
    'two knocks where the header is not known');
is_deeply([asked('neither.example')], ['draft-cavage 401', 'rfc9421 401'],
    'two knocks for nothing');

my ($first, $second) = grep { $_->{host} eq 'newer.example' } $farm->seen;

is($second->{body}, $first->{body}, 'the very same body');
is($second->{id}, $first->{id}, 'the very same activity');

ok($t->wait_for(sub { scheme('newer.example') eq 'rfc9421' }, 10),
    'it is remembered');
is(scheme('old.example'), 'draft-cavage', 'for that host alone');
is(scheme('neither.example'), 'draft-cavage', 'nothing is learnt of nothing');

# what was answered to one host is known before what was to another

my $waits;

$t->wait_for(sub {
    $waits = $t->sql(q{SELECT status, state, attempts FROM activitypub.delivery
        WHERE host = 'neither.example'});
    $waits !~ /0$/;
}, 10);
is($waits, '401|waiting|1', 'that one waits');

# the next one

publish($t, url => '/posts/two.html', title => 'Two',
    content => '<p>Two.</p>');

ok($t->wait_for(sub { $farm->got >= 6 }, 20), 'the next post');
is((asked('newer.example'))[2], 'rfc9421 202', 'knocks as it was taken');

# what was learnt may be wrong one day

$farm->behave('newer.example', 'takes draft-cavage');

publish($t, url => '/posts/three.html', title => 'Three',
    content => '<p>Three.</p>');

ok($t->wait_for(sub { scheme('newer.example') eq 'draft-cavage' }, 20),
    'and back');
is_deeply([ (asked('newer.example'))[3, 4] ],
    ['rfc9421 401', 'draft-cavage 202'], 'by two knocks');

###############################################################################

sub follow {
    my ($host) = @_;

    $t->sql(<<"EOF");
WITH r AS (
    INSERT INTO activitypub.remote_actor (uri, host, inbox)
    VALUES ('https://$host/u', '$host', 'https://$host/u/inbox')
    RETURNING id
)
INSERT INTO activitypub.follower (actor, remote_actor, inbox, follow_id)
SELECT a.id, r.id, 'https://$host/u/inbox', 'https://$host/follow'
  FROM activitypub.actor AS a, r WHERE a.uri = '$ACTOR';
EOF
}


sub asked {
    my ($host) = @_;

    return map { "$_->{scheme} $_->{status}" }
        grep { $_->{host} eq $host } $farm->seen;
}


sub tries { return scalar(my @tries = asked($_[0])) }


sub scheme {
    return $t->sql("SELECT scheme FROM activitypub.host
        WHERE name = '$_[0]'");
}

###############################################################################
