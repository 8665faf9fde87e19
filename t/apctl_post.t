#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# apctl post and actor: a post from its preview to its end, as the publisher
# and nobody else, and what is said as JSON.

###############################################################################

use warnings;
use strict;

use Test::More;

use JSON::PP;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Apctl;
use Test::Postgres;

###############################################################################

my $pg = Test::Postgres->shared;
my $name = "apctl_post_$$";
my $cms = "apctl_cms_$$";

$pg->create($name);
$pg->psql('postgres', "CREATE ROLE $cms LOGIN IN ROLE activitypub_publisher");

my @db = ('--db', $pg->conninfo($name, $cms));
my $home = 'https://acme.example';
my $uuid = qr/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;

declare('acme.example', 'news', 'jobs');
declare('other.example', 'news');

# actors

is_deeply([ map { $_->{handle} } @{ succeeds('actor list',
    qw/actor list --json/, @db) } ], [qw/jobs@acme.example news@acme.example
    news@other.example/], 'actors');

my $actor = succeeds('actor show', qw/actor show jobs --json/, @db);

is_deeply([ sort keys %$actor ], [qw/created declared deleted display_name
    handle name origin page posts state type uri/], 'members of an actor');
is($actor->{uri}, "$home/activitypub/jobs", 'actor: uri');
is($actor->{declared}, JSON::PP::true, 'actor: declared is a boolean');
like($actor->{created}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    'actor: created is a time');

for my $spelling ('news@acme.example', '@news@ACME.example',
    "$home/activitypub/news")
{
    is(succeeds("by $spelling", qw/actor show --json/, $spelling, @db)->{uri},
        "$home/activitypub/news", "actor by $spelling");
}

like(succeeds('actor list in words', qw/actor list/, @db),
    qr{\ANAME\ +HANDLE\ +TYPE\ +POSTS\ +STATE\ +PAGE\n
    jobs\ +jobs\@acme\.example\ +\w+\ +\d+\ +configured\ }x,
    'actors as a table');
like(succeeds('actor show in words', qw/actor show jobs/, @db),
    qr/^declared +yes$/m, 'actor as lines');

fails('no such actor', 3, qr/there is no actor "x"/, qw/actor show x/, @db);
fails('a name that is not unique', 1,
    qr/say news\@acme\.example or news\@other\.example/,
    qw/actor show news/, @db);

# preview, publish

my @post = (qw{--actor news@acme.example --url /launch --title}, 'Lünch',
    qw/--language en --published 2026-01-31T18:00:00+01:00/);

my $preview = succeeds('preview', qw/post preview --json --content/,
    '<p>We <b>did</b> it.</p>', @post, @db);

is($preview->{type}, 'Note', 'preview: a note');
is($preview->{url}, "$home/launch", 'preview: its page');
is($preview->{published}, '2026-01-31T17:00:00Z', 'preview: its time');
is(succeeds('preview without --json', qw/post preview/, @post, @db) =~ tr/\n//,
    1, 'preview is one line when nobody looks');
is_deeply(posts(), [], 'preview writes nothing');

is(succeeds('list of none', qw/post list --quiet/, @db), '', 'no posts');
like((apctl(qw/post list/, @db))[2], qr/\Aapctl: there is no post\n\z/,
    'no posts, in words');

my $try = succeeds('dry run', qw/post publish --dry-run --json/, @post, @db);

is($try->{dry_run}, JSON::PP::true, 'dry run says so');
is_deeply(posts(), [], 'dry run writes nothing');
is(($pg->psql($name, 'SELECT count(*) FROM activitypub.fanout'))[1], "0\n",
    'dry run announces nothing');

my $id = succeeds('publish', { in => "<p>We <b>did</b> it.</p>\n" },
    qw/post publish --content-file -/, @post, @db);

like($id, qr{\A$home/activitypub/news/$uuid\n\z}, 'publish prints the id');
chomp $id;

my ($post) = @{ posts() };

is_deeply($post, { id => $id, actor => 'news@acme.example', type => 'Note',
    url => "$home/launch", title => "L\x{fc}nch", updated => undef,
    published => '2026-01-31T17:00:00Z', pinned => JSON::PP::false },
    'the post in the list');
like(document(), qr/"content":".*did/, 'it has its content');

fails('published twice', 1,
    qr{^apctl: url "$home/launch" is already published by .* as $id$},
    qw/post publish/, @post, @db);
fails('published by nobody', 3, qr/there is no actor "none"/,
    qw{post publish --actor none --url /x --title x}, @db);
fails('published by one of two', 1, qr/several actors are named "news"/,
    qw{post publish --actor news --url /x --title x}, @db);
fails('published elsewhere', 1, qr/not on the actor's origin/, qw{post publish
    --actor jobs --url https://other.example/x --title x}, @db);
fails('published with bytes that are no text', 1, qr/invalid byte sequence/,
    { in => "\xff" }, qw{post publish --actor jobs --url /x --title x
    --content-file -}, @db);
fails('published too long', 1, qr/is \d+ bytes long/, { in => 'x ' x 40000 },
    qw{post publish --actor jobs --url /x --title x --type article
    --content-file -}, @db);
fails('published at no time', 1, qr/out of range/, qw{post publish --actor jobs
    --url /x --title x --published 2026-02-31T00:00:00Z}, @db);

my $article = succeeds('publish an article', qw{post publish --json --actor
    jobs --url /job --title Job --type article --content-warning Work
    --excerpt Soon --content <p>Here</p>}, @db)->{id};

is_deeply([ map { $_->{title} } @{ posts() } ], ['Job', "L\x{fc}nch"],
    'newest first');
is_deeply([ map { $_->{id} } @{ posts('--actor', 'jobs') } ], [$article],
    'of one actor');
is(scalar(@{ posts('--limit', 1) }), 1, 'so many');
is(scalar(@{ posts('--actor', 'news') }), 1, 'of all actors of a name');
fails('of nobody', 3, qr/there is no actor "x"/, qw/post list --actor x/,
    @db);
like(succeeds('list in words', qw/post list --actor jobs/, @db),
    qr/\APUBLISHED +ACTOR +TITLE +ID\n\S+Z  jobs\@acme\.example  Job +$article/,
    'posts as a table');

# update: by id, by page; what is not given stays

is(succeeds('update', qw/post update --title New/, $id, @db),
    "updated $id\n", 'update says so');
is(posts()->[1]{title}, 'New', 'it has a new title');
like(posts()->[1]{updated}, qr/Z$/, 'and a time of update');
like(document(), qr/"content":".*did/, 'and its old content');

is_deeply(succeeds('update by page', qw/post update --json --dry-run --content
    x/, "$home/launch", @db), { object => "$home/launch", done => 'updated',
    dry_run => JSON::PP::true }, 'update as JSON');
like(document(), qr/"content":".*did/, 'a dry run changes nothing');

succeeds('update the content', qw/post update --content-file -/,
    $id =~ s{.*/}{}r, @db);
unlike(document(), qr/did/, 'an empty content clears');

fails('no such post', 3, qr/there is no post "x"/,
    qw/post update x --title x/, @db);
fails('nothing to change', 2, qr/nothing to change/, qw/post update/, $id,
    @db);

# pin

is(succeeds('pin', qw/post pin/, $id, @db), "pinned $id\n", 'pin');
is(posts()->[1]{pinned}, JSON::PP::true, 'it is pinned');
is_deeply(succeeds('unpin', qw/post pin --off --json/, $id, @db), {
    object => $id, done => 'unpinned', dry_run => JSON::PP::false }, 'unpin');
is(posts()->[1]{pinned}, JSON::PP::false, 'it is not pinned');
is(succeeds('quiet', qw/post pin --quiet/, $id, @db), '', 'quiet');

# delete

fails('delete without a word', 2, qr/no terminal to ask on: "--yes"/,
    qw/post delete/, $id, @db);

succeeds('delete dry', qw/post delete --dry-run/, $id, @db);
is(scalar(@{ posts() }), 2, 'a dry run deletes nothing');

SKIP: {
    skip 'no script to make a terminal', 4 unless -x '/usr/bin/script';

    like(terminal("n\n", qw/post delete/, $id), qr/Delete .*\? .*\[y\/N\] .*
        nothing\ was\ deleted/sx, 'asks, and takes a no');
    is(scalar(@{ posts() }), 2, 'nothing was deleted');
    like(terminal("y\n", qw/post delete/, $id), qr/deleted $id/,
        'takes a yes');
    like(terminal('', qw{post preview --actor jobs --url /p --title P}),
        qr/^  "type": "Note",\r?$/m, 'a preview is indented on a terminal');
}

succeeds('delete', qw/post delete --yes --json/, $article, @db);
apctl(qw/post delete --yes/, $id, @db);
is_deeply(posts(), [], 'no post is left');
fails('delete again', 3, qr/is deleted/, qw/post delete --yes/, $id, @db);

# who may not

fails('nginx does not publish', 77,
    qr/publish: role "www-data" may not .* activitypub_publisher may.*sudo -u/,
    qw{post publish --actor jobs --url /x --title x}, '--db',
    $pg->conninfo($name, 'www-data'));

# a database without the schema

fails('not migrated', 78,
    qr/database "postgres" is not migrated .*: run "apctl db migrate"/,
    qw/post list/, '--db', $pg->conninfo('postgres', 'postgres'));

# of several with one name the declared one is meant

declare('other.example');
is(succeeds('one of two is declared', qw/actor show news --json/, @db)
    ->{origin}, $home, 'the declared one');

declare('acme.example');
fails('none of two is declared', 1, qr/"news" is not unique/,
    qw/actor show news/, @db);

# a text with an escape does not reach the terminal as one

$pg->psql($name, "UPDATE activitypub.actor SET declaration = declaration
    || '{\"name\": \"a\\u001b[2Jb\"}' WHERE name = 'jobs'");
like(succeeds('an escape', qw/actor show jobs/, @db), qr/a\?\[2Jb/,
    'an escape is a question mark');

$pg->drop($name);
$pg->psql('postgres', "DROP ROLE $cms");

done_testing();

###############################################################################

sub declare {
    my ($host, @names) = @_;

    my $declaration = encode_json({ origin => "https://$host", host => $host,
        prefix => '/activitypub/', account_domain => $host,
        actors => [ map { { username => $_, type => 'Person' } } @names ] });

    $pg->psql($name,
        "SELECT * FROM activitypub.declare('node', '$declaration')");
}

sub posts {
    my ($code, $out, $err) = apctl(qw/post list --json/, @_, @db);

    return $code ? $err : decode_json($out);
}

sub document {
    return ($pg->psql($name, "SELECT document FROM activitypub.object
        WHERE url = '$home/launch'"))[1];
}

sub terminal {
    my ($in, @args) = @_;
    my $command = join ' ', map { quotemeta } apctl_bin(), @args, @db;

    open my $script, '-|', "printf '%s' '$in' | script -qec " .
        quotemeta($command) . ' /dev/null 2>&1' or die "script: $!";
    local $/;

    return scalar <$script>;
}

###############################################################################
