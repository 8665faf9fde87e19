#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The command line of apctl, without a database: options, help, completion,
# the manual page, and where the database is looked for.

###############################################################################

use warnings;
use strict;

use Test::More;

use File::Temp qw/tempdir/;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Apctl;

###############################################################################

my $d = tempdir(CLEANUP => 1);
my @nowhere = ('--db', "host=$d");

# usage

fails('no command', 2, qr/a command is missing/);
fails('unknown noun', 2, qr/no command "foo"/, 'foo');
fails('noun alone', 2, qr/what to do with "db" is missing/, 'db');
fails('unknown verb', 2, qr/no command "db foo"/, qw/db foo/);
fails('one word too many', 2, qr/"x" is one word too many/, qw/db status x/);
fails('operand missing', 2, qr/"apctl post pin" needs OBJECT/, qw/post pin/);
fails('operand of a noun alone', 2, qr/"apctl fetch" needs URL/, 'fetch');
fails('two operands of it', 2, qr/"b" is one word too many for "apctl fetch"/,
    qw/fetch a b/);
fails('option of another command', 2, qr/"apctl fetch" takes no "--url"/,
    qw/fetch a --url x/);
fails('two operands', 2, qr/"b" is one word too many/, qw/post pin a b/);
fails('required option', 2, qr/needs "--url"/, qw/post publish --actor x/);
fails('unknown option', 2, qr/unknown option "--foo"/, '--foo');
fails('unknown option with a value', 2, qr/unknown option "--foo"/, '--foo=1');
fails('abbreviated option', 2, qr/unknown option "--jso"/,
    qw/db status --jso/);
fails('short option', 2, qr/unknown option "-x"/, '-x');
fails('option of another command', 2, qr/"apctl actor list" takes no "--url"/,
    qw/actor list --url x/);
fails('option before its command', 2, qr/"--url" must follow a command/,
    qw/--url x post list/);
fails('option without its value', 2, qr/"--db" needs a value: CONNINFO/,
    qw/actor list --db/);
fails('switch with a value', 2, qr/"--json" takes no value/,
    qw/actor list --json=yes/);
fails('option twice', 2, qr/"--limit" is given twice/,
    qw/post list --limit 1 --limit 2/);
fails('wrong choice', 2, qr/"--type" is one of note\|article, not "page"/,
    qw/post publish --type page/);

fails("limit \"$_\"", 2, qr/"--limit" is a number from 1/,
    'post', 'list', "--limit=$_") for '0', '-1', 'x', '1x', '', '1e9',
    '99999999999999999999';

my @publish = qw{post publish --actor news --url /a --title A};

fails("time \"$_\"", 2, qr/"--published" is a time like/,
    @publish, "--published=$_") for 'yesterday', '2026-01-31',
    '2026-01-31 18:00:00Z', '2026-01-31T18:00:00', '01/02/2026', '',
    '2026-01-31T18:00:00.Z', '2026-01-31T18:00:00Zx',
    '2026-01-31T18:00:00+1:00', '2026-01-31T18:00:00+01:00x';

fails("time \"$_\"", 69, qr/No such file/, @publish, "--published=$_",
    @nowhere) for '2026-01-31T18:00:00Z', '2026-01-31t18:00:00.123z',
    '2026-01-31T18:00:00-11:30';

fails('content twice', 2, qr/exclude each other/, @publish,
    qw/--content x --content-file y/);
fails('no content file', 1, qr/cannot read .*: No such file/, @publish,
    '--content-file', "$d/none");
fails('a folder as content', 1, qr/cannot read .*: Is a directory/, @publish,
    '--content-file', $d);
fails('content with a NUL', 1, qr/- is not a text/, { in => "a\0b" },
    @publish, qw/--content-file -/);
fails('content without end', 1, qr/cannot read -: File too large/,
    { in => 'x' x 1048577 }, @publish, qw/--content-file -/);
fails('nothing to change', 2, qr/nothing to change/, qw/post update x/);
fails('nobody to ask', 2, qr/no terminal to ask on/, qw/post delete x/);

# options may stand anywhere, and end

fails('options in front', 69, qr/No such file/, @nowhere,
    qw/--json actor list/);
fails('options in between', 69, qr/No such file/, 'actor', @nowhere,
    qw/show x --quiet/);
fails('value behind =', 69, qr/No such file/, qw/actor list/,
    "--db=host=$d");
fails('an operand like an option', 69, qr/No such file/, @nowhere,
    qw/actor show -- --json/);
fails('after -- all is a word', 2, qr/"--db" is one word too many/,
    qw/actor show x -- --db/);

# help

like(succeeds('version', '--version'), qr/\Aapctl \d+\.\d+\.\d+\n\z/,
    'version has three numbers');

my $help = succeeds('help', '--help');
my ($listed) = $help =~ /^Commands:\n(.*?)\n\n/ms;
my @commands = $listed =~ /^  (\w+(?: \w+)?) {2,}\S/mg;

is(scalar(@commands), 28, 'help lists the commands');
like($help, qr/^  $_ +\S/m, "help has exit code $_")
    for 0, 1, 2, 3, 69, 75, 77, 78;

my (%options, %verbs);

for my $command (@commands) {
    my $text = succeeds("help of $command", split(' ', $command), '--help');

    like($text, qr/\AUsage: apctl $command /, "$command: usage");
    like($text, qr/^Examples:\n  .*apctl $command\b/m, "$command: example");
    like($text, qr/^  --json /m, "$command: options");
    unlike($text, qr/^.{80}/m, "$command: 79 columns");

    $options{$command} = [ $text =~ /^  --([\w-]+)/mg ];

    my ($noun, $verb) = split ' ', $command;

    push @{ $verbs{$noun} }, $verb // ();
}

for my $noun (grep { @{ $verbs{$_} } } sort keys %verbs) {
    my $text = succeeds("help of $noun", $noun, '--help');

    is_deeply([ $text =~ /^  $noun (\w+) /mg ], $verbs{$noun},
        "help of $noun lists its verbs");
}

is(succeeds('help with what is missing', qw/post pin --help/),
    succeeds('-h', qw/post pin -h/), '-h is --help');

my ($code) = apctl({ run => [qw/sh -c/, 'exec "$0" "$@" > /dev/full'] },
    '--help');

is($code, 1, 'help that cannot be written');

# the manual page says the same

my $man = slurp('../docs/apctl.1');
my ($in_commands) = $man =~ /^\.Sh COMMANDS\n(.*?)^\.Sh /ms;
my ($in_options) = $man =~ /^\.Sh OPTIONS\n(.*?)^\.Sh /ms;
my ($in_exit) = $man =~ /^\.Sh EXIT STATUS\n(.*?)^\.Sh /ms;

is_deeply([ $in_commands =~ /^\.It Cm (\w+(?: (?!Ar\b|Op\b)\w+)?)/mg ], \@commands,
    'manual: commands');

my %all = map { $_ => 1 } map { @$_ } values %options;

is_deeply([ sort $in_options =~ /^\.It Fl \\-([\w-]+)/mg ],
    [ sort keys %all ], 'manual: options');

is_deeply([ $in_exit =~ /^\.It (\d+)/mg ], [qw/0 1 2 3 69 75 77 78/],
    'manual: exit codes');

# completion

SKIP: {
    skip 'no bash', 8 unless -x '/bin/bash';

    write_file('completion', succeeds('completion', qw/completion bash/));

    is(complete(''), join(' ', sort(keys %verbs), qw/--db --help --json
        --quiet --version/), 'completes nouns');
    is(complete('po'), 'post', 'completes a noun');
    is(complete('post', ''), join(' ', @{ $verbs{post} }), 'completes verbs');
    is(complete('--db', 'post', 'db', ''), join(' ', @{ $verbs{db} }),
        'knows a value from a noun');
    is(complete('--json', 'post', 'pub'), 'publish', 'knows a switch');
    is(complete(qw/post publish --type/, ''), 'note article',
        'completes a choice');
    is(complete(qw/post publish --content-file/, "$d/comp"), "$d/completion",
        'completes a file');
    is_deeply([ grep { join(' ', sort @{ $options{$_} })
        ne join(' ', sort map { s/^--//r } split ' ',
            complete(split(' ', $_), '--')) } @commands ], [],
        'completes the options of every command');
}

# the configuration file

fails('no file', 69, qr/No such file/, { env => { PGHOST => $d } },
    qw/actor list/);

write_file('conf', "# a comment\n\n  db=host=$d/conf \r\n");
fails('file', 69, qr{\Q$d/conf/.s.PGSQL\E}, conf(), qw/actor list/);
fails('--db before the file', 69, qr{\Q$d/.s.PGSQL\E}, conf(), @nowhere,
    qw/actor list/);

write_file('conf', "db = postgresql:///x?host=$d/uri");
fails('file with a URI, without a line end', 69, qr{\Q$d/uri/.s.PGSQL\E},
    conf(), qw/actor list/);

write_file('conf', "\nhost = x\n");
fails('unknown name', 78, qr{conf line 2: "host" is not known}, conf(),
    qw/actor list/);

write_file('conf', "db = a\ndb = b\n");
fails('name twice', 78, qr{conf line 2: "db" stands there twice}, conf(),
    qw/actor list/);

write_file('conf', "db\n");
fails('no value', 78, qr{conf line 1 is not "name = value"}, conf(),
    qw/actor list/);

write_file('conf', "db = host\n=x");
fails('not a line', 78, qr{conf line 2}, conf(), qw/actor list/);

write_file('conf', "db = hast=x\n");
fails('wrong conninfo', 78, qr{conninfo is wrong: .*"hast"}, conf(),
    qw/actor list/);
fails('wrong --db', 2, qr{conninfo is wrong: .*"hast"}, qw/actor list --db/,
    'hast=x');
fails('a folder', 78, qr{cannot read \Q$d\E: Is a directory},
    { env => { APCTL_CONF => $d } }, qw/actor list/);

# nothing from outside reaches the terminal as a command

fails('control characters', 2, qr/no command "\?\[2J\? b"/,
    "\e[2J\xc2\x9b\nb");

done_testing();

###############################################################################

sub conf { { env => { APCTL_CONF => "$d/conf" } } }

sub complete {
    my @words = ('apctl', @_);

    open my $bash, '-|', '/bin/bash', '-c', <<'END', 'bash', "$d/completion",
. "$1"; shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_apctl
echo "${COMPREPLY[*]}"
END
        @words or die "bash: $!";

    chomp(my $line = <$bash> // '');
    close $bash;

    return $line;
}

sub write_file {
    open my $f, '>', "$d/$_[0]" or die "$_[0]: $!";
    print $f $_[1];
    close $f;
}

sub slurp {
    open my $f, '<', $_[0] or die "$_[0]: $!";
    local $/;
    return scalar <$f>;
}

###############################################################################
