package Test::Signer;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Signs many texts with one key, by a small program that stays: for tests
# whose signatures would take the openssl command too long.
#
#     my $bob = Test::Remote->new($t, $uri);
#     $bob->{signer} = Test::Signer->new($t, $bob->{key});

use warnings;
use strict;

use File::Basename qw/dirname/;
use IPC::Open2;
use MIME::Base64 qw/decode_base64/;


sub new {
    my ($class, $t, $key) = @_;

    my $program = $t->testdir . '/sign';
    my $source = dirname(__FILE__) . '/../sign.c';

    -x $program || system('cc', '-o', $program, $source, '-lcrypto') == 0
        or die "$source cannot be compiled\n";

    my $pid = open2(my $out, my $in, $program, $key);

    return bless { pid => $pid, in => $in, out => $out, owner => $$ }, $class;
}


sub sign {
    my ($self, $text) = @_;

    my ($in, $out) = @$self{qw/in out/};

    print $in length $text, "\n", $text;
    $in->flush;

    return decode_base64(<$out> // die "no signature\n");
}


sub DESTROY {
    my ($self) = @_;

    return if $self->{owner} != $$;

    local ($?, $!);

    close $self->{in};
    waitpid $self->{pid}, 0;
}


1;
