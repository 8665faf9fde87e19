#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# apctl fetch: a worker of nginx fetches, and says precisely what became of
# it.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Apctl qw/apctl_bin/;
use Test::Nginx;
use Test::Site;

use Encode qw/encode/;
use JSON::PP;

###############################################################################

my $PEER = 'https://peer.example';

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);
my $peer = Test::Nginx->new()->has(qw/http_ssl/);

$t->database;

is((run('https://peer.example/doc'))[0], 3, 'no origin, no fetch');

# the rig's names; of a route, so that they are not addresses of the site's

system(qw{ip route add local 8.8.4.4/31 dev lo}) == 0 or die "no route\n";
$rig->{addresses}{$_} = 1 for qw/8.8.4.4 8.8.4.5/;
$rig->host($_, '8.8.4.4') for qw/peer.example wrong.example/;
$rig->host('closed.example', '8.8.4.5');
$rig->host('private.example', '10.1.2.3');
$rig->host('self.example', '9.9.9.77');

run_peer();

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

run_site($t, $rig);

###############################################################################

my $from = qr/from 8\.8\.4\.4:443, \d+ bytes, \d\.\d{3} s/;
my $to = qr/address 8\.8\.4\.4:443, \d\.\d{3} s/;

my ($code, $out, $err) = run("$PEER/doc");

is($code, 0, 'a document') or diag($err);
is($out, '{"id": "https://peer.example/doc", "type": "Note"}', 'its bytes');
like($err, qr{\Aapctl: $PEER/doc: 200 application/activity\+json \($from\)\n\z},
    'what became of it');
is((run("$PEER/doc", '--quiet'))[2], '', 'or nothing about it');

my ($asked) = $peer->read_file('asked') =~ /^(GET \/doc.*)/m;

like($asked, qr!\|application/activity\+json, application/ld\+json!, 'Accept');
like($asked, qr!\|nginx-activitypub/\S+ .*https://site\.example!, 'User-Agent');
like($asked, qr!keyId="$ORIGIN/activitypub/actor\#main-key",.*
    headers="\(request-target\)\ host\ date",signature=!x,
    'signed by the instance actor');

($code, $out, $err) = run("$PEER/one");

is($code, 0, 'redirected');
is($err =~ s/\d\.\d{3} s/T/r, <<'EOF2', 'every hop');
apctl: https://peer.example/one: 302 (from 8.8.4.4:443)
apctl: https://peer.example/two: 301 (from 8.8.4.4:443)
apctl: https://peer.example/doc: 200 application/activity+json (from 8.8.4.4:443, 50 bytes, T)
EOF2

is((run("$PEER/doc#main-key"))[0], 0, 'a fragment is not asked for');
is(JSON::PP->new->utf8->decode((run($ACTOR))[1])->{id}, $ACTOR,
    'we are not refused');
is(JSON::PP->new->utf8->decode((run("$PEER/own"))[1])->{id}, $ACTOR,
    'nor is a redirect to us');
is((run("$PEER/doc", '--origin', 'site.example'))[0], 0, 'for an origin');
is((run("$PEER/doc", '--origin', 'other.example'))[2],
    "apctl: there is no origin \"other.example\"\n", 'which must be ours');

# what is no document

my $asked_only = 'only https and public names are asked';

for (
    ["$PEER/html", 1,
        qr{answered with text/html, which is not ActivityPub \($from\)}],
    ["$PEER/none", 3, qr/answered 404 \($from\)/],
    ["$PEER/gone", 3, qr/answered 410 \($from\)/],
    ["$PEER/closed", 77, qr/answered 401 \($from\)/],
    ["$PEER/broken", 75, qr/answered 500 \($from\)/],
    ["$PEER/binary", 1, qr/not UTF-8 \($from\)/],
    ["$PEER/nul", 1, qr/not UTF-8 \($from\)/],
    ["$PEER/big", 1, qr/the answer is longer than 1048576 bytes \($to\)/],
    ["$PEER/circle", 1, qr{a redirect in a circle: 302 to $PEER/circle \(},
        "$PEER/circle2"],
    ["$PEER/long1", 1, qr{too many redirects: 302 to $PEER/doc \(},
        "$PEER/long4"],
    ["$PEER/http", 1,
        qr{not a URL that is asked: 302 to http://peer.example/doc \(}],
    ['https://wrong.example/', 75,
        qr/the certificate is for another name \($to\)/],
    ['https://private.example/', 1,
        qr/a private or reserved address \(address 10\.1\.2\.3:443, /],
    ['https://self.example/', 1,
        qr/an address of this host \(address 9\.9\.9\.77:443, /],
    ['https://closed.example/', 75,
        qr/connect failed \(111: Connection refused\) \(address 8\.8\.4\.5:/],
    ['https://unknown.example/', 75,
        qr/the host could not be resolved \(3: Host not found\)/],
    ['http://peer.example/', 1, qr/$asked_only/],
    ['https://127.0.0.1/', 1, qr/$asked_only/],
    ["https://peer.example/\e[2J", 1, qr/$asked_only/,
        'https://peer.example/?[2J'],
    ['x', 1, qr/$asked_only/],
) {
    my ($url, $expected, $why, $last) = @$_;
    my ($code, $out, $err) = run($url);

    $last //= $url;
    ok($code == $expected && $out eq ''
        && $err =~ /^apctl: \Q$last\E was not fetched: (?:not an acceptable URL: )?$why.*\n\z/m,
        $url =~ s/\e/ESC/r) or diag("exit code $code\n$err");
}

is((run('https://peer.example/' . 'x' x 8200))[2],
    "apctl: the arguments of a job have 8232 bytes, and may have 8192\n",
    'no URL is as long as that');

# JSON

my $json = json("$PEER/one");

is_deeply([@$json{qw/url status address content_type location bytes error
    step/}, $json->{later} ? 1 : 0],
    ["$PEER/doc", 200, '8.8.4.4:443', 'application/activity+json', undef, 50,
        undef, undef, 0], 'the whole as JSON');
is_deeply([map { join ' ', @$_{qw/url status address/} } @{ $json->{hops} }],
    ["$PEER/one 302 8.8.4.4:443", "$PEER/two 301 8.8.4.4:443",
        "$PEER/doc 200 8.8.4.4:443"], 'the hops');
is(decode_json($json->{body})->{type}, 'Note', 'the document');
cmp_ok(abs($json->{now} - time), '<', 10, 'the clock');

my %steps = ("$PEER/html" => 'type', "$PEER/none" => 'status',
    "$PEER/circle" => 'redirect', "$PEER/binary" => 'document',
    'https://wrong.example/' => 'tls', 'https://private.example/' => 'address',
    'https://closed.example/' => 'connect',
    'https://unknown.example/' => 'resolve', 'x' => 'url',
    "$PEER/big" => 'answer');

is_deeply({ map { $_ => json($_)->{step} } keys %steps }, \%steps,
    'where it ended');

# a document commands no terminal, in JSON either

my $raw = qr/\xc2[\x80-\x9f]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;

($code, $out) = run("$PEER/commands", '--json');
unlike($out, $raw, 'no control character in JSON');
is(encode('UTF-8', decode_json($out)->{body}), $peer->read_file(
    'html/commands'), 'which means the same');

SKIP: {
    skip 'no script to make a terminal', 2 unless -x '/usr/bin/script';

    my $command = join ' ', map { quotemeta } apctl_bin(), 'fetch',
        "$PEER/commands", '--db', $t->conninfo('postgres');

    open my $terminal, '-|', 'script -qec ' . quotemeta($command)
        . ' /dev/null 2>&1' or die "script: $!";

    $out = do { local $/; <$terminal> };

    like($out, qr/a\\u007fb\\u009b2J\\u0085c \xc3\xa9"/,
        'a document on a terminal');
    unlike($out, $raw, 'no control character there');
}

is($t->sql('SELECT count(*) FROM activitypub.job'), 0, 'nothing is left');

done_testing();

###############################################################################

sub run { return $t->apctl('fetch', @_) }


sub json { return decode_json((run(@_, '--json'))[1]) }


sub run_peer {
    $peer->write_file('html/big', 'x' x 1048577);
    $peer->write_file('html/binary', "\xff\xfe");
    $peer->write_file('html/nul', "{\0}");
    $peer->write_file('html/commands',
        "{\"name\": \"a\x7fb\xc2\x9b2J\xc2\x85c \xc3\xa9\"}");
    $peer->expect(Test::Rig::expected());

    $peer->write_file_expand('nginx.conf', <<"EOF2")->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    log_format    asked  escape=none
                         '\$request|\$http_accept|\$http_user_agent|'
                         '\$http_signature';
    access_log    %%TESTDIR%%/asked asked;
    default_type  application/activity+json;

    server {
        listen       8.8.4.4:443 ssl;
        server_name  peer.example;
        @{[ $rig->certificate('peer.example') ]}

        location = /doc {
            return 200 '{"id": "https://peer.example/doc", "type": "Note"}';
        }

        location = /html {
            default_type  text/html;
            return 200 '<p>Hello.</p>';
        }

        root  %%TESTDIR%%/html;

        location = /none     { return 404; }
        location = /gone     { return 410; }
        location = /closed   { return 401; }
        location = /broken   { return 500; }
        location = /one      { return 302 /two; }
        location = /two      { return 301 https://peer.example/doc; }
        location = /circle   { return 302 /circle2; }
        location = /circle2  { return 302 /circle; }
        location = /long1    { return 302 /long2; }
        location = /long2    { return 302 /long3; }
        location = /long3    { return 302 /long4; }
        location = /long4    { return 302 /doc; }
        location = /http     { return 302 http://peer.example/doc; }
        location = /own      { return 302 $ACTOR; }
    }

    server {
        listen       8.8.4.4:443 ssl;
        server_name  wrong.example;
        @{[ $rig->certificate('peer.example') ]}
    }
}

EOF2
}

###############################################################################
