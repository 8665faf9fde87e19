package Test::Attacks::Headers;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The headers of a request that is to be sent: a list, name, value, name ...
#
#     header($request, 'Date')            the first of that name
#     values_of($request, 'Date')         all of them
#     others($request, 'Date')            the list without them
#     change($request, 'Date', sub)       each value by what the sub returns

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT_OK = qw/header values_of others change/;


sub header {
    my ($value) = values_of(@_);

    return $value;
}


sub values_of {
    my ($r, $name) = @_;

    my @headers = @{ $r->{headers} };

    return map { $headers[$_ * 2 + 1] }
        grep { lc $headers[$_ * 2] eq lc $name } 0 .. @headers / 2 - 1;
}


sub others {
    my ($r, $name) = @_;

    my @headers = @{ $r->{headers} };

    return map { @headers[$_ * 2, $_ * 2 + 1] }
        grep { lc $headers[$_ * 2] ne lc $name } 0 .. @headers / 2 - 1;
}


sub change {
    my ($r, $name, $change) = @_;

    my $headers = $r->{headers};

    for (my $i = 0; $i < @$headers; $i += 2) {
        $headers->[$i + 1] = $change->($headers->[$i + 1])
            if lc $headers->[$i] eq lc $name;
    }
}


1;
