#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A zone that is too small for the set of pages that have a document costs
# queries, not answers: one [error], and all is as slow and as right as it
# can be.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Node;

use Time::HiRes qw/sleep/;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(28);

configure('256k');
$t->run;

die "no actor\n" unless $t->wait_document('/activitypub/news')
    && $t->wait_document('/activitypub/actor') && complete($t);

my $id = publish($t, '/posts/1.html');
my $path = $id =~ s!^https://acme\.example!!r;

ok($t->wait_for(sub { link_of('/posts/1.html') }), 'a page with its Link');

# 9000 posts: their set takes more than the zone has

$t->sql("INSERT INTO activitypub.object (id, actor, type, url, title,
                published, document)
         SELECT activitypub.uuid7(), o.actor, 'Note',
                'https://acme.example/many/' || n, '', now(),
                replace(o.document, '/posts/1.html', '/many/' || n)
           FROM activitypub.object AS o, generate_series(1, 9000) AS n;
         " . twins());

ok($t->wait_for(sub { said($t, qr/zone is too small/) }, 10), 'too many');

my ($size) = $t->error_log
    =~ /there are 9003, "activitypub_zone zone=small:(\d+m)" would do/;

is($size, '1m', 'which size would do');

served('while it is too small');

# it goes on trying, which is no news

sleep 3.5;

is(said($t, qr{\[error\].*activitypub:}), 1, 'one [error]');
is(said($t, qr/\[crit\]/), 0, 'it is no accident');

served('after more tries');

# documents and pages share the zone: who comes last finds a place

for my $n (1 .. 300) {
    ask($t, "/many/$n")->status == 200 or die "/many/$n is not there\n";
}

is(ask($t, $path)->json->{id}, $id, 'documents make room for each other');

# a reload does not help, a change is heard all the same

ok($t->reload, 'reload');
update($t, $id, 'Renamed');

ok($t->wait_for(sub { ask($t, $path)->body =~ /Renamed/ }),
    'a change is heard');

# and fewer of them fit again

$t->sql("DELETE FROM activitypub.twin WHERE path LIKE '/many/%';
         NOTIFY activitypub_changed, '*'");

ok($t->wait_for(sub { complete($t) && link_of('/posts/1.html') }, 20),
    'fewer pages fit');
is(link_of('/many/1'), undef, 'the others have no document');

###############################################################################

# too many again, and the size that was told

$t->sql(twins());

ok($t->wait_for(sub { said($t, qr/zone is too small/) == 2 }, 20),
    'too many again');

configure($size);

ok($t->reload, 'the size that was told');
ok($t->wait_for(sub { complete($t)
    && ask($t, '/many/8999', accept => $BROWSER)->header('Vary') }, 20),
    'is enough');

my $said = said($t, qr/zone is too small/);

sleep 2;
is(said($t, qr/zone is too small/), $said, 'and no more is said');

###############################################################################

sub configure {
    my ($size) = @_;

    node_conf($t, http => "activitypub_zone zone=small:$size;",
        actors => 'activitypub_actor news { url /; }
                   activitypub_actor blog { url /blog.html; }');
}


sub twins {
    return "INSERT INTO activitypub.twin (origin, path, actor, object)
            SELECT 1, substr(o.url, 21), o.actor, o.id
              FROM activitypub.object AS o WHERE o.url LIKE '%/many/%';
            NOTIFY activitypub_changed, '*'";
}


# what is right although nothing is known

sub served {
    my ($name) = @_;

    my $r = ask($t, '/plain.html', accept => $BROWSER);

    is($r->status, 200, "$name: a page");
    is($r->header('Vary'), 'Accept', 'of which it is not known what it is');
    is($r->header('Link'), undef, 'nor where');

    is(ask($t, '/plain.html')->body, "PAGE plain\n", "$name: no document");
    is(ask($t, '/posts/1.html')->json->{id}, $id, "$name: a document");
    is(ask($t, '/many/8999')->status, 200, "$name: another");
    is(ask($t, '/many/9001')->status, 404, "$name: neither");
}


sub link_of {
    my ($uri) = @_;

    return ask($t, $uri, accept => $BROWSER)->header('Link');
}

###############################################################################
