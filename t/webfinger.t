#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# WebFinger finds an actor by its handle and its URLs, however they are
# spelled, on the origin and on the account domain; about others the site is
# asked.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(67);

$t->write_file('.well-known/webfinger', 'OF THE SITE');

$t->write_file_expand('nginx.conf', <<'EOF')->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example alias.example;

        activitypub_actor news {
            name  "Acme News";
            icon  /img/logo.png?v=2;
            url   "/about/?who=news";
        }

        activitypub_actor plain { url /caf%C3%A9; }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  www.corp.example;

        activitypub_account_domain  corp.example;

        activitypub_actor jobs { }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  corp.example;

        location ~ /\. { deny all; }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  blog.example;

        activitypub_account_domain  corp.example;

        activitypub_actor blog { }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  bystander.example;
    }
}

EOF

$t->wait_document('/activitypub/actor', host => $_) or die "no actor of $_\n"
    for qw/acme.example www.corp.example blog.example/;

my $news = 'acct:news@acme.example';

###############################################################################

# every spelling of one handle

for my $resource ('acct:news@acme.example', 'acct%3Anews%40acme.example',
    'acct%3anews%40acme%2eexample', 'ACCT:News@ACME.Example',
    'acct:@news@acme.example', 'news@acme.example', '@news@acme.example',
    'acct:news@alias.example')
{
    is(subject($resource), $news, $resource);
}

# and of its URLs

for my $resource ('https://acme.example/activitypub/news',
    'https%3A%2F%2Facme.example%2Factivitypub%2Fnews',
    'https://ACME.example/activitypub/news', 'https://acme.example/@news',
    'https://acme.example/about/?who=news',
    'https%3A%2F%2Facme.example%2Fabout%2F%3Fwho%3Dnews',
    'https://alias.example/@news')
{
    is(subject($resource), $news, $resource);
}

is(subject('https://acme.example/caf%25C3%25A9'), 'acct:plain@acme.example',
    'a page with an escape in its URL');

# the instance actor is named as its host

is(subject($_), 'acct:acme.example@acme.example', $_)
    for 'acct:acme.example@acme.example',
        'https://acme.example/activitypub/actor';

# other arguments

is(subject("$news&rel=self"), $news, 'with rel');
is(get('acme.example', "rel=self&resource=$news")->json->{subject}, $news,
    'resource comes second');
is(get('acme.example', "RESOURCE=$news")->json->{subject}, $news,
    'in upper case');

# what is said

is_deeply(find('acme.example', $news)->json, {
    subject => $news,
    aliases => ['https://acme.example/activitypub/news',
        'https://acme.example/about/?who=news'],
    links => [
        { rel => 'self', type => 'application/activity+json',
            href => 'https://acme.example/activitypub/news' },
        { rel => 'http://webfinger.net/rel/profile-page', type => 'text/html',
            href => 'https://acme.example/about/?who=news' },
        { rel => 'http://webfinger.net/rel/avatar', type => 'image/png',
            href => 'https://acme.example/img/logo.png?v=2' },
    ],
}, 'the whole document');

for my $accept ('application/jrd+json', 'application/xrd+xml', 'text/html',
    'application/activity+json', '')
{
    my $r = http_get("/.well-known/webfinger?resource=$news",
        host => 'acme.example', accept => $accept);

    is($r->header('Content-Type'), 'application/jrd+json',
        "JRD for Accept \"$accept\"");
}

my $r = find('acme.example', $news);

is($r->header('Access-Control-Allow-Origin'), '*', 'CORS');
is($r->header('Cache-Control'), 'public, max-age=180', 'for every cache');
is($r->header('X-Content-Type-Options'), 'nosniff', 'as it is');
is_deeply([$r->header('Vary')], [], 'no Vary');

$r = http_head("/.well-known/webfinger?resource=$news",
    host => 'acme.example');

is($r->status, 200, 'HEAD');
is($r->header('Content-Length'), length find('acme.example', $news)->body,
    'HEAD has the length');
is(http_post("/.well-known/webfinger?resource=$news", host => 'acme.example',
    body => '')->status, 405, 'POST');

# what is not there

for my $resource ('acct:nobody@acme.example', 'acct:new@acme.example',
    'acct:newss@acme.example', 'https://acme.example/@nobody',
    'https://acme.example/activitypub/nobody', 'https://acme.example/about/',
    'https://acme.example/about/?who=new', 'acct:jobs@acme.example')
{
    is(find('acme.example', $resource)->status, 404, "$resource is unknown");
}

# what is no question

for my $query ('', 'resource=', 'resource=news', 'resource=acct:news',
    'resource=acct:@acme.example', 'resource=%zz', 'resource=a%00b',
    'resource=%ff@acme.example', 'other=acct:news@acme.example',
    "resource='acct:news\@acme.example'", 'resource=ftp://acme.example/')
{
    is(get('acme.example', $query)->status, 400, "\"$query\" is no question");
}

# of others: the site

for my $resource ('acct:news@other.example', 'acct:jobs@corp.example',
    'https://other.example/@news', 'acct:news@acme.example.other.example')
{
    is(find('acme.example', $resource)->body, 'OF THE SITE',
        "$resource is not ours");
}

is(find('bystander.example', 'acct:news@acme.example')->body, 'OF THE SITE',
    'a server without an actor knows nobody');
is(get('bystander.example', '')->body, 'OF THE SITE',
    'and complains about nothing');

# a handle on another domain: both hosts answer, with one subject

my $jobs = 'acct:jobs@corp.example';

is(find($_->[0], $_->[1])->json->{subject}, $jobs, "@$_") for
    ['corp.example', $jobs],
    ['www.corp.example', $jobs],
    ['www.corp.example', 'acct:jobs@www.corp.example'],
    ['www.corp.example', 'https://www.corp.example/activitypub/jobs'];

is(find('corp.example', $jobs)->json->{links}[0]{href},
    'https://www.corp.example/activitypub/jobs', 'which is an id on the other');
is(find('corp.example', 'acct:blog@corp.example')->json->{links}[0]{href},
    'https://blog.example/activitypub/blog', 'of whichever origin');
is(find('corp.example', 'acct:nobody@corp.example')->status, 404,
    'nobody of the account domain');
is(get('corp.example', '')->status, 403,
    'what is no question there, is the site\'s');

###############################################################################

sub get {
    my ($host, $query) = @_;

    return http_get("/.well-known/webfinger?$query", host => $host);
}


sub find {
    my ($host, $resource) = @_;

    return get($host, "resource=$resource");
}


sub subject {
    my ($resource) = @_;

    my $r = find('acme.example', $resource);

    return $r->status == 200 ? $r->json->{subject} : $r->status;
}

###############################################################################
