#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Sections of a site: what is published below them needs no actor by name.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Config;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/);
my $c = Test::Config->new($t);

my $rule = 'it must be a path that begins and ends with "/", as in '
    . '"/sport/"';

for my $path ('sport', '/sport', 'sport/', '""', '/a//b/', '/a/../b/', '/./',
    '/a%20b/', '/a?b/', '/a#b/', 'https://acme.example/sport/')
{
    $c->refused("section $path",
        qr/invalid section ".*": $rule/,
        server => "activitypub_actor a {\nsection $path; # here\n }");
}

$c->refused('a section of two',
    qr/duplicate section "\/a\/": it is that of actor "a"/,
    server => "activitypub_actor a { section /a/; }
        activitypub_actor b { url /b; section /b/;\nsection /a/; # here\n }");
$c->refused('a section twice',
    qr/duplicate section "\/a\/": it is that of actor "a"/,
    server => "activitypub_actor a { section /a/;\nsection /a/; # here\n }");
$c->accepted('sections', server => 'activitypub_actor a { section /;
    section "/fu\xc3\x9f ball/"; } activitypub_actor b { url /b;
    section /a/b/; }');

$t->write_file_expand('nginx.conf', <<'EOF');

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";

    server {
        listen      127.0.0.1:8080;
        server_name acme.example;

        activitypub_actor news   { section /; }
        activitypub_actor sport  { url /sport; section /sport/; }
        activitypub_actor tennis { url /t; section /sport/tennis/; }
    }
}

EOF

$t->run();
$t->wait_document('/activitypub/news', host => 'acme.example');

for my $case (['/a', 'news'], ['/sport/a', 'sport'], ['/sport', undef],
    ['/sport/tennis/a', 'tennis'], ['/sports/a', 'news'])
{
    my ($path, $actor) = @$case;
    my ($code, $out) = $t->psql(
        "SELECT activitypub.publish(NULL, '$path', 'T', 'C')");

    defined $actor ? like($out, qr{/activitypub/$actor/}, "$path: $actor")
        : isnt($code, 0, "$path: is a profile page");
}

done_testing();

###############################################################################
