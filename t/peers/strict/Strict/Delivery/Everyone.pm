package Strict::Delivery::Everyone;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What one of the other systems demands, or several; and what comes of a
# delivery that is tried again.

use warnings;
use strict;

use Strict;
use Strict::Delivery;

system_of 'everyone';


# Pleroma, PeerTube, Flipboard

row 'the host has no port', '1.4' => create =>
    sub { $_->header('Host') eq facts->{host} },
    header 'Host', 'pleroma.example:443';

row 'PeerTube: the date is of the last half an hour', '1.3' => create =>
    sub { abs(age) < 1800 },
    header 'Date', 'Sun, 06 Nov 1994 08:49:37 GMT';

row 'the date has the form that all of them read', '1.4' => create =>
    sub { defined age },
    header 'Date', 'Sunday, 06-Nov-94 08:49:37 GMT';

row 'Flipboard: another content type is 415', '3' => create =>
    sub { type ne 'application/json' },
    header 'Content-Type', 'application/json';

for my $name (qw/Host Date Digest Signature Content-Type Content-Length/) {
    row "$name is there once", '1.1' => create =>
        sub { lines($name) == 1 },
        sub {
            push @{ $_->{headers} }, [ $name, $_->header($name) ];
        };
}

row 'the length is that of the body', '7' => create =>
    sub { $_->header('Content-Length') == length $_->body },
    body sub { $_ .= ' ' };

row 'the body has no encoding', '7' => article =>
    sub {
        !defined $_->header('Content-Encoding')
            && !defined $_->header('Transfer-Encoding');
    },
    header 'Content-Encoding', 'gzip';

for my $what (qw/accept create update delete/) {
    row "nothing is null: $what", '6' => $what =>
        sub { !nulls(json) },
        edit { $_->{object}{content} = undef };

    row "the signature is of this request: $what", '1.1' => $what =>
        sub {
            covered(qw/(request-target) host date digest/) && digested
                && verifies;
        },
        body sub { s/"id":/"iD":/ };
}


# once more

row 'the body is the same, byte for byte', '1.3' => retry =>
    sub { $_->body eq first_try->body && $_->body =~ /^\{/ },
    body sub { s/,/, / };

row 'so is the id', '1.3' => retry =>
    sub { json->{id} eq first_try->json->{id} },
    edit { $_->{id} .= '1' };

row 'and the inbox', '1.3' => retry =>
    sub { $_->url eq first_try->url },
    target sub { s!^!/users/lain! };

row 'the signature is another, and good', '1.3' => retry =>
    sub {
        $_->header('Signature') ne first_try->header('Signature')
            && verifies;
    },
    sub { $_->header('Signature', first_try->header('Signature')) };


1;
