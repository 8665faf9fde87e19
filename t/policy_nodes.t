#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Who is blocked in the database is blocked in every worker of every node
# within a second, without a question to the database: a zone that is too
# small, a killed listener and a database that is away let nobody in.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use JSON::PP ();
use Test::Node qw/queries listener said $AP/;
use Test::Remote;
use Test::Session;

use Time::HiRes qw/sleep time/;

###############################################################################

my $one = Test::Nginx->new()->has(qw/http/);

$one->database(own => 1);

my $two = Test::Nginx->new();

configure($one, 8080, '4m');
configure($two, 8090, '4m');

$_->run for $one, $two;

# the instance actor is open to all

$one->wait_document('/activitypub/actor', port => port($_))
    or die "no actor\n" for 8080, 8090;

my $inbox = '/activitypub/news/inbox';
my $actor = 'https://acme.example/activitypub/news';
my $first;

$first = remote('a.fine.example');

my $bad = remote('deep.bad.example');

###############################################################################

# on both nodes, and in each of their workers

is(status($_, $bad), 202, "before it is blocked, on $_") for 8080, 8090;

my %took;

sql("block_domain('bad.example')");
took("block on $_", $_, $bad, 403) for 8090, 8080;

is(join(' ', map { status(8090, $bad) } 1 .. 6), join(' ', (403) x 6),
    'in every worker');
is(status(8090, $first), 202, 'somebody else comes in');

sql("unblock_domain('bad.example')");
took("its end on $_", $_, $bad, 202) for 8090, 8080;

sql("block_domain('bad.example')");
took("again on $_", $_, $bad, 403) for 8090, 8080;

diag('milliseconds until a node knew: ', join ', ',
    map { sprintf '%s %d', $_, 1000 * $took{$_} } sort keys %took);

# it costs nothing, be it a POST or a GET

my $before = asked();

is(status(8080, $bad), 403, 'blocked') for 1 .. 5;
is(get(8080, $bad), 403, 'a signed GET of his');
is(asked(), $before, 'the database is not asked for that');

is(status(8080, $first), 202, 'not blocked');
cmp_ok(asked(), '>', $before, 'for that it is');
is(get(8080, $first), 200, 'a signed GET of somebody else');

###############################################################################

# a listener that is killed, and what it did not hear

kill 'KILL', listener($two);
$two->expect(qr/exited on signal 9/);
sql("block_domain('fine.example')");

ok($two->wait_for(sub { status(8090, $first) == 403 }, 20),
    'the next one knows');
is(status(8090, $bad), 403, 'and has forgotten nothing');

sql("unblock_domain('fine.example')");

ok($two->wait_for(sub { status(8090, $first) == 202 }), 'and hears');

# a reload hands the set over: nobody comes in meanwhile

my @during;

kill 'HUP', $one->read_file('nginx.pid');

for (1 .. 30) {
    push @during, status(8080, $bad);
    sleep 0.05;
}

is_deeply([grep { $_ != 403 } @during], [], 'nobody comes in during a reload');

###############################################################################

# the database away: what was last known

$one->stop_database;

is(status(8080, $bad), 403, 'blocked, although nobody can be asked');
is(get(8080, $bad), 403, 'for a signed GET, too');
is(status(8080, $first), 503, 'somebody else comes again');

$one->start_database;

ok($one->wait_for(sub { status(8080, $first) == 202 }, 20), 'it is back');
is(status(8080, $bad), 403, 'still blocked');

###############################################################################

# Much that is kept is judged in pieces, by whichever worker there is.  In the
# middle of it stands one that somebody holds: so far they come, sooner than by
# a look every five seconds.

my $much = 20000;
my $uri = $first->uri;

$one->sql("SELECT activitypub.publish('news', '/1', 'One', 'One');
    INSERT INTO activitypub.reaction (object, kind, actor, item)
    SELECT right(p.id, 36)::uuid, 'replies', '$uri', '$uri/' || n
      FROM activitypub.posts AS p, generate_series(1, $much) AS n");

my $holder = holder();

sql("block_domain('fine.example')");

ok($one->wait_for(sub { hidden() > 15000 && stuck() }, 30), 'it is judged');
cmp_ok(hidden(), '<', $much, 'not all at once');

kill 'KILL', map { $_->workers } $one, $two;
$_->expect(qr/exited on signal 9/) for $one, $two;
$holder->ask('ROLLBACK');

ok($one->wait_for(sub { hidden() == $much && !reviewing() }, 30),
    'to the last, after every worker was killed');

$holder = holder();

sql("unblock_domain('fine.example')");

ok($one->wait_for(sub { hidden() < 15000 && stuck() }, 30), 'shown again');

$one->stop_database;
$one->start_database;

ok($one->wait_for(sub { hidden() == 0 && !reviewing() }, 30),
    'all of it, after the database was away');
is($one->sql("SELECT sum(n) FROM activitypub.tally
    WHERE subject LIKE 'replies %'"), $much, 'and counted');

###############################################################################

# A zone that is too small: an inbox asks receive(), which judges by itself;
# another signed request waits for somebody who knows.

$one->sql("INSERT INTO activitypub.domain_policy (domain, severity)
    SELECT 'd' || n || '.example', 'limit' FROM generate_series(1, 9000) AS n;
    NOTIFY activitypub_changed, '*'");
configure($two, 8090, '256k');
$two->stop;
$two->run;

ok($two->wait_for(sub { said($two, qr/small for all rules about domains/) },
    20), 'too many rules');
is(status(8090, $bad), 403, 'blocked by the database');
is(status(8090, $first), 202, 'somebody else comes in');
is(get(8090, $_), 503, 'a signed GET comes again') for $bad, $first;
is(unsigned(8090), 401, 'one without a signature is told so');

$one->sql("DELETE FROM activitypub.domain_policy WHERE domain LIKE 'd%';
    NOTIFY activitypub_changed, '*'");

ok($two->wait_for(sub { get(8090, $first) == 200 }, 20), 'they fit again');
is(get(8090, $bad), 403, 'he is blocked');

done_testing();

###############################################################################

sub configure {
    my ($t, $port, $zone) = @_;

    $t->write_file_expand('nginx.conf', <<"EOC" =~ s/DB/$one->conninfo/er);

%%TEST_GLOBALS%%

daemon off;
worker_processes 2;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "DB";
    activitypub_zone     zone=policy:$zone;

    server {
        listen       127.0.0.1:$port reuseport;
        server_name  acme.example;

        activitypub_authorized_fetch on;
        activitypub_actor news { }
    }
}

EOC
}


sub remote {
    return Test::Remote->new($one, "https://$_[0]/u/somebody",
        $first ? (like => $first) : ())->known;
}


sub sql { $one->sql("SELECT activitypub.$_[0]") }


sub status {
    my ($port, $who) = @_;

    my $body = JSON::PP->new->encode($who->activity('Follow', $actor));
    my $r = http_post($inbox, port => port($port), body => $body,
        headers => $who->sign($inbox, $body));

    return $r ? $r->status : 0;
}


sub get {
    my ($port, $who) = @_;

    my $r = http_get('/activitypub/news', port => port($port),
        accept => $AP, headers => $who->sign('/activitypub/news', '',
            method => 'GET', covered => '(request-target) host date'));

    return $r ? $r->status : 0;
}


sub unsigned {
    return http_get('/activitypub/news', port => port($_[0]), accept => $AP,
        host => 'acme.example')->status;
}


sub holder {
    my $session = Test::Session->new($one);

    $session->ask("BEGIN; SELECT FROM activitypub.reaction
        WHERE item = '$uri/18000' FOR UPDATE");

    return $session;
}


# whether the review comes to that one, and no further

sub stuck {
    return $one->sql("SELECT count(*) FROM activitypub.reviews AS v
        JOIN activitypub.reaction AS r ON r.id = v.reached + 1
        WHERE r.item = '$uri/18000'");
}


sub hidden {
    return $one->sql('SELECT count(*) FROM activitypub.reaction
        WHERE hidden');
}


sub reviewing { $one->sql('SELECT count(*) FROM activitypub.reviews') }


# what a request asks for; others do that too, now and then

sub asked { queries($one, '(?:remote_\w+|receive|document)') }


# An inbox asks the database in the end, a GET does not: the node itself knows.
# A second is what is meant, on a machine that is idle.

sub took {
    my ($what, $port, $who, $status) = @_;

    my $from = time();

    $one->wait_for(sub {
        status($port, $who) == $status
            && (get($port, $who) == 403) == ($status == 403)
    }, 10);
    $took{$what} = time() - $from;

    cmp_ok($took{$what}, '<', 5, $what);
}

###############################################################################
