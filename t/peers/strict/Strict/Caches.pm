package Strict::Caches;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What stands between us and the others, and who comes by another name: what
# a cache may keep, who is sent elsewhere, and what the one true handle is.

use warnings;
use strict;

use Strict;

my $AP = 'application/activity+json, application/ld+json';
my $BROWSER = 'text/html,application/xhtml+xml,*/*;q=0.8';

system_of 'caches';

fetch page => Accept => $AP;
fetch html => Accept => $BROWSER;
fetch note => Accept => $AP;
fetch machine_html => Accept => $BROWSER;
fetch machine_any => Accept => '*/*';
fetch machine_none => ();
fetch head => Accept => $AP;
fetch actor => Accept => $AP;
fetch webfinger => Accept => 'application/jrd+json';
fetch webfinger_alias => Accept => 'application/jrd+json';
fetch webfinger_at_alias => Host => "www.$HOST";
fetch actor_at_alias => Host => "www.$HOST", Accept => $AP;


row 'a page that is a document too varies, as HTML', '7' => html =>
    sub { grep { /^Accept$/i } split /, */, $_->header('Vary') },
    header 'Vary', 'Accept-Encoding';

row '... and as a document', '7' => page =>
    sub { grep { /^Accept$/i } split /, */, $_->header('Vary') },
    header 'Vary', undef;

row 'a document at the URL of a page is kept by no cache', '7' => page =>
    sub { $_->header('Cache-Control') =~ /\bno-store\b/ },
    header 'Cache-Control', 'public, max-age=180';

row '... and the page itself as the site likes it', '7' => html =>
    sub { !defined $_->header('Cache-Control') && type =~ m!^text/html! },
    header 'Cache-Control', 'private, no-store';

row 'HTML says where its document is', '7' => html =>
    sub {
        $_->header('Link') =~ m!<https://\Q$HOST\E/activitypub/news/[-0-9a-f]+>;
            \ rel="alternate";\ type="application/activity\+json"!x;
    },
    header 'Link', undef;

row 'a document at a URL of its own may be kept', '7' => note =>
    sub { $_->header('Cache-Control') =~ /^public, max-age=[1-9]/ },
    header 'Cache-Control', 'private, no-store';

row '... apart from what browsers get there', '7' => note =>
    sub { grep { /^Accept$/i } split /, */, $_->header('Vary') },
    header 'Vary', undef;

row 'it can be asked for again by its ETag', '7' => note =>
    sub { $_->header('ETag') =~ /^"[^"]+"$/ },
    header 'ETag', undef;

row 'a browser is sent from a document to its page', '7' => machine_html =>
    sub {
        $_->status == 302
            && $_->header('Location') eq "https://$HOST/posts/one.html";
    },
    status 301;

row '... and no cache keeps that', '7' => machine_html =>
    sub { $_->header('Cache-Control') =~ /\bno-store\b/ },
    header 'Cache-Control', 'public, max-age=180';

row 'nobody else is: who takes anything', '7' => machine_any =>
    sub { $_->status == 200 && type eq 'application/activity+json' },
    status 302;

row '... and who says nothing', '7' => machine_none =>
    sub { $_->status == 200 && type eq 'application/activity+json' },
    status 302;

row 'HEAD tells what GET does', '7' => head =>
    sub {
        $_->header('Content-Length') > 500 && $_->header('ETag')
            && $_->header('Cache-Control') =~ /^public/;
    },
    header 'Content-Length', '0';

row 'a document is no page, whatever a browser thinks', '7' => actor =>
    sub { $_->header('X-Content-Type-Options') eq 'nosniff' },
    header 'X-Content-Type-Options', undef;

row 'WebFinger neither', '2' => webfinger =>
    sub { $_->header('X-Content-Type-Options') eq 'nosniff' },
    header 'X-Content-Type-Options', undef;

row 'a handle at an alias is the one true handle', '2' => webfinger_alias =>
    sub {
        $_->status == 200 && json->{subject} eq "acct:news\@$HOST"
            && (links_to('self'))[0] eq $ACTOR;
    },
    edit { $_->{subject} = "acct:news\@www.$HOST" };

row '... also when the alias is asked', '2' => webfinger_at_alias =>
    sub {
        $_->status == 200 && json->{subject} eq "acct:news\@$HOST"
            && (links_to('self'))[0] eq $ACTOR;
    },
    edit { $_->{subject} = "acct:news\@www.$HOST" };

row 'the actor at an alias has its one id', '3' => actor_at_alias =>
    sub { $_->status == 200 && json->{id} eq $ACTOR },
    edit { $_->{id} =~ s!//!//www.! };


1;
