#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Likes, shares and replies that came in stand in the collections of the post,
# some seconds later; followers can be listed unless they are hidden.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;
use Test::Remote;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/);

$t->database(own => 1);
$t->write_file_expand('nginx.conf', <<'EOC')->run();

%%TEST_GLOBALS%%

daemon off;
worker_processes 1;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }
        activitypub_actor shy { url /shy/; hide_followers on; }
    }
}

EOC

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news shy actor/;

my $base = 'https://acme.example/activitypub';
my $public = 'https://www.w3.org/ns/activitystreams#Public';
my $post = publish($t, '/posts/1.html');
my $path = $post =~ s!^https://acme\.example!!r;
my $bob = Test::Remote->new($t, 'https://remote.example/u/bob')->known;
my $ann = Test::Remote->new($t, 'https://other.example/u/ann', like => $bob)
    ->known;

###############################################################################

# what is known is served, and asked for again after a while

my $began = time();

is(total($_), 0, "no $_") for qw/likes shares/;

my $like = $bob->activity('Like', $post);

is(post($bob, $like), 202, 'a Like');
is($t->sql("SELECT n FROM activitypub.tally WHERE subject LIKE 'likes %'"), 1,
    'is counted at once');

SKIP: {
    my $total = total('likes');

    skip 'that took too long', 1 if time() - $began > 8;
    is($total, 0, 'but nobody is made to ask for it');
}

my $share = { %{ $bob->activity('Announce', $post) }, to => [$public] };
my $quiet = $ann->activity('Announce', $post);
my $reply = reply($ann, 1, [$public]);
my $whisper = reply($ann, 2, ['https://other.example/u/ann/followers']);
my $error = reply($ann, 3, [$public]);

is(post(@$_), 202, $_->[1]{type}) for [$bob, $share], [$ann, $quiet],
    [$ann, $reply], [$ann, $whisper], [$ann, $error],
    [$ann, $ann->activity('Like', $post)],
    [$ann, $ann->activity('Delete', $error->{object}{id})];

is_deeply(page('shares'), [$share->{id}], 'what is shared with everybody');
is_deeply(page('replies'), [$reply->{object}{id}],
    'what is answered to everybody, and not deleted');
is($t->sql('SELECT count(*) FROM activitypub.received WHERE body <> $$$$'), 8,
    'all of it is kept');

# followers, listed and hidden

is(post(@$_), 202, 'Follow') for map { my $name = $_;
    map { [$_, $_->activity('Follow', "$base/$name")] } $bob, $ann }
    qw/news shy/;

is_deeply({ %{ followers('news') }, '@context' => undef },
    { '@context' => undef, id => "$base/news/followers",
        type => 'OrderedCollection', totalItems => 2,
        first => "$base/news/followers?page" }, 'two followers, on a page');
is_deeply(ap_get('/activitypub/news/followers?page')->json->{orderedItems},
    [$bob->uri, $ann->uri], 'their ids');
is_deeply({ %{ followers('shy') }, '@context' => undef },
    { '@context' => undef, id => "$base/shy/followers",
        type => 'OrderedCollection', totalItems => 2 }, 'hidden: a total');
is(ap_get('/activitypub/shy/followers?page')->status, 404, 'and no page');

# queries that are no page are the collection

is(ap_get("$path/likes?$_")->json->{id}, "$post/likes", "likes?$_")
    for 'a=b', 'page=', 'page=0', 'page=x', 'page=1234567890123456789',
        "page=" . substr($post, -36), 'pages';
is(ap_get("$path/likes?page=99999")->status, 404, 'a page of nothing');

# by now

ok($t->wait_for(sub { total('likes') == 2 }, 30), 'the likes are counted');
is_deeply(page('likes'), [$like->{id},
    $t->sql("SELECT activity_id FROM activitypub.received WHERE type = 'Like'
        AND actor = '" . $ann->uri . "'")], 'and there');

# without the database: what was known, however old

$t->stop_database;

is(total('shares'), 0, 'no database: a collection as it was');

$t->start_database;

done_testing();

###############################################################################

sub post {
    my ($who, $activity) = @_;

    return $who->post('/activitypub/inbox', $activity)->status;
}


sub reply {
    my ($who, $n, $to) = @_;

    my $note = { type => 'Note', id => $who->uri . "/notes/$n", to => $to,
        attributedTo => $who->uri, content => "Reply $n", inReplyTo => $post };

    return { %{ $who->activity('Create', $note) }, to => $to };
}


sub total { return ap_get("$path/$_[0]")->json->{totalItems} }


# the items of the first page, once there are any

sub page {
    my ($name) = @_;
    my $items;

    $t->wait_for(sub {
        $items = ap_get("$path/$name?page")->json->{items};
        @$items;
    }, 30);

    return $items;
}


sub followers { return ap_get("/activitypub/$_[0]/followers")->json }

###############################################################################
