package Strict::Inbox::Traps;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The ten traps, as far as they lie in what is received.

use warnings;
use strict;

use Strict::Inbox;

my $PROFILE = 'profile="https://www.w3.org/ns/activitystreams"';


sender 'Threads';

hears 'trap 2, a Reject with a mere URI', '8',
    sub { activity('Follow', "$ORIGIN/activitypub/actor") },
    sub { became('rejected') && !followed() && answered('Reject') },
    change { $_->{object} = $ACTOR };


# what is at the key has no inbox, and is not the actor

sender 'GoToSocial';

hears 'trap 5, the part of an actor at its key, taken for the actor', '8',
    sub { stranger(); follow() },
    sub {
        became('accepted') && known->{inbox} eq me() . '/inbox'
            && join(' ', fetched()) eq me() . '/main-key ' . me()
            && answered();
    },
    documents { $_->{actor} = $_->{key} };

hears 'trap 5, nor is anything kept of who has nothing else', '8',
    sub {
        stranger(sub { $_->{actor} = $_->{key} });
        follow();
    },
    sub { refused(401, 'key_not_found') && !known },
    documents {
        my $inbox = "$_->{actor}{id}/inbox";

        $_->{actor} = { %{ $_->{actor} }, inbox => $inbox };
    };


sender 'WordPress';

hears 'trap 7, a query signed and sent', '8',
    sub { follow(), inbox => '/activitypub/inbox?from=1' },
    sub { became('accepted') },
    spoil { $_->{uri} =~ s/\?.*// };

hears 'trap 7, a query sent and not signed is anybody\'s', '8',
    sub { follow(), spoil => sub { $_[0]{uri} .= '?from=1' } },
    sub { refused(401, 'signature_mismatch') && !followed() },
    signed spoil => sub { };


# who is gone has no key that could be asked for

sender 'Mastodon';

my $unknown = sub {
    stranger(sub { %$_ = () });
    activity('Delete', me(), id => me() . '#delete', to => [$PUBLIC]);
};

hears 'trap 8, 401 for the Delete of an unknown actor', '8',
    $unknown,
    sub { became('ignored') && !fetched() && !known },
    change { $_->{object} .= '/statuses/1' };

hears 'trap 8, nor is a signature asked for', '8',
    sub {
        $unknown->(), spoil => sub {
            my $h = $_[0]{headers};

            splice @$h, 2 * $_, 2 for grep { $h->[2 * $_] eq 'Signature' }
                reverse 0 .. $#$h / 2;
        };
    },
    sub { became('ignored') && !fetched() },
    change { $_->{object} .= '/statuses/1' };

hears 'trap 8, but of whom we know the key counts', '8',
    sub { stranger(); say(follow()); activity('Delete', me()) },
    sub { became('deleted') && known->{gone} },
    spoil { s/signature="../signature="xx/ for @{ $_->{headers} } };


# Ghost, Threads

sender 'everyone';

for my $to ('as:Public', 'Public', $PUBLIC, ['as:Public']) {
    my $said = ref $to ? "[$to->[0]]" : $to;

    hears "trap 9, to $said", '8',
        sub { activity('Create', note(to => $to, cc => $ACTOR), to => $to) },
        sub { became('kept') && kept('Create') },
        change { $_->{object}{inReplyTo} = $PUBLIC };
}


for my $types (
    ['application/activity+json; charset=utf-8',
        'application/activity+json; charset=latin-1'],
    ['application/activity+json;charset=UTF-8',
        'application/activity+json;version=UTF-8'],
    ['application/ld+json', 'application/ld+xml'],
    ["application/ld+json; $PROFILE",
        'application/ld+json; profile="https://schema.org/"'],
    ["application/ld+json;$PROFILE;charset=utf-8",
        "application/ld+json;$PROFILE;charset=latin-1"],
    ['application/json', 'text/json'],
) {
    my ($good, $bad) = @$types;

    hears "trap 10, $good", '8',
        sub { follow(), type => $good },
        sub { became('accepted') },
        signed type => $bad;
}

for my $types (
    ['application/activity+json; charset=utf-8', 'application/json'],
    ["application/ld+json; $PROFILE", 'application/ld+json'],
) {
    my ($good, $bad) = @$types;

    hears "trap 10, a document in $good", '8',
        sub { stranger(sub { $_->{type} = $good }); follow() },
        sub { became('accepted') },
        documents { $_->{type} = $bad };
}


1;
