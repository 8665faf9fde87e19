#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# apctl block: domains in any spelling, what they cost before it is done, and
# lists from elsewhere and back, as the publisher and nobody else.

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
my $name = "apctl_block_$$";
my $cms = "apctl_block_cms_$$";

$pg->create($name);
$pg->psql('postgres', "CREATE ROLE $cms LOGIN IN ROLE activitypub_publisher");

my @db = ('--db', $pg->conninfo($name, $cms));
my $home = 'https://acme.example';

people();

# what is there

is_deeply([run(qw/block list/)], [0, '', "apctl: there is no rule\n"],
    'no rule');
is_deeply(succeeds('list as JSON', qw/block list --json/, @db), [],
    'as JSON');
is(succeeds('export nothing', qw/block export/, @db),
    "#domain,#severity,#reject_media,#reject_reports,#public_comment,"
    . "#obfuscate\n", 'nothing but a header');

# what is no domain

for my $try (['', 'it is empty'],
    ['10.0.0.1', 'it is an IP address, not a domain'],
    ['[::1]', 'it is an IP address, not a domain'],
    ['https://one.example/', 'a domain alone is wanted, without scheme, port,'
        . ' path or user'],
    ['one.example:443', 'a domain alone is wanted'],
    ['*.one.example', 'subdomains are included'],
    ['example', 'it has one label'], ['a b.example', 'it is not a host name'])
{
    fails("no domain: $try->[0]", 2,
        qr/"\Q$try->[0]\E" cannot have a rule: \Q$try->[1]\E/,
        qw/block add ok.example/, $try->[0], '--yes', @db);
}

fails('none at all', 2, qr/needs a DOMAIN, or "--preset"/, qw/block add/, @db);
fails('no preset', 2, qr/"--preset" is one of threads|there is no preset/,
    qw/block add --preset twitter/, @db);
fails('no severity', 2, qr/"--severity" is one of suspend\|limit/,
    qw/block add one.example --severity silence/, @db);
fails('nothing to take back', 2, qr/"apctl block rm" needs DOMAIN/,
    qw/block rm/, @db);
is(rules(), '', 'and nothing was written');

# what it costs

my $cost = '2 followers get a Reject; 1 replies and 1 other reactions are shown '
    . 'no more; 1 deliveries are dropped; servers known: 2';

is_deeply([run(qw/block add One.Example. --dry-run/)],
    [0, "1 rule written, 2 followers rejected (dry run)\n",
    "apctl: 1 domain: $cost\n"], 'a dry run tells the cost');
is(rules() . followers(), 3, 'and changes nothing');

is_deeply([run(qw/block add one.example/)], [2, '',
    "apctl: 1 domain: $cost\napctl: there is no terminal to ask on: "
    . "\"--yes\" blocks without asking\n"], 'without a terminal: only --yes');
like(terminal("n\n", qw/block add one.example/), qr{\Q$cost\E.*Block it.*nothing was blocked}s, 'on a terminal it asks');
for my $how (qw/--quiet --json/) {
    like(terminal("n\n", qw/block add one.example/, $how),
        qr{^(?:n\r?\n)?1 domain: \Q$cost\E\.  Block it.*nothing was blocked}s,
        "$how: what it costs is part of the question");
}

is(rules() . followers(), 3, 'and takes no for an answer');
like(terminal("y\n", qw/block add one.example --reason/, 'a, b'),
    qr/1 rule written, 2 followers rejected/, 'and yes');
is(rules(), 'one.example suspend a, b', 'the rule is there');
is(followers(), 1, 'and the followers are not');
is(queued(), 'one.example Reject, s.one.example Reject, two.example Create',
    'each gets a Reject and nothing else');

is_deeply(succeeds('JSON', qw/block add one.example --yes --json/, @db),
    { followers => 0, replies => 0, reactions => 0, deliveries => 0,
    hosts => 2, rules => 1, rejected => 0, dry_run => JSON::PP::false },
    'again, as JSON: it costs nothing more');

# what suspends nobody costs nothing, and is not asked about

is(succeeds('limit', qw/block add two.example --severity limit/, @db),
    "1 rule written, 0 followers rejected\n", 'a limit');
is(succeeds('allow', qw/block add good.one.example --severity allow/, @db),
    "1 rule written, 0 followers rejected\n", 'an exception');
is((run(qw{block add BÜCHER.example xn--mnchen-3ya.example --yes}))[0], 0,
    'several, in other scripts');
is((run(qw{block add --preset threads --yes --quiet}))[0], 0, 'a preset');
is(rules(), 'good.one.example allow , instagram.com suspend preset threads, '
    . 'one.example suspend a, b, threads.com suspend preset threads, '
    . 'threads.net suspend preset threads, two.example limit , '
    . 'xn--bcher-kva.example suspend , xn--mnchen-3ya.example suspend ',
    'each in its one spelling');
fails('our own', 1, qr/"acme.example" cannot be blocked: /, qw/block add acme.example --severity limit/, @db);
fails('no origin', 3, qr/there is no origin "x.example"/,
    qw/block add a.example --severity limit --origin x.example/, @db);

my $list = succeeds('list', qw/block list --json/, @db);

is_deeply({ %{ $list->[2] }, created => 0 }, { severity => 'suspend',
    domain => 'one.example', source => 'database', origin => undef,
    reason => 'a, b', created => 0 }, 'a rule as JSON');
like(succeeds('as a table', qw/block list/, @db),
    qr/^suspend +one\.example +database +\S* *a, b$/m, 'and as a table');

# there and back

my $csv = succeeds('export', qw/block export/, @db);

is($csv, <<'END', 'as Mastodon has it: an exception is none of it');
#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
instagram.com,suspend,true,true,preset threads,false
one.example,suspend,true,true,"a, b",false
threads.com,suspend,true,true,preset threads,false
threads.net,suspend,true,true,preset threads,false
two.example,silence,false,false,,false
xn--bcher-kva.example,suspend,true,true,,false
xn--mnchen-3ya.example,suspend,true,true,,false
END

is(succeeds('take back', qw/block rm/, qw/one.example TWO.example threads.net
    threads.com instagram.com xn--bcher-kva.example münchen.example/, @db),
    join('', map { "$_ has no rule any more\n" } qw/one.example two.example
    threads.net threads.com instagram.com xn--bcher-kva.example
    xn--mnchen-3ya.example/), 'taken back');
is(rules(), 'good.one.example allow ', 'but the exception');
fails('once', 3, qr/the database has no rule about one.example: see /, qw/block rm one.example/, @db);

is_deeply([run({ in => $csv }, qw/block import - --dry-run/)],
    [0, "7 rules written, 0 followers rejected (dry run)\n",
    "apctl: 6 domains: 0 followers get a Reject; 1 replies and 1 other "
    . "reactions are shown no more; 0 deliveries are dropped; servers known: "
    . "2\n"], 'what was exported, dry');
is((run({ in => $csv }, qw/block import - --yes/))[0], 0, 'and in earnest');
is(succeeds('export again', qw/block export/, @db), $csv,
    'comes out as it was');

# what others export

my ($code, $out, $err) = run({ in => "\xEF\xBB\xBF" . <<'END' },
#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
a.example,silence,true,false,"spam, ""and"" more
lines",false
b.example,noop,true,false,,false
c.example,noop,false,false,,false
d***.example,suspend,false,false,,true

E.Example.,suspend,true,true,x
f.example,nonsense
two.example,suspend,true
END
    qw/block import - --yes/);

is_deeply([$code, $out, [split /\n/, $err]],
    [1, "4 rules written, 1 followers rejected\n", [
    'apctl: - line 6: "d***.example" is left out: subdomains are included, '
    . 'write the domain without a wildcard',
    'apctl: - line 9: "nonsense" is left out: it is no severity',
    'apctl: 1 lines block nothing',
    'apctl: 2 domains: 1 followers get a Reject; 0 replies and 0 other '
    . 'reactions are shown no more; 1 deliveries are dropped; servers known: '
    . '1', 'apctl: 2 lines were left out']],
    'bad lines are named by number, and left out');
is(sql("SELECT string_agg(domain || ' ' || severity || ' ' || reason, '; '
    ORDER BY domain) FROM activitypub.policies WHERE length(domain) = 9"),
    "a.example limit spam, \"and\" more\nlines; b.example reject_media ; "
    . 'e.example suspend x', 'their words are ours');

is_deeply([run({ in => "# my list\n\n g.example \nh.example\r\n" },
    qw/block import - --severity limit --origin acme.example/)],
    [0, "2 rules written, 0 followers rejected\n", ''], 'a plain list');
is(sql("SELECT string_agg(origin || ' ' || domain || ' ' || severity, ', '
    ORDER BY domain) FROM activitypub.policies WHERE origin <> ''"),
    "$home g.example limit, $home h.example limit", 'of one origin');
is(succeeds('export an origin', qw/block export --origin acme.example/, @db)
    =~ s/^#.*\n//r, "g.example,silence,false,false,,false\n"
    . "h.example,silence,false,false,,false\n", 'exports its own');
fails('a list without a domain', 1, qr/there is no domain in -/, { in =>
    "# nothing\n" }, qw/block import -/, @db);
fails('no file', 1, qr{cannot read /nonexistent: No such file},
    qw{block import /nonexistent}, @db);

$pg->drop($name);
$pg->psql('postgres', "DROP ROLE $cms");

done_testing();

###############################################################################

sub run { apctl(ref $_[0] ? shift : (), @_, @db) }


sub sql {
    my ($code, $out, $err) = $pg->psql($name, $_[0]);

    die $err if $code != 0;
    chomp $out;

    return $out;
}


sub rules {
    return sql("SELECT coalesce(string_agg(domain || ' ' || severity || ' '
        || reason, ', ' ORDER BY domain), '') FROM activitypub.policies
        WHERE origin = ''");
}


sub followers { sql('SELECT count(*) FROM activitypub.followers') }


sub queued {
    return sql("SELECT string_agg(host || ' ' || type, ', ' ORDER BY host)
        FROM activitypub.deliveries");
}


# ann and sue, below one.example, and bob follow and get a post; ann likes it
# and sue replies

sub people {
    my $declaration = encode_json({ origin => $home, host => 'acme.example',
        prefix => '/activitypub/', account_domain => 'acme.example',
        actors => [{ username => 'news' }] });

    sql("SELECT activitypub.declare('node', '$declaration')");

    my $post = sql("SELECT activitypub.publish('news', '/a', 'T', 'x')");
    my $public = '{"to": "as:Public", "object": {"to": "as:Public"}}';

    for my $who (qw{one.example/ann s.one.example/sue two.example/bob}) {
        my ($host) = $who =~ m{(.*)/};

        sql("SELECT activitypub.remote_actor_set('https://$who', '$host',
            'https://$who/inbox', '', 'https://$who#key', 'PEM')");
        sql("SELECT activitypub.receive('$home', 'https://$who', '$who/f',
            'Follow', '$home/activitypub/news', NULL, NULL, NULL, '{}')");
    }

    sql("SELECT activitypub.receive('$home', 'https://one.example/ann', 'l',
        'Like', '$post', NULL, NULL, NULL, '$public')");
    sql("SELECT activitypub.receive('$home', 'https://s.one.example/sue', 'r',
        'Create', 'https://s.one.example/n', 'Note', '$post', NULL,
        '$public')");
    sql('DELETE FROM activitypub.delivery');
    sql('SELECT activitypub.fanout_expand(100)');
    sql("DELETE FROM activitypub.delivery WHERE host = 's.one.example'");
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
