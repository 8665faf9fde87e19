#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# PostgreSQL may be absent when nginx starts: the site is served, federation
# answers 503, and all is well as soon as the database is there.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Node;

use Time::HiRes qw/sleep/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(41);

$t->database(own => 1);
node_conf($t);
$t->stop_database;
$t->run;

my %worker = connections($t);

for my $pid ($t->workers) {
    my $c = $worker{$pid};
    my $r = ask($c, '/plain.html', accept => $BROWSER);

    is($r->status, 200, 'a page');
    is($r->body, "PAGE plain\n", 'its content');
    is($r->header('Vary'), 'Accept', 'which pages have twins is not known');

    # what any JSON-LD may be, the site may give

    for my $accept ('application/ld+json', 'application/ld+json, */*;q=0.1') {
        is(ask($c, '/plain.html', accept => $accept)->body, "PAGE plain\n",
            "$accept: a page");
        is(ask($c, '/', accept => $accept)->body, "PAGE index\n",
            "$accept: the profile page");
    }

    unavailable($c, '/plain.html', 'a page that might have a document');
    unavailable($c, '/activitypub/news', 'actor');
    unavailable($c, '/', 'profile page');
    unavailable($c, '/.well-known/webfinger?resource=acct:news@acme.example',
        'WebFinger');
}

# a few rounds of trying again

sleep 2;

is(said($t, qr/\[error\]/), 1, 'one [error] by two workers');
like($t->error_log,
    qr/\[error\].*database "[^"]+" is unavailable: .*No such file/,
    'that says why');
is(said($t, qr/\[notice\].*database/), 0, 'nothing to be glad of');

# who has mended the configuration hears whether that was it

$t->reload;
ok($t->wait_for(sub { said($t, qr/\[error\]/) == 2 }),
    'a reload that did not help: one more [error]');
%worker = connections($t);

###############################################################################

$t->start_database;

ok($t->wait_document('/activitypub/news'), 'the actor appears');
ok($t->wait_document('/activitypub/actor'), 'the instance actor appears');
ok(complete($t), 'the set of twins is complete');

for my $pid (sort keys %worker) {

    # each has its own connection, and its own patience

    $t->wait_for(sub { ask($worker{$pid}, '/')->status == 200 }, 15);
    is(ask($worker{$pid}, '/')->json->{preferredUsername}, 'news',
        'the same worker knows the profile page');
}

is(said($t, qr/\[notice\].*database "[^"]+" is available/), 1,
    'one [notice] on return');
is(said($t, qr/\[error\]/), 2, 'and no more of errors');

###############################################################################

sub unavailable {
    my ($c, $uri, $name) = @_;

    my $r = ask($c, $uri);

    is($r->status, 503, "$name: not now");
    like($r->header('Retry-After') // '', qr/^\d+$/, "$name: but later");
}

###############################################################################
