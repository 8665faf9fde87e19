#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Three hundred server blocks with three actors each: all are declared, each
# answers for itself and for nobody else, and a reload has nothing to say.

###############################################################################

use warnings;
use strict;

use Test::More;

use Time::HiRes qw/time/;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Posts;

###############################################################################

my $SERVERS = 300;
my @NAMES = qw/news sport shop/;

my $t = Test::Nginx->new()->has(qw/http/)->plan(43);

my $servers = join '', map { server($_) } 1 .. $SERVERS;

$t->write_file_expand('nginx.conf', <<"EOF");

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    server_names_hash_max_size  4096;

    activitypub_database "%%DATABASE%%";

$servers
}

EOF

my $from = time();

$t->run();

ok($t->wait_for(sub { declared() == $SERVERS * @NAMES }, 60),
    'all are declared');
diag(sprintf '%d actors in %.1f s', $SERVERS * @NAMES, time() - $from);

# some of them, the last one too: a key is made, and then it is there

for my $n (1, 2, 149, 298, $SERVERS) {
    my $host = host($n);

    for my $name ('news', 'shop') {
        my $id = "https://$host/activitypub/$name";

        $t->sql(key_of($id));

        ok($t->wait_for(sub {
            my $r = get($n, "/activitypub/$name");

            $r->status == 200 && $r->json->{id} eq $id;
        }), "$name of $host");

        my $jrd = finger($n, "acct:$name\@$host");

        is($jrd->status == 200 && $jrd->json->{links}[0]{href}, $id,
            'is found');
        is(finger($n, 'acct:' . $name . '@' . host($n % $SERVERS + 1))->body,
            "SITE $n\n", 'another host is not its business');
    }

    is(get($n, '/activitypub/nobody')->status, 404, "nobody on $host");
}

is(finger(7, 'https://' . host(7) . '/sport')->json->{subject},
    'acct:sport@' . host(7), 'a page leads to its actor');

###############################################################################

# the same again

my $written = written();
my $waited = time();

ok($t->reload, 'reload');
ok($t->wait_for(sub { get(300, '/activitypub/shop')->status == 200 }),
    'the last one is there');
ok($t->wait_for(sub { $t->sql("SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active'
      AND query LIKE '%declare(%' AND pid <> pg_backend_pid()") eq '' }),
    'declared');
select undef, undef, undef, 1;
is(written(), $written, 'nothing was written');
is($t->sql('SELECT count(*) FROM activitypub.activity'), 0,
    'and nobody was told');
cmp_ok(time() - $waited, '<', 30, 'in time');

###############################################################################

sub host { return "site$_[0].example" }


sub server {
    my ($n) = @_;

    return "server { listen 127.0.0.1:8080; server_name " . host($n) . ';'
        . join('', map { " activitypub_actor $_ { url /$_; }" } @NAMES)
        . " location / { return 200 \"SITE $n\\n\"; } }\n";
}


sub get { return ap_get($_[1], host => host($_[0])) }


sub finger {
    my ($n, $resource) = @_;

    return http_get("/.well-known/webfinger?resource=$resource",
        host => host($n));
}


sub declared {
    return $t->sql('SELECT count(*) FROM activitypub.declaration AS d
        JOIN activitypub.actor AS a ON a.id = d.actor WHERE NOT a.instance');
}


# A key, unless a worker has made one: 1,200 of them take a minute.

sub key_of {
    my ($id) = @_;

    our ($key, $public);

    if (!$key) {
        chomp($key = `openssl genpkey -quiet -algorithm RSA`);
        chomp($public = `echo '$key' | openssl pkey -pubout`);
    }

    return "SELECT activitypub.actor_key_set('$id', '$key\n', '$public\n')";
}


# versions of the rows that a declaration may touch; keys are made meanwhile

sub written {
    return $t->sql("SELECT md5(string_agg(d.xmin::text || o.xmin::text,
        ' ' ORDER BY a.id)) FROM activitypub.declaration AS d
        JOIN activitypub.actor AS a ON a.id = d.actor
        JOIN activitypub.origin AS o ON o.id = a.origin");
}

###############################################################################
