package Test::Documents;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Servers whose documents are asked for: many names on one address of the
# rig, told apart by SNI.
#
#     my $web = Test::Documents->start($rig, '8.8.4.4', 'a.example', ...);
#     $web->serve('https://a.example/u/bob', { id => ... });
#     $web->serve('https://a.example/u/eve', status => 410);
#     $web->asked('https://a.example/u/bob')      who asked, in order
#
# What is not served is 404, and a POST is 202: what our site delivers is not
# looked at here.  A process for each connection, one request for
# each: as slow as they like, they hold up nobody.

use warnings;
use strict;

use base qw/Test::Server/;

use Digest::SHA qw/sha1_hex/;
use Fcntl qw/:DEFAULT/;
use IO::Socket::INET;
use IO::Socket::SSL;
use JSON::PP ();
use MIME::Base64 qw/decode_base64/;
use POSIX ();
use Socket qw/SOL_SOCKET SO_LINGER/;
use Time::HiRes qw/sleep/;

my $JSON = JSON::PP->new->utf8->canonical;


sub start {
    my ($class, $rig, $address, @names) = @_;

    my $dir = $class->folder('web');
    my $self = bless { dir => $dir, owner => $$, serial => 0 }, $class;

    $rig->elsewhere($_, $address) for grep { !$rig->{names}{$_} } @names;

    my $context = IO::Socket::SSL::SSL_Context->new(
        SSL_server => 1,
        SSL_cert_file => { map { $_ => "$rig->{dir}/$_.crt" } @names },
        SSL_key_file => { map { $_ => "$rig->{dir}/$_.key" } @names })
        or die "TLS: $IO::Socket::SSL::SSL_ERROR";

    my $listener = IO::Socket::INET->new(Listen => 200, ReuseAddr => 1,
        LocalAddr => $address, LocalPort => 443)
        or die "documents on $address: $!\n";

    $self->{pid} = fork();
    die "fork: $!" unless defined $self->{pid};

    if ($self->{pid} == 0) {
        setpgrp(0, 0);
        $SIG{INT} = $SIG{TERM} = 'DEFAULT';
        $SIG{PIPE} = $SIG{CHLD} = 'IGNORE';
        eval { $self->_listen($listener, $context); 1 } or warn $@;
        POSIX::_exit(0);
    }

    close $listener;

    return $self;
}


# What a URL answers from now on: a document, or options: status, type, body,
# headers (name, value ...), hold (1 or a name: until it is released), close
# (without a word), needs (a header, "-" before one that must not be there; else
# it is 401).

sub serve {
    my ($self, $url, @what) = @_;

    my %o = ref $what[0] ? (body => @what) : @what;

    $o{body} = $JSON->encode($o{body}) if ref $o{body};

    my $file = $self->_file($url);

    open my $f, '>', "$file.new" or die "$file: $!";
    print $f $JSON->encode({ status => 200,
        type => 'application/activity+json', body => '', %o });
    close $f;

    rename "$file.new", $file or die "$file: $!";

    return $self;
}


# those that are held are answered, by the name of what holds them

sub release {
    my ($self, $name) = @_;

    $name //= 1;

    open my $f, '>', "$self->{dir}/released.$name" or die "$!";
}


sub hold { unlink "$_[0]{dir}/released.1" }


# GETs that came, in order, those for one URL or all: hashes of method, url,
# target, and headers with lower-case names.

sub asked {
    my ($self, $url) = @_;

    my @asked;

    if (open my $f, '<', "$self->{dir}/ledger") {
        @asked = map { $JSON->decode($_) } grep { /\n\z/ } <$f>;
    }

    return grep { !defined $url || $_->{url} eq $url } @asked;
}


# those since the last call of this

sub news {
    my ($self) = @_;

    my @asked = $self->asked;
    my @news = @asked[$self->{serial} .. $#asked];

    $self->{serial} = @asked;

    return @news;
}


# The parameters of the signature of a request, if it is right by that key,
# PEM, and covers that text.

sub signature {
    my ($self, $asked, $pem) = @_;

    my %h = %{ $asked->{headers} };
    my %p = ($h{signature} // '') =~ /(\w+)="([^"]*)"/g or return;

    $h{'(request-target)'} = lc($asked->{method}) . " $asked->{target}";

    my %file = (pem => $pem, signature => decode_base64($p{signature}),
        text => join("\n", map { "$_: " . ($h{$_} // '') }
            split / /, $p{headers}));

    for my $name (keys %file) {
        open my $f, '>', "$self->{dir}/verify.$name" or die "$!";
        print $f $file{$name};
    }

    my $good = `openssl dgst -sha256 -verify $self->{dir}/verify.pem \\
        -signature $self->{dir}/verify.signature $self->{dir}/verify.text`;

    return $good =~ /Verified OK/ ? \%p : undef;
}


sub _listen {
    my ($self, $listener, $context) = @_;

    while (1) {
        my $c = $listener->accept or next;
        my $pid = fork() // die "fork: $!";

        if ($pid == 0) {
            close $listener;

            IO::Socket::SSL->start_SSL($c, SSL_server => 1,
                SSL_reuse_ctx => $context)
                and $self->_answer($c);

            POSIX::_exit(0);
        }
    }
}


sub _answer {
    my ($self, $c) = @_;

    my $in = '';

    while ($in !~ /\r\n\r\n/) {
        sysread $c, $in, 65536, length $in or return;
    }

    if ($in =~ /^POST /) {
        print $c "HTTP/1.1 202 Taken\r\nContent-Length: 0\r\n"
            . "Connection: close\r\n\r\n";
        return close $c;
    }

    my ($method, $target) = $in =~ /^(\S+) (\S+) HTTP\/1\.1\r\n/ or return;
    my %h = map { /^([^:]+): *(.*)$/ ? (lc $1, $2) : () } split /\r\n/, $in;
    my $url = "https://$h{host}$target";

    $self->_note({ method => $method, target => $target, url => $url,
        headers => \%h });

    my $what = { status => 404, type => 'text/plain', body => 'none' };

    if (open my $f, '<', $self->_file($url)) {
        local $/;
        $what = $JSON->decode(scalar <$f>);
    }

    if ($what->{hold}) {
        sleep 0.05 until -e "$self->{dir}/released.$what->{hold}";
    }

    return if $what->{close};

    if (defined $what->{needs}) {
        my ($not, $name) = $what->{needs} =~ /^(-?)(.*)$/;

        @$what{qw/status body/} = (401, 'no') if !exists $h{$name} xor $not;
    }

    my @headers = ('Content-Type', $what->{type},
        'Content-Length', length $what->{body}, @{ $what->{headers} || [] });
    my $text = "HTTP/1.1 $what->{status} Answer\r\n";

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    print $c "${text}Connection: close\r\n\r\n", $what->{body};
    close $c;
}


sub _note {
    my ($self, $line) = @_;

    sysopen my $f, "$self->{dir}/ledger", O_WRONLY | O_APPEND | O_CREAT
        or die "$!";
    syswrite $f, $JSON->encode($line) . "\n";
}


sub _file { "$_[0]{dir}/" . sha1_hex($_[1]) }


1;
