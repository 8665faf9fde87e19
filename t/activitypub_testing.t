#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# activitypub-testing, the nearest thing to an official suite: its tests of
# inbox, outbox and object GET pass by name.  Most of the others want a client
# to post to the outbox, which a site's own CMS does here; the suite says so
# itself, and its reason is printed.

###############################################################################

use warnings;
use strict;

use Test::More;

use JSON::PP ();
use POSIX ();

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Peer;

###############################################################################

my $cli = '../build/node/node_modules/activitypub-testing/src/cli.js';

# by name, and what they are told to look at

my @of_actor = qw/
    actor-must-serve-as2-object-to-get
    actor-objects-must-have-inbox-outbox-properties
    followers-collection-must-be-a-collection
    following-collection-must-be-a-collection
    inbox-must-be-an-orderedcollection
    outbox-must-be-an-orderedcollection
/;

my @of_object = qw/
    actor-must-serve-as2-object-to-get
    likes-collection-must-be-a-collection
    shares-collection-must-be-a-collection
/;

my $t = Test::Nginx->new();

$t->write_file_expand('nginx.conf', <<'EOF')->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database    "%%DATABASE%%";
    activitypub_allow_http  on;

    server {
        listen       127.0.0.1:8080;
        server_name  localhost;

        activitypub_origin  http://localhost:%%PORT_8080%%;

        activitypub_actor news {
            name  "News";
        }
    }
}

EOF

my $origin = 'http://localhost:' . port(8080);

$t->wait_document('/activitypub/news') or die $t->error_log;

my $post = $t->sql("SELECT activitypub.publish('news', '/one', 'One',
    '<p>The first post.</p>')");

# the actor, as the suite runs all it has for one

my %of_actor = map { $_->{test}{slug} => $_->{result} }
    run('test', 'actor', "$origin/activitypub/news");

for my $slug (@of_actor) {
    is($of_actor{$slug}{outcome}, 'passed', "actor: $slug")
        or diag(explain($of_actor{$slug}));
    delete $of_actor{$slug};
}

for my $slug (sort keys %of_actor) {
    my $result = $of_actor{$slug};

    is($result->{outcome}, 'inapplicable',
        "actor: $slug is inapplicable: " . ($result->{info} // 'no reason'))
        or diag(explain($result));
}

# a post

for my $slug (@of_object) {
    my @input = $slug =~ /get$/ ? ("--input.id=$post", '--input.time=T10S')
        : ('--input.object=' . http_get($post =~ s!^\Q$origin\E!!r,
            accept => 'application/activity+json')->body,
            '--input.time=T10S');

    my ($answer) = run('run', 'test', "--slug=$slug", @input);

    is($answer->{result}{outcome}, 'passed', "post: $slug")
        or diag(explain($answer->{result}));
}

done_testing();

###############################################################################

# what the suite prints on its standard output: JSON texts

sub run {
    my (@args) = @_;

    my $node = Test::Peer::node() or die "build/node: t/peers/install\n";

    my $pid = open my $pipe, '-|';
    die "fork: $!" unless defined $pid;

    if ($pid == 0) {
        open STDERR, '>', $t->testdir . '/suite.log';
        exec $node, '--no-warnings', $cli, @args or POSIX::_exit(127);
    }

    my $out = do { local $/; <$pipe> };
    close $pipe;

    return JSON::PP->new->utf8->incr_parse($out);
}

###############################################################################
