package Test::Beside;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# One site twice: on port 8080 of an nginx with the module, on 8082 of the
# same without it.  A browser has to see no difference, but for Vary and Link.

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT = qw/%id ask comparable configure is_document is_html
    is_negotiated/;

use IO::Uncompress::Gunzip qw/gunzip/;
use JSON::PP ();
use Test::More;

use Test::Nginx;
use Test::Posts;

# by page: the id of its document
our %id;


# The text of a configuration for a port: lines with %%WITH%% are of the nginx
# with the module, with %%WITHOUT%% of the other, %%WHO%% is "with" or not.

sub configure {
    my ($text, $port, $with) = @_;

    $text =~ s/%%WITH%%(.*)\n/$with ? "$1\n" : ''/ge;
    $text =~ s/%%WITHOUT%%(.*)\n/$with ? '' : "$1\n"/ge;
    $text =~ s/%%WHO%%/$with ? 'with' : 'without'/ge;
    $text =~ s/127\.0\.0\.1:LISTEN/127.0.0.1:$port/g;

    return $text;
}


sub ask {
    my ($port, $page, $accept, $headers) = @_;

    my $host = $page =~ s!^//closed/!/! ? 'closed.example' : 'acme.example';

    return http_get($page, port => port($port), accept => $accept,
        headers => [Host => $host, @{ $headers || [] }]);
}


# both orders: the page "a" is asked for by a browser first, "b" by others

sub is_negotiated {
    my ($name, $page, $html, $activity, $headers) = @_;

    my $first = sprintf $page, 'a';
    my $second = sprintf $page, 'b';

    is_html("$name, HTML first", $first, $html, $headers);
    is_document("$name, then ActivityPub", $first, $html, $activity, $headers);
    is_html("$name, and HTML again", $first, $html, $headers);

    is_document("$name, ActivityPub first", $second, $html, $activity,
        $headers);
    is_html("$name, then HTML", $second, $html, $headers);
    is_document("$name, and ActivityPub again", $second, $html, $activity,
        $headers);
}


# the same as without the module, but for Vary and Link

sub is_html {
    my ($name, $page, $status, $headers) = @_;

    my $ours = ask(8080, $page, $BROWSER, $headers);
    my $theirs = ask(8082, $page, $BROWSER, $headers);

    is($ours->status, $status, "$name: $status");
    is(comparable($ours), comparable($theirs), "$name: nothing changed");
}


# expected: "json", "site" for what a browser gets, or a status

sub is_document {
    my ($name, $page, $html, $expected, $headers) = @_;

    my $r = ask(8080, $page, $AP, $headers);

    if ($expected eq 'json') {
        my $body = $r->body;

        gunzip(\$r->body => \$body)
            if ($r->header('Content-Encoding') // '') eq 'gzip';

        is(eval { JSON::PP::decode_json($body)->{id} } // "$r", $id{$page},
            "$name: the document");
        is(join("\n", _names($r)), join("\n", _expected_names($headers)),
            "$name: its headers, and no others");
        return;
    }

    is($r->status, $expected eq 'site' ? $html : $expected,
        "$name: no document");
    is(comparable($r), comparable(ask(8082, $page, $AP, $headers)),
        "$name: nothing changed");
}


sub comparable {
    my ($r) = @_;

    my @headers = grep { !/^Date:/ && $_ ne 'Vary: Accept'
        && !/^Link: .*activity\+json/ } map { "$_->[0]: $_->[1]" } $r->headers;

    return join "\n", $r->status, @headers, '', $r->body;
}


sub _names {
    my ($r) = @_;

    return sort map { /^(?:Date|Content-Length|ETag)/ ? (/^(\w+)/)[0] : $_ }
        map { "$_->[0]: $_->[1]" } $r->headers;
}


sub _expected_names {
    my ($headers) = @_;

    my $gzip = grep { /gzip/ } @{ $headers || [] };

    return sort 'Server: nginx/' . _version(), 'Date', 'ETag',
        'Content-Type: application/activity+json', 'Connection: close',
        'Cache-Control: private, no-store', 'Vary: Accept',
        'Access-Control-Allow-Origin: *', 'X-Content-Type-Options: nosniff',
        $gzip ? ('Transfer-Encoding: chunked', 'Content-Encoding: gzip')
            : 'Content';
}


sub _version {
    our $version //= (ask(8082, '/', $BROWSER)->header('Server')
        =~ m!nginx/(\S+)!)[0];

    return $version;
}


1;
