#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Who may post to an inbox: one bit of body, date, host, target or digest
# changed after it was signed is refused, the unchanged twin is accepted.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Remote;

use Digest::SHA qw/sha256 sha512/;
use MIME::Base64 qw/encode_base64/;

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
        server_name  acme.example www.acme.example;

        activitypub_actor news { }
        activitypub_actor blog { url /blog; }
    }
}

EOC

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news blog actor/;

my $inbox = '/activitypub/news/inbox';
my $actor = 'https://acme.example/activitypub/news';
my $bob = Test::Remote->new($t, 'https://remote.example/u/bob')->known;
my $eve = Test::Remote->new($t, 'https://evil.example/u/eve')->known;

###############################################################################

# each change of what is signed, and its unchanged twin

my %spoil = (
    'the body' => sub { $_[0]{body} =~ s/Follow/Follov/ },
    'a space at the end of the body' => sub { $_[0]{body} .= ' ' },
    'the date' => sub {
        replace($_[0], Date => sub { s/(\d\d) GMT/($1 ^ 1) . ' GMT'/e })
    },
    'the host' => sub {
        replace($_[0], Host => sub { s/acme/acmd/ })
    },
    'the target' => sub { $_[0]{uri} =~ s/news/blog/ },
    'a query' => sub { $_[0]{uri} .= '?' },
    'the digest' => sub {
        replace($_[0], Digest => sub { s/=(.)/'=' . chr(ord($1) ^ 1)/e })
    },
    'the signature' => sub {
        replace($_[0], Signature => sub { s/(signature="..)(.)/
            $1 . ($2 eq 'A' ? 'B' : 'A')/xe })
    },
    'the key id' => sub {
        replace($_[0], Signature => sub { s/#main-key/#main-kez/ })
    },
    'body and digest' => sub {
        $_[0]{body} =~ s/Follow/Fellow/;
        replace($_[0], Digest => sub {
            $_ = 'SHA-256=' . encode_base64(sha256($_[0]), '')
        }, $_[0]{body});
    },
);

for my $what (sort keys %spoil) {
    my $follow = $bob->activity('Follow', $actor);
    my $before = received();

    # another key would have to be fetched, and cannot be had here

    refused($bob->post($inbox, $follow, change => $spoil{$what}),
        $what eq 'the key id' ? 503 : 401, "$what changed");
    is(received(), $before, "$what changed: nothing is kept");
    is($bob->post($inbox, $follow)->status, 202, "$what unchanged");
}

# what has to be covered

for my $name (qw/(request-target) host date digest/) {
    my $covered = join ' ', grep { $_ ne $name }
        qw/(request-target) host date digest/;

    refused($bob->post($inbox, follow(), covered => $covered), 401,
        "$name not covered");
}

is($bob->post($inbox, follow(),
    covered => 'digest date content-type host (request-target)')->status, 202,
    'in any order, and more');
is($bob->post($inbox, follow(), algorithm => 'hs2019')->status, 202,
    'hs2019');
is($bob->post($inbox, follow(), algorithm => 'hs2019', created => time(),
    covered => '(request-target) host (created) digest')->status, 202,
    '(created)');
refused($bob->post($inbox, follow(), algorithm => 'rsa-sha1'), 401,
    'rsa-sha1');
refused($bob->post($inbox, follow(), algorithm => 'hmac-sha256'), 401,
    'hmac-sha256');

# dates

is($bob->post($inbox, follow(), time => time() - 3500)->status, 202,
    'almost an hour ago');
refused($bob->post($inbox, follow(), time => time() - 3700), 401,
    'more than an hour ago');
refused($bob->post($inbox, follow(), time => time() + 3700), 401,
    'more than an hour ahead');
refused($bob->post($inbox, follow(), date => 'yesterday'), 401, 'no date');

# hosts: the signature may name the authority where the request has an alias

is($bob->post($inbox, follow(), change => sub {
    replace($_[0], Host => sub { $_ = 'www.acme.example' })
})->status, 202, 'an alias');
refused($bob->post($inbox, follow(), host => 'other.example'), 401,
    'another host');

# digests

my $body = JSON::PP->new->encode(follow());
my $both = 'SHA-256=' . encode_base64(sha256($body), '') . ',SHA-512=';

is($bob->post($inbox, $body, digest => $both
    . encode_base64(sha512($body), ''))->status, 202, 'two digests');
refused($bob->post($inbox, $body, digest => $both
    . encode_base64(sha512("$body "), '')), 401, 'of which one is wrong');
refused($bob->post($inbox, $body, digest => 'MD5=aaaa'), 401, 'MD5');

# twice where once may be

for my $name (qw/Date Digest Host Signature/) {
    my $r = $bob->post($inbox, follow(), change => sub {
        my ($q) = @_;
        my %h = @{ $q->{headers} };

        push @{ $q->{headers} }, $name => $h{$name};
    });

    is($r->status, 400, "$name twice");
}

# other schemes, and none

refused($bob->post($inbox, follow(), change => sub {
    push @{ $_[0]{headers} }, 'Signature-Input' => 'sig1=("@method")';
}), 401, 'RFC 9421 beside a good signature');
refused(http_post($inbox, body => JSON::PP->new->encode(follow()),
    headers => [Host => 'acme.example',
        'Content-Type' => 'application/activity+json']), 401, 'no signature');

like(http_post($inbox, body => '{"id":"https://remote.example/a/1",'
    . '"type":"Follow","actor":"https://remote.example/u/bob","object":'
    . '"https://acme.example/activitypub/news"}', host => 'acme.example',
    headers => [Host => 'acme.example',
        'Content-Type' => 'application/activity+json'])
    ->header('WWW-Authenticate'), qr/^Signature /, 'WWW-Authenticate');

# whose key it is

refused($eve->post($inbox, $bob->activity('Follow', $actor)), 403,
    'for somebody else');
refused($eve->post($inbox, { %{ $eve->activity('Follow', $actor) },
    id => 'https://remote.example/a/2' }), 403, 'with an id of elsewhere');
refused($eve->post($inbox, $bob->activity('Follow', $actor),
    key_id => 'https://remote.example/u/bob#main-key'), 401,
    'in the name of a key that is not its own');
refused($bob->post($inbox, follow(), key_id => "$actor#main-key"), 401,
    'with a key of ours');
refused($bob->post($inbox, follow(), key_id => 'https://127.0.0.1/k'), 401,
    'with a key at an address');

done_testing();

###############################################################################

sub follow { $bob->activity('Follow', $actor) }


sub received {
    return $t->sql('SELECT count(*) FROM activitypub.received');
}


sub refused {
    my ($r, $status, $name) = @_;

    is($r && $r->status, $status, $name)
        or diag($r ? $r->body : 'no response');
    like($r && $r->json && $r->json->{error}, qr/^\w[\w ,\/+-]+$/,
        "$name: says why");
}


sub replace {
    my ($request, $name, $change, @args) = @_;

    my $headers = $request->{headers};

    for my $i (grep { !($_ & 1) } 0 .. $#$headers) {
        next unless $headers->[$i] eq $name;

        local $_ = $headers->[$i + 1];
        $change->(@args);
        $headers->[$i + 1] = $_;
    }
}

###############################################################################
