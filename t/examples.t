#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What we give people to copy works: the files of conf/, the configuration in
# the README, the demo site and its application, and make install.

###############################################################################

use warnings;
use strict;

use Test::More;

use IO::Socket::UNIX;
use JSON::PP;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Config;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http http_ssl/)->plan(28);
my $c = Test::Config->new($t);
my $dir = $t->testdir;

# configurations

for my $file (grep { !/apctl\.conf$/ } glob '../conf/*.conf') {
    $c->accepted($file, text => adapt(slurp($file)));
}

my ($readme) = slurp('../README.md') =~ /^```nginx\n(.*?)^```/ms;

$c->accepted('the configuration in the README',
    text => adapt("$readme\nevents { }\n"));

# the snippet, in use

$t->write_file_expand('nginx.conf', adapt(<<"EOF"))->run();

load_module modules/ngx_http_activitypub_module.so;

daemon off;

events {
}

http {
    include $FindBin::Bin/../conf/snippets/activitypub-log.conf;

    activitypub_database "host=/nowhere dbname=activitypub";

    server {
        listen       80;
        server_name  acme.example;

        activitypub_actor news { }

        access_log $dir/fediverse.log activitypub if=\$activitypub_request;

        location / { return 204; }
    }
}

EOF

http_get('/page');
http_get('/other', accept => 'application/activity+json');
$t->stop;

my @logged = split /\n/, $t->read_file('fediverse.log');

is(@logged, 1, 'the log has what asks for ActivityPub, only');
is(eval { decode_json($logged[0])->{accept} }, 'application/activity+json',
    'as JSON');

# the demo site: every link leads somewhere, the feed names what is there

my $site = '../conf/demo/site';
my %answered = map { $_ => 1 } qw(/guestbook /tides);
my @pages = (glob("$site/*.html"), glob("$site/*/*.html"), "$site/feed.xml");
my @dead;

for my $page (@pages) {
    for my $link (slurp($page) =~ /(?:href|src)="(?:\@ORIGIN\@)?(\/[^"]*)"/g) {
        my $file = $link =~ m{/$} ? "${link}index.html" : $link;

        push @dead, "$page: $link"
            unless $answered{$link} || -f "$site$file";
    }
}

is_deeply(\@dead, [], 'no link of the demo is dead');

my @entries = slurp("$site/feed.xml") =~ m{<entry>(.*?)</entry>}sg;
my @articles = glob "$site/news/*.html";

cmp_ok(@articles, '>', 2, 'it has articles');
is(grep({ m{<link [^>]*href="\@ORIGIN\@/news/[^"]+"} } @entries), @articles,
    'and an entry in the feed for each');

# its application

my $socket = "$dir/app.sock";

system($^X, '../conf/demo/app.pl', $socket, "$dir/app.pid", "$dir/guests",
    "$dir/app.log");

like(app("GET /tides HTTP/1.0\r\n\r\n"), qr/ 200 .*high water/s, 'tides');
like(app("GET /nothing HTTP/1.0\r\n\r\n"), qr/ 404 /, 'nothing');
like(app("nonsense\r\n\r\n"), qr/ 400 /, 'nonsense');
like(app(post('name=%3CB%3E&text=a%09b%0Ac')), qr/ 303 /, 'a guest signs');
like(app("GET /guestbook HTTP/1.0\r\n\r\n"), qr{<h2>&lt;B&gt;</h2>.*a b c}s,
    'and is quoted');
like(app(post('a' x 9000)), qr/ 413 /, 'a guest who writes too much');

kill 'TERM', $t->read_file('app.pid') =~ /(\d+)/;

for (1 .. 200) {
    last unless -e $socket;
    select undef, undef, undef, 0.1;
}

ok(!-e $socket, 'it leaves no socket');

# make install

SKIP: {

skip('what is installed has no sanitizers', 12) if $ENV{SANITIZE};

# by somebody whose files nobody else reads

is(system("umask 077; DESTDIR=$dir/root ../scripts/install"
    . " >$dir/install.log 2>&1"), 0, 'make install') or diag($t->read_file('install.log'));

for my $file (qw{
    usr/lib/nginx/modules/ngx_http_activitypub_module.so
    usr/share/activitypub/sql/migrations/001_initial.sql
    usr/share/activitypub/conf/minimal.conf
    usr/share/man/man1/apctl.1
    usr/share/bash-completion/completions/apctl
    etc/nginx/snippets/activitypub-herd.conf
    etc/nginx/snippets/activitypub-herd-proxy.conf
    etc/nginx/snippets/activitypub-herd-fastcgi.conf
    etc/nginx/snippets/activitypub-log.conf})
{
    ok(-s "$dir/root/$file", $file);
}

like(`$dir/root/usr/bin/apctl --version`, qr/^apctl \d/, 'usr/bin/apctl');
is(`find $dir/root/* ! -perm -o=r -o -perm /go=w`, '',
    'everybody may read it, and the owner alone write');

}

###############################################################################

# an example under the conditions of a test: its module, logs and ports

sub adapt {
    my ($text) = @_;

    $text =~ s/^load_module .*$/%%TEST_GLOBALS%%/m;
    $text =~ s/^http \{$/http {\n%%TEST_GLOBALS_HTTP%%/m;
    $text =~ s/include +snippets\//include $FindBin::Bin\/..\/conf\/snippets\//g;
    $text =~ s/listen +\d+(?: ssl)?;/listen 127.0.0.1:8080;/g;

    return $text;
}


sub app {
    my ($request) = @_;
    my $s = IO::Socket::UNIX->new(Peer => $socket) or return "no answer: $!";

    print $s $request;
    $s->shutdown(1);
    local $/;
    return scalar(<$s>) // '';
}


sub post {
    my ($body) = @_;

    return "POST /guestbook HTTP/1.0\r\nContent-Length: " . length($body)
        . "\r\n\r\n$body";
}


sub slurp {
    my ($file) = @_;

    open my $f, '<', $file or die "$file: $!";
    local $/;
    return scalar <$f>;
}
