#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Each refusal has one code: in the answer, in one line of error.log with who
# it was, and in status.  Nobody writes into the log what he likes, nor as
# much as he likes.

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

worker_processes 1;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    error_log  seen.log warn;
    error_log  all.log info;

    activitypub_database "%%DATABASE%%";

    server {
        listen       127.0.0.1:8080;
        server_name  acme.example;

        activitypub_actor news { }

        location = /status {
            activitypub_status json;
        }
    }
}

EOC

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $inbox = '/activitypub/inbox';
my $actor = 'https://acme.example/activitypub/news';
my $bob = Test::Remote->new($t, 'https://remote.example/u/bob')->known;
my $key = quotemeta 'https://remote.example/u/bob#main-key';
my $tail = qr/, client: 127\.0\.0\.1, server: acme\.example, request: "POST /;

###############################################################################

# every code is in the manual

my $manual = slurp("$FindBin::Bin/../docs/TROUBLESHOOTING.md");
my @codes;

for my $file (qw/fedi_refusal fedi_signature_reason fedi_verdict/) {
    my $table = slurp("$FindBin::Bin/../ngx_http_activitypub_module/core/"
        . "$file.c");

    push @codes, $table =~ /\{ fedi_string\("(\w+)"\),\n/g;
}

cmp_ok(@codes, '>', 80, 'codes');
is_deeply([grep { !/^(?:valid|accepted)$/ && $manual !~ /`$_`/ } @codes], [],
    'are in the manual');

# what was wrong, its status, and who is known by then

my @cases = (
    ['signature_too_old', 401, $key, '', time => 1_000_000_000],
    ['digest_mismatch', 401, $key, '',
        digest => 'SHA-256=' . 'A' x 43 . '='],
    ['digest_malformed', 401, $key, '', digest => 'SHA-256=x'],
    ['content_type_not_accepted', 415, '', '', type => 'text/html'],
    ['json_malformed', 400, $key, '', body => '{'],
    ['json_keyword', 400, $key, '', body => '{"@graph":[]}'],
    ['json_too_complex', 400, $key, '',
        body => '{"a":' . '[' x 40 . ']' x 40 . '}'],
    ['no_type', 400, $key, '', body => '{"id":"https://remote.example/1",'
        . '"actor":"https://remote.example/u/bob"}'],
    ['key_of_another_actor', 403, $key, quotemeta 'https://evil.example/u/eve',
        body => { %{ $bob->activity('Like', $actor) },
            actor => 'https://evil.example/u/eve' }],
);

for my $case (@cases) {
    my ($code, $status, $who, $as, %o) = @$case;

    my $before = counted($code);
    my $r = $bob->post($inbox, delete $o{body} // mild(), %o);

    is($r->status, $status, $code);
    is($r->json->{code}, $code, '... the answer says so');
    like($r->json->{error}, qr!^[a-z][\w ,/+-]+$!, '... and in a sentence');
    is(counted($code), $before + 1, '... status counts it');

    my $sentence = quotemeta $r->json->{error};
    my @lines = lines("refused $status $code: ");

    is(@lines, 1, '... one line');
    like($lines[0], qr/\[warn\] .*activitypub:\ refused\ $status\ $code:
        \ "$sentence",\ key:\ "$who",\ actor:\ "$as"$tail/x,
        '... with who and why');
    pause();
}

# nobody's fault, or as it was wanted: not at level warn

is(http_get('/activitypub/nobody', host => 'acme.example')->json->{code},
    'not_found', 'a GET has a code');
is(lines('not_found'), 0, '... and no line');
cmp_ok(counted('not_found'), '>', 0, '... and is counted');
is(request('PUT', $inbox)->json->{code}, 'method_not_allowed', 'a method');
is(lines('method_not_allowed'), 0, '... is no warning');
is(lines('method_not_allowed', 'all.log'), 1, '... but a line');

# what others sent goes into the log as one line, and not all of it

my $long = 'x' x 999;

pause();
is($bob->post($inbox, mild(), time => 1_000_000_000, change => sub {
    my ($with) = @_;

    s!keyId="[^"]*"!keyId="https://evil.example/\xff\x80'$long"!
        for @{ $with->{headers} };
})->json->{code}, 'signature_too_old', 'a long key id');

my ($line) = grep { /evil\.example/ } lines('signature_too_old');

like($line, qr!key: "https://evil\.example/\\xFF\\x80'x{200,250}\.\.\.", !,
    'escaped, and cut');

pause();
is($bob->post($inbox, { %{ $bob->activity('Like', $actor) },
    actor => qq!https://evil.example/u/"\\\n[error]! })->json->{code},
    'actor_malformed', 'an actor that is none');
is((grep { /^\[error\]/ } split /\n/, $t->read_file('seen.log')), 0,
    'has no line of its own');

# a storm: so many lines, and one that says how many more

pause();

my $before = counted('signature_required');
my $start = time;

my $c = http_connect();

for (1 .. 400) {
    $c->send("POST $inbox HTTP/1.1\r\nHost: acme.example\r\n"
        . "Content-Type: application/activity+json\r\n"
        . "Content-Length: 2\r\n\r\n{}");
    $c->response;
}

my $seconds = time - $start + 1;

is(counted('no_type') + counted('signature_required') - $before
    - 1, 400, 'all are counted');
ok($t->wait_for(sub {
    left_out() + lines('signature_required: ') + lines('no_type: ') - 1
        == 400
}), 'each has a line, or is in one that sums up')
    or diag(left_out());
cmp_ok(lines('signature_required: ') + lines('no_type: '), '<=',
    10 * ($seconds + 1) + 1, 'ten lines a second');
cmp_ok(scalar(() = $t->read_file('seen.log') =~ /more requests/g), '<=',
    $seconds + 1, 'and one');

###############################################################################

sub slurp {
    open my $f, '<', $_[0] or die "$_[0]: $!\n";
    local $/;

    return scalar <$f>;
}


sub mild {
    return $bob->activity('Listen', 'https://remote.example/song');
}


sub counted {
    return http_get('/status', host => 'acme.example')
        ->json->{refused}{$_[0]} // 0;
}


sub lines {
    my ($text, $file) = @_;

    return grep { /\Q$text\E/ }
        split /\n/, $t->read_file($file // 'seen.log');
}


sub left_out {
    my $n = 0;

    $n += $_
        for $t->read_file('seen.log') =~ /refused (\d+) more requests/g;

    return $n;
}


sub request {
    my ($method, $uri) = @_;

    my $c = http_connect();

    $c->send("$method $uri HTTP/1.1\r\nHost: acme.example\r\n\r\n");

    return $c->response;
}


# the lines of another second

sub pause { select undef, undef, undef, 0.11 }

###############################################################################

done_testing();
