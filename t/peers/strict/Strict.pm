package Strict;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A peer that accepts only what every system accepts.  Each system is a
# module beside this one: what it sends to fetch a document, and rows.  A row
# is one demand:
#
#     row 'the actor has an inbox', '3' => actor =>
#         sub { url(json->{inbox}) },
#         edit { delete $_->{inbox} };
#
# its claim, the section of wire.md that cites the code of the system, the
# document it looks at, a check of the response in $_, and a way to break the
# response so that the check must fail.  A row whose check survives its own
# break is worth nothing.

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT = qw/system_of fetch row json type edit header status body
    url same_host text list all_of date boolean count depth pem nulls
    context links_to $HOST $ACTOR/;

use JSON::PP ();

use Strict::Response;

our ($HOST, $ACTOR) = ('site.example',
    'https://site.example/activitypub/news');

my (@rows, %fetches, $system);


# what follows belongs to this system

sub system_of { $system = $_[0] }


# fetch NAME => 'Header' => 'value' ...: how the system asks for documents of
# that name; "*" for all others

sub fetch {
    my ($name, @headers) = @_;

    $fetches{$system}{$name} = \@headers;
}


sub row {
    my ($claim, $cite, $on, $check, $break) = @_;

    push @rows, { system => $system, claim => $claim, cite => $cite,
        on => $on, check => $check, break => $break };
}


sub rows { @rows }


# the headers that a row's system sends for its document

sub headers_of {
    my ($row) = @_;

    my $known = $fetches{$row->{system}};

    return $known->{$row->{on}} || $known->{'*'} || [];
}


# Does the response meet the row's demand?  What is absent is undef, and what
# is of another type may end the check: neither is met.

sub meets {
    my ($row, $response) = @_;

    local $_ = $response;
    local $SIG{__WARN__} = sub { };

    return eval { $row->{check}->() } ? 1 : 0;
}


# a copy of the response, broken as the row says

sub broken {
    my ($row, $response) = @_;

    my $copy = $response->copy;

    local $_ = $copy;
    $row->{break}->();

    return $copy;
}


# Breaks.  edit changes the JSON in $_; header and status what is around it.

sub edit(&) {
    my ($code) = @_;

    return sub {
        my $response = $_;
        my $json = $response->json;

        local $_ = $json;
        $code->();
        $response->json($_);
    };
}


sub header {
    my ($name, @value) = @_;

    return sub { $_->header($name, @value) };
}


sub status {
    my ($status) = @_;

    return sub { $_->{status} = $status };
}


sub body {
    my ($code) = @_;

    return sub { $code->() for $_->{body} };
}


# Checks.

sub json { $_->json }


# the media type as it was sent, in lower case

sub type { lc($_->header('Content-Type') // '') }


sub url {
    my ($value) = @_;

    return text($value) && $value =~ m!^https://[^\s/]+/\S*$!;
}


sub same_host {
    my ($value) = @_;

    return url($value) && $value =~ m!^https://\Q$HOST\E/!;
}


# a string and not something that Perl takes for one

sub text {
    my ($value) = @_;

    return defined $value && !ref $value && length $value
        && JSON::PP->new->allow_nonref->encode($value) =~ /^"/;
}


sub list { ref $_[0] eq 'ARRAY' }


# a list of which every item meets the check, in $_

sub all_of {
    my ($check, $values) = @_;

    return list($values) && !grep { !$check->() } @$values;
}


sub boolean { JSON::PP::is_bool($_[0]) }


sub count {
    my ($value) = @_;

    return defined $value && !ref $value
        && JSON::PP->new->allow_nonref->encode($value) =~ /^\d+$/;
}


# RFC 3339, as all of them read it; a year of four digits

sub date {
    my ($value) = @_;

    return text($value)
        && $value =~ /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
}


sub depth {
    my ($value) = @_;

    my $deepest = 0;

    for my $inner (ref $value eq 'HASH' ? values %$value
        : list($value) ? @$value : ())
    {
        my $d = depth($inner);

        $deepest = $d if $d > $deepest;
    }

    return ref $value eq 'HASH' || list($value) ? $deepest + 1 : 0;
}


# members and items that are null

sub nulls {
    my ($value) = @_;

    return 1 unless defined $value;
    return scalar grep { nulls($_) } ref $value eq 'HASH' ? values %$value
        : list($value) ? @$value : ();
}


# the kind and size of a public key that OpenSSL takes, "RSA 2048", or ''

sub pem {
    my ($text) = @_;

    our %known;

    return '' unless text($text);

    return $known{$text} //= do {
        my ($file) = _file($text);
        my $out = `openssl pkey -pubin -noout -text -in $file 2>&1`;
        my ($bits) = $out =~ /Public-Key: \((\d+) bit\)/;

        !$bits ? '' : ($out =~ /Modulus:/ ? 'RSA' : 'EC') . " $bits";
    };
}


sub _file {
    my ($text) = @_;

    require File::Temp;

    our $file = File::Temp->new;

    seek $file, 0, 0;
    truncate $file, 0;
    print $file $text;
    $file->flush;

    return $file->filename;
}


# the literal IRI, as the context or as a member of its list

sub context {
    my ($iri) = @_;

    my $context = json->{'@context'};

    return grep { !ref && $_ eq $iri } list($context) ? @$context : $context;
}


# the href of each link of a JRD with this rel

sub links_to {
    my ($rel) = @_;

    return map { $_->{href} } grep { ($_->{rel} // '') eq $rel }
        @{ json->{links} };
}


1;
