package Large;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# One database that grows, and an nginx in front of it.  Under callgrind it
# starts with the counting off: the start of a thousand server blocks would
# take minutes otherwise.

use warnings;
use strict;

use FindBin;
use lib $FindBin::Bin;
use Bench;
use Load;
use Test::Nginx;

use Time::HiRes qw/sleep time/;

my $ZONE = '128m';

# what a browser of today sends
my $BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,'
    . 'image/avif,image/webp,image/apng,*/*;q=0.8';
my $AP = 'application/activity+json, application/ld+json';

# "twinless" is a page that has no document
my @NAMES = qw/webfinger actor object page-document static proxied twinless/;
my %URI = (
    webfinger => '/.well-known/webfinger?resource=acct:news@acme.example',
    actor => '/activitypub/news',
    'page-document' => '/post.html',
    static => '/post.html',
    proxied => '/app/post',
    twinless => '/none.html',
);


sub names { return @NAMES }


sub new {
    my ($class) = @_;

    my $self = bless {}, $class;

    $self->{backend} = Bench->backend;

    my $t = $self->{first} = $self->_nginx(1);

    for my $document ('/activitypub/news', '/activitypub/actor') {
        $t->wait_document($document, _at($t))
            or die "$document does not come\n", $t->error_log;
    }

    my @ids = map { $self->_publish($t, $_) } '/post.html', '/app/post';

    ($URI{object}) = $ids[0] =~ m!^https://[^/]+(/.*)!;

    $self->_ready($t);
    $self->{empty} = _status($t)->{free};
    $t->stop;

    return $self;
}


# what is free of a zone with next to nothing in it

sub zone { return $_[0]{empty} }


# The foreign keys hold by construction, so their checks are left out; the
# documents of these posts are short, because nobody asks for them.

sub fill {
    my ($self, $objects, $followers) = @_;

    $self->{first}->sql(<<"SQL");
SET session_replication_role = replica;

-- the followers to come are told of nothing

DELETE FROM activitypub.delivery;
DELETE FROM activitypub.fanout;

CREATE TEMP TABLE many AS
    SELECT n, lpad(to_hex(n), 12, '0') AS hex
      FROM generate_series(1, $objects) AS n;

INSERT INTO activitypub.object (id, actor, type, url, published, document)
SELECT ('01890000-0000-7000-8000-' || hex)::uuid, t.actor, 'Note',
       'https://acme.example/posts/' || n || '.html', now(), '{}'
  FROM many, activitypub.twin AS t WHERE t.path = '/post.html';

INSERT INTO activitypub.twin (origin, path, actor, object)
SELECT t.origin, '/posts/' || n || '.html', t.actor,
       ('01890000-0000-7000-8000-' || hex)::uuid
  FROM many, activitypub.twin AS t WHERE t.path = '/post.html';

INSERT INTO activitypub.remote_actor (uri, host, inbox)
SELECT 'https://h' || n % 5000 || '.example/users/' || n,
       'h' || n % 5000 || '.example',
       'https://h' || n % 5000 || '.example/inbox'
  FROM generate_series(1, $followers) AS n;

INSERT INTO activitypub.follower (actor, remote_actor, inbox, follow_id)
SELECT t.actor, r.id, r.inbox, r.uri || '#follow'
  FROM activitypub.remote_actor AS r, activitypub.twin AS t
 WHERE t.path = '/post.html';

ANALYZE;
SQL
}


# The actors of all server blocks get one key, because making thousands takes
# minutes, and is not what is asked here.

sub declare {
    my ($self, $servers) = @_;

    my $t = $self->_nginx($servers);

    $t->wait_for(sub {
        $t->sql('INSERT INTO activitypub.actor_key
            SELECT a.id, k.private_pem, k.public_pem
              FROM activitypub.actor AS a,
                (SELECT * FROM activitypub.actor_key LIMIT 1) AS k
            ON CONFLICT DO NOTHING');

        return $t->sql('SELECT count(*) FROM activitypub.actor_key')
            >= 2 * $servers;
    }, 300) or die "the actors are not declared\n";

    # one who is at work on its keys is not waited for

    kill 'TERM', $t->{pid};
    waitpid $t->{pid}, 0;
    delete $t->{pid};

    # the documents have the keys, and the notifications were heard

    $t->run;
    _quiet($t);
    $t->stop;
}


# Seconds from a start to the complete set, the latency of a page of the same
# worker meanwhile, and what is free in the zone then.

sub start {
    my ($self, $servers) = @_;

    my ($t, $seconds);

    $t = $self->_nginx($servers);
    $t->stop;

    my $since = time;

    $t->run;

    my $page = Load::beside($t->{http}, 'acme.example', '/none.html', 200,
        sub {
            $self->_ready($t);
            $seconds = time() - $since;
        });

    my $free = _status($t)->{free};

    $t->stop;

    return (seconds => $seconds, page => $page, free => $free);
}


# of one request of each kind: the slope between N and 2N of them

sub instructions {
    my ($self, $servers, $n) = @_;

    my $file = "/tmp/apt-bench-$$";
    my $t = $self->_nginx($servers, _tool($file));

    $self->_ready($t);

    return _count($t, $file, $n, @NAMES);
}


# nginx without the module, with as many server blocks: a static page

sub alone {
    my ($self, $servers, $n) = @_;

    my $file = "/tmp/apt-bench-$$";
    my $t = $self->_nginx($servers, _tool($file), 1);

    return _count($t, $file, $n, 'static');
}


sub _tool {
    return ['valgrind', '-q', '--tool=callgrind', '--instr-atstart=no',
        "--callgrind-out-file=$_[0]"];
}


sub _count {
    my ($t, $file, $n, @names) = @_;

    my (%slope, $dump);

    _quiet($t);
    _control($t, '--instr=on');

    for my $name (@names) {
        my $ap = $name =~ /actor|object|document/;
        my $request = { uri => $URI{$name}, headers => [
            Host => 'acme.example', Accept => $ap ? $AP : $BROWSER] };
        my @total;

        Bench::requests($t->{http}, 10, $request);

        for my $times (1, 2) {
            _control($t, '--zero');
            Bench::requests($t->{http}, $times * $n, $request);
            _control($t, '--dump');
            $dump++;

            ($total[$times]) = Bench::_read("$file.$dump")
                =~ /^(?:summary|totals): (\d+)/m
                or die "no figure from callgrind\n";
            unlink "$file.$dump";
        }

        $slope{$name} = ($total[2] - $total[1]) / $n;
    }

    $t->stop;
    unlink $file;

    return %slope;
}


# A thousand server blocks are declared, and whatever else a start brings.

sub _quiet {
    my ($t) = @_;

    my $calm = 0;

    for (1 .. 120) {
        my $before = Bench::cpu($t->workers);

        sleep 1;
        $calm = Bench::cpu($t->workers) - $before < 20_000 ? $calm + 1 : 0;
        return if $calm == 3;
    }

    die "nginx does not come to rest\n";
}


sub _control {
    my ($t, $what) = @_;

    system("callgrind_control $what $t->{pid} > /dev/null 2>&1") == 0
        or die "callgrind_control does not work\n";
}


# the set is complete, and the documents are in the zone

sub _ready {
    my ($self, $t) = @_;

    $t->wait_for(sub {
        my $r = http_get('/none.html', _at($t), accept => $BROWSER);

        $r && !$r->header('Vary');
    }, 300) or die "the set is not complete\n", $t->error_log;

    for my $uri (@URI{qw/actor object/}) {
        $t->wait_document($uri, _at($t)) or die "no $uri\n", $t->error_log;
    }
}


sub _publish {
    my ($self, $t, $url) = @_;

    my ($code, $out, $err) = $t->apctl('post', 'publish', '--actor', 'news',
        '--url', $url, '--title', 'A post', '--quiet',
        '--content', '<p>What there is to say.</p>');

    die $err if $code;

    return $out;
}


sub _at { return (port => $_[0]{http}, host => 'acme.example') }


sub _status {
    my ($t) = @_;

    return http_get('/status', _at($t))->json->{zone};
}


# $plain: without the module

sub _nginx {
    my ($self, $servers, $tool, $plain) = @_;

    my $t = Bench->new(tool => $tool, plain => $plain);
    my $first = $self->{first};

    @$t{qw/cluster database/} = @$first{qw/cluster database/} if $first;

    my $actor = $plain ? '' : 'activitypub_actor news { name "Acme News"; }';
    my $backend = port(8090);
    my $http = $plain ? '' : 'activitypub_database "' . $t->conninfo
        . "\" timeout=60s; activitypub_zone zone=activitypub:$ZONE;";
    my $status = $plain ? '' : 'location = /status {
        activitypub_status json; }';
    my $others = join '', map {
        "server { listen 127.0.0.1:8080; server_name s$_.example; $actor }\n"
    } 2 .. $servers;

    $t->write_file("html/$_.html", Bench::page()) for qw/post none/;
    $t->write_file_expand('nginx.conf', <<"EOC")->run;
%%TEST_GLOBALS%%
worker_processes 1;
events { }
http {
    %%TEST_GLOBALS_HTTP%%
    types { text/html html; }
    keepalive_requests         1000000000;
    access_log                 off;
    server_names_hash_max_size 4096;

    upstream app {
        server    127.0.0.1:$backend;
        keepalive 4;
    }

    $http

    server {
        listen      127.0.0.1:8080;
        server_name acme.example;

        $actor
        $status

        location / { root html; }

        location /app/ {
            proxy_pass         http://app;
            proxy_http_version 1.1;
            proxy_set_header   Connection "";
        }
    }

    $others
}
EOC

    $t->{http} = port(8080);

    return $t;
}


1;
