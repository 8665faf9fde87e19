package Test::Attacks;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What is tried, and what came of it: not the status alone, but the rows that
# were stored, whom we asked, and whether the site answers as before.
#
#     my $attacks = Test::Attacks->new($t, peer => Test::Hostile, site => sub);
#     $attacks->try('HTTP-04', 'PUT of an actor', 405, sub { response });
#     $attacks->twin('HTTP-04', 'GET of it', 200, sub { ... });
#     is(join(' ', $attacks->ids), '...');
#
# "stored" and "asked" after that say what else is right: table names, and
# regular expressions for requests.  A twin is the same without the malice:
# where it does not succeed, the attack has shown nothing.

use warnings;
use strict;

use Test::More ();
use Time::HiRes qw/sleep/;

use Test::Session;

# jobs and what is on its way come and go by themselves
my $ROWS = <<'SQL' =~ s/\n/ /gr;
SELECT string_agg(relname || '=' || (xpath('/row/n/text()', query_to_xml(
        format('SELECT count(*) AS n FROM activitypub.%I', relname),
        false, true, '')))[1]::text, ' ' ORDER BY relname)
    FROM pg_class
    WHERE relnamespace = 'activitypub'::regnamespace AND relkind = 'r'
        AND relname NOT IN ('job', 'delivery', 'fanout')
SQL


sub new {
    my ($class, $t, %o) = @_;

    my $self = bless { t => $t, seen => {}, %o }, $class;

    $self->{session} = Test::Session->new($t);
    $self->{well} = $self->{site}->();

    return $self;
}


sub try {
    my ($self, $id, $name, $status, $does, %o) = @_;

    $self->{seen}{$id}{tries}++;

    return $self->_row("$id: $name", $status, $does, %o);
}


sub twin {
    my ($self, $id, $name, $status, $does, %o) = @_;

    $self->{seen}{$id}{twins}++;

    return $self->_row("$id, its twin: $name", $status, $does, %o);
}


# those that were tried, and of these those with a twin

sub ids { sort keys %{ $_[0]{seen} } }

sub twins {
    my ($self) = @_;

    return grep { $self->{seen}{$_}{twins} } $self->ids;
}


sub _row {
    my ($self, $name, $status, $does, %o) = @_;

    my %before = $self->_rows;

    $self->{peer}->mark;

    my $response = $does->();
    my $got = !defined $response ? 'none' : ref $response ? $response->status
        : $response;

    # what follows from a request may take a moment

    $self->_settle if $o{settle} || $o{stored};

    my %after = $self->_rows;
    my $stored = join ' ', grep { ($after{$_} // 0) != ($before{$_} // 0) }
        sort keys %after;
    my @asked = $self->{peer}->since('request');

    for my $expected (@{ $o{asked} || [] }) {
        @asked = grep { $_ !~ $expected } @asked;
    }

    my $statuses = ref $status ? $status : [$status];
    my ($right) = grep { $_ eq $got } @$statuses;

    Test::More::is(
        "$got; stored: $stored; asked: @asked; site: "
            . ($self->{site}->() eq $self->{well} ? 'well' : 'changed'),
        ($right // join ' or ', @$statuses)
            . '; stored: ' . ($o{stored} // '') . '; asked: ; site: well',
        $name);

    return $response;
}


sub _rows {
    my ($self) = @_;

    return map { split /=/ } split / /, $self->{session}->ask($ROWS);
}


# until nothing is under way any more

sub _settle {
    my ($self) = @_;

    sleep 0.2;

    $self->{t}->wait_for(sub {
        $self->{session}->ask('SELECT (SELECT count(*)
            FROM activitypub.delivery) + (SELECT count(*)
            FROM activitypub.fanout)') eq '0';
    }, 10);
}


1;
