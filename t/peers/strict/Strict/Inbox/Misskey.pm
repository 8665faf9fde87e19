package Strict::Inbox::Misskey;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

use warnings;
use strict;

use Strict::Inbox;

sender 'Misskey';

my @reaction = (
    content => ':party:', _misskey_reaction => ':party:',
    tag => [ { type => 'Emoji', name => ':party:',
        icon => { type => 'Image', url => 'https://misskey.example/p.png' } } ],
);


hears 'the date before the host', '1.1',
    sub { follow() },
    sub { became('accepted') },
    signed covered => '(request-target) date digest';

hears 'the body is what was signed', '1.1',
    sub { follow() },
    sub { became('accepted') && answered() },
    spoil { $_->{body} =~ s/Follow/Fallow/ };

hears 'its id is short', '5',
    sub { follow(id => new_id('follows/')) },
    sub { became('accepted') && followed() },
    change { $_->{id} = '9xyz' };

hears 'an Undo behind the id of its Follow', '5',
    sub {
        my $follow = say(follow(id => new_id('follows/')));
        undo($follow, id => "$follow->{id}/undo",
            published => '2026-11-22T19:00:00.123Z');
    },
    sub { became('undone') && !followed() },
    change { $_->{object}{object} = "$ORIGIN/activitypub/nobody";
        $_->{object}{id} .= '1' };

hears 'a reaction is a Like with a picture', '5',
    sub { activity('Like', our_post(), @reaction) },
    sub { became('kept') && kept('Like')->{body} =~ /_misskey_reaction/ },
    change { $_->{object} .= '0' };

hears 'an Undo of a reaction', '5',
    sub { undo(say(activity('Like', our_post(), @reaction))) },
    sub { became('kept') && undone_is($_->{activity}{object}{id}) },
    change { $_->{object}{actor} .= '0' };

hears 'a renote', '5',
    sub {
        activity('Announce', our_post(), to => [$PUBLIC],
            cc => [ me() . '/followers', $ACTOR ]);
    },
    sub { became('kept') && kept('Announce') },
    change { $_->{object} = 'https://misskey.example/notes/1' };

hears 'an Undo of a renote by the id of the note', '5',
    sub {
        my $renote = say(activity('Announce', our_post()));
        undo($renote, id => "$renote->{id}/undo");
    },
    sub { became('kept') && undone_is($_->{activity}{object}{id}) },
    change { $_->{object}{type} = 'Like'; $_->{object}{id} .= '1';
        $_->{object}{object} = 'https://misskey.example/notes/1' };

hears 'a reply with its own words beside', '4',
    sub {
        activity('Create', note(summary => undef, _misskey_content => 'Indeed',
            source => { content => 'Indeed', mediaType =>
                'text/x.misskeymarkdown' }, tag => [], attachment => []));
    },
    sub { became('kept') && kept('Create') },
    change { $_->{object}{inReplyTo} = 'https://misskey.example/notes/1' };

hears 'a Delete holds a Tombstone', '5',
    sub { activity('Delete', { id => note_of(), type => 'Tombstone' }) },
    sub { became('kept') && kept('Delete') },
    change { $_->{object}{id} .= '1' };

hears 'an actor deletes itself by its URL', '5',
    sub { stranger(); say(follow()); activity('Delete', me()) },
    sub { became('deleted') && known->{gone} },
    signed key_id => 'https://misskey.example/users/none#main-key';

hears 'a Block is for the blocked to know', '5',
    sub { activity('Block', $ACTOR) },
    sub { became('type_without_effect') },
    change { $_->{actor} .= '0' };

hears 'a report of a moderator names several', '5',
    sub { activity('Flag', [ $ACTOR, our_post() ], content => 'bad') },
    sub { became('type_without_effect') },
    change { $_->{type} = 'Like' };


1;
