#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A reload that fails late, when the module has read its configuration
# already, leaves nothing behind: a worker that the master starts afterwards
# answers as before.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(7);

# a worker is killed on purpose, and the reload fails
$t->expect(qr/worker process \d+ exited on signal 9/,
    qr/\[emerg\].*open\(\).*nowhere/);

$t->write_file('index.html', "HOME\n");
configure('');

$t->run();
$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";

# a log that cannot be opened: nginx does that after it has read all

configure('error_log %%TESTDIR%%/nowhere/error.log;');

my ($before) = $t->workers;

kill 'HUP', $t->{pid};

ok($t->wait_for(sub { $t->error_log =~ /nowhere/ }), 'a reload that fails');
is(($t->workers)[0], $before, 'and the worker goes on');

kill 'KILL', $before;

ok($t->wait_for(sub { my ($now) = $t->workers; $now && $now != $before }, 10),
    'a new worker');

is(http_get('/', host => 'acme.example')->body, "HOME\n", 'the site');

my $r = ap_get('/');

is($r && $r->status, 200, 'the page');
is($r && $r->header('X-Site'), undef, 'without headers of the site');
is($r && ($r->json || {})->{type}, 'Person', 'its document');

###############################################################################

sub configure {
    my ($more) = @_;

    $t->write_file_expand('nginx.conf', <<"EOF");

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    $more

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        charset      utf-8;
        add_header   X-Site yes;
        ssi          on;
        sub_filter   Person Nobody;
        sub_filter_types *;

        activitypub_actor news { }
    }
}

EOF
}

###############################################################################
