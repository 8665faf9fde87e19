#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A page that the site redirects for ever takes its post with it: when this
# is so for everybody, stays so, and leads to a page that nobody else has.
# Each way to make a site say 301 beside what it looks like when it is meant;
# two nodes; and what all this costs.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Node qw/queries/;
use Test::Posts;

use Time::HiRes qw/sleep time/;

###############################################################################

my $one = Test::Nginx->new()->has(qw/http proxy/);
my $two = Test::Nginx->new();

$one->database(own => 1);

my $origin = 'http://localhost:' . port(8080);
my $www = 'http://www.localhost:' . port(8080);

# name, what its location says, where the post is in the end (undef: where it
# was), how the page is asked for

my @cases = (

    # meant

    ['path', 'return 301 /new/path;', '/new/path'],
    ['absolute', "return 301 $origin/new/absolute;", '/new/absolute'],
    ['rewritten', 'rewrite ^ /new/rewritten permanent;', '/new/rewritten'],
    ['status', 'return 308 /new/status;', '/new/status'],
    ['slash', 'return 301 /posts/slash/;', '/posts/slash/'],
    ['tracked', 'return 301 /new/tracked?utm_source=x&a=1;',
        '/new/tracked?a=1'],
    ['proxied', 'proxy_pass http://127.0.0.1:8082;', '/new/proxied'],
    ['encoding', 'proxy_pass http://127.0.0.1:8082;', '/new/encoding'],
    ['link', 'activitypub link; return 301 /new/link;', '/new/link'],

    # for now only

    ['found', 'return 302 /new/found;'],
    ['other', 'return 303 /new/other;'],
    ['temporary', 'return 307 /new/temporary;'],

    # elsewhere

    ['evil', 'return 301 https://evil.example/new;'],
    ['relative', 'return 301 //evil.example/new;'],
    ['near', "return 301 $origin.evil.example/new;"],
    ['user', 'return 301 http://localhost@evil.example/new;'],
    ['scheme', 'return 301 https://localhost:%%PORT_8080%%/new/scheme;'],
    ['alias', "return 301 $www/new/alias;"],
    ['prefix', 'return 301 /activitypub/new;'],
    ['known', 'return 301 /.well-known/new;'],
    ['home', 'return 301 /;'],
    ['holder', 'return 301 /posts/free;'],
    ['grave', 'return 301 /posts/tomb;'],

    # nowhere

    ['missing', 'return 301 /missing/page;'],
    ['data', 'return 301 /data/page;'],
    ['again', 'return 301 /again/page;'],
    ['loop', 'return 301 /loop/page;'],

    # many to one

    ['login1', 'return 301 /new/login;'],
    ['login2', 'return 301 /new/login;'],

    # not everybody

    ['agent', 'if ($http_user_agent ~ iPhone) { return 301 /new/agent; }',
        undef, headers => ['User-Agent' => 'iPhone']],
    ['language', 'if ($http_accept_language) { return 301 /new/language; }',
        undef, headers => ['Accept-Language' => 'de']],
    ['varies', 'add_header Vary "Accept, Accept-Language" always;
                return 301 /new/varies;'],
    ['proxyvaries', 'proxy_pass http://127.0.0.1:8082;'],
    ['session', 'add_header Set-Cookie s=1 always; return 301 /new/session;'],
    ['cookie', 'return 301 /new/cookie;', undef,
        headers => ['Cookie' => 's=1']],
    ['password', 'return 301 /new/password;', undef,
        headers => ['Authorization' => 'Basic YTpi']],
    ['open', 'if ($arg_next) { return 301 $arg_next; }', undef,
        query => '?next=/new/open'],
    ['campaign', 'return 301 /new/campaign;', undef,
        query => '?utm_source=x'],
    ['private', 'auth_basic x; auth_basic_user_file %%TESTDIR%%/none;
                 error_page 401 = @login;'],
    ['denied', 'deny all; error_page 403 = @denied;'],

    # not a reader

    ['head', 'return 301 /new/head;', undef, method => 'HEAD'],
    ['peer', 'return 301 /new/peer;', undef, accept => $AP],

    # switched off

    ['off', 'activitypub_moves off; return 301 /new/off;'],
    ['nothing', 'activitypub off; return 301 /new/nothing;'],

    # not yet

    ['patient', 'activitypub_moves 1h; return 301 /new/patient;'],

    # never redirected

    ['free', ''],
    ['stays', ''],
);

configure($one, 8080);
configure($two, 8090);

$one->run;
$two->run;

for my $port (8080, 8090) {
    $one->wait_for(sub {
        my $r = get($port, '/activitypub/news', accept => $AP);
        $r && $r->status == 200;
    }, 20) or die "no actor\n";
}

my (%id, %page);

for (@cases, ['tomb'], ['renamed'], ['storm']) {
    $id{$_->[0]} = publish($one, "/posts/$_->[0]");
}

$id{query} = publish($one, '/?p=1');
edit($one, 'delete', $id{tomb}, '--yes');

for my $port (8080, 8090) {
    ok($one->wait_for(sub { get($port, '/posts/stays')->header('Link') }, 10),
        'the pages are known');
}

is(get(8080, '/posts/path')->status, 200, 'before: a page');
is(queries($one, 'redirect_seen'), 0, 'which costs nothing');

###############################################################################

# the site moves its pages

$one->write_file('moved', '');

my @meant = grep { defined $_->[2] } @cases;
my @still;

$one->wait_for(sub {
    look();
    sleep 0.4;
    my %is = urls();
    @still = grep { $is{$_->[0]} ne $origin . $_->[2] } @meant;
    push @still, ['query'] if $is{query} ne "$origin/2026/fish";

    !@still;
}, 25);

is_deeply([map { $_->[0] } @still], [], 'what was meant has moved');

# a few seconds more for what must not

for (1 .. 3) {
    sleep 1.1;
    look();
}

sleep 0.5;

my %is = urls();

for my $case (@cases) {
    my ($name, undef, $to) = @$case;

    is($is{$name}, $origin . ($to // "/posts/$name"), "$name: "
        . (defined $to ? 'moved' : 'stays'));
}

is($is{query}, "$origin/2026/fish", 'a page with a query');

# each move is told once, and nothing else is

is($one->sql("SELECT count(*), count(DISTINCT object)
      FROM activitypub.activity WHERE type = 'Update' AND object IS NOT NULL"),
    join('|', (@meant + 1) x 2), 'one Update for each');
is($one->sql("SELECT string_agg(a.type, ' ' ORDER BY a.id)
      FROM activitypub.activity AS a
      JOIN activitypub.object AS o ON o.id = a.object
     WHERE o.url LIKE '%/posts/stays'"), 'Create', 'none for others');
is($one->sql("SELECT count(*) FROM activitypub.redirect AS r
      JOIN activitypub.object AS o ON o.id = r.object
     WHERE o.url ~ '/new/|fish'"), 0, 'what has moved is no redirect');

my $log = $one->error_log . $two->error_log;

is(scalar(() = $log =~ /\[notice\].*the post at "\S+" has moved to "\S+"/g),
    @meant + 1, 'the log says so');

###############################################################################

# both nodes: the id answers as ever, the new page too, the old one as the
# site says

for my $port (8080, 8090) {
    my $path = $id{path} =~ s/^\Q$origin\E//r;
    my $id = get($port, $path, accept => $AP);
    my $new = get($port, '/new/path', accept => $AP);
    my $old = get($port, '/posts/path', accept => $AP);
    my $proxied = get($port, '/posts/proxied', accept => $AP);

    is($id->json->{url}, "$origin/new/path", 'the id has the new page');
    is($new->body, $id->body, 'the new page has the document');
    like(get($port, '/new/path')->header('Link'), qr/^<\Q$id{path}\E>/,
        'and its Link');
    is($old->status, 301, 'the old one leads there');
    is($proxied->status, 301, 'one behind a proxy, too');
    like($proxied->header('Location'), qr!/new/proxied$!, 'as the site says');
    is(get($port, '/2026/fish', accept => $AP)->json->{id}, $id{query},
        'the page that had a query');
    is(get($port, '/?p=2')->status, 200, 'another query is another page');
}

# the old page is free

like(publish($one, '/posts/path', title => 'Again'), qr/^http/,
    'the old page may be published');

###############################################################################

# what is remembered costs no query: neither what has moved, nor what waits

my $asked = queries($one, 'redirect_seen');

for (1 .. 60) {
    my $port = $_ % 2 ? 8080 : 8090;

    get($port, "/posts/$_") for qw/absolute status/;
}

is(queries($one, 'redirect_seen'), $asked, 'what has moved is not asked for');

get($_ % 2 ? 8080 : 8090, '/posts/storm') for 1 .. 200;
$one->wait_for(sub { queries($one, 'redirect_seen') > $asked });
sleep 0.5;

cmp_ok(queries($one, 'redirect_seen') - $asked, '<=', 2,
    'of a storm a node asks once');
cmp_ok(queries($one, 'redirect_seen') - $asked, '>=', 1, 'but it asks');

# a move back, when the site wants it so

unlink $one->testdir . '/moved';
$one->write_file('back', '');

ok($one->wait_for(sub {
    get(8080, '/new/status');
    sleep 0.4;
    my %is = urls();
    $is{status} eq "$origin/posts/status";
}, 15), 'and back');

ok($one->wait_for(sub { get(8080, '/posts/status')->header('Link') }),
    'a page again');

# nothing is asked of a database that is away, and the site does not notice

$one->stop_database;

$one->write_file('moved', '');

my $r = get(8080, '/posts/renamed');

is($r->status, 301, 'the site, without the database');
is($r->header('Location'), "$origin/new/renamed", 'leads where it did');

done_testing();

###############################################################################

sub configure {
    my ($node, $port) = @_;

    my $flag = '%%TESTDIR%%/moved';
    my $pages = join '', map {
        my ($name, $says) = @$_;

        # a page, until the site has moved it

        my $text = $says =~ s/((?:return|rewrite)[^;{}]*;)/if (-f $flag) { $1 }/r;
        $text = $says =~ s/if \((.*?)\) \{ (.*?) \}/
            set \$moved ''; if ($1) { set \$moved 1; }
            if (!-f $flag) { set \$moved ''; }
            if (\$moved) { $2 }/xr if $says =~ /if /;

        $text .= ' try_files /page.html =404;' unless $text =~ /proxy_pass/;

        "location = /posts/$name { $text }\n        ";
    } @cases, ['renamed', 'return 301 /new/renamed;'],
        ['storm', 'activitypub_moves 1h; return 301 /new/storm;'];

    $node->write_file('page.html', "<p>A page</p>\n");
    $node->write_file('none', '');

    my $conf = <<"EOC";

%%TEST_GLOBALS%%

daemon off;
worker_processes 2;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database       "DB";
    activitypub_allow_http     on;
    activitypub_allow_address  127.0.0.0/8;
    activitypub_moves          1s;

    types        { }
    default_type text/html;

    server {
        listen       127.0.0.1:$port;
        server_name  localhost www.localhost;

        activitypub_origin  $origin;
        activitypub_actor   news { }

        $pages
        location = / {
            set \$moved \$arg_p;
            if (!-f $flag)    { set \$moved ''; }
            if (\$moved = 1)   { return 301 /2026/fish; }
            try_files /page.html =404;
        }

        location = /new/status {
            if (-f %%TESTDIR%%/back) { return 301 /posts/status; }
            try_files /page.html =404;
        }

        location /missing/   { return 404; }
        location /data/      { default_type application/json;
                               try_files /page.html =404; }
        location = /again/page { return 301 /again/more; }
        location = /loop/page  { return 301 /posts/loop; }
        location \@login     { return 301 /new/private; }
        location \@denied    { return 301 /new/denied; }
        location /           { try_files /page.html =404; }
    }

    server {
        listen       127.0.0.1:8082;
        server_name  app;

        if (!-f $flag) { return 200 "A page"; }

        location = /posts/proxied  { return 301 $origin/new/proxied; }
        location = /posts/encoding { add_header Vary Accept-Encoding;
                                     return 301 $origin/new/encoding; }
        location = /posts/proxyvaries { add_header Vary Cookie;
                                     return 301 $origin/new/proxyvaries; }
    }
}

EOC

    $conf =~ s/DB/$one->conninfo/e;
    $conf =~ s/%%TESTDIR%%/$one->testdir/ge;
    $conf =~ s/127\.0\.0\.1:8082/127.0.0.1:8092/g if $node == $two;

    $node->write_file_expand('nginx.conf', $conf);
}


sub get {
    my ($port, $uri, %o) = @_;

    return http_get($uri, host => 'localhost:' . port(8080),
        port => port($port), accept => $BROWSER, %o);
}


# each page, at both nodes by turns

my $round;

sub look {
    $round++;

    for my $case (@cases) {
        my ($name, undef, undef, %o) = @$case;
        my $port = ++$round % 2 ? 8080 : 8090;
        my $uri = "/posts/$name" . (delete $o{query} // '');

        if (delete $o{method}) {
            http_head($uri, host => 'localhost:' . port(8080),
                port => port($port), accept => $BROWSER);

        } else {
            get($port, $uri, %o);
        }
    }

    get(8080, '/?p=1');
}


# (name => url) of each post

sub urls {
    my %url = map { split /\|/ }
        split /\n/, $one->sql('SELECT id, url FROM activitypub.object');

    return map { $_ => $url{substr($id{$_}, -36)} } keys %id;
}

###############################################################################
