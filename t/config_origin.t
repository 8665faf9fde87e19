#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A mistake in who a server is stops nginx, with the file and the line.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Config;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(91);
my $c = Test::Config->new($t);

my $actor = 'activitypub_actor news { }';

# the origin: a scheme and a host name

my $origin_rule =
    'it must be a scheme and a host name, as in "https://acme.example"';

for my $url ('acme.example', '//acme.example', 'https://', '""',
    'ftp://acme.example', 'https://acme.example/blog', 'https://a_b.example',
    'https://acme.example/?a', 'https://acme.example/#a',
    'https://acme.example?a', 'https://user@acme.example',
    'https://192.0.2.1', 'https://[2001:db8::1]', 'https://*.example',
    'https://acme.example:0', 'https://acme.example:99999',
    "https://b\xc3\xbccher.example", 'https://$host')
{
    $c->refused("origin $url",
        qr/invalid origin ".*": $origin_rule/,
        server => "activitypub_origin $url; # here\n$actor");
}

# a public one, unless we are developing

my $public_rule = ' is not public: it must be https, '
    . 'without a port, on a full host name, unless '
    . '"activitypub_allow_http" is on';

for my $url ('http://acme.example', 'https://acme.example:8443',
    'http://acme.example:443', 'https://localhost', 'https://acme',
    'https://acme.local', 'https://acme.test', 'https://acme.internal')
{
    $c->refused("origin $url", qr/origin ".*"$public_rule/,
        server => "activitypub_origin $url; # here\n$actor");

    $c->accepted("origin $url in development",
        http => 'activitypub_allow_http on; # here',
        server => "activitypub_origin $url; $actor",
        warn => [qr/development only/]);
}

$c->refused('a short first name without an origin',
    qr!origin "https://acme" is not public!, server_name => 'acme',
    server => "activitypub_actor news { # here\n }");
$c->accepted('the standard port',
    server => "activitypub_origin HTTPS://Acme.Example:443/; $actor");

# without one: the first server_name, if that is a name

my $name_rule = '"activitypub_actor" requires "activitypub_origin": '
    . 'the first server_name ".*" is not a host name';

for my $names ('', '""', '_', '*.acme.example', '.acme.example',
    'www.acme.*', '~^acme\.example$', '192.0.2.1', 'a_b.example',
    '*.acme.example acme.example')
{
    $c->refused("server_name $names without an origin",
        qr/$name_rule/,
        server_name => $names,
        server => "activitypub_actor news { # here\n }");
}

# the account domain: a host name

for my $domain ('https://acme.example', 'acme.example:443', '192.0.2.1',
    '[::1]', '""', 'a..example', '*.example', '@acme.example')
{
    $c->refused("account domain $domain",
        qr/invalid account domain ".*": it must be a host name/,
        server => "activitypub_account_domain $domain; # here\n$actor");
}

# the prefix: a path of its own

my $prefix_rule = 'it must be a path that begins and ends with "/", as in '
    . '"/ap/"';

for my $prefix ('fedi', '/', '//', '/fedi', 'fedi/', '""', '/a//b/', '/./',
    '/../', '/a/../b/', '/.well-known/fedi/', '/.hidden/', '"/a b/"',
    '/a%20b/', '/a?b/', "/\xc3\xa9/", '/' . 'a' x 63 . '/')
{
    $c->refused("prefix $prefix", qr/invalid prefix ".*": $prefix_rule/,
        server => "activitypub_prefix $prefix; # here\n$actor");
}

for my $prefix ('/a/', '/a/b.c/~d-e_F0/', '/' . 'a' x 62 . '/') {
    $c->accepted("prefix $prefix",
        server => "activitypub_prefix $prefix; $actor");
}

# said twice

for my $line ('origin https://acme.example', 'account_domain acme.example',
    'prefix /fedi/')
{
    $c->refused("$line twice", qr/"activitypub_\w+" directive is duplicate/,
        server => "activitypub_$line;\nactivitypub_$line; # here\n$actor");
}

$c->refused('"activitypub" twice', qr/"activitypub" directive is duplicate/,
    server => "activitypub on;\nactivitypub off; # here\n$actor");
$c->refused('"activitypub" maybe', qr/invalid value "maybe"/,
    server => "activitypub maybe; # here\n$actor");

# said without an actor

$c->accepted('an origin whose actors are in the database',
    server => 'activitypub_origin https://acme.example; activitypub_prefix
        /fedi/; activitypub_account_domain acme.example; activitypub on;');
$c->refused('such an origin without a database',
    qr/"activitypub_origin" requires "activitypub_database"/, database => '',
    server => 'activitypub_origin https://acme.example; # here');
$c->refused('such an origin and another one of that host',
    qr/host "acme.example" already is the origin/, server => $actor,
    servers => 'server { activitypub_origin https://acme.example; # here
        }');

my $actor_rule = ' requires "activitypub_actor" or "activitypub_origin" '
    . 'in the same server';

for my $line ('activitypub_account_domain acme.example',
    'activitypub_prefix /fedi/',
    'activitypub on', 'activitypub link', 'location / { activitypub on; }')
{
    my ($name) = $line =~ /(activitypub\w*)/;

    $c->refused("$line without an actor",
        qr/"$name"$actor_rule/,
        server => "$line; # here" =~ s/\};/}/r);
}

# said by two servers

$c->refused('one host for two servers',
    qr/host ".*" already is the origin ".*" of another server/,
    server => $actor, servers => 'server {
        server_name www.acme.example;
        activitypub_origin https://ACME.example;
        activitypub_actor shop { # here
        } }');
$c->refused('one host with two prefixes',
    qr!host "acme.example" already is the origin "https://acme.example"!,
    server => $actor, servers => 'server { server_name acme.example;
        listen 127.0.0.1:8081; activitypub_prefix /other/;
        activitypub_actor shop { # here
        } }');
$c->refused('one host with two ports', qr/host "acme.example" already is/,
    http => 'activitypub_allow_http on;', server => $actor,
    servers => 'server { activitypub_origin http://acme.example:8080;
        activitypub_actor shop { # here
        } }');
$c->refused('one handle for two actors',
    qr!duplicate handle ".*": it belongs to origin "https://acme.example"!,
    server => $actor, servers => 'server { server_name www.acme.example;
        activitypub_account_domain acme.example;
        activitypub_actor shop { }
        activitypub_actor news { # here
        url /news/; } }');

###############################################################################
