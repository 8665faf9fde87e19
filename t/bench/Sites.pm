package Sites;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The two nginx that are compared: one with the module, and one without it
# that answers the same bytes.

use warnings;
use strict;

use FindBin;
use lib $FindBin::Bin;
use Bench;
use Test::Nginx;

# what a browser of today sends
my $BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,'
    . 'image/avif,image/webp,image/apng,*/*;q=0.8';

my %REQUESTS = (
    webfinger => {
        uri => '/.well-known/webfinger?resource=acct:news@acme.example',
        headers => [Host => 'acme.example', Accept => 'application/jrd+json'],
    },
    actor => {
        uri => '/activitypub/news',
        headers => [Host => 'acme.example',
            Accept => 'application/activity+json, application/ld+json'],
    },
    static => {
        uri => '/post.html',
        headers => [Host => 'acme.example', Accept => $BROWSER],
    },
    proxied => {
        uri => '/app/post',
        headers => [Host => 'acme.example', Accept => $BROWSER],
    },
);

my $ACTOR = <<'EOF';
        activitypub_actor news {
            name     "Acme News";
            summary  "What we make, and why.";
            icon     /img/logo.png;
            field    "Website" https://acme.example/;
        }
EOF


sub request { $REQUESTS{ $_[0] } }


# The database, its actor with its key, and a twin for each page: made once,
# by an nginx that is not measured.

sub prepare {
    my $self = bless {}, shift;

    $self->{backend} = Bench->backend;

    my $t = $self->with_module()->(undef);

    for my $document ('/activitypub/news', '/activitypub/actor') {
        $t->wait_document($document, _at($t))
            or die "$document does not come\n", $t->error_log;
    }

    for my $url ('/post.html', '/app/post') {
        my ($code, $out, $err) = $t->apctl('post', 'publish',
            '--actor', 'news', '--url', $url, '--title', 'A post',
            '--content', '<p>What there is to say.</p>');

        die $err if $code;
    }

    # a document has no date in the second in which it was made

    $t->wait_for(sub {
        (http_get('/activitypub/news', _at($t)) // '') =~ /^Last-Modified: /m;
    }, 10) or die "no date\n";

    for my $name (qw/webfinger actor/) {
        $self->{answers}{$name} = http_get($REQUESTS{$name}{uri},
            port => $t->{http}, headers => $REQUESTS{$name}{headers});
    }

    $self->{first} = $t;
    $t->stop;

    return $self;
}


sub _at { return (port => $_[0]{http}, host => 'acme.example') }


sub _run {
    my ($self, $t, $http, $server) = @_;

    my $backend = port(8090);

    $t->write_file('html/post.html', Bench::page());
    $t->write_file_expand('nginx.conf', <<"EOF")->run;
%%TEST_GLOBALS%%
worker_processes 1;
events { }
http {
    %%TEST_GLOBALS_HTTP%%
    types { text/html html; }
    keepalive_requests 1000000000;
    access_log         off;

    upstream app {
        server    127.0.0.1:$backend;
        keepalive 4;
    }

    $http

    server {
        listen      127.0.0.1:8080;
        server_name acme.example;

        $server

        location / { root html; }

        location /app/ {
            proxy_pass         http://app;
            proxy_http_version 1.1;
            proxy_set_header   Connection "";
        }
    }
}
EOF

    $t->{http} = port(8080);

    return $t;
}


sub with_module {
    my ($self) = @_;

    return sub {
        my ($tool) = @_;

        my $t = Bench->new(tool => $tool);
        my $first = $self->{first};

        # one database for all runs

        @$t{qw/cluster database/} = @$first{qw/cluster database/} if $first;

        $self->_run($t, 'activitypub_database "' . $t->conninfo . '";',
            $ACTOR);

        # what is measured is answered from the zone

        $t->wait_for(sub {
            $t->wait_document('/activitypub/news', _at($t));
            (http_get('/post.html', _at($t)) // '') =~ /^Link: /m;
        }, 30) or die "no twins\n", $t->error_log if $first;

        return $t;
    };
}


# nginx alone: the same headers and bytes by "return 200"

sub without_module {
    my ($self) = @_;

    return sub {
        my ($tool) = @_;

        my $server = join '', map { $self->_return($_) }
            sort keys %{ $self->{answers} };

        return $self->_run(Bench->new(plain => 1, tool => $tool), '',
            $server);
    };
}


sub _return {
    my ($self, $name) = @_;

    my $answer = $self->{answers}{$name};
    my ($uri) = $REQUESTS{$name}{uri} =~ /^([^?]*)/;
    my $headers = '';

    for my $h (qw/Cache-Control X-Content-Type-Options Vary
        Access-Control-Allow-Origin ETag Last-Modified/)
    {
        my ($value) = "$answer" =~ /^\Q$h\E: (.*?)\r?$/m or next;

        $headers .= "add_header $h " . _quote($value) . ";\n";
    }

    my ($type) = "$answer" =~ /^Content-Type: (.*?)\r?$/m;

    return "location = $uri { default_type " . _quote($type) . ";\n"
        . $headers . 'return 200 ' . _quote($answer->body) . "; }\n";
}


sub _quote {
    my ($text) = @_;

    die "a variable in: $text\n" if $text =~ /\$/;
    $text =~ s/(["\\])/\\$1/g;

    return "\"$text\"";
}


1;
