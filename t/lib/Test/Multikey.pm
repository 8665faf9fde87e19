package Test::Multikey;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Keys as FEP-521a writes them, made and used by the openssl command:
#
#     my $key = Test::Multikey->ed25519($t);
#     $key->multibase
#     Test::Remote->new($t, $uri, signer => $key, ...)

use warnings;
use strict;

use Math::BigInt;

my $serial = 0;


sub ed25519 {
    my ($class, $t) = @_;

    my $file = $t->testdir . '/multikey' . ++$serial;

    system("openssl genpkey -algorithm ed25519 -out $file") == 0
        or die "openssl makes no key\n";

    my $der = `openssl pkey -in $file -pubout -outform DER`;

    return bless { file => $file, ed25519 => 1,
        bytes => "\xed\x01" . substr($der, -32) }, $class;
}


# of an RSA key that is there

sub rsa {
    my ($class, $t, $file) = @_;

    my $der = `openssl rsa -in $file -RSAPublicKey_out -outform DER \\
        2> /dev/null`;

    return bless { file => $file, bytes => "\x85\x24$der" }, $class;
}


sub multibase {
    my ($self) = @_;

    my @digits = split //,
        '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
    my $number = Math::BigInt->from_bytes($self->{bytes});
    my $text = '';

    until ($number->is_zero) {
        my (undef, $rest) = $number->bdiv(58);
        $text = $digits[$rest->numify] . $text;
    }

    return "z$text";
}


sub sign {
    my ($self, $text) = @_;

    my $file = "$self->{file}.text";

    open my $f, '>', $file or die "$file: $!";
    binmode $f;
    print $f $text;
    close $f;

    my $signature = $self->{ed25519}
        ? `openssl pkeyutl -sign -inkey $self->{file} -rawin -in $file`
        : `openssl dgst -sha256 -sign $self->{file} $file`;

    die "openssl does not sign\n" if $?;

    return $signature;
}


1;
