package Strict::Inbox::WordPress;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# WordPress: everything has a query.

use warnings;
use strict;

use Strict::Inbox;

sender 'WordPress';


hears 'the query is a part of who somebody is', '12',
    sub { stranger(); follow() },
    sub {
        became('accepted') && known->{uri} =~ m!/\?author=new\d+$!
            && join(' ', fetched()) eq me() && answered();
    },
    documents { $_->{actor}{id} =~ s/\?.*// };

hears 'two queries are two actors', '12',
    sub { follow() },
    sub { became('accepted') && followed() },
    change { $_->{actor} =~ s/author=1/author=2/ };

hears 'the query of a key is not another\'s', '12',
    sub { stranger(); follow() },
    sub { became('accepted') },
    documents {
        $_->{actor}{publicKey}{owner} = 'https://wordpress.example/?author=1';
    };

hears 'the header of FEP-8fcf, signed', '1.1',
    sub { follow() },
    sub { became('accepted') },
    spoil { s/digest="0/digest="1/ for @{ $_->{headers} } };

hears 'an id with a query and a fragment', '12',
    sub { follow(id => new_id('#follow-')) },
    sub { became('accepted') && answered() },
    change { $_->{id} = 'https://wordpress.example:8443/?author=1#follow-1' };

hears 'an Undo of a Follow', '5',
    sub {
        my $follow = say(follow(id => new_id('#follow-')));
        undo($follow, id => new_id('#undo-'));
    },
    sub { became('undone') && !followed() },
    change { $_->{object}{type} = 'Like' };

hears 'a Like', '5',
    sub { activity('Like', our_post(), id => new_id('#like-')) },
    sub { became('kept') && kept('Like') },
    change { $_->{object} .= '?p=1' };

hears 'an Announce', '5',
    sub { activity('Announce', our_post(), id => new_id('#announce-')) },
    sub { became('kept') && kept('Announce') },
    change { $_->{object} .= '?p=1' };

hears 'a comment, and its name is a query', '12',
    sub { activity('Create', note(id => new_id('?c='))) },
    sub { became('kept') && kept('Create')->{object} =~ /\?c=\d+$/ },
    change { $_->{object}{attributedTo} =~ s/author=1/author=2/ };

hears 'a Delete of a comment is of that query', '12',
    sub {
        my $id = new_id('?c=');
        note_of(note(id => $id));
        activity('Delete', { id => $id, type => 'Tombstone' });
    },
    sub { became('kept') && kept('Delete') },
    change { $_->{object}{id} =~ s/\?c=\d/?c=/ };


1;
