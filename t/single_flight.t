#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Who asks for a document while it is being asked for waits for that answer:
# one query of a worker, whoever leaves meanwhile.  An answer that became old
# on its way is not kept.

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

my $t = Test::Nginx->new()->has(qw/http/)->plan(31);

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

# eight at once, of the same worker

my @many = map { to_worker($first) } 1 .. 8;
my $before = queries($t, 'document');

lock_out();
begin($_, '/activitypub/news/outbox') for @many;
begin($worker{$_}, '/activitypub/news/outbox') for keys %worker;
hanging($t, 2);
sleep 0.3;
$session->ask('ROLLBACK');

my %bodies = map { $_ => 1 } map { answer($_) } @many, values %worker;

is(scalar keys %bodies, 1, 'all have the same document');
is(queries($t, 'document') - $before, 2, 'each worker asked once');

# what is different is asked for by itself, but not waited for in line

$before = queries($t, 'document');

lock_out();
begin($many[$_], "/activitypub/news/outbox?page=01890000-0000-7000-b000-"
    . sprintf('%012x', $_ % 4)) for 0 .. 7;
hanging($t, 1);
sleep 0.3;
$session->ask('ROLLBACK');

answer($_) for @many;
is(queries($t, 'document') - $before, 4, 'four documents, four queries');

###############################################################################

# those that leave

$before = queries($t, 'document');

lock_out();
begin($_, '/activitypub/news/followers') for @many;
hanging($t, 1);
sleep 0.3;
$_->close for @many[0 .. 5];
sleep 0.3;
$session->ask('ROLLBACK');

answer($_) for @many[6, 7];
is(queries($t, 'document') - $before, 1, 'those that stay are answered');

# all of them

lock_out();
begin($_, '/activitypub/news/following') for @many[6, 7];
hanging($t, 1);
$_->close for @many[6, 7];
sleep 0.3;
$before = queries($t, 'document');
$session->ask('ROLLBACK');
sleep 0.3;

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
hanging($t, 1);
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
hanging($t, 1);
rename_post('Newer', 'Newest');

my $late = to_worker($first);

begin($late, '/posts/1.html');
sleep 0.3;
$session->ask('ROLLBACK');

like($c->response('GET')->body, qr/Newer/, 'who asked before');
like($late->response('GET')->body, qr/Newest/, 'who asked later');

###############################################################################

# without the row locks that activitypub.update_post() would wait for

sub rename_post {
    my ($from, $to) = @_;

    $t->sql("UPDATE activitypub.object
                SET document = replace(document, '$from', '$to');
             SELECT activitypub.notify_changed(
                 '[[\"https://acme.example\", \"/posts/1.html\", \"\"]]')");

    # heard by now

    sleep 0.3;
}


sub lock_out { $session->ask('BEGIN; LOCK TABLE activitypub.origin') }


sub answer {
    my ($c) = @_;

    my $r = $c->response('GET');

    is($r && $r->status, 200, 'answered');

    return $r->body;
}

###############################################################################
