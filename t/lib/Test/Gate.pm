package Test::Gate;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Between nginx and the functions of a test's database: counts the calls of
# document() and twins(), and holds answers back, after they were read, until
# the test lets them go: of document(), or of schema(), with which every new
# connection begins.

use warnings;
use strict;

# of pg_advisory_lock()
my %LOCK = (documents => 4711, greetings => 4712);

my $document = 'text, text, text';
my $twins = 'bigint, integer';


# Before nginx runs.  Paths that match the regular expression are held back
# while the gate is closed.

sub new {
    my ($class, $t, $paths) = @_;

    $t->conninfo;
    $t->sql(<<"SQL");
CREATE SCHEMA behind;
CREATE SEQUENCE behind.documents;
CREATE SEQUENCE behind.twins;

ALTER FUNCTION activitypub.document($document) SET SCHEMA behind;
ALTER FUNCTION activitypub.twins($twins) SET SCHEMA behind;
ALTER FUNCTION activitypub.schema() SET SCHEMA behind;

CREATE FUNCTION activitypub.document(origin text, path text, query text)
    RETURNS TABLE(status int, kind text, uri text, url text, actor text,
        updated bigint, body text)
    LANGUAGE plpgsql SECURITY DEFINER AS \$\$
BEGIN
    PERFORM nextval('behind.documents');
    RETURN QUERY SELECT * FROM behind.document(\$1, \$2, \$3);
    IF \$2 ~ '$paths' THEN
        PERFORM pg_advisory_xact_lock_shared($LOCK{documents});
    END IF;
END
\$\$;

CREATE FUNCTION activitypub.twins(after bigint, lim int)
    RETURNS TABLE(id bigint, origin text, path text, query text, actor text,
        object uuid, gone boolean)
    LANGUAGE plpgsql SECURITY DEFINER AS \$\$
BEGIN
    PERFORM nextval('behind.twins');
    RETURN QUERY SELECT * FROM behind.twins(\$1, \$2);
END
\$\$;

CREATE FUNCTION activitypub.schema()
    RETURNS TABLE(version int, min_module int)
    LANGUAGE plpgsql SECURITY DEFINER AS \$\$
BEGIN
    PERFORM pg_advisory_xact_lock_shared($LOCK{greetings});
    RETURN QUERY SELECT * FROM behind.schema();
END
\$\$;

GRANT EXECUTE ON FUNCTION activitypub.document($document),
    activitypub.twins($twins), activitypub.schema() TO activitypub_nginx;
SQL

    return bless { t => $t }, $class;
}


# how often nginx has asked: "documents" or "twins"

sub calls {
    my ($self, $what) = @_;

    return $self->{t}->sql("SELECT CASE WHEN is_called THEN last_value
        ELSE 0 END FROM behind.$what");
}


# for "documents" (those that match), or "greetings"

sub close {
    my ($self, $what) = @_;

    $self->{lock} = $LOCK{$what || 'documents'};

    # the backend of the last time ends after its psql

    my $shut = "granted AND mode = 'ExclusiveLock'";

    $self->{t}->wait_for(sub { !$self->_locks($shut) }, 10)
        or die "the gate does not open\n";

    my $pid = open my $psql, '|-', 'psql', '-XAtq', '-o', '/dev/null',
        '-d', $self->{t}->conninfo('postgres');

    die "psql: $!" unless $pid;

    $self->{psql} = $psql;

    $psql->autoflush(1);
    print $psql "SELECT pg_advisory_lock($self->{lock});\n";

    $self->{t}->wait_for(sub { $self->_locks($shut) }, 10)
        or die "the gate does not close\n";
}


# calls that stand before it

sub held {
    my ($self) = @_;

    return $self->_locks('NOT granted');
}


sub open {
    my ($self) = @_;

    CORE::close(delete $self->{psql});
}


sub _locks {
    my ($self, $which) = @_;

    return $self->{t}->sql("SELECT count(*) FROM pg_locks
        WHERE locktype = 'advisory' AND objid = $self->{lock} AND $which
            AND database = (SELECT oid FROM pg_database
                WHERE datname = current_database())");
}


1;
