#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A large body is read, hashed and parsed by the threads of a worker, not by
# its event loop; whoever leaves meanwhile takes nothing with it.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Remote;

use Time::HiRes qw/sleep/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/);

configure('')->run;

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $inbox = '/activitypub/inbox';
my $actor = 'https://acme.example/activitypub/news';
my $bob = Test::Remote->new($t, 'https://remote.example/u/bob')->known;
my $mib = 1024 * 1024;

# milliseconds of work: nearly as many values as there may be
my $large = request(JSON::PP->new->encode({
    %{ $bob->activity('Like', 'https://elsewhere.example/1') },
    extra => [map { +{ "name$_" => 'x' } } 1 .. 4900] }));

###############################################################################

# who works

my ($loop, $threads) = cpu();

for (1 .. 20) {
    my $c = http_connect();

    $c->send($large) for 1 .. 6;
    $c->response('POST') for 1 .. 6;
}

my ($loop_more, $threads_more) = cpu();

$loop = $loop_more - $loop;
$threads = $threads_more - $threads;
note("event loop $loop s, threads $threads s");
cmp_ok($threads, '>', $loop, 'the threads have parsed them');

# what was asked for is done, and what is refused is refused for its reason

my $followers = 0;

for my $size (8192, 8193, 65_536, 70_000, 90_000, $mib) {
    my $name = "u/f$size";
    my $eve = Test::Remote->new($t, "https://remote.example/$name")->known;
    my $r = $eve->post($inbox, padded($eve->activity('Follow', $actor), $size));

    is($r->status, 202, "$size bytes");
    is($t->sql('SELECT count(*) FROM activitypub.follower'), ++$followers,
        '... are a follower');
}

my $body = mild(100_000);
my $refused = refused();

is($bob->post($inbox, $body, digest => 'SHA-256=' . 'A' x 43 . '=')->status,
    401, 'another digest');
is($bob->post($inbox, "${body}x")->status, 400, 'no JSON');
is($bob->post($inbox, '[' . '1,' x 40_000 . '1]')->status, 400, 'too many');
is($bob->post($inbox, padded({ %{ $bob->activity('Like', 'https://x.example/') },
    actor => 'https://evil.example/u/eve' }, 50_000))->status, 403,
    'the actor of another');
is(http_post($inbox, headers => [Host => 'acme.example',
    'Content-Type' => 'application/activity+json'], body => $body)->status,
    401, 'no signature');
is(refused() - $refused, 5, 'counted');

# more than there are threads, all at once

my @many = map { http_connect() } 1 .. 24;

$_->send($large) for @many;
is(scalar(grep { my $r = $_->response('POST'); $r && $r->status == 202 } @many),
    24, 'many at once');

###############################################################################

# those that leave: nothing stays open

$_->close for @many;
http_get('/', host => 'acme.example');
my $before = descriptors();

for (1 .. 3) {
    my @leave = map { http_connect() } 1 .. 16;

    $_->send($large) for @leave;
    $_->close for @leave;
}

ok($t->wait_for(sub { descriptors() <= $before }, 60), 'no descriptor stays')
    or diag(descriptors() . " > $before");

# a worker that is told to stop answers what it has read

my @last = map { http_connect() } 1 .. 12;

$_->send($large) for @last;
sleep 0.05;

my ($old) = $t->workers;

configure('worker_shutdown_timeout 10ms;');
$t->reload;

my @answers = grep { defined } map { scalar $_->response('POST') } @last;

is(scalar(grep { $_->status != 202 } @answers), 0, 'reload: none is refused');
cmp_ok(scalar(@answers), '>', 0, 'and they are answered');
ok($t->wait_for(sub { !kill 0, $old }, 20), 'the old worker leaves');

# ... and one that has no time for it forgets them, while threads read

@last = map { http_connect() } 1 .. 48;
$_->send($large) for @last;
($old) = $t->workers;
$t->reload;
ok($t->wait_for(sub { !kill 0, $old }, 20), 'the one without time leaves');

@last = map { http_connect() } 1 .. 12;
$_->send($large) for @last;
kill 'TERM', $t->{pid};
$t->stop;

done_testing();

###############################################################################

sub configure {
    my ($main) = @_;

    return $t->write_file_expand('nginx.conf', <<"EOC");

%%TEST_GLOBALS%%

daemon off;
worker_processes 1;
$main

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

EOC
}


# what has no effect, and is accepted

sub mild { padded($bob->activity('Like', 'https://elsewhere.example/1'), @_) }


sub padded {
    my ($activity, $size) = @_;

    my $text = JSON::PP->new->encode({ %$activity, content => '' });
    my $fill = 'x' x ($size - length $text);

    $text =~ s/"content":"/"content":"$fill/;

    return $text;
}


sub request {
    my ($body) = @_;

    my @headers = (@{ $bob->sign($inbox, $body) },
        'Content-Length' => length $body);
    my $text = "POST $inbox HTTP/1.1\r\n";

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    return "$text\r\n$body";
}


sub refused {
    my $n = 0;

    $n += () = $t->error_log =~ /activitypub: refused \d/g;

    return $n;
}


# seconds that the event loop and that all the threads have used

sub cpu {
    my ($pid) = $t->workers;
    my ($loop, $threads) = (0, 0);

    for my $file (glob "/proc/$pid/task/*/schedstat") {
        open my $f, '<', $file or next;

        my ($tid) = $file =~ m!/task/(\d+)/!;
        my ($ns) = <$f> =~ /^(\d+)/ or next;

        $tid == $pid ? ($loop += $ns / 1e9) : ($threads += $ns / 1e9);
    }

    return ($loop, $threads);
}


sub descriptors {
    my ($pid) = $t->workers;
    my @open = glob "/proc/$pid/fd/*";

    return scalar @open;
}

###############################################################################
