#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Many who ask for a document at once are answered by one query; one who asks
# after a change is not answered by a query that began before it.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Gate;
use Test::Posts;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(14);

$t->write_file("$_.html", "PAGE $_\n") for qw/held held2 other index/;

$t->write_file_expand('nginx.conf', <<'EOF');

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    types {
        text/html  html;
    }

    activitypub_database "%%DATABASE%%" timeout=8s;

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }
    }
}

EOF

my $gate = Test::Gate->new($t, '^/held');

$t->run();
$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";

my $id = publish($t, '/held.html', title => 'Old');

wait_twin('/held.html');

###############################################################################

# many at once

$gate->close();

my $before = $gate->calls('documents');
my @clients = map { ask('/held.html') } 1 .. 12;

ok($t->wait_for(sub { $gate->held }), 'the query is under way');

select undef, undef, undef, 0.3;

# who leaves takes nothing from the others

undef $clients[0];
undef $clients[5];
splice @clients, 5, 1;
splice @clients, 0, 1;

select undef, undef, undef, 0.1;

$gate->open();

my @answers = map { $_->response('GET') } @clients;

is(scalar(grep { $_->status == 200 } @answers), 10, 'all are answered');
is(scalar(grep { $_->body eq $answers[0]->body } @answers), 10,
    'with the same document');
like($answers[0]->body, qr/Old/, 'the right one');
is($gate->calls('documents') - $before, 1, 'of one query');

is(ap_get('/held.html')->body, $answers[0]->body, 'kept');
is($gate->calls('documents') - $before, 1, 'without another query');

###############################################################################

# a change while the query is under way

$id = publish($t, '/held2.html', title => 'Before');
wait_twin('/held2.html');

$gate->close();

$before = $gate->calls('documents');

my $early = ask('/held2.html');
ok($t->wait_for(sub { $gate->held == 1 }), 'asked before the change');

edit($t, 'update', $id, '--title', 'After');

# notifications come in order: what is told after the change is known here

publish($t, '/other.html');
wait_twin('/other.html');

# they wait behind the first one, on the same connection

my $late = ask('/held2.html');
my $joined = ask('/held2.html');

select undef, undef, undef, 0.3;

$gate->open();

like($early->response('GET')->body, qr/Before/, 'the old one, before');
like($late->response('GET')->body, qr/After/, 'the new one, after');
like($joined->response('GET')->body, qr/After/, 'for who joined too');

is($gate->calls('documents') - $before, 2, 'of a query that began after it');

like(ap_get('/held2.html')->body, qr/After/, 'the new one is kept');
is($gate->calls('documents') - $before, 2, 'without another query');

###############################################################################

sub ask {
    my ($uri) = @_;

    my $c = http_connect() or die "no connection\n";

    $c->send("GET $uri HTTP/1.1\r\nHost: acme.example\r\n"
        . "Accept: application/activity+json\r\nConnection: close\r\n\r\n");

    return $c;
}


# until nginx knows that the page has a document

sub wait_twin {
    my ($uri) = @_;

    $t->wait_for(sub {
        http_get($uri, host => 'acme.example')->header('Link')
    }, 10)
        or die "no twin at $uri\n";
}

###############################################################################
