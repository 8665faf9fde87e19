#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# WebFinger, spelling by spelling: hosts with a port, a dot behind, as U- and
# A-labels; URLs as they are, escaped, with a fragment; whatever has an id; the
# site itself; handles of a domain that several server blocks cover.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/);

$t->write_file('.well-known/webfinger', 'OF THE SITE');

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
        server_name  acme.example www.acme.example;

        activitypub_actor news { url /caf%c3%a9; }
        activitypub_actor shop { url /shop?a=%2Fb; icon /i.webp; }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  star.example *.star.example ~^old-\w+\.example$;

        activitypub_actor sun { }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  shop.star.example;
    }

    server {
        listen       127.0.0.1:8080;
        server_name  xn--bcher-kva.example;

        activitypub_actor lit { url /; }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  social.corp.example;

        activitypub_account_domain  corp.example;

        activitypub_actor jobs { }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  .corp.example;
    }

    server {
        listen       127.0.0.1:8080;
        server_name  fedi.wild.example;

        activitypub_account_domain  www.wild.example;

        activitypub_actor tame { }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  *.wild.example;
    }

    server {
        listen       127.0.0.1:8080;
        server_name  fedi.other.example;

        activitypub_account_domain  www.other.example;

        activitypub_actor one { }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  ~^(www\.)?other\.example$;
    }
}

EOC

$t->wait_document('/activitypub/actor', host => $_) or die "no actor of $_\n"
    for qw/acme.example star.example xn--bcher-kva.example social.corp.example
        fedi.wild.example fedi.other.example/;

my $id = $t->sql(<<'EOS');
    SELECT activitypub.publish(actor => 'news', url => '/posts/one',
        title => 'One', content => '<p>One</p>')
EOS
my $gone = $t->sql(<<'EOS');
    SELECT activitypub.publish(actor => 'news', url => '/posts/two',
        title => 'Two', content => '<p>Two</p>')
EOS

$t->sql("SELECT activitypub.delete_post('$gone')");

my $activity = (map { $_->{id} }
    @{ http_get('/activitypub/news/outbox?page', host => 'acme.example',
        accept => 'application/activity+json')->json->{orderedItems} })[0];

$t->wait_for(sub { ask('https://acme.example/posts/one')->status == 200
    && ask('https://acme.example/posts/two')->status == 410 }, 20)
    or die "no posts\n";

my $SITE = 'site';
my $news = 'acct:news@acme.example';
my $server = 'acct:acme.example@acme.example';
my $sun = 'acct:sun@star.example';
my $lit = 'acct:lit@xn--bcher-kva.example';
my $jobs = 'acct:jobs@corp.example';
my $tame = 'acct:tame@www.wild.example';
my $one = 'acct:one@www.other.example';

# the host asked, the resource as it stands in the query, and what comes: the
# subject, a status, or the site

my @table = (

    # names of a server block by a wildcard or a regular expression: those
    # that are asked

    ['star.example', 'acct:sun@star.example', $sun],
    ['www.star.example', 'acct:sun@star.example', $sun],
    ['www.star.example', 'acct:sun@www.star.example', $sun],
    ['www.star.example', 'acct:SUN@WWW.star.example.:443', $sun],
    ['www.star.example', 'https://www.star.example/@sun', $sun],
    ['www.star.example', 'https://www.star.example/activitypub/sun', $sun],
    ['old-sun.example', 'acct:sun@old-sun.example', $sun],
    ['www.star.example', 'acct:moon@www.star.example', 404],
    ['www.star.example', 'acct:sun@img.star.example', $SITE],
    ['star.example', 'acct:sun@shop.star.example', $SITE],
    ['old-sun.example', 'acct:sun@old-moon.example', $SITE],
    ['shop.star.example', 'acct:sun@shop.star.example', $SITE],

    # pages of posts

    ['acme.example', 'https://acme.example/posts/one', $id],
    ['acme.example', 'https://acme.example/p%6Fsts/one', $id],
    ['www.acme.example', 'https://www.acme.example/posts/one', $id],
    ['acme.example', 'https://acme.example/posts/one?a=1', 404],
    ['acme.example', 'https://acme.example/posts/three', 404],

    # accounts: the host

    ['acme.example', 'acct:news@acme.example.', $news],
    ['acme.example', 'acct:news@acme.example:443', $news],
    ['acme.example', 'acct:news@ACME.EXAMPLE.:443', $news],
    ['acme.example', 'acct%3A%40NEWS%40acme.example%3a443', $news],
    ['acme.example', 'news@acme.example.', $news],
    ['acme.example', 'acct:news@www.acme.example', $news],
    ['www.acme.example', 'acct:news@acme.example', $news],
    ['www.acme.example', 'acct:news@WWW.acme.example.:443', $news],
    ['acme.example', 'acct:acme.example@acme.example:443', $server],
    ['acme.example', 'acct:news@acme.example:80', $SITE],
    ['acme.example', 'acct:news@acme.example:8443', $SITE],
    ['acme.example', 'acct:news@acme.example..', 400],
    ['acme.example', 'acct:news@.acme.example', 400],
    ['acme.example', 'acct:news@acme.example:', 400],
    ['acme.example', 'acct:news@acme.example:0443', 400],
    ['acme.example', 'acct:news@sub.acme.example', $SITE],
    ['acme.example', 'acct:news@example', $SITE],

    # accounts: the user

    ['acme.example', 'acct:@@news@acme.example', 400],
    ['acme.example', 'acct:ne%2577s@acme.example', 400],
    ['acme.example', 'acct:ne%20ws@acme.example', 400],
    ['acme.example', 'acct:%3Cscript%3E@acme.example', 404],
    ['acme.example', "acct:a'||pg_sleep(5)--\@acme.example", 404],
    ['acme.example', 'acct:new.s@acme.example', 404],
    ['acme.example', 'acct:news.@acme.example', 404],
    ['acme.example', 'acct:*@acme.example', 404],
    ['acme.example', 'acct:www.acme.example@acme.example', 404],
    ['acme.example', 'acct:lit@acme.example', 404],

    # U-labels, raw and escaped, and A-labels

    ['xn--bcher-kva.example', 'acct:lit@xn--bcher-kva.example', $lit],
    ['xn--bcher-kva.example', 'acct:lit@XN--Bcher-KVA.example', $lit],
    ['xn--bcher-kva.example', "acct:lit\@b\xc3\xbccher.example", $lit],
    ['xn--bcher-kva.example', 'acct:lit@b%C3%BCcher.example', $lit],
    ['xn--bcher-kva.example', 'acct%3Alit%40B%C3%9CCHER.example.%3A443',
        $lit],
    ['xn--bcher-kva.example', 'https://b%C3%BCcher.example/@lit', $lit],
    ['xn--bcher-kva.example', 'acct:lit@bu%CC%88cher.example', $lit],
    ['xn--bcher-kva.example', 'acct:lit@b%FCcher.example', 400],
    ['xn--bcher-kva.example', 'acct:lit@bucher.example', $SITE],

    # "/": the actor whose page it is, else the server's

    ['xn--bcher-kva.example', 'https://xn--bcher-kva.example/', $lit],
    ['xn--bcher-kva.example', 'https://b%C3%BCcher.example', $lit],
    ['acme.example', 'https://acme.example/', $server],
    ['acme.example', 'https://acme.example', $server],
    ['acme.example', 'https%3A%2F%2Facme.example%2F', $server],
    ['acme.example', 'https://acme.example:443/', $server],
    ['acme.example', 'https://acme.example:443', $server],
    ['acme.example', 'https://acme.example./', $server],
    ['acme.example', 'https://www.acme.example/', $server],
    ['acme.example', 'http://acme.example/', $server],
    ['acme.example', 'https://acme.example/%23fragment', $server],
    ['acme.example', 'https://acme.example/%2523', 404],
    ['acme.example', 'https://acme.example/?', $server],
    ['acme.example', 'https://acme.example/?a', 404],
    ['acme.example', 'https://acme.example//', 404],
    ['acme.example', 'https://acme.example:8443/', $SITE],

    # profile pages

    ['acme.example', 'https://acme.example/caf%C3%A9', $news],
    ['acme.example', 'https://acme.example/caf%25C3%25A9', $news],
    ['acme.example', 'https://acme.example/caf%25c3%25a9', $news],
    ['acme.example', 'https://acme.example/%2563af%25c3%25a9', $news],
    ['acme.example', 'https://acme.example/caf%C3%A9%23top', $news],
    ['acme.example', 'https://acme.example/caf', 404],
    ['acme.example', 'https://acme.example/caf%C3%A9/', 404],
    ['acme.example', 'https://acme.example/shop?a=%252fb',
        'acct:shop@acme.example'],
    ['acme.example', 'https://acme.example/shop', 404],
    ['acme.example', 'https://acme.example/@news', $news],
    ['acme.example', 'https://acme.example/@NEWS', $news],
    ['acme.example', 'https://acme.example/%2540news', $news],
    ['acme.example', 'https://acme.example/@news/', 404],
    ['acme.example', 'https://www.acme.example:443/@news', $news],

    # ids

    ['acme.example', 'https://acme.example/activitypub/news', $news],
    ['acme.example', 'https://acme.example/activitypub/news%23main-key',
        $news],
    ['acme.example', 'https://acme.example/activitypub/actor', $server],
    ['acme.example', 'https://acme.example/activitypub/News', 404],
    ['acme.example', 'https://acme.example/activitypub/news/', 404],
    ['acme.example', 'https://acme.example/activitypub/', 404],
    ['acme.example', $id, $id],
    ['acme.example', $id =~ s!https://!https://WWW.!r =~ s!/a!:443/a!r, $id],
    ['acme.example', $id =~ s/(\W)/sprintf '%%%02X', ord $1/egr, $id],
    ['acme.example', $activity, $activity],
    ['acme.example', 'https://acme.example/activitypub/news/followers',
        'https://acme.example/activitypub/news/followers'],
    ['acme.example', "$id/replies", "$id/replies"],
    ['acme.example', $gone, 410],
    ['acme.example', "$id?page", 404],
    ['acme.example', $id =~ s/.$/x/r, 404],
    ['acme.example', $id =~ s/....$/0000/r, 404],
    ['acme.example', 'https://acme.example/activitypub/nodeinfo/2.1', 404],

    # an account domain: every server block that covers it, and the origin

    ['corp.example', 'acct:jobs@corp.example.:443', $jobs],
    ['corp.example', 'acct:JOBS@Corp.Example', $jobs],
    ['social.corp.example', 'acct:jobs@corp.example', $jobs],
    ['social.corp.example', 'acct:jobs@social.corp.example', $jobs],
    ['social.corp.example', 'https://social.corp.example/@jobs', $jobs],
    ['corp.example', 'acct:nobody@corp.example', 404],
    ['corp.example', 'https://corp.example/@jobs', $jobs],
    ['corp.example', 'https://corp.example/about', $SITE],
    ['corp.example', 'acct:jobs@social.corp.example', $SITE],
    ['corp.example', 'acct:a@shop.corp.example', $SITE],
    ['www.corp.example', 'acct:jobs@corp.example', $jobs],
    ['www.wild.example', 'acct:tame@www.wild.example', $tame],
    ['fedi.wild.example', 'acct:tame@www.wild.example', $tame],
    ['fedi.wild.example', 'acct:tame@fedi.wild.example', $tame],
    ['www.other.example', 'acct:one@www.other.example', $one],
    ['other.example', 'acct:one@www.other.example', $one],
    ['other.example', 'acct:one@other.example', $SITE],
);

my @queries = (

    # hostile ones: a refusal, and nothing of them in it

    ['resource', 400],
    ['resource=%00', 400],
    ['resource=acct:%00', 400],
    ['resource=acct:a%00@acme.example', 400],
    ['resource=acct:news@acme.example%00', 400],
    ['resource=acct:news@acme.example&resource=acct:shop@acme.example', 400],
    ['resource=acct:news@acme.example&Resource=acct:news@acme.example', 400],
    ['resource[]=acct:news@acme.example', 400],
    ['resource=' . 'a' x 7000, 400],
    ['resource=acct:' . 'a' x 300 . '@acme.example', 400],
    ['resource=acct:news@' . 'a.' x 2000, 400],
    ['resource=https://acme.example/' . '%25C3' x 1000, 400],
    ['resource=acct:%20script@acme.example', 400],
    ['resource=acct:news@acme.example%0d%0aX-Evil:1', 400],
    ['resource=https://acme.example@evil.example/', 400],
    ['resource=https://acme.example%5C@evil.example/', 400],
    ['resource=https://acme.example%252f@evil.example/', 400],
    ['resource=javascript:alert(1)', 400],
    ['resource=acct:news@acme.example%E2%84%80', 400],
);

plan(tests => @table + 3 * @queries + 12);

###############################################################################

for my $row (@table) {
    my ($host, $resource, $want) = @$row;
    my $r = http_get("/.well-known/webfinger?resource=$resource",
        host => $host);

    my $got = $r->body eq 'OF THE SITE' ? $SITE
        : $r->status == 200 ? $r->json->{subject} : $r->status;

    is($got, $want, "$host: $resource");
}

for my $row (@queries) {
    my ($query, $status) = @$row;
    my $name = length $query > 60 ? substr($query, 0, 57) . '...' : $query;
    my $r = http_get("/.well-known/webfinger?$query",
        host => 'acme.example');

    is($r->status, $status, $name);
    is($r->body, qq!{"error":"resource must be one acct: URI or URL",!
        . qq!"code":"resource_malformed"}\n!,
        'not a word of it comes back');
    is($r->header('X-Content-Type-Options'), 'nosniff', 'no page');
}

# a thing that is no actor

my $r = ask($id);

is_deeply($r->json, {
    subject => $id,
    aliases => [$id, 'https://acme.example/posts/one'],
    links => [
        { rel => 'self', type => 'application/activity+json', href => $id },
        { rel => 'alternate', type => 'text/html',
            href => 'https://acme.example/posts/one' },
    ],
}, 'a post');
is($r->header('Content-Type'), 'application/jrd+json', 'is a JRD');
is($r->header('Cache-Control'), 'public, max-age=180', 'for every cache');

# what is served, is linked; there is no page to subscribe at

is(join(' ', map { $_->{rel} } @{ ask('acct:shop@acme.example')
    ->json->{links} }), 'self http://webfinger.net/rel/profile-page '
    . 'http://webfinger.net/rel/avatar', 'the links of an actor');

# scripts of any origin see every answer

is(ask($_->[0])->header('Access-Control-Allow-Origin'), '*',
    "CORS: $_->[1]") for ['acct:news@acme.example', 200], ['x', 400],
        ['acct:nobody@acme.example', 404], [$gone, 410];

$r = http_head("/.well-known/webfinger?resource=$_->[0]",
    host => 'acme.example')
    and is($r->status . $r->body, $_->[1], "HEAD: $_->[1]")
    for [$id, 200], ['x', 400], ['acct:nobody@acme.example', 404],
        [$gone, 410];

###############################################################################

sub ask {
    my ($resource) = @_;

    return http_get("/.well-known/webfinger?resource=$resource",
        host => 'acme.example');
}

###############################################################################
