#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# nginx's configure with our config: a library that is missing or too old is
# named together with its Debian package, and a static build is set up.  It
# can only be set up here: nginx-dev brings nginx's headers, not its sources.

###############################################################################

use warnings;
use strict;

use Test::More;

use Cwd qw/abs_path/;
use File::Temp qw/tempdir/;

BEGIN { use FindBin; chdir($FindBin::Bin); }

###############################################################################

my $src = '/usr/share/nginx/src';
my $top = abs_path('..');
my $dir = tempdir(CLEANUP => 1);

plan(skip_all => 'nginx-dev is not installed') unless -d "$src/auto";

# header, what stands in for it, what is asked for, package

my @libraries = (
    ['libpq-fe.h', '#error hidden', 'libpq 14 or newer', 'libpq-dev'],
    ['jansson.h', '#error hidden', 'jansson 2.12 or newer', 'libjansson-dev'],
    ['jansson.h', "#include_next <jansson.h>\n#undef JANSSON_VERSION_HEX\n"
        . '#define JANSSON_VERSION_HEX 0x020b00', 'jansson 2.12 or newer',
        'libjansson-dev'],
    ['openssl/evp.h', '#error hidden', 'OpenSSL 3.0 or newer', 'libssl-dev'],
    ['openssl/opensslv.h', "#include_next <openssl/opensslv.h>\n"
        . "#undef OPENSSL_VERSION_NUMBER\n"
        . '#define OPENSSL_VERSION_NUMBER 0x1010117fL',
        'OpenSSL 3.0 or newer', 'libssl-dev'],
    ['expat.h', '#error hidden', 'expat 2.4.1 or newer', 'libexpat1-dev'],
    ['expat.h', "#include_next <expat.h>\n#undef XML_MICRO_VERSION\n"
        . "#undef XML_MINOR_VERSION\n#define XML_MINOR_VERSION 4\n"
        . '#define XML_MICRO_VERSION 0', 'expat 2.4.1 or newer',
        'libexpat1-dev'],
    ['idn2.h', '#error hidden', 'libidn2', 'libidn2-dev'],
);

plan(tests => 2 * @libraries + 5);

for my $library (@libraries) {
    my ($header, $text, $asked, $package) = @$library;
    my ($code, $out) = probe($header, $text);

    is($code, 1, "$header that says \"" . (split /\n/, $text)[-1] . '"');
    like($out, qr/error: .* needs \Q$asked\E .*apt-get install $package$/m,
        "  is answered with $package");
}

my ($code, $out) = probe('unused.h', '');

is($code, 0, 'all libraries are found');
unlike($out, qr/error/, 'without a complaint');

($code, $out) = probe('unused.h', '', 'NO');

like($out, qr/error: .* needs --with-threads$/m, 'an nginx without threads');

# all of configure, with the module inside nginx

mkdir "$dir/static";
$out = `cd $src && ./configure --with-compat --with-threads \\
        --add-module=$top --builddir=$dir/static 2>&1`;

like($out, qr/adding module in .*Configuration summary/s,
    'a static build is configured');
like(slurp("$dir/static/ngx_modules.c"), qr/&ngx_http_activitypub_module,/,
    'and has the module in its table');

###############################################################################

# runs our config alone, as configure does, with a header before the real one

sub probe {
    my ($header, $text, $threads) = @_;
    my $fake = tempdir(DIR => $dir);

    mkdir "$fake/openssl";
    open my $f, '>', "$fake/$header" or die "$header: $!";
    print $f "$text\n";
    close $f;

    my $out = `cd $src && exec 2>&1 && env CC='cc -I$fake' \\
        NGX_AUTOTEST=$fake/autotest NGX_AUTOCONF_ERR=$fake/err \\
        ngx_addon_dir=$top ngx_module_link=DYNAMIC ngx_n=-n ngx_c= \\
        NGX_INCLUDE_UNISTD_H='#include <unistd.h>' \\
        NGX_AUTO_CONFIG_H=$fake/config.h USE_THREADS=@{[ $threads || 'YES' ]} \\
        sh -c '. $top/config'`;

    return ($? >> 8, $out);
}


sub slurp {
    my ($file) = @_;

    open my $f, '<', $file or return '';
    local $/;
    return scalar <$f>;
}
