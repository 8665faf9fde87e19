#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Whoever may connect to the database may notify: foreign notifications cost
# neither the log nor what the workers know.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(5);

$t->write_file_expand('nginx.conf', <<'EOF')->run();

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
}

EOF

$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";

my $id = publish($t, '/one.html', title => 'Before');

ok($t->wait_for(sub { ap_get('/one.html')->status == 200 }), 'a page');

###############################################################################

my @foreign = ('x', '{}', 'null', '[null]', '[[]]', '[["a","b"]]', '[[1,2,3]]',
    '[["a","b","\\u0000"]]', '[["\\ud800","",""]]', '[["","',
    '[' x 7900, '[["a","b","c"]] x', '**', '"*"');

foreign($_) for @foreign;
foreign("junk $_") for 1 .. 20;

# of another form, or of nothing that is here

foreign('["' . join('","', ('x') x 3) . '"]');
foreign('[' . join(',', ('["","",""]') x 700) . ']');

is(ap_get('/one.html')->status, 200, 'the page is there');

edit($t, 'update', $id, '--title', 'After');

ok($t->wait_for(sub { ap_get('/one.html')->body =~ /After/ }),
    'changes are heard behind them');
is(ap_get('/activitypub/news')->status, 200, 'the actor is there');

my $said = () = $t->error_log =~ /\[warn\].*a notification of \d+ bytes/g;

is($said, 1, 'all of them are worth one line');

###############################################################################

sub foreign {
    my ($payload) = @_;

    $t->sql("SET ROLE activitypub_publisher;
             SELECT pg_notify('activitypub_changed', '$payload')");
}

###############################################################################
