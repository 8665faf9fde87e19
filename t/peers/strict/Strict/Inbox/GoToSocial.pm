package Strict::Inbox::GoToSocial;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# GoToSocial: single values where others have lists, no id where it has none
# to give, and a key at a URL of its own.

use warnings;
use strict;

use Strict::Inbox;

sender 'GoToSocial';


# the key

hears 'hs2019 means RSA and SHA-256', '1.1',
    sub { follow() },
    sub { became('accepted') },
    signed algorithm => 'rsa-sha512';

hears 'the key has a URL of its own, which leads to the actor', '1.5',
    sub { stranger(); follow() },
    sub {
        became('accepted') && known->{inbox} eq me() . '/inbox'
            && join(' ', fetched()) eq me() . '/main-key ' . me();
    },
    documents { $_->{actor}{publicKey}{id} =~ s/main-key/other-key/ };

hears 'the part of the actor that is at the key is not the actor', '1.5',
    sub { stranger(); follow() },
    sub { became('accepted') && known->{inbox} && answered() },
    documents { $_->{actor} = $_->{key} };

hears 'who says so at the key, the actor has to say too', '1.5',
    sub { stranger(); follow() },
    sub { became('accepted') },
    documents { $_->{key}{id} = 'https://misskey.example/users/9abc' };

hears 'its documents are had by signed requests', '1.4',
    sub { stranger(); follow() },
    sub {
        became('accepted') && !grep { !defined $_->header('Signature') }
            grep { $_->{method} eq 'GET' } $_->{world}{servers}->requests;
    },
    documents { $_->{type} = 'application/json' };


# activities

hears 'a Follow has the name of its actor before its own', '5',
    sub { follow(id => new_id('users/zork/follow/'), to => $ACTOR) },
    sub { became('accepted') && answered() },
    change { $_->{id} =~ s/gotosocial/lemmy/ };

hears 'a Follow without an id could not be answered by it', '5',
    sub { follow(id => undef) },
    sub { refused(400, 'no_id') && !followed() },
    change { $_->{id} = new_id('follow/') };

hears 'an Undo of a Follow, embedded', '5',
    sub { undo(say(follow()), to => $ACTOR) },
    sub { became('undone') && !followed() },
    change { $_->{object}{type} = 'Block' };

hears 'an Announce whose "to" and "cc" are single', '5',
    sub {
        activity('Announce', our_post(), to => me() . '/followers',
            cc => $ACTOR, published => '2026-11-22T19:00:00Z');
    },
    sub { became('kept') && kept('Announce') },
    change { $_->{object} = 'https://lemmy.example/post/1' };

hears 'a Like', '5',
    sub { activity('Like', our_post(), to => $ACTOR) },
    sub { became('kept') && kept('Like') },
    change { $_->{actor} =~ s/zork/zork2/ };

hears 'an Undo of a Like', '5',
    sub { undo(say(activity('Like', our_post())), to => $ACTOR) },
    sub { became('kept') && undone_is($_->{activity}{object}{id}) },
    change {
        $_->{object}{object} = 'https://lemmy.example/post/1';
        $_->{object}{id} .= '1';
    };

hears 'a reply, its tag a single one', '4',
    sub {
        activity('Create', note(tag => { type => 'Mention', href => $ACTOR },
            interactionPolicy => { canReply => { always => $PUBLIC } }));
    },
    sub { became('kept') && kept('Create') },
    change { $_->{object}{attributedTo} .= '2' };

hears 'a Create that only names its note, as in its outbox', '5',
    sub { activity('Create', new_id('statuses/')) },
    sub {
        became('object_to_refetch') && !@{ $_->{kept} };
    },
    change { $_->{object} =~ s/gotosocial/lemmy/ };

hears 'a Delete has no id', '5',
    sub {
        activity('Delete', note_of(), id => undef, to => $PUBLIC,
            cc => [ me() . '/followers', $ACTOR ]);
    },
    sub { became('kept') && kept('Delete') },
    change { $_->{object} =~ s/gotosocial/lemmy/ };

hears 'and is the same one when it comes again', '5',
    sub { say(activity('Delete', note_of(), id => undef)) },
    sub { (became('duplicate') || became('repeated'))
        && !@{ $_->{kept} } },
    change { $_->{to} = $PUBLIC };

hears 'a Delete of what was never heard of', '5',
    sub { activity('Delete', new_id('statuses/'), id => undef) },
    sub { became('ignored') && !@{ $_->{kept} } },
    change { $_->{object} =~ s/gotosocial/lemmy/ };


1;
