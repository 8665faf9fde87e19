package Strict::Inbox::Pixelfed;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

use warnings;
use strict;

use Strict::Inbox;

sender 'Pixelfed';


hears 'the parameters of a signature in another order', '1.1',
    sub { follow() },
    sub { became('accepted') && answered() },
    spoil { s/headers="\(request-target\) /headers="/
        for @{ $_->{headers} } };

hears 'a content type with a profile', '7',
    sub { follow() },
    sub { became('accepted') },
    signed type => 'application/ld+json; profile="https://schema.org/"';

hears 'a Follow behind the name of its actor', '5',
    sub { follow(id => new_id('#follow/')) },
    sub { became('accepted') && followed() },
    change { $_->{object} =~ s/news/new/ };

hears 'an Undo of a Follow', '5',
    sub {
        my $follow = say(follow(id => new_id('#follow/')));
        undo($follow, id => "$follow->{id}/undo");
    },
    sub { became('undone') && !followed() },
    change { $_->{object}{object} =~ s/news/actor/ };

hears 'a Like', '5',
    sub { activity('Like', our_post(), id => new_id('#likes/')) },
    sub { became('kept') && kept('Like') },
    change { $_->{object} =~ s/news/new/ };

hears 'an Undo of a Like', '5',
    sub { undo(say(activity('Like', our_post(), id => new_id('#likes/')))) },
    sub { became('kept') && undone_is($_->{activity}{object}{id}) },
    change { $_->{actor} .= '2' };

hears 'an Announce', '5',
    sub { activity('Announce', our_post(), to => [$PUBLIC], cc => [$ACTOR]) },
    sub { became('kept') && kept('Announce') },
    change { $_->{object} =~ s/news/new/ };

hears 'a comment', '4',
    sub {
        activity('Create', note(commentsEnabled => JSON::PP::true,
            capabilities => { announce => $PUBLIC }, location => undef,
            attachment => []));
    },
    sub { became('kept') && kept('Create') },
    change { $_->{object}{attributedTo} = undef };

hears 'a Delete', '5',
    sub { activity('Delete', { type => 'Tombstone', id => note_of() }) },
    sub { became('kept') && kept('Delete') },
    change { $_->{object}{id} = me() . '/nothing' };


1;
