package Test::Attacks::Wire;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A request of a play as it goes over the wire: its target, its headers, its
# body to the byte, and how it is to be signed.
#
#     my @requests = Test::Attacks::Wire::of($world, $tag, $p, $request,
#         host => 'few.example');
#     my $bytes = Test::Attacks::Wire::body($json);
#
# They are what Test::Attacks::World's send() takes.

use warnings;
use strict;
use utf8;

use JSON::PP ();

use Test::Attacks::Mutate;
use Test::Attacks::Words;

my $JSON = JSON::PP->new->canonical->allow_nonref;


# one, but for "each": that is one to each of our URLs

sub of {
    my ($world, $tag, $p, $request, %o) = @_;

    my $headers = $request->{headers} || {};
    my @headers = ref $headers eq 'ARRAY' ? @$headers
        : map { my $name = $_; map { ($name => $_) } ref $headers->{$name}
            ? @{ $headers->{$name} } : $headers->{$name} } sort keys %$headers;
    my %given = map { (lc $headers[$_ * 2] => 1) } 0 .. @headers / 2 - 1;
    my $body = body($request->{body});

    if ($request->{size}) {
        $body =~ s/\}\z//;
        $body .= ',"x":"';
        $body .= 'x' x ($request->{size} - length($body) - 2) . '"}';
    }

    push @headers, 'Content-Type' => 'application/activity+json'
        if defined $body && !$given{'content-type'};

    my %r = (method => $request->{method}, headers => \@headers,
        host => $o{host} // 'site.example', body => $body,
        target => $world->path($request->{path}));

    $r{sent_host} = _taken(\@headers, 'host') if $given{host};

    if (my $sign = $request->{sign}) {
        my $evil = "https://evil.$tag.example/u/e";
        my $victim = "https://victim.$tag.example/u/v#k";

        $r{sign} = { %$sign, keyId => $sign->{keyId} // "$evil#k",
            key => $p->{world}{key} // $sign->{key} // 'evil',
            victim_key => $victim };
        $r{sign}{mutate} = [map { /key_?id/i ? s/:victim$/:$victim/r : $_ }
            Test::Attacks::Mutate::words($sign->{mutate})];
    }

    return \%r if !$request->{each};

    return map { +{ %r, headers => [@headers], target => $world->path($_) } }
        @Test::Attacks::Words::ENDPOINTS, '/ap/inbox';
}


# out of a list of headers: the value of one

sub _taken {
    my ($headers, $name) = @_;

    for (my $i = 0; $i < @$headers; $i += 2) {
        return (splice @$headers, $i, 2)[1] if lc $headers->[$i] eq $name;
    }

    return;
}


# JSON, and what stands for it: a string is sent as it is; what is repeated
# is spelt out, and escapes are

sub body {
    my ($body) = @_;

    return if !defined $body;

    if (!ref $body) {
        utf8::encode($body) if utf8::is_utf8($body);

        if ($body =~ s/,\xe2\x80\xa6\}$//) {
            $body .= join '', map { qq(,"k$_":0) } 1 .. 500_000;
            $body .= '}';
        }

        $body = $1 x $2 if $body =~ /^(.{1,20})\xc3\x97(\d+)$/s;

        return $body =~ s/\\x([0-9a-f]{2})/chr hex $1/gier;
    }

    my $text = $JSON->encode(_long($body));

    utf8::encode($text);

    # of what was escaped twice once is left: "\\u0000"

    return $text =~ s/\\\\(u[0-9a-f]{4}|[rnt](?![a-z]))/\\$1/gr;
}


sub _long {
    my ($what) = @_;

    return +{ map { ($_ => _long($what->{$_})) } keys %$what }
        if ref $what eq 'HASH';

    if (ref $what eq 'ARRAY') {
        my @list;

        for my $element (@$what) {
            if (!ref $element && ($element // '') =~ /^\x{2026}\x{d7}(\d+)$/) {
                push @list, ($list[-1]) x ($1 - @list);

            } elsif (!ref $element && ($element // '') =~ /^<(\d+) images>/) {
                push @list, map { { type => 'Image', mediaType => 'image/png',
                    url => "https://image$_.example/x.png" } } 1 .. $1;

            } else {
                push @list, _long($element);
            }
        }

        return \@list;
    }

    return $what if !defined $what || ref $what;
    return $1 x $2 if $what =~ /^(.{1,20})\x{d7}(\d+)$/s;
    return $what;
}


1;
