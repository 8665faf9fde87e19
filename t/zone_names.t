#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The zone calls a page by a hash of 64 bits.  Who chooses the URL of a page,
# an author among many, must not find one that is called like another's.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/);

$t->write_file_expand('nginx.conf', <<'EOC');

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

        root         %%TESTDIR%%/html;

        activitypub_actor news { url /news; }
    }
}

EOC

# their hashes were the same as long as anybody could know them in advance

my @pages = qw!/our-annual-repo /sxivfxu4vx63n26!;

$t->write_file("html$_", "<p>$_") for @pages;
$t->run;

$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";

my @ids = map { publish($t, $_, actor => 'news', title => $_) } @pages;

for my $n (0, 1) {
    ok($t->wait_for(sub { link_of($pages[$n]) eq $ids[$n] }, 5),
        "$pages[$n] leads to its own post")
        or diag(link_of($pages[$n]));
}

is(link_of($pages[0]), $ids[0], 'still');

done_testing();

###############################################################################

sub link_of {
    my $r = http_get($_[0], host => 'acme.example');

    return $r && ($r->header('Link') // '') =~ /<(.*?)>/ ? $1 : '';
}

###############################################################################
