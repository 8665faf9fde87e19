#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A worker that is told to stop at once, in the middle of a statement, ends
# at once and cleanly: no signal, nothing that a sanitizer would find.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Nginx::Process qw/wait_pid/;
use Test::Posts;
use Test::Remote;
use Test::Session;

use Time::HiRes qw/time/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(10);

$t->write_file_expand('nginx.conf', <<'EOF');

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%" timeout=20s;

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }
    }
}

EOF

my $session = Test::Session->new($t);

# declared, so that a worker has nothing to write when it starts again

$t->run();
$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";
$t->stop();

###############################################################################

# what is locked when nginx starts, and what waits for it; declarations by
# their own lock, for the set of actors reads their table too, and may be first

fast('declare', 'SELECT activitypub.lock_declarations()');
fast('twins', lock_of('twin'));

# ... or when it runs, and what is asked then

fast('twins_at', lock_of('twin'), sub {
    $t->sql("NOTIFY activitypub_changed, "
        . "'[[\"https://acme.example\",\"/a.html\",\"\"]]'");
});

fast('document', '', sub {
    my ($path) = publish($t, '/a.html') =~ m!//[^/]+(/.*)!;
    my $c = http_connect();

    $session->ask('BEGIN; ' . lock_of('object'));

    $c->send("GET $path HTTP/1.1\r\nHost: acme.example\r\n\r\n");

    return $c;
});

my $bob = Test::Remote->new($t, 'https://remote.example/u/bob')->known;

fast('receive', lock_of('follower'), sub {
    my $body = '{"type":"Follow","actor":"https://remote.example/u/bob",'
        . '"id":"https://remote.example/1",'
        . '"object":"https://acme.example/activitypub/news"}';
    my $headers = $bob->sign('/activitypub/inbox', $body);
    my $c = http_connect();

    $c->send("POST /activitypub/inbox HTTP/1.1\r\n");

    while (my ($name, $value) = splice @$headers, 0, 2) {
        $c->send("$name: $value\r\n");
    }

    $c->send('Content-Length: ' . length($body) . "\r\n\r\n$body");

    return $c;
});

###############################################################################

sub fast {
    my ($statement, $lock, $ask) = @_;

    $session->ask("BEGIN; $lock") unless $ask;

    $t->run();

    if ($ask) {
        $t->wait_document('/activitypub/news', host => 'acme.example')
            or die "no actor\n";
        $session->ask("BEGIN; $lock") if $lock;
    }

    my $held = $ask && $ask->();

    ok($t->wait_for(sub { waits($statement) }, 10), "$statement waits");

    my $pid = delete $t->{pid};
    my $began = time;

    kill 'TERM', $pid;

    ok(wait_pid($pid, 10) && time() - $began < 4.5, "$statement, and the end");

    unlink $t->testdir . '/nginx.pid';

    $session->ask('ROLLBACK');
}


sub lock_of {
    my ($table) = @_;

    return "LOCK TABLE activitypub.$table";
}


sub waits {
    my ($statement) = @_;

    return $t->sql("SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
            AND query LIKE '%activitypub.$statement(%'");
}

###############################################################################
