#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# "apctl verify": a request that was saved, step by step, and with each of
# them the answer of a running nginx to the very bytes: the codes are the
# same.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Apctl;
use Test::Nginx;
use Test::Remote;
use Test::Signer;

use JSON::PP;

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
    }
}

EOC

$t->wait_document("/activitypub/$_", host => 'acme.example')
    or die "no actor $_\n" for qw/news actor/;

my $inbox = '/activitypub/news/inbox';
my $actor = 'https://acme.example/activitypub/news';
my $file = $t->testdir . '/request.http';
my @db = ('--db', $t->conninfo =~ s/user=\S+/user=postgres/r);
my @names = map { ('--origin', "https://$_") }
    qw/acme.example www.acme.example/;

my $bob = Test::Remote->new($t, 'https://remote.example/u/bob')->known;
my $eve = Test::Remote->new($t, 'https://evil.example/u/eve',
    like => $bob)->known;
my $mal = Test::Remote->new($t, 'https://bad.example/u/mal',
    like => $bob)->known;
my $odd = Test::Remote->new($t, 'https://odd.example/u/odd')->known;

my $signer = Test::Signer->new($t, $bob->{key});

$_->{signer} = $signer for $bob, $eve, $mal;

# whose key is another one than it signs with

$odd->{signer} = $signer;

$t->sql("SELECT activitypub.block_domain('bad.example')");
$t->wait_for(sub { http(bytes(by => $mal)) =~ /"domain_blocked"/ }, 20)
    or die "nobody is blocked\n";

###############################################################################

# each step, and the same bytes to nginx

my $follow = sub { $bob->activity('Follow', $actor, @_) };

my $note = { type => 'Note', id => 'https://evil.example/n/1',
    attributedTo => 'https://evil.example/u/eve' };

for my $case (
    ['draft-cavage', 'authorise', 'accepted'],
    ['RFC 9421', 'authorise', 'accepted', message => 1],
    ['no type', 'request', 'content_type_not_accepted', type => 'text/plain'],
    ['compressed', 'request', 'content_encoding_not_accepted',
        extra => ['Content-Encoding' => 'gzip']],
    ['unsigned', 'signature', 'signature_required',
        change => header('Signature')],
    ['two signatures', 'signature', 'header_duplicate', change => sub {
        push @{ $_[0]{headers} }, Signature => 'a' }],
    ['no value', 'signature', 'signature_no_value', message => 1,
        change => header('Signature')],
    ['garbage', 'signature', 'signature_malformed',
        change => header(Signature => 'x')],
    ['an algorithm', 'signature', 'signature_algorithm',
        algorithm => 'rsa-sha1'],
    ['no host', 'covered', 'host_not_signed',
        covered => '(request-target) date digest'],
    ['no digest', 'covered', 'digest_not_signed',
        covered => '(request-target) host date'],
    ['an absent header', 'covered', 'signed_header_absent',
        covered => '(request-target) host date digest x-gone',
        extra => ['X-Gone' => 'a'], change => header('X-Gone')],
    ['another host', 'host', 'signed_for_other_host',
        host => 'other.example'],
    ['an old one', 'date', 'signature_too_old', time => time() - 7200],
    ['one to come', 'date', 'signature_in_future', time => time() + 7200],
    ['no date', 'date', 'date_malformed', date => 'yesterday'],
    ['MD5', 'digest', 'digest_not_sha256', digest => 'MD5=aaaa'],
    ['a digest', 'digest', 'digest_malformed', digest => 'SHA-256=a'],
    ['another body', 'digest', 'digest_mismatch',
        change => sub { $_[0]{body} .= ' ' }],
    ['another body, RFC 9421', 'digest', 'digest_mismatch', message => 1,
        change => sub { $_[0]{body} .= ' ' }],
    ['a key of ours', 'key id', 'key_id_not_accepted',
        key_id => "$actor#main-key"],
    ['the key of the site', 'key id', 'key_id_not_accepted',
        key_id => 'https://acme.example/activitypub/actor#main-key'],
    ['a key at an address', 'key id', 'key_id_not_accepted',
        key_id => 'https://127.0.0.1/k'],
    ['blocked', 'policy', 'domain_blocked', by => $mal],
    ['another target', 'match', 'signature_mismatch',
        change => sub { $_[0]{uri} .= '?' }],
    ['another target, RFC 9421', 'match', 'signature_mismatch', message => 1,
        change => sub { $_[0]{uri} .= '?' }],
    ['another key', 'match', 'signature_mismatch', by => $odd],
    ['no JSON', 'JSON', 'json_malformed', what => '{'],
    ['a JSON-LD keyword', 'JSON', 'json_keyword', what => '{"@graph":[]}'],
    ['no activity', 'activity', 'no_type', what => '{"id":"https://a.example"}'],
    ['no actor', 'activity', 'no_actor', what => $follow->(actor => undef)],
    ['of another', 'authorise', 'key_of_another_actor',
        what => $eve->activity('Follow', $actor)],
    ['in an id of another', 'authorise', 'id_of_another_origin',
        what => $follow->(id => 'https://evil.example/a/1')],
    ['the note of another', 'authorise', undef,
        what => $bob->activity('Update', $note)],
    ['of no effect', 'authorise', undef, what => $bob->activity('Move', 'x')],
    ['an alias', 'authorise', 'accepted', host => 'acme.example',
        change => header(Host => 'www.acme.example'), args => \@names],
) {
    my ($name, $step, $code, %o) = @$case;

    my $bytes = bytes(%o);
    my $result = verify($bytes, '--now', @{ $o{args} || [] });
    my $answer = http($bytes);
    my ($status) = $answer =~ m!^HTTP/1.1 (\d+)!;
    my ($told) = $answer =~ /"code":"(\w+)"/;

    is($result->{code}, $code, "$name: the code") if $code;
    is($result->{status}, $status, "$name: the status");
    is($told, $status == 202 ? undef : $result->{code},
        "$name: that of nginx");
    is($result->{steps}[-1]{step}, $step, "$name: the last step");
    is($result->{exit}, $result->{code} eq 'accepted' ? 0 : 1,
        "$name: the exit code");
}

# an actor whom nobody knows says that it is gone

my $gone = Test::Remote->new($t, 'https://gone.example/u/g', like => $bob);

$gone->{signer} = $signer;

my $bytes = bytes(by => $gone, what => $gone->activity('Delete', $gone->uri));

is(verify($bytes)->{code}, 'ignored', 'a farewell of nobody');
like(http($bytes), qr/ 202 /, 'and nginx');

# a key that nobody has looked for

$bytes = bytes(by => $gone);

is(verify($bytes)->{exit}, 3, 'unknown key');
like((run($bytes))[1], qr!"apctl fetch https://gone.example/u/g"!,
    'and who is to be asked for it');

# keys of files, and no database

my $old = bytes(time => time() - 86400 * 40);
my @alone = ('--origin', 'https://acme.example');
my $multikey = 'z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2';

for my $case (
    ['a PEM', 'accepted', $bob->pem],
    ['an actor', 'accepted', $bob->document],
    ['a key', 'accepted', $bob->key],
    ['an actor by another name', 'key_not_accepted', $eve->document],
    ['a key by another name', 'key_not_accepted', $bob->key(id => 'https:'
        . '//remote.example/u/bob#other')],
    ['a key that is over', 'key_not_accepted', $bob->key(expires =>
        '2020-01-01T00:00:00Z')],
    ['a Multikey of Ed25519', 'signature_algorithm', $multikey],
    ['no key', 'key_not_accepted', 'abc'],
    ['JSON that is none', 'key_not_accepted', '{'],
) {
    my ($name, $code, $key) = @$case;

    $t->write_file('key', ref $key ? encode_json($key) : $key);

    my ($exit, $out, $err) = run($old, '--json', @alone, '--key',
        $t->testdir . '/key');

    is(eval { decode_json($out)->{code} }, $code, "$name of a file")
        or diag($err);
}

$t->write_file('key', $bob->pem);

my @key = (@alone, '--key', $t->testdir . '/key');

is(verify_alone($old, '--now')->{code}, 'signature_too_old', 'now');
is(verify_alone($old, '--at', '2026-01-31T18:00:00Z')->{status}, 401,
    'at a time');

# line ends, chunks, what follows

my $lf = bytes();
my ($head, $body) = split /\r\n\r\n/, $lf, 2;

is(verify_alone("$head\r\n\r\n$body\n")->{code}, 'accepted', 'a line more');
is(verify_alone($head =~ s/\r//gr . "\n\n$body")->{code}, 'accepted', 'LF');
is(verify_alone($head =~ s/\r\nContent-Length: \d+//r . "\r\n\r\n$body")
    ->{code}, 'accepted', 'up to the end');

my $chunked = $head =~ s/Content-Length: \d+/Transfer-Encoding: chunked/r
    . "\r\n\r\n" . sprintf('%x', length($body) - 5) . "\r\n"
    . substr($body, 0, -5) . "\r\n5\r\n" . substr($body, -5)
    . "\r\n0\r\n\r\n";

is(verify_alone($chunked)->{code}, 'accepted', 'chunks');
like(http($chunked), qr/ 202 /, 'nginx takes them');

# for people; what is signed

my ($exit, $out) = run(bytes(message => 1), '--base', @key);

is($exit, 0, 'for people');
like($out, qr/^ok +signature +RFC 9421, label sig1/m, 'scheme and label');
like($out, qr/^ok +key +RSA, of the file/m, 'which key');
like($out, qr/^ +\|"\@method": POST$/m, 'the base');
like($out, qr/^accepted: .*; answered 202$/m, 'the end of it');

is(verify_alone(bytes(), '--base')->{bases}[0] =~ /^\(request-target\): post /,
    1, 'the base in JSON');

# a GET

my @get = (headers => $bob->sign('/a?b', '', method => 'GET',
    covered => '(request-target) host date'));

is(verify_alone(raw('GET', '/a?b', '', @get))->{code}, 'valid', 'a GET');
is(verify_alone(raw('GET', '/a?c', '', @get))->{code}, 'signature_mismatch',
    'of something else');

# what is no request

for my $case (
    ['nothing', '', 1, qr/does not begin with a line like/],
    ['HTTP/2', "PRI * HTTP/2.0\r\n\r\n", 1, qr/does not begin/],
    ['no header', "POST / HTTP/1.1\r\n", 1, qr/no empty line/],
    ['half a line', "POST / HTTP/1.1\r\nHost\r\n\r\n", 1, qr/that is none/],
    ['half a body', "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc", 1,
        qr/ends before its body/],
    ['two lengths', "POST / HTTP/1.1\r\nContent-Length: 9\r\n"
        . "Transfer-Encoding: chunked\r\n\r\nabc", 1, qr/in a wrong way/],
    ['no chunks', "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx",
        1, qr/chunks that are none/],
    ['a long header', "POST / HTTP/1.1\r\nA: " . 'a' x 65536 . "\r\n\r\n", 1,
        qr/longer than 65536 bytes/],
    ['a long body', "POST / HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n", 1,
        qr/longer than 1048576 bytes/],
    ['a byte of 0', "POST / HTTP/1.1\r\n\r\n\0", 1, qr/byte of value 0/],
) {
    my ($name, $bytes, $code, $sentence) = @$case;

    $t->write_file('request.http', $bytes);
    fails($name, $code, $sentence, 'verify', $file, @key);
}

$t->write_file('request.http', $old);

fails('no file', 2, qr/cannot read .*No such file/, 'verify',
    "$file.none", @key);
fails('two times', 2, qr/two times/, 'verify', $file, qw/--now --at/,
    '2026-01-31T18:00:00Z', @key);
fails('no time', 2, qr/is no time/, 'verify', $file, '--at', 'now', @key);
fails('no origin', 2, qr/is no origin/, 'verify', $file, '--origin',
    'https://acme.example/x', '--key', $t->testdir . '/key');
fails('no database', 69, qr/./, 'verify', $file, '--db', 'host=none');

# nothing is lost, nothing is read that was not written

SKIP: {
    skip('the sanitizers see it', 1) if $ENV{SANITIZE};
    skip('valgrind is not installed', 1)
        if system('valgrind --version > /dev/null 2>&1') != 0;

    my @valgrind = (qw/valgrind -q --error-exitcode=90 --leak-check=full/,
        '--errors-for-leak-kinds=definite,indirect,possible');

    $t->write_file('key', encode_json($bob->document));

    for (['draft-cavage', 0, [bytes(), @db]],
        ['RFC 9421', 0, [bytes(message => 1), '--base', '--json', @key]],
        ['chunks', 0, [$chunked, @key]],
        ['a key that is not known', 3, [bytes(by => $gone), @db]],
        ['no signature', 1, [bytes(change => header('Signature')), @key]])
    {
        my ($name, $code, $args) = @$_;
        my ($in, @args) = @$args;

        is((apctl({ in => $in, run => \@valgrind }, 'verify', '-', @args))[0],
            $code, "$name: under valgrind");
    }
}

done_testing();

###############################################################################

# all that is sent; Date and signature are those of now

sub bytes {
    my (%o) = @_;

    my $by = $o{by} || $bob;
    my $what = $o{what} // $by->activity('Follow', $actor);
    my ($uri, %r) = $by->_request($inbox, $what, %o);

    return raw('POST', $uri, $r{body}, headers => $r{headers});
}


sub raw {
    my ($method, $uri, $body, %o) = @_;

    my @headers = (@{ $o{headers} }, Connection => 'close');
    my $text = "$method $uri HTTP/1.1\r\n";

    push @headers, 'Content-Length' => length $body if $method eq 'POST';

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    return "$text\r\n$body";
}


# takes a header away, or gives it another value

sub header {
    my ($name, $value) = @_;

    return sub {
        my ($request) = @_;
        my @old = @{ $request->{headers} };
        my @new;

        while (my ($n, $v) = splice @old, 0, 2) {
            push @new, $n, $n eq $name ? $value : $v
                unless $n eq $name && !defined $value;
        }

        $request->{headers} = \@new;
    };
}


sub run {
    my ($bytes, @args) = @_;

    return apctl({ in => $bytes }, 'verify', '-',
        (grep { $_ eq '--key' } @args) ? () : @db, @args);
}


sub verify {
    my ($bytes, @args) = @_;
    my ($exit, $out, $err) = run($bytes, '--json', @args);

    my $result = eval { decode_json($out) } || { code => "$out$err" };

    return { %$result, exit => $exit };
}


sub verify_alone { verify(@_, @key) }

###############################################################################
