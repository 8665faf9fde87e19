#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What docs/DIRECTIVES.md gives to copy is accepted as it stands there, and the
# errors that it quotes are what nginx says.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Config;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http proxy/);
my $c = Test::Config->new($t);
my $dir = $t->testdir;

# what an example takes for granted

my $around = 'limit_req_zone $binary_remote_addr zone=federation:1m rate=9r/s;';
my %warns = map { $_ => [qr/"$_[^"]*" is for development only/] }
    qw/activitypub_allow_address activitypub_allow_http activitypub_ssl_verify/;

$t->write_file('activitypub.password', "secret\n");

my %entries = slurp('../docs/DIRECTIVES.md')
    =~ /^###+ (\$?\w[\w ]*)\n(.*?)(?=^##|\z)/gms;

cmp_ok(scalar keys %entries, '>', 14, 'there are entries');

for my $name (sort keys %entries) {
    my ($context) = $entries{$name} =~ /^Context: (.*)$/m;
    my @examples = $entries{$name} =~ /^```nginx\n(.*?)^```/gms;

    # alternatives
    @examples = map { split /\n\n(?=$name)/ } @examples;

    for my $i (0 .. $#examples) {
        my $example = $examples[$i];

        $example =~ s{/etc/nginx/(?=\w+\.password)}{$dir/};
        $example =~ s{/etc/ssl/private-ca.pem}
            {/etc/ssl/certs/ca-certificates.crt};

        $c->accepted("$name, example " . ($i + 1), place($name, $example,
            $context // ''), warn => $warns{$name});
    }
}

# the fields of an actor

my @fields = slurp('../ngx_http_activitypub_module/http'
    . '/ngx_http_ap_actor_conf.c') =~ /\{ ngx_string\("(\w+)"\), \d/g;

is_deeply([sort($entries{activitypub_actor} =~ /^\| `(\w+)` \|/mg)],
    [sort @fields], 'each field of an actor has its row');

# an error is a message of the module, or of nginx, with values in it

my @formats = map { /: (.*)/ } `../scripts/check-emerg --list`;

push @formats, 'invalid value \"%s\" in \"%s\" directive, it must be'
    . ' \"on\" or \"off\"';

s/%(?:\*s|V|s|[ui]?[zdi]|uz|ui|c|d)|\\"/\x01/g for @formats;

for my $name (sort keys %entries) {
    for my $error ($entries{$name} =~ /\berror: `([^`]+)`/gi) {
        $error =~ s/\s+/ /g;
        $error =~ s/ in \/etc\/nginx\/\S+$//;
        $error =~ s/^"\w+" directive (?=takes )//;

        ok(scalar(grep { says($_, $error) } @formats), "$name: $error");
    }
}

done_testing();

###############################################################################

sub place {
    my ($name, $example, $context) = @_;
    my $actor = $example =~ /activitypub_actor\s+\w+\s+\{/
        ? '' : 'activitypub_actor a { }';

    return (http => "$around $example", server => '')
        if $context eq 'http' && $name ne 'activitypub_database'
            || $example =~ /^(?:map|limit_req_zone|log_format) /;
    return (database => $example, server => $actor)
        if $name eq 'activitypub_database';

    return (http => $around, server => "$actor $example");
}


sub says {
    my ($format, $error) = @_;
    my $pattern = join '.*', map { quotemeta } split /\x01+/, $format, -1;

    return $format =~ /\w/ && $error =~ /^$pattern$/;
}


sub slurp {
    open my $f, '<', $_[0] or die "$_[0]: $!";
    local $/;
    return scalar <$f>;
}
