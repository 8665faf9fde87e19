#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# activitypub_limit: by the domain that has signed, in all workers, and nobody
# else's.  Who comes again later is let in.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Remote;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/);

$t->write_file_expand('nginx.conf', <<'EOC')->run();

%%TEST_GLOBALS%%

daemon off;

worker_processes 2;

events {
    accept_mutex off;
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";
    activitypub_limit 1r/m burst=3;

    limit_req_zone $activitypub_key_domain zone=claimed:1m rate=1r/m;

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }

        location = /status {
            activitypub_status json;
        }

        location /api/ {
            activitypub_signatures required;
            activitypub_limit 2r/m;
            alias %%TESTDIR%%/;
        }

        location /free/ {
            activitypub_signatures required;
            activitypub_limit off;
            alias %%TESTDIR%%/;
        }

        location /named/ {
            try_files /none @named;
        }

        location @named {
            activitypub_signatures required;
            activitypub_limit 1r/m;
            root %%TESTDIR%%;
            try_files /nginx.conf =404;
        }

        error_page 400 /bad;

        location = /bad {
            activitypub_signatures optional;
            alias %%TESTDIR%%/nginx.conf;
        }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  soon.example;

        activitypub_actor news { }
        activitypub_limit 30r/m;
    }

    server {
        listen       127.0.0.1:8080;
        server_name  claims.example;

        activitypub_actor news { }
        activitypub_limit off;

        limit_req zone=claimed burst=1 nodelay;
        limit_req_status 429;
    }
}

EOC

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $inbox = '/activitypub/inbox';
my $actor = 'https://acme.example/activitypub/news';
my $bob = Test::Remote->new($t, 'https://remote.example/u/bob')->known;
my $ann = Test::Remote->new($t, 'https://a.remote.example/u/ann',
    like => $bob)->known;
my $eve = Test::Remote->new($t, 'https://evil.co.uk/u/eve',
    like => $bob)->known;
my $joe = Test::Remote->new($t, 'https://good.co.uk/u/joe',
    like => $bob)->known;

###############################################################################

# a burst, and one more, over connections to both workers

my @all = map { $bob->post($inbox, follow($bob)) } 1 .. 6;
my @in = grep { $_->status == 202 } @all;
my @out = grep { $_->status == 429 } @all;

is(@in, 4, 'as many as the burst, and one');
is(@out, 2, 'the others are too many');
is($out[0]->json->{code}, 'limited', 'which has a code');
like($out[0]->header('Retry-After'), qr/^(?:[1-9]|[1-5]\d|6[0-3])$/,
    'and an end, which is told');
is(status()->{refused}{limited}, 2, 'counted');

# nobody dodges it, and nobody else is hit

full($bob);
is($ann->post($inbox, follow($ann))->status, 429,
    'another host of the domain');
is($bob->post($inbox, follow($bob), change => sub {
    push @{ $_[0]{headers} }, 'X-Forwarded-For' => '192.0.2.1',
        'Forwarded' => 'for=192.0.2.1', 'CF-Connecting-IP' => '192.0.2.1';
})->status, 429, 'whatever it says of its address');
is($eve->post($inbox, follow($eve))->status, 202, 'another domain');

full($eve);

is($eve->post($inbox, follow($eve))->status, 429, 'has its own limit');
is($joe->post($inbox, follow($joe))->status, 202,
    'below "co.uk" are many domains');

# who only says that he is one of them takes nothing away from them

my $mal = Test::Remote->new($t, 'https://good.co.uk/u/joe');

is($mal->post($inbox, follow($joe))->status, 401, 'not verified')
    for 1 .. 5;
is($joe->post($inbox, follow($joe))->status, 202, 'the other goes on');

# a reload forgets nothing

full($bob);
$t->reload;
is($bob->post($inbox, follow($bob))->status, 429, 'after a reload');

# nothing is lost: what was refused comes again

my ($again, $r) = refused($eve, 'soon.example');
my $kept = rows();

is($r->json->{code}, 'limited', 'too early');
ok($t->wait_for(sub {
    $eve->post($inbox, $again, host => 'soon.example')->status == 202
}, 30), 'it comes again, and is let in');
is(rows(), $kept + 1, 'and kept');

# any location that asks for a signature, and its own limit

my @api = map { get($joe, '/api/nginx.conf') } 1 .. 3;

is($api[0]->status, 200, 'a location');
is((grep { $_->status == 429 } @api) > 0 ? 1 : 0, 1, 'has its limit')
    or diag(join ' ', map { $_->status } @api);
is(get($joe, '/free/nginx.conf')->status, 200, 'off')
    for 1 .. 3;

# and behind a redirect, where nginx has forgotten what we know of a request

my @named = map { get($joe, '/named/') } 1 .. 2;

is(join(' ', map { $_->status } @named), '200 429', 'a named location');
like($named[1]->header('Retry-After'), qr/^(?:\d|[1-5]\d|6[0-3])$/,
    'which tells when to come again');

# of a header that nginx cannot read we never knew anything

like(http("GET / HTTP/1.1\r\nHost: acme.example\r\nHost: a\r\n\r\n"),
    qr/^HTTP\S+ 400 .*worker_processes/s, 'the error page of a bad request');

# nginx's own, by the domain that is claimed, before anything is verified

my @claimed = map {
    $mal->post($inbox, follow($joe), host => 'claims.example')->status
} 1 .. 4;

is($claimed[-1], 429, 'limit_req by the claimed domain');

###############################################################################

sub follow { return $_[0]->activity('Follow', $actor) }

sub rows { return $t->sql('SELECT count(*) FROM activitypub.received') }

sub status { return http_get('/status', host => 'acme.example')->json }


sub get {
    my ($who, $uri) = @_;

    my %h = @{ $who->sign($uri, '', method => 'GET',
        covered => '(request-target) host date') };

    return http_get($uri, headers => [map { $_ => $h{$_} }
        qw/Host Date Signature/]);
}


# its bucket is full, and is for half a minute

sub full {
    my ($who) = @_;

    for (1 .. 50) {
        my $r = $who->post($inbox, follow($who));

        return if $r->status == 429 && $r->header('Retry-After') > 30;
        select undef, undef, undef, 1 if $r->status == 429;
    }
}


# what is refused by another server, and the answer

sub refused {
    my ($who, $host) = @_;

    for (1 .. 50) {
        my $what = $who->activity('Follow', "https://$host/activitypub/news");
        my $r = $who->post($inbox, $what, host => $host);

        return ($what, $r) if $r->status == 429;
    }
}

###############################################################################

done_testing();
