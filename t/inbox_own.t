#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What signs with a key of ours and comes to our inbox: the instance actor may
# say what has no effect, which is how "apctl check" looks at us.  Nobody gets
# anything done in the name of our actors, not even with their keys.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Remote;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/);

$t->write_file_expand('nginx.conf', <<'EOC')->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  other.example;

        activitypub_actor news { }
    }
}

EOC

my $base = 'https://acme.example/activitypub';

for (qw/acme.example other.example/) {
    $t->wait_document("/activitypub/$_->[1]", host => $_->[0])
        or die "no actor $_->[1]\n" for [$_, 'news'], [$_, 'actor'];
}

my $instance = ours("$base/actor");
my $news = ours("$base/news");
my $other = ours('https://other.example/activitypub/actor');
my $thief = Test::Remote->new($t, "$base/actor");

my $before = state();

###############################################################################

is(post($instance, 'View', "$base/actor"), 202, 'the instance actor looks');
is(post($instance, 'View', "$base/actor"), 202, 'and again');

is(post($thief, 'View', "$base/actor"), 401, 'nobody else with that key id');
is(post($news, 'View', "$base/actor"), 401, 'no other actor of ours');
is(post($other, 'View', "$base/actor"), 401, 'nor one of another origin');

is(post($instance, $_, "$base/news"), 401, "not with a $_")
    for qw/Follow Like Announce Undo Delete Update Accept Block/;

is(post($instance, 'Delete', "$base/actor"), 401, 'it cannot delete itself');
is(post($instance, 'Create', { type => 'Note', id => "$base/news/x",
    attributedTo => "$base/news" }), 401, 'nor create');
is(post($instance, 'View', "$base/actor", actor => "$base/news"), 401,
    'nor speak for another actor');

is(state(), $before, 'nothing of all that has left a trace');

done_testing();

###############################################################################

sub post {
    my ($who, $type, $object, %o) = @_;

    return $who->post('/activitypub/inbox',
        $who->activity($type, $object, %o))->status;
}


# an actor of ours, with its very key

sub ours {
    my ($uri) = @_;

    my $self = Test::Remote->new($t, $uri);
    my $pem = $t->sql("SELECT private_pem FROM
        activitypub.signing_key('$uri')");

    open my $f, '>', $self->{key} or die "$!";
    print $f $pem;
    close $f;

    return $self;
}


sub state {
    return join ' ', map {
        $t->sql("SELECT count(*) FROM activitypub.$_")
    } qw/received follower remote_actor delivery activity object/;
}

###############################################################################
