#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A mistake in the directives about outgoing requests stops nginx, with the
# file and the line, and nothing is resolved to find it.

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

# the resolver

my $rule = 'it must be an address';

directive_refused('resolver', $_, qr/invalid name server "$_": $rule/)
    for qw/dns.example localhost 127.0.0.1:0 127.0.0.1:99999 300.1.1.1 on/;
directive_refused('resolver', '127.0.0.1 dns.example',
    qr/invalid name server "dns.example": $rule/);
directive_refused('resolver', '::1', qr/invalid name server "::1": $rule/);
directive_refused('resolver', 'valid=30s', qr/no name server/);
directive_refused('resolver', '127.0.0.1 valid=often',
    qr/invalid parameter: (?:valid=)?often/);
directive_refused('resolver', '127.0.0.1 ipv6=perhaps',
    qr/invalid parameter: (?:ipv6=)?perhaps/);
directive_refused('resolver', '127.0.0.1 cache=no',
    qr/invalid name server "cache=no": $rule/);

$c->refused('two resolvers', qr/"activitypub_resolver" directive is duplicate/,
    http => "activitypub_resolver 127.0.0.1;\n"
        . 'activitypub_resolver 127.0.0.1; # here');
$c->refused('no resolver',
    qr/invalid number of arguments in "activitypub_resolver" directive/,
    http => 'activitypub_resolver; # here');

directive_accepted('resolver', $_)
    for '127.0.0.1', '127.0.0.1:5353 [::1]:53 [::1]', '127.0.0.1 valid=30s',
        '127.0.0.1 ipv6=off';

$c->accepted("nginx's resolver", http => 'resolver 127.0.0.1;',
    server => $actor);

# certificates

$t->write_file('empty', '');
$t->write_file('garbage', 'not a certificate');

my $trust = 'ssl_trusted_certificate';
my $names = '): "activitypub_ssl_trusted_certificate" names the file';

my $nothing = 'no certificates to trust in ".*/nothing" '
    . '\(No such file or directory';

directive_refused($trust, 'nothing', qr!$nothing\Q$names\E!);
directive_refused($trust, $_,
    qr!no certificates to trust in ".*/$_" \(.+\Q$names\E!)
    for qw/empty garbage/;
directive_refused($trust, '%%TESTDIR%%',
    qr!no certificates to trust in ".*" \(.+\Q$names\E!);
directive_refused($trust, "''", qr/"activitypub_$trust" directive is empty/);
directive_refused($trust, 'garbage garbage',
    qr/invalid number of arguments in "activitypub_$trust" directive/);

$c->refused('two files', qr/"activitypub_$trust" directive is duplicate/,
    http => "activitypub_$trust garbage;\n"
        . "activitypub_$trust garbage; # here");

openssl();

directive_accepted($trust, $_) for 'ca.crt', '%%TESTDIR%%/ca.crt';

# a file that is not needed is not read

$c->accepted('no actor', http => "activitypub_$trust garbage;");
$c->accepted('no verification',
    http => "activitypub_$trust garbage;\nactivitypub_ssl_verify off;",
    server => $actor,
    warn => [qr/"activitypub_ssl_verify off" is for development only/]);

directive_refused('ssl_verify', 'no',
    qr/invalid value "no" in "activitypub_ssl_verify" directive/);
directive_accepted('ssl_verify', 'on');

###############################################################################

sub openssl {
    my $dir = $t->testdir;

    system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
        . " -nodes -days 30 -subj /CN=Test -keyout $dir/ca.key"
        . " -out $dir/ca.crt > $dir/openssl.log 2>&1") == 0
        or die 'openssl failed';
}


sub directive_refused {
    my ($directive, $args, $sentence) = @_;

    $c->refused("$directive $args", $sentence,
        http => "activitypub_$directive $args; # here", server => $actor);
}


sub directive_accepted {
    my ($directive, $args) = @_;

    $c->accepted("$directive $args",
        http => "activitypub_$directive $args;", server => $actor);
}

###############################################################################
