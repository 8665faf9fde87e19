package Strict::Inbox::Threads;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Threads: its code is closed; the shapes that operators have seen.

use warnings;
use strict;

use Strict::Inbox;

sender 'Threads';


hears 'an actor whose name ends with a slash', '3',
    sub { stranger(); follow(id => new_id('#follows/')) },
    sub {
        became('accepted') && known->{uri} =~ m!/$!
            && known->{key_id} eq me() . '#main-key' && answered();
    },
    documents { chop $_->{actor}{id} };

hears 'its documents are for signed requests', '1.4',
    sub { stranger(); follow() },
    sub {
        my ($get) = $_->{world}->seen(sub {
            $_->{method} eq 'GET' && $_->{host} eq 'threads.example';
        });

        became('accepted') && $get->header('Signature')
            =~ /headers="\(request-target\) host date"/;
    },
    documents { $_->{type} = 'text/html' };

hears 'an Undo of a Follow', '8',
    sub { undo(say(follow(id => new_id('#follows/')))) },
    sub { became('undone') && !followed() },
    change { $_->{object}{actor} =~ s/178/179/ };

hears 'a Like behind the name of its actor', '5',
    sub { activity('Like', our_post(), id => new_id('#likes/')) },
    sub { became('kept') && kept('Like')->{id} =~ /#likes/ },
    change { $_->{actor} =~ s!/$!! };

hears 'an Undo of a Like', '5',
    sub { undo(say(activity('Like', our_post(), id => new_id('#likes/')))) },
    sub { became('kept') && undone_is($_->{activity}{object}{id}) },
    change { $_->{object}{id} =~ s/threads/mastodon/ };

hears 'a reply, of a date with another zone, to a single everybody', '4',
    sub {
        activity('Create', note(published => '2026-11-22T19:00:00+0000',
            to => $PUBLIC, _misskey_quote => 'https://threads.example/p/1',
            contentMap => { en => 'Indeed' }), to => $PUBLIC);
    },
    sub { became('kept') && kept('Create') },
    change { $_->{object}{attributedTo} =~ s!/$!! };

hears 'a Delete of a reply', '5',
    sub { activity('Delete', note_of()) },
    sub { became('kept') && kept('Delete') },
    change { $_->{object} =~ s/threads/mastodon/ };


1;
