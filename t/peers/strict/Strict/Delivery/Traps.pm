package Strict::Delivery::Traps;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The ten traps, as far as they lie in what is sent; Strict::Inbox::Traps has
# the others.

use warnings;
use strict;

use MIME::Base64 qw/decode_base64 encode_base64/;

use Strict;
use Strict::Delivery;

my $PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';


system_of 'Threads';

for my $what (qw/accept create update delete retry/) {
    row "trap 1, a digest in small letters: $what", '8' => $what =>
        sub { $_->header('Digest') =~ /^SHA-256=/ && digested },
        sub {
            my $digest = $_->header('Digest');

            $digest =~ s/SHA/sha/;
            $_->header('Digest', $digest);
        };
}

row 'trap 2, an Accept with a mere URI', '8' => accept =>
    sub {
        json->{type} eq 'Accept' && json->{object}{type} eq 'Follow'
            && text(json->{object}{id}) && url(json->{object}{actor})
            && url(json->{object}{object});
    },
    edit { $_->{object} = $_->{object}{id} };

for my $what (qw/create update delete/) {
    row "trap 9, as:Public: $what", '8' => $what =>
        sub { json->{to}[0] eq $PUBLIC },
        edit { $_->{to} = ['as:Public'] };

    row "trap 9, a single \"to\": $what", '8' => $what =>
        sub { list(json->{to}) },
        edit { $_->{to} = $PUBLIC };
}


system_of 'Misskey';

row 'trap 3, an Article of more than 64 KiB', '8' => article =>
    sub { length $_->body > 50_000 && length $_->body < 65536 },
    body sub { $_ .= ' ' x 16384 };


system_of 'WordPress';

row 'trap 4, hs2019 or no algorithm', '8' => create =>
    sub { parameter('algorithm') eq 'rsa-sha256' && verifies },
    sub {
        my $signature = $_->header('Signature');

        $signature =~ s/rsa-sha256/hs2019/;
        $_->header('Signature', $signature);
    };

row 'trap 4, a key so long that another hash is taken', '8' => create =>
    sub {
        pem(key_of) eq 'RSA 2048'
            && length(decode_base64(parameter('signature'))) == 256;
    },
    sub {
        my $long = encode_base64('x' x 512, '');
        my $signature = $_->header('Signature');

        $signature =~ s/signature="[^"]*"/signature="$long"/;
        $_->header('Signature', $signature);
    };

row 'trap 7, a query that is not signed', '8' => create =>
    sub { $_->{target} =~ /\?rest_route=/ && verifies },
    target sub { s/\?.*// };

row 'trap 7, nor that of a document', '8' => get =>
    sub { $_->{target} =~ /\?author=/ && verifies },
    target sub { s/\?.*// };


# Friendica's five minutes

system_of 'everyone';

row 'trap 6, an old date on a second try', '8' => retry =>
    sub {
        sent_at() >= retried_at() && age() <= 300
            && $_->header('Date') ne first_try->header('Date') && verifies;
    },
    sub {
        for my $name (qw/Date Signature/) {
            $_->header($name => first_try->header($name));
        }
    };


system_of 'GoToSocial';

for my $what (qw/accept create update delete/) {
    row "trap 10, a parameter of the content type: $what", '8' => $what =>
        sub { $_->header('Content-Type') eq 'application/activity+json' },
        header 'Content-Type', 'application/activity+json; version=1';
}

row 'trap 10, ld+json without its profile', '8' => create =>
    sub { type eq 'application/activity+json' },
    header 'Content-Type', 'application/ld+json';


1;
