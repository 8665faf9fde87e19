#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What is as large as it may be: served whole, also by a zone that cannot hold
# it; and what apctl says of what is larger.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/);

# nearly all that may stand in a profile, of what grows most

my $quotes = '"' x 3800;
my $fields = join "\n", map { "field f$_ https://a.example/?$_"
    . '&' x 200 . ';' } 10 .. 17;

$t->write_file_expand('nginx.conf', <<"EOC")->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";
    activitypub_zone zone=small:512k;

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }

        activitypub_actor wordy {
            url      /wordy/;
            summary  '$quotes';
            $fields
        }
    }
}

EOC

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news wordy/;

# an actor

my $r = ap_get('/activitypub/wordy');

is($r->json->{summary}, '<p>' . '&quot;' x 3800 . '</p>',
    'a summary of quotes is whole');
is(scalar(@{ $r->json->{attachment} }), 8, 'and so are the fields');
cmp_ok(length $r->body, '>', 40 * 1024, 'the actor is large');
cmp_ok(length $r->body, '<', 60 * 1024 - 1024,
    'and an Update of it is not too large');

# posts: as large as they may be

my $d = $t->testdir();
my $id = article('largest', 58_000);

$r = ap_get(path($id));
is($r->status, 200, 'an article of nearly 60 KiB');
like($r->json->{content}, qr/^<p>x{58000}<\/p>$/, 'is whole');

my $large = $r->body;

is(ap_get(path($id))->body, $large, 'once more, from the zone');
$t->wait_for(sub { ap_get('/posts/largest')->status == 200 });
is(ap_get('/posts/largest')->body, $large, 'and at its page');

my $count = rows();

$t->write_file('larger.html', '<p>' . 'x' x 61_440 . '</p>');

my ($code, $out, $err) = $t->apctl(qw{post publish --actor news --title T
    --url /posts/larger --type article --content-file},
    "$d/larger.html");

is($code, 1, 'a larger one: the exit code');
is($out, '', 'no id');
like($err, qr/^apctl:\ the\ post\ is\ 6\d{4}\ bytes\ long\ as\ an\ activity
    \ and\ may\ have\ 61440:\ shorten\ it,\ or\ publish\ it\ as\ a\ note/mx,
    'and a sentence');
is(ap_get('/posts/larger')->status, 404, 'nothing is there');

($code, $out, $err) = $t->apctl(qw/post update/, $id, '--content-file',
    "$d/larger.html");

is($code, 1, 'an edit that is larger: the exit code');
like($err, qr/bytes long as an activity and may have 61440/,
    'and the sentence');
is(ap_get(path($id))->body, $large, 'the post is as it was');
is(rows(), $count, 'and nothing was written');

# many of them: pages that the zone does not keep

article("many/$_", 55_000) for 1 .. 9;

ok($t->wait_for(sub { total() == 10 }, 20), 'ten in the outbox');

my ($page, %seen) = ('/activitypub/news/outbox?page');
my $largest = 0;

for (1 .. 20) {
    $r = ap_get($page);
    $largest = length $r->body if length $r->body > $largest;
    $seen{$_->{object}{id}}++ for @{ $r->json->{orderedItems} };
    is(ap_get($page)->body, $r->body, "the same again: $page");

    $page = $r->json->{next} or last;
    $page = path($page);
}

is(scalar(keys %seen), 10, 'page by page: all of them');
is((grep { $_ != 1 } values %seen), 0, 'each once');
cmp_ok($largest, '>', 64 * 1024, 'a page is more than this zone keeps');
cmp_ok($largest, '<', 257 * 1024, 'and is limited itself');

done_testing();

###############################################################################

sub article {
    my ($name, $n) = @_;

    $t->write_file('content.html', '<p>' . 'x' x $n . '</p>');

    return publish($t, "/posts/$name", type => 'article',
        'content-file' => $t->testdir() . '/content.html');
}


sub path {
    my ($id) = @_;

    return $id =~ s!^https://acme\.example!!r;
}


sub total { return ap_get('/activitypub/news/outbox')->json->{totalItems} }


sub rows {
    return $t->sql('SELECT count(*), (SELECT count(*)
        FROM activitypub.activity) FROM activitypub.object');
}

###############################################################################
