package Strict::Response;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A response that was fetched, or a copy of it to be broken.

use warnings;
use strict;

use JSON::PP ();

my $json = JSON::PP->new->utf8->canonical->allow_nonref;


# from what the HTTP client returned

sub new {
    my ($class, $response) = @_;

    return bless {
        status => $response->status,
        headers => [ map { [@$_] } $response->headers ],
        body => $response->body,
    }, $class;
}


sub copy {
    my ($self) = @_;

    return bless {
        status => $self->{status},
        headers => [ map { [@$_] } @{ $self->{headers} } ],
        body => $self->{body},
    }, ref $self;
}


sub status { $_[0]{status} }

sub body { $_[0]{body} }


# header(name): all of that name, joined; header(name, value): replaced;
# header(name, undef): removed

sub header {
    my ($self, $name, @value) = @_;

    my $headers = $self->{headers};

    if (!@value) {
        my @found = map { $_->[1] } grep { lc $_->[0] eq lc $name } @$headers;

        return @found ? join(', ', @found) : undef;
    }

    @$headers = grep { lc $_->[0] ne lc $name } @$headers;
    push @$headers, [$name, $value[0]] if defined $value[0];
}


# the body decoded afresh; json(value): replaced

sub json {
    my ($self, @value) = @_;

    $self->{body} = $json->encode($value[0]) if @value;

    return $json->decode($self->{body});
}


1;
