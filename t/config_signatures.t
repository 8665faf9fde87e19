#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# activitypub_signatures and activitypub_authorized_fetch: where they may
# stand, what is inherited, and that nobody is left without what was asked.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Config;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(23);
my $c = Test::Config->new($t);

my $actor = 'activitypub_actor news { }';
my $rule = 'requires "activitypub_actor" or "activitypub_origin" '
    . 'in the server at \\S+nginx.conf:\\d+';

for (['signatures', 'required', 'optional'], ['authorized_fetch', 'on']) {
    my ($name, $value, $other) = ("activitypub_$_->[0]", @$_[1, 2]);

    $other //= 'off';

    $c->accepted("$name: everywhere", http => "$name $value;",
        server => "$actor $name $other;
            location /a/ { $name $value; location /a/b { } }
            location /b/ { $name off; }");
    $c->accepted("$name: off without an actor", database => '',
        http => "$name off;", server => "$name off;");
    $c->accepted("$name: off where it is inherited", http => "$name $value;",
        server => $actor, servers => "server { listen 127.0.0.1:8081;
            $name off; }");

    $c->refused("$name: without an actor", qr/"$name" $rule/,
        server => "$name $value; # here\n");
    $c->refused("$name: in a location without one", qr/"$name" $rule/,
        server => "location / { $name $value; # here\n }");
    $c->refused("$name: another value", qr/invalid value "maybe"/,
        server => "$actor $name maybe; # here\n");
    $c->refused("$name: twice", qr/"$name" directive is duplicate/,
        server => "$actor $name off; $name off; # here\n");
}

# a signature that nobody would look at; documents that nobody has

$c->refused('inherited by a server without an actor',
    qr/"activitypub_signatures" $rule/,
    http => "activitypub_signatures required; # here\n", server => $actor,
    servers => 'server { listen 127.0.0.1:8081; }');
$c->accepted('documents: the same',
    http => 'activitypub_authorized_fetch on;', server => $actor,
    servers => 'server { listen 127.0.0.1:8081; }');

# a header by another name that is the same to an application

for (['underscores_in_headers', 'on', 'off'],
    ['ignore_invalid_headers', 'off', 'on'])
{
    my ($name, $loose, $strict) = @$_;

    $c->accepted("$name $loose", server => "$actor
        activitypub_signatures optional;",
        servers => "server { listen 127.0.0.1:8081; # here\n $name $loose; }",
        warn => [qr/"$name $loose" lets clients send headers that .* the server at/]);
    $c->accepted("$name $loose, where nobody is verified", server => $actor,
        http => "$name $loose;");
}

# what is verified is nobody else's to set

for (qw/actor key_domain signature/) {
    $c->refused("\$activitypub_$_ is set",
        qr/the duplicate "activitypub_$_" variable/,
        server => "$actor set \$activitypub_$_ x; # here\n");
}

###############################################################################
