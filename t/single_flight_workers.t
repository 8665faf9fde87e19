#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# One query for a document for all workers of a node: one asks, the others
# wait for what it puts into the zone.  They ask themselves when nothing
# comes: there is no such document, it has changed since, who asked is dead.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Gate;
use Test::Posts;

use Time::HiRes qw/time/;

###############################################################################

my $WORKERS = 3;
my $NOTHING = '/activitypub/news/01900000-0000-7000-8000-000000000000';

my $t = Test::Nginx->new()->has(qw/http/)->plan(23);

# some of them for another try

my %title = map { ("/held-$_" => "Post " . substr $_, 0, 1) }
    qw/1 1b 1c 2 2b 2c 3/;

$t->write_file($_, "PAGE\n") for keys %title, 'later', 'held-4';

$t->write_file_expand('nginx.conf', <<"EOF");

%%TEST_GLOBALS%%

worker_processes  $WORKERS;
daemon            off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%" timeout=8s;

    server {
        listen       127.0.0.1:8080 reuseport;
        server_name  acme.example;

        activitypub_actor news { }

        location = /pid { return 200 \$pid; }
    }
}

EOF

my $gate = Test::Gate->new($t, "held|^$NOTHING");

$t->run();
$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";

publish($t, $_, title => $title{$_}) for sort keys %title;

my $edited = publish($t, '/held-4', title => 'Before');

wait_twin($_) for sort(keys %title), '/held-4';

###############################################################################

# many in all workers

my ($held, $answers, $queries) = in_time(\&herd, map { "/held-1$_" } '',
    qw/b c/);

is($held, 1, 'one query is under way');
is($queries, 1, 'one query for all workers');
is(grep({ $_->status == 200 } @$answers), @$answers, 'all are answered');
is(grep({ $_->body eq $answers->[0]->body } @$answers), @$answers,
    'with the same document');
like($answers->[0]->body, qr/Post 1/, 'the right one');

# what does not exist is not in the zone either

($held, $answers, $queries) = in_time(\&herd, ($NOTHING) x 3);

is($held, 1, 'one query for nothing is under way');
is(grep({ $_->status == 404 } @$answers), @$answers, 'nobody is kept waiting');
cmp_ok($queries, '<=', $WORKERS, 'a query for each worker, at most');

# who asks first leaves, and the answer comes for the others all the same

my ($asked, $answer, $n) = in_time(\&left, map { "/held-2$_" } '', qw/b c/);

ok($asked, 'one asks');
like($answer->body, qr/Post 2/, 'the client leaves');
is($n, 1, 'one query');

# a change: an answer of before is nothing to wait for

$gate->close;

my ($first, $second) = @{ workers_of(2) };
my $before = $gate->calls('documents');

ask($first, '/held-4');
ok($t->wait_for(sub { $gate->held == 1 }), 'one asks before a change');

edit($t, 'update', $edited, '--title', 'After');

# notifications come in order: what is told after the change is known here

publish($t, '/later');
wait_twin('/later');

ask($second, '/held-4');
ok($t->wait_for(sub { $gate->held == 2 }, 1.5), 'another after it, at once');

$gate->open;

like($first->{c}->response('GET')->body, qr/Before/, 'the old one');
like($second->{c}->response('GET')->body, qr/After/, 'the new one');

is($gate->calls('documents') - $before, 2, 'a query for each');
like(ap_get('/held-4')->body, qr/After/, 'the new one is kept');
is($gate->calls('documents') - $before, 2, 'without another query');

# who asks is killed

$gate->close;

($first, $second) = @{ workers_of(2) };

ask($first, '/held-3');
ok($t->wait_for(sub { $gate->held == 1 }), 'one asks, and is killed');
ask($second, '/held-3');

$t->expect(qr/worker process $first->{pid} exited on signal 9/);

my $killed = time();

kill 'KILL', $first->{pid};

ok($t->wait_for(sub { $gate->held == 2 }, 10), 'another asks');
cmp_ok(time() - $killed, '<', 6, 'soon');

$gate->open;

like($second->{c}->response('GET')->body, qr/Post 3/, 'and is answered');
ok($t->wait_for(sub { $t->workers == $WORKERS }), 'as many workers as before');

###############################################################################

# What becomes of the first page for which all is done, from the first request
# to the last answer, before who waits for another worker asks himself, after
# two seconds; or of the last one.

my $from;

sub in_time {
    my ($code, @uris) = @_;

    my @became;

    for my $uri (@uris) {
        undef $from;
        @became = $code->($uri);
        last if time() - $from < 1.8;
    }

    return @became;
}


# Clients of all workers ask at once: how many queries are under way after a
# while, the answers, and how many queries it took.

sub herd {
    my ($uri) = @_;

    my $before = $gate->calls('documents');

    $gate->close;

    my @clients = map { @{ workers_of($WORKERS) } } 1 .. 4;

    ask($_, $uri) for @clients;
    $t->wait_for(sub { $gate->held });

    # long enough to look many times

    select undef, undef, undef, 0.4;

    my $held = $gate->held;

    $gate->open;

    my @answers = map { $_->{c}->response('GET') } @clients;

    return ($held, \@answers, $gate->calls('documents') - $before);
}


# Somebody asks, another one at another worker too, and the first one leaves:
# whether he had asked, the answer, and how many queries it took.

sub left {
    my ($uri) = @_;

    $gate->close;

    my $first = workers_of(1)->[0];
    my $second = (grep { $_->{pid} != $first->{pid} } @{ workers_of(2) })[0];
    my $before = $gate->calls('documents');

    ask($first, $uri);

    my $asked = $t->wait_for(sub { $gate->held == 1 });

    ask($second, $uri);
    undef $first->{c};

    $gate->open;

    return ($asked, $second->{c}->response('GET'),
        $gate->calls('documents') - $before);
}


# connections to so many different workers

sub workers_of {
    my ($n) = @_;

    my %of;

    $t->wait_for(sub {
        my $c = http_connect();
        my $pid = $c->get('/pid', host => 'acme.example')->body;

        $of{$pid} ||= { c => $c, pid => $pid };

        return keys %of == $n;
    }, 20)
        or die "no $n workers answer\n";

    return [values %of];
}


sub ask {
    my ($client, $uri) = @_;

    $from //= time();
    $client->{c}->send("GET $uri HTTP/1.1\r\nHost: acme.example\r\n"
        . "Accept: application/activity+json\r\n\r\n");
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
