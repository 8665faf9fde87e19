package Strict::Mastodon;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Mastodon: discovery and the actor.  Its objects: MastodonObjects.pm.

use warnings;
use strict;

use Strict;

my $AS2 = 'https://www.w3.org/ns/activitystreams';

system_of 'Mastodon';

fetch webfinger => Accept => 'application/jrd+json, application/json';
fetch webfinger_unknown => Accept => 'application/jrd+json, application/json';
fetch host_meta => Accept => 'application/xrd+xml, application/xml, text/xml';
fetch nodeinfo_links => Accept => 'application/json';
fetch nodeinfo => Accept => 'application/json';
fetch '*' => Accept => 'application/activity+json, application/ld+json';


row 'WebFinger answers, without a redirect', '2' => webfinger =>
    sub { $_->status == 200 },
    status 302;

row 'the JRD has a type it asked for', '2' => webfinger =>
    sub { type =~ m!^application/(?:jrd\+)?json(?:;|$)! },
    header 'Content-Type', 'text/html';

row 'the JRD has a subject', '2' => webfinger =>
    sub { text(json->{subject}) },
    edit { $_->{subject} = '' };

row 'the subject is the handle', '2' => webfinger =>
    sub { lc json->{subject} eq "acct:news\@$HOST" },
    edit { $_->{subject} = 'acct:news@elsewhere.example' };

row 'the JRD has a self link', '2' => webfinger =>
    sub { links_to('self') == 1 },
    edit { $_->{links} = [ grep { $_->{rel} ne 'self' } @{ $_->{links} } ] };

row 'the self link is an ActivityPub type', '2' => webfinger =>
    sub {
        grep { $_->{rel} eq 'self' && ($_->{type} // '') =~
            m!^application/(?:activity\+json
                |ld\+json;\ profile="\Q$AS2\E")$!x } @{ json->{links} };
    },
    edit { $_->{type} = 'application/json' for @{ $_->{links} } };

row 'the self link is the id of the actor', '2' => webfinger =>
    sub { (links_to('self'))[0] eq $ACTOR },
    edit { $_->{href} .= '/' for grep { $_->{href} } @{ $_->{links} } };

row 'an unknown account is 404, not 410 and not another one', '2' =>
    webfinger_unknown =>
    sub { $_->status == 404 },
    status 410;

row 'host-meta is XRD', '2' => host_meta =>
    sub { $_->status == 200 && type =~ m!^(?:application|text)/(?:xrd\+)?xml! },
    header 'Content-Type', 'application/json';

row 'host-meta has an lrdd template', '2' => host_meta =>
    sub { $_->body =~ m!<Link\b[^>]*\brel=["']lrdd["']! },
    body sub { s/lrdd/ldd/ };

row 'the template leads to our WebFinger', '2' => host_meta =>
    sub {
        $_->body =~ m!\btemplate=["']https://\Q$HOST\E/\.well-known
            /webfinger\?resource=\{uri\}["']!x;
    },
    body sub { s/\{uri\}// };

row 'NodeInfo is linked by its schema', '7' => nodeinfo_links =>
    sub {
        (links_to('http://nodeinfo.diaspora.software/ns/schema/2.1'))[0]
            eq "https://$HOST/activitypub/nodeinfo/2.1";
    },
    edit { $_->{rel} =~ s!/2\.\d$!/1.0! for @{ $_->{links} } };

row 'NodeInfo names its schema as profile', '7' => nodeinfo =>
    sub {
        type =~ m!^application/json;\ ?profile="http://nodeinfo\.diaspora\.
            software/ns/schema/2\.1\#"!x;
    },
    header 'Content-Type', 'application/json';

row 'the software has a name of [a-z0-9-]', '7' => nodeinfo =>
    sub { json->{software}{name} =~ /^[a-z0-9-]+$/ },
    edit { $_->{software}{name} = 'Nginx ActivityPub' };


row 'the actor answers at its id, without a redirect', '7' => actor =>
    sub { $_->status == 200 },
    status 301;

row 'the actor is an ActivityPub document', '7' => actor =>
    sub {
        type =~ m!^application/(?:activity\+json(?:;|$)
            |ld\+json;.*profile=.*\Q$AS2\E)!x;
    },
    header 'Content-Type', 'application/ld+json';

row 'the context names ActivityStreams literally', '3' => actor =>
    sub { context($AS2) },
    edit { $_->{'@context'} = { '@vocab' => "$AS2#" } };

row 'the context defines the key', '9' => actor =>
    sub { context('https://w3id.org/security/v1') },
    edit { $_->{'@context'} = [ grep { $_ !~ /security/ }
        @{ $_->{'@context'} } ] };

row 'the id is the URL it was fetched from', '3' => actor =>
    sub { json->{id} eq $ACTOR },
    edit { $_->{id} = "https://$HOST/" };

row 'the type is that of an actor', '3' => actor =>
    sub {
        json->{type} =~ /^(?:Person|Service|Group|Organization|Application)$/;
    },
    edit { $_->{type} = 'Profile' };

row 'the username is one', '2' => actor =>
    sub { json->{preferredUsername} =~ /^[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*$/i },
    edit { $_->{preferredUsername} = 'news desk' };

row 'the actor has an inbox', '3' => actor =>
    sub { url(json->{inbox}) },
    edit { delete $_->{inbox} };

row 'the actor has a shared inbox', '3' => actor =>
    sub { url(json->{endpoints}{sharedInbox}) },
    edit { $_->{endpoints} = [] };

row 'the profile page is on the host of the id', '3' => actor =>
    sub { same_host(json->{url}) },
    edit { $_->{url} = 'https://www.site.example/' };

row 'the name is at most 2048 characters', '3' => actor =>
    sub { text(json->{name}) && length json->{name} <= 2048 },
    edit { $_->{name} = 'x' x 2049 };

row 'the summary is at most 20 kB', '3' => actor =>
    sub { text(json->{summary}) && length json->{summary} <= 20_000 },
    edit { $_->{summary} = 'x' x 20_001 };

row 'profile fields are a list', '3' => actor =>
    sub { list(json->{attachment}) },
    edit { $_->{attachment} = $_->{attachment}[0] };

row 'a profile field has name and value', '3' => actor =>
    sub {
        @{ json->{attachment} } && all_of(sub {
            $_->{type} eq 'PropertyValue' && text($_->{name})
                && text($_->{value});
        }, json->{attachment});
    },
    edit { delete $_->{attachment}[0]{value} };

# app/models/account/field.rb: an element "a" and nothing beside it, whose
# text is its href; https, in lower case, and no more than it needs

row 'a profile field that is a URL can be verified', '3' => actor =>
    sub {
        my ($href, $text) = json->{attachment}[0]{value}
            =~ m!^<a href="(https://[a-z0-9.-]+/[^"]*)"[^<>]*>(.*)</a>$!;

        $href && $href eq $text =~ s/<[^>]*>//gr;
    },
    edit { $_->{attachment}[0]{value} =~ s!/</a>!</a>! };

row 'at most 50 profile fields', '3' => actor =>
    sub { @{ json->{attachment} } <= 50 },
    edit { $_->{attachment} = [ ($_->{attachment}[0]) x 51 ] };

row 'the icon is an image with a URL', '3' => actor =>
    sub { json->{icon}{type} eq 'Image' && url(json->{icon}{url}) },
    edit { $_->{icon} = { type => 'Image' } };

row 'the header is an image with a URL', '3' => actor =>
    sub { json->{image}{type} eq 'Image' && url(json->{image}{url}) },
    edit { $_->{image}{url} = '/img/header.png' };

row 'manuallyApprovesFollowers is a boolean', '6' => actor =>
    sub { boolean(json->{manuallyApprovesFollowers}) },
    edit { $_->{manuallyApprovesFollowers} = 'false' };

row 'discoverable is a boolean', '6' => actor =>
    sub { boolean(json->{discoverable}) },
    edit { $_->{discoverable} = 1 };

row 'indexable is a boolean', '6' => actor =>
    sub { boolean(json->{indexable}) },
    edit { $_->{indexable} = 'true' };

row 'the site may name the actor as author', '3' => actor =>
    sub {
        list(json->{attributionDomains})
            && grep { $_ eq $HOST } @{ json->{attributionDomains} };
    },
    edit { $_->{attributionDomains} = [] };

row 'the date of the profile is one', '3' => actor =>
    sub { date(json->{published}) },
    edit { $_->{published} = 'yesterday' };

row 'the actor names its own handle', '5' => actor =>
    sub { json->{webfinger} eq "news\@$HOST" },
    edit { $_->{webfinger} = 'news@elsewhere.example' };

row 'the key has the id that signatures name', '1.5' => actor =>
    sub { json->{publicKey}{id} eq "$ACTOR#main-key" },
    edit { $_->{publicKey}{id} = "$ACTOR/key" };

row 'the key is owned by the actor', '1.5' => actor =>
    sub { json->{publicKey}{owner} eq $ACTOR },
    edit { delete $_->{publicKey}{owner} };

row 'the key is RSA', '1.2' => actor =>
    sub { pem(json->{publicKey}{publicKeyPem}) =~ /^RSA/ },
    edit { $_->{publicKey}{publicKeyPem} =~ s/^(.*\n)./$1A/ };

row 'the featured collection is a link', '3' => actor =>
    sub { same_host(json->{featured}) },
    edit { $_->{featured} = { id => $_->{featured} } };

row 'nothing in the actor is null', '6' => actor =>
    sub { !nulls(json) },
    edit { $_->{alsoKnownAs} = undef };


row 'the outbox counts', '3' => outbox =>
    sub { count(json->{totalItems}) },
    edit { $_->{totalItems} = "$_->{totalItems}" };

row 'followers are counted', '3' => followers =>
    sub { count(json->{totalItems}) },
    edit { delete $_->{totalItems} };

row 'following is counted', '3' => following =>
    sub { count(json->{totalItems}) },
    edit { $_->{totalItems} = -1 };

row 'featured is an ordered collection', '3' => featured =>
    sub { json->{type} eq 'OrderedCollection' },
    edit { $_->{type} = 'Note' };

row 'the instance actor is readable without a signature', '1.4' => instance =>
    sub { $_->status == 200 && json->{type} eq 'Application' },
    status 401;

row 'the instance actor is named as its host', '1.4' => instance =>
    sub { json->{preferredUsername} eq $HOST },
    edit { delete $_->{preferredUsername} };

row 'the instance actor has a key of its own', '1.4' => instance =>
    sub {
        pem(json->{publicKey}{publicKeyPem}) eq 'RSA 2048'
            && json->{publicKey}{owner} eq json->{id};
    },
    edit { $_->{publicKey}{owner} = $ACTOR };


1;
