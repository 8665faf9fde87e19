#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# The rig: own names, own addresses, own CA, and nothing of the real network.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;

use Socket qw/getaddrinfo unpack_sockaddr_in inet_ntoa EAI_AGAIN/;

###############################################################################

my $rig = Test::Rig->new;

$rig->host('site.example', '9.9.9.10');
$rig->host('six.example', '9.9.9.10', '2620:fe::10');

my $t = Test::Nginx->new(plain => 1)->has(qw/http_ssl/)->plan(12);

$t->expect(Test::Rig::expected);

$t->write_file_expand('nginx.conf', <<"EOF")->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    server {
        listen       9.9.9.10:443 ssl;
        server_name  site.example;
        @{[ $rig->certificate('site.example') ]}
        return       200 "\$scheme://\$host\$request_uri";
    }
}

EOF

###############################################################################

is($rig->get('https://site.example/x?y=1')->body,
    'https://site.example/x?y=1', 'TLS on port 443, verified');

is(eval { $rig->get('https://six.example/') }, undef,
    'the certificate of another name is refused');
like($@, qr/verif/, 'because of the name');

is_deeply([resolve('site.example')], ['9.9.9.10'], 'A');
is_deeply([resolve('SITE.example')], ['9.9.9.10'], 'names have no case');
is_deeply([resolve('nothing.example')], [], 'an unknown name');

$rig->host('late.example', '9.9.9.11');

is_deeply([resolve('late.example')], ['9.9.9.11'], 'a name that came later');

my $six;

$t->wait_for(sub { $six = `getent ahostsv6 six.example` });
like($six, qr/^2620:fe::10 /, 'AAAA');

is(IO::Socket::INET->new(PeerAddr => '9.9.9.9', PeerPort => 53,
    Timeout => 2), undef, 'no other address is reachable');

# PostgreSQL is outside

$t->database(empty => 1);
is($t->sql('SELECT 6 * 7'), 42, 'the database is reached');
like($t->conninfo, qr/^host=\/tmp/, 'by its socket');

unlike(`cat /etc/hosts`, qr/site\.example/, 'the hosts file is left alone');

###############################################################################

# what the name server says, when it says something: libc waits for a second

sub resolve {
    my ($name) = @_;
    my ($error, @found);

    $t->wait_for(sub {
        ($error, @found) = getaddrinfo($name, '', {
            family => Socket::AF_INET(),
            socktype => Socket::SOCK_STREAM() });

        $error != EAI_AGAIN;
    });

    return map { inet_ntoa((unpack_sockaddr_in($_->{addr}))[1]) } @found;
}


###############################################################################
