package Strict::WordPress;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The ActivityPub plugin of WordPress, as the one who verifies our
# signatures and shows our profile.

use warnings;
use strict;

use Strict;

my $AS2 = 'https://www.w3.org/ns/activitystreams';

system_of 'WordPress';

fetch webfinger => Accept => 'application/jrd+json';
fetch '*' => Accept => 'application/activity+json';


row 'WebFinger answers', '2' => webfinger =>
    sub { $_->status == 200 && (links_to('self'))[0] eq $ACTOR },
    edit { $_->{links} = [] };

row 'a key of 2048 bits: larger ones are read as SHA-384 or SHA-512', '1.2' =>
    actor =>
    sub { pem(json->{publicKey}{publicKeyPem}) eq 'RSA 2048' },
    edit { $_->{publicKey}{publicKeyPem} = `openssl genrsa 4096 2>/dev/null \\
        | openssl rsa -pubout 2>/dev/null` };

row 'the key is a SubjectPublicKeyInfo', '1.5' => actor =>
    sub {
        json->{publicKey}{publicKeyPem} =~ /^-----BEGIN PUBLIC KEY-----\n/;
    },
    edit { $_->{publicKey}{publicKeyPem} =~ s/PUBLIC/RSA PUBLIC/g };

row 'the key has the id that signatures name', '1.1' => actor =>
    sub { json->{publicKey}{id} eq "$ACTOR#main-key" },
    edit { $_->{publicKey}{id} = $ACTOR };

row 'the actor has a shared inbox', '10' => actor =>
    sub { same_host(json->{endpoints}{sharedInbox}) },
    edit { delete $_->{endpoints} };

row 'the followers are where synchronisation names them', '5' => actor =>
    sub { same_host(json->{followers}) },
    edit { delete $_->{followers} };

row 'the context names ActivityStreams literally', '3' => actor =>
    sub { context($AS2) },
    edit { shift @{ $_->{'@context'} } };

row 'an activity has its object in it', '5' => activity =>
    sub { json->{type} eq 'Create' && ref json->{object} eq 'HASH' },
    edit { $_->{object} = $_->{object}{id} };

row 'an activity is public', '4' => activity =>
    sub { grep { $_ eq "$AS2#Public" } @{ json->{to} } },
    edit { delete $_->{to} };

row 'a post has one date of publication', '4' => note =>
    sub { date(json->{published}) },
    edit { delete $_->{published} };

row 'a deleted post is a Tombstone', '4' => tombstone =>
    sub { $_->status == 410 && json->{type} eq 'Tombstone' },
    edit { $_->{type} = 'Object' };


1;
