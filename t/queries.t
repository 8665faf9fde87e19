#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Which page a URL names: its path as the site takes it, its query as it was
# published, and what others add to a link set aside.  The document, the Link
# header and the database agree about every row; so they do while nobody
# knows which pages have a document.

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

$t->write_file('page.txt', 'the site');

$t->write_file_expand('nginx.conf', <<'EOC')->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";
    activitypub_zone     zone=small:256k;

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }

        location / {
            default_type  text/html;
            try_files     /page.txt =404;
        }
    }
}

EOC

$t->wait_document('/activitypub/news', host => 'acme.example')
    or die "no actor\n";

my %id = (actor => 'https://acme.example/activitypub/news');

# the page of a post, and the URL that it was published with

my @posts = (
    [p123 => '/?p=123'],
    [p124 => '/?p=124&lang=de'],
    [one => '/posts/1'],
    [slash => '/posts/1/'],
    [two => '/posts/2?utm_source=feed&utm_medium=rss'],
    [three => '/posts/3?a=1&fbclid=x&b=2'],
    [space => '/a%20b/%C3%A9'],
    [case => '/Posts/Big'],
    [html => '/blog/index.html'],
    [folder => '/docs/'],
    [ref => '/posts/5?ref=home'],
    [mark => '/what%3Fp=1'],
    [encoded => '/posts/6?utm%5Fsource=x'],
);

$id{$_->[0]} = publish($t, $_->[1]) for @posts;

# twins from before trackers were set aside are still found by their query

$t->sql("INSERT INTO activitypub.object (id, actor, type, url, title,
                published, document)
         SELECT '01890000-0000-7000-8000-000000000001', o.actor, 'Note',
                'https://acme.example/posts/1?utm_source=old', '', now(),
                replace(o.document, right('$id{one}', 36),
                        '01890000-0000-7000-8000-000000000001')
           FROM activitypub.object AS o WHERE o.id = right('$id{one}', 36)::uuid;
         INSERT INTO activitypub.twin (origin, path, query, actor, object)
         SELECT t.origin, '/posts/1', 'utm_source=old', t.actor,
                '01890000-0000-7000-8000-000000000001'
           FROM activitypub.twin AS t
          WHERE t.object = right('$id{one}', 36)::uuid;
         NOTIFY activitypub_changed, '*'");
$id{old} = "$id{actor}/01890000-0000-7000-8000-000000000001";

my $many = join '&', map { "utm_$_=x" } 1 .. 780;

# what is asked for, and whose page that is; undef: the site's alone

my @table = (

    # the path, as nginx and the site take it

    ['/', 'actor'],
    ['/posts/1', 'one'],
    ['/posts/1/', 'slash'],
    ['/posts/1//', 'slash'],
    ['//posts///1', 'one'],
    ['/x/../posts/./1', 'one'],
    ['/%70osts/1', 'one'],
    ['/posts%2F1', 'one'],
    ['/Posts/1', undef],
    ['/posts/1/x', undef],
    ['/posts', undef],
    ['/a%20b/%C3%A9', 'space'],
    ['/a%20b/%c3%a9', 'space'],
    ['/a+b/%C3%A9', undef],
    ['/a%2520b/%C3%A9', undef],
    ['/Posts/Big', 'case'],
    ['/posts/big', undef],
    ['/blog/index.html', 'html'],
    ['/blog/', undef],
    ['/docs/', 'folder'],
    ['/docs/index.html', undef],
    ['/docs', undef],
    ['/what%3Fp=1', 'mark'],
    ['/what?p=1', undef],

    # the query, exactly

    ['/?p=123', 'p123'],
    ['/?p=124&lang=de', 'p124'],
    ['/?p=124', undef],
    ['/?lang=de&p=124', undef],
    ['/?P=123', undef],
    ['/?p=%31%32%33', undef],
    ['/?p=1234', undef],
    ['/?p=123&x=1', undef],
    ['/index.php?p=123', undef],
    ['/posts/5?ref=home', 'ref'],
    ['/posts/5', undef],
    ['/posts/5?ref=other', undef],
    ['/posts/1?next=/evil', undef],

    # nothing behind the question mark, or nothing that is a parameter

    ['/posts/1?', 'one'],
    ['/posts/1?&', 'one'],
    ['/posts/1?&&&', 'one'],
    ['/?p=123&', 'p123'],
    ['/?&p=123', 'p123'],
    ['/?p=124&&lang=de', 'p124'],
    ['/posts/1?=', undef],
    ['/?&', 'actor'],

    # trackers, at every place

    ['/?utm_source=x', 'actor'],
    ['/posts/1?utm_source=x&fbclid=y', 'one'],
    ['/?p=123&utm_source=x', 'p123'],
    ['/?utm_source=x&p=123', 'p123'],
    ['/?p=124&utm_source=x&lang=de', 'p124'],
    ['/?gclid=1&p=124&utm_source=x&&lang=de&fbclid=', 'p124'],
    ['/?lang=de&utm_source=x&p=124', undef],
    ['/?p=999&utm_source=x', undef],
    ['/posts/1?ref=home&utm_source=x', undef],
    ['/posts/1?fbclid', 'one'],
    ['/posts/1?UTM_Source=x&FbClid=y', 'one'],
    ['/posts/1?utm=x', undef],
    ['/posts/1?fbclidx=y', undef],
    ['/posts/1?utm%5Fsource=x', undef],
    ['/posts/6?utm%5Fsource=x', 'encoded'],
    ['/posts/6', undef],
    ['/posts/1?utm_source=x;p=1', 'one'],
    ['/posts/1?p=1;utm_source=x', undef],
    ['/posts/1?utm_source=%FF%00%', 'one'],
    ["/posts/1?$many", 'one'],
    ["/?p=123&$many", 'p123'],
    ["/?$many&x=1", undef],

    # published with trackers: known without, and with any

    ['/posts/2', 'two'],
    ['/posts/2?utm_source=feed&utm_medium=rss', 'two'],
    ['/posts/2?fbclid=z', 'two'],
    ['/posts/3?a=1&b=2', 'three'],
    ['/posts/3?a=1&fbclid=x&b=2', 'three'],
    ['/posts/3?a=1&gclid=y&b=2', 'three'],
    ['/posts/3', undef],

    # the exact query first

    ['/posts/1?utm_source=old', 'old'],
    ['/posts/1?utm_source=older', 'one'],
    ['/posts/1?utm_source=old&', 'one'],
);

for my $name (qw/__hsfp __s _ga _gl dclid epik gad_source gbraid gclid
    hsa_cam igsh igshid mc_cid mc_eid mkt_tok msclkid mtm_campaign pk_kwd
    srsltid ttclid twclid utm_content vero_id wbraid yclid/)
{
    push @table, ["/?p=123&$name=x", 'p123'];
}

push @table, ["/?p=123&$_=x", undef]
    for qw/ref source from campaign id page q s si lang amp share/;

ok($t->wait_for(sub {
    link_of('/posts/1?utm_source=old')
        && !http_get('/posts/5', host => 'acme.example')->header('Vary')
}, 10), 'the pages are known');

###############################################################################

table('the set of pages is known');

is(ap_get('/posts/2')->json->{url},
    'https://acme.example/posts/2?utm_source=feed&utm_medium=rss',
    'a post keeps the URL that it was given');
is(http_get($id{two} =~ s!^https://acme\.example!!r, host => 'acme.example',
        accept => $BROWSER)->header('Location'),
    'https://acme.example/posts/2?utm_source=feed&utm_medium=rss',
    'and leads there');

# a post by each of its URLs, and a page has one post

is($t->sql("SELECT activitypub.find_object('$_')"), substr($id{two}, -36),
    "found: $_")
    for qw!/posts/2 /posts/2?fbclid=z https://acme.example/posts/2!;

my ($code, $out, $err) = $t->apctl(qw/post publish --actor news --title X
    --url/, '/posts/2?utm_source=other');

is($code, 1, 'no second post there');
like($err, qr/already published by news\@acme\.example/, 'says so');

# the database knows the names that the module knows, and no others

open my $f, '<', '../ngx_http_activitypub_module/core/fedi_query.c' or die $!;
my @names = join('', <$f>) =~ /fedi_string\("([^"]+)"\)/g;

cmp_ok(scalar @names, '>', 40, 'the names');
is($t->sql("SELECT coalesce(string_agg(n, ' '), '')
    FROM unnest('{" . join(',', @names) . "}'::text[]) AS n
   WHERE activitypub.page_query(upper(n) || '=1&b=2&' || n) <> 'b=2'
      OR activitypub.page_query('x' || n || '=1') = ''"), '',
    'are those of the database');

# ... and of the reference

open $f, '<', '../docs/DIRECTIVES.md' or die $!;
my $docs = lc join '', <$f>;

is_deeply([grep { $docs !~ /`\Q$_\E(…)?`/ } @names], [], 'of the reference');

my $sql = $t->sql("SELECT prosrc FROM pg_proc
    WHERE oid = 'activitypub.page_query(text)'::regprocedure");
my %known = map { $_ => 1 } @names;

is_deeply([grep { !$known{$_} } map { /\w+/g }
    map { s/[\^|()\$]/ /gr } $sql =~ /^ +'(.*)'$/mg], [], 'all of those');

# the same while the zone is too small for the set: the database is asked

$t->sql("INSERT INTO activitypub.object (id, actor, type, url, title,
                published, document)
         SELECT activitypub.uuid7(), o.actor, 'Note',
                'https://acme.example/many/' || n, '', now(), o.document
           FROM activitypub.object AS o, generate_series(1, 9000) AS n
          WHERE o.id = right('$id{one}', 36)::uuid;
         INSERT INTO activitypub.twin (origin, path, actor, object)
         SELECT 1, substr(o.url, 21), o.actor, o.id
           FROM activitypub.object AS o WHERE o.url LIKE '%/many/%';
         NOTIFY activitypub_changed, '*'");

ok($t->wait_for(sub { $t->error_log =~ /zone is too small/ }, 10),
    'the set does not fit');

table('the set of pages is not known', 1);

done_testing();

###############################################################################

sub table {
    my ($when, $unknown) = @_;

    my (%wrong, $n);

    for (@table) {
        my ($uri, $name) = @$_;
        my $id = $name ? $id{$name} : 'the site';
        my $json = ap_get($uri);
        my $head = http_head($uri, host => 'acme.example', accept => $AP);
        my $html = http_get($uri, host => 'acme.example',
            accept => $BROWSER);
        my $shown = length $uri > 60 ? substr($uri, 0, 60) . '...' : $uri;

        # the document, and HEAD as GET

        my $got = $json->json ? $json->json->{id} : $json->body;

        push @{ $wrong{document} }, "$shown: $got" if $got ne $id;
        push @{ $wrong{HEAD} }, $shown
            if $head->header('Content-Type') ne $json->header('Content-Type');

        # what a browser gets

        push @{ $wrong{page} }, $shown if $html->body ne 'the site';
        push @{ $wrong{Vary} }, $shown
            if !($name || $unknown) != !$html->header('Vary');
        push @{ $wrong{Link} }, $shown
            if !$unknown && ($name ? "<$id>" : '')
                ne ($html->header('Link') // '') =~ s/;.*//r;
        $n++;
    }

    is($n, scalar @table, "$when: all rows");
    is_deeply($wrong{$_}, undef, "$when: $_")
        or diag(explain($wrong{$_})) for qw/document HEAD page Vary Link/;
}


sub link_of {
    my ($uri) = @_;

    return http_get($uri, host => 'acme.example', accept => $BROWSER)
        ->header('Link');
}

###############################################################################
