#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# activitypub_signatures: any location may want to know who sends a request,
# and goes on with it as ever.  Both schemes, all kinds of bodies, all that a
# location may be; the variables; and what is refused, and how.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Backend;
use Test::Documents;
use Test::HTTP2;
use Test::Remote;
use Test::Signer;
use Test::Site;

use Digest::SHA qw/sha256 sha256_hex/;
use JSON::PP ();
use MIME::Base64 qw/encode_base64/;
use POSIX qw/strftime/;
use Time::HiRes qw/sleep time/;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);
my $conf = "$FindBin::Bin/../conf/snippets";

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

my $web = Test::Documents->start($rig, '8.8.4.4', 'far.example',
    'slow.example');

$rig->elsewhere('closed.example', '8.8.8.8');
$t->write_file('sub/page.html', "THE PAGE\n");
$t->write_file('sub/denied.html', "DENIED\n");
$t->write_file('sub/include.html', '[<!--# include virtual="/optional/echo"'
    . ' -->]');
$t->write_file('passwords', 'ann:{PLAIN}secret' . "\n");

$t->run_daemon(\&Test::Backend::run, $t->testdir, http => port(8085),
    fastcgi => port(8086));
$t->wait_for_socket('127.0.0.1:' . port($_)) for 8085, 8086;

run_site($t, $rig, http => <<"EOC", server => <<"EOS");
large_client_header_buffers  4 32k;
client_max_body_size         3m;

log_format sender '\$uri \$status [\$activitypub_key_domain]'
    ' [\$activitypub_actor] [\$activitypub_actor_domain]'
    ' [\$activitypub_signature] [\$activitypub_activity_type]'
    ' [\$activitypub_verdict]';
access_log  %%TESTDIR%%/sender.log sender;

proxy_cache_path  %%TESTDIR%%/kept keys_zone=kept:1m;

limit_req_zone  \$activitypub_key_domain  zone=claims:1m  rate=1r/m;

upstream application {
    server 127.0.0.1:8085;
}

server {
    listen              127.0.0.1:8080;
    server_name         other.example;
    activitypub_origin  https://other.example;

    location /required/ {
        activitypub_signatures  required;
        proxy_pass              http://application/;
    }
}

server {
    listen              127.0.0.1:8080;
    server_name         third.example;
    activitypub_origin  https://third.example;

    location /required/ {
        activitypub_signatures  required;
        proxy_pass              http://application/;
    }
}

server {
    listen       9.9.9.10:443 ssl;
    server_name  plain.example;
    @{[ $rig->certificate('site.example') ]}
}
EOC
listen       127.0.0.1:8080 default_server;
listen       127.0.0.1:8081 http2;
add_header   X-Sender "\$activitypub_signature:\$activitypub_actor" always;
root         %%TESTDIR%%;

location /required/ {
    activitypub_signatures  required;
    include                 $conf/activitypub-sender-proxy.conf;
    proxy_pass              http://application/;

    location /required/off/ {
        activitypub_signatures  off;
        proxy_pass              http://application/;
    }

    location /required/small/ {
        client_max_body_size  100;
        proxy_pass            http://application/;
    }
}

location /optional/ {
    activitypub_signatures  optional;
    include                 $conf/activitypub-sender-proxy.conf;
    proxy_pass              http://application/;
}

location /cut/ {
    client_max_body_size    100;
    activitypub_signatures  optional;
    error_page              400 413 =200 \@named;
    proxy_pass              http://application/;
}

location /short/ {
    client_max_body_size    100;
    activitypub_signatures  optional;
    error_page              400 413 =200 \@short;
    proxy_pass              http://application/;
}

location \@short {
    activitypub_signatures  optional;
    include                 $conf/activitypub-sender-proxy.conf;
    proxy_pass              http://application;
}

location /unbuffered/ {
    activitypub_signatures   required;
    proxy_request_buffering  off;
    proxy_http_version       1.1;
    include                  $conf/activitypub-sender-proxy.conf;
    proxy_pass               http://application/;
}

location /fastcgi/ {
    activitypub_signatures  required;
    fastcgi_param           REQUEST_URI \$request_uri;
    include                 $conf/activitypub-sender-fastcgi.conf;
    fastcgi_pass            127.0.0.1:8086;
}

location /sub/ {
    activitypub_signatures  required;
    error_page              404 =200 /sub/page.html;
}

location /try/ {
    try_files  \$uri /sub/page.html;
}

location /named/ {
    error_page  404 = \@named;
}

location \@named {
    activitypub_signatures  required;
    include                 $conf/activitypub-sender-proxy.conf;
    proxy_pass              http://application;
}

location /lost/ {
    activitypub_signatures  optional;
    error_page              404 = \@lost;
}

location \@lost {
    include     $conf/activitypub-sender-proxy.conf;
    proxy_pass  http://application;
}

location /denied/ {
    activitypub_signatures  required;
    error_page              403 /sub/denied.html;
    deny                    all;
}

location /password/ {
    activitypub_signatures  required;
    satisfy                 any;
    deny                    all;
    auth_basic              "here";
    auth_basic_user_file    %%TESTDIR%%/passwords;
    alias                   %%TESTDIR%%/sub/;
}

location /asked/ {
    activitypub_signatures  required;
    auth_request            /ask;
    alias                   %%TESTDIR%%/sub/;
}

location = /ask {
    internal;
    activitypub_signatures   required;
    proxy_pass               http://application/ask;
    proxy_pass_request_body  off;
    proxy_set_header         Content-Length "";
}

location /fake/ {
    error_page  404 405 =200 /sub/page.html;
}

location /claimed/ {
    limit_req   zone=claims;
    alias       %%TESTDIR%%/sub/;
}

location = /status {
    activitypub_status  json;
}

location /open/ {
    proxy_pass  http://application/;
}

location /limits/ {
    activitypub_signatures  required;
    include                 $conf/activitypub-sender-proxy.conf;

    if (\$arg_if) {
        proxy_pass  http://application;
    }

    limit_except GET {
        allow  all;
    }

    proxy_pass  http://application;
}

location /included/ {
    ssi    on;
    alias  %%TESTDIR%%/sub/;
}

location /mirrored/ {
    mirror                  /mirror;
    activitypub_signatures  required;
    proxy_pass              http://application/;
}

location = /mirror {
    internal;
    proxy_pass  http://application/copy/\$activitypub_actor;
}

location /before/ {
    auth_request            /before;
    activitypub_signatures  required;
    alias                   %%TESTDIR%%/sub/;
}

location = /before {
    internal;
    proxy_pass  http://application/before/\$activitypub_actor;
}

location /kept/ {
    activitypub_signatures  required;
    proxy_cache             kept;
    proxy_cache_valid       200 1m;
    proxy_ignore_headers    Set-Cookie;
    proxy_pass              http://application/;
}

location /filed/ {
    activitypub_signatures    required;
    client_body_in_file_only  clean;
    proxy_pass                http://application/;
}

location /after/ {
    activitypub_signatures  required;
    proxy_pass              http://application/;
    post_action             /required/after;
}

location /nobody/ {
    include     $conf/activitypub-sender-nobody.conf;
    proxy_pass  http://application/;
}
EOS

my $now = time();
my $bob = Test::Remote->new($t, 'https://far.example/u/bob')->known;
my $eve = Test::Remote->new($t, 'https://evil.example/u/eve',
    like => $bob)->known;

$_->{signer} = Test::Signer->new($t, $bob->{key}) for $bob, $eve;

my $activity = JSON::PP->new->canonical->encode(
    $bob->activity('Create', { id => 'https://far.example/notes/1',
        type => 'Note', attributedTo => $bob->uri, content => 'x' }));

###############################################################################

# who it is

my $r = get('/required/echo');

is($r->status, 200, 'GET, draft-cavage: comes through');
is(header($r, 'X-ActivityPub-Actor'), $bob->uri, 'and says who it is');
is(header($r, 'X-ActivityPub-Domain'), 'far.example', 'and where from');
is(header($r, 'X-ActivityPub-Signature'), 'valid', 'and that it is true');
is($r->header('X-Sender'), 'valid:' . $bob->uri, 'in a header of ours, too');

$r = get('/required/echo?a=b', message => 1);
is(header($r, 'X-ActivityPub-Actor'), $bob->uri, 'GET, RFC 9421');

is(header(get('/required/echo?a=b', target => '/required/echo'),
    'X-ActivityPub-Actor'), $bob->uri, 'GET, signed without its query');

$r = post('/required/echo', 'hello', type => 'text/plain');
is($r->status, 200, 'POST, draft-cavage');
is($r->json->{sha256}, sha256_hex('hello'), 'its body is there');

$r = post('/required/echo', 'hello', type => 'text/plain', message => 1);
is(header($r, 'X-ActivityPub-Actor'), $bob->uri, 'POST, RFC 9421');
is($r->json->{sha256}, sha256_hex('hello'), 'its body, too');

is(post('/required/echo', 'hello', type => 'text/plain', method => 'PUT')
    ->json->{sha256}, sha256_hex('hello'), 'PUT');
is(get('/required/echo', method => 'DELETE')->status, 200,
    'DELETE, without a body');

# nobody says so instead

my @lies = map { ($_ => 'https://victim.example/u/v') }
    qw/X-ActivityPub-Actor x-activitypub-actor X-ActivityPub-Domain
       X_ActivityPub_Actor X-ActivityPub-Signature X-ActivityPub-Type/;

$r = get('/required/echo', headers => [@lies, Cookie => 'id=1']);
is(lines($r, 'X.ActivityPub.Actor'), $bob->uri, 'one header says who it is');
unlike("$r", qr/victim/, 'and nothing what the client said');
unlike("$r", qr/^Signature|"(?:Signature|Digest|Cookie)/i,
    'what was signed is not sent on');

$r = request('GET', '/optional/echo', undef, [Host => 'site.example',
    @lies]);
is($r->status, 200, 'optional, not signed: comes through');
is(lines($r, 'X.ActivityPub.Actor'), '', 'as nobody');
is(header($r, 'X-ActivityPub-Signature'), 'none', 'and says so');
unlike("$r", qr/victim/, 'whatever the client said');

$r = request('GET', '/nobody/echo', undef, [Host => 'site.example', @lies]);
is($r->status, 200, 'where nobody is looked for: comes through');
is(lines($r, 'X.ActivityPub.*'), '', 'as nobody');

$r = get('/fastcgi/echo', headers => \@lies);
is($r->json->{env}{HTTP_X_ACTIVITYPUB_ACTOR}, $bob->uri, 'FastCGI: who it is');
unlike("$r", qr/victim/, 'FastCGI: nobody else');
is(grep({ /SIGNATURE|DIGEST/ && !/ACTIVITYPUB/ } keys %{ $r->json->{env} }),
    0, 'FastCGI: no signature');

# all kinds of bodies arrive as they were

for my $to (qw/required unbuffered fastcgi optional filed/) {
    for my $size (0, 1, 8192, 8193, 17_000, 300_000, 2_500_000) {
        my $body = join '', map { chr(($_ * 7 + $size) % 256) }
            1 .. ($size > 9000 ? 9000 : $size);

        $body = substr $body x (1 + $size / 9000), 0, $size if $size > 9000;

        my $r = post("/$to/echo", $body, type => 'application/octet-stream',
            chunked => $size % 2);

        is($r && $r->status == 200
            && $r->json->{bytes} . ' ' . $r->json->{sha256},
            length($body) . ' ' . sha256_hex($body),
            "$to: $size bytes" . ($size % 2 ? ', chunked' : ''));
    }
}

for my $size (5, 300_000) {
    is(code(post('/required/echo', 'x' x $size, type => 'text/plain',
        sent => 'y' . 'x' x ($size - 1))), '401 digest_mismatch',
        "$size bytes, another body");
}

is(post('/required/small/echo', 'x' x 101, type => 'text/plain')->status, 413,
    'the limit of the location');
is(post('/required/small/echo', 'x' x 101, type => 'text/plain',
    chunked => 1)->status, 413, 'the same, chunked');
is(post('/required/small/echo', 'x' x 100, type => 'text/plain')->status, 200,
    'and up to it');

# a body that does not come to its end is verified by nobody, whatever nginx
# makes of the error; and nobody waits for the rest

for my $body ('x' x 101, undef) {
    my $what = $body ? 'too long' : 'no chunks';
    my $sent = $body ? sprintf("%x\r\n%s\r\n0\r\n\r\n", length $body, $body)
        : "what?\r\n";

    for my $uri (qw!/cut/echo /short/echo!) {
        my $c = http_connect();

        $c->send(text('POST', $uri, [signed($uri, $body // 'x',
            type => 'text/plain'), 'Transfer-Encoding' => 'chunked',
            Connection => 'close'], $sent));

        my $r = $c->response;

        is($r && $r->status, $uri =~ /cut/ ? 400 : 200, "$what: $uri");
        is(lines($r, 'X.ActivityPub.Actor'), '', "$what: $uri, nobody")
            if $uri =~ /short/;
    }
}

# activities are their actor's

$r = post('/required/echo', $activity);
is($r->status, 200, 'an activity of its actor');
is(header($r, 'X-ActivityPub-Type'), 'Create', 'and its type');

my $large = $activity =~ s/"x"/'"' . 'x' x 100_000 . '"'/er;

$r = post('/required/echo', $large);
is($r->json->{sha256}, sha256_hex($large), 'a large one');
is(header($r, 'X-ActivityPub-Type'), 'Create', 'and its type');

for my $type ('application/activity+json', 'application/json',
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"')
{
    is(code(post('/required/echo', $activity, by => $eve, type => $type)),
        '403 key_of_another_actor', "$type: of another actor");
    is(code(post('/required/echo', $large, by => $eve, type => $type)),
        '403 key_of_another_actor', "$type: the same, large");
}

is(code(post('/required/echo', $activity =~ s/"x"/'"' . 'x' x $_ . '"'/er,
    by => $eve, type => 'text/plain')), '200 -', 'of no type it may be anybody')
    for 1, 100_000;
is(code(post('/required/echo', $activity =~ s/\}\z/,"signature":{}}/r,
    by => $eve)), '403 key_of_another_actor', 'with a signature of its own');
is(code(post('/required/echo', $activity =~ s/far(.example.notes)/evil$1/r)),
    '403 object_of_another_origin', 'with what is of another origin');
is(code(post('/required/echo', '{"a":1}')), '400 no_type', 'no activity');
is(post('/required/echo', '{"a":1}', type => 'application/json')->status, 200,
    'other JSON may be anything');

# nor do others read another activity, or another type, out of it than we

for my $more ('; x=y', ';', '; charset=utf-7', '; charset=utf-8;charset=utf-7',
    ', text/plain', ' text/plain', '; profile="https://far.example/"')
{
    for my $type (qw/application\/activity+json application\/JSON/) {
        is(code(post('/required/echo', $activity, by => $eve,
            type => "$type$more")), '415 content_type_not_accepted',
            "$type$more: of another actor");
    }
}

$r = post('/optional/echo', $activity, by => $eve,
    type => 'application/activity+json; x=y');

is(lines($r, 'X.ActivityPub.Actor'), '', 'optional: of nobody');
is(header($r, 'X-ActivityPub-Signature'), 'content_type_not_accepted',
    'optional: and why');
is(code(post('/required/echo', $activity, by => $eve,
    type => 'text/plain', headers => [
        'content-type' => 'application/activity+json'])),
    '400 header_duplicate', 'two types');
is(code(post('/required/echo', $activity,
    headers => ['Content-Encoding' => 'br'])),
    '415 content_encoding_not_accepted', 'what is packed');
is(post('/required/echo', 'x', type => 'text/plain',
    headers => ['Content-Encoding' => 'br'])->status, 200,
    'other things may be');

like(code(post('/required/echo', '{"a":1')), qr/^400 json/, 'no JSON');
is(code(post('/required/echo', 'x' x 1_048_577)), '413 body_too_large',
    'longer than an activity');

$r = post('/optional/echo', $activity, by => $eve);
is($r->status, 200, 'optional: comes through');
is(lines($r, 'X.ActivityPub.Actor'), '', 'but as nobody');
is(header($r, 'X-ActivityPub-Signature'), 'valid', 'though somebody signed');
logged('/optional/echo 200 [evil.example] [] [] [valid] []'
    . ' [key_of_another_actor]', 'and why is in the log');

$r = post('/optional/echo',
    $activity =~ s/"Create"/"Create\\r\\nX-ActivityPub-Actor: v"/r);
is($r->status, 200, 'a type with a line feed');
is(lines($r, 'X.ActivityPub.Type'), '', 'is none to a header');

# refused

$r = request('GET', '/required/echo', undef, [Host => 'site.example']);
is(code($r), '401 signature_required', 'required, not signed: refused');
is($r->header('Accept-Signature'), 'sig1=("@method" "@target-uri");created',
    'and told what to sign');
like($r->header('WWW-Authenticate'), qr/^Signature headers="[^"]* host date"$/,
    'in both ways');
is($r->header('Vary'), 'Accept, Signature, Signature-Input', 'it varies');
is($r->header('Cache-Control'), 'no-store', 'and is not kept');
is($r->header('X-Sender'), undef, 'without the headers of the location');

is(http_post('/required/echo', host => 'site.example', body => 'x')
    ->header('Accept-Signature'),
    'sig1=("@method" "@target-uri" "content-digest");created',
    'of a body its digest');
is(request('GET', '/required/off/echo', undef, [Host => 'site.example'])
    ->status, 200, 'off, where it would be inherited');
is(lines(get('/required/off/echo', headers => \@lies),
    'X.ActivityPub.Actor'), '', 'nobody is looked for there');

is(get('/activitypub/news', by => undef)->status, 200,
    'our own URLs have their own rules');

# what a location may be

is(get('/sub/page.html')->body, "THE PAGE\n", 'a file');
is(code(get('/sub/page.html', by => undef)), '401 signature_required',
    'a file, not signed');
is(get('/sub/none.html')->body, "THE PAGE\n", 'an error page');
is(code(get('/sub/none.html', by => undef)), '401 signature_required',
    'an error page, not signed');
is(get('/fake/none.html')->body, "THE PAGE\n", 'another page in its place');
is(code(get('/fake/none.html', by => undef)), '401 signature_required',
    'another page in its place, not signed');
is(get('/try/none.html')->body, "THE PAGE\n", 'try_files');
is(code(get('/try/none.html', by => undef)), '401 signature_required',
    'try_files, not signed');
is(header(get('/named/echo'), 'X-ActivityPub-Actor'), $bob->uri,
    'a named location');
is(code(get('/named/echo', by => undef)), '401 signature_required',
    'a named location, not signed');
is(header(post('/named/echo', 'hello', type => 'text/plain'),
    'X-ActivityPub-Actor'), $bob->uri, 'a named location, of a POST');

for my $size (5, 20_000) {
    is(post('/fake/none.html', 'x' x $size, type => 'text/plain')->body,
        "THE PAGE\n", "a POST of $size bytes that becomes a GET");
    is(code(post('/fake/none.html', 'x' x $size, type => 'text/plain',
        sent => 'y' x $size)), '401 digest_mismatch', 'of another body');
}

is(header(get('/lost/echo'), 'X-ActivityPub-Actor'), $bob->uri,
    'what is known is known behind a redirect');
is(lines(get('/lost/echo', by => undef, headers => \@lies),
    'X.ActivityPub.Actor'), '', 'and so is that nobody is');

$r = post('/lost/echo', 'hello' x 5000, type => 'text/plain');
is(header($r, 'X-ActivityPub-Actor'), $bob->uri, 'the same of a POST');

# where an application sends nginx: as it was signed, and nowhere else

for my $from (qw/open required/) {
    my $to = "/$from/to";

    is(header(post("$to/required/echo", 'hello', type => 'text/plain'),
        'X-ActivityPub-Actor'), $bob->uri, "from $from to required");
    is(code(post("$to/activitypub/inbox", $activity)), '404 -',
        "from $from to an inbox");
}

for my $to (qw!required/echo sub/page.html lost/echo limits/echo!) {
    my $r = post("/open/to/$to", 'hello', by => undef, type => 'text/plain',
        headers => \@lies);

    is($r->status . lines($r, 'X.ActivityPub.Actor'),
        $to =~ /lost/ ? 200 : 401, "from open to $to, not signed");
}

is(code(post('/open/to/required/echo', 'hello', type => 'text/plain',
    sent => 'jello')), '401 digest_mismatch', 'from open, another body');

for my $uri (qw!/limits/echo /limits/echo?if=1!) {
    is(header(get($uri), 'X-ActivityPub-Actor'), $bob->uri, $uri);
    is(code(get($uri, by => undef)), '401 signature_required',
        "$uri, not signed");
    is(code(post($uri, 'x', by => undef)), '401 signature_required',
        "POST of $uri, not signed");
}

# what requests of nginx's own know

like(get('/included/include.html', by => undef, headers => \@lies)->body,
    qr/^\[\{(?!.*victim).*\}\]$/, 'SSI in a page that asks nobody');
is(code(get('/mirrored/echo', by => undef)), '401 signature_required',
    'what is not signed is not mirrored');
is(get('/mirrored/echo')->status, 200, 'what is, is');
is(get('/before/page.html')->status, 200, 'auth_request before it');
ok($t->wait_for(sub { 2 == grep { m!^\S+ http /(?:copy|before)/! }
    Test::Backend::requests($t) }, 5), 'both were asked');
is(join(' ', sort map { m!^\S+ http (/(?:copy|before)/\S*)! }
    Test::Backend::requests($t)), '/before/ /copy/' . $bob->uri,
    'the mirror knows who it is, auth_request does not yet');

for my $method (qw/GET HEAD/) {
    is(get('/kept/x', method => $method)->status, 200, "$method of a cache");
    is(get('/kept/x', method => $method, by => undef, headers => [
        Range => 'bytes=0-1',
        'If-Modified-Since' => 'Mon, 23 Nov 2099 12:56:13 GMT'])->status, 401,
        "$method of a cache, not signed");
}

# nginx's own checks come first, and a password is no signature

my $stranger = actor('https://far.example/u/stranger');

is(get('/denied/page.html', by => $stranger)->status, 403, 'denied');
is($web->asked($stranger->uri), 0, 'nobody was asked for a key');
is(get('/denied/page.html')->body =~ /DENIED/, '',
    'nor is a page shown that wants a signature');
is(get('/password/page.html', by => undef)->status, 401, 'no password');
is(code(get('/password/page.html', by => undef,
    headers => [Authorization => 'Basic YW5uOnNlY3JldA=='])),
    '401 signature_required', 'a password alone');
is(get('/password/page.html')->status, 401, 'a signature alone');
is(get('/password/page.html',
    headers => [Authorization => 'Basic YW5uOnNlY3JldA=='])->status, 200,
    'both');
is(get('/asked/page.html')->status, 200, 'auth_request');
is(code(get('/asked/page.html', by => undef)), '401 signature_required',
    'auth_request, not signed');

# claimed: before anybody looks whether it is true

is(get('/claimed/page.html')->status, 200, 'one of a domain');
is(get('/claimed/page.html', key_id => 'https://FAR.example:443/x')->status,
    503, 'two are too many, however it is written');
is(get('/claimed/page.html', by => $eve)->status, 200, 'one of another');
is(get('/claimed/page.html', by => undef)->status, 200, 'nobody: no limit')
    for 1 .. 2;
logged('/claimed/page.html 200 [] [] [] [] [] []',
    'where nobody looks all is empty');

# an inbox has them, too

my $follow = JSON::PP->new->canonical->encode($bob->activity('Follow',
    $ACTOR));
my @known = ('[far.example]', '[https://far.example/u/bob]', '[far.example]',
    '[valid]', '[Follow]');

is(post('/activitypub/inbox', $follow)->status, 202, 'a Follow');
logged("/activitypub/inbox 202 @known [accepted]", 'of whom');
is(code(post('/activitypub/inbox', $follow, sent => "$follow ")),
    '401 digest_mismatch', 'another body');
logged('/activitypub/inbox 401 [far.example] [] [] [digest_mismatch]'
    . ' [] [digest_mismatch]', 'of nobody');
is(code(post('/activitypub/inbox', $follow =~ s/far(.example.activ)/evil$1/r)),
    '403 id_of_another_origin', 'what a sender may not say');
logged("/activitypub/inbox 403 @known [id_of_another_origin]",
    'of whom, all the same');

# who is gone has no key that it could have signed with: anybody may say so

my $rip = Test::Remote->new($t, 'https://far.example/u/rip',
    like => $bob)->known;

$rip->{signer} = $bob->{signer};
$t->sql("DELETE FROM activitypub.remote_key WHERE key_id = '"
    . $rip->key_id . "'");
$web->serve($rip->uri, status => 410);

is(post('/activitypub/inbox', JSON::PP->new->canonical->encode(
    $rip->activity('Delete', $rip->uri)), by => $rip)->status, 202,
    'a Delete of who is gone');
logged('/activitypub/inbox 202 [far.example] [] [] [key_not_found] []'
    . ' [deleted]', 'of whom, nobody can say');

###############################################################################

# every reason has a code

my $gone = actor('https://far.example/u/gone', serve => 0);
my $away = Test::Remote->new($t, 'https://closed.example/u/away',
    like => $bob);
my $weak = actor('https://far.example/u/weak', document => sub {
    $_[0]{publicKey}{publicKeyPem} = 'none'; });
my $old = strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime $now - 4000);
my $sign = sub { my ($pattern, $with) = @_; return (spoil => sub {
    $_[0] =~ s/$pattern/$with/ or die "no $pattern in $_[0]" }) };
my %plain = (covered => '(request-target) host date');

my @reasons = (
    [none => by => undef],
    [signature_too_long => $sign->(qr/$/, ',x="' . 'x' x 8192 . '"')],
    [signature_malformed => $sign->(qr/$/, ',,=')],
    [signature_duplicate_parameter => $sign->(qr/$/, ',keyId="x"')],
    [signature_no_key_id => $sign->(qr/keyId="[^"]*",/, '')],
    [signature_no_value => $sign->(qr/,signature="[^"]*"/, '')],
    [signature_algorithm => algorithm => 'hmac-sha256'],
    [signature_duplicate_name =>
        $sign->(qr/ host /, ' host host ')],
    [signature_unknown_name => $sign->(qr/ host /, ' host (other) ')],
    [signature_times_not_allowed => created => int $now,
        covered => '(request-target) host (created)'],
    [signature_no_times => algorithm => 'hs2019',
        $sign->(qr/ date/, ' (created)')],
    [target_not_signed => covered => 'host date'],
    [host_not_signed => covered => '(request-target) date'],
    [date_not_signed => covered => '(request-target) host'],
    [digest_not_signed => %plain, body => 'hello'],
    [signed_header_absent => $sign->(qr/ date/, ' date x-none')],
    [header_duplicate => headers => [Date => $old]],
    [signed_for_other_host => host => 'else.example'],
    [date_malformed => date => 'yesterday'],
    [signature_too_old => time => $now - 4000],
    [signature_in_future => time => $now + 4000],
    [signature_expired => algorithm => 'hs2019', created => int $now,
        $sign->(qr/,headers/, ',expires=' . int($now - 9) . ',headers')],
    [signature_expires_late => algorithm => 'hs2019', created => int $now,
        $sign->(qr/,headers/, ',expires=' . int($now + 50000)
            . ',headers')],
    [digest_malformed => body => 'hello', digest => 'SHA-256=x'],
    [digest_not_sha256 => body => 'hello', digest => 'MD5=eA=='],
    [digest_mismatch => body => 'hello', sent => 'jello'],
    [key_id_not_accepted => key_id => 'http://far.example/u/bob#main-key'],
    [key_not_found => by => $gone],
    [key_unreachable => by => $away],
    [key_not_accepted => by => $weak],
    [signature_mismatch => $sign->(qr/signature="../, 'signature="AA')],
);

for my $reason (@reasons) {
    my ($code, %o) = @$reason;
    my $body = delete $o{body};
    my @args = defined $body ? ($body, type => 'text/plain', %o) : %o;
    my $ask = defined $body ? \&post : \&get;
    my $r = $ask->('/optional/echo', @args);

    is(header($r, 'X-ActivityPub-Signature'), $code, "optional: $code");
    is(lines($r, 'X.ActivityPub.Actor'), '', "optional: $code, nobody");

    $r = $ask->('/required/echo', @args);
    $code = 'signature_required' if $code eq 'none';

    my $status = $code eq 'header_duplicate' ? 400
        : $code eq 'key_unreachable' ? 503 : 401;

    is(code($r), "$status $code", "required: $code");
}

###############################################################################

# what one site was refused may be shown to another, who asks as itself; but
# not as often as somebody likes

my %other = (host => 'other.example');
my $shy = actor('https://far.example/u/shy', serve => 0);

$web->serve($shy->uri, status => 403);
is(code(get('/required/echo', by => $shy)), '401 key_not_found',
    'a key that one site is not shown');
$web->serve($shy->uri, body => $shy->document);
is(code(get('/required/echo', by => $shy)), '401 key_not_found',
    'it asks no more, for a while');
ok($t->wait_for(sub {
    get('/required/echo', by => $shy, %other)->status == 200
}, 20), 'another is shown it');
is(get('/required/echo', by => $shy)->status, 200, 'and then it is known');

$shy = actor('https://far.example/u/hidden', serve => 0);
$web->serve($shy->uri, status => 403);

is(join(' ', map { get('/required/echo', by => $shy, $_ % 2 ? %other : ())
    ->status } 1 .. 20), join(' ', (401) x 20), 'a key that nobody is shown');
cmp_ok($web->asked($shy->uri), '<=', 5, 'nobody asks again and again');
$web->serve($shy->uri, body => $shy->document);
is(get('/required/echo', by => $shy, host => 'third.example')->status, 200,
    'nor do two that are refused keep a third one from asking');

# and while it asks, nobody who comes for it is told what the first one was

$shy = actor('https://far.example/u/slow', serve => 0);
$web->serve($shy->uri, status => 403);
is(code(get('/required/echo', by => $shy)), '401 key_not_found',
    'another key that one site is not shown');
$web->serve($shy->uri, body => $shy->document, hold => 'shy');

my $before = $web->asked($shy->uri);
my @both = map { http_connect() } 1 .. 2;

for my $c (@both) {
    $c->send(text('GET', '/required/echo',
        [signed('/required/echo', undef, by => $shy, %other)]));
    $t->wait_for(sub { $web->asked($shy->uri) > $before });
}

$web->release('shy');
is(join(' ', map { $_->response->status } @both), '200 200',
    'all who come for another site wait for what it is shown');

$shy = actor('https://far.example/u/torn', serve => 0);
$web->serve($shy->uri, status => 403, hold => 'torn');
$before = $web->asked($shy->uri);
@both = map { http_connect() } 1 .. 3;

for my $n (0 .. 2) {
    $both[$n]->send(text('GET', '/required/echo',
        [signed('/required/echo', undef, by => $shy, $n % 2 ? %other : ())]));
    $t->wait_for(sub { $web->asked($shy->uri) > $before });
    $web->serve($shy->uri, body => $shy->document);
}

$web->release('torn');
is(join(' ', map { $_->response->status } @both), '401 200 401',
    'who comes along for another site is not told what the first one was');

# the connection is good for another request, or closed

my $c = http_connect();
my @headers = signed('/required/echo', 'x' x 20_000, type => 'text/plain',
    spoil => sub { $_[0] =~ s/signature="../signature="AA/ });

is($c->request('POST', '/required/echo', headers => \@headers,
    body => 'x' x 20_000, keepalive => 1)->status, 401, 'refused');
is($c->get('/sub/page.html', host => 'site.example')->status, 401,
    'the next request on that connection is the next one');

$c = http_connect();
$c->send(text('POST', '/required/echo', [signed('/required/echo', 'hello',
    type => 'text/plain')], 'hello')
    . text('GET', '/optional/echo?second', [signed('/optional/echo?second')]));
is($c->response->json->{bytes}, 5, 'pipelined: the first');
is($c->response->json->{env}{REQUEST_URI}, '/echo?second', 'the second');

$c = http_connect();
$c->send(text('POST', '/required/echo', [Expect => '100-continue',
    'Content-Length' => 5, signed('/required/echo', 'hello',
        type => 'text/plain')]));
sleep 0.3;
$c->send('hello');
is($c->response->json->{bytes}, 5, 'a client that waits for 100');

$c = http_connect();
$c->send(text('POST', '/required/echo', [Host => 'site.example',
    Expect => '100-continue', 'Content-Length' => 5]));
is($c->response->status, 401, 'and is refused before it sends');
is($c->rest, '', 'the connection is closed');

for my $size (5, 40_000) {
    my $body = 'z' x $size;

    is(http2('POST', '/required/echo', $body), 200, "HTTP/2: $size bytes");
}

is(http2('GET', '/sub/page.html'), 200, 'HTTP/2: GET');
is(http2('POST', '/required/echo', 'z' x 40_000, by => undef), 401,
    'HTTP/2: refused');

# a key that takes its time: a reload, a client that leaves, another worker

my $slow = actor('https://slow.example/u/slow', hold => 1);

my @waiting = map { begin('/required/echo', $slow) } 1 .. 3;
my $after = begin('/after/echo', $slow);
my ($worker) = $t->workers;

ok($t->wait_for(sub { $web->asked($slow->uri) }, 10), 'a key is asked for');
$waiting[2]->close;
$after->close;
ok($t->reload, 'reloaded meanwhile');
ok($t->wait_for(sub { get('/required/echo')->status == 200 }),
    'others are served');
$web->release;
is($_->response->status, 200, 'then it comes through') for @waiting[0, 1];
is($web->asked($slow->uri), 1, 'asked once for all');
ok($t->wait_for(sub { !kill 0, $worker }, 20), 'the old worker leaves');

$slow = actor('https://slow.example/u/slower', hold => 'two');
@waiting = begin('/required/echo', $slow, 'hello');

ok($t->wait_for(sub { $web->asked($slow->uri) }, 10), 'another key');
kill 'KILL', $_ for $t->workers;
$t->expect(qr/exited on signal 9/);
ok(!$waiting[0]->response, 'a worker is killed in the middle');
$web->release('two');
ok($t->wait_for(sub { my $r = post('/required/echo', 'hello', by => $slow,
    type => 'text/plain'); $r && $r->status == 200 }, 20),
    'and the next one takes it');

done_testing();

###############################################################################

# an actor whose key nobody has yet

sub actor {
    my ($uri, %o) = @_;

    my $actor = Test::Remote->new($t, $uri, like => $bob);
    my $document = $actor->document;

    $actor->{signer} = $bob->{signer};
    $o{document}->($document) if $o{document};

    $web->serve($uri, body => $document, $o{hold} ? (hold => $o{hold}) : ())
        if $o{serve} // 1;

    return $actor;
}


# headers of a signed request

sub signed {
    my ($uri, $body, %o) = @_;

    my $by = exists $o{by} ? $o{by} : $bob;
    my $host = $o{host} // 'site.example';

    return (Host => $host, @{ $o{headers} || [] },
        defined $o{type} ? ('Content-Type' => $o{type}) : ()) unless $by;

    return message($uri, $body, $by, %o) if $o{message};

    my $method = $o{method} // (defined $body ? 'POST' : 'GET');
    my $headers = $by->sign($o{target} // $uri, $body // '',
        host => $host, covered => '(request-target) host date'
            . (defined $body ? ' digest' : ''), %o, method => $method,
        type => $o{type} // 'application/activity+json');
    my %seen;

    for (my $i = 0; $i < @$headers; $i += 2) {
        $o{spoil}->($headers->[$i + 1])
            if $headers->[$i] eq 'Signature' && $o{spoil};
    }

    return (@$headers, @{ $o{headers} || [] });
}


sub message {
    my ($uri, $body, $by, %o) = @_;

    my $method = $o{method} // (defined $body ? 'POST' : 'GET');
    my %line = ('@method' => $method,
        '@target-uri' => "https://site.example$uri");
    my @list = ('@method', '@target-uri');

    if (defined $body) {
        $line{'content-digest'} = 'sha-256=:'
            . encode_base64(sha256($body), '') . ':';
        push @list, 'content-digest';
    }

    my $input = '(' . join(' ', map { "\"$_\"" } @list) . ');created='
        . int($now) . ';keyid="' . $by->key_id . '"';
    my $text = join('', map { "\"$_\": $line{$_}\n" } @list)
        . "\"\@signature-params\": $input";

    return (Host => 'site.example', 'Signature-Input' => "sig1=$input",
        Signature => 'sig1=:' . encode_base64($by->{signer}->sign($text), '')
            . ':',
        defined $body ? ('Content-Digest' => $line{'content-digest'}) : (),
        defined $o{type} ? ('Content-Type' => $o{type}) : ());
}


sub get {
    my ($uri, %o) = @_;

    return request($o{method} // 'GET', $uri, undef,
        [signed($uri, undef, %o)]);
}


# "sent": another body than the one that was signed

sub post {
    my ($uri, $body, %o) = @_;

    my @headers = signed($uri, $body, %o);
    my $sent = $o{sent} // $body;

    if ($o{chunked}) {
        push @headers, 'Transfer-Encoding' => 'chunked';
        $sent = join('', map { sprintf "%x\r\n%s\r\n", length, $_ }
            unpack '(a7001)*', $sent) . "0\r\n\r\n";
    } else {
        push @headers, 'Content-Length' => length $sent;
    }

    return request($o{method} // 'POST', $uri, $sent, \@headers);
}


sub request {
    my ($method, $uri, $body, $headers) = @_;

    my $c = http_connect() or return;

    $c->send(text($method, $uri, [@$headers, Connection => 'close'],
        $body));

    return $c->response($method);
}


sub text {
    my ($method, $uri, $headers, $body) = @_;

    my @headers = @$headers;
    my $text = "$method $uri HTTP/1.1\r\n";
    my $length = grep { /^(?:Content-Length|Transfer-Encoding)$/ } @headers;

    push @headers, 'Content-Length' => length $body
        if defined $body && !$length;

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    return "$text\r\n" . ($body // '');
}


# a request under way

sub begin {
    my ($uri, $by, $body) = @_;

    my $c = http_connect();

    $c->send(text(defined $body ? 'POST' : 'GET', $uri, [signed($uri, $body,
        by => $by, type => 'text/plain'), Connection => 'close'], $body));

    return $c;
}


sub http2 {
    my ($method, $uri, $body, %o) = @_;

    my $c = Test::HTTP2->new(port => port(8081));
    my @headers = signed($uri, $body, type => 'text/plain', %o);
    my @fields = (':method' => $method, ':scheme' => 'http', ':path' => $uri,
        ':authority' => 'site.example');

    while (my ($name, $value) = splice @headers, 0, 2) {
        push @fields, lc $name => $value unless $name eq 'Host';
    }

    $c->headers(\@fields, end => !defined $body);

    if (defined $body) {
        $c->frame('DATA', 0, 1, $_) for unpack '(a16000)*', $body;
        $c->frame('DATA', 1, 1, '');
    }

    return $c->outcome;
}


sub header {
    my ($r, $name) = @_;

    return (grep { defined } map { /^\Q$name\E: (.*)/i ? $1 : undef }
        @{ $r->json->{lines} })[0];
}


sub lines {
    my ($r, $name) = @_;

    return join ', ', map { /^$name: (.*)/i ? $1 : () }
        @{ $r->json->{lines} };
}


sub code {
    my ($r) = @_;

    return 'nothing' unless $r;
    return $r->status . ' ' . (eval { $r->json->{code} } // '-');
}


# the last line of the log, once it is there

sub logged {
    my ($line, $name) = @_;

    my $last = '';

    $t->wait_for(sub {
        $last = (split /\n/, $t->read_file('sender.log'))[-1] // '';

        return $last eq $line;
    }, 5);

    is($last, $line, "$name: in the log");
}

###############################################################################
