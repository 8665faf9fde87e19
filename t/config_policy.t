#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A mistake in a list of domains stops nginx with the file and the line: who
# believes to have blocked somebody has.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Config;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(61);
my $c = Test::Config->new($t);

my $actor = 'activitypub_actor news { }';

# what is no domain, in either list, and why

my $url = 'a domain alone is wanted, without scheme, port, path or user';
my $wildcard = 'subdomains are included, write the domain without a wildcard';
my $label = 'it has one label, and a whole top-level domain cannot be named';
my $address = 'it is an IP address, not a domain';
my $name = 'it is not a host name';

my @cases = (
    ['203.0.113.7', $address], ['203.0.113.7.', $address],
    ['[2001:db8::1]', $address], ['0x7f.1', $address],
    ['2001:db8::1', $url], ['https://evil.example', $url],
    ['evil.example/', $url], ['evil.example:443', $url],
    ['@mallory@evil.example', $url],
    ['*.evil.example', $wildcard], ['.evil.example', $wildcard],
    ['example', $label], ['localhost', $label],
    ['evil..example', $name], ['evil.example..', $name],
    ['evil_host.example', $name],
);

for my $case (@cases) {
    my ($domain, $why) = @$case;

    for my $directive (qw/block allow/) {
        $c->refused("$directive $domain",
            qr/invalid domain "\Q$domain\E": \Q$why\E/,
            server => "$actor\nactivitypub_$directive $domain; # here");
    }
}

$c->refused('an empty one', qr/invalid domain "": it is empty/,
    server => "$actor\nactivitypub_block ''; # here");
$c->refused('the second of three', qr/invalid domain "b": $label/,
    server => "$actor\nactivitypub_block a.example b c.example; # here");

# severities and presets

my $words = 'it must be "suspend", "limit" or "reject_media"';

$c->refused('the severity', qr/invalid severity "silence": $words/,
    server => "$actor\nactivitypub_block a.example severity=silence; # here");
$c->refused('the severity of the other list', qr/invalid severity "allow": /,
    server => "$actor\nactivitypub_block a.example severity=allow; # here");
$c->refused('two severities',
    qr/"activitypub_block" directive has two severities/,
    server => "$actor\n"
        . 'activitypub_block a.example severity=limit severity=limit; # here');
$c->refused('a severity of nothing',
    qr/"activitypub_block" directive names no domain/,
    server => "$actor\nactivitypub_block severity=limit; # here");
$c->refused('a preset', qr/unknown preset "twitter": there is "threads"/,
    server => "$actor\nactivitypub_block preset=twitter; # here");
$c->refused('a preset of those who are allowed',
    qr/invalid domain "preset=threads": $name/,
    server => "$actor\nactivitypub_allow preset=threads; # here");
$c->refused('a severity of those who are allowed',
    qr/invalid domain "severity=limit": $name/,
    server => "$actor\nactivitypub_allow a.example severity=limit; # here");

# twice

my $already = 'already has the severity';

$c->refused('one domain, two severities',
    qr/domain "a.example" $already "suspend"/,
    server => "$actor\nactivitypub_block a.example;\n"
        . 'activitypub_block b.example a.example severity=limit; # here');
$c->refused('blocked and allowed', qr/domain "a.example" $already "allow"/,
    server => "$actor\nactivitypub_allow a.example;\n"
        . 'activitypub_block a.example; # here');
$c->refused('in the http block, without any actor',
    qr/domain "a.example" $already "suspend"/,
    http => "activitypub_block a.example;\n"
        . 'activitypub_allow A.Example.; # here');
$c->refused('by another spelling',
    qr/domain "xn--bcher-kva.example" $already "limit"/,
    server => "$actor\nactivitypub_block XN--BCHER-KVA.example.
            severity=limit;\nactivitypub_block Bücher.example; # here");
$c->refused('against a preset', qr/domain "threads.net" $already "suspend"/,
    server => "$actor\nactivitypub_block preset=threads;\n"
        . 'activitypub_allow threads.net; # here');

# the site itself

my $own = 'is that of this site';

$c->refused('itself', qr/domain "acme.example" $own: "acme.example"/,
    server => "$actor\nactivitypub_block acme.example; # here");
$c->refused('itself, from the http block',
    qr/domain "acme.example" $own: "blog.acme.example"/,
    http => 'activitypub_block acme.example severity=limit; # here',
    server => $actor, server_name => 'blog.acme.example');
$c->refused('its account domain', qr/domain "acme.org" $own: "acme.org"/,
    server => "activitypub_account_domain acme.org;\n$actor\n"
        . 'activitypub_block acme.org; # here');
$c->refused('one of its names', qr/domain "acme.net" $own: "www.acme.net"/,
    server_name => 'acme.example www.acme.net',
    server => "$actor\nactivitypub_block acme.net; # here");

# the mode

$c->refused('the mode', qr/invalid value "closed"/,
    server => "$actor\nactivitypub_federation_mode closed; # here");
$c->refused('two modes',
    qr/"activitypub_federation_mode" directive is duplicate/,
    server => "$actor\nactivitypub_federation_mode blocklist;\n"
        . 'activitypub_federation_mode allowlist; # here');

# a server block that has no use for it

my $needs = 'requires "activitypub_actor" or "activitypub_origin" in the same';

$c->refused("$_ without an origin", qr/"activitypub_$_" $needs/,
    server => "activitypub_$_ " . ($_ eq 'federation_mode' ? 'allowlist'
        : 'a.example') . '; # here')
    for qw/federation_mode block allow/;

# all that is right

$c->accepted('every form', http => 'activitypub_federation_mode blocklist;
        activitypub_block preset=threads a.example B.EXAMPLE.;
        activitypub_block a.example;
        activitypub_allow good.a.example;',
    server => "$actor
        activitypub_federation_mode allowlist;
        activitypub_block Bücher.example c.example severity=limit;
        activitypub_block severity=reject_media d.example;
        activitypub_allow e.example f.example;");
$c->accepted('what the server block says counts',
    http => 'activitypub_block threads.net;',
    server => "$actor activitypub_allow threads.net;");
$c->accepted('itself, with an exception',
    http => 'activitypub_block acme.example;', server_name => 'a.acme.example',
    server => "$actor activitypub_allow a.acme.example;");
$c->accepted('another of our origins', server => $actor, servers =>
    "server { server_name b.example; $actor
        activitypub_block acme.example; }");
$c->accepted('without an actor', database => '',
    http => 'activitypub_federation_mode allowlist;
        activitypub_allow a.example;');
$c->accepted('many of them', http => join("\n",
        map { "activitypub_block d$_.example e$_.example;" } 1 .. 2000),
    server => $actor);

###############################################################################
