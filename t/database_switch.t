#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A reload with another database: nothing of the first one is believed.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(8);
my $other = Test::Nginx->new(plain => 1)->database;

$t->write_file("$_.html", "PAGE $_\n") for qw/one two/;

# the other one gets its actors from a reload, and a post at the same page

configure($other->conninfo);
$t->run();
$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";

publish($other, '/one.html', title => 'Other');

configure($t->conninfo);
$t->reload();

ok($t->wait_for(sub {
    $t->sql("SELECT count(*) FROM activitypub.actor_key") == 2
}, 20), 'the actors are declared again');

publish($t, '/one.html', title => 'First');
publish($t, '/two.html', title => 'Second');

ok($t->wait_for(sub { ap_get('/two.html')->json }, 20), 'a post');
like(ap_get('/one.html')->body, qr/First/, 'and one that both have');
ok($t->wait_for(sub { page('two')->header('Link') }, 10),
    'whose page has a Link');

###############################################################################

configure($other->conninfo);
$t->reload();

ok($t->wait_for(sub { ap_get('/one.html')->body =~ /Other/ }, 10),
    'the other document');
is(ap_get('/two.html')->body, "PAGE two\n", 'a page that has none there');
ok($t->wait_for(sub { !page('two')->header('Vary') }, 10),
    'nor a twin in the set');
isnt(page('one')->header('Link'), undef, 'as the first one has');

###############################################################################

sub configure {
    my ($conninfo) = @_;

    $t->write_file_expand('nginx.conf', <<"EOF");

%%TEST_GLOBALS%%

daemon off;
worker_processes 2;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "$conninfo";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }
    }
}

EOF
}


sub page {
    my ($name) = @_;

    return http_get("/$name.html", host => 'acme.example',
        accept => $BROWSER);
}

###############################################################################
