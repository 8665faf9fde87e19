#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Who listens for changes hands over to its successor: a reload loses no
# notification and keeps what is cached; where a worker was killed or the
# connection lost, everything is asked for again.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Gate;
use Test::Posts;

use IO::Socket::INET;
use Time::HiRes qw/sleep time/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http proxy/)->plan(21);

# workers are killed on purpose
$t->expect(qr/worker process \d+ exited on signal 9/);

my @pages = map { "/p$_.html" } 0 .. 9;

$t->write_file($_, "PAGE\n") for qw/one.html two.html lost.html/, @pages;

configure(2);

my $gate = Test::Gate->new($t, '^/none');

$t->run_daemon(\&slow);
$t->wait_for_socket('127.0.0.1:' . port(8081));

$t->run();
$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";

my $id = publish($t, '/one.html', title => 'First');

wait_twin('/one.html');
ap_get('/one.html');

###############################################################################

# what is cached stays

my $documents = $gate->calls('documents');
my $twins = $gate->calls('twins');
my ($reloaded, $took);

# who waits in vain does so for five seconds, each time; a busy machine, not

for (1 .. 3) {
    my $began = time;

    $reloaded = $t->reload() or last;
    $took = time() - $began;
    last if $took < 4;
}

ok($reloaded, 'reloaded');
cmp_ok($took, '<', 4 * $Test::Nginx::Process::PATIENCE,
    'and nobody waited in vain');

is(ap_get('/one.html')->status, 200, 'the document');
ok(has_twin('/one.html'), 'and the page');
is($gate->calls('documents'), $documents, 'was not asked for');
is($gate->calls('twins'), $twins, 'nor was its set');

# and follows what changes

edit($t, 'update', $id, '--title', 'Second');
ok($t->wait_for(sub { current('/one.html', 'Second') }), 'an edit');

publish($t, '/two.html');
ok(wait_twin('/two.html'), 'a new page');

is($gate->calls('twins'), $twins, 'without another fill');

###############################################################################

# changes while workers come and go

my @ids;

for my $page (@pages) {
    kill 'HUP', $t->{pid};
    push @ids, publish($t, $page, title => "Title of $page");
    ap_get($page) for 1 .. 4;
    edit($t, 'update', $ids[-1], '--title', "Changed $page");
}

is(scalar(grep { wait_twin($_) } @pages), 10, 'all pages are known');

is(scalar(grep { changed($_) } @pages), 10, 'and all edits');

###############################################################################

# the successor comes late: the old one waits for it, and listens meanwhile

ap_get('/two.html');

$gate->close('greetings');
kill 'HUP', $t->{pid};
$t->wait_for(sub { $gate->held }) or die "no successor\n";

$documents = $gate->calls('documents');
edit($t, 'update', $id, '--title', 'Third');
sleep 1;

$gate->open();

ok($t->wait_for(sub { current('/one.html', 'Third') }, 10), 'a late edit');
is(ap_get('/two.html')->status, 200, 'another document');
is($gate->calls('documents') - $documents, 1, 'one of them was asked for');

###############################################################################

# an old worker that has more to do, but nothing to hear

configure(1);
$t->reload() or die "no reload\n";

ok($t->wait_for(sub { sessions() == 3 }, 10), 'a worker, its connections');

my $long = http_connect();

$long->send("GET /slow HTTP/1.1\r\nHost: acme.example\r\n"
    . "Connection: close\r\n\r\n");

$t->wait_for(sub { $t->read_file('slow') }) or die "no request\n";

$t->reload() or die "no reload\n";

ok($t->wait_for(sub { sessions() == 3 }), 'the old one has hung up');

$t->write_file('answer', 'now');

like($long->rest, qr/at last/, 'and finishes its request');

###############################################################################

# whoever listened is dead: nobody knows what was missed

ap_get('/one.html');
$documents = $gate->calls('documents');
ap_get('/one.html');
is($gate->calls('documents'), $documents, 'cached');

# nginx makes no new worker before all has happened

kill 'STOP', $t->{pid};
kill 'KILL', $t->workers;
edit($t, 'update', $id, '--title', 'Fourth');
publish($t, '/lost.html');
kill 'CONT', $t->{pid};

ok($t->wait_for(sub { current('/one.html', 'Fourth') }, 10),
    'a change that nobody heard');
ok(wait_twin('/lost.html'), 'a page that nobody heard of');

###############################################################################

# nginx stops: nobody waits for a successor

my $began = time;
$t->stop();
cmp_ok(time() - $began, '<', 4, 'stopped at once');

###############################################################################

sub configure {
    my ($workers) = @_;

    $t->write_file_expand('nginx.conf', <<"EOF");

%%TEST_GLOBALS%%

daemon off;
worker_processes $workers;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    types {
        text/html  html;
    }

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }

        location /slow {
            proxy_pass http://127.0.0.1:8081;
        }
    }
}

EOF
}


# does a page have a document; is it known in time

sub has_twin {
    my ($uri) = @_;

    my $r = http_get($uri, host => 'acme.example');

    return $r && $r->header('Link');
}


sub wait_twin {
    my ($uri) = @_;

    return $t->wait_for(sub { has_twin($uri) }, 10);
}


sub current {
    my ($uri, $text) = @_;

    my $r = ap_get($uri);

    return $r && $r->status == 200 && $r->body =~ /\Q$text\E/;
}


sub changed {
    my ($uri) = @_;

    return $t->wait_for(sub { current($uri, "Changed $uri") });
}


sub sessions {
    return $t->sql("SELECT count(*) FROM pg_stat_activity
        WHERE usename = 'www-data' AND datname = current_database()");
}


# a backend that answers when it is told to

sub slow {
    my $server = IO::Socket::INET->new(Listen => 5, ReuseAddr => 1,
        LocalAddr => '127.0.0.1:' . port(8081)) or die "listen: $!\n";

    while (my $client = $server->accept()) {
        sysread $client, my $request, 4096 or next;

        $t->write_file('slow', 'asked');
        $t->wait_for(sub { $t->read_file('answer') }, 15);

        print $client "HTTP/1.0 200 OK\r\n\r\nat last\n";
        close $client;
    }
}

###############################################################################
