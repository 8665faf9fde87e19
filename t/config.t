#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What nginx -t accepts, and that it asks neither the database nor the
# network.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Config;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(32);
my $c = Test::Config->new($t);

my $actor = 'activitypub_actor news { }';

# nothing is asked of a site that does not use the module

$c->accepted('no http block',
    text => "%%TEST_GLOBALS%%\nevents { }\n");
$c->accepted('no directive of the module',
    text => "%%TEST_GLOBALS%%\nevents { }\nhttp { server { } }\n");
$c->accepted('a database without an actor');
$c->accepted('"on" in the http block',
    database => '', http => 'activitypub on;');
$c->accepted('"link" in the http block',
    database => '', http => 'activitypub link;');
$c->accepted('"off" in a server without an actor',
    database => '', server => 'activitypub off;');
$c->accepted('"off" in a location without an actor',
    database => '', server => 'location / { activitypub off; }');

# the least, and the most

$c->accepted('an actor', server => $actor);
$c->accepted('everything', http => <<'CONF', server => <<'CONF2');
    activitypub_zone zone=documents:1m;
    activitypub on;
CONF
        activitypub_origin          https://www.acme.example;
        activitypub_account_domain  acme.example;
        activitypub_prefix          /fediverse/;

        activitypub_actor news {
            type          Organization;
            name          "Acme News";
            summary       "What we make, and why.";
            icon          /img/logo.png;
            image         https://images.example/banner.webp;
            url           /news/?from=fediverse;
            field         "Website" https://acme.example/;
            field         "Website" "https://www.acme.example/";
            discoverable  off;
            indexable     off;
        }

        location /fediverse/ { activitypub on; }
        location ~ \.php$ { activitypub off; }
        location /archive/ { activitypub link; }
        location = /x { if ($activitypub_request) { return 403; } }
CONF2

# several names, several servers

$c->accepted('the first of several names',
    server_name => 'acme.example www.acme.example *.acme.example',
    server => $actor);
$c->accepted('any name with an origin', server_name => '_',
    server => "activitypub_origin https://acme.example; $actor");
$c->accepted('a regex with an origin', server_name => '~^(.+)\.example$',
    server => "activitypub_origin https://acme.example; $actor");
$c->accepted('no name with an origin', server_name => '',
    server => "activitypub_origin https://acme.example/; $actor");
$c->accepted('one name on two origins', server => $actor,
    servers => "server { server_name other.example; $actor }");
$c->accepted('two actors', server =>
    "$actor activitypub_actor shop { url /shop/; }");
$c->accepted('a server without an actor beside',
    server => $actor, servers => 'server { server_name other.example; }');
$c->accepted('the account domain on another server',
    server_name => 'www.acme.example',
    server => "activitypub_account_domain acme.example; $actor",
    servers => 'server { server_name acme.example; return 301 /x; }');
$c->accepted('the account domain on no server',
    server => "activitypub_account_domain elsewhere.example; $actor");
$c->accepted('one account domain for two origins',
    server => "activitypub_account_domain a.example; $actor",
    servers => 'server { server_name b.example;
        activitypub_account_domain a.example;
        activitypub_actor shop { } }');
$c->accepted('an internationalized domain',
    server => "activitypub_account_domain b\xc3\xbccher.example; $actor");
$c->accepted('a server that is off with its actor',
    server => "activitypub off; $actor");

# the development directives say what they are

$c->accepted('http', server_name => 'localhost',
    http => 'activitypub_allow_http on; # here',
    server => "activitypub_origin http://localhost:8080; $actor",
    warn => [qr/"activitypub_allow_http" is for development only/]);
$c->accepted('a short name', server_name => 'site',
    http => 'activitypub_allow_http on;', server => $actor,
    warn => [qr/"activitypub_allow_http" is for development only/]);
$c->accepted('http switched off', http => 'activitypub_allow_http off;',
    server => $actor);
$c->accepted('inner addresses', server => $actor,
    http => 'activitypub_allow_address 127.0.0.0/8 ::1; # here',
    warn => [qr/"activitypub_allow_address" is for development only/]);
$c->accepted('inner addresses that are no network', server => $actor,
    http => 'activitypub_allow_address 10.1.2.3/8; # here',
    warn => [qr/"activitypub_allow_address" is for development only/,
        qr!low address bits of 10\.1\.2\.3/8 are meaningless!]);

# places where a directive has nothing to say

for my $wrong (
    [http => 'activitypub_actor news { } # here'],
    [server => 'location / { activitypub_origin https://a.example; } # here'],
    [server => 'activitypub_zone zone=a:1m; # here'])
{
    $c->refused("in the wrong block, $wrong->[0]",
        qr/"activitypub_\w+" directive is not allowed here/, @$wrong);
}

# an unreachable database and nginx -t: no connection, no question

SKIP: {
    skip 'sanitizers and strace exclude each other', 3 if $ENV{SANITIZE};
    skip 'no strace', 3 unless grep { -x "$_/strace" } split /:/, $ENV{PATH};

    $c->accepted('a database elsewhere', server => $actor, database =>
        'activitypub_database "host=db.example hostaddr=192.0.2.1 '
        . 'dbname=activitypub";');

    my $trace = trace();

    like($trace, qr/\+\+\+ exited with 0 \+\+\+/, 'nginx -t under strace');
    unlike($trace, qr/^(?:\d+ +)?(?:connect|sendto|sendmsg)\(/m,
        'nginx -t asks neither the database nor the network');
}

###############################################################################

# the system calls of nginx -t that could ask somebody; libc's question for a
# user's number is nginx's own

sub trace {
    my $dir = $t->testdir;
    my $nginx = $ENV{TEST_NGINX_BINARY} || '/usr/sbin/nginx';

    system("strace -f -o $dir/trace -e trace=connect,sendto,sendmsg,execve "
        . "$nginx -t -p $dir/ -c $dir/nginx.conf -e stderr "
        . "> $dir/strace.log 2>&1");

    my $trace = $t->read_file('trace') || $t->read_file('strace.log');

    return join "\n", grep { !m!/nscd/socket! } split /\n/, $trace;
}

###############################################################################
