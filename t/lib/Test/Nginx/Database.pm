package Test::Nginx;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The database of a test: an own, fresh and migrated one in the cluster of
# the run; or a cluster of its own, for a test that stops it.

use warnings;
use strict;

my $n = 0;


# database()              in the shared cluster
# database(own => 1)      in a cluster that can be stopped and started
# database(empty => 1)    without the schema

sub database {
    my ($self, %o) = @_;

    $self->{cluster} = $o{own} ? Test::Postgres->own
        : Test::Postgres->shared;
    $self->{own} = $o{own};
    $self->{database} = "t${$}_" . ++$n;

    if ($o{empty}) {
        my ($code, undef, $err) = $self->{cluster}->psql('postgres',
            "CREATE DATABASE $self->{database}");

        die $err if $code;

    } else {
        $self->{cluster}->create($self->{database});
    }

    return $self;
}


# what activitypub_database takes; www-data is the role that apctl made

sub conninfo {
    my ($self, $user) = @_;

    $self->database unless $self->{database};

    return $self->{cluster}->conninfo($self->{database},
        $user || 'www-data');
}


# As superuser, or as "user": what psql prints, columns by "|".  Dies when
# the server refuses.

sub sql {
    my ($self, $text, %o) = @_;

    my ($code, $out, $err) = $self->psql($text, %o);

    die "$err in: $text\n" if $code;

    chomp $out;

    return $out;
}


# What is to happen to the queue while workers are at it: the hosts first, in
# their order, or one of them waits for us as we for it.

sub sql_queue {
    my ($self, $text) = @_;

    return $self->sql("BEGIN;
        SELECT FROM activitypub.host ORDER BY name FOR UPDATE;
        $text; COMMIT");
}


# (exit code, stdout, stderr); stderr names the SQLSTATE

sub psql {
    my ($self, $text, %o) = @_;

    return $self->{cluster}->psql($self->{database}, $text, %o);
}


# (exit code, stdout, stderr)

sub apctl {
    my ($self, @args) = @_;

    return $self->{cluster}->apctl($self->{database}, @args);
}


# "immediate" is a crash; only with a cluster of its own

sub stop_database {
    my ($self, $mode) = @_;

    die "the cluster is shared: database(own => 1)\n" unless $self->{own};

    $self->{cluster}->pause($mode);
}


sub start_database {
    my ($self) = @_;

    $self->{cluster}->resume;
}


# ends every session of the database, as a restart of a pooler does

sub disconnect_database {
    my ($self) = @_;

    return $self->sql("SELECT count(pg_terminate_backend(pid))
        FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()");
}


sub _end_database {
    my ($self) = @_;

    my $cluster = delete $self->{cluster} or return;

    if ($self->{own}) {
        $cluster->stop;

    } else {
        $cluster->drop($self->{database});
    }
}


1;
