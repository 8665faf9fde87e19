#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A reload that fails leaves nothing behind: a worker that the master starts
# afterwards serves and answers as before.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

# why it fails: what we refuse, and what nginx refuses after it has read all

my @table = (
    ['an actor that is refused', '', 'activitypub_actor other { }',
        qr/duplicate url/],
    ['a log that cannot be opened', 'error_log nowhere/error.log;', '',
        qr/open\(\) .*nowhere/],
    ['the same without an actor', 'error_log nothing/error.log;', undef,
        qr/open\(\) .*nothing/],
);

my $t = Test::Nginx->new()->has(qw/http/)->plan(@table * 8);

# workers are killed on purpose, and reloads fail
$t->expect(qr/worker process \d+ exited on signal 9/,
    map { qr/\[emerg\] .*$$_[3]/ } @table);

$t->write_file('index.html', "HOME\n");
configure('', '');

$t->run();
$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";

###############################################################################

for my $row (@table) {
    my ($name, $http, $server, $reason) = @$row;

    my ($before) = $t->workers;

    configure($http, $server);
    kill 'HUP', $t->{pid};

    ok($t->wait_for(sub { $t->error_log =~ $reason }), $name);
    is(($t->workers)[0], $before, "$name: the worker goes on");

    kill 'KILL', $before;

    ok($t->wait_for(sub { my ($now) = $t->workers; $now && $now != $before },
        10), "$name: a new worker");

    my $r = http_get('/', host => 'acme.example', accept => $BROWSER);

    is($r && $r->body, "HOME\n", "$name: the site");
    like($r && $r->header('Vary'), qr/Accept/, "$name: Vary");

    $r = ap_get('/');

    is($r && $r->status, 200, "$name: the page");
    is($r && $r->header('X-Site'), undef, "$name: no headers of the site");
    is($r && ($r->json || {})->{type}, 'Person', "$name: the document");
}

###############################################################################

sub configure {
    my ($http, $server) = @_;
    my $actor = defined $server ? 'activitypub_actor news { }' : '';

    $server //= '';
    $t->write_file_expand('nginx.conf', <<"EOF");

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    $http

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        charset      utf-8;
        add_header   X-Site yes;
        ssi          on;
        sub_filter   Person Nobody;
        sub_filter_types *;

        $actor
        $server
    }
}

EOF
}

###############################################################################
