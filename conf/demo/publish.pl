#!/usr/bin/perl

# Publishes the pages that the demo site's feed names and that are not
# published yet, oldest first: what a CMS does when it saves a page.
#
#     publish.pl FEED ACTOR APCTL DATABASE

use strict;
use warnings;


my ($feed, $actor, $apctl, $database) = @ARGV;

die "usage: publish.pl FEED ACTOR APCTL DATABASE\n" unless defined $database;

my %published = map { $_ => 1 } published();

for my $entry (reverse entries()) {
    next if $published{$entry->{url}};

    open my $id, '-|', $apctl, '--db', $database, 'post', 'publish',
         '--actor', $actor, '--language', 'en',
         map { ("--$_", $entry->{$_}) }
         qw(url title excerpt content published)
        or die "$apctl: $!\n";

    () = <$id>;
    close $id or exit 1;
    print "published $entry->{url}\n";
}


sub published {
    open my $list, '-|', $apctl, '--db', $database, 'post', 'list',
         '--limit', 1000, '--json'
        or die "$apctl: $!\n";

    my @urls = map { m{"url" ?: ?"([^"]+)"}g } <$list>;

    close $list or exit 1;
    return @urls;
}


# The feed is our own and its form is known; a reader of feeds is another thing.

sub entries {
    open my $in, '<', $feed or die "$feed: $!\n";
    local $/;

    my @entries;

    for (<$in> =~ m{<entry>(.*?)</entry>}sg) {
        push @entries, {
            url       => /<link [^>]*href="([^"]+)"/ && $1,
            title     => text($_, 'title'),
            excerpt   => text($_, 'summary'),
            content   => text($_, 'content'),
            published => text($_, 'published'),
        };
    }

    return @entries;
}


sub text {
    my ($entry, $name) = @_;
    my %char = (lt => '<', gt => '>', quot => '"', amp => '&');
    my ($text) = $entry =~ m{<$name\b[^>]*>(.*?)</$name>}s;

    $text =~ s/&(lt|gt|quot|amp);/$char{$1}/g;
    return $text;
}
