package Test::Rig::Postgres;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A cluster that a test of the rig stops and starts.  Root of its namespace
# cannot become the user who owns the server: the process that waits outside
# does it, and is told so over a socket.
#
#     outside:  my ($near, $far) = Test::Rig::Postgres->sockets;
#               Test::Rig::Postgres->serve($cluster, $near, $pid);
#     inside:   Test::Rig::Postgres->new($dir, fileno of $far)

use warnings;
use strict;

use base qw/Test::Postgres/;

use Fcntl qw/F_GETFD F_SETFD FD_CLOEXEC/;
use IO::Select;
use IO::Socket::UNIX;
use POSIX ();
use Socket qw/AF_UNIX SOCK_STREAM PF_UNSPEC/;


# (ours, the one that the test inherits)

sub sockets {
    my ($near, $far) = IO::Socket::UNIX->socketpair(AF_UNIX, SOCK_STREAM,
        PF_UNSPEC) or die "socketpair: $!";

    $near->autoflush(1);
    fcntl $far, F_SETFD, 0 or die "fcntl: $!";

    return ($near, $far);
}


# Does what it is told until the process "pid" has ended.

sub serve {
    my ($class, $cluster, $socket, $pid) = @_;

    my $select = IO::Select->new($socket);

    while (waitpid($pid, POSIX::WNOHANG()) != $pid) {
        $select->can_read(0.1) or next;

        my $line = $socket->getline;

        # the test is gone, or about to be

        if (!defined $line) {
            $select->remove($socket);
            select undef, undef, undef, 0.1;
            next;
        }

        my ($verb, $mode) = split ' ', $line;

        eval {
            $verb eq 'pause' ? $cluster->pause($mode) : $cluster->resume;
            1;
        }
            or warn $@;

        $socket->print($@ ? "failed\n" : "done\n");
    }
}


sub new {
    my ($class, $dir, $fd) = @_;

    my $socket = IO::Socket::UNIX->new_from_fd($fd, 'r+')
        or die "descriptor $fd: $!";

    $socket->autoflush(1);

    # what the test starts has nothing to do with it

    fcntl $socket, F_SETFD, FD_CLOEXEC or die "fcntl: $!";

    return bless { dir => $dir, socket => $socket }, $class;
}


sub pause {
    my ($self, $mode) = @_;

    return $self->_tell('pause ' . ($mode || 'fast'));
}


sub resume { $_[0]->_tell('resume') }


# outside, when the test has ended

sub stop { }


sub _tell {
    my ($self, $what) = @_;

    $self->{socket}->print("$what\n");

    my $answer = IO::Select->new($self->{socket})->can_read(60)
        && $self->{socket}->getline || '';

    die "$what: ", $answer || "nobody answers\n" if $answer ne "done\n";
}


1;
