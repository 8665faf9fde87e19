#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What apctl asks a worker for while the worker is told to go, is killed, or
# is somebody else.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Apctl ();
use Test::Site;

use IO::Socket::INET;
use JSON::PP;
use POSIX ();

###############################################################################

my $URL = 'https://slow.example/doc';

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/)->plan(12);
my $peer = Test::Nginx->new()->has(qw/http_ssl/);

$t->expect(qr/worker process \d+ exited on signal 9/);

system(qw{ip route add local 8.8.4.4/32 dev lo}) == 0 or die "no route\n";
$rig->{addresses}{'8.8.4.4'} = 1;
$rig->host('slow.example', '8.8.4.4');

run_peer();

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

run_site($t, $rig);

###############################################################################

my $run = start();

ok($t->reload, 'reloaded on the way');
is_deeply([(finish($run))[0, 1]], [0, '{}'], 'the old worker finishes');
is(asked(), 1, 'and asks once');

$run = start();

my %dead = map { ($_ => 1) } $t->workers;

kill 'KILL', keys %dead;
ok($t->wait_for(sub { grep { !$dead{$_} } $t->workers }, 10),
    'killed on the way');
is($t->sql('SELECT state FROM activitypub.job WHERE next_at > now()'),
    'running', 'with a lease');
$t->sql('UPDATE activitypub.job SET next_at = now()');
is_deeply([(finish($run))[0, 1]], [0, '{}'], 'another worker does it');
is(asked(), 3, 'and asks again');

# the third that does not finish is the last

$run = start();

kill 'KILL', $t->workers;
$t->sql('UPDATE activitypub.job SET next_at = now(), attempts = 3');

my ($code, $out, $err) = finish($run);

is($code, 75, 'three were enough');
is($err, "apctl: $URL was not fetched: no worker finished it\n", 'says so');
is($t->sql('SELECT count(*) FROM activitypub.job'), 0, 'nothing is left');

# the test is the worker, and its clock is wrong

$t->stop;

for (['behind', 3600], ['ahead of', -3600]) {
    my ($word, $skew) = @$_;
    my $answer = encode_json({ status => 200, address => '9.9.9.9:443',
        now => time() + $skew, error => 'x', step => 'type' });

    $t->run_daemon(sub {
        while (!-e $t->testdir . "/told$skew") {
            $t->sql("UPDATE activitypub.job SET state = 'done',
                result = '$answer'");
            select undef, undef, undef, 0.05;
        }

        $t->write_file("silent$skew", '');
    });

    like(($t->apctl('check'))[1],
        qr/^not ok +clock .* the database is 3[56]\d\d seconds $word nginx: /m,
        "the database is $word nginx");
    # or it answers the next one, too

    $t->write_file("told$skew", '');
    $t->wait_for(sub { -e $t->testdir . "/silent$skew" }, 20)
        or die "still there\n";
}

###############################################################################

# a fetch that is under way

sub start {
    my $seen = asked();
    my $run = Test::Apctl::apctl_start('fetch', $URL, '--db',
        $t->{cluster}->conninfo($t->{database}, 'postgres'));

    $t->wait_for(sub { asked() > $seen }, 20) or die "nobody asks\n";

    return $run;
}


sub finish { return Test::Apctl::apctl_finish(@_) }


sub asked { return () = $t->read_file('asked') =~ /\n/g }


sub run_peer {
    $t->write_file('asked', '');
    $peer->expect(Test::Rig::expected());
    $peer->run_daemon(\&slow, port(8081));

    $peer->write_file_expand('nginx.conf', <<"EOF2")->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    server {
        listen       8.8.4.4:443 ssl;
        server_name  slow.example;
        @{[ $rig->certificate('slow.example') ]}

        location / {
            proxy_pass http://127.0.0.1:8081;
        }
    }
}

EOF2
}


# a line for each request, and two seconds later the answer

sub slow {
    my ($port) = @_;

    local $SIG{PIPE} = 'IGNORE';
    local $SIG{CHLD} = 'IGNORE';

    my $listener = IO::Socket::INET->new(Listen => 5, ReuseAddr => 1,
        LocalAddr => "127.0.0.1:$port") or die "$!";

    while (my $c = $listener->accept) {
        next if fork();

        while (my $line = <$c>) { last if $line eq "\r\n" }

        open my $f, '>>', $t->testdir . '/asked';
        print $f "asked\n";
        close $f;

        sleep 2;
        print $c "HTTP/1.0 200 OK\r\n"
            . "Content-Type: application/activity+json\r\n\r\n{}";
        POSIX::_exit(0);
    }
}

###############################################################################
