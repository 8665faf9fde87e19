package Strict::Inbox::Mastodon;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

use warnings;
use strict;

use Time::HiRes qw/sleep/;

use Strict::Inbox;

sender 'Mastodon';


# Follow

hears 'a Follow is accepted, and answered with all of it', '5',
    sub { follow(id => new_id('')) },
    sub { became('accepted') && followed() && answered() },
    change { $_->{object} = "$ORIGIN/activitypub/nobody" };

hears 'a Follow at the personal inbox too', '5',
    sub { follow(), inbox => '/activitypub/news/inbox' },
    sub { became('accepted') && followed() },
    signed inbox => '/activitypub/nobody/inbox';

hears 'who follows already is accepted again', '5',
    sub { say(follow()); follow() },
    sub { became('accepted') && followed() && answered() },
    change { $_->{id} = say(follow())->{id} };

hears 'the same Follow twice is accepted once', '5',
    sub { say(follow()) },
    sub { (became('duplicate') || became('repeated'))
        && followed() },
    change { $_->{id} .= '1' };

hears 'an Undo holds the Follow', '5',
    sub { undo(say(follow()), id => new_id('#follows/') . '/undo') },
    sub { became('undone') && !followed() },
    change { $_->{object}{actor} = 'https://misskey.example/users/9abc' };

hears 'an Undo names the Follow by its id', '5',
    sub { undo(say(follow())->{id}) },
    sub { became('undone') && !followed() },
    change { $_->{object} .= '1' };


# Like and Announce

hears 'a Like behind the name of its actor', '5',
    sub { activity('Like', our_post(), id => new_id('#likes/')) },
    sub { became('kept') && kept('Like') },
    change { $_->{id} =~ s/mastodon/misskey/ };

hears 'an Undo of a Like, embedded', '5',
    sub {
        my $like = say(activity('Like', our_post(), id => new_id('#likes/')));
        return undo($like, id => "$like->{id}/undo");
    },
    sub { became('kept') && undone_is($_->{activity}{object}{id}) },
    change { $_->{object}{actor} = 'https://misskey.example/users/9abc' };

hears 'an Undo of a Like by its id', '5',
    sub { undo(say(activity('Like', our_post()))->{id}) },
    sub { became('kept') && undone_is($_->{activity}{object}) },
    change { $_->{object} .= '1' };

hears 'an Announce, to everybody and followers', '5',
    sub {
        activity('Announce', our_post(), published => '2026-11-22T19:00:00Z',
            to => [$PUBLIC], cc => [ $ACTOR, me() . '/followers' ]);
    },
    sub { became('kept') && kept('Announce') },
    change { $_->{object} = 'https://misskey.example/notes/1' };

hears 'a private Announce has a copy, which is not believed', '5',
    sub {
        activity('Announce', { id => our_post(), type => 'Note',
            attributedTo => me(), content => 'not what it says' });
    },
    sub { became('kept') && kept('Announce')->{object} eq our_post() },
    change { $_->{object}{id} = 'https://misskey.example/notes/1' };


# Create, Update, Delete

hears 'a reply', '5',
    sub {
        activity('Create', note(atomUri => 'x', sensitive => JSON::PP::false,
            replies => { type => 'Collection' }, conversation => 'tag:x'),
            to => [$PUBLIC], cc => [$ACTOR]);
    },
    sub { became('kept') && kept('Create') },
    change { $_->{object}{inReplyTo} = 'https://misskey.example/notes/1' };

hears 'the host of a reply is that of its author', '5',
    sub { activity('Create', note()) },
    sub { became('kept') },
    change { $_->{object}{id} =~ s/mastodon/misskey/ };

hears 'a signature of JSON-LD is read over', '5',
    sub {
        activity('Create', note(), signature => { type => 'RsaSignature2017',
            creator => me() . '#main-key', signatureValue => 'AA==' });
    },
    sub { became('kept') },
    change { $_->{actor} = 'https://misskey.example/users/9abc' };

hears 'what is forwarded for others is not believed, nor refused', '5',
    sub {
        activity('Create', note(), actor => 'https://mastodon.example/users/z',
            signature => { type => 'RsaSignature2017' });
    },
    sub { became('forwarded') && !@{ $_->{kept} } },
    change { delete $_->{signature} };

hears 'an edit of a reply', '5',
    sub {
        activity('Update', note(id => note_of(), updated =>
            '2026-11-22T20:00:00Z'), id => new_id('#updates/'));
    },
    sub { became('kept') && kept('Update') },
    change { $_->{object}{id} .= '1' };

hears 'a profile says anew who it is', '5',
    sub {
        activity('Update', { id => me(), type => 'Person', name => 'Alice' });
    },
    sub { became('ignored') },
    change { $_->{object}{id} .= '1' };

hears 'a Delete holds a Tombstone', '5',
    sub {
        my $id = note_of();
        activity('Delete', { id => $id, type => 'Tombstone', atomUri => $id },
            id => "$id#delete", to => [$PUBLIC]);
    },
    sub { became('kept') && kept('Delete') },
    change { $_->{object}{id} =~ s/mastodon/misskey/ };

hears 'an actor that is known deletes itself, by its key', '5',
    sub {
        stranger();
        say(follow());
        activity('Delete', me(), id => me() . '#delete', to => [$PUBLIC]);
    },
    sub { became('deleted') && !followed() && known->{gone} },
    change { $_->{object} .= '1' };

hears 'or the whole of itself', '5',
    sub {
        stranger();
        say(follow());
        activity('Delete', { id => me(), type => 'Person', atomUri => me() });
    },
    sub { became('deleted') && !followed() && known->{gone} },
    change { $_->{object}{id} .= '1' };

hears 'when its document is gone, as known by its key', '5',
    sub {
        stranger();
        say(follow());
        gone_away();
        activity('Delete', me(), id => me() . '#delete');
    },
    sub { became('deleted') && !followed() && !fetched() },
    signed date => 'Sun, 06 Nov 1994 08:49:37 GMT';

hears 'and is somebody again when it signs again', '5',
    sub {
        stranger();
        say(follow());
        sleep 1.1;
        say(activity('Delete', me()));
        follow();
    },
    sub {
        became('accepted, unknown_actor') && !known->{gone} && fetched() == 1;
    },
    change { $_->{type} = 'Delete'; $_->{object} = me() };


# signatures

hears 'the order of older versions', '1.1',
    sub {
        follow(), covered =>
            '(request-target) host date digest content-type';
    },
    sub { became('accepted') },
    signed covered => '(request-target) host digest content-type';

hears 'the header of FEP-8fcf, signed', '5',
    sub {
        follow(), covered => 'host date content-type '
            . 'collection-synchronization digest (request-target)',
            extra => ['Collection-Synchronization' => 'collectionId="x"'];
    },
    sub { became('accepted') },
    spoil { s/"x"/"y"/ for @{ $_->{headers} } };

hears 'RFC 9421 counts alone where it is beside the draft', '1.1',
    sub {
        follow(), spoil => sub {
            push @{ $_[0]{headers} }, 'Signature-Input' =>
                'sig1=("@method" "@target-uri" "content-digest");'
                . 'created=1;keyid="x"';
        };
    },
    sub { refused(401, 'signature_malformed') },
    signed spoil => sub { };

hears 'a date an hour old at most', '1.3',
    sub { follow(), time => time() - 3500 },
    sub { became('accepted') },
    signed time => time() - 14400;

hears 'another actor\'s key is not its own', '1.5',
    sub { follow() },
    sub { became('accepted') },
    signed key_id => 'https://misskey.example/users/9abc#main-key';

hears 'a key is one of a list', '1.5',
    sub { stranger(); follow() },
    sub { became('accepted') && known->{key_id} eq me() . '#main-key' },
    documents {
        $_->{actor}{publicKey} = [ { %{ $_->{actor}{publicKey} },
            id => "$_->{actor}{id}#other" } ];
    };


1;
