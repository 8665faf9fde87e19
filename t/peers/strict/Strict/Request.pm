package Strict::Request;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A request of ours as it arrived, or a copy of it to be broken.

use warnings;
use strict;

use base qw/Strict::Response/;


sub new {
    my ($class, $raw, $time) = @_;

    my ($head, $body) = $raw =~ /^(.*?\r\n)\r\n(.*)$/s;
    my ($line, @lines) = split /\r\n/, $head;
    my ($method, $target) = split ' ', $line;

    my $self = bless {
        time => $time,
        method => $method,
        target => $target,
        headers => [ map { [ split /: */, $_, 2 ] } @lines ],
        body => $body,
    }, $class;

    $self->{host} = lc($self->header('Host') // '');

    return $self;
}


sub copy {
    my ($self) = @_;

    return bless { %$self,
        headers => [ map { [@$_] } @{ $self->{headers} } ] }, ref $self;
}


sub raw {
    my ($self) = @_;

    return join("\r\n", "$self->{method} $self->{target} HTTP/1.1",
        map({ join ': ', @$_ } @{ $self->{headers} }), '', $self->{body});
}


# the URL that was asked for

sub url { return "https://$_[0]{host}$_[0]{target}" }


1;
