#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The herd after a post: five thousand servers fetch object, actor and page
# within seconds.  The database builds each document once, the application
# is asked for the page as often as without the module, and with the recipe
# of conf/ once a second; also when the post is edited meanwhile, and when
# the worker that listens to the database is killed.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Backend;
use Test::Beside;
use Test::Gate;
use Test::Herd;
use Test::Nginx;
use Test::Posts;
use Test::Recipe;

use Digest::MD5 qw/md5_hex/;

###############################################################################

my $SERVERS = $ENV{SANITIZE} ? 1500 : 5000;

my $t = Test::Nginx->new()->has(qw/http proxy/)->plan(23);
my $plain = Test::Nginx->new(plain => 1);

my $conf = Test::Recipe::expand($t, do { local $/; <DATA> });

$t->write_file_expand('nginx.conf', configure($conf, 8080, 1));
$plain->write_file_expand('nginx.conf', configure($conf, 8082, 0));

$t->run_daemon(\&Test::Backend::run, $t->testdir, http => port(8085));
$t->wait_for_socket('127.0.0.1:' . port(8085));

my $gate = Test::Gate->new($t, '^/never');

$plain->run();
$t->run();

# nobody has asked for this actor yet

$t->wait_for(sub { $t->error_log =~ m!actor ".*/crowd" has its key! }, 20)
    or die "no actor\n";

my $page = '/posts/1';
my $id = publish($t, $page, actor => 'crowd', title => 'Before');
my $object = $id =~ s!^https://acme\.example!!r;
my @documents = ($object, '/activitypub/crowd', $page);

publish($t, '/posts/2', actor => 'news');

$t->wait_for(sub { ap_get('/posts/2')->json }, 20) or die "no posts\n";

###############################################################################

# as they come

my $calls = $gate->calls('documents');
my $herd = Test::Herd->start($t, port => 8080, servers => $SERVERS,
    documents => \@documents, pages => [$page]);
my $seen = $herd->finish;

is($herd->{done}, $SERVERS, 'a herd');
cmp_ok($herd->{took}, '<', 60, 'as fast as one comes');
is($gate->calls('documents') - $calls, @documents, 'each document built once');
is_answered($seen, @documents, $page);

my $html = asked('with', $page);

is($html, $SERVERS, 'the application is asked for the page, no document');

Test::Herd->start($t, port => 8082, servers => $SERVERS, pages => [$page])
    ->finish;
is($html, asked('without', $page), 'as often as without the module');

# an edit in the midst of them

$calls = $gate->calls('documents');
$herd = Test::Herd->start($t, port => 8080, servers => $SERVERS,
    documents => [$object, $page], pause => 0.02);

$t->wait_for(sub { $herd->progress > $SERVERS / 8 }, 30);
edit($t, 'update', $id, '--title', 'After');
cmp_ok($herd->progress, '<', $SERVERS, 'an edit comes in their midst');

$seen = $herd->finish;

is($gate->calls('documents') - $calls, 2, 'and what it changed is built once');
is_answered($seen, $object, $page, 2);
is($seen->{'older after newer'} // 0, 0, 'who saw the new one, keeps it');
like(ap_get($object)->body, qr/After/, 'which it is');

# the worker that listens to the database is killed

my ($first, @more) = sort { $a <=> $b } $t->workers;

$t->expect(qr/worker process $first exited on signal 9/);

$calls = $gate->calls('documents');
$herd = Test::Herd->start($t, port => 8080, servers => $SERVERS,
    documents => \@documents, pause => 0.02);

$t->wait_for(sub { $herd->progress > $SERVERS / 8 }, 30);
kill 'KILL', $first;
cmp_ok($herd->progress, '<', $SERVERS, 'a worker is killed in their midst');

$seen = $herd->finish;

# who was cut off came again

delete $seen->{'cut off x'};
cmp_ok($gate->calls('documents') - $calls, '<=', 2 * @documents,
    'what may have changed while nobody listened is built anew');
is_answered($seen, @documents);

# the recipe, in front of an application that takes a second

$herd = Test::Herd->start($t, port => 8080, servers => $SERVERS,
    pages => ['/kept/cache-slow'], pause => 0.03);
$seen = $herd->finish;

my $asked = grep { m!^with \S+ /kept/! } Test::Backend::requests($t);

is($herd->{done}, $SERVERS, 'a herd, with the recipe');
is_answered($seen, '/kept/cache-slow');
cmp_ok($asked, '>=', 1, 'the application is asked');
cmp_ok($asked, '<=', $herd->{took} + 1, 'once a second');

is(scalar(() = $t->error_log =~ /\[(?:error|crit)\]/g), 0, 'and no errors');

$plain->stop;

###############################################################################

# every URI by every server, with 200 and the same body, or so many of them

sub is_answered {
    my ($seen, @uris) = @_;

    my $most = $uris[-1] =~ /^\d+$/ ? pop @uris : 1;

    is(join(', ', grep { !/ 200 |^older/ } sort keys %$seen), '',
        'everything is answered with 200');

    my @odd;

    for my $uri (@uris) {
        my $bodies = grep { /^\Q$uri\E / } keys %$seen;

        # a page with a document has two

        $bodies-- if $uri eq $page && $seen->{"$page 200 " . md5_hex(
            "page $page\n")} && @uris > 1;

        push @odd, "$uri: $bodies" if $bodies < 1 || $bodies > $most;
    }

    is(join(', ', @odd), '', 'by one body each');
}


sub asked {
    my ($who, $uri) = @_;

    my $n;

    # it writes its log when it has answered

    $t->wait_for(sub {
        my $log = $plain->read_file('backend.log');

        $n = () = $log =~ m!^$who \Q$uri\E$!mg;
        $n >= $SERVERS;
    });

    return $n;
}

###############################################################################

__DATA__
%%TEST_GLOBALS%%

worker_processes  2;
daemon            off;

events {
    worker_connections  1024;
}

http {
    %%TEST_GLOBALS_HTTP%%

    %%WITH%% activitypub_database "%%DATABASE%%";
    %%WITH%% include %%RECIPE%%/activitypub-herd.conf;

    access_log        off;
    default_type      text/html;
    proxy_set_header  X-Who %%WHO%%;

    # the application

    %%WITHOUT%% log_format app "$http_x_who $request_uri";
    %%WITHOUT%% server {
    %%WITHOUT%%     listen       127.0.0.1:8081;
    %%WITHOUT%%     access_log   %%TESTDIR%%/backend.log app;
    %%WITHOUT%%     location / { return 200 "page $request_uri\n"; }
    %%WITHOUT%% }

    server {
        listen       127.0.0.1:LISTEN;
        server_name  acme.example;

        %%WITH%% activitypub_actor news { }
        %%WITH%% activitypub_actor crowd { url /crowd/; }

        location / { proxy_pass http://127.0.0.1:8081; }

        location /kept/ {
            proxy_pass  http://127.0.0.1:8085;
            %%WITH%% include %%RECIPE%%/activitypub-herd-proxy.conf;
        }
    }
}
