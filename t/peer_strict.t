#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What each system of the fediverse demands of WebFinger, actor and objects:
# a table of rows in t/peers/strict.  Each row looks at the real response,
# and then at the same response broken in the way that the row forbids: a row
# that does not turn red then demands nothing.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib qw{ lib peers/strict };
use Test::Rig;
use Test::Nginx;
use Test::Site;

use Strict;
use Strict::Caches;
use Strict::Everyone;
use Strict::GoToSocial;
use Strict::Lemmy;
use Strict::Mastodon;
use Strict::MastodonObjects;
use Strict::Misskey;
use Strict::Pixelfed;
use Strict::Threads;
use Strict::WordPress;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

run_site($t, $rig, server => 'server_name www.site.example;');

my $finger = "$ORIGIN/.well-known/webfinger";

my %urls = (
    webfinger => "$finger?resource=acct:news\@site.example",
    webfinger_encoded => "$finger?resource=acct%3Anews%40site.example",
    webfinger_case => "$finger?resource=acct:News\@Site.Example",
    webfinger_at => "$finger?resource=acct:\@news\@site.example",
    webfinger_url => "$finger?resource=" . encoded($Strict::ACTOR),
    webfinger_page => "$finger?resource=" . encoded("$ORIGIN/about.html"),
    webfinger_unknown => "$finger?resource=acct:nobody\@site.example",
    webfinger_site => "$finger?resource=" . encoded("$ORIGIN/"),
    webfinger_none => $finger,
    webfinger_alias => "$finger?resource=acct:news\@www.site.example",
    webfinger_at_alias => "$finger?resource=acct:news\@www.site.example",
    host_meta => "$ORIGIN/.well-known/host-meta",
    nodeinfo_links => "$ORIGIN/.well-known/nodeinfo",
    nodeinfo => "$ORIGIN/activitypub/nodeinfo/2.1",
    instance => "$ORIGIN/activitypub/actor",
    (map { $_ => $Strict::ACTOR } qw/actor bare head actor_at_alias/),
    (map { $_ => "$Strict::ACTOR/$_" }
        qw/outbox followers following featured/),
    (map { $_ => "$ORIGIN/posts/one.html" } qw/page html wildcard json bridgy/),
    posts(),
);

$urls{$_} = $urls{note} for qw/machine_html machine_any machine_none/;
$urls{webfinger_note} = "$finger?resource=" . encoded($urls{note});
$urls{webfinger_gone} = "$finger?resource=" . encoded($urls{tombstone});
$urls{outbox_page} = get($urls{outbox})->json->{first};
$urls{activity} = activity_of($urls{note});
$urls{largest_activity} = activity_of($urls{largest});

my ($rows, $killed, %fetched, %rows, %killed) = (0, 0);

for my $row (Strict::rows()) {
    my $claim = "$row->{system}: $row->{claim} [wire.md $row->{cite}]";
    my $response = fetched($row);

    ok(Strict::meets($row, $response), $claim) or show($response);

    # re-encoding alone must change nothing, or every break would "kill"

    my $copy = $response->copy;

    $copy->json($copy->json) if $copy->body =~ /^\{/;
    ok(Strict::meets($row, $copy) == Strict::meets($row, $response),
        "$claim: an untouched copy is as good") or show($copy);

    my $survives = Strict::meets($row, Strict::broken($row, $response));

    ok(!$survives, "$claim: turns red");

    $rows{$row->{system}}++, $rows++;
    $killed{$row->{system}}++, $killed++ unless $survives;
}

diag(sprintf '%-12s %3d rows, %3d killed', $_, $rows{$_}, $killed{$_} // 0)
    for sort keys %rows;
diag("$rows rows, $killed killed");
cmp_ok($rows, '>=', 60, 'a table worth its name');
is($killed, $rows, 'no row survives its break');

done_testing();

###############################################################################

# the posts that rows look at; their ids

sub posts {
    my %id;

    $id{note} = publish($t, url => '/posts/one.html', title => 'One',
        content => '<p>The first post & <a href="/about.html">more</a>.</p>',
        language => 'en');

    $id{edited} = publish($t, url => '/posts/two.html', title => 'Two',
        content => '<p>The second post.</p>');

    # a date of its own, whatever the clock's resolution is

    $t->sql("SELECT pg_sleep(1.1);
        SELECT activitypub.update_post(object => '$id{edited}',
            title => 'Two, edited')");

    $id{warned} = publish($t, url => '/posts/three.html', title => 'Three',
        content => '<p>The end.</p>', content_warning => 'Spoilers');

    $id{article} = publish($t, url => '/posts/four.html', title => 'Four',
        content => '<p>An <em>article</em>.</p><p>At length.</p>',
        object_type => 'Article');

    $id{largest} = publish($t, url => '/posts/five.html', title => 'Five',
        content => '<p>' . 'word ' x 10_800 . '</p>',
        object_type => 'Article');

    $id{tombstone} = publish($t, url => '/posts/six.html', title => 'Six',
        content => '<p>Not for long.</p>');
    $t->sql("SELECT activitypub.delete_post('$id{tombstone}')");

    # nginx hears of pages in the order of their posts

    $t->wait_for(sub {
        get("$ORIGIN/posts/five.html")->header('Content-Type') =~ /activity/;
    })
        or die "the page of a post does not become one";

    return %id;
}


sub get {
    my ($url) = @_;

    return $rig->get($url, accept => 'application/activity+json');
}


# the Create of a post, as the outbox names it

sub activity_of {
    my ($object) = @_;

    my ($found) = grep { $_->{type} eq 'Create'
            && (ref $_->{object} ? $_->{object}{id} : $_->{object}) eq $object }
        @{ get($urls{outbox_page})->json->{orderedItems} };

    return $found->{id};
}


# as the row's system asks for it, once

sub fetched {
    my ($row) = @_;

    return $fetched{$row->{system}}{$row->{on}} //= do {
        my $url = $urls{$row->{on}} or die "no document \"$row->{on}\"";

        my @headers = @{ Strict::headers_of($row) };

        unshift @headers, Host => 'site.example'
            unless grep { $_ eq 'Host' } @headers;

        Strict::Response->new($rig->get($url,
            method => $row->{on} eq 'head' ? 'HEAD' : 'GET',
            headers => \@headers));
    };
}


sub encoded {
    my ($text) = @_;

    $text =~ s/([^A-Za-z0-9.])/sprintf '%%%02X', ord $1/ge;

    return $text;
}


sub show {
    my ($response) = @_;

    diag(join "\n", $response->status,
        map({ "$_->[0]: $_->[1]" } @{ $response->{headers} }),
        substr $response->body, 0, 3000);
}

###############################################################################
