package Strict::Everyone;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What each of several systems asks for in its own way.

use warnings;
use strict;

use Strict;

system_of 'everyone';

fetch head => Accept => 'application/activity+json';
fetch webfinger => ();
fetch webfinger_case => Accept => 'application/jrd+json';
fetch webfinger_at => Accept => 'application/jrd+json';
fetch webfinger_page => Accept => 'application/jrd+json';
fetch webfinger_site => Accept => 'application/jrd+json';
fetch webfinger_note => Accept => 'application/jrd+json';
fetch webfinger_gone => Accept => 'application/jrd+json';
fetch webfinger_none => Accept => 'application/jrd+json';
fetch wildcard => Accept => '*/*';
fetch bridgy => Accept => 'application/activity+json, application/ld+json; '
    . 'profile="https://www.w3.org/ns/activitystreams", '
    . 'text/html; charset=utf-8; q=0.5';
fetch json => Accept => 'application/json';


row 'WebFinger needs no Accept', '2' => webfinger =>
    sub { $_->status == 200 && type =~ m!^application/jrd\+json! },
    header 'Content-Type', 'text/html';

row 'scripts of any origin may ask WebFinger', '2' => webfinger =>
    sub { ($_->header('Access-Control-Allow-Origin') // '') eq '*' },
    header 'Access-Control-Allow-Origin', undef;

row 'user and domain have no case', '2' => webfinger_case =>
    sub { $_->status == 200 && json->{subject} eq "acct:news\@$HOST" },
    status 404;

row 'an @ in front of the user is let pass', '2' => webfinger_at =>
    sub { $_->status == 200 && json->{subject} eq "acct:news\@$HOST" },
    status 400;

row 'the URL of the profile page finds the actor', '2' => webfinger_page =>
    sub { $_->status == 200 && (links_to('self'))[0] eq $ACTOR },
    status 404;

row 'the URL of the site finds its actor (FEP-d556)', '2' => webfinger_site =>
    sub {
        $_->status == 200
            && (links_to('self'))[0] eq "https://$HOST/activitypub/actor";
    },
    edit { $_->{links}[0]{href} = "https://$HOST/" };

row 'the id of a post finds it (FEP-4adb)', '2' => webfinger_note =>
    sub { $_->status == 200 && (links_to('self'))[0] eq json->{subject} },
    edit { $_->{subject} = "acct:news\@$HOST" };

row 'what is deleted is gone', '2' => webfinger_gone =>
    sub { $_->status == 410 },
    status 404;

row 'WebFinger without a resource is a bad request', '2' => webfinger_none =>
    sub { $_->status == 400 },
    status 200;

row 'the profile page is linked', '2' => webfinger =>
    sub {
        (links_to('http://webfinger.net/rel/profile-page'))[0]
            eq "https://$HOST/about.html";
    },
    edit { $_->{links} = [ grep { $_->{rel} !~ /profile-page/ }
        @{ $_->{links} } ] };

row 'HEAD is answered as GET is', '7' => head =>
    sub {
        $_->status == 200 && type eq 'application/activity+json'
            && $_->body eq '';
    },
    status 405;

row 'a page stays HTML for those who take anything', '7' => wildcard =>
    sub { $_->status == 200 && type =~ m!^text/html! },
    header 'Content-Type', 'application/activity+json';

row 'a page stays HTML for JSON in general', '7' => json =>
    sub { $_->status == 200 && type =~ m!^text/html! },
    header 'Content-Type', 'application/activity+json';

row 'a page is a post where that is preferred', '7' => bridgy =>
    sub { type eq 'application/activity+json' && json->{type} eq 'Note' },
    header 'Content-Type', 'text/html';


1;
