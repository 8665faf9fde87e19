#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Several nginx with one database: each writes what it has to say when that is
# new, so that two that differ do not contradict each other for ever; and each
# hears of what changes.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

use Time::HiRes qw/sleep/;

###############################################################################

my $one = Test::Nginx->new()->has(qw/http/)->plan(22);
my $two = Test::Nginx->new();

configure($one, 8080, 'News');
configure($two, 8090, 'Old news');

$one->run;
ok(named(8080, 'News'), 'the first node declares');

$two->run;
ok(named(8090, 'Old news'), 'the second one says something else');
ok(named(8080, 'Old news'), 'which the first one hears');

###############################################################################

# each says it once

my $written = written();

for my $n (1 .. 3) {
    for my $node ($one, $two) {
        ok($node->reload, "reload $n");
        settle();
    }
}

is(written(), $written, 'nobody repeats himself');
ok(named($_, 'Old news'), 'the last word stands') for 8080, 8090;

$one->stop;
$one->run;
settle();

is(written(), $written, 'not after a start either');

# what is new is said

configure($one, 8080, 'Fresh news');
$one->reload;

ok(named(8080, 'Fresh news'), 'something new');
ok(named(8090, 'Fresh news'), 'for all');

# once it is the same everywhere, it is not news for the other

configure($two, 8090, 'Fresh news');
$two->reload;
settle();

is($one->sql('SELECT count(*) FROM activitypub.activity'), 2,
    'followers are told of two changes');

###############################################################################

# posts are everybody's

my $id = publish($one, '/index.html', title => 'First');

ok(has($_, 'First'), 'a post') for 8080, 8090;

edit($one, 'update', $id, '--title', 'Second');

ok(has($_, 'Second'), 'its change') for 8080, 8090;

edit($one, 'delete', $id, '--yes');

for my $port (8080, 8090) {
    ok($one->wait_for(sub { get($port, '/index.html')->status == 410 }),
        'its end');
}

###############################################################################

sub configure {
    my ($node, $port, $name) = @_;

    $node->write_file('index.html', "PAGE\n");
    $node->write_file_expand('nginx.conf', <<"EOC" =~ s/DB/$one->conninfo/er);

%%TEST_GLOBALS%%

daemon off;
worker_processes 2;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "DB";

    server {
        listen       127.0.0.1:$port;
        server_name  acme.example;

        activitypub_actor news { name "$name"; url /; }
    }
}

EOC
}


sub get {
    my ($port, $uri) = @_;

    return ap_get($uri, port => port($port));
}


sub named {
    my ($port, $name) = @_;

    return $one->wait_for(sub {
        my $r = get($port, '/activitypub/news');

        $r && $r->status == 200 && $r->json->{name} eq $name;
    }, 10);
}


sub has {
    my ($port, $title) = @_;

    return $one->wait_for(sub {
        index(get($port, '/index.html')->body, $title) >= 0;
    });
}


# what a node has to say, it says when it has started

sub settle { sleep 0.5 }


# each row that a declaration writes, as it was last written

sub written {
    return $one->sql("SELECT string_agg(x, ' ' ORDER BY x) FROM (
        SELECT a.xmin || ':' || a.uri FROM activitypub.actor AS a
        UNION ALL
        SELECT d.xmin || ':' || d.hash FROM activitypub.declaration AS d
        UNION ALL
        SELECT v.id::text FROM activitypub.activity AS v
        ) AS t (x)");
}

###############################################################################
