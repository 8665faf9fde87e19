package Strict::Delivery::Mastodon;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

use warnings;
use strict;

use Strict;
use Strict::Delivery;

my $PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
my $LONG_AGO = 'Sun, 06 Nov 1994 08:49:37 GMT';

system_of 'Mastodon';


# how it is sent

row 'the signature is of this request', '1.1' => create =>
    sub { verifies },
    header 'Content-Type', 'application/ld+json';

row 'and of this target', '1.1' => create =>
    sub { covered('(request-target)') && verifies },
    target sub { s/inbox/outbox/ };

row 'the date is of the last twelve hours', '1.3' => create =>
    sub { abs(age) < 43200 },
    header 'Date', $LONG_AGO;

row 'the date is covered', '1.3' => create =>
    sub { covered('date') },
    header 'Signature', 'keyId="x",headers="(request-target) host digest"';

row 'the digest is of the body', '1.4' => create =>
    sub { covered('digest') && digested },
    body sub { s/One/Two/ };

row 'the digest of an Accept too', '1.4' => accept =>
    sub { covered('digest') && digested },
    body sub { $_ .= "\n" };

row 'the key is behind the name of the actor', '1.4' => create =>
    sub { parameter('keyId') eq json->{actor} . '#main-key' },
    edit { $_->{actor} =~ s/news/blog/ };

row 'no other scheme stands beside the draft', '1.2' => create =>
    sub { !defined $_->header('Signature-Input') },
    header 'Signature-Input', 'sig1=("@method")';

row 'it goes to the shared inbox', '10' => create =>
    sub { $_->url eq facts->{shared} },
    target sub { s!^!/users/alice! };

row 'an Accept goes to who asked', '5' => accept =>
    sub { $_->url eq facts->{inbox} },
    target sub { s!/users/alice!! };

row 'a body is below a MiB', '4' => article =>
    sub { length $_->body < 1 << 20 },
    body sub { $_ .= ' ' x (1 << 20) };


# Accept

row 'an Accept names the Follow by its id', '5' => accept =>
    sub { json->{object}{id} eq follow_sent->{id} },
    edit { $_->{object}{id} .= '1' };

row 'and by who follows', '5' => accept =>
    sub { json->{object}{actor} eq facts->{actor} },
    edit { $_->{object}{actor} = $ACTOR };

row 'an Accept is of whom it followed', '5' => accept =>
    sub { json->{actor} eq $ACTOR && json->{object}{object} eq $ACTOR },
    edit { $_->{actor} = "https://$HOST/activitypub/actor" };


# Create, Update, Delete

row 'the context names ActivityStreams', '3' => create =>
    sub { context('https://www.w3.org/ns/activitystreams') },
    edit { $_->{'@context'} = 'https://www.w3.org/ns/security' };

row 'the actor and its post have one host', '5' => create =>
    sub {
        same_host(json->{actor}) && same_host(json->{object}{id})
            && json->{object}{attributedTo} eq json->{actor};
    },
    edit { $_->{object}{attributedTo} = 'https://elsewhere.example/news' };

row 'the id of an activity is on that host', '5' => create =>
    sub { same_host(json->{id}) },
    edit { $_->{id} = 'https://elsewhere.example/1' };

row 'the public in "to" is everybody', '4' => create =>
    sub {
        grep({ $_ eq $PUBLIC } @{ json->{object}{to} })
            && grep { $_ eq $PUBLIC } @{ json->{to} };
    },
    edit { $_->{object}{to} = ["$ACTOR/followers"] };

row 'followers are addressed', '4' => create =>
    sub { grep { $_ eq "$ACTOR/followers" } @{ json->{object}{cc} } },
    edit { $_->{object}{cc} = [] };

row 'a post has a date', '4' => create =>
    sub { date(json->{object}{published}) },
    edit { $_->{object}{published} = 'today' };

row 'an edit is later than its post', '4' => update =>
    sub {
        date(json->{object}{updated})
            && json->{object}{updated} gt json->{object}{published};
    },
    edit { delete $_->{object}{updated} };

row 'an edit is whole', '5' => update =>
    sub {
        json->{object}{type} eq 'Note' && text(json->{object}{content})
            && json->{object}{content} =~ /edited/;
    },
    edit { $_->{object} = $_->{object}{id} };

row 'a Delete has an id of its own', '5' => delete =>
    sub { same_host(json->{id}) && json->{id} ne json->{object}{id} },
    edit { $_->{id} = $_->{object}{id} };

row 'a Delete is of a Tombstone', '5' => delete =>
    sub {
        json->{object}{type} eq 'Tombstone'
            && same_host(json->{object}{id});
    },
    edit { $_->{object}{id} = 'https://elsewhere.example/1' };


1;
