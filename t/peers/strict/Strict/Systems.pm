package Strict::Systems;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# How an actor of each system is named, and how it signs: the facts of the
# survey of the field (wire.md, sections 1, 3, 5 and 12).
#
#   signed   its documents are for signed requests only
#   stub     its key has a URL of its own, where only a part of the actor is
#   order    of the parameters in its Signature

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT = qw/system_names system_facts actor_document key_stub/;

my $AS2 = 'https://www.w3.org/ns/activitystreams';
my $SECURITY = 'https://w3id.org/security/v1';
my $PROFILE = qq{application/ld+json; profile="$AS2"};
my @DRAFT = (covered => '(request-target) host date digest');

my %systems = (
    Mastodon => {
        actor => 'https://mastodon.example/users/alice',
        shared => 'https://mastodon.example/inbox',
        context => [$AS2, $SECURITY, { toot => 'http://joinmastodon.org/ns#',
            atomUri => 'http://ostatus.org#atomUri' }],
        sign => [ covered =>
            'host date content-type digest (request-target)' ],
    },
    GoToSocial => {
        actor => 'https://gotosocial.example/users/zork',
        key => 'https://gotosocial.example/users/zork/main-key',
        context => ['https://gotosocial.org/ns', $AS2],
        signed => 1, stub => 1,
        sign => [ @DRAFT, algorithm => 'hs2019' ],
    },
    Misskey => {
        actor => 'https://misskey.example/users/9abc',
        shared => 'https://misskey.example/inbox',
        context => [$AS2, $SECURITY, { misskey => 'https://misskey-hub.net/ns#',
            _misskey_reaction => 'misskey:_misskey_reaction' }],
        sign => [ covered => '(request-target) date host digest' ],
    },
    Lemmy => {
        actor => 'https://lemmy.example/u/alice',
        shared => 'https://lemmy.example/inbox',
        context => ['https://join-lemmy.org/context.json', $AS2],
        sign => [ covered => '(request-target) content-type date digest host',
            algorithm => 'hs2019' ],
    },
    Pixelfed => {
        actor => 'https://pixelfed.example/users/alice',
        shared => 'https://pixelfed.example/f/inbox',
        context => [$AS2, $SECURITY],
        order => [qw/keyId headers algorithm signature/],
        sign => [ @DRAFT, type => $PROFILE ],
    },
    Threads => {
        actor => 'https://threads.example/ap/users/178/',
        inbox => 'https://threads.example/ap/users/178/inbox/',
        shared => 'https://threads.example/ap/inbox/',
        context => [$AS2],
        signed => 1,
        sign => [@DRAFT],
    },
    WordPress => {
        actor => 'https://wordpress.example/?author=1',
        inbox => 'https://wordpress.example/?rest_route=/activitypub/1.0/'
            . 'actors/1/inbox',
        shared => 'https://wordpress.example/?rest_route=/activitypub/1.0/'
            . 'inbox',
        context => [$AS2, { sensitive => 'as:sensitive' }],
        sign => [
            covered => '(request-target) host date digest '
                . 'collection-synchronization',
            extra => [ 'Collection-Synchronization' => 'collectionId='
                . '"https://wordpress.example/?author=1&followers", '
                . 'url="https://wordpress.example/?sync", digest="'
                . '0' x 64 . '"' ],
        ],
    },

    # what others do that these seven do not

    everyone => {
        actor => 'https://pleroma.example/users/lain',
        shared => 'https://pleroma.example/inbox',
        context => [$AS2, 'https://pleroma.example/schemas/litepub-0.1.jsonld',
            { '@language' => 'und' }],
        sign => [@DRAFT],
    },
);


sub system_names { return sort keys %systems }


sub system_facts {
    my ($name) = @_;

    my $facts = $systems{$name} or die "no system \"$name\"";
    my ($host) = $facts->{actor} =~ m!^https://([^/]+)/!;

    return { inbox => "$facts->{actor}/inbox", key => "$facts->{actor}#main-key",
        host => $host, name => $name, %$facts };
}


# the actor of these facts, with the key

sub actor_document {
    my ($facts, $pem) = @_;

    return {
        '@context' => [$AS2, $SECURITY],
        id => $facts->{actor},
        type => 'Person',
        preferredUsername => 'alice',
        inbox => $facts->{inbox},
        outbox => "$facts->{actor}/outbox",
        $facts->{shared}
            ? (endpoints => { sharedInbox => $facts->{shared} }) : (),
        publicKey => { id => $facts->{key}, owner => $facts->{actor},
            publicKeyPem => $pem },
    };
}


# what GoToSocial has at the URL of the key

sub key_stub {
    my ($document) = @_;

    return { map { $_ => $document->{$_} }
        qw/@context id type preferredUsername publicKey/ };
}


1;
