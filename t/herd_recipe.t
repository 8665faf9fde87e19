#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The recipe of conf/snippets/activitypub-herd.conf: previews come out of a
# cache for a second, and nobody else notices.  Neither what is somebody's
# own, nor JSON, nor a page that a forged header made, gets into it.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Backend;
use Test::Beside;
use Test::Nginx;
use Test::Posts;
use Test::Recipe;

use File::Find qw/find/;
use Time::HiRes qw/time/;

###############################################################################

my $MASTODON = 'Mastodon/4.4.2 (http.rb/5.3.1; +https://a.example/) Bot';

# who makes previews

my @software = ($MASTODON,
    'http.rb/5.1.1 (Mastodon/4.0.2; +https://b.example/) Bot',
    'Pleroma 2.7.0; https://c.example <admin@c.example>; Bot',
    'Akkoma 3.13.2; https://d.example <admin@d.example>; Bot',
    'Mozilla/5.0 (compatible; Misskey/2025.1.0; +https://e.example) '
        . 'SummalyBot/5.2.0',
    'Lemmy/0.19.8; +https://f.example', 'Mbin/1.8 (+https://g.example/agent)',
    "Friendica 'Interrupted Fern' 2025.07-1576; https://h.example",
    'PeerTube/6.3 (+https://i.example)', 'snac/2.70; +https://j.example',
    'gotosocial/0.19.1 (+https://k.example)',
    'WordPress/6.8; https://l.example; ActivityPub');

# and who does not

my @others = ('', 'curl/8.5.0',
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'facebookexternalhit/1.1', 'WordPress/6.8; https://m.example');

# what a preview asks for, and what is something else

my @accepted = ('', '*/*', 'text/html', 'text/html,application/xhtml+xml',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8');
my @refused = ($AP, 'application/json', 'application/json, text/html;q=0.5',
    'text/html;q=0.1, application/json', 'text/html|', 'image/png',
    'application/activity+json;q=0.9, text/html;q=0.1');

my $t = Test::Nginx->new()->has(qw/http proxy/)
    ->plan(2 * @software + @others + @accepted + @refused + 67);
my $plain = Test::Nginx->new(plain => 1);

my $conf = Test::Recipe::expand($t, do { local $/; <DATA> });

$t->write_file('htpasswd', "user:{PLAIN}secret\n");
$conf =~ s!%%HTPASSWD%%!$t->testdir . '/htpasswd'!ge;

$t->write_file_expand('nginx.conf', configure($conf, 8080, 1));
$plain->write_file_expand('nginx.conf', configure($conf, 8082, 0));

$t->run_daemon(\&Test::Backend::run, $t->testdir, fastcgi => port(8083),
    http => port(8085));
$t->wait_for_socket('127.0.0.1:' . port($_)) for 8083, 8085;

$plain->run();
$t->run();

die "no actor\n" unless $t->wait_document('/activitypub/news');

$id{$_} = publish($t, $_) for '/posts/one', '/fastcgi/cache-one';

die "posts do not arrive\n" unless $t->wait_for(sub {
    ask(8080, '/fastcgi/cache-one', $AP)->status == 200
}, 20);

my $fresh = 0;

###############################################################################

# by whom, and for what

for my $agent (@software) {
    is(kept(agent => $agent), 1, "kept for $agent");
    is(kept(agent => $agent, page => '/fastcgi/cache-'), 1,
        "by FastCGI for $agent");
}

is(kept(agent => $_), 2, "not for \"$_\"") for @others;
is(kept(accept => $_), 1, "kept for Accept: $_") for @accepted;
is(kept(accept => $_), 2, "not for Accept: $_") for @refused;

# an ActivityPub that only $activitypub_request sees, at a page without one

is(kept(headers => [Accept => 'text/html;q=0.1',
    Accept => 'application/activity+json'], accept => 'image/png'), 2,
    'every line of Accept counts');

# nobody's own

is(kept(headers => [Cookie => 'session=1']), 2, 'not with a cookie');
is(kept(headers => [Cookie => ':|text/html|']), 2, 'whatever is in it');
is(kept(headers => [Cookie => '']), 1, 'an empty one is none');
is(kept(headers => [Authorization => 'Basic YTpi']), 2, 'nor with a password');
is(kept(method => 'POST'), 2, 'nor a POST');
is(kept(method => 'HEAD'), 1, 'but HEAD');

# a page that somebody's header made is for those who send the same

for my $name ('X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-Port',
    'Forwarded', 'X-Original-URL')
{
    my $page = '/echo/' . ++$fresh;
    my $forged = preview($page, headers => [$name => 'evil.example']);

    like($forged->body, qr/evil/, "$name is believed by the application");
    unlike(preview($page)->body, qr/evil/, 'and others do not suffer from it');
}

# of two sites with one application neither gets what is the other's

like(preview('/echo/two')->body, qr/acme\.example/, 'one site');
like(preview('/echo/two', headers => [Host => 'closed.example'])->body,
    qr/closed\.example/, 'and another');

# what the application says of its pages

is(kept(page => "/$_/"), 2, "$_: not kept")
    for qw!private private/store private/accel private/all cookie broken!;
is(kept(page => '/gone/'), 1, 'a page that is not there is kept');
is(kept(page => '/moved/'), 1, 'a redirect is kept');

my @spoken = map { preview('/varies/one', headers =>
    ['Accept-Language' => $_])->body } qw/de en de/;

like($spoken[0], qr/de/, 'Vary of the application: one language');
like($spoken[1], qr/en/, 'and another');

# checks come before it

for my $page ('/closed/', '/locked/') {
    my $open = $page eq '/locked/'
        ? [Authorization => 'Basic dXNlcjpzZWNyZXQ='] : ['X-Open' => 1];
    my $status = $page eq '/locked/' ? 401 : 403;

    is(preview("${page}a", headers => $open)->status, 200, "$page opens");
    is(preview("${page}a")->status, $status, 'only for who may come in');
}

# the second is over

my $before = preview('/echo/later')->header('X-Id');

preview("/app/cache-$_") for qw/held down/;

select undef, undef, undef, 2.1;

is(preview('/echo/later')->header('X-Id'), $before,
    'a second later: what was there');
ok($t->wait_for(sub { requested('/echo/later') == 2 }),
    'and the application is asked');

# ... and nobody waits while it is slow, or suffers when it is down

$t->write_file('hold', '');
is(eval { preview('/app/cache-held')->status }, 200,
    'a slow page is not waited for, if it was there before');
ok($t->wait_for(sub { asked('/app/cache-held') == 2 }), 'and is asked for');
unlink $t->testdir . '/hold';

$t->write_file('down', '');
is(preview('/app/cache-down')->status, 200, 'down: what was there');
unlink $t->testdir . '/down';

# many at once that nobody had asked for before

$t->write_file('hold', '');

my @waiting = map { started('/app/cache-held-new') } 1 .. 20;

$t->wait_for(sub { asked('/app/cache-held-new') });
select undef, undef, undef, 0.5;
unlink $t->testdir . '/hold';

is(grep({ ($_->response // next)->status == 200 } @waiting), 20,
    'many at once are answered');
cmp_ok(asked('/app/cache-held-new'), '<=', 2, 'by one or two requests');

# a page with a document

for my $page ('/posts/one', '/fastcgi/cache-one') {
    my $first = preview($page);
    my $second = preview($page);

    is($first->body, $second->body, "$page: the same page again");
    is($_->header('Vary'), 'Accept', 'says that it varies') for $first, $second;
    like($_->header('Link'), qr/activity\+json/, 'and where the document is')
        for $first, $second;

    is(same($second), same(preview($page, port => 8082)),
        'the same as without the module');
    is_document("$page, in between", $page, 200, 'json');
    is(preview($page)->body, $first->body, 'and the page again');
}

# browsers see what they saw

for my $page ('/posts/one', '/fastcgi/cache-one', '/cookie/a', '/private/a') {
    is(same(ask(8080, $page, $BROWSER)), same(ask(8082, $page, $BROWSER)),
        "$page as without the recipe");
}

# what was kept

my @files;

find({ no_chdir => 1, wanted => sub { push @files, slurp($_) if -f } },
    map { $t->testdir . "/$_" } 'fediverse', 'fediverse-fastcgi');

cmp_ok(scalar @files, '>', 20, 'the cache has pages');
is(grep({ /json|activitystreams/ } @files), 0, 'no JSON');
is(grep({ /^Set-Cookie/mi } @files), 0, 'no cookies');
is(grep({ /SECRET/ } @files), 0, 'nothing private');
is(grep({ /^(?:Vary: Accept\r|Link:)/m } @files), 0,
    'and nothing that this module has added');

$plain->stop;

###############################################################################

# of how many answers of the application a new page is, when it is wanted twice

sub kept {
    my (%o) = @_;

    my ($page, %answers, $began);

    # what is kept is asked for anew after a second

    for (1 .. 5) {
        $page = ($o{page} || '/echo/') . ++$fresh;
        $began = time();
        %answers = map { preview($page, %o)->header('X-Id') => 1 } 1, 2;
        last if time() - $began < 0.9;
    }

    return $page =~ m!^/fastcgi! ? asked($page) : keys %answers;
}


sub preview {
    my ($page, %o) = @_;

    my @headers = @{ $o{headers} || [] };

    push @headers, 'User-Agent' => $o{agent} // $MASTODON;
    push @headers, Host => 'acme.example'
        unless grep { $_ eq 'Host' } @headers;

    return http_connect(port => port($o{port} || 8080))
        ->request($o{method} || 'GET', $page, accept => $o{accept} // '*/*',
            headers => \@headers);
}


# but for the number of the answer

sub same { return comparable(@_) =~ s/^X-Id: .*//mr }


sub started {
    my ($page) = @_;

    my $c = http_connect();

    $c->send("GET $page HTTP/1.1\r\nHost: acme.example\r\n"
        . "User-Agent: $MASTODON\r\nConnection: close\r\n\r\n");

    return $c;
}


sub requested {
    my ($page) = @_;

    return grep { $_ eq "with $page" }
        split /\n/, $plain->read_file('backend.log');
}


sub asked {
    my ($page) = @_;

    return grep { /^with \S+ \Q$page\E / } Test::Backend::requests($t);
}


sub slurp {
    my ($name) = @_;

    open my $f, '<', $name or return '';
    local $/;

    return scalar <$f>;
}

###############################################################################

__DATA__
%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    %%WITH%% activitypub_database "%%DATABASE%%";
    %%WITH%% include %%RECIPE%%/activitypub-herd.conf;

    proxy_set_header  Host $host;
    proxy_set_header  X-Who %%WHO%%;
    fastcgi_param     REQUEST_URI $request_uri;
    fastcgi_param     X_WHO %%WHO%%;

    # the application: what it is told, it says

    %%WITHOUT%% map $http_accept $kind {
    %%WITHOUT%%     default  text/html;
    %%WITHOUT%%     ~json    application/json;
    %%WITHOUT%% }

    %%WITHOUT%% map $uri $control {
    %%WITHOUT%%     ~^/private/[0-9a]  private;
    %%WITHOUT%%     ~^/private/store/   no-store;
    %%WITHOUT%% }

    %%WITHOUT%% map $uri $accel { ~^/private/accel/ 0; }
    %%WITHOUT%% map $uri $cookie { ~^/cookie/ a=b; }

    %%WITHOUT%% map $uri $vary {
    %%WITHOUT%%     ~^/private/all/  *;
    %%WITHOUT%%     ~^/varies/       Accept-Language;
    %%WITHOUT%% }

    %%WITHOUT%% log_format app "$http_x_who $request_uri";

    %%WITHOUT%% server {
    %%WITHOUT%%     listen      127.0.0.1:8081;
    %%WITHOUT%%     access_log  %%TESTDIR%%/backend.log app;
    %%WITHOUT%%     default_type text/html;
    %%WITHOUT%%     set $said "$host $http_x_forwarded_host $http_forwarded";
    %%WITHOUT%%     set $said "$said $http_x_forwarded_proto $kind";
    %%WITHOUT%%     set $said "$said $http_x_forwarded_port";
    %%WITHOUT%%     set $said "$said $http_x_original_url";
    %%WITHOUT%%     add_header X-Id $request_id always;
    %%WITHOUT%%     add_header Cache-Control $control;
    %%WITHOUT%%     add_header X-Accel-Expires $accel;
    %%WITHOUT%%     add_header Set-Cookie $cookie;
    %%WITHOUT%%     add_header Vary $vary;
    %%WITHOUT%%     location / { return 200 "page for $said"; }
    %%WITHOUT%%     location /posts/ { return 200 "a post"; }
    %%WITHOUT%%     location /cookie/ { return 200 SECRET; }
    %%WITHOUT%%     location /private/ { return 200 SECRET; }
    %%WITHOUT%%     location /varies/ { return 200 "in $http_accept_language"; }
    %%WITHOUT%%     location /broken/ { return 503 SECRET; }
    %%WITHOUT%%     location /gone/ { return 404 "none"; }
    %%WITHOUT%%     location /moved/ { return 302 /else; }
    %%WITHOUT%% }

    server {
        listen       127.0.0.1:LISTEN;
        server_name  closed.example;

        location / {
            proxy_pass  http://127.0.0.1:8081;
            %%WITH%% include %%RECIPE%%/activitypub-herd-proxy.conf;
        }
    }

    server {
        listen       127.0.0.1:LISTEN default_server;
        server_name  acme.example;

        %%WITH%% activitypub_actor news { }

        location / {
            proxy_pass  http://127.0.0.1:8081;
            %%WITH%% include %%RECIPE%%/activitypub-herd-proxy.conf;
        }

        location /app/ {
            proxy_pass  http://127.0.0.1:8085;
            %%WITH%% include %%RECIPE%%/activitypub-herd-proxy.conf;
        }

        location /fastcgi/ {
            fastcgi_pass  127.0.0.1:8083;
            %%WITH%% include %%RECIPE%%/activitypub-herd-fastcgi.conf;
        }

        location /closed/ {
            proxy_pass  http://127.0.0.1:8081;
            %%WITH%% include %%RECIPE%%/activitypub-herd-proxy.conf;
            if ($http_x_open = "") { return 403; }
        }

        location /locked/ {
            auth_basic            "closed";
            auth_basic_user_file  %%HTPASSWD%%;
            proxy_pass            http://127.0.0.1:8081;
            %%WITH%% include %%RECIPE%%/activitypub-herd-proxy.conf;
        }
    }
}
