package Test::Server;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What the servers that stand elsewhere have in common: a process, or a group
# of them, in {pid}, and a folder in {dir} in which they write.  Both are
# {owner}'s, and end with the object: first the processes, then the folder.
# File::Temp would take it away at exit, which is earlier, under their hands.

use warnings;
use strict;

use File::Path qw/remove_tree/;
use File::Temp;
use Time::HiRes qw/sleep/;


sub folder {
    my ($class, $kind) = @_;

    return File::Temp::tempdir("apt-$kind-XXXXXX", TMPDIR => 1);
}


sub stop {
    my ($self) = @_;

    my $pid = delete $self->{pid} or return;

    kill 'KILL', -$pid, $pid;
    waitpid $pid, 0;
}


# Who has been killed and is nobody's child of ours may still be at an open().

sub DESTROY {
    my ($self) = @_;

    return if $self->{owner} != $$;

    local ($?, $!);

    $self->stop;

    for (1 .. 50) {
        remove_tree($self->{dir}, { error => \my $failed });
        last if !-d $self->{dir};
        sleep 0.02;
    }
}


1;
