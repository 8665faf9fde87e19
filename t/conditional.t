#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What every kind of answer says of its age and its identity, and what is
# answered to those who have it already: RFC 9110 section 13, RFC 9111.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

use Time::Piece;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/);

$t->write_file_expand('nginx.conf', <<'EOC')->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;
        error_page   412 =200 /index.html;

        activitypub_actor news { }
    }
}

EOC

$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";

my $id = publish($t, '/posts/1') =~ s!^https://acme\.example!!r;
my $gone = publish($t, '/posts/2') =~ s!^https://acme\.example!!r;

edit($t, 'delete', '/posts/2', '--yes');

ok($t->wait_for(sub { ap_get($gone)->status == 410 }, 20), 'a deleted post');

my ($create, $tombstone) = map { $t->sql("SELECT '/activitypub/news/activities/'
    || id FROM activitypub.activity WHERE type = 'Create'
    AND object = '" . substr($_, -36) . "'") =~ s/\s//gr } $id, $gone;

# [what, where, is it dated, may caches keep it]

my @kinds = (
    ['actor', '/activitypub/news', 1, 1],
    ['instance actor', '/activitypub/actor', 1, 1],
    ['object', $id, 1, 1],
    ['activity', $create, 1, 1],
    ['outbox', '/activitypub/news/outbox', 0, 1],
    ['page of an outbox', '/activitypub/news/outbox?page', 0, 1],
    ['followers', '/activitypub/news/followers', 1, 1],
    ['page of followers', '/activitypub/news/followers?page', 1, 1],
    ['following', '/activitypub/news/following', 1, 1],
    ['featured', '/activitypub/news/featured', 0, 1],
    ['inbox', '/activitypub/news/inbox', 1, 1],
    ['likes', "$id/likes", 1, 1],
    ['page of replies', "$id/replies?page", 1, 1],
    ['page of a post', '/posts/1', 0, 0],
    ['page of an actor', '/', 0, 0],
    ['WebFinger', '/.well-known/webfinger?resource=acct:news@acme.example',
        0, 1],
    ['host-meta', '/.well-known/host-meta', 0, 1],
    ['NodeInfo link', '/.well-known/nodeinfo', 0, 1],
    ['NodeInfo 2.0', '/activitypub/nodeinfo/2.0', 0, 1],
    ['NodeInfo 2.1', '/activitypub/nodeinfo/2.1', 0, 1],
);

my $format = '%a, %d %b %Y %H:%M:%S GMT';

my @same = qw/ETag Last-Modified Cache-Control Vary
    Access-Control-Allow-Origin X-Content-Type-Options/;

for my $kind (@kinds) {
    kind(@$kind);
}

# a condition that does not hold is no page of the site's

for my $where ($id, '/posts/1', '/') {
    for my $method (qw/GET HEAD/) {
        my $r = http_connect()->request($method, $where, accept => $AP,
            host => 'acme.example', headers => ['If-Match' => '"a"']);

        is(join(' ', $r->status, map { $r->header($_) // '-' } 'Content-Type',
                'Cache-Control', 'X-Content-Type-Options', 'ETag'),
            '412 application/json no-store nosniff -', "$method $where: 412");
        is(eval { $r->json->{error} } // '', $method eq 'GET'
            ? 'the document is another one by now' : '', 'which says so');
    }
}

# Tombstones: what is conditional is a success

for my $where ($gone, $tombstone, '/posts/2') {
    my $r = ap_get($where);
    my $what = "Tombstone at $where";

    is($r->status, 410, "$what: 410");
    is($r->json->{type}, 'Tombstone', "$what: says so");
    is($r->header('Last-Modified'), undef, "$what: has no date");
    is($r->header('Cache-Control'),
        $where eq '/posts/2' ? 'no-store' : 'public, max-age=180',
        "$what: Cache-Control");
    is(ap_get($where, headers => ['If-None-Match', $_])->status, 410,
        "$what: 410 to whoever has $_") for $r->header('ETag') // '"x"', '*';
    is(http_head($where, host => 'acme.example', accept => $AP)->status, 410,
        "$what: HEAD");
}

# ... and all that belonged to it

is(ap_get("$gone/$_")->status, 404, "a deleted post has no $_")
    for qw/replies likes shares replies?page/;
is(ap_get('/activitypub/news/activities/' . $t->sql("SELECT id
    FROM activitypub.activity WHERE type = 'Delete'") =~ s/\s//gr)->status,
    200, 'the Delete is there');

# a document that was changed a moment ago might change again

edit($t, 'update', '/posts/1', '--title', 'Again');

my $r;

ok($t->wait_for(sub { ($r = ap_get($id))->body =~ /Again/ }, 20), 'an edit');

SKIP: {
    skip 'that took too long', 1 if time() - $t->sql('SELECT floor(extract(epoch FROM max(changed)))
            FROM activitypub.object') > 1;

    is($r->header('Last-Modified'), undef, 'has no date yet');
}

done_testing();

###############################################################################

sub kind {
    my ($what, $where, $dated, $shared) = @_;
    my $r;

    $t->wait_for(sub { !$dated
        || ($r = ap_get($where))->header('Last-Modified') }, 20)
        or return fail("$what: has a date");

    $r = ap_get($where);

    my $etag = $r->header('ETag');
    my $date = $r->header('Last-Modified');

    is($r->status, 200, "$what: is there");
    like($etag, qr/^"[0-9a-f-]+"$/, "$what: has a strong ETag");
    is(defined $date, !!$dated, "$what: Last-Modified");
    is($r->header('Cache-Control'), $shared ? 'public, max-age=180'
        : 'private, no-store', "$what: Cache-Control");

    my $head = http_head($where, host => 'acme.example', accept => $AP);

    is(named($head), named($r), "$what: HEAD has the same headers");
    is($head->header('Content-Length'), length $r->body,
        "$what: HEAD has the length");

    my $unchanged = ap_get($where, headers => ['If-None-Match', $etag]);

    is($unchanged->status, 304, "$what: 304");
    is(named($unchanged), named($r), "$what: 304 has the same headers");
    is($unchanged->body, '', "$what: 304 has no body");

    my $past = 'Mon, 01 Jan 2001 00:00:00 GMT';
    my $future = 'Fri, 01 Jan 2100 00:00:00 GMT';
    my @conditions = (
        [304, 'If-None-Match', "W/$etag"],
        [304, 'If-None-Match', "\"a\", $etag", 'If-Modified-Since', $past],
        [200, 'If-None-Match', '"a"', 'If-Modified-Since', $future],
        [200, 'If-Modified-Since', $past],
        [200, 'If-Match', $etag, 'If-Unmodified-Since', $past],
        [412, 'If-Match', '"a"', 'If-Unmodified-Since', $future],
    );

    if ($dated) {
        my $before = (Time::Piece->strptime($date, $format) - 1)
            ->strftime($format);

        # nginx's own default is an exact match

        push @conditions, [304, 'If-Modified-Since', $date],
            [200, 'If-Modified-Since', $before],
            [200, 'If-Unmodified-Since', $date],
            [412, 'If-Unmodified-Since', $before];

    } else {
        push @conditions, [200, 'If-Modified-Since', $future],
            [200, 'If-Unmodified-Since', $past];
    }

    for (@conditions) {
        my ($status, @headers) = @$_;

        is(ap_get($where, headers => \@headers)->status, $status,
            "$what: $status to @headers");
    }
}


sub named {
    my ($r) = @_;

    return join ', ', map { "$_: " . join '; ', $r->header($_) } @same;
}

###############################################################################
