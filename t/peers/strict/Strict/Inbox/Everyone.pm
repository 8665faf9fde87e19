package Strict::Inbox::Everyone;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What one of the other systems does, or several: Pleroma and Akkoma,
# PeerTube, snac, wafrn, Fedify and Ghost.

use warnings;
use strict;

use Digest::SHA qw/sha256_base64/;

use Strict::Inbox;

sender 'everyone';


# signatures

hears 'Pleroma signs the length', '1.1',
    sub {
        follow(), covered => '(request-target) content-length date digest host';
    },
    sub { became('accepted') },
    signed covered => '(request-target) content-length date host';

hears 'PeerTube says "Signature" once more', '1.1',
    sub {
        follow(), spoil => sub {
            s/^keyId/Signature keyId/ for @{ $_[0]{headers} };
        };
    },
    sub { became('accepted') },
    signed spoil => sub { s/^keyId/Digest keyId/ for @{ $_[0]{headers} } };

hears 'wafrn writes names small, and signs one of its own', '1.1',
    sub {
        follow(), covered => '(request-target) host date digest algorithm',
            extra => [ algorithm => 'rsa-sha256' ], spoil => sub {
                my $h = $_[0]{headers};
                $h->[2 * $_] = lc $h->[2 * $_] for 0 .. $#$h / 2;
            };
    },
    sub { became('accepted') },
    signed spoil => sub { s/^algorithm$/algorithms/ for @{ $_[0]{headers} } };

hears 'values without quotes', '1.1',
    sub {
        follow(), spoil => sub {
            s/algorithm="([^"]*)"/algorithm=$1/ for @{ $_[0]{headers} };
        };
    },
    sub { became('accepted') },
    signed spoil => sub {
        s/algorithm="([^"]*)"/algorithm=$1,algorithm=$1/
            for @{ $_[0]{headers} };
    };

hears 'no algorithm is said', '1.1',
    sub {
        follow(), spoil => sub {
            s/algorithm="[^"]*",// for @{ $_[0]{headers} };
        };
    },
    sub { became('accepted') },
    signed spoil => sub {
        s/algorithm="[^"]*"/algorithm="rsa-sha1"/ for @{ $_[0]{headers} };
    };

hears 'the port that goes without saying is said, and signed', '1.4',
    sub { follow(), host => 'site.example:443' },
    sub { became('accepted') },
    signed host => 'site.example:8443';

hears 'a digest of a small name', '1.1',
    sub {
        follow(), digest => sub { 'sha-256=' . sha256_base64($_[0]) . '=' };
    },
    sub { became('accepted') },
    signed digest => sub { 'sha-1=' . sha256_base64($_[0]) . '=' };


# keys

hears 'a document of the key alone, whose owner lists it', '1.5',
    sub {
        stranger(sub {
            my $key = $_->{actor}{publicKey};

            $_->{key_at} = "$_->{actor}{id}/publickey";
            $_->{key} = { %$key, id => $_->{key_at} };
            $_->{actor}{publicKey} = $_->{key_at};
        });
        follow(), key_id => me() . '/publickey';
    },
    sub { became('accepted') && known->{key_id} eq me() . '/publickey' },
    documents { $_->{actor}{publicKey} .= '2' };

hears 'an actor is ld+json with the profile', '7',
    sub { stranger(); follow() },
    sub { became('accepted') },
    documents { $_->{type} = 'application/ld+json' };

hears 'an actor with an inbox elsewhere aims at somebody', '3',
    sub { stranger(); follow() },
    sub { became('accepted') },
    documents { $_->{actor}{inbox} = 'https://lemmy.example/inbox' };


# activities

hears 'Pleroma reacts with a type of its own', '5',
    sub { activity('EmojiReact', our_post(), content => "\x{1f389}") },
    sub { became('kept') && kept('EmojiReact') },
    change { $_->{type} = 'EmojiRead' };

hears 'an Undo of that', '5',
    sub { undo(say(activity('EmojiReact', our_post()))) },
    sub { became('kept') && undone_is($_->{activity}{object}{id}) },
    change { $_->{object}{actor} .= '2' };

hears 'a Like without an id', '5',
    sub { activity('Like', our_post(), id => undef, nonce => new_id('')) },
    sub { became('kept') && kept('Like')->{id} =~ /^sha256:/ },
    change { $_->{object} =~ s/news/new/ };

hears 'an Announce whose id is null', '5',
    sub {
        my $announce = activity('Announce', our_post(), nonce => new_id(''));
        $announce->{id} = undef;
        $announce;
    },
    sub { became('kept') && kept('Announce') },
    change { $_->{id} = 7 };

hears 'a Like without an id that comes again is the same', '5',
    sub { say(activity('Like', our_post(), id => undef)) },
    sub { became('duplicate') || became('repeated') },
    change { $_->{nonce} = new_id('') };

hears 'snac undoes a Follow without saying its id', '12',
    sub {
        say(follow());
        undo({ type => 'Follow', actor => me(), object => $ACTOR });
    },
    sub { became('undone') && !followed() },
    change { $_->{object}{object} = "$ORIGIN/activitypub/actor" };

hears 'names that Ghost shortens', '6',
    sub {
        activity('Create', note(to => 'as:Public', type => 'as:Note'),
            type => 'as:Create', to => 'as:Public');
    },
    sub { became('kept') && kept('Create') },
    change { $_->{object}{inReplyTo} = [] };

hears 'lists of one, and objects with an id', '6',
    sub {
        activity('Create', [ note(attributedTo => [ { id => me(),
            type => 'Person' } ], inReplyTo => [ our_post() ]) ],
            actor => [ { id => me() } ], type => ['Create']);
    },
    sub { became('kept') && kept('Create') },
    change { push @{ $_->{actor} }, $ACTOR };

hears 'PeerTube leaves the context out', '6',
    sub { activity('Announce', our_post(), '@context' => undef) },
    sub { became('kept') && kept('Announce') },
    change { $_->{'@graph'} = [] };

hears 'PeerTube has a person and a channel for an author', '5',
    sub {
        activity('Create', note(attributedTo => [
            { type => 'Person', id => me() },
            { type => 'Group', id => 'https://pleroma.example/channel/1' } ]));
    },
    sub { became('kept') && kept('Create') },
    change { $_->{object}{attributedTo}[1]{type} = 'Person' };

hears 'a date of nine digits', '12',
    sub {
        activity('Create', note(published =>
            '2026-11-22T19:00:00.123456789Z'));
    },
    sub { became('kept') },
    change { $_->{object}{published} = undef; $_->{object}{inReplyTo} = '' };

hears 'a type that nobody knows is no reason to try again', '5',
    sub { activity('View', our_post()) },
    sub { became('type_without_effect') },
    change { delete $_->{type} };

hears 'what is addressed to nobody here is no reason either', '5',
    sub {
        activity('Create', note(inReplyTo => undef), to => [$PUBLIC]);
    },
    sub { became('ignored') && !@{ $_->{kept} } },
    change { $_->{object}{inReplyTo} = our_post() };


1;
