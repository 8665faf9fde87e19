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

use Time::HiRes qw/sleep time/;

###############################################################################

my $one = Test::Nginx->new()->has(qw/http/)->plan(31);
my $two = Test::Nginx->new();

configure($one, 8080, 'News');
configure($two, 8090, 'Old news');

$one->run;
ok(named(8080, 'News'), 'the first node declares');

$two->run;
ok(named(8090, 'Old news'), 'the second one says something else');
ok(named(8080, 'Old news'), 'which the first one hears');

###############################################################################

# each says it once, when both have their keys

ok($one->wait_document('/activitypub/actor', port => port($_)), 'the instance')
    for 8080, 8090;

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

# how long the other node believes what is not true any more

my %took;

heard('a post', sub { publish($one, '/new.html', title => 'New') },
    sub { get(8090, '/new.html')->body =~ /New/ });

($id) = get(8090, '/new.html')->json->{id};

heard('its change', "update_post('$id', title => 'Newer')",
    sub { get(8090, '/new.html')->body =~ /Newer/ });
heard('its move', "update_post('$id', url => 'https://acme.example/old.html')",
    sub { get(8090, '/old.html')->body =~ /Newer/
        && get(8090, '/new.html')->body eq "PAGE\n" });
heard('its end', "delete_post('$id')",
    sub { get(8090, '/old.html')->status == 410 });

heard('an actor', "actor_add('ann', '{\"name\": \"Ann\"}')",
    sub { get(8090, '/activitypub/ann')->status == 200 });
heard('its change', "actor_edit('ann', '{\"name\": \"Anne\"}')",
    sub { get(8090, '/activitypub/ann')->json->{name} eq 'Anne' });
heard('its end', "actor_delete('ann')",
    sub { get(8090, '/activitypub/ann')->status == 410 });

diag('milliseconds until the other node knew: ', join ', ',
    map { sprintf '%s %d', $_, 1000 * $took{$_} } sort keys %took);

###############################################################################

# Asked for all the time, as the commit is: what was asked before it is in the
# zone, and has to go.  A second is what is meant, on a machine that is idle.

sub heard {
    my ($what, $change, $seen) = @_;

    $seen->();
    ref $change ? $change->() : $one->sql("SELECT activitypub.$change");

    my $since = time();
    my $ok = $one->wait_for($seen, 10);
    my $name = exists $took{$what} ? "$what (actor)" : $what;

    $took{$name} = time() - $since;
    ok($ok && $took{$name} < 5, "$name is heard of by the other node");
}


sub configure {
    my ($node, $port, $name) = @_;

    $node->write_file("$_.html", "PAGE\n") for qw/index new old/;
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
