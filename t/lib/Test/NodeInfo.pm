package Test::NodeInfo;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What the published schemas 2.0 and 2.1 of NodeInfo demand, member by member:
#
#     is(nodeinfo_wrong($r->json, '2.1'), '', 'by its schema');
#
# The first complaint, or nothing.  2.1 only adds where the software is at
# home.

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT = qw/nodeinfo_wrong/;

use JSON::PP qw/encode_json/;


sub nodeinfo_wrong {
    my ($json, $version) = @_;

    my @protocols = qw/activitypub buddycloud dfrn diaspora libertree ostatus
        pumpio tent xmpp zot/;
    my @inbound = qw/atom1.0 gnusocial imap pnut pop3 pumpio rss2.0 twitter/;
    my @outbound = qw/atom1.0 blogger buddycloud diaspora dreamwidth drupal
        facebook friendica gnusocial google insanejournal libertree linkedin
        livejournal mediagoblin myspace pinterest pnut posterous pumpio
        redmatrix rss2.0 smtp tent tumblr twitter wordpress xmpp/;

    my %count = map { ($_ => \&_is_count) }
        qw/total activeHalfyear activeMonth/;

    return _object($json, {
        version => sub { _is_string($_[0]) && $_[0] eq $version },
        software => sub { _object($_[0], {
            name => sub { _is_string($_[0]) && $_[0] =~ /^[a-z0-9-]+$/ },
            version => \&_is_string,
        }, $version eq '2.1' ? { repository => \&_is_string,
            homepage => \&_is_string } : {}) eq '' },
        protocols => sub { _list($_[0], @protocols) && @{ $_[0] } },
        services => sub { _object($_[0], {
            inbound => sub { _list($_[0], @inbound) },
            outbound => sub { _list($_[0], @outbound) } }) eq '' },
        openRegistrations => sub { JSON::PP::is_bool($_[0]) },
        usage => sub { _object($_[0],
            { users => sub { _object($_[0], {}, \%count) eq '' } },
            { localPosts => \&_is_count, localComments => \&_is_count })
            eq '' },
        metadata => sub { ref $_[0] eq 'HASH' },
    });
}


# these members and no others

sub _object {
    my ($json, $required, $optional) = @_;

    return 'no object' if ref $json ne 'HASH';

    for my $name (sort keys %$required) {
        return "no $name" if !exists $json->{$name};
    }

    for my $name (sort keys %$json) {
        my $rule = $required->{$name} || $optional->{$name}
            or return "$name is unknown";

        return "$name is wrong" if !$rule->($json->{$name});
    }

    return '';
}


sub _list {
    my ($json, @allowed) = @_;

    return ref $json eq 'ARRAY'
        && !grep { my $item = $_; !grep { $_ eq $item } @allowed } @$json;
}


sub _is_string { !ref $_[0] && encode_json([$_[0]]) =~ /^\["/ }

sub _is_count { !ref $_[0] && encode_json([$_[0]]) =~ /^\[\d+\]$/ }


1;
