package Test::Attacks::Usual;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The request that attacks are made of: a signed POST of a note of evil's,
# that answers a post of ours.
#
#     usual()                         all of it
#     create(by => URL, id => ...)    its body
#     whole($request)                 what is given in part, and the rest of it

use warnings;
use strict;
use utf8;

use base qw/Exporter/;

our @EXPORT_OK = qw/usual create whole $EVIL/;

our $EVIL = 'https://evil.example/u/e';


# a signed POST of a note of evil's, that answers a post of ours

sub usual {
    return { method => 'POST', path => '/ap/inbox', headers => {},
        body => create(), sign => { key => 'evil', profile => 'cavage',
            cover => '(request-target) host date digest' } };
}


sub create {
    my (%o) = @_;

    my $by = $o{by} // $EVIL;
    my ($host) = $by =~ m{^(https://[^/]+)};

    return {
        '@context' => 'https://www.w3.org/ns/activitystreams',
        id => $o{id} // "$by/act/1", type => $o{type} // 'Create', actor => $by,
        to => ['https://www.w3.org/ns/activitystreams#Public'],
        object => { id => $o{note} // "$host/n/1", type => 'Note',
            attributedTo => $by, content => '<p>x</p>',
            to => $o{to} // ['https://www.w3.org/ns/activitystreams#Public'],
            inReplyTo => 'https://site.example/posts/1',
            %{ $o{object} || {} } },
    };
}


# of what is given in part the rest is as usual

sub whole {
    my ($request) = @_;

    my $usual = usual();
    my %r = (%$usual, %$request);
    my ($activity, $object) = delete @r{qw/activity object/};
    my $by = ref $activity && $activity->{actor};

    $by = undef if ref $by || ($by // '') !~ m{^https://};

    $r{sign} = { %{ $usual->{sign} }, ($request->{sign}{profile} // '')
        eq 'rfc9421' ? (cover => '@method @target-uri content-digest') : (),
        %{ $request->{sign} } } if ref $request->{sign};
    $r{body} = { %{ create(by => $by) }, %$activity } if $activity;
    $r{body}{object} = { %{ create(by => $by)->{object} }, %$object }
        if $object;

    return \%r;
}


1;
