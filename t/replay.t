#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What was accepted and committed is answered the same once more, from shared
# memory, by every worker, over a reload; what was refused because of trouble
# of ours is not.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Node;
use Test::Remote;

use JSON::PP ();

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/);

$t->database(own => 1);
node_conf($t, database => '"%%DATABASE%%" timeout=2s')->run;

die "no actor\n" unless $t->wait_document('/activitypub/news')
    && $t->wait_document('/activitypub/actor') && complete($t);

my $news = 'https://acme.example/activitypub/news';
my $inbox = '/activitypub/inbox';
my $bob = Test::Remote->new($t, 'https://remote.example/users/bob')->known;

###############################################################################

my @follow = request($bob->activity('Follow', $news));
my %worker = connections($t);

asked();

is(send_to(undef, @follow), 202, 'a Follow');
is(asked(), 1, 'is told to the database');

for my $pid (sort keys %worker) {
    is(send_to($worker{$pid}, @follow), 202, 'the same, to each worker');
}

is(asked(), 0, 'of which the database hears nothing');
is(rows(), 1, 'it is there once');

$t->reload;
is(send_to(undef, @follow), 202, 'the same after a reload');
is(asked(), 0, 'and it is not asked either');

# the same, in the same order, with one thing that is not: nobody is taken in

my ($headers, $body) = @follow;
my %h = @$headers;

is(send_to(undef, [@$headers], "$body "), 401, 'another body');
isnt(send_to(undef, [%{{ %h, Signature => $h{Signature} =~ s/bob#/eve#/r }}],
    $body), 202, 'another key');
is(send_to(undef, [%{{ %h, Date => 'Mon, 01 Jan 2024 00:00:00 GMT' }}], $body), 401,
    'another date');
is(rows(), 1, 'nothing of that is kept');

###############################################################################

# a refusal that is no fault of the sender's is not remembered

my @later = request($bob->activity('Follow', $news));

$t->sql('BEGIN; ALTER TABLE activitypub.received
    ADD CONSTRAINT never CHECK (id < 0) NOT VALID; COMMIT');

my $refused = send_to(undef, @later);

isnt($refused, 202, 'what cannot be kept is not accepted');
$t->sql('ALTER TABLE activitypub.received DROP CONSTRAINT never');
is(send_to(undef, @later), 202, 'and is when it can');
is(rows(), 2, 'and is there');

my @away = request($bob->activity('Follow', $news));

$t->stop_database('immediate');
ok($t->wait_for(sub { send_to(undef, @away) == 503 }, 10),
    'without the database: 503');
$t->start_database;
ok($t->wait_for(sub { send_to(undef, @away) == 202 }, 20),
    'with it the very same is accepted');
is(rows(), 3, 'and is there, once');

###############################################################################

# a reload with another database: what the first one knows is news to it

node_conf($t,
    database => '"%%DATABASE%% application_name=another" timeout=2s');
$t->reload;
complete($t);
asked();

is(send_to(undef, @later), 202, 'the same to another database');
is(asked(), 1, 'which is told of it');
is(send_to(undef, @later), 202, 'the same again');
is(asked(), 0, 'of which it hears nothing');

###############################################################################

# More than the table holds: what is forgotten is known to the database.

node_conf($t, database => '"%%DATABASE%%" timeout=2s',
    http => 'activitypub_zone zone=small:256k;');
$t->reload;
complete($t);

my @many = map { [request($bob->activity('Like', $news))] } 1 .. 5;

is(join(' ', map { send_to(undef, @$_) } @many, @many), '202 ' x 9 . '202',
    'in a small zone');
is(rows(), 3, 'nothing of it is kept twice');

done_testing();

###############################################################################

sub request {
    my ($activity) = @_;

    my $text = JSON::PP->new->utf8->canonical->encode($activity);

    return ($bob->sign($inbox, $text), $text);
}


sub send_to {
    my ($c, $headers, $body) = @_;

    $c ||= http_connect();

    my $r = $c->request('POST', $inbox, keepalive => 1, body => $body,
        headers => [@$headers]);

    return $r ? $r->status : 0;
}


sub asked {
    my $n = queries($t, 'receive');
    my $new = $n - ($t->{asked} // 0);

    $t->{asked} = $n;

    return $new;
}


sub rows {
    return $t->sql('SELECT count(*) FROM activitypub.received');
}

###############################################################################
