#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Followers are told of a change of the profile once, however many nodes say
# it, and when; and of nothing else.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Farm;
use Test::Posts;

###############################################################################

my $rig = Test::Rig->new;
my $one = Test::Nginx->new()->has(qw/http_ssl/)->plan(25);
my $two = Test::Nginx->new();
my @nodes = ([$one, 8080], [$two, 8090]);
my @peers = map { "peer$_.example" } 1 .. 3;
my $farm = Test::Farm->start($rig, '8.8.4.4', @peers);

$_->[0]->expect(Test::Rig::expected()) for @nodes;

# An actor beside it, to know that a node has said all it has to: what it
# declares is declared at once.

my $turn = 0;

configure($_, 'name News;') for @nodes;
$_->[0]->run for @nodes;
ok(said(2), 'two nodes');
ok($one->wait_for(sub { served(8080)->status == 200 }, 20), 'an actor');

$one->sql(<<"SQL");
WITH r AS (
    INSERT INTO activitypub.remote_actor (uri, host, inbox)
    SELECT 'https://' || h || '/user', h, 'https://' || h || '/inbox'
      FROM unnest(ARRAY['@{[ join "','", @peers ]}']) AS h
    RETURNING id, uri, inbox
)
INSERT INTO activitypub.follower (actor, remote_actor, inbox, follow_id)
SELECT a.id, r.id, r.inbox, r.uri || '/follow'
  FROM activitypub.actor AS a, r WHERE a.name = 'news';
SQL

is(told(), '', 'nobody is told of the first declaration');

###############################################################################

# both at once

reload_both('name "New news";');
is(told(), 'New news', 'both nodes at once: told once');

reload_both('name "New news";');
is(told(), '', 'not of what they say again');

# one after the other, and the second one is loaded with its old file before

reload($nodes[0], 'name "Third news";');
is(told(), 'Third news', 'the first node: told');

reload($nodes[1], 'name "New news";');
is(told(), '', 'the second one, with its old file: not');
is(name(8090, 'Third news'), 'Third news', 'nor is it so');

reload($nodes[1], 'name "Third news";');
is(told(), '', 'with the new one: not told again');

$two->stop;
$two->run;
ok($two->wait_for(sub { served(8090) && served(8090)->status == 200 }, 20),
    'stopped and started');
is(told(), '', 'not told again');

# in another order

my @lines = ('name "Third news";', 'summary "Why.";', 'type Service;',
    'field a 1;', 'field b 2;', 'language en;',
    'also_known_as https://old.example/me;');

reload_both("@lines");
is(told(), 'Third news', 'more than a name');

reload_both("@lines[5, 3, 2, 4, 6, 1, 0]");
is(told(), '', 'in another order');

reload_both("@lines[0 .. 2, 4, 3, 5, 6]");
is(told(), 'Third news', 'other rows first');

###############################################################################

# a new key

$one->sql("UPDATE activitypub.actor_key AS k SET public_pem = o.public_pem,
    private_pem = o.private_pem
    FROM activitypub.actor_key AS o, activitypub.actor AS a,
        activitypub.actor AS b
    WHERE k.actor = a.id AND a.name = 'news' AND o.actor = b.id
        AND b.name = 'mark';
    SELECT activitypub.refresh_actor(id) FROM activitypub.actor
        WHERE name = 'news'");
is(told(), 'Third news', 'another key');

reload_both("@lines[0 .. 2, 4, 3, 5, 6]");
is(told(), '', 'both nodes with it');

# actors may look different from now on: each node is asked, and has nothing
# to say; what another one said last stays

reload($nodes[0], 'name "Last news";');
is(told(), 'Last news', 'the last word');

version(1001);
reload($nodes[0], 'name "Last news";');
reload($nodes[1], "@lines[0 .. 2, 4, 3, 5, 6]");
is(told(), '', 'rendered anew, the same bytes');
is(name(8090, 'Last news'), 'Last news', 'by the last word');
is($one->sql("SELECT count(*) FROM activitypub.declaration AS d
    JOIN activitypub.actor AS a ON a.id = d.actor
    WHERE a.name = 'news' AND d.hash LIKE '1001:%'"), 2, 'by both nodes');

$one->sql("UPDATE activitypub.actor SET document = replace(document,
    '\"wf\":', '\"fw\":') WHERE name = 'news'");
version(1002);
reload($nodes[1], "@lines[0 .. 2, 4, 3, 5, 6]");
is(told(), 'Last news', 'rendered anew, other bytes: told');
reload($nodes[0], 'name "Last news";');
is(told(), '', 'once');

# and all of that was the same on both

$one->wait_for(sub { served(8080)->body eq served(8090)->body });
is(served(8080)->body, served(8090)->body, 'both nodes serve the same');
is($one->sql("SELECT count(*) FROM activitypub.activity AS v
    JOIN activitypub.actor AS a ON a.id = v.actor WHERE a.name = 'news'"), 7,
    'nothing else was to be said');
is(scalar($farm->seen), 7 * @peers, 'nothing was tried twice');

###############################################################################

sub configure {
    my ($node, $fields) = @_;

    my ($t, $port) = @$node;

    $t->write_file_expand('nginx.conf', <<"EOC" =~ s/DB/$one->conninfo/er);

%%TEST_GLOBALS%%

daemon off;
worker_processes 2;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_ssl_trusted_certificate @{[ $rig->ca_file ]};
    activitypub_database "DB";

    server {
        listen       127.0.0.1:$port;
        server_name  acme.example;

        activitypub_actor news { url /; $fields }
        activitypub_actor mark { url /mark; summary $turn; }
    }
}

EOC
}


# with another file; until it has said so

sub reload {
    my ($node, $fields) = @_;

    $turn++;
    configure($node, $fields);
    $node->[0]->reload or die "no reload\n";
    said(1) or die "the node says nothing\n";
}


sub reload_both {
    my ($fields) = @_;

    $turn++;
    configure($_, $fields) for @nodes;
    kill 'HUP', $_->[0]{pid} for @nodes;
    said(2) or die "the nodes say nothing\n";
}


# what so many nodes declare has arrived

sub said {
    my ($n) = @_;

    return $one->wait_for(sub {
        $one->sql("SELECT count(*) FROM activitypub.declaration AS d
            JOIN activitypub.actor AS a ON a.id = d.actor
            WHERE a.name = 'mark' AND a.declaration ->> 'summary' = '$turn'
                AND split_part(d.hash, ':', 2) = encode(sha256(convert_to(
                    a.declaration::text, 'UTF8')), 'hex')") >= $n;
    }, 20);
}


# The name in what each peer was told since the last time; a complaint unless
# all were told the same, and it is what is served.

my $seen;

sub told {
    $one->wait_for(sub {
        $one->sql("SELECT count(*) FROM activitypub.fanout") == 0
            && $one->sql("SELECT count(*) FROM activitypub.delivery") == 0;
    }, 20) or return 'still on its way';

    $seen //= 0;

    my @got = $farm->got;
    my @new = splice @got, $seen;

    $seen += @new;

    return '' if !@new;

    my %hosts = map { $_->{host} => 1 } @new;
    my %bodies = map { $_->{body} => $_ } @new;
    my ($body) = values %bodies;

    return scalar(@new) . ' requests' if @new != @peers || keys %hosts != @peers
        || keys %bodies != 1;
    return "$body->{type} of $body->{object}" if $body->{type} ne 'Update'
        || $body->{object} ne 'https://acme.example/activitypub/news';

    return $one->sql("SELECT coalesce(document::json #>> '{object,name}', '')
        FROM activitypub.activity WHERE document::json #>> '{object,id}'
        LIKE '%/news' ORDER BY id DESC LIMIT 1");
}


sub served {
    my ($port) = @_;

    return ap_get('/activitypub/news', port => port($port));
}


# the name that is served, once the node has heard of it

sub name {
    my ($port, $name) = @_;

    my $served = '';

    $one->wait_for(sub {
        my $r = served($port);

        $served = $r->json->{name} if $r->status == 200;
        $served eq $name;
    });

    return $served;
}


# as a migration leaves it

sub version {
    my ($n) = @_;

    $one->sql("SET ROLE activitypub_owner;
        CREATE OR REPLACE FUNCTION activitypub.render_version()
        RETURNS int LANGUAGE sql IMMUTABLE RETURN $n");
}

###############################################################################
