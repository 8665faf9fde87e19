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
