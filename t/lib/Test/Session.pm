package Test::Session;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A psql that is asked a statement at a time, and may be left waiting.

use warnings;
use strict;

use IPC::Open2;


sub new {
    my ($class, $t) = @_;

    my $pid = open2(my $out, my $in, 'sh', '-c',
        'exec psql -XAtqn -v VERBOSITY=verbose -d "$1" 2>&1', 'psql',
        $t->conninfo('postgres'));
    my $self = bless { t => $t, in => $in, out => $out, pid => $pid }, $class;

    # who waits for itself fails, and does not hang

    $self->ask("SET lock_timeout = '10s'");
    $self->{backend} = $self->ask('SELECT pg_backend_pid()');

    return $self;
}


sub ask {
    my ($self, $sql) = @_;

    $self->send($sql);

    return $self->answer;
}


sub send {
    my ($self, $sql) = @_;
    my $in = $self->{in};

    print $in "$sql;\n\\echo ==\n";
    $in->flush;
}


sub answer {
    my ($self) = @_;
    my ($out, $text) = ($self->{out}, '');

    while (defined(my $line = <$out>)) {
        last if $line eq "==\n";
        $text .= $line;
    }

    chomp $text;
    return $text;
}


# whether it hangs on a lock, within a time

sub waits {
    my ($self, $seconds) = @_;

    return $self->{t}->wait_for(sub {
        $self->{t}->sql("SELECT count(*) FROM pg_locks
            WHERE pid = $self->{backend} AND NOT granted") > 0;
    }, $seconds || 5);
}


# The payloads on one channel since the last time.  They come in the order of
# the commits: with a last one of our own, all others are there.

sub hear {
    my ($self, $channel) = @_;
    my @heard;

    $channel ||= 'activitypub_changed';
    $self->{t}->sql("NOTIFY $channel, 'the end'");

    $self->{t}->wait_for(sub {
        push @heard, $self->ask('SELECT 1')
            =~ /"$channel" with payload "(.*)" received/g;
        @heard && $heard[-1] eq 'the end';
    }, 5);

    return pop @heard ? @heard : ();
}


sub DESTROY {
    my ($self) = @_;

    local $?;
    close $self->{in};
    waitpid $self->{pid}, 0;
}

1;
