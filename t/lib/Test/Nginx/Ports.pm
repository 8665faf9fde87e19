package Test::Nginx::Ports;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Free TCP ports on loopback, by the number a test calls them.  Tests that
# run at the same time must not get the same one before nginx listens there:
# a UDP socket of the same number, held to the end, marks it as taken.

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT_OK = qw/port/;

use IO::Socket::INET;

# below the range that the kernel gives to clients
my ($FIRST, $LAST) = (18000, 31999);

my %ports;


sub port {
    my ($name) = @_;

    return $ports{$name}{number} if $ports{$name};

    my $number = $FIRST + int rand($LAST - $FIRST);

    for (1 .. 1000) {
        $number = $FIRST if ++$number > $LAST;

        my @at = (LocalAddr => '127.0.0.1', LocalPort => $number);
        my $mark = IO::Socket::INET->new(Proto => 'udp', @at) or next;

        IO::Socket::INET->new(Proto => 'tcp', Listen => 1, ReuseAddr => 1,
            @at) or next;

        $ports{$name} = { number => $number, mark => $mark };

        return $number;
    }

    die "no free port\n";
}


1;
