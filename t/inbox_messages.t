#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# RFC 9421 at an inbox, by those who mean no good: whatever is spelled
# oddly, covers too little, or says the same thing twice is refused.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::HTTP2;
use Test::Remote;
use Test::Signer;

use Digest::MD5 qw/md5/;
use Digest::SHA qw/sha256 sha512/;
use JSON::PP;
use MIME::Base64 qw/encode_base64/;
use POSIX qw/strftime/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http http_v2/);

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
        listen       127.0.0.1:8081 http2;
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

$_->{signer} = Test::Signer->new($t, $_->{key}) for $bob, $eve;

my $now = time();
my $plain = '"@method" "@target-uri" "content-digest"';

###############################################################################

# what is good

for my $case (
    ['as it is meant'],
    ['without an algorithm', alg => undef],
    ['@authority and @path', list => '"@method" "@authority" "@path"
        "content-digest"'],
    ['in any order, and more', list => '"content-digest" "date" "@scheme"
        "content-type" "host" "@query" "@target-uri" "@method"'],
    ['an odd label', label => '*a-1._'],
    ['white space in the list', list => "  $plain  "],
    ['parameters nobody knows', more => ';nonce="a\"b";tag="x";y;z=?0'],
    ['an end', more => ';expires=' . ($now + 300)],
    ['SHA-512', digest => \&digest512],
    ['both digests, in two lines', digest => sub {
        return (digest256($_[0]), digest512($_[0]));
    }],
    ['a digest of another kind, too', digest => sub {
        return 'md5=:' . base64(md5($_[0])) . ':, ' . digest256($_[0]);
    }],
    ['an alias as Host', host => 'www.acme.example'],
    ['HTTP/2', http2 => 1],
    ['HTTP/2 and an alias', http2 => 1, host => 'www.acme.example'],
    ['a bad one before it', before => 'a=("@method");created=1;keyid="x"',
        value => 'a=:AAAA:'],
    ['a bad one of its own line', lines => 1,
        before => 'a=("@method");created=1;keyid="x"', value => 'a=:AAAA:'],
) {
    my ($name, %o) = @$case;

    is(status(%o), 202, $name);
}

# what is not: the reason is the rule that refused it

my $late = $now + 7200;

for my $case (
    ['@method not covered', qr/target/, list => without('@method')],
    ['@target-uri not covered', qr/target/, list => without('@target-uri')],
    ['no host covered', qr/host/,
        list => '"@method" "@request-target" "content-digest"'],
    ['host only as a field', qr/host/,
        list => '"@method" "@path" "host" "content-digest"'],
    ['the body not covered', qr/digest/, list => without('content-digest')],
    ['Digest instead', qr/digest/, list => '"@method" "@target-uri" "digest"',
        extra => [Digest => 'SHA-256=AAAA']],
    ['a field that is not there', qr/\w/, list => "$plain \"x-gone\"",
        line => { 'x-gone' => '' }],
    ['a field twice in the list', qr/duplicate/,
        list => "$plain " . q{"@method"}],
    ['a field in capitals', qr/\w/, list => "$plain \"Date\""],
    ['a field that is no token', qr/\w/, list => "$plain \"a b\""],
    ['a field without a name', qr/\w/, list => "$plain \"\""],
    ['a component nobody knows', qr/\w/, list => "$plain " . q{"@status"}],
    ['@query-param', qr/\w/, list => "$plain " . q{"@query-param";name="a"}],
    ['@signature-params', qr/\w/, list => "$plain " . q{"@signature-params"}],
    map({ ["a field with $_", qr/\w/,
        list => '"@method" "@target-uri" "content-digest"' . $_ ] }
        qw/;bs ;sf ;tr ;req ;key="sha-256" ;unknown/),
    ['a component that is a token', qr/\w/, list => "$plain date"],

    ['never made', qr/date|created/, created => undef],
    ['made an hour ahead', qr/future|ahead/,
        created => sub { time() + 3700 }],
    ['made an hour ago', qr/old/, created => $now - 3700],
    ['made before the beginning', qr/\w/, created => -1],
    ['made at half a second', qr/\w/, created => "$now.5"],
    ['made at a date', qr/\w/, created => "\@$now"],
    ['made at a text', qr/\w/, created => "\"$now\""],
    ['made in a number too long', qr/\w/, created => '9' x 16],
    ['made twice', qr/duplicate/, more => ";created=$late"],
    ['over', qr/expired/, more => ';expires=' . ($now - 1)],
    ['over in a year', qr/\w/, more => ';expires=' . ($now + 31536000)],
    ['over never', qr/\w/, more => ';expires="never"'],
    ['a date of long ago that is covered', qr/old/, list => "$plain \"date\"",
        date => 'Sun, 22 Nov 2015 00:00:00 GMT'],

    ['nobody\'s', qr/key/, keyid => undef],
    ['a key that is a token', qr/\w/, more => ';keyid=a', keyid => undef],
    ['two keys', qr/duplicate/,
        more => ';keyid="https://evil.example/u/eve#k"'],
    ['a key at an address', qr/\w/, keyid => 'https://127.0.0.1/k'],
    ['a key that is a path', qr/\w/, keyid => '/u/bob#main-key'],
    ['a key of ours', qr/\w/, keyid => "$actor#main-key"],
    map({ ["algorithm $_", qr/algorithm/, alg => "\"$_\""] }
        qw/ed25519 hmac-sha256 rsa-pss-sha512 ecdsa-p256-sha256 rsa-sha256
           none RSA-V1_5-SHA256/),
    ['an algorithm that is a token', qr/\w/, alg => 'rsa-v1_5-sha256'],
    ['two algorithms', qr/duplicate/, more => ';alg="rsa-v1_5-sha256"'],

    ['the digest of another body', qr/another body/,
        digest => sub { digest256('x') }],
    ['one digest of two wrong', qr/another body/,
        digest => sub { digest256($_[0]) . ', ' . digest512('x') }],
    ['the other one of two wrong', qr/another body/,
        digest => sub { digest256('x') . ', ' . digest512($_[0]) }],
    ['MD5', qr/SHA/, digest => sub { 'md5=:' . base64(md5($_[0])) . ':' }],
    ['SHA-256 in capitals', qr/\w/,
        digest => sub { 'SHA-256=' . base64(sha256($_[0])) }],
    ['a digest that is a text', qr/\w/,
        digest => sub { 'sha-256="' . base64(sha256($_[0])) . '"' }],
    ['a digest in a list', qr/\w/,
        digest => sub { 'sha-256=(:' . base64(sha256($_[0])) . ':)' }],
    ['a digest twice', qr/\w/,
        digest => sub { (digest256('x'), digest256($_[0])) }],
    ['a short digest', qr/\w/,
        digest => sub { 'sha-256=:' . base64(substr sha256($_[0]), 1) . ':' }],
    ['no digest', qr/\w/, digest => sub { }],

    ['a label twice', qr/duplicate/, before => 'sig1=("@method")',
        value => 'sig1=:AAAA:'],
    ['five labels', qr/\w/, value => 'a=:AA==:', before => join ', ',
        map { "$_=(\"\@method\")" } qw/a b c d/],
    ['two labels, of which none is good', qr/\w/, alg => '"none"',
        before => 'a=("@method");created=1', value => 'a=:AAAA:'],
    ['signed under another label', qr/\w/, signed_as => 'sig2'],
    ['a comma too many', qr/\w/, after => ','],
    ['a label in capitals', qr/\w/, label => 'Sig1'],
    ['no list', qr/\w/, raw => 'sig1;created=1;keyid="x"'],
    ['nothing at all', qr/\w/, raw => ''],
    ['a value that is a text', qr/\w/, quote => '"'],
    ['a value that is empty', qr/\w/, signature => ''],
    ['a value of another length', qr/\w/, signature => 'AAAA'],

    ['another method signed', qr/match/, line => { '@method' => 'GET' }],
    ['another target signed', qr/match/,
        line => { '@target-uri' => "$actor/outbox" }],
    ['another host signed', qr/match/,
        line => { '@target-uri' => "https://evil.example$inbox" }],
    ['another scheme signed', qr/match/,
        line => { '@target-uri' => "http://acme.example$inbox" }],
    ['a query that nobody signed', qr/target/, uri => "$inbox?a=b",
        list => '"@method" "@authority" "@path" "content-digest"'],
    ['an empty query that nobody signed', qr/target/, uri => "$inbox?",
        list => '"@method" "@authority" "@path" "content-digest"'],
    ['to a host that is not ours', qr/host/, host => 'other.example'],
    ['HTTP/2, to a host that is not ours', undef, host => 'other.example',
        http2 => 1],
    ['HTTP/2, without a digest', undef, list => without('content-digest'),
        http2 => 1],
) {
    my ($name, $reason, %o) = @$case;

    my $r = request(%o);

    is($o{http2} ? $r : $r && $r->status, 401, "$name: refused");
    like($r && $r->json && $r->json->{error}, $reason, "$name: says why")
        if !$o{http2};
}

# whose it is

is(status(by => $eve), 403, 'for somebody else');
is(status(by => $eve, keyid => $bob->key_id), 401,
    'with a key that is not its own');

# both schemes: what the newer one says counts

my $follow = follow();
my %old = @{ $bob->sign($inbox, $follow) };

for my $case (
    ['both, in one value', alg => '"none"', after_value => ", $old{Signature}"],
    ['both, in two lines', extra => [Signature => $old{Signature}]],
    ['the older one, beside a list of nothing', raw => '',
        replace => $old{Signature}],
    ['the older one, beside a list', replace => $old{Signature}],
) {
    my ($name, %o) = @$case;

    is(status(%o, body => $follow, extra => [Date => $old{Date},
        Digest => $old{Digest}, @{ $o{extra} || [] }]), 401, $name);
}

# once more, under another label: it is what it was

my $once = follow();

is(status(body => $once), 202, 'once');
is(status(body => $once, label => 'again'), 202, 'again: the same answer');
is($t->sql('SELECT count(*) FROM activitypub.received WHERE activity_id = '
    . "'" . decode_json($once)->{id} . "'"), 1, 'and kept once');

# a field in many lines is joined to one

my @lines = ('x' x 28) x 900;
my $before = memory();

is(status(list => "$plain \"a\"", line => { a => join ', ', @lines },
    extra => [map { (a => $_) } @lines], http2 => $_), 202,
    'a field of many lines' . ($_ ? ', HTTP/2' : '')) for 0, 1;
cmp_ok(memory() - $before, '<', 4096, 'takes no memory to speak of, in kB');

done_testing();

###############################################################################

sub follow {
    return JSON::PP->new->canonical->encode($bob->activity('Follow', $actor));
}


sub base64 { return encode_base64($_[0], '') }

sub digest256 { return 'sha-256=:' . base64(sha256($_[0])) . ':' }

sub digest512 { return 'sha-512=:' . base64(sha512($_[0])) . ':' }


sub without {
    my ($name) = @_;

    return join ' ', grep { $_ ne "\"$name\"" } split / /, $plain;
}


sub status {
    my $r = request(@_);

    return ref $r ? $r->status : $r;
}


# a POST, signed as "o" wants it; over HTTP/2 its status alone

sub request {
    my (%o) = @_;

    my $body = $o{body} // follow();
    my $uri = $o{uri} || $inbox;
    my $host = $o{host} || 'acme.example';
    my @headers = headers($body, $uri, $host, %o);

    return http_post($uri, headers => [Host => $host, @headers],
        body => $body) unless $o{http2};

    my $c = Test::HTTP2->new(port => port(8081));

    for (my $i = 0; $i < @headers; $i += 2) {
        $headers[$i] = lc $headers[$i];
    }

    my @fields = (':method' => 'POST', ':scheme' => 'http', ':path' => $uri,
        ':authority' => $host, 'content-length' => length $body, @headers);

    for (my $type = 'HEADERS'; @fields; $type = 'CONTINUATION') {
        $c->headers([splice @fields, 0, 4000], type => $type,
            open => scalar @fields);
    }

    $c->data($body);

    return $c->outcome;
}


sub headers {
    my ($body, $uri, $host, %o) = @_;

    my $by = $o{by} || $bob;
    my $list = $o{list} || $plain;
    my $label = $o{label} || 'sig1';
    my @digest = ($o{digest} || \&digest256)->($body);
    my @extra = @{ $o{extra} || [] };

    $list =~ s/\n\s+/ /g;

    my %line = (
        '@method' => 'POST', '@target-uri' => "https://acme.example$uri",
        '@authority' => 'acme.example', '@scheme' => 'https', '@query' => '?',
        '@path' => $uri =~ s/\?.*//sr, '@request-target' => $uri,
        'content-digest' => join(', ', @digest), host => $host,
        'content-type' => 'application/activity+json',
        date => $o{date}
            || strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime $now),
        %{ $o{line} || {} },
    );

    my $created = exists $o{created} ? $o{created} : $now;

    $created = $created->() if ref $created;

    my $keyid = exists $o{keyid} ? $o{keyid} : $by->key_id;
    my $alg = exists $o{alg} ? $o{alg} : '"rsa-v1_5-sha256"';

    my $input = "($list)" . (defined $created ? ";created=$created" : '')
        . (defined $keyid ? ";keyid=\"$keyid\"" : '')
        . (defined $alg ? ";alg=$alg" : '') . ($o{more} // '');

    my $text = join '', map { /"(.*)"/ ? "\"$1\": " . ($line{$1} // '') . "\n"
        : '' } split / +/, $list;

    $text .= "\"\@signature-params\": $input";

    my $quote = $o{quote} || ':';
    my $value = $o{signature} // base64($by->{signer}->sign($text));

    $value = ($o{signed_as} || $label) . "=$quote$value$quote";
    $input = $o{raw} // "$label=$input" . ($o{after} // '');

    my @inputs = grep { defined } $o{before}, $input;
    my @values = grep { defined } $o{value}, $value . ($o{after_value} // '');

    @inputs = join ', ', @inputs unless $o{lines};
    @values = join ', ', @values unless $o{lines};
    @values = $o{replace} if $o{replace};

    my @headers = (
        'Content-Type' => 'application/activity+json', Date => $line{date},
        map({ ('Content-Digest' => $_) } @digest),
        map({ ('Signature-Input' => $_) } @inputs),
        map({ (Signature => $_) } @values),
    );

    # one that is given stands for ours

    my %given = @extra;

    for (my $i = 0; $i < @headers; $i += 2) {
        splice @headers, $i, 2 if $headers[$i] eq 'Date' && $given{Date};
    }

    return (@headers, @extra);
}


# the most that a worker ever had, in kB

sub memory {
    my $most = 0;

    for my $pid ($t->workers) {
        open my $f, '<', "/proc/$pid/status" or next;

        for (grep { /^VmHWM:/ } <$f>) {
            $most = $1 if /(\d+)/ && $1 > $most;
        }
    }

    return $most;
}

###############################################################################
