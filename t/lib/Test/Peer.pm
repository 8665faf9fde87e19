package Test::Peer;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A peer in another language, driven over its standard input and output: one
# JSON command a line, one JSON answer a line.
#
#     my $peer = Test::Peer->start('fedify', ca => $rig->ca_file);
#     my $actor = $peer->ask(lookup => { object => '@news@site.example' });

use warnings;
use strict;

use Cwd qw/abs_path/;
use File::Basename qw/dirname/;
use IO::Select;
use IPC::Open2;
use JSON::PP ();
use Test::Builder;

my $TOP = abs_path(dirname(__FILE__) . '/../../..');
my $TIMEOUT = 60;


# the program, or nothing where the peers are not installed

sub node {
    return (grep { -x } glob
        "$TOP/build/node/node_modules/node-linux-*/bin/node")[0];
}


sub start {
    my ($class, $name, %o) = @_;

    my $node = node() or die "build/node is missing: t/peers/install\n";

    local $ENV{NODE_EXTRA_CA_CERTS} = $o{ca} if $o{ca};

    my $pid = open2(my $out, my $in, $node, '--no-warnings',
        "$TOP/t/peers/$name/peer.mjs");

    return bless { pid => $pid, in => $in, out => $out, n => 0, owner => $$,
        buffer => '' }, $class;
}


# The answer's value; undef and the text in error() when it failed.

sub ask {
    my ($self, $command, $with) = @_;

    my $json = JSON::PP->new->canonical->ascii;

    print { $self->{in} } $json->encode({ id => ++$self->{n},
        do => $command, with => $with || {} }), "\n";
    $self->{in}->flush;

    my $answer = $json->utf8->decode($self->_line);

    $self->{error} = $answer->{error};

    Test::Builder->new->diag("$command: $answer->{error}")
        if $answer->{error} && !$with->{quiet};

    return $answer->{value};
}


sub error { $_[0]{error} }


sub _line {
    my ($self) = @_;

    while ($self->{buffer} !~ /\n/) {
        IO::Select->new($self->{out})->can_read($TIMEOUT)
            or die "the peer does not answer\n";
        sysread $self->{out}, $self->{buffer}, 65536, length $self->{buffer}
            or die "the peer has ended\n";
    }

    $self->{buffer} =~ s/^(.*)\n//;

    return $1;
}


sub stop {
    my ($self) = @_;

    my $pid = delete $self->{pid} or return;

    close $self->{in};
    kill 'TERM', $pid;
    waitpid $pid, 0;
}


sub DESTROY {
    my ($self) = @_;

    local ($?, $!);

    $self->stop if $self->{owner} == $$;
}


1;
