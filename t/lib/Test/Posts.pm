package Test::Posts;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Posts for a test, published as an administrator does it.

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT = qw/$AP $BROWSER publish edit ap_get/;

use Test::Nginx;

# what Mastodon sends for a document, and a browser for a page
our $AP = 'application/activity+json, application/ld+json';
our $BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,'
    . 'image/avif,image/webp,*/*;q=0.8';


# publish($t, '/posts/1', title => 'One', ...): the id

sub publish {
    my ($t, $url, %o) = @_;

    my %args = (actor => 'news', title => "Post $url", url => $url, %o);

    return _apctl($t, 'publish', map { ("--$_", $args{$_}) } sort keys %args);
}


# edit($t, 'update', $id, '--title', 'Two'), edit($t, 'delete', $id, '--yes')

sub edit {
    my ($t, $verb, $id, @options) = @_;

    return _apctl($t, $verb, $id, @options);
}


# GET as a server of the fediverse does it

sub ap_get {
    my ($uri, %o) = @_;

    return http_get($uri, host => 'acme.example', accept => $AP, %o);
}


sub _apctl {
    my ($t, $verb, @args) = @_;

    my ($code, $out, $err) = $t->apctl('post', $verb, @args, '--quiet');

    die "apctl post $verb failed with $code: $err" if $code;

    chomp $out;

    return $out;
}


1;
