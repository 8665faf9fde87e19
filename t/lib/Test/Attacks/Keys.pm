package Test::Attacks::Keys;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Keys that sign, by name (evil, victim, rsa8192, ed25519 ...), and PEMs that
# are none, or none that anybody should use.
#
#     my $keys = Test::Attacks::Keys->new($t);
#     $keys->pem('evil')                   its public key, SPKI
#     $keys->multibase('ed25519')          the same as a Multikey has it
#     $keys->public('ed25519')             what a document has of it
#     $keys->sign('evil', $text)           RSA with SHA-256, or Ed25519
#     $keys->sign('evil', $text, 'sha1')   sha512, pss: as well
#     $keys->odd                           (name, PEM, name, PEM ...)

use warnings;
use strict;

use File::Basename qw/dirname/;
use MIME::Base64 qw/encode_base64/;

use Test::Multikey;
use Test::Signer;


sub new {
    my ($class, $t) = @_;

    return bless { t => $t }, $class;
}


sub pem { $_[0]->_key($_[1])->{pem} }


sub multibase { $_[0]->_multikey($_[1])->multibase }


# Ed25519 is a Multikey, and nothing else (FEP-521a)

sub public {
    my ($self, $name) = @_;

    return $self->_key($name)->{ed25519} ? $self->multibase($name)
        : $self->pem($name);
}


sub _multikey {
    my ($self, $name) = @_;

    my $key = $self->_key($name);
    my $file = $self->{t}->testdir . "/$key->{file}.key";

    return Test::Multikey->rsa($self->{t}, $file) if !$key->{ed25519};

    my $der = `openssl pkey -in $file -pubout -outform DER`;

    return bless { bytes => "\xed\x01" . substr $der, -32 },
        'Test::Multikey';
}


sub private {
    my ($self, $name) = @_;

    return $self->{t}->read_file($self->_key($name)->{file} . '.key');
}


sub sign {
    my ($self, $name, $text, $how) = @_;

    my $key = $self->_key($name);

    return $self->_openssl($key, $text, $how) if $how || $key->{ed25519};

    $key->{signer} ||= Test::Signer->new($self->{t},
        $self->{t}->testdir . "/$key->{file}.key");

    return $key->{signer}->sign($text);
}


# a key of the size that its name says; those that are large are of several
# primes, which takes seconds and not minutes, or are there already: what
# t/attacks has is a key of nobody

sub _key {
    my ($self, $name) = @_;

    return $self->{keys}{$name} if $self->{keys}{$name};

    my $file = 'attack-' . $name =~ s/\W/_/gr;
    my $path = $self->{t}->testdir . "/$file";
    my ($bits) = $name =~ /^rsa-?(\d+)/;
    my $made = $name =~ /^ed25519/i ? 'genpkey -algorithm ed25519'
        : $name =~ /^(?:ecdsa|ec$|ec-|p-?256|prime256)/i
            ? 'ecparam -name prime256v1 -genkey -noout'
        : $name =~ /^p-?384/i ? 'ecparam -name secp384r1 -genkey -noout'
        : $name =~ /^secp256k1/i ? 'ecparam -name secp256k1 -genkey -noout'
        : $name =~ /^dsa/i ? 'dsaparam -genkey -noout'
        : 'genrsa' . (($bits // 0) > 4096 ? ' -primes 4' : '');

    my $there = dirname(__FILE__) . '/../../../attacks/' . $name . '.key';

    system((-e $there ? "cp $there $path.key" : "openssl $made -out $path.key "
            . ($made =~ /genrsa/ ? $bits // 2048 : $made =~ /dsap/ ? 1024 : '')
            . ' 2> /dev/null')
        . " && openssl pkey -in $path.key -pubout -out $path.pub"
        . ' 2> /dev/null') == 0
        or die "openssl makes no key \"$name\"\n";

    return $self->{keys}{$name} = { file => $file,
        ed25519 => scalar($name =~ /^ed25519/i),
        pem => $self->{t}->read_file("$file.pub") };
}


sub _openssl {
    my ($self, $key, $text, $how) = @_;

    my $path = $self->{t}->testdir . "/$key->{file}";

    $self->{t}->write_file("$key->{file}.text", $text);

    my ($hash) = ($how // '') =~ /^(sha\d+)$/;
    my $command = $key->{ed25519}
        ? "pkeyutl -sign -rawin -inkey $path.key -in $path.text"
        : 'dgst -' . ($hash // 'sha256') . ($how eq 'pss'
            ? ' -sigopt rsa_padding_mode:pss' : '')
            . " -sign $path.key $path.text";
    my $signature = `openssl $command`;

    die "openssl $command failed\n" if $?;

    return $signature;
}


# a public RSA key of so many bits: nobody has the other half

sub rsa_of {
    my ($self, $bits, $exponent) = @_;

    my $modulus = join '', map { chr 1 + int rand 255 } 1 .. $bits / 8;

    substr($modulus, 0, 1) = "\xc1";
    substr($modulus, -1, 1) = "\x55";

    return _spki(_der(0x30, _der(6, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")
            . _der(5, '')),
        _der(0x30, _der(2, "\0$modulus") . _der(2, $exponent // "\1\0\1")));
}


sub odd {
    my ($self) = @_;

    my $good = $self->pem('evil');
    my $dir = $self->{t}->testdir;
    my $command = 'openssl ecparam -name prime256v1 -genkey -noout'
        . ' 2> /dev/null | openssl ec -pubout 2> /dev/null';
    my $number = sub { _der(2, "\x7f" . ('x' x ($_[0] - 1))) };

    return (
        'RSA of 16384 bits' => $self->rsa_of(16384),
        'RSA of 512 bits' => $self->rsa_of(512),
        'RSA of 1024 bits' => $self->rsa_of(1024),
        'RSA with the exponent 1' => $self->rsa_of(2048, "\1"),
        'RSA with the exponent 3' => $self->rsa_of(2048, "\3"),
        'RSA with an even exponent' => $self->rsa_of(2048, "\1\0\2"),
        'DSA' => _spki(_der(0x30, _der(6, "\x2a\x86\x48\xce\x38\x04\x01")
                . _der(0x30, join '', map { $number->($_) } 128, 20, 128)),
            $number->(128)),
        'EC P-256' => scalar `$command`,
        'two keys in one PEM' => $self->rsa_of(2048) . $good,
        'a private key' => $self->private('evil'),
        'garbage in a PEM' => "-----BEGIN PUBLIC KEY-----\n"
            . encode_base64('garbage' x 40) . "-----END PUBLIC KEY-----\n",
        'no PEM at all' => 'garbage',
        'a PEM of 20 KiB' => $good . ("\n" x 20_000),
    );
}


sub _spki {
    my ($algorithm, $key) = @_;

    return "-----BEGIN PUBLIC KEY-----\n"
        . encode_base64(_der(0x30, $algorithm . _der(3, "\0$key")))
        . "-----END PUBLIC KEY-----\n";
}


sub _der {
    my ($tag, $bytes) = @_;

    my $n = length $bytes;

    return pack('C', $tag) . ($n < 128 ? pack('C', $n)
        : $n < 256 ? pack('CC', 0x81, $n) : pack('Cn', 0x82, $n)) . $bytes;
}


1;
