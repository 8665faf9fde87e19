#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# apctl actor: one from its first word to its end, many from a file, and posts
# that find their actor, as the publisher and nobody else.

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
my $name = "apctl_actor_$$";
my $cms = "apctl_actor_cms_$$";

$pg->create($name);
$pg->psql('postgres', "CREATE ROLE $cms LOGIN IN ROLE activitypub_publisher");

my @db = ('--db', $pg->conninfo($name, $cms));
my $home = 'https://acme.example';

fails('nginx was never here', 3, qr/there is no origin: nginx was never here/,
    qw/actor add ann/, @db);

declare('acme.example', 'news');

# add

is(succeeds('add', qw/actor add ann --name/, 'Ann Ött', qw{--summary Hi
    --type Group --icon /a.png --image https://cdn.example/b --url /ann/
    --field Home=https://ann.example/?a=b --field Job=Fish --section /a/
    --section /b/ --also-known-as https://old.example/ann --language pt-BR
    --discoverable off --hide-followers on}, @db),
    "added $home/activitypub/ann\n", 'add says so');

is_deeply(declaration('ann'), { username => 'ann', type => 'Group',
    name => "Ann \x{d6}tt", summary => 'Hi', icon => "$home/a.png",
    icon_type => 'image/png', image => 'https://cdn.example/b',
    url => "$home/ann/", path => '/ann/', query => '',
    fields => [ { name => 'Home', value => 'https://ann.example/?a=b' },
        { name => 'Job', value => 'Fish' } ], sections => ['/a/', '/b/'],
    also_known_as => ['https://old.example/ann'], language => 'pt-BR',
    discoverable => JSON::PP::false, hide_followers => JSON::PP::true },
    'each option is kept');

my $actor = succeeds('show', qw/actor show ann --json/, @db);

is($actor->{state}, 'database', 'show: where it stands');
is($actor->{page}, "$home/ann/", 'show: its page');
like(succeeds('show in words', qw/actor show news/, @db),
    qr/^state +configured$/m, 'show: one that is configured');

my $try = succeeds('add dry', qw/actor add ben --dry-run --json/, @db);

is_deeply($try, { actor => "$home/activitypub/ben", done => 'added',
    dry_run => JSON::PP::true }, 'a dry run says so');
fails('a dry run adds nothing', 3, qr/there is no actor "ben"/,
    qw/actor show ben/, @db);

fails('twice', 1, qr/ann\@acme\.example is an actor already/,
    qw/actor add ann/, @db);
fails('a configured one', 1,
    qr/news\@.* is an actor already: .*the configuration of nginx \(node\)/,
    qw/actor add news/, @db);
fails('a name', 1, qr/^apctl: "A b" cannot be the name of an actor/,
    qw/actor add/, 'A b', @db);
fails('a picture', 1, qr/icon "http:.*must be a path or an https URL/,
    qw{actor add ben --icon http://x.example/a.png}, @db);
fails('a field', 2, qr/"--field" needs a name, "=" and a value/,
    qw{actor add ben --field Website}, @db);
fails('bytes', 2, qr/"--name" is not valid UTF-8/, qw{actor add ben --name},
    "\xff", @db);
fails('a choice', 2, qr/"--indexable" is one of on\|off/,
    qw{actor add ben --indexable maybe}, @db);
fails('a type', 1, qr/the type of an actor is Application, Group/,
    qw{actor add ben --type note}, @db);
fails('a type of post', 2, qr/"--type" is one of note\|article/,
    qw{post publish --url /x --title x --type Person}, @db);

# edit

is(succeeds('edit', qw/actor edit ann --name Ann --summary/, '', '--field', '',
    @db), "changed ann\n", 'edit says so');
is(declaration('ann')->{name}, 'Ann', 'it has a new name');
is(declaration('ann')->{summary}, undef, 'an empty value takes away');
is(declaration('ann')->{fields}, undef, 'fields, too');
is(declaration('ann')->{icon}, "$home/a.png", 'the rest stays');
is(succeeds('edit again', qw/actor edit ann --name Ann --json/, @db)->{done},
    'unchanged', 'nothing to change');
fails('edit nothing', 2, qr/there is nothing to change/, qw/actor edit ann/,
    @db);
fails('edit what is configured', 1, qr/in the configuration of nginx/,
    qw/actor edit news --name x/, @db);

# posts that find their actor

like(succeeds('publish in a section', qw{post publish --url /a/1 --title A},
    @db), qr{^$home/activitypub/ann/}, 'a section decides');
fails('publish in none', 1, qr/has several actors: name one/,
    qw{post publish --url /c/1 --title A}, @db);
is(succeeds('preview in a section', qw{post preview --url /b/1 --title A
    --json}, @db)->{attributedTo}, "$home/activitypub/ann",
    'a preview does as well');

# import

my $lines = join '', map { encode_json({ actor => "m$_", name => "M $_",
    url => "/m/$_" }) . "\n" } 1 .. 1200;

is_deeply(succeeds('import dry', { in => $lines }, qw/actor import - --json
    --dry-run/, @db), { added => 1200, known => 0,
    dry_run => JSON::PP::true }, 'a dry run counts');
is(count(), 1, 'and adds nothing');
is(succeeds('import', { in => "\n$lines\n" }, qw/actor import -/, @db),
    "added 1200, 0 were there\n", 'import counts');
is(count(), 1201, 'they are there');
is_deeply(succeeds('import again', { in => $lines . "{\"actor\": \"last\"}" },
    qw/actor import - --json --origin acme.example/, @db), { added => 1,
    known => 1200, dry_run => JSON::PP::false }, 'those are passed over');

fails('a line is no JSON', 1, qr/^apctl: - line 3: /, { in =>
    qq({"actor": "p1"}\n{"actor": "p2"}\n{"actor" "p3"}\n) },
    qw/actor import -/, @db);
is(succeeds('what stands before', qw/actor show p2 --json/, @db)->{name}, 'p2',
    'is there');
my $bad = qq(\n{"actor": "q1"}\n{"actor": "q2", "nam": 1}\n{"actor": "q3"});

fails('a line is no profile', 1, qr/^apctl: - line 3: an actor has no "nam"$/,
    { in => $bad }, qw/actor import -/, @db);
fails('nor in a dry run', 1, qr/^apctl: - line 3: an actor has no "nam"$/,
    { in => $bad }, qw/actor import - --dry-run/, @db);
is(succeeds('what stands before', qw/actor show q1 --json/, @db)->{name}, 'q1',
    'is there');
fails('what stands behind is not', 3, qr/no actor "q3"/, qw/actor show q3/,
    @db);
fails('no file', 1, qr/cannot read none: No such file/, qw/actor import none/,
    @db);

# delete

fails('delete without a word', 2, qr/no terminal to ask on: "--yes"/,
    qw/actor delete ann/, @db);
fails('delete nobody', 3, qr/there is no actor "x"/, qw/actor delete x --yes/,
    @db);
succeeds('delete dry', qw/actor delete ann --dry-run/, @db);
is(succeeds('it is there', qw/actor show ann --json/, @db)->{state},
    'database', 'a dry run deletes nothing');

SKIP: {
    skip 'no script to make a terminal', 2 unless -x '/usr/bin/script';

    like(terminal("n\n", qw/actor delete ann/), qr/Delete\ ann\@acme\.example
        \ for\ ever,\ with\ 1\ posts\ and\ 0\ followers\?.*\[y\/N\].*
        nothing\ was\ deleted/xs, 'asks, says what is lost, takes a no');
    is(succeeds('it is still there', qw/actor show ann --json/, @db)->{state},
        'database', 'nothing was deleted');
}

is(succeeds('delete', qw/actor delete ann --yes/, @db),
    "deleted $home/activitypub/ann\n", 'delete says so');

my ($code, $out, $err) = apctl(qw/actor delete news --yes --json/, @db);

is_deeply(decode_json($out), { actor => "$home/activitypub/news",
    done => 'deleted', dry_run => JSON::PP::false }, 'delete as JSON');
like($err, qr/nginx's configuration names this actor: take it out/,
    'of one that is configured there is a remark');
like(succeeds('show what is gone', qw/actor show ann --json/, @db)->{deleted},
    qr/^\d{4}-.*Z$/, 'when it was deleted is told');
fails('delete again', 3, qr/ann\@acme\.example is deleted/,
    qw/actor delete ann --yes/, @db);
fails('add again', 1, qr/nobody can have that name again/, qw/actor add ann/,
    @db);
fails('edit what is gone', 3, qr/is deleted/, qw/actor edit ann --name x/,
    @db);

# several sites

declare('other.example', 'ann');
fails('which site', 1, qr/there are several origins: say which/,
    qw/actor add cat/, @db);
is(succeeds('that one', qw/actor add cat --origin other.example --json/, @db)
    ->{actor}, 'https://other.example/activitypub/cat', 'by its host');
fails('none such', 3, qr/there is no origin "x.example"/,
    qw/actor add cat --origin x.example/, @db);

fails('nginx adds nobody', 77, qr/role "www-data" may not/,
    qw{actor add dan --origin other.example}, '--db',
    $pg->conninfo($name, 'www-data'));

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

sub declaration {
    return decode_json(($pg->psql($name, "SELECT declaration
        FROM activitypub.actor WHERE name = '$_[0]'"))[1]);
}

sub count {
    return 0 + ($pg->psql($name,
        'SELECT count(*) FROM activitypub.actors(0, 10000)'))[1];
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
