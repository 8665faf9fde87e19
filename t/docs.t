#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What the documents promise to have: a room for each file, an entry in full
# for each directive and each SQL function, and links that lead somewhere.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir("$FindBin::Bin/.."); }

###############################################################################

my $module = 'ngx_http_activitypub_module';
my $directives = slurp('docs/DIRECTIVES.md');
my $sql = slurp('docs/SQL.md');

is_deeply([strangers()], [], 'each file has its room in ARCHITECTURE.md');
is_deeply([ghosts()], [], 'and each room is there');

# directives

my @names = map { slurp($_) =~ /ngx_string\("(activitypub\w*)"\),\s*NGX_HTTP/g }
    glob "$module/http/*.c";

cmp_ok(scalar @names, '>=', 13, 'the directives are found');

for my $name (sort @names) {
    my ($entry) = $directives =~ /^### \Q$name\E$(.*?)(?=^##)/ms;

    is_deeply([grep { ($entry // '') !~ $_ } qr/^Syntax:  $name /m,
        qr/^Default: /m, qr/^Context: /m, qr/^```nginx$/m, qr/\berror: `/i],
        [], "$name: syntax, default, context, example, error");
    like($directives, qr/^\| \[$name\]\(#$name\) \|/m, "$name: in the table");
}

# SQL functions that a role may call

my ($grants) = join '', slurp('sql/functions/grants.sql')
    =~ /GRANT EXECUTE ON FUNCTION(.*?)TO /gs;
my %granted = map { $_ => 1 } $grants =~ /^\s+(\w+)\(/mg;

cmp_ok(scalar keys %granted, '>=', 28, 'the SQL functions are found');

for my $name (sort keys %granted) {
    my ($entry) = $sql =~ /^## \Q$name\E(?:\(\))?$(?=\n+Syntax:)(.*?)(?=^#)/ms;

    is_deeply([grep { ($entry // '') !~ $_ } qr/^Syntax:/m, qr/^```sql$/m],
        [], "$name: syntax, example");
}

my %tables = map { $_ => 1 } map { slurp($_) =~ /^CREATE TABLE (\w+)/mg }
    glob 'sql/migrations/*.sql';

my ($rows) = $sql =~ /^# Tables$(.*?)^# /ms;

is_deeply([sort($rows =~ /^\| `(\w+)` \|/mg)], [sort keys %tables],
    'each table has its row');

# the list at the top

my ($list) = $sql =~ /\A(.*?)^- \[Tables\]/ms;

is_deeply([sort($list =~ /\[([\w()]+)\]\(#/g)], [sort($sql =~ /^## (\S+)/mg)],
    'the list of entries is complete');

# links

for my $file ('README.md', 'CHANGELOG.md', 'FEDERATION.md', 't/README.md',
    glob 'docs/*.md')
{
    is_deeply([broken($file)], [], "$file: links");
}

done_testing();

###############################################################################

# folder => the beginnings of names; "_parse" behind "apctl_x" is apctl_parse

sub rooms {
    my (%room, $layer);

    for (slurp('docs/ARCHITECTURE.md') =~ /^\| (`[a-z]+\/\w.*?) \|/mg) {
        my ($folder) = m{^`(\w+)/};

        for my $name (m{`(?:$folder/)?(\w+)`}g) {
            $layer = $1 if $name =~ /^(fedi|ngx_ap|ngx_http_ap|apctl)_/;
            push @{ $room{$folder} }, $name =~ /^_/ ? "$layer$name" : $name;
        }
    }

    return \%room;
}


sub strangers {
    my $room = rooms();

    return grep {
        my ($folder, $name) = m{([a-z]+)/(\w+)\.c$};
        $name ne 'apctl'
            && !grep { $name =~ /^\Q$_\E(?:_|$)/ } @{ $room->{$folder} // [] };
    } glob "$module/*/*.c";
}


sub ghosts {
    my $room = rooms();
    my @ghosts;

    for my $folder (grep { -d "$module/$_" } sort keys %$room) {
        push @ghosts, map { "$folder/$_" }
            grep { !(() = glob "$module/$folder/$_*.[ch]") }
            @{ $room->{$folder} };
    }

    return @ghosts;
}


sub broken {
    my ($file) = @_;

    my ($folder) = $file =~ m{^(.*/)};
    my @broken;

    for my $link (slurp($file) =~ /\]\(([^)\s]+)\)/g) {
        next if $link =~ /^https?:/;

        my ($to, $anchor) = $link =~ /^([^#]*)(?:#(.*))?$/;
        my $path = $to eq '' ? $file : ($folder // '') . $to;

        push @broken, $link if !-e $path
            || defined $anchor && !grep { $_ eq $anchor } anchors($path);
    }

    return @broken;
}


# as they are made of headings; the second of a name has a number

sub anchors {
    my %seen;

    return map { $seen{$_}++ ? "$_-" . ($seen{$_} - 1) : $_ }
        map { lc =~ s/[^a-z0-9_ -]//gr =~ tr/ /-/r }
        slurp($_[0]) =~ /^#+ +(.*)$/mg;
}


sub slurp {
    my ($file) = @_;

    open my $f, '<', $file or die "$file: $!\n";
    local $/;
    return scalar <$f>;
}

###############################################################################
