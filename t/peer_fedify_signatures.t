#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What Fedify signs and what we sign is caught on its way and sent on: one
# bit changed is refused by the other side, the unchanged twin is accepted.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Catch;
use Test::Peer;
use Test::Site;

use Digest::SHA qw/sha256_base64/;

###############################################################################

# What is changed, for both directions: the byte behind the pattern.  Of the
# body it is the activity's id, to make it another, as good as the first.

my $id = qr/\r\n\r\n.*?"id": ?"https:[^"]*?(?=\d)/s;

my %spoil = (
    'body' => sub { flip($_[0], $id) },
    'date' => sub { flip($_[0], qr/^date: .*:\d(?=\d GMT\r$)/mi) },
    'host' => sub { flip($_[0], qr/^host: [a-z]+(?=[a-z]\.)/mi) },
    'target' => sub { flip($_[0], qr!^\w+ /\w+/\w+(?=\w[/ ])!) },
    'digest' => sub { flip($_[0], qr/^digest: SHA-256=[AaZz+\/]*/mi) },
    'signature' => sub {
        flip($_[0], qr/^signature: .*signature="[AaZz+\/]*/mi)
    },
    'body and digest' => sub {
        my $bytes = flip($_[0], $id);
        my ($body) = $bytes =~ /\r\n\r\n(.*)/s;
        my $digest = sha256_base64($body) . '=';

        $bytes =~ s/^(digest: SHA-256=)\S+/$1$digest/mi or die;

        return $bytes;
    },
);

# where they are, for all their other bits

my %place = (
    'body' => qr/\r\n\r\n\K.*/s,
    'date' => qr/^date: \K[^\r]*/mi,
    'digest' => qr/^digest: \K[^\r]*/mi,
    'host' => qr/^host: \K[^\r]*/mi,
    'target' => qr/^\w+ \K\S*/,
);

my $rig = Test::Rig->new->trusted;
my $t = Test::Nginx->new()->has(qw/http_ssl/)->plan(111);
my $peer = Test::Peer->start('fedify', ca => $rig->ca_file);

# Both servers of Fedify's show their actors only to who signs.  What goes
# to site.example, which is not there yet, and to far.example is caught.

listen_at('peer.example', '8.8.4.4', qw/ann/);
listen_at('far.example', '8.8.4.5', qw/cat cau/);

my $catch = Test::Catch->start($rig, '8.8.4.9', 'site.example', 'far.example');

###############################################################################

# what Fedify signs

my $inbox = "$ACTOR/inbox";
my @follows = map { "https://peer.example/follows/$_" } 0 .. keys %spoil;

follow('peer.example', 'ann', $_) for @follows;

my ($first, @caught) = $catch->requests('site.example', 'POST');

is(@caught, @follows, 'Fedify has sent');
like($first, qr/^signature-input: sig1=/mi, 'at first by RFC 9421');
is(grep({ /^signature-input:/mi } @caught), 0, 'then not any more');
like($caught[0], qr!^signature:[ ]keyId="https://peer\.example/users/ann\#
    main-key",algorithm="rsa-sha256",headers="\(request-target\)[ ]!xmi,
    'but as the draft has it');

run_site($t, $rig, server => <<'EOC');
activitypub_actor newr {
    url  /newr;
}
location = /status {
    activitypub_status  json;
}
EOC

my %reason = (
    'body' => 'digest_mismatch',
    'date' => 'signature_mismatch',
    'host' => 'signed_for_other_host',
    'target' => 'signature_mismatch',
    'digest' => 'digest_mismatch',
    'signature' => 'signature_mismatch',
    'body and digest' => 'signature_mismatch',
);

# by RFC 9421

my %message = (
    %place,
    'components' => qr/^signature-input: sig1=\K\([^)]*\)/mi,
    'created' => qr/^signature-input: .*;created=\K\d+/mi,
    'digest' => qr/^content-digest: sha-256=:\K[^:]*/mi,
    'signature' => qr/^signature: sig1=:\K[^:]*/mi,
);

for my $what (sort keys %message) {
    is_deeply([sweep($first, $message{$what}, 'site.example')], [],
        "RFC 9421, $what changed anywhere: refused");
}

refused(flip($first, $id), 'digest_mismatch', 'RFC 9421, body changed');
refused(flip($first, qr/^date: .*:\d(?=\d GMT\r$)/mi),
    'signature_mismatch', 'RFC 9421, date changed');

is(rows("WHERE activity_id = '$follows[0]'"), 0, 'RFC 9421: not kept');
is($rig->answer('site.example', $first)->status, 202,
    'RFC 9421, unchanged: accepted');
is(rows("WHERE activity_id = '$follows[0]'"), 1, 'RFC 9421: kept');

# by the draft

for my $what (sort keys %spoil) {
    my $follow = shift @follows;
    my $bytes = shift @caught;

    refused($spoil{$what}->($bytes), $reason{$what}, "$what changed");
    is($rig->answer('site.example', $bytes)->status, 202,
        "$what unchanged: accepted");
    is(rows("WHERE activity_id = '$follow'"), 1, "$what unchanged: kept");
}

for my $what (sort keys %place) {
    is_deeply([sweep($caught[0], $place{$what}, 'site.example')], [],
        "$what changed anywhere: refused");
}

is(rows("WHERE activity_id = '$follows[0]'"), 0, 'and not kept');
is($rig->answer('site.example', $caught[0])->status, 202,
    'all of it unchanged: accepted');

# whose key it was

is($rig->get('https://peer.example/users/ann', accept =>
    'application/activity+json')->status, 401, 'who does not sign gets no key');

my ($get) = requests('peer.example', GET => '/users/ann');

is($get->{status}, 200, 'we got it');
is($get->{signer}, "$ORIGIN/activitypub/actor",
    'as our instance actor, says Fedify');

###############################################################################

# what we sign: posts to a follower whose inbox is not where it should be

my $cat = 'https://far.example/users/cat';

$t->sql(<<"EOC");
WITH r AS (
    INSERT INTO activitypub.remote_actor (uri, host, inbox)
    VALUES ('$cat', 'far.example', '$cat/inbox')
    RETURNING id
)
INSERT INTO activitypub.follower (actor, remote_actor, inbox, follow_id)
SELECT a.id, r.id, '$cat/inbox', '$cat/follow'
  FROM activitypub.actor AS a, r WHERE a.uri = '$ACTOR';
EOC

my @pages = map { "/posts/$_.html" } qw/one two three four five six seven
    eight/;
my @posts = map { publish($t, url => $_, title => "At $_",
    content => '<p>A post.</p>') } @pages;

ok($t->wait_for(sub {
    $catch->requests('far.example', 'POST') == @posts;
}, 20), 'all posts are sent');

my %sent = map { /"object": ?\{.*?"id": ?"([^"]+)"/s ? ($1, $_) : () }
    $catch->requests('far.example', 'POST');

for my $what (sort keys %spoil) {
    my $id = shift @posts;
    my $before = verified();

    is(fedify($spoil{$what}->($sent{$id})), 401,
        "$what changed: Fedify refuses it");
    is_deeply(verified(), $before, "$what changed: and does not believe it");
    is(fedify($sent{$id}), 202, "$what unchanged: Fedify accepts it");
    is(verified()->[-1], $id, "$what unchanged: and has the post");
}

# a context that it cannot load is an internal error to Fedify

for my $what (sort keys %place) {
    is_deeply([sweep($sent{$posts[0]}, $place{$what}, 'far.example',
        address => '8.8.4.5', refused => qr/^[45]/)], [],
        "$what changed anywhere: Fedify refuses it");
}

is(fedify($sent{$posts[0]}), 202, 'all of it unchanged: Fedify accepts it');

# by RFC 9421, for who takes nothing else

$catch->takes('rfc9421');

my $last = publish($t, url => '/posts/nine.html', title => 'Nine',
    content => '<p>The last one.</p>');

ok($t->wait_for(sub { grep { /\Q$last\E/ && /^signature-input:/mi }
    $catch->requests('far.example', 'POST') }, 20), 'knocked once more');

my ($newer) = grep { /\Q$last\E/ && /^signature-input:/mi }
    $catch->requests('far.example', 'POST');

is(fedify(flip($newer, $id)), 401, 'RFC 9421, body changed: refused');
is(fedify(flip($newer, qr/^signature-input: .*;created=\d+(?=\d)/mi)), 401,
    'RFC 9421, time changed: refused');
is(fedify($newer), 202, 'RFC 9421, unchanged: Fedify accepts it');
is(verified()->[-1], $last, 'and has the post');

# a GET of a key

follow('far.example', 'cat', 'https://far.example/follows/1');

my ($fetch) = $catch->requests('far.example', 'GET');

is(fedify($fetch), 200, 'a signed GET: Fedify accepts it');

for my $what (qw/date host target signature/) {
    is(fedify($spoil{$what}->($fetch)), 401, "$what of a GET changed");
}

###############################################################################

sub listen_at {
    my ($host, $address, @actors) = @_;

    $rig->elsewhere($host, $address);
    $peer->ask(listen => { host => $host, address => $address,
        actors => \@actors, authorized => 1, $rig->key_files($host) })
        or die "no server $host\n";
}


sub follow {
    my ($host, $name, $id) = @_;

    $peer->ask(send => { host => $host, actor => $name, to => $ACTOR,
        inbox => "$ACTOR/inbox", quiet => 1, activity => { type => 'Follow',
        id => $id, actor => "https://$host/users/$name",
        object => $ACTOR } });
}


# the lowest bit of the byte behind the pattern, and nothing else

sub flip {
    my ($bytes, $pattern) = @_;

    $bytes =~ /$pattern/g or die "no $pattern in:\n$bytes";
    substr($bytes, pos $bytes, 1) ^= "\1";

    return $bytes;
}


# Two bits of every byte there, of 60 in a long text: the lowest, and the one
# between small and capital letters.  Returns what was not refused.

sub sweep {
    my ($bytes, $place, $host, %o) = @_;

    $bytes =~ $place or die "no $place in:\n$bytes";

    my ($from, $to) = ($-[0], $+[0]);
    my $step = 1 + int(($to - $from) / 60);
    my $refused = delete $o{refused} || qr/^4/;
    my @accepted;

    for (my $at = $from; $at < $to; $at += $step) {
        for my $bit ("\x01", "\x20") {
            my $changed = $bytes;

            substr($changed, $at, 1) ^= $bit;

            my $r = $rig->answer($host, $changed, %o);

            push @accepted, $changed
                unless $r && $r->status =~ $refused;
        }
    }

    return @accepted;
}


# by us: 401, with this reason and no other, and no trace of it

sub refused {
    my ($bytes, $reason, $name) = @_;

    my $before = rows();
    my $status = counters();
    my $r = $rig->answer('site.example', $bytes);

    $status->{refused}{$reason}++;

    is($r->status, 401, "$name: refused");
    is_deeply(counters(), $status, "$name: because of it");
    is(rows(), $before, "$name: not kept");
}


sub rows {
    return $t->sql("SELECT count(*) FROM activitypub.received "
        . ($_[0] // ''));
}


sub counters {
    my $json = $rig->get("$ORIGIN/status")->json;

    return { map { $_ => $json->{$_} } qw/received refused/ };
}


# the answer of the Fedify behind far.example

sub fedify {
    my ($bytes) = @_;

    return $rig->answer('far.example', $bytes, address => '8.8.4.5')->status;
}


# the posts that it believed

sub verified {
    return [ map { $_->{object}{id} }
        @{ $peer->ask(received => { host => 'far.example' }) } ];
}


sub requests {
    my ($host, $method, $target) = @_;

    return grep { $_->{method} eq $method && $_->{target} eq $target
        && $_->{headers}{signature} }
        @{ $peer->ask(requests => { host => $host }) };
}

###############################################################################
