package Test::Attacks::Addresses;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Which addresses are anybody's, by the registries of special purposes
# (RFC 6890 and what came later): a table of its own, not the product's.
#
#     Test::Attacks::Addresses::is_public('8.8.8.8')

use warnings;
use strict;

use Socket qw/AF_INET AF_INET6 inet_pton/;

my @PRIVATE = map { _net(AF_INET, $_) } qw!0.0.0.0/8 10.0.0.0/8 100.64.0.0/10
    127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
    192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16
    192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3
    168.63.129.16/32!;

my @PRIVATE6 = map { _net(AF_INET6, $_) } qw!2001::/23 2001:db8::/32 2002::/16
    2620:4f:8000::/48 3fff::/20!;

# of IPv6 nothing else is given out
my ($UNICAST) = _net(AF_INET6, '2000::/3');


sub is_public {
    my ($address) = @_;

    if (my $bytes = inet_pton(AF_INET, $address)) {
        return !grep { _in($bytes, $_) } @PRIVATE;
    }

    my $bytes = inet_pton(AF_INET6, $address) or return 0;

    return _in($bytes, $UNICAST) && !grep { _in($bytes, $_) } @PRIVATE6;
}


sub _net {
    my ($family, $text) = @_;

    my ($address, $bits) = split m{/}, $text;

    return [substr unpack('B*', inet_pton($family, $address)), 0, $bits];
}


sub _in { return index(unpack('B*', $_[0]), $_[1][0]) == 0 }


1;
