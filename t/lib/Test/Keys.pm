package Test::Keys;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# RSA keys of others.  One takes a fifth of a second of CPU, so those of a run
# are made once and lie beside its cluster: the first of one file is the first
# of another too, and within a file no two are the same.
#
#     my $pem = Test::Keys::rsa($t, 'NAME', 2048);    NAME.key and NAME.pub
#                                                     in the test's folder

use warnings;
use strict;

use File::Copy qw/copy/;

my %made;


sub rsa {
    my ($t, $name, $bits) = @_;

    my $file = $t->testdir . "/$name";
    my $kept = _kept($bits, ++$made{$bits});

    if ($kept) {
        copy($kept, "$file.key") or die "$kept: $!\n";

    } else {
        _make("$file.key", $bits);
    }

    _openssl("rsa -in $file.key -pubout -out $file.pub");

    return $t->read_file("$name.pub");
}


# the n-th of the run, if there is a run; of two who make it, the first has

sub _kept {
    my ($bits, $n) = @_;

    my $dir = $ENV{TEST_NGINX_PG} or return;
    my $file = "$dir/rsa-$bits-$n.key";

    if (!-e $file) {
        _make("$file.$$", $bits);
        link "$file.$$", $file;
        unlink "$file.$$";
    }

    return $file;
}


sub _make {
    my ($file, $bits) = @_;

    _openssl("genrsa -out $file $bits");
}


sub _openssl {
    my ($command) = @_;

    system("openssl $command 2> /dev/null") == 0
        or die "openssl $command failed\n";
}


1;
