#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# One way out, and one way in for what was fetched: which object of the module
# calls what, by its symbols.  A file that calls more is found, whatever its
# text looks like; so is one that is planted here.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use File::Basename qw/dirname/;
use File::Temp;

###############################################################################

# Whom a function may be called by.  In net/: the connector makes its sockets
# by ngx_event_connect_peer(), of an address that the guard let pass; the
# guard itself asks the kernel for the way to an address, and sends nothing.
# pg/ is libpq's.  When the configuration is read names of the database's
# hosts and of name servers are resolved.

my %callers = (
    ngx_event_connect_peer => 'net/ngx_ap_client_peer.o',
    ngx_resolve_start => 'net/ngx_ap_client_resolve.o',
    ngx_resolve_name => 'net/ngx_ap_client_resolve.o',
    connect => 'net/ngx_ap_guard.o',
    getaddrinfo => 'pg/ngx_ap_pg_hosts.o',
    ngx_parse_url => 'net/ngx_ap_resolver.o',
    ngx_ssl_create_connection => 'net/ngx_ap_client_tls.o',

    # stand-ins for connections that nginx counts at its exit
    socket => 'fed/ngx_ap_shutdown.o net/ngx_ap_client_exit.o
        net/ngx_ap_guard.o',

    # who asks by the connector
    ngx_ap_client_request => 'fed/ngx_ap_delivery.o fed/ngx_ap_fetch.o
        fed/ngx_ap_moves.o',
    ngx_ap_fetch => 'fed/ngx_ap_job.o fed/ngx_ap_key_fetch.o
        fed/ngx_ap_moves.o',

    # the gate, and who stands at it
    fedi_fetched_accept => 'fed/ngx_ap_key_fetch.o fed/ngx_ap_reader_actor.o',
    fedi_fetched_row => 'fed/ngx_ap_key_fetch.o',
    fedi_fetched_values => 'store/ngx_ap_store_remote.o',
    fedi_actor_parse => 'core/fedi_fetched.o',
    fedi_actor_key_parse => 'core/fedi_fetched.o',
    ngx_ap_store_remote_actor_keep => 'fed/ngx_ap_key_fetch.o',
);

# what nobody calls

my $never = qr/^(?:
    send|sendto|sendmsg|sendmmsg|write_?to_?socket|accept4?|socketpair
    |gethostby\w+|getaddrinfo_a|res_\w+|__res_\w+|bindresvport
    |ngx_udp_connect|ngx_resolve_addr|ngx_inet_resolve_host
    |ngx_http_upstream\w*|ngx_http_subrequest|ngx_stream_\w+|ngx_mail_\w+
    |ngx_ssl_ocsp\w*|ngx_ssl_stapling\w*|ngx_ssl_check_host
    |BIO_new_connect|BIO_s_connect|BIO_new_ssl_connect|BIO_connect|BIO_socket
    |BIO_lookup\w*|OSSL_HTTP_\w+|OCSP_\w+|X509_load_http\w*
    |PQexec|PQconnectdb\w*|PQsetdbLogin|PQping\w*|PQreset|PQcancel
    |curl_\w+|xmlNano\w+|popen|system|fork|vfork|clone|posix_spawnp?
    |exec[vl]p?e?|execvpe|execveat|syscall|dlopen|dlsym|dlmopen)$/x;

# libpq makes its own, of hosts that the configuration names

my $libpq = qr/^PQconnect/;


my $addon = '../build/module' . ($ENV{SANITIZE} ? '-sanitize' : '')
    . '/addon';

$addon = dirname($ENV{TEST_NGINX_MODULE}) . '/addon'
    if $ENV{TEST_NGINX_MODULE};

plan(skip_all => "no objects in $addon") if !-d $addon;

my @objects = glob "$addon/*/*.o";

cmp_ok(scalar @objects, '>', 100, 'the objects of the module');

my %calls = calls(@objects);

is_deeply([violations(%calls)], [], 'each calls what it may');

# what is allowed is also so: else the names above are not those of the tree

my %all = map { map { $_ => 1 } @$_ } values %calls;

is(join(' ', grep { !$all{$_} } sort keys %callers), '',
    'each of these is called');

###############################################################################

# planted

my $dir = File::Temp::tempdir('apt-planted-XXXXXX', TMPDIR => 1, CLEANUP => 1);

for my $case (['a socket of its own', 'fed/planted.o',
        'connect(0, 0, 0)', 'connect'],
    ['the connector\'s way', 'http/planted.o',
        'ngx_event_connect_peer(0)', 'ngx_event_connect_peer'],
    ['another resolver', 'net/planted.o',
        'getaddrinfo(0, 0, 0, 0)', 'getaddrinfo'],
    ['an upstream', 'http/planted.o',
        'ngx_http_upstream_init(0)', 'ngx_http_upstream_init'],
    ['OCSP', 'net/planted.o', 'ngx_ssl_ocsp_start(0)', 'ngx_ssl_ocsp_start'],
    ['by libpq in another layer', 'fed/planted.o',
        'PQconnectStart(0)', 'PQconnectStart'],
    ['a pointer to it', 'fed/planted.o', 'f(connect)', 'connect'],
    ['past the gate', 'fed/planted.o', 'fedi_actor_parse(0)',
        'fedi_actor_parse'],
    ['into the store', 'fed/planted.o', 'ngx_ap_store_remote_actor_keep(0)',
        'ngx_ap_store_remote_actor_keep'])
{
    my ($name, $object, $call, $symbol) = @$case;

    my ($calls) = values %{ { calls(compile($call, $symbol)) } };

    is_deeply([violations($object => $calls)],
        ["$object calls $symbol"], "found: $name");
}

# what lies behind the gate is made there alone

my $tree = '../ngx_http_activitypub_module';

is(join(' ', grep { slurp($_) =~ /^struct fedi_fetched_(?:s|row_s) \{/m }
    glob "$tree/*/*.[ch]"), "$tree/core/fedi_fetched.c",
    'nobody else knows what a fetched document looks like inside');
is(join(' ', grep { slurp($_) =~ /NGX_AP_STATEMENT_REMOTE_ACTOR_KEEP/ }
    glob "$tree/*/*.c"), "$tree/store/ngx_ap_store_remote.c",
    'nor says that statement');

done_testing();

###############################################################################

# the functions of others that each object names

sub calls {
    my (@objects) = @_;

    my %of;

    for my $line (`nm -A -u @objects`) {
        my ($file, $symbol) = $line =~ /^(\S+):\s+\w (\w+)/ or next;
        push @{ $of{$file =~ m{([^/]+/[^/]+)$} ? $1 : $file} }, $symbol;
    }

    die "nm\n" if $?;

    return %of;
}


sub violations {
    my (%of) = @_;

    my @found;

    for my $object (sort keys %of) {
        for my $symbol (@{ $of{$object} }) {
            my $may = $callers{$symbol};

            push @found, "$object calls $symbol"
                if defined $may ? !grep { $_ eq $object } split ' ', $may
                    : $symbol =~ $libpq ? $object !~ m{^pg/}
                    : $symbol =~ $never;
        }
    }

    return @found;
}


sub compile {
    my ($call, $symbol) = @_;

    my $file = "$dir/planted";

    open my $f, '>', "$file.c" or die "$file: $!";
    print $f "int $symbol(); void f(int (*)());\n",
        "int planted(void) { return ",
        $call =~ /^f\(/ ? "f($symbol), 0" : $call, "; }\n";
    close $f;

    system("cc -w -fno-builtin -c -o $file.o $file.c") == 0
        or die "cc: $call\n";

    return "$file.o";
}


sub slurp {
    my ($file) = @_;

    open my $f, '<', $file or die "$file: $!";
    local $/;
    return scalar <$f>;
}

###############################################################################
