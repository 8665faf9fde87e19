package Strict::Servers;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The servers of the systems: a farm that also has documents, to be had by
# signed requests only if their system wants that, and keeps every request as
# it came.

use warnings;
use strict;

use base qw/Test::Farm/;

use Digest::SHA qw/sha256_hex/;
use JSON::PP ();
use Time::HiRes qw/time/;

use Strict::Request;

my $json = JSON::PP->new->utf8->canonical;


# what a GET of the URL answers from now on; signed => 1: 401 without a
# signature; undef: 404

sub document {
    my ($self, $url, $document, %o) = @_;

    my $file = _file($self->{dir}, $url =~ m!^https://([^/]+)([^#]*)!);

    unlink $file and return unless defined $document;

    open my $f, '>', "$file.new" or die "$file: $!";
    print $f $json->encode({ type => 'application/activity+json', %o,
        body => $json->encode($document) });
    close $f;

    rename "$file.new", $file or die "$file: $!";
}


# every request, in order; not to be changed

sub requests {
    my ($self) = @_;

    my $known = $self->{requests} ||= [];

    open my $f, '<', "$self->{dir}/requests" or return;
    binmode $f;
    seek $f, $self->{read} // 0, 0;

    while (defined(my $line = <$f>)) {
        my ($arrived, $length) = split ' ', $line;

        (read($f, my $raw, $length) // 0) == $length or last;
        push @$known, Strict::Request->new($raw, $arrived);
        $self->{read} = tell $f;
    }

    return @$known;
}


sub _answer {
    my ($self, $c, $raw) = @_;

    my $dir = $self->{dir};
    my $request = Strict::Request->new($raw, time());

    open my $f, '>>', "$dir/requests" or die "$dir: $!";
    print $f $request->{time}, ' ', length $raw, "\n", $raw;
    close $f;

    my ($status, $type, $answer) = $request->{method} eq 'GET'
        ? _document($dir, $request)
        : (_behaviour($dir, $request->{host}), 'text/plain', '');

    return if !defined fileno $c;

    print $c "HTTP/1.1 $status Answer\r\nContent-Type: $type\r\n"
        . 'Content-Length: ' . length($answer) . "\r\n\r\n$answer";
}


sub _document {
    my ($dir, $request) = @_;

    open my $f, '<', _file($dir, @$request{qw/host target/})
        or return (404, 'text/plain', '');

    my $known = $json->decode(do { local $/; <$f> });

    return (401, 'text/plain', '')
        if $known->{signed} && !defined $request->header('Signature');
    return (200, @$known{qw/type body/});
}


sub _behaviour {
    my ($dir, $host) = @_;

    open my $f, '<', "$dir/$host" or return 202;

    return scalar <$f>;
}


sub _file { return "$_[0]/document-" . sha256_hex("$_[1] $_[2]") }


1;
