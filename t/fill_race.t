#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What a query brings is kept for all workers, also when nobody waits for it
# any more; but not when it became old on its way.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Node;
use Test::Session;

use Time::HiRes qw/sleep/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(10);

$t->database(own => 1);
node_conf($t)->run;

die "no actor\n" unless $t->wait_document('/activitypub/news')
    && $t->wait_document('/activitypub/actor') && complete($t) && asks($t);

my $session = Test::Session->new($t);
my %worker = connections($t);
my $first = (sort { $a <=> $b } keys %worker)[0];
my $id = publish($t, '/posts/1.html', title => 'Old');

$t->wait_for(sub { http_get('/posts/1.html', host => 'acme.example')
    ->header('Link') }) or die "no twin\n";

###############################################################################

# those that asked have left

my @many = map { to_worker($first) } 1 .. 4;

lock_out();
begin($_, '/activitypub/news/following') for @many;
hanging($t, 1, 'document');
$_->close for @many;
sleep 0.3;
queries($t, 'document');
$session->ask('ROLLBACK');

# by one connection: what is answered later was asked later

$t->wait_for(sub { ask($worker{$first}, unknown())->status == 404 })
    or die "no answer\n";

my $before = queries($t, 'document');

for my $c (values %worker) {
    is(ask($c, '/activitypub/news/following')->status, 200, 'nobody stayed');
}

is(queries($t, 'document') - $before, 0, 'but the answer is kept');

###############################################################################

# A change on the way: the statement saw the old row, the notification comes
# first, the answer last.

my $c = to_worker($first);

lock_out();
begin($c, '/posts/1.html');
hanging($t, 1, 'document');
rename_post('Old', 'New');
$session->ask('ROLLBACK');

like($c->response('GET')->body, qr/Old/, 'true when it was asked');

for my $pid (sort keys %worker) {
    like(ask($worker{$pid}, '/posts/1.html')->body, qr/New/,
        'the old answer was not kept');
}

# who asks after the change does not wait for what was true before

rename_post('New', 'Newer');
lock_out();
begin($c, '/posts/1.html');
hanging($t, 1, 'document');
rename_post('Newer', 'Newest');

my $late = to_worker($first);

begin($late, '/posts/1.html');
sleep 0.3;
$session->ask('ROLLBACK');

like($c->response('GET')->body, qr/Newer/, 'who asked before');
like($late->response('GET')->body, qr/Newest/, 'who asked later');

###############################################################################

# Everything may have changed on the way of an answer: it is not believed, but
# it is what there is when the database goes.

lock_out();
begin($c, '/activitypub/news/featured');
hanging($t, 1, 'document');
$t->sql("NOTIFY activitypub_changed, 'foreign'");
$t->wait_for(sub { said($t, qr/is not in the form/) }) or die "not heard\n";
$session->ask('ROLLBACK');

is($c->response('GET')->status, 200, 'everything may have changed');

undef $session;
$t->stop_database;

is(ask($t, '/activitypub/news/featured')->status, 200,
    'and the answer is the last one known');

###############################################################################

# without the row locks that activitypub.update_post() would wait for

sub rename_post {
    my ($from, $to) = @_;

    my ($at) = split /\n/, $t->sql("SELECT clock_timestamp();
        UPDATE activitypub.object
                SET document = replace(document, '$from', '$to');
             SELECT activitypub.notify_changed(
                 '[[\"https://acme.example\", \"/posts/1.html\", \"\"]]')");

    # who hears of it asks whether the page still has a document

    $t->wait_for(sub {
        $t->sql("SELECT count(*) FROM pg_stat_activity
            WHERE query LIKE '%activitypub.twins_at(%'
              AND usename = 'www-data' AND query_start > '$at'") > 0;
    })
        or die "not heard\n";
}


sub lock_out { $session->ask('BEGIN; LOCK TABLE activitypub.origin') }

###############################################################################
