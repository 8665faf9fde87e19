package Strict::Inbox::Lemmy;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Lemmy: what is undone is named anew each time, and a community tells its
# followers whatever it hears.

use warnings;
use strict;

use Strict::Inbox;

sender 'Lemmy';


hears 'the content type is signed', '1.1',
    sub { follow() },
    sub { became('accepted') },
    spoil { s!^application/activity\+json$!application/ld+json!
        for @{ $_->{headers} } };

hears 'a Follow to its actor', '5',
    sub { follow(id => new_id('activities/follow/'), to => [$ACTOR]) },
    sub { became('accepted') && answered() },
    change { $_->{object} = [ $ACTOR, our_post() ] };

hears 'an Undo holds a Follow of another id', '5',
    sub {
        my $follow = say(follow());
        undo({ %$follow, id => new_id('activities/follow/') });
    },
    sub { became('undone') && !followed() },
    change { $_->{object}{object} = "$ORIGIN/activitypub/actor" };

hears 'a vote', '5',
    sub { activity('Like', our_post(), audience => 'https://lemmy.example/c/x') },
    sub { became('kept') && kept('Like') },
    change { $_->{id} =~ s/lemmy/misskey/ };

hears 'a vote against is kept too', '5',
    sub {
        activity('Dislike', our_post(),
            audience => 'https://lemmy.example/c/x');
    },
    sub { became('kept') && kept('Dislike') },
    change { $_->{type} = 'Disapprove' };

hears 'an Undo of a vote has a new one in it', '5',
    sub {
        our $like = say(activity('Like', our_post()))->{id};
        undo(activity('Like', our_post()));
    },
    sub { became('kept') && undone_is(our $like) },
    change { $_->{object}{type} = 'Announce' };

hears 'an Undo of a vote that was not there', '5',
    sub {
        stranger();
        say(follow());
        undo(activity('Dislike', our_post()));
    },
    sub { became('ignored') && !@{ $_->{kept} } },
    change { $_->{object} = say(activity('Dislike', our_post()))->{id} };

hears 'a comment with its source', '4',
    sub {
        activity('Create', note(mediaType => 'text/html', source =>
            { content => 'Indeed', mediaType => 'text/markdown' },
            audience => 'https://lemmy.example/c/x'), to => [$PUBLIC],
            cc => ['https://lemmy.example/c/x'], tag => [ { type => 'Mention',
                href => $ACTOR } ]);
    },
    sub { became('kept') && kept('Create') },
    change { $_->{object}{inReplyTo} = 'https://lemmy.example/post/1' };

hears 'an edit of a comment', '5',
    sub { activity('Update', note(id => note_of())) },
    sub { became('kept') && kept('Update') },
    change { $_->{object}{attributedTo} .= '2' };

hears 'a Delete, and an Undo of it', '5',
    sub { undo(say(activity('Delete', note_of()))) },
    sub { became('kept') && undone_is($_->{activity}{object}{id}) },
    change { $_->{object}{id} .= '1' };

hears 'a community announces activities of others', '5',
    sub {
        activity('Announce', { type => 'Create',
            id => 'https://mastodon.example/activities/1#create',
            actor => 'https://mastodon.example/users/alice',
            object => note(id => 'https://mastodon.example/notes/1') });
    },
    sub { became('not_ours') && !@{ $_->{kept} } },
    change { $_->{object} = our_post() };

hears 'a Lock is none of our business', '5',
    sub { activity('Lock', 'https://lemmy.example/post/1') },
    sub { became('type_without_effect') },
    change { delete $_->{actor} };


1;
