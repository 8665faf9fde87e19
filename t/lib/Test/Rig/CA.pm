package Test::Rig::CA;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A certificate authority that lives as long as a test.

use warnings;
use strict;


sub new {
    my ($class, $dir) = @_;

    my $self = bless { dir => $dir }, $class;

    $self->_openssl('req', '-x509', '-days', '30', '-subj', '/CN=Test CA',
        _key("$dir/ca.key"), '-out', "$dir/ca.crt",
        '-addext', 'basicConstraints=critical,CA:TRUE',
        '-addext', 'keyUsage=critical,keyCertSign');

    return $self;
}


sub file { "$_[0]{dir}/ca.crt" }


# NAME.crt and NAME.key; options: subject names instead, days of validity

sub issue {
    my ($self, $name, %o) = @_;

    my $dir = $self->{dir};

    open my $f, '>', "$dir/$name.ext" or die "$!";
    print $f 'subjectAltName=', join(',', map { "DNS:$_" }
        @{ $o{names} || [$name] }), "\n",
        "extendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n";
    close $f;

    $self->_openssl('req', '-new', '-subj', "/CN=$name",
        _key("$dir/$name.key"), '-out', "$dir/$name.csr");

    $self->_openssl('x509', '-req', '-in', "$dir/$name.csr",
        '-CA', "$dir/ca.crt", '-CAkey', "$dir/ca.key",
        '-set_serial', ++$self->{serial}, '-days', $o{days} || 30,
        '-extfile', "$dir/$name.ext", '-out', "$dir/$name.crt");
}


# The same with what no good authority would sign.  Options: subject, names,
# from and until (seconds from now), CA, purpose; "by": what signs
# it, of this authority's or of odd()'s names; "with": what is sent along.

sub odd {
    my ($self, $name, %o) = @_;

    require IO::Socket::SSL::Utils;

    my $dir = $self->{dir};
    my $load = sub {
        (IO::Socket::SSL::Utils::PEM_file2cert("$dir/$_[0].crt"),
            IO::Socket::SSL::Utils::PEM_file2key("$dir/$_[0].key"));
    };

    my ($issuer, $issuer_key) = ($o{by} // 'ca') eq 'itself' ? ()
        : $load->($o{by} // 'ca');

    my ($cert, $key) = IO::Socket::SSL::Utils::CERT_create(
        subject => { commonName => $o{subject} // $name },
        not_before => time() + ($o{from} // -3600),
        not_after => time() + ($o{until} // 30 * 86400),
        serial => 1000 + ++$self->{serial},
        CA => $o{CA} // 0,
        purpose => $o{purpose} // ($o{CA} ? 'ca' : 'server'),
        @{ $o{names} // [$name] } ? (subjectAltNames =>
            [map { [DNS => $_] } @{ $o{names} // [$name] }]) : (),
        key => IO::Socket::SSL::Utils::KEY_create_ec('prime256v1'),
        $issuer ? (issuer_cert => $issuer, issuer_key => $issuer_key) : ());

    IO::Socket::SSL::Utils::PEM_cert2file($cert, "$dir/$name.crt");
    IO::Socket::SSL::Utils::PEM_key2file($key, "$dir/$name.key");

    for my $other (@{ $o{with} || [] }) {
        system("cat $dir/$other.crt >> $dir/$name.crt") == 0 or die;
    }
}


sub _key {
    my ($file) = @_;

    return (qw/-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes/,
        '-keyout', $file);
}


sub _openssl {
    my ($self, @args) = @_;

    my $log = "$self->{dir}/openssl.log";
    my $pid = fork();
    die "fork: $!" unless defined $pid;

    if ($pid == 0) {
        open STDOUT, '>', $log;
        open STDERR, '>&', \*STDOUT;
        exec 'openssl', @args or exit 127;
    }

    waitpid $pid, 0;

    die "openssl @args failed: ", `cat $log` if $?;
}


1;
