#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What is posted while the database is away is refused in time, and costs
# the worker next to nothing; what is posted when it returns is kept.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Remote;

use POSIX qw/sysconf _SC_CLK_TCK/;
use Time::HiRes qw/sleep time/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(5);

$t->database(own => 1);
$t->write_file_expand('nginx.conf', <<'EOF')->run();

%%TEST_GLOBALS%%

daemon off;

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

EOF

$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";

my $inbox = '/activitypub/news/inbox';
my $bob = Test::Remote->new($t, 'https://remote.example/u/bob')->known;

is(like_it()->status, 202, 'with the database');

###############################################################################

$t->stop_database;
sleep 3;

my ($pid) = $t->workers;
my ($cpu, $began) = (cpu($pid), time);
my $r = like_it();

is($r->status, 503, 'without');
cmp_ok(time - $began, '<', 3, 'in time');
cmp_ok(cpu($pid) - $cpu, '<', 0.2, 'and with little work');

$t->start_database;

ok($t->wait_for(sub { like_it()->status == 202 }, 15), 'when it is back');

###############################################################################

sub like_it {
    return $bob->post($inbox, $bob->activity('Like',
        'https://acme.example/activitypub/news'));
}


# seconds of the processor that a process has used

sub cpu {
    my ($pid) = @_;

    open my $f, '<', "/proc/$pid/stat" or die "$pid: $!";
    my @fields = split ' ', <$f> =~ s/^.*\)//r;

    return ($fields[11] + $fields[12]) / sysconf(_SC_CLK_TCK);
}

###############################################################################
