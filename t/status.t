#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# activitypub_status: JSON and Prometheus say the same, and what they say has
# happened.  No request makes a label.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Remote;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->database(own => 1);

$t->write_file_expand('nginx.conf', <<'EOC')->run();

%%TEST_GLOBALS%%

daemon off;

worker_processes 2;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }

        location = /status {
            activitypub_status json;
        }

        location = /metrics {
            activitypub_status prometheus;
        }

        location = /activitypub/metrics {
            activitypub on;
            activitypub_status prometheus;
        }
    }
}

EOC

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $inbox = '/activitypub/inbox';
my $actor = 'https://acme.example/activitypub/news';
my $bob = Test::Remote->new($t, 'https://remote.example/u/bob')->known;

# whatever they are called, they are in no label

my ($uri, @again) = $bob->_request($inbox, $bob->activity('Follow', $actor));

http_post($uri, @again) for 1 .. 3;
$bob->post($inbox, $bob->activity('Listen', $actor)) for 1 .. 3;
$bob->post($inbox, $bob->activity('Listen', $actor), time => 1e9) for 1 .. 2;
http_get('/activitypub/nobody"{}', host => 'acme.example');

###############################################################################

my $r = metrics();

is($r->status, 200, 'prometheus');
is($r->header('Content-Type'), 'text/plain; version=0.0.4; charset=utf-8',
    'of that format');

my $samples = checked($r->body);
my $json = status();

is($samples->{'activitypub_received_total{verdict="accepted"}'}, 1,
    'a Follow');
is($samples->{'activitypub_received_total{verdict="repeated"}'}, 2,
    'the very same, twice again');
is($samples->{'activitypub_received_total{verdict="duplicate"}'}, 0,
    'is no duplicate');
is($samples->{'activitypub_received_total{verdict="type_without_effect"}'}, 3,
    'what has no effect');
is($samples->{'activitypub_refused_total{code="signature_too_old"}'}, 2,
    'what was refused');
is($samples->{'activitypub_refused_total{code="domain_blocked"}'}, 0,
    'what never was is there as well');
is($samples->{'activitypub_database_available'}, 1, 'the database');
cmp_ok($samples->{'activitypub_keys_total{source="database"}'}, '>=', 1,
    'keys from the database');
cmp_ok($samples->{'activitypub_keys_total{source="database"}'}
    + $samples->{'activitypub_keys_total{source="held"}'}, '>=', 4,
    '... and held');

is_deeply(same($samples), same($json), 'both formats say the same');
is_deeply([sort map { /^activitypub_zone_(\w+?)(?:_bytes)?$/ } keys %$samples],
    [sort keys %{ $json->{zone} }], 'of the zone, too');

is((grep { /\{.*(?:remote|nobody|bob|example)/ } keys %$samples), 0,
    'no label is of others');
is($t->wait_for(sub { status()->{deliveries}{retried} }, 30) ? 1 : 0, 1,
    'an Accept that does not arrive is tried again');

is(http_get('/activitypub/metrics', host => 'acme.example')->status, 200,
    'below the prefix');
is(http_head('/metrics', host => 'acme.example')->status, 200, 'HEAD');
is(http_post('/metrics', host => 'acme.example', body => '')->json->{code},
    'read_only', 'POST');

SKIP: {
    my $promtool = promtool();

    skip 'no promtool', 1 unless $promtool;

    $t->write_file('metrics.txt', metrics()->body);

    my $said = `$promtool check metrics < @{[$t->testdir]}/metrics.txt 2>&1`;

    is("$? $said", '0 ', 'promtool has nothing to say');
}

# the database is away

$t->stop_database;

ok($t->wait_for(sub { status()->{database} eq 'unavailable' }), 'away');

$samples = checked(metrics()->body);

is($samples->{activitypub_database_available}, 0, 'says so');
is((grep { /queue/ } keys %$samples), 0, 'of the queue nothing is known');

###############################################################################

sub metrics { return http_get('/metrics', host => 'acme.example') }

sub status { return http_get('/status', host => 'acme.example')->json }


# the samples by their names and labels; the text is as the format wants it

sub checked {
    my ($text) = @_;

    my (%sample, %type, $in, @bad);

    push @bad, 'does not end with a line' unless $text =~ /\n\z/;

    for (split /\n/, $text) {

        if (/^# HELP ([a-z_]+) \S[^\\]*$/) {
            push @bad, "help of $1 again" if $type{$1};
            $in = $1;

        } elsif (my ($name, $kind) = /^# TYPE ([a-z_]+) (counter|gauge)$/) {
            push @bad, "$_: no help" unless $name eq $in;
            push @bad, "$_: the name"
                if ($kind eq 'counter') != ($name =~ /_total$/);
            $type{$name} = $kind;

        } elsif (/^(([a-z_]+)(?:\{[a-z]+="[a-z0-9_.]+"\})?) (\d+)$/) {
            push @bad, "$_: of another" unless $2 eq $in && $type{$2};
            push @bad, "$_: again" if exists $sample{$1};
            $sample{$1} = $3;

        } else {
            push @bad, $_;
        }
    }

    is("@bad", '', 'each line is as it has to be');

    return \%sample;
}


# what both have, without what changes by itself

sub same {
    my ($from) = @_;

    my %same;

    for my $part (['received', 'verdict'], ['refused', 'code'],
        ['keys', 'source'])
    {
        my ($name, $label) = @$part;

        if ($from->{$name}) {
            $same{"$name $_"} = $from->{$name}{$_}
                for grep { $from->{$name}{$_} } keys %{ $from->{$name} };
            next;
        }

        for (keys %$from) {
            $same{"$name $1"} = $from->{$_}
                if /^activitypub_${name}_total\{$label="(.*)"\}/ && $from->{$_};
        }
    }

    return \%same;
}


sub promtool {
    for my $dir ('../build/promtool/usr/bin', split /:/, $ENV{PATH}) {
        return "$dir/promtool" if -x "$dir/promtool";
    }

    return;
}

###############################################################################

done_testing();
