package Strict::MastodonObjects;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Mastodon: posts, by id and by page, activities, Tombstones.

use warnings;
use strict;

use Strict;

my $AS2 = 'https://www.w3.org/ns/activitystreams';
my $PUBLIC = "$AS2#Public";

# what its sanitiser keeps; other elements lose their meaning there
my $KEPT = qr/^(?:p|br|span|a|abbr|del|s|pre|blockquote|code|b|strong|u|sub|sup
    |i|em|h[1-5]|ul|ol|li|ruby|rt|rp)$/x;

system_of 'Mastodon';

fetch page => Accept => qq{application/ld+json; profile="$AS2", }
    . 'application/activity+json, text/html;q=0.1';
fetch html => Accept => 'text/html,application/xhtml+xml,'
    . 'application/xml;q=0.9,*/*;q=0.8';


row 'a post answers at its id, without a redirect', '7' => note =>
    sub { $_->status == 200 },
    status 302;

row 'a post is an ActivityPub document', '7' => note =>
    sub {
        type =~ m!^application/(?:activity\+json(?:;|$)
            |ld\+json;.*profile=.*\Q$AS2\E)!x;
    },
    header 'Content-Type', 'application/json';

row 'the context of a post names ActivityStreams literally', '3' => note =>
    sub { context($AS2) },
    edit { $_->{'@context'} = "$AS2#" };

row 'a post has the id it was fetched from', '4' => note =>
    sub { json->{id} =~ m!^\Q$ACTOR\E/[0-9a-f-]{36}$! },
    edit { $_->{id} = $_->{url} };

row 'a post is a type it shows natively', '4' => note =>
    sub { json->{type} =~ /^(?:Note|Question)$/ },
    edit { $_->{type} = 'Document' };

row 'the author of a post is the actor', '5' => note =>
    sub { json->{attributedTo} eq $ACTOR },
    edit { $_->{attributedTo} = 'https://elsewhere.example/users/news' };

row 'a post is public', '4' => note =>
    sub { grep { $_ eq $PUBLIC } @{ json->{to} } },
    edit { $_->{to} = $_->{cc} };

row 'a post is addressed to followers', '4' => note =>
    sub { grep { $_ eq "$ACTOR/followers" } @{ json->{cc} } },
    edit { $_->{cc} = [] };

row 'to is a list', '6' => note =>
    sub { list(json->{to}) },
    edit { $_->{to} = $_->{to}[0] };

row 'cc is a list', '6' => note =>
    sub { list(json->{cc}) },
    edit { $_->{cc} = $_->{cc}[0] };

row 'tag is a list', '6' => note =>
    sub { list(json->{tag} // []) },
    edit { $_->{tag} = { type => 'Hashtag', name => '#a' } };

row 'the date of a post is one', '4' => note =>
    sub { date(json->{published}) },
    edit { $_->{published} = '12026-01-01T00:00:00Z' };

row 'the page of a post is https on our host', '4' => note =>
    sub { same_host(json->{url}) },
    edit { $_->{url} = 'gemini://site.example/posts/one.html' };

row 'a post has content', '4' => note =>
    sub { text(json->{content}) },
    edit { $_->{content} = '' };

row 'the content is HTML that it keeps', '4' => note =>
    sub {
        my @elements = json->{content} =~ /<\/?([a-zA-Z][^\s\/>]*)/g;

        @elements && !grep { $_ !~ $KEPT } @elements;
    },
    edit { $_->{content} .= '<table><tr><td>1</td></tr></table>' };

row 'links in the content are absolute', '4' => note =>
    sub {
        my @links = json->{content} =~ /\bhref="([^"]*)"/g;

        @links && !grep { !/^https?:/ } @links;
    },
    edit { $_->{content} =~ s!href="https://[^/]*!href="! };

row 'the language is that of the content', '4' => note =>
    sub {
        my $map = json->{contentMap};

        join(' ', keys %$map) eq 'en' && $map->{en} eq json->{content};
    },
    edit { $_->{contentMap} = { en => 'something else' } };

row 'replies are on our host', '4' => note =>
    sub {
        my $replies = json->{replies};

        same_host(ref $replies ? $replies->{id} : $replies);
    },
    edit { $_->{replies} = 'https://elsewhere.example/replies' };

row 'at most four attachments', '4' => note =>
    sub { @{ json->{attachment} || [] } <= 4 },
    edit { $_->{attachment} = [ ({ type => 'Image' }) x 5 ] };

row 'a post is not larger than 1 MiB', '4' => note =>
    sub { length $_->body <= 1_048_576 },
    body sub { $_ .= ' ' x 1_048_576 };

row 'nothing in a post is null', '6' => note =>
    sub { !nulls(json) },
    edit { $_->{inReplyTo} = undef };

row 'an unedited post has no later date', '4' => note =>
    sub {
        my $updated = json->{updated};

        !defined $updated || $updated eq json->{published};
    },
    edit { $_->{updated} = '2999-01-01T00:00:00Z' };

row 'an edited post has one', '4' => edited =>
    sub { date(json->{updated}) && json->{updated} gt json->{published} },
    edit { $_->{updated} = $_->{published} };

row 'the summary of a Note is its content warning', '4' => warned =>
    sub { json->{summary} eq 'Spoilers' },
    edit { delete $_->{summary} };

row 'a post with a warning is sensitive', '4' => warned =>
    sub { boolean(json->{sensitive}) && json->{sensitive} },
    edit { $_->{sensitive} = 'true' };

row 'an Article has a title', '4' => article =>
    sub { json->{type} eq 'Article' && text(json->{name}) },
    edit { delete $_->{name} };

row 'the summary of an Article is a plain teaser', '4' => article =>
    sub { text(json->{summary}) && json->{summary} !~ /[<>]/ },
    edit { $_->{summary} = '<p>Teaser</p>' };

row 'a page gives its post to a search', '7' => page =>
    sub {
        $_->status == 200 && json->{type} eq 'Note'
            && json->{id} =~ m!^\Q$ACTOR\E/!;
    },
    edit { $_->{id} = 'https://elsewhere.example/1' };

row 'a page that has a post varies by Accept', '7' => page =>
    sub { ($_->header('Vary') // '') =~ /\bAccept\b(?!-)/i },
    header 'Vary', 'Accept-Encoding';

row 'a browser gets the page', '7' => html =>
    sub { $_->status == 200 && type =~ m!^text/html! },
    header 'Content-Type', 'application/activity+json';

row 'the page says that it varies', '7' => html =>
    sub { ($_->header('Vary') // '') =~ /\bAccept\b(?!-)/i },
    header 'Vary', undef;

row 'the page links to its post', '4' => html =>
    sub {
        ($_->header('Link') // '') =~ m!<\Q$ACTOR\E/[0-9a-f-]{36}>;
            [^,]*\brel="?alternate"?
            (?=[^,]*\btype="application/activity\+json")!x
        || ($_->header('Link') // '') =~ m!<\Q$ACTOR\E/[0-9a-f-]{36}>;
            [^,]*\btype="application/activity\+json"
            (?=[^,]*\brel="?alternate"?)!x;
    },
    header 'Link', '</feed.xml>; rel="alternate"; type="application/atom+xml"';


row 'an activity names its actor', '5' => activity =>
    sub { json->{actor} eq $ACTOR },
    edit { $_->{actor} = { id => $ACTOR } };

row 'an activity is on the host of its object', '5' => activity =>
    sub { same_host(json->{id}) && same_host(json->{object}{id}) },
    edit { $_->{object}{id} = 'https://elsewhere.example/1' };

row 'what is in the outbox is done by the actor', '5' => outbox_page =>
    sub {
        @{ json->{orderedItems} }
            && all_of(sub { $_->{actor} eq $ACTOR }, json->{orderedItems});
    },
    edit { $_->{orderedItems}[0]{actor} = 'https://elsewhere.example/1' };

row 'a deleted post is 410', '4' => tombstone =>
    sub { $_->status == 410 },
    status 404;

row 'a deleted post is a Tombstone', '4' => tombstone =>
    sub { json->{type} eq 'Tombstone' },
    edit { $_->{type} = 'Note' };

row 'a Tombstone has the id of the post', '4' => tombstone =>
    sub { json->{id} =~ m!^\Q$ACTOR\E/[0-9a-f-]{36}$! },
    edit { delete $_->{id} };

row 'a Tombstone says when', '4' => tombstone =>
    sub { date(json->{deleted}) },
    edit { $_->{deleted} = JSON::PP::true() };


1;
