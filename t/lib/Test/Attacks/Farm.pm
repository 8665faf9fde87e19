package Test::Attacks::Farm;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The servers of the attackers and of their victims: any name that leads
# here, with a certificate made on the spot.  What is not told is 404, and a
# POST is taken.
#
#     my $farm = Test::Attacks::Farm->start($rig, here => ['8.8.4.4']);
#     $farm->serve('https://evil.c1.example/u/e', { ... }, type => ...)
#     $farm->behave('evil.c1.example', get => 'drip', post => '...',
#         tls => 'expired')
#     $farm->seen, $farm->since: see Test::Hostile; events "get" and "post"
#     name the whole URL
#
# The words are those of Test::Attacks::Behaviour.

use warnings;
use strict;

use base qw/Test::Hostile/;

use Digest::SHA qw/sha1_hex/;
use IO::Socket::SSL;
use IO::Socket::SSL::Utils;
use JSON::PP ();
use Socket ();

use Test::Attacks::Behaviour;
use Test::Hostile::Connection;

my $JSON = JSON::PP->new->utf8->canonical;
my $TYPE = 'application/activity+json';


# What a URL answers: a document, or text; type, status, headers (lines).

sub serve {
    my ($self, $url, $body, %o) = @_;

    $body = $JSON->encode($body) if ref $body;

    my $name = 'url.' . sha1_hex(_bytes($url));

    # beside it, for it may be long

    open my $f, '>', "$self->{dir}/$name.body" or die "$!";
    print $f _bytes($body);
    close $f;

    $self->_write($name, { status => 200, type => $TYPE, %o });
}


sub behave {
    my ($self, $host, %how) = @_;

    $self->_write("host.$host", \%how);
}


sub _bytes {
    my ($text) = @_;

    $text //= '';
    utf8::encode($text) if utf8::is_utf8($text);

    return $text;
}


sub _write {
    my ($self, $name, $what) = @_;

    open my $f, '>', "$self->{dir}/$name.new" or die "$!";
    print $f JSON::PP->new->latin1->encode($what);
    close $f;
    rename "$self->{dir}/$name.new", "$self->{dir}/$name" or die "$!";
}


sub _read {
    my ($self, $name) = @_;

    open my $f, '<', "$self->{dir}/$name" or return;
    local $/;

    my $what = JSON::PP->new->latin1->decode(scalar <$f>);

    if (open my $body, '<', "$self->{dir}/$name.body") {
        $what->{body} = <$body>;
    }

    return $what;
}


# all names: the certificate is chosen when one is asked for

sub _context {
    my ($self, %o) = @_;

    my $dir = $self->{rig}{dir};

    $self->{key} = KEY_create_ec('prime256v1');
    $self->{ca} = [PEM_file2cert("$dir/ca.crt"), PEM_file2key("$dir/ca.key")];

    my ($cert, $key) = $self->_certificate('nobody.example');

    return IO::Socket::SSL::SSL_Context->new(SSL_server => 1,
        SSL_cert => $cert, SSL_key => $key, SSL_alpn_protocols => ['http/1.1'],
        SSL_create_ctx_callback => sub {
            my ($ctx) = @_;

            Net::SSLeay::CTX_set_tlsext_servername_callback($ctx,
                sub { $self->_named(@_) });
        }, %o) || die "TLS: $IO::Socket::SSL::SSL_ERROR\n";
}


sub _named {
    my ($self, $ssl) = @_;

    my $name = Net::SSLeay::get_servername($ssl) // return;
    my $how = $self->_read("host.$name") || {};
    my ($cert, $key) = $self->_certificate($name,
        Test::Attacks::Behaviour::certificate($how->{tls}, $name));

    # as long as this process, which is as long as the connection

    $self->{made} = IO::Socket::SSL::SSL_Context->new(SSL_server => 1,
        SSL_cert => $cert, SSL_key => $key) or return;

    Net::SSLeay::set_SSL_CTX($ssl, $self->{made}{context});
}


# The name that a handshake begins with: it is looked at, and not taken.

sub _wanted {
    my ($self, $socket) = @_;

    recv $socket, my $hello, 4096, Socket::MSG_PEEK;

    return ($hello // '') =~ /([a-z\d][a-z\d.-]*\.example)/i ? lc $1 : '';
}


# no TLS later than 1.1

sub _old {
    my ($self) = @_;

    my ($cert, $key) = $self->_certificate('nobody.example');

    return IO::Socket::SSL::SSL_Context->new(SSL_server => 1,
        SSL_cert => $cert, SSL_key => $key, SSL_version => 'TLSv1_1',
        SSL_cipher_list => 'ALL:@SECLEVEL=0');
}


sub _certificate {
    my ($self, $name, %o) = @_;

    my @issuer = delete $o{itself} ? ()
        : (issuer_cert => $self->{ca}[0], issuer_key => $self->{ca}[1]);

    return CERT_create(subject => { commonName => substr $name, 0, 60 },
        not_before => time() - 86400, not_after => time() + 86400,
        serial => int rand 2 ** 30, CA => 0, purpose => 'server',
        subjectAltNames => [[DNS => $name]], key => $self->{key}, @issuer, %o);
}


sub _connection {
    my ($self, $socket, $n) = @_;

    my $port = $socket->sockport;
    my $c = Test::Hostile::Connection->new(socket => $socket, n => $n,
        address => $socket->sockhost =~ s/^::ffff:(?=\d+\.)//r,
        ledger => "$self->{dir}/ledger");

    $c->note(accept => "$c->{address} $port");

    # at other addresses is nobody

    return if !grep { $_ eq $c->{address} } @{ $self->{here} };

    my $at = $self->{addresses}{$c->{address}};

    return $at->($c) if $at;

    if ($port != 80) {
        my $how = ($self->_read('host.' . $self->_wanted($socket)) || {})->{tls}
            // '';

        # who says before there is TLS

        return if $how eq 'closed';
        return $c->send(Test::Attacks::Behaviour::response({ status => 200,
            type => $TYPE, body => '{}' })) if $how eq 'plain';

        $c->tls(SSL_server => 1, SSL_reuse_ctx => $how eq 'old'
            ? $self->_old : $self->{context}{''}) or return;
    }

    while (my $r = $c->request) {
        my ($host) = $r->{head} =~ /^Host: *(.*?)\r$/mi;
        my $url = ($port == 80 ? 'http' : 'https') . '://' . ($host // '')
            . $r->{target};

        $c->note(lc $r->{method}, $url);
        $self->_answer($c, $r, $host // '', $url);
    }

    $c->note(end => '');
}


sub _answer {
    my ($self, $c, $r, $host, $url) = @_;

    my $how = $self->_read("host.$host") || {};
    my $what = $self->_read('url.' . sha1_hex($url));
    my $post = $r->{method} eq 'POST';

    $c->note(kind => "$url $1") if $post
        && ($r->{body} // '') =~ /"type": *"(\w+)"/;

    my $word = $how->{$post ? 'post' : 'get'};

    # what is said of a URL stands before what its host does otherwise

    if ($word && !($what && $how->{but})) {
        return Test::Attacks::Behaviour::answer($word, $c, $r, $what);
    }

    if ($what && $what->{word}) {
        return Test::Attacks::Behaviour::answer($what->{word}, $c, $r, $what);
    }

    $what = { status => 202, type => 'text/plain', body => '' } if $post;
    $what ||= { status => 404, type => 'text/plain', body => 'none' };

    $c->send(Test::Attacks::Behaviour::response($what));
}


1;
