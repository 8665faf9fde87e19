package Test::Attacks::Ledger;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What can be seen from outside of what a request has led to: connections and
# requests at the farm, questions to the name server, rows of the database
# that came, went or changed, and the statements that the site made.

use warnings;
use strict;

use Test::Session;

# what comes and goes by itself, or counts what goes out
my $APART = join ', ', map { "'$_'" } qw/job delivery fanout host sent
    declaration presence/;


sub new {
    my ($class, $world, @farm) = @_;

    my $self = bless { world => $world, farm => { map { $_ => 1 } @farm },
        session => Test::Session->new($world->t) }, $class;

    $self->{tables} = [split / /, $self->ask("SELECT string_agg(relname, ' ')
        FROM pg_class WHERE relnamespace = 'activitypub'::regnamespace
        AND relkind = 'r' AND relname NOT IN ($APART)")];

    # one statement for all tables: how many rows, and which are new

    $self->{rows} = join ' UNION ALL ', map {
        "SELECT '$_=' || count(*) || '/' || count(*)
            FILTER (WHERE xmin::text::bigint >= SINCE) FROM activitypub.$_"
    } @{ $self->{tables} };
    $self->{rows} =~ s/\n/ /g;

    $world->t->psql('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    $self->{statements} = $self->ask('SELECT 1 FROM pg_extension
        WHERE extname = \'pg_stat_statements\'') eq '1';

    return $self;
}


# what Test::Remote has of a test: the session that is open anyway

sub proxy {
    my ($self) = @_;

    return $self->{proxy} ||= bless { ledger => $self },
        'Test::Attacks::Ledger::Proxy';
}


sub counting { $_[0]{counting} = $_[1] }


sub ask {
    my ($self, $sql) = @_;

    my $answer = $self->{session}->ask($sql);

    die "$answer in: $sql\n" if $answer =~ /^ERROR:/m;

    return $answer;
}


# where farm and name server are at, and what is seen since then

sub position {
    my ($self) = @_;

    return { events => -s "$self->{world}{farm}{dir}/ledger" // 0,
        names => -s "$self->{world}{rig}{dir}/names.log" // 0 };
}


sub since {
    my ($self, $position, $does) = @_;

    local @$self{qw/events names/} = @$position{qw/events names/};

    return $does->();
}


sub mark {
    my ($self) = @_;

    $self->{since} = $self->ask(
        'SELECT pg_snapshot_xmax(pg_current_snapshot())');
    $self->{count} = { $self->_rows };
    %$self = (%$self, %{ $self->position });
    $self->{calls} = $self->_calls;
}


# gets, posts: URLs; names: those that were asked for; strange: connections
# to where no server of the farm is; rows: tables; calls: statements.  Of
# others than the play of that tag nothing is said.

sub seen {
    my ($self, $tag) = @_;

    my %seen = map { ($_ => []) } qw/gets posts names strange rows notes/;
    my $mine = qr/\.$tag\.example/i;

    for my $event (_lines("$self->{world}{farm}{dir}/ledger", $self->{events}))
    {
        my (undef, $kind, $text) = split /\t/, $event, 3;

        push @{ $seen{"${kind}s"} }, $text
            if $kind =~ /^(?:get|post)$/ && $text =~ $mine;
        push @{ $seen{strange} }, $text if $kind eq 'accept'
            && !$self->{farm}{ (split ' ', $text)[0] }
            && !$self->{world}->led_elsewhere((split ' ', $text)[0], $tag);
        push @{ $seen{notes} }, "$kind $text" if $kind =~ /^only|^kind/;
    }

    $seen{sockets} = $self->_sockets($mine);

    for my $line (_lines("$self->{world}{rig}{dir}/names.log",
        $self->{names}))
    {
        push @{ $seen{names} }, (split ' ', $line)[0] if $line =~ $mine;
    }

    my %now = $self->_rows;

    for my $table (sort keys %now) {
        my ($n, $new) = split m{/}, $now{$table};
        my ($before) = split m{/}, $self->{count}{$table} // '0/0';

        push @{ $seen{rows} }, $table if $n != $before || $new;
    }

    $seen{calls} = $self->_calls - $self->{calls};

    return \%seen;
}


# so many connections to servers of the play there were at the same time

sub _sockets {
    my ($self, $mine) = @_;

    my ($most, %open) = (0);

    for my $event (_lines("$self->{world}{farm}{dir}/ledger", $self->{events}))
    {
        my ($n, $kind, $text) = split /\t/, $event, 3;

        $open{$n} = 1 if $kind eq 'tls' && ($text // '') =~ $mine;
        delete $open{$n} if $kind eq 'end';
        $most = keys %open if keys %open > $most;
    }

    return $most;
}


# Tables with rows that name the play: what can be said of it while others
# are played beside it.

sub naming {
    my ($self, $tag) = @_;

    return split /\n/, $self->ask(join ' UNION ALL ', map {
        "SELECT '$_' WHERE EXISTS (SELECT FROM activitypub.$_ AS t
            WHERE t::text LIKE '%.$tag.example%')" } @{ $self->{tables} });
}


sub _rows {
    my ($self) = @_;

    my $sql = $self->{rows} =~ s/SINCE/$self->{since}/gr;

    return map { split /=/ } split /\n/, $self->ask($sql);
}


# Those that a request to an inbox makes; to count them takes as long as the
# rest of a play, so it is done where somebody wants to know.

sub _calls {
    my ($self) = @_;

    return 0 if !$self->{statements} || !$self->{counting};

    return $self->ask("SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
        WHERE dbid = (SELECT oid FROM pg_database
            WHERE datname = current_database())
        AND query ~ '(receive|remote_(known|key\\w*|actor_set))\\('
        AND query !~ 'pg_stat'");
}


# names that were asked for, and who was asked for what, of all plays

sub asked {
    my ($self) = @_;

    return (map({ (split ' ')[0] } _lines("$self->{world}{rig}{dir}/names.log",
            0)),
        map({ (split /\t/)[2] } grep { /\t(?:get|post)\t/ }
            _lines("$self->{world}{farm}{dir}/ledger", 0)));
}


sub _lines {
    my ($file, $from) = @_;

    open my $f, '<', $file or return;
    seek $f, $from, 0;

    return map { chomp; $_ } grep { /\n\z/ } <$f>;
}


package Test::Attacks::Ledger::Proxy;

sub sql { $_[0]{ledger}->ask($_[1]) }


1;
