#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What a profile says beyond its name: the language of posts, other names of
# the actor, links that others can verify.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(22);

$t->write_file($_, "PAGE\n") for qw!index.html shop/index.html other.html!;
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
        server_name  acme.example;

        activitypub_actor news {
            url            /;
            language       pt-BR;
            rel_me         on;
            also_known_as  https://Old.example/@news
                           https://older.example/users/News?x;
            also_known_as  https://acme.example/activitypub/shop;
            field          "Website" https://acme.example/;
            field          "Shop" https://shop.acme.example/a?b&c;
            field          "Plain" http://acme.example;
            field          "Words" "at https://acme.example/";
        }

        activitypub_actor shop {
            url  /shop/;
        }
    }
}

EOF

for my $name (qw/news shop/) {
    $t->wait_document("/activitypub/$name", host => 'acme.example')
        or die "no actor $name\n";
}

###############################################################################

# other names

my $news = ap_get('/activitypub/news')->json;
my $shop = ap_get('/activitypub/shop')->json;

is_deeply($news->{alsoKnownAs}, ['https://old.example/@news',
    'https://older.example/users/News?x',
    'https://acme.example/activitypub/shop'],
    'other names, in their one spelling and in order');
ok(!exists $shop->{alsoKnownAs}, 'nobody else');
is_deeply($news->{'@context'}[2]{alsoKnownAs},
    { '@id' => 'as:alsoKnownAs', '@type' => '@id' }, 'a term with a meaning');

# links: who verifies one reads it out of the value, and then looks for the
# "url" of the actor in the page

is($news->{url}, 'https://acme.example/', 'what is looked for');

my @fields = @{ $news->{attachment} };

is(verified($fields[0]{value}), 'https://acme.example/', 'a link');
is(verified($fields[1]{value}), 'https://shop.acme.example/a?b&c',
    'one with a query');
is(verified($fields[2]{value}), 'http://acme.example', 'one without a path');
is(verified($fields[3]{value}), undef, 'words are none');
like($_->{value}, qr/ rel="me [^"]*"/, "$_->{name}: it is theirs")
    for @fields[0 .. 2];

# the page says whose it is, where that is wanted

my $me = '<https://acme.example/activitypub/news>; rel="me"';

ok($t->wait_for(sub {
    !grep { ((links($_))[0] // '') !~ m{/activitypub/} } '/', '/shop/'
}), 'a page has its document');
is_deeply([ grep { /"me"/ } links('/') ], [$me], 'and says whose it is');
is(scalar(my @all = links('/')), 2, 'beside that');
is_deeply([ grep { /"me"/ } links('/shop/') ], [], 'if that is wanted');
is_deeply([ links('/other.html') ], [], 'another page does not');
is_deeply([ grep { /"me"/ } links('/', 304) ], [$me], 'with 304 as well');

# the language of a post that names none

is(language('/one'), 'pt-BR', 'a language of the configuration');
is(language('/two', language => 'de'), 'de', 'one of its own');
is(language('/three', actor => 'shop'), '', 'none');

my $id = publish($t, '/four');

edit($t, 'update', $id, '--title', 'Four');
is(of(document($id)), 'pt-BR', 'it stays');

edit($t, 'update', $id, '--language', 'en');
ok($t->wait_for(sub { of(document($id)) eq 'en' }), 'until there is another');

###############################################################################

# the URL that Mastodon verifies, if it can (app/models/account/field.rb)

sub verified {
    my ($html) = @_;

    my ($href, $text) = $html =~ m!^<a href="([^"]*)"[^>]*>(.*)</a>$!
        or return undef;

    s/<[^>]*>//g, s/&quot;/"/g, s/&lt;/</g, s/&gt;/>/g, s/&amp;/&/g
        for $href, $text;

    return $href eq $text ? $href : undef;
}


# as a browser gets the page

sub links {
    my ($uri, $status) = @_;

    my %o = (host => 'acme.example', accept => $BROWSER);
    my $r = http_get($uri, %o);

    $r = http_get($uri, %o, headers => ['If-None-Match' => $r->header('ETag')])
        if $status;

    return $r->status == ($status // 200) ? $r->header('Link') : $r->status;
}


# the language of a new post

sub language {
    my ($url, %o) = @_;

    return of(document(publish($t, $url, %o)));
}


sub document {
    my ($id) = @_;

    my $uri = $id =~ s!^https://acme\.example!!r;
    my $r;

    $t->wait_for(sub { $r = ap_get($uri); $r && $r->status == 200 });

    return $r->json;
}


sub of {
    my ($json) = @_;

    my ($tag, @more) = keys %{ $json->{contentMap} || {} };

    return 'several' if @more;
    return 'another text' if $tag && $json->{contentMap}{$tag}
        ne $json->{content};

    return $tag // '';
}

###############################################################################
