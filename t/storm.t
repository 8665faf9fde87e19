#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Others' actors that are gone say so to everybody.  Of those that nobody here
# knows nothing is asked, of nobody; and a real follower's farewell arrives
# whatever happens: while the set of actors is in doubt or does not fit, over
# a reload and a killed worker, and at a node that has not heard yet of whom
# another one has learned.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig own_database => 1;
use Test::Nginx;
use Test::Documents;
use Test::Node qw/listens/;
use Test::Remote;

use Time::HiRes qw/sleep/;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);
my $other = Test::Nginx->new();

$_->expect(Test::Rig::expected()) for $t, $other;
$t->expect(qr/worker process \d+ exited on signal 9/);
$t->database(own => 1);
$t->sql("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'");
$t->stop_database('fast');
$t->start_database;
$t->sql('CREATE EXTENSION pg_stat_statements');

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

my $web = Test::Documents->start($rig, '8.8.4.4', 'a.example', 'b.example');
my $news = 'https://site.example/activitypub/news';
my $inbox = '/activitypub/inbox';
my $like;

$rig->host('site.example', '9.9.9.10');
configure($t, '9.9.9.10', 8080);
configure($other, '9.9.9.10', 8090, 'two.example');
$t->run;

die "no actor\n" unless $t->wait_document('/activitypub/news',
    host => 'site.example') && complete(8080);

my $bob = Test::Remote->new($t, 'https://a.example/u/bob');

$web->serve($bob->uri, $bob->document);

###############################################################################

# of those that nobody knows

executed();
$web->news;

my @answers = storm(8080, 100);

is(join(' ', uniq(@answers)), 202, 'a hundred farewells of strangers');
is(executed(), 0, 'ask the database nothing');
is($web->news, 0, 'and nobody else');
is(status(8080)->{received}{ignored}, 100, 'they are counted');

# as it comes in two parts, or is written by another hand

is(late(farewell('https://b.example/u/late')), 202, 'one that comes late');
is(hand(farewell('https://b.example/u/php') =~ s!/!\\/!gr), 202,
    'one whose slashes are escaped');
is(executed(), 0, 'ask nothing either');

# in words that are left to the one parser

is(hand(farewell('https://b.example/u/x', x => 1)), 202, 'one with a number');
is(executed(), 1, 'is looked up in the database');

is(hand('{"type":"Delete","actor":"https://b.example/u/x",'
    . '"object":"https://b.example/u/x","x":{"a":1,"a":2}}'), 400,
    'what is no JSON is no farewell');

###############################################################################

# a follower, by a key that is fetched

gone($bob, 'a follower');
is(follow($bob), 202, 'who comes back');

# R20: the very same bytes again, which were accepted

my @same = $bob->_request($inbox, $bob->activity('Like', $news),
    host => 'site.example');

is(http_post(@same)->status, 202, 'what has no effect');
executed();
is(http_post(@same)->status, 202, 'the same bytes');
is(executed(), 0, 'are not looked at twice');
gone($bob, 'and goes again');

follow($bob);
$t->reload;
gone($bob, 'after a reload');

follow($bob);
kill_worker();
gone($bob, 'after a worker was killed');

# nobody listens: nothing is believed of the set

follow($bob);
$t->sql('ALTER ROLE "www-data" NOLOGIN');
ok($t->wait_for(sub { deafen(); !is_complete(8080) }), 'nobody listens');
executed();
is(join(' ', uniq(storm(8080, 3))), 202, 'strangers');
is(executed(), 3, 'are looked up');
gone($bob, 'a follower while nobody listens');
$t->sql('ALTER ROLE "www-data" LOGIN');
complete(8080);
executed();
storm(8080, 3);
is(executed(), 0, 'and when somebody does they are not');

# without the database: later

follow($bob);
$t->stop_database('immediate');
ok($t->wait_for(sub { (post($bob, farewell($bob->uri))->status // 0) == 503 },
    10), 'the database is away');
$t->start_database;
ok($t->wait_for(sub { !grep { follow($bob) != 202 } 1 .. 6 }, 20),
    'it is back');
gone($bob, 'a follower when it is back');

###############################################################################

# Another node has learned him, and this one has not heard of it yet.

$other->run;
complete(8090);

my $ann = Test::Remote->new($t, 'https://a.example/u/ann', like => $bob);

$web->serve($ann->uri, $ann->document);

unheard($ann, 'his farewell');
$t->sql("SELECT pg_notify('activitypub_changed',
    '[[\"remote\", \"$ann->{uri}\", \"\"]]')");
found_gone($ann, 'until it hears of him, and his server says that he is gone');

my $dan = Test::Remote->new($t, 'https://a.example/u/dan', like => $bob);

$web->serve($dan->uri, $dan->document);
unheard($dan, 'another one');
deafen();
found_gone($dan, 'until it has read all of them anew');

# one who is not gone stays, whatever was said of him

my $eve = Test::Remote->new($t, 'https://a.example/u/eve', like => $bob);

complete(8080);
$web->serve($eve->uri, $eve->document);
is(hand(farewell($eve->uri)), 202, 'somebody says that she is gone');
$web->news;
is(follow($eve), 202, 'and then she comes');
ok($t->wait_for(sub { $t->sql("SELECT count(*) FROM activitypub.job
    WHERE args ->> 'url' = '$eve->{uri}' AND state = 'done'") == 1 }, 20),
    'her server is asked');
is(followers($eve), 1, 'and she stays');

$other->stop;

###############################################################################

# a zone that is too small for all that there are

follow($bob);
$t->sql("INSERT INTO activitypub.remote_actor (uri, host, inbox)
    SELECT 'https://b.example/many/' || n, 'b.example', 'https://b.example/in'
      FROM generate_series(1, 9000) AS n");
configure($t, '9.9.9.10', 8080, '', 'activitypub_zone zone=small:256k;');
$t->reload;

ok($t->wait_for(sub { $t->error_log =~ /too small for all actors of other/ },
    20), 'a zone that is too small');
executed();
is(join(' ', uniq(storm(8080, 3))), 202, 'strangers');
is(executed(), 3, 'are looked up');
gone($bob, 'a follower in a zone that is too small');

done_testing();

###############################################################################

sub configure {
    my ($node, $address, $port, $name, $zone) = @_;

    $name ||= 'www.site.example';
    $zone //= '';

    $node->write_file_expand('nginx.conf', <<"EOC" =~ s/DB/$t->conninfo/er);

%%TEST_GLOBALS%%

daemon off;
worker_processes 2;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "DB" timeout=2s;
    $zone

    server {
        listen       127.0.0.1:$port;
        server_name  site.example $name;

        activitypub_actor news { }

        location = /status { activitypub_status json; }
    }
}

EOC
}


sub farewell {
    my ($uri, %o) = @_;

    return JSON::PP->new->canonical->encode({
        '@context' => 'https://www.w3.org/ns/activitystreams',
        id => "$uri#delete" . rand, type => 'Delete', actor => $uri,
        object => $uri, to => ['https://www.w3.org/ns/activitystreams#Public'],
        %o });
}


# of so many strangers, with signatures that nobody looks at

sub storm {
    my ($port, $n) = @_;

    my $c = http_connect(port => port($port));

    return map { hand(farewell("https://b.example/u/$$/" . rand), via => $c,
        like => $n > 9) } 1 .. $n;
}


# by bob, who is somebody else; "like": with a signature of something else

sub hand {
    my ($body, %o) = @_;

    my $c = $o{via} || http_connect();
    my $headers = $o{like} ? ($like ||= signed('{}')) : signed($body);

    return $c->request('POST', $inbox, keepalive => 1, body => $body,
        headers => [@$headers])->status;
}


sub signed { return $bob->sign($inbox, $_[0], host => 'site.example') }


# the header, then the body

sub late {
    my ($body) = @_;

    my $c = http_connect();
    my @headers = @{ signed($body) };
    my $text = '';

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    $c->send("POST $inbox HTTP/1.1\r\n${text}Content-Length: "
        . length($body) . "\r\n\r\n");
    sleep 0.3;
    $c->send($body);

    return $c->response->status;
}


sub post {
    my ($who, $what, $port) = @_;

    return $who->post($inbox, $what, host => 'site.example',
        via => http_connect(port => port($port // 8080)));
}


# Ends the connections that listen.

sub deafen {
    $t->sql('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE ' . listens());
}


# The notification is held back, and the other node waves off what comes.

sub unheard {
    my ($who, $name) = @_;

    $t->sql('ALTER TABLE activitypub.remote_actor DISABLE TRIGGER USER');
    is(follow($who), 202, "$name: he follows here");
    $t->sql('ALTER TABLE activitypub.remote_actor ENABLE TRIGGER USER');

    $web->serve($who->uri, status => 410);
    complete(8090);
    executed();
    is(post($who, farewell($who->uri), 8090)->status, 202,
        "$name at another node, which does not know him");
    is(executed(), 0, 'is waved off');
    is(followers($who), 1, 'he is a follower still');
}


sub found_gone {
    my ($who, $name) = @_;

    ok($t->wait_for(sub { followers($who) == 0 }, 20), $name);
    is($t->sql("SELECT gone FROM activitypub.remote_actor
        WHERE uri = '$who->{uri}'"), 't', 'for good');
}


sub follow {
    my ($who) = @_;

    return post($who, $who->activity('Follow', $news))->status;
}


sub followers {
    my ($who) = @_;

    return $t->sql("SELECT count(*) FROM activitypub.followers
        WHERE uri = '$who->{uri}'");
}


sub gone {
    my ($who, $name) = @_;

    follow($who) if !followers($who);

    is(followers($who), 1, "$name is there") or return;
    is(post($who, farewell($who->uri))->status, 202, "$name says goodbye");
    is(followers($who), 0, "$name is gone");
}


# statements of inboxes since the last time

sub executed {
    my $n = $t->sql("SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
        WHERE query ~ '^SELECT activitypub.(remote_known|receive)'
           OR query ~ 'FROM activitypub.remote_key'");

    $t->sql('SELECT pg_stat_statements_reset()');

    return $n;
}


sub status {
    my ($port) = @_;

    return http_get('/status', host => 'site.example',
        port => port($port))->json;
}


sub is_complete { return status($_[0])->{zone}{complete} }


sub complete {
    my ($port) = @_;

    return $t->wait_for(sub { is_complete($port) }, 15);
}


sub kill_worker {
    my ($pid) = $t->workers;

    kill 'KILL', $pid;
    $t->wait_for(sub { !grep { $_ == $pid } $t->workers }, 5);
    $t->wait_for(sub { $t->workers == 2 }, 5);
    complete(8080);
}


sub uniq { my %seen; return grep { !$seen{$_}++ } @_ }

###############################################################################
