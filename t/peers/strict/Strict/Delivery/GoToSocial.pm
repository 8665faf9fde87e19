package Strict::Delivery::GoToSocial;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

use warnings;
use strict;

use Strict;
use Strict::Delivery;

my $AS2 = 'https://www.w3.org/ns/activitystreams';

system_of 'GoToSocial';


row 'the content type is activity+json', '1.4' => create =>
    sub { type eq 'application/activity+json' },
    header 'Content-Type', 'application/json';

row 'somebody says who sends', '12' => create =>
    sub { ($_->header('User-Agent') // '') =~ m!^\S+/\S+ \(\+https://! },
    header 'User-Agent', undef;

row 'and who asks', '12' => get =>
    sub { ($_->header('User-Agent') // '') =~ m!^\S+/\S+ \(\+https://! },
    header 'User-Agent', '';

row 'it has no shared inbox: its own gets it', '3' => create =>
    sub { $_->url eq facts->{inbox} },
    target sub { s!.*!/inbox! };

row 'the signature is of this request', '1.1' => create =>
    sub { covered(qw/(request-target) host date digest/) && verifies },
    header 'Date', 'Sun, 06 Nov 1994 08:49:37 GMT';

row 'a GET is signed', '1.4' => get =>
    sub { covered(qw/(request-target) host date/) && verifies },
    header 'Signature', undef;

row 'for this document', '1.4' => get =>
    sub { verifies },
    target sub { s/zork/zorkk/ };

row 'by the instance actor, whose key is had unsigned', '1.4' => get =>
    sub {
        parameter('keyId') eq "https://$HOST/activitypub/actor#main-key"
            && verifies;
    },
    header 'Signature', qq{keyId="$ACTOR#main-key"};

row 'a GET takes ld+json with the profile, or activity+json', '7' => get =>
    sub {
        my $accept = $_->header('Accept');

        $accept =~ m!application/activity\+json!
            && $accept =~ m!application/ld\+json; ?profile="\Q$AS2\E"!;
    },
    header 'Accept', 'application/json';

row 'an Accept holds the id of its Follow', '5' => accept =>
    sub { json->{object}{id} eq follow_sent->{id} },
    edit { delete $_->{object}{id} };

row 'an Accept is for the follower', '5' => accept =>
    sub { json->{to}[0] eq facts->{actor} },
    edit { $_->{to} = [] };

row 'the author of a post is who sends it', '5' => create =>
    sub { json->{object}{attributedTo} eq json->{actor} },
    edit { $_->{object}{attributedTo} .= '2' };

row 'an edit too', '5' => update =>
    sub {
        json->{object}{attributedTo} eq json->{actor}
            && json->{object}{id} =~ /^\Q$ACTOR\E/;
    },
    edit { $_->{actor} .= '2' };

row 'a Delete names what it deletes', '5' => delete =>
    sub { json->{object}{id} =~ /^\Q$ACTOR\E/ && json->{actor} eq $ACTOR },
    edit { delete $_->{object}{id} };


1;
