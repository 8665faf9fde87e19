#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A private key that cannot be used is an [error], but any stranger's post can
# make us try it: it is said once, not each time.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Remote;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(3);

$t->write_file_expand('nginx.conf', <<'EOF')->run();

%%TEST_GLOBALS%%

daemon off;
worker_processes 1;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";
    activitypub_resolver 127.0.0.1:8053;

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }
    }
}

EOF

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $bob = Test::Remote->new($t, 'https://remote.example/u/bob');

###############################################################################

$t->sql("UPDATE activitypub.actor_key SET private_pem = 'nothing'");

my %n;

for my $i (1 .. 6) {
    my $eve = Test::Remote->new($t, "https://remote$i.example/u/eve",
        like => $bob);

    $n{$eve->post('/activitypub/inbox',
        $eve->activity('Like', 'https://elsewhere.example/1'))->status}++;
}

is_deeply(\%n, { 503 => 6 }, 'nobody can be asked for a key');

my @said = $t->error_log =~ /\[(\w+)\] .*private key of actor .* cannot be used/g;

is(scalar(@said), 6, 'each time it was tried');
is(scalar(grep { $_ eq 'error' } @said), 1, 'and said once');

###############################################################################
