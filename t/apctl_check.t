#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# apctl check: a site behind another nginx, which spoils one thing after the
# other.  Each has its line, which says so.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Apctl ();
use Test::Site;

use IO::Socket::INET;
use JSON::PP;
use POSIX qw/strftime/;

###############################################################################

my $ACTOR_PAGE = "$ORIGIN/about.html";
my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);
my $front = Test::Nginx->new()->has(qw/http_ssl/);

$t->database;

is_deeply([check()], [1, 'origin'], 'no nginx has been there yet');

# what ends with nobody's taking a job takes ten seconds: meanwhile

my $alone = alone();

$ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
    . $rig->ca_file . ';';

run_site($t, $rig);

delete $ENV{TEST_NGINX_GLOBALS_HTTP};

###############################################################################

# the site itself

my ($code, $out, $err) = $t->apctl('check');

is($code, 0, 'all is well') or diag("$out$err");
is($err, '', 'nothing on stderr');

my $name = $t->sql('SELECT current_database()');
my $version = $t->sql('SHOW server_version');
my ($schema) = $t->sql('SELECT version FROM activitypub.schema()');

is($out, <<"EOF2", 'a line for each thing');
ok      database   $name  schema $schema, PostgreSQL $version
ok      resolver   site.example  9.9.9.10:443
ok      connect    site.example  https, the certificate is good
ok      instance   site.example  200 application/activity+json
ok      clock      $ORIGIN  nginx, database and Date agree
ok      webfinger  news\@site.example  $ACTOR
ok      actor      news\@site.example  200 application/activity+json
ok      icon       $ORIGIN/img/logo.png  image/png, bytes: 11
ok      image      $ORIGIN/img/header.jpg  image/jpeg, bytes: 11
ok      creator    $ORIGIN/about.html  does not say it yet: <meta name="fediverse:creator" content="\@news\@site.example">
ok      rel=me     $ORIGIN/  does not link back yet: <link rel="me" href="$ACTOR_PAGE">
ok      page       $ORIGIN/about.html  200 application/activity+json
ok      inbox      $ORIGIN/activitypub/inbox  a signed POST is accepted
EOF2

is((check('--origin', 'site.example'))[0], 0, 'one origin');
is(($t->apctl(qw/check --origin other.example/))[0], 3, 'that must be ours');

my $json = decode_json(($t->apctl(qw/check --json/))[1]);

is_deeply([map { $_->{check} } @$json], [qw/database resolver connect instance
    clock webfinger actor icon image creator rel=me page inbox/], 'as JSON');
is_deeply([@{ $json->[5] }{qw/about origin detail/}, $json->[5]{ok} ? 1 : 0],
    ['news@site.example', $ORIGIN, $ACTOR, 1], 'a line of it');
is($t->sql("SELECT count(*) FROM activitypub.job
    UNION ALL SELECT count(*) FROM activitypub.received
    UNION ALL SELECT count(*) FROM activitypub.remote_actor"), "0\n0\n0",
    'it leaves nothing');

# pages that say who wrote them, and whose they are

$t->write_file('html/about.html', '<!-- --><META Content="@news@site.example" '
    . 'name="fediverse:creator">');
$t->write_file('html/index.html', "<p>x<a rel='noopener me' href=$ACTOR_PAGE>");

my $told = ($t->apctl('check'))[1];

like($told, qr/^ok +creator +\S+\/about\.html  names \@news\@site\.example$/m,
    'a page that names its author');
like($told, qr/^ok +rel=me +\Q$ORIGIN\E\/  links back$/m, 'one that links back');

$t->write_file('html/index.html', 'x' x (1024 * 1024 + 1));
like(($t->apctl('check'))[1], qr/^ok +rel=me .*could not be looked at: .*1048576/m,
    'one that is too large');

###############################################################################

# through a front

$rig->host('site.example', '9.9.9.20');
run_front('');
$t->reload;

($code, $out) = $t->apctl('check');

is($code, 0, 'through a front') or diag($out);
like($out, qr/^ok +resolver .* 9\.9\.9\.20:443$/m, 'which was asked');

my $doc = 'default_type application/activity+json; return 200';
my $jrd = 'default_type application/jrd+json; return 200';
my $self = '{"rel": "self", "type": "application/activity+json", "href":';

for (
    ['WebFinger is kept from nginx', 'webfinger',
        qr/answered 404: does what stands in front hand this path on/,
        'location = /.well-known/webfinger { return 404; }'],
    ['WebFinger of another kind', 'webfinger',
        qr{the content type is application/json, not application/jrd\+json},
        'location = /.well-known/webfinger { default_type application/json;
            return 200 "{}"; }'],
    ['WebFinger of somebody else', 'webfinger',
        qr/the subject is acct:x\@site\.example, not acct:news\@site\.example/,
        'location = /.well-known/webfinger { ' . $jrd
            . q( '{"subject": "acct:x@site.example"}'; })],
    ['WebFinger that leads elsewhere', 'webfinger',
        qr/there is no link "self" to \Q$ACTOR\E/,
        'location = /.well-known/webfinger { ' . $jrd
            . q( '{"subject": "acct:news@site.example", "links": [)
            . $self . q( "https://x.example/"}]}'; })],
    ['an actor behind a password', 'actor', qr/answered 401: is it behind/,
        'location = /activitypub/news { return 401; }'],
    ['an actor as a page', 'actor',
        qr{answered with text/html, which is not ActivityPub: does a cache},
        'location = /activitypub/news { default_type text/html;
            return 200 "<p>"; }'],
    ['another actor', 'actor', qr{the id of the document is https://x\.example},
        "location = /activitypub/news { $doc "
            . q('{"id": "https://x.example/"}'; })],
    ['an actor that is no JSON', 'actor', qr/the id of the document is absent/,
        "location = /activitypub/news { $doc '<p>'; }"],
    ['no icon', 'icon', qr/answered 404: profiles go without it/,
        'location = /img/logo.png { return 404; }'],
    ['an icon that nobody shows', 'icon',
        qr{the content type is image/svg\+xml: others show image/png},
        'location = /img/logo.png { default_type image/svg+xml;
            return 200 "<svg/>"; }'],
    ['an icon of another type', 'icon',
        qr{the content type is image/gif, but its name ends like one of image/},
        'location = /img/logo.png { default_type image/gif;
            return 200 "GIF"; }'],
    ['a large image', 'image',
        qr/longer than 1048576 bytes: others may not take it/,
        'location = /img/header.jpg { default_type image/jpeg;
            alias %%TESTDIR%%/large.jpg; }'],
    ['no Accept on pages', 'page', qr/or drop the Accept header/,
        'location = /about.html { proxy_set_header Accept text/html;
            proxy_pass https://9.9.9.10; }'],
    ['no POST', 'inbox', qr/answered 405: does what stands in front let POST/,
        'location = /activitypub/inbox { return 405; }'],
    ['another body', 'inbox', qr/answered 401: what stands in front changes/,
        'location = /activitypub/inbox { proxy_set_body
            "$request_body "; proxy_pass https://9.9.9.10; }'],
    ['another time', 'clock',
        qr/the Date header is 36\d\d seconds behind nginx: peers refuse/,
        'location = /activitypub/actor { proxy_pass_header Date;
            proxy_pass http://127.0.0.1:8081; }'],
) {
    my ($title, $line, $why, $location) = @$_;

    front($location);

    my ($code, $out) = $t->apctl('check');

    is_deeply([$code, $out =~ /^not ok +(\w+)/mg], [1, $line], $title)
        or diag($out);
    like($out, qr/^not ok +$line +\S+  .*$why/m, 'says so');
}

$front->stop;

is_deeply([check()], [1, 'connect'], 'the front is away');

$rig->{names} = {};
$rig->{dns}->names({});
$t->reload;

like(($t->apctl('check'))[1], qr{^not\ ok\ +resolver\ +site\.example\ +the
    \ host\ could\ not\ be\ resolved\ .*resolv\.conf}xm, 'no such name');

# a name server within that knows the machine by an inner address

$rig->host('site.example', '10.0.0.7');
$t->reload;

like(($t->apctl('check'))[1], qr{^not\ ok\ +connect\ +site\.example\ +a\ private
    .*\ 10\.0\.0\.7:443\).*activitypub_resolver}xm, 'an inner address');

($code, $out, $err) = Test::Apctl::apctl_finish($alone);

is($code, 1, 'nginx is away');
like($out, qr/^not ok +worker .* is nginx running/m, 'says so');

$t->stop;

$t->sql("DELETE FROM activitypub.actor_key WHERE actor IN
    (SELECT id FROM activitypub.actor WHERE instance)");
like(($t->apctl('check'))[1], qr/^not ok +key /m, 'no key');

done_testing();

###############################################################################

# exit code and the names of what is not ok

sub check {
    my ($code, $out, $err) = $t->apctl('check', '--json', @_);

    return ($code, map { $_->{check} } grep { !$_->{ok} }
        @{ decode_json($out) });
}


# a check of a site whose nginx has been there, and is away

sub alone {
    my $away = Test::Nginx->new->database;

    $away->sql(q(SELECT activitypub.declare('node', '{"origin":
        "https://away.example", "host": "away.example", "prefix":
        "/activitypub/", "account_domain": "away.example", "actors": []}')));
    $away->sql(q(SELECT activitypub.actor_key_set(uri,
        E'-----BEGIN PRIVATE KEY-----\n', E'-----BEGIN PUBLIC KEY-----\n')
        FROM activitypub.actor));

    return Test::Apctl::apctl_start('check', '--db',
        $away->conninfo('postgres'));
}


sub front {
    my ($location) = @_;

    write_front($location);
    $front->reload or die "the front does not reload\n";
}


sub run_front {
    $front->expect(Test::Rig::expected());
    $front->run_daemon(\&old_clock, port(8081));
    write_front('');
    $front->run;
}


sub write_front {
    my ($location) = @_;

    $front->write_file('large.jpg', 'x' x (1024 * 1024 + 1));
    $front->write_file_expand('nginx.conf', <<"EOF2");

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    server {
        listen       9.9.9.20:443 ssl;
        server_name  site.example;
        @{[ $rig->certificate('site.example') ]}

        proxy_set_header  Host \$host;

        $location

        location / {
            proxy_pass https://9.9.9.10;
        }
    }
}

EOF2
}


# an instance actor of an hour ago

sub old_clock {
    my ($port) = @_;

    local $SIG{PIPE} = 'IGNORE';

    my $listener = IO::Socket::INET->new(Listen => 5, ReuseAddr => 1,
        LocalAddr => "127.0.0.1:$port") or die "$!";

    while (my $c = $listener->accept) {
        my $body = qq({"id": "$ORIGIN/activitypub/actor"});

        while (my $line = <$c>) { last if $line eq "\r\n" }

        print $c "HTTP/1.0 200 OK\r\nContent-Type: application/activity+json"
            . "\r\nDate: " . strftime('%a, %d %b %Y %H:%M:%S GMT',
                gmtime(time() - 3600)) . "\r\n\r\n$body";
        close $c;
    }
}

###############################################################################
