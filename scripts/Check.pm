package Check;

# Common to the checks beside this file.  A check is a function that takes a
# root directory and returns its complaints as [file, line, text].  Run plain,
# it is given the repository.  With --self-test it is given its own folder in
# scripts/fixtures, where each file has a violation planted and names it in a
# line "planted: TEXT"; one that goes unnoticed fails, as does a complaint
# about a file that has no such line.

use strict;
use warnings;

use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(basename dirname);
use File::Find qw(find);

our @EXPORT_OK = qw(code main slurp sources top);


sub top {
    return abs_path(dirname(__FILE__) . '/..');
}


sub slurp {
    my ($file) = @_;

    open my $in, '<', $file or die "$file: $!\n";
    local $/;
    return scalar <$in>;
}


# The files below the folders whose names match, relative to the root.

sub sources {
    my ($root, $match, @dirs) = @_;
    my @found;

    @dirs = grep { -d "$root/$_" } @dirs;
    return unless @dirs;

    find({ no_chdir => 1, wanted => sub {
        my $file = substr $File::Find::name, length($root) + 1;

        push @found, $file if -f && $file =~ $match && $file !~ m{fixtures/};
    } }, map { "$root/$_" } @dirs);

    return sort @found;
}


# C with its comments blanked out, and its strings too if asked for; every
# line stays where it was.

sub code {
    my ($text, $strings) = @_;

    $text =~ s{
        (/\*.*?\*/) | ("(?:\\.|[^"\\\n])*") | ('(?:\\.|[^'\\\n])*')
    }{
        my $all = $&;
        my $is_comment = defined $1;

        if ($is_comment) { $all =~ s/[^\n]/ /g }
        elsif ($strings) { $all =~ s/(?<=.)[^\n](?=.)/ /g }

        $all;
    }gsex;

    return $text;
}


sub main {
    my ($check, $done) = @_;
    my $name = basename($0);

    exit self_test($name, $check)
        if @ARGV && $ARGV[0] eq '--self-test';

    my @found = $check->(top());

    print STDERR "$_->[0]:$_->[1]: $_->[2]\n" for @found;
    exit 1 if @found;

    print "$name: ", $done ? $done->() : 'ok', "\n";
    exit 0;
}


sub self_test {
    my ($name, $check) = @_;
    my $root = top() . "/scripts/fixtures/$name";
    my (%planted, $failed);

    find({ no_chdir => 1, wanted => sub {
        $planted{substr $_, length($root) + 1} = $1
            if -f && slurp($_) =~ /planted: (.*?)(?: \*\/)?$/m;
    } }, $root);

    my @found = $check->($root);

    for my $file (sort keys %planted) {
        next if grep { $_->[0] eq $file
                       && index($_->[2], $planted{$file}) >= 0 } @found;

        print STDERR "$name: planted in $file and not found: ",
                     "$planted{$file}\n";
        $failed = 1;
    }

    for my $extra (grep { !exists $planted{$_->[0]} } @found) {
        print STDERR "$name: nothing is wrong in $extra->[0]: $extra->[2]\n";
        $failed = 1;
    }

    die "$name: no planted violation\n" unless %planted;
    return 1 if $failed;

    printf "%s: finds all of %d planted violations\n", $name,
           scalar keys %planted;
    return 0;
}


1;
