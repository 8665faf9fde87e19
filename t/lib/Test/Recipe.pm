package Test::Recipe;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The snippets of conf/ as they are, but for where a cache lies: in a folder
# of the test, from which %%RECIPE%%/NAME includes them.

use warnings;
use strict;

use Cwd qw/abs_path/;
use File::Basename qw/basename dirname/;

my $CONF = abs_path(dirname(__FILE__) . '/../../..') . '/conf/snippets';


# the text of a configuration, with what it includes written for it

sub expand {
    my ($t, $text) = @_;

    my $dir = $t->testdir;

    for my $file (glob "$CONF/activitypub-herd*.conf") {
        open my $f, '<', $file or die "$file: $!\n";
        local $/;

        $t->write_file('recipe/' . basename($file),
            readline($f) =~ s!/var/lib/nginx/!$dir/!gr);
    }

    return $text =~ s!%%RECIPE%%!$dir/recipe!gr;
}


1;
