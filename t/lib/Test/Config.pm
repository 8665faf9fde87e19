package Test::Config;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What nginx -t says about configurations:
#
#     my $c = Test::Config->new($t);
#
#     $c->refused('a zone without a size', qr/invalid zone "zone=a"/,
#         http => 'activitypub_zone zone=a;');
#     $c->accepted('an actor', server => 'activitypub_actor news { }');
#
# "http" stands in the http block, "server" in a server block of
# "server_name" (default acme.example), "servers" beside that block.  There
# is a database unless "database" says something else.  A line that ends in
# "# here" is the one that the complaint must name.

use warnings;
use strict;

use Test::More ();

my $DATABASE = 'activitypub_database "host=/nowhere dbname=activitypub";';


sub new {
    my ($class, $t) = @_;

    return bless { t => $t }, $class;
}


# one [emerg], with its place

sub refused {
    my ($self, $name, $sentence, %o) = @_;

    my ($code, $out) = $self->_check(%o);
    my @emerg = grep { /\[emerg\]/ } split /\n/, $out;
    my $line = $self->{line} || qr/\d+/;
    my $file = quotemeta($self->{t}->testdir . '/nginx.conf');

    my $good = $code != 0 && @emerg == 1
        && $emerg[0] =~ /$sentence.* in $file:$line$/;

    Test::More::ok($good, "refused: $name")
        or Test::More::diag("expected $sentence at line $line, got:\n$out");
}


# nothing to complain about, unless "warn" expects some lines

sub accepted {
    my ($self, $name, %o) = @_;

    my ($code, $out) = $self->_check(%o);
    my @lines = grep { /\[(?:warn|error|crit|alert|emerg)\]/ }
        split /\n/, $out;
    my $line = $self->{line} || qr/\d+/;
    my $good = $code == 0;

    for my $warning (@{ $o{warn} || [] }) {
        my @rest = grep { !/\[warn\].*$warning.*:$line$/ } @lines;

        $good = 0 if @rest == @lines;
        @lines = @rest;
    }

    Test::More::ok($good && !@lines, "accepted: $name")
        or Test::More::diag($out);
}


sub _check {
    my ($self, %o) = @_;

    my $text = $o{text} // $self->_text(%o);

    $self->{t}->write_file_expand('nginx.conf', $text);

    my @lines = split /\n/, $self->{t}->read_file('nginx.conf');
    my @here = grep { $lines[$_ - 1] =~ /# here$/ } 1 .. @lines;

    $self->{line} = $here[0];

    return $self->{t}->check;
}


sub _text {
    my ($self, %o) = @_;

    my $names = $o{server_name} // 'acme.example';
    my $database = $o{database} // $DATABASE;
    my $http = $o{http} // '';
    my $server = $o{server} // '';
    my $servers = $o{servers} // '';

    $names = "server_name $names;" if length $names;

    return <<"EOF";
%%TEST_GLOBALS%%

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    $database
    $http

    server {
        listen 127.0.0.1:8080;
        $names
        $server
    }

    $servers
}
EOF
}


1;
