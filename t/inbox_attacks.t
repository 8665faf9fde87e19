#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What somebody might try with a signature, a body or an activity that is
# nearly right: refused or without an effect, and never a crash.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Remote;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/);

$t->write_file_expand('nginx.conf', <<'EOC')->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }
    }
}

EOC

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $inbox = '/activitypub/inbox';
my $actor = 'https://acme.example/activitypub/news';
my $eve = Test::Remote->new($t, 'https://evil.example/u/eve')->known;
my $victim = Test::Remote->new($t, 'https://victim.example/u/v')->known;

is($victim->post($inbox, $victim->activity('Follow', $actor))->status, 202,
    'the victim follows');
my $before = state();

###############################################################################

# signatures: what is done to a good one

my %signature = (
    'two keyIds' => [sub { s!keyId=!keyId="https://victim.example/k",keyId=! }],
    'two lists of headers' => [sub { s/headers=/headers="date",headers=/ }],
    'a header twice in the list' => [sub { s/host date/host date date/ }],
    'a header that is not there' => [sub { s/host date/host x-none date/ }],
    'an unterminated value' => [sub { s/"$// }],
    'escapes in the keyId' => [sub { s/keyId="https:/keyId="https:\\\\/ }],
    'no keyId' => [sub { s/keyId="[^"]*",// }],
    'no signature' => [sub { s/,signature=.*// }],
    'an empty signature' => [sub { s/signature=".*"/signature=""/ }],
    'a longer signature' => [sub { s/signature="/signature="AAAA/ }],
    'no base64' => [sub { s/signature="..../signature="!!!!/ }],
    'zeros' => [sub { s/signature=".*"/'signature="' . 'A' x 342 . '=="'/e }],
    'ed25519' => [sub { s/rsa-sha256/ed25519/ }],
    'rsa-pss' => [sub { s/rsa-sha256/rsa-pss-sha256/ }],
    'none' => [sub { s/rsa-sha256/none/ }],
    'a thousand parameters' =>
        [sub { $_ = join(',', map { "p$_=1" } 1 .. 300) . ",$_" }],
    'expires in the past' => [sub { s/algorithm/expires=1,algorithm/ }],
    'a keyId of 3000 bytes' => [sub { s/eve#/('x' x 3000) . '#'/e }],
    'a keyId with a user' => [sub { s!//evil!//v\@evil! }],
    'a keyId over http' => [sub { s!https://evil!http://evil! }],
    'a keyId with a port' => [sub { s!evil.example/!evil.example:8443/! }],
    'a keyId of an address' => [sub { s!evil.example!127.0.0.1! }],
    'a keyId of a single label' => [sub { s!evil.example!localhost! }],
    'a javascript keyId' => [sub { s/keyId="[^"]*"/keyId="javascript:1"/ }],
);

for my $name (sort keys %signature) {
    my $r = $eve->post($inbox, $eve->activity('Follow', $actor), change => sub {
        header($_[0], Signature => $signature{$name}[0]);
    });

    like($r && $r->status, qr/^40[01]$/, "signature: $name");
}

# the lines of the request

my %lines = (
    'two Signatures' => [Signature => 'keyId="https://victim.example/k"'],
    'Signature-Input, too' => ['Signature-Input' => 'sig1=("@method")'],
    'Authorization, too' => [Authorization => 'Signature keyId="https://x/k"'],
    'two Digests' => [Digest => 'SHA-256=' . 'A' x 43 . '='],
    'two Dates' => [Date => 'Mon, 01 Jan 2024 00:00:00 GMT'],
);

for my $name (sort keys %lines) {
    my $r = $eve->post($inbox, $eve->activity('Like', 'https://x.example/1'),
        change => sub { push @{ $_[0]{headers} }, @{ $lines{$name} } });

    like($r && $r->status, $name =~ /Authorization/ ? qr/^(?:40[01]|202)$/
        : qr/^40[01]$/, "lines: $name");
}

# what others say who we are

my $r = $eve->post($inbox, $eve->activity('Like', 'https://x.example/1'),
    host => 'other.example', change => sub {
        push @{ $_[0]{headers} }, 'X-Forwarded-Host' => 'acme.example',
            Forwarded => 'host=acme.example';
    });

isnt($r->status, 202, 'X-Forwarded-Host means nothing');

# activities: signed well, by who may not

my $follow = $eve->activity('Follow', $actor);
my %activity = (
    'by the victim' => [403, %$follow, actor => $victim->uri],
    'by us' => [403, %$follow, actor => $actor],
    'by two' => [400, %$follow, actor => [$eve->uri, $victim->uri]],
    'of two things' => [400, %$follow, object => [$actor, $actor]],
    'of nothing' => [400, %$follow, object => undef],
    'of somebody else' => [202, %$follow, object => $victim->uri],
    'of an actor that is not there' => [202, %$follow,
        object => 'https://acme.example/activitypub/nobody'],
    'with an id of the victim' => [403, %$follow,
        id => 'https://victim.example/1'],
    'with a number for an id' => [400, %$follow, id => 7],
    'with a relative id' => [400, %$follow, id => '/1'],
    'with a list of types' => [400, %$follow, type => ['Follow', 'Delete']],
    'with a number for a type' => [400, %$follow, type => 7],
    'undoing the victim\'s' => [403, %{ $eve->activity('Undo', {
        id => 'https://victim.example/f', type => 'Follow',
        actor => $victim->uri, object => $actor }) }],
    'deleting the victim' => [403, %{ $eve->activity('Delete',
        $victim->uri) }],
    'creating in the name of the victim' => [403, %{ $eve->activity('Create', {
        id => 'https://victim.example/n', type => 'Note',
        attributedTo => $victim->uri, inReplyTo => "$actor/1",
        content => 'x' }) }],
    'accepting what nobody asked' => [202, %{ $eve->activity('Accept',
        'https://acme.example/activitypub/news/activities/1') }],
);

for my $name (sort keys %activity) {
    my ($status, %what) = @{ $activity{$name} };
    my $r = $eve->post($inbox, \%what);

    is($r && $r->status, $status, "activity: $name");
}

# bodies that are nearly JSON

my $like = JSON::PP->new->canonical->encode(
    $eve->activity('Follow', $actor));
my %body = (
    'NUL in the actor' => $like =~ s/eve/eve\\u0000/r,
    'NUL in the type' => $like =~ s/Follow/Follow\\u0000/r,
    'a BOM' => "\xef\xbb\xbf$like",
    'UTF-16' => join('', map { "$_\0" } split //, $like),
    'two documents' => $like . $like,
    'a comment' => "/* x */$like",
    'single quotes' => $like =~ tr/"/'/r,
    'a comma too many' => $like =~ s/\}$/,}/r,
    'an infinite number' => $like =~ s/^\{/{"n":1e999,/r,
    'NaN' => $like =~ s/^\{/{"n":NaN,/r,
    'a huge integer' => $like =~ s/^\{/{"n":1180591620717411303424,/r,
    'an overlong sequence' => $like =~ s/^\{/{"n":"\xc0\x80",/r,
    '@reverse' => $like =~ s/^\{/{"x":[{"\@reverse":{}}],/r,
    'null' => 'null',
    'a word' => '"x"',
);

for my $name (sort keys %body) {
    my $r = $eve->post($inbox, $body{$name});

    is($r && $r->status, 400, "body: $name");
}

is(state(), $before, 'nothing has come of any of it');

done_testing();

###############################################################################

sub header {
    my ($request, $name, $change) = @_;

    my $headers = $request->{headers};

    for (my $i = 0; $i < @$headers; $i += 2) {
        next if $headers->[$i] ne $name;

        local $_ = $headers->[$i + 1];
        $change->();
        $headers->[$i + 1] = $_;
    }
}


sub state {
    return $t->sql("SELECT string_agg(f::text, E'\\n' ORDER BY f::text)
        FROM activitypub.follower f") . '|' . $t->sql("SELECT count(*)
        FROM activitypub.received");
}

###############################################################################
