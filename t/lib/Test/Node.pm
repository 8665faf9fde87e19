package Test::Node;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# One nginx of two workers in front of the site acme.example, and the means
# to ask each worker by itself:
#
#     node_conf($t, database => '"%%DATABASE%%" timeout=1s');
#     $t->run;
#     ...
#     my %worker = connections();
#     my $r = ask($worker{$pid}, '/activitypub/news');
#
# Every answer says in X-Worker who gave it.  Port 8080 hashes connections to
# workers, so that both are reached within a few; 8081 is as nginx has it.

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT = qw/node_conf connections to_worker ask begin said asks unknown
    hanging queries publish update listener listens complete $AP $BROWSER/;

use Test::Nginx;
use Test::Posts qw/$AP $BROWSER publish/;


# node_conf($t, main => '', http => '', server => '', servers => '',
#     database => '', actors => '', file => 'nginx.conf')

sub node_conf {
    my ($t, %o) = @_;

    my $database = $o{database} // '"%%DATABASE%%"';
    my $actors = $o{actors} // 'activitypub_actor news { url /; }';
    my ($main, $http, $server, $servers)
        = map { $o{$_} // '' } qw/main http server servers/;

    $t->write_file('index.html', "PAGE index\n");
    $t->write_file("posts/$_.html", "PAGE $_\n") for 1 .. 9;
    $t->write_file('plain.html', "PAGE plain\n");

    $t->write_file_expand($o{file} // 'nginx.conf', <<"EOC");

%%TEST_GLOBALS%%

daemon off;
worker_processes 2;
$main

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    types {
        text/html  html;
    }

    activitypub_database $database;

    add_header  X-Worker \$pid always;
    $http

    server {
        listen       127.0.0.1:8080 reuseport;
        listen       127.0.0.1:8081;
        server_name  acme.example;

        $actors
        $server
    }

    $servers
}

EOC
    return $t;
}


# (pid => connection) for each worker, kept alive

sub connections {
    my ($t) = @_;

    my %wanted = map { $_ => 1 } $t->workers;
    my (%found, @others);

    for (1 .. 200) {
        my $c = http_connect() or next;
        my $r = $c->get('/plain.html', host => 'acme.example') or next;
        my $pid = $r->header('X-Worker');

        if ($wanted{$pid} && !$found{$pid}) {
            $found{$pid} = $c;
        } else {
            push @others, $c;
        }

        last if keys %found == keys %wanted;
    }

    die "not every worker answers\n" if keys %found != keys %wanted;

    return %found;
}


# One more connection to a worker, found as a browser would: that needs no
# database.

sub to_worker {
    my ($pid) = @_;

    for (1 .. 100) {
        my $c = http_connect() or next;
        my $r = $c->get('/plain.html', host => 'acme.example') or next;

        return $c if $r->header('X-Worker') == $pid;
    }

    die "no connection to worker $pid\n";
}


# As a server of the fediverse, on a connection; on a new one when there is
# only the test.

sub ask {
    my ($c, $uri, %o) = @_;

    $c = http_connect() or return if $c->isa('Test::Nginx');

    return $c->get($uri, host => 'acme.example', accept => $AP, %o);
}


# the same without the answer, which $c->response reads

sub begin {
    my ($c, $uri) = @_;

    $c->send("GET $uri HTTP/1.1\r\nHost: acme.example\r\n"
        . "Accept: $AP\r\n\r\n");
}


# Each worker has its connection to the database: it knows that there is
# nothing at a URL that nobody has asked for yet.

sub asks {
    my ($t, $seconds) = @_;

    my %worker = connections($t);

    return !grep {
        my $c = $_;

        !$t->wait_for(sub {
            my $r = ask($c, unknown());

            $r && $r->status == 404;
        }, $seconds // 15);
    } values %worker;
}


# a URL of which the database was never asked

my $n = 0;

sub unknown {
    return sprintf '/activitypub/news/outbox?page='
        . '01890000-0000-7000-8000-%012x', $n++;
}


# how many lines of error.log match

sub said {
    my ($t, $what) = @_;

    return scalar grep { /$what/ } split /\n/, $t->error_log;
}


# the worker that listens for notifications, by error.log

sub listener {
    my ($t) = @_;

    my @pids = $t->error_log
        =~ /\[info\] (\d+)#\S+ database notifications started/g;

    return $pids[-1];
}


# What holds of the backends of connections that listen, in pg_stat_activity.
# Every connection asks for the schema within the two seconds that it may take
# to be made; again does only one that listens, every five seconds.

sub listens {
    return "(query LIKE 'LISTEN%' OR query LIKE 'SELECT version, min_mod%'
        AND query_start > backend_start + interval '4 s')";
}


# The set of pages that have a document is complete when one that has none
# is sent without Vary.

sub complete {
    my ($t) = @_;

    return $t->wait_for(sub {
        my $r = http_get('/plain.html', host => 'acme.example');

        $r && !$r->header('Vary');
    }, 15);
}


# until so many backends of nginx wait for a lock, with that statement or any

sub hanging {
    my ($t, $n, $statement) = @_;

    my $query = $statement ? "activitypub.$statement(" : '';

    $t->wait_for(sub {
        $t->sql("SELECT count(*) FROM pg_stat_activity
            WHERE usename = 'www-data' AND wait_event_type = 'Lock'
              AND query LIKE '%$query%'") >= $n;
    }, 10)
        or die "no statement waits\n";
}


# How often a statement was executed, by name; the first call switches the
# server's log on.  Only with a cluster of its own.

sub queries {
    my ($t, $name) = @_;

    my $log = $t->{cluster}->dir . '/log';

    if (!$t->{logged}++) {
        $t->sql("ALTER SYSTEM SET log_statement = 'all'");
        $t->sql('SELECT pg_reload_conf()');
        $t->wait_for(sub { $t->sql('SHOW log_statement') eq 'all' });
    }

    open my $f, '<', $log or die "$log: $!";

    return scalar grep { /execute $name:/ } <$f>;
}


sub update {
    my ($t, $id, $title) = @_;

    $t->sql("SELECT activitypub.update_post('$id', title => '$title')");
}


1;
