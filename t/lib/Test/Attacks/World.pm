package Test::Attacks::World;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Where attacks are played: the site, the farm of attackers and victims, the
# name server, and what can be seen from outside of all of them.
#
#     my $world = Test::Attacks::World->new;
#     my $tag = $world->tag;                      c17
#     $world->place($tag, $data)                  evil.example, as it is there
#     $world->known($world->actor($tag, 'evil'));
#     $world->mark;
#     my $answer = $world->send($request);        status, code, ...
#     my $seen = $world->seen($tag);              gets, posts, names, rows ...
#
# Each play has names of its own: what one leaves behind, a key, a breaker
# that is open, is nothing to the next, and whoever is asked in such a name
# was asked for that play.

use warnings;
use strict;
use utf8;

use Test::Attacks::Farm;
use Test::Attacks::Keys;
use Test::Attacks::Ledger;
use Test::Attacks::Sign;
use Test::HTTP2;
use Test::Nginx;
use Test::Posts qw/$AP publish/;
use Test::Remote;
use Test::Rig;

our $ORIGIN = 'https://site.example';
our $ACTOR = "$ORIGIN/activitypub/news";
our $INBOX = '/activitypub/inbox';

# where the farm is
my @FARM = qw/8.8.4.4/;

my $CONF = <<'EOF';

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    types {
        text/html  html;
    }

    default_type  text/html;

    log_format  case    '$http_x_case $activitypub_verdict';
    access_log  %%TESTDIR%%/access.log;
    access_log  %%TESTDIR%%/case.log case;

    activitypub_database "%%DATABASE%%";

    limit_req_zone    $binary_remote_addr zone=few:1m rate=1r/m;
    limit_req_status  429;

    server {
        listen       127.0.0.1:8080;
        listen       127.0.0.1:8081 http2;
        server_name  site.example;
        root         %%TESTDIR%%/html;

        userid       on;
        ssi          on;
        ssi_types    application/activity+json;

        client_header_timeout  5s;
        client_body_timeout    5s;

        activitypub_actor news { }
    }

    map $activitypub_request $odd {
        default  no;
        1        "yes, $uri$is_args$args";
    }

    server {
        listen       127.0.0.1:8080;
        server_name  odd.example;
        root         %%TESTDIR%%/html;

        keepalive_requests  1;
        sendfile            on;
        aio                 threads;
        ssi                 on;
        error_page          404 /activitypub/odd;
        add_header          X-Odd "$odd $activitypub_request $host" always;

        activitypub_actor odd { }

        location /auth/ {
            auth_request  /activitypub/odd;
            alias         %%TESTDIR%%/html/;
        }

        location /mirror/ {
            mirror  /activitypub/odd/outbox;
            alias   %%TESTDIR%%/html/;
        }

        location /error/ {
            error_page  404 = /activitypub/odd;
            return      404;
        }

        location /within/ {
            rewrite  ^ /activitypub/odd last;
        }

        location /named/ {
            try_files  /none @there;
        }

        location @there {
            rewrite  ^ /posts/include break;
        }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  few.example;
        limit_req    zone=few;

        activitypub_actor few { }
    }
}

EOF


sub new {
    my ($class, $t) = @_;

    my $rig = Test::Rig->new;
    my $self = bless { rig => $rig, t => $t, serial => 0 }, $class;

    $ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
        . $rig->ca_file . ';';

    $rig->host('site.example', '9.9.9.10');
    $rig->route(@FARM);
    $rig->name('*.example', $FARM[0]);
    $rig->name(localhost => '127.0.0.1');

    $t->expect(Test::Rig::expected());
    $t->write_file("html/posts/$_", "<!doctype html><p>page $_</p>\n")
        for 1, 'plain';
    $t->write_file('html/posts/include', "<p>\n"
        . "<!--#include virtual=\"/activitypub/odd\" -->\n"
        . "<!--#include virtual=\"/activitypub/inbox\" --></p>\n");
    $t->write_file_expand('nginx.conf', $CONF)->run();

    $self->{farm} = Test::Attacks::Farm->start($rig);
    $self->{keys} = Test::Attacks::Keys->new($t);
    $self->{sign} = Test::Attacks::Sign->new($self->{keys});

    $t->wait_document("/activitypub/$_", host => 'site.example')
        or die "no actor $_:\n", $t->error_log for qw/news actor/;
    $t->wait_for(sub { $t->sql('SELECT count(*) FROM activitypub.actor')
        eq '6' && $t->sql('SELECT count(*) FROM activitypub.actor_key')
        eq '6' }, 30) or die "no keys:\n", $t->error_log;

    $self->{post} = publish($t, '/posts/1');
    $self->{ledger} = Test::Attacks::Ledger->new($self, @FARM);
    $self->{well} = $self->site;

    return $self;
}


# URLs of a server with all kinds of locations

sub odd { return qw!/activitypub/odd /activitypub/odd/outbox /auth/posts/plain
    /mirror/posts/plain /error/x /within/x /named/x /posts/include /none
    /activitypub/none! }

sub conf { $CONF }

sub t { $_[0]{t} }

sub farm { $_[0]{farm} }

sub keys { $_[0]{keys} }

sub ledger { $_[0]{ledger} }

sub post { $_[0]{post} }


sub tag { return 'c' . ++$_[0]{serial} }


# the placeholders of attack files, in any data

sub place {
    my ($self, $tag, $what) = @_;

    return [map { $self->place($tag, $_) } @$what] if ref $what eq 'ARRAY';
    return +{ map { ($self->place($tag, $_) => $self->place($tag, $what->{$_})) }
        CORE::keys %$what } if ref $what eq 'HASH';
    return $what if !defined $what || ref $what || $what !~ /\D/;

    $what =~ s{https://site\.example/u/a(?![\w-])}{$ACTOR}g;
    $what =~ s{https://site\.example/posts/1(?!\d)}{$self->{post}}g;
    $what =~ s{(?<![\w.\}-])(?!(?:site|www|few)\.)
            ((?:\w*\{n\}\.)?[\w-]+)\.example(?![\w-])}
        {$1.$tag.example}gix;

    return $what;
}


sub path {
    my ($self, $path) = @_;

    return $INBOX if !defined $path;

    $path =~ s{^/ap/inbox}{$INBOX};
    $path =~ s{^/ap/}{/activitypub/};
    $path =~ s{^/u/a(?![\w-])}{/activitypub/news};

    return $path;
}


# "evil", "victim", "evil2", or the URL of an actor; "key" is the name of one

sub actor {
    my ($self, $tag, $who, %o) = @_;

    my ($host, $path) = $who =~ m{^https?://([^/?#]+)([^?#]*)}
        ? ($1, $2) : ($self->place($tag, "$who.example"), undef);
    my ($role) = lc($host) =~ /^([^.]+)/;

    $path //= $role eq 'victim' ? '/u/v' : '/u/e';

    my $uri = "https://$host$path";
    my $key = $o{key} // ($role =~ /^evil/ ? 'evil' : $role eq 'victim'
        ? 'victim' : 'stranger');

    my $id = $o{key_id} // "$uri#k";

    return { uri => $uri, host => $host, key => $key, key_id => $id,
        remote => Test::Remote->new($self->{ledger}->proxy, $uri,
            like => { pem => $self->{keys}->pem($key), key => '' },
            key_id => $id) };
}


sub document {
    my ($self, $actor, %o) = @_;

    return $actor->{remote}->document(preferredUsername => 'e', %o);
}


# its document is there for who asks

sub serve {
    my ($self, $actor, %o) = @_;

    $self->{farm}->serve($actor->{uri}, $self->document($actor, %o));
}


sub known { $_[1]{remote}->known }


# a name that leads somewhere else, and a road there, so that whoever goes
# would be seen

sub lead {
    my ($self, $name, @addresses) = @_;

    $self->{rig}->name($name, @addresses);

    for my $address (grep { /^[\da-f.:]+$/i } @addresses) {
        next if $address =~ /^(?:0\.|127\.|::$|::1$|22[4-9]\.|2[345]\d\.|ff)/;
        next if $address eq '9.9.9.10';
        $self->{rig}->route($address);
    }
}


sub mark { $_[0]{ledger}->mark }

sub seen { $_[0]{ledger}->seen($_[1]) }


# what the site answers, as long as it is well

sub site {
    my ($self) = @_;

    my $c = http_connect() or return 'nothing';

    return join "\n", map {
        my $r = $c->get($_, host => 'site.example', accept => $AP);

        $r ? $r->status . $r->body : 'nothing';
    } '/posts/plain', '/posts/1', '/activitypub/news';
}


sub well { $_[0]->site eq $_[0]{well} }


# Sends a request: method, target, host, headers, body, and "sign", which is
# what Test::Attacks::Sign takes.  Its answer: status, code, sentence, head.

sub send {
    my ($self, $request) = @_;

    my $c = $self->start($request) or return { status => 'refused' };
    my $hundred = $self->_continue($c, $request);
    my $r = $c->response($request->{method});

    # nginx writes its log when the connection is over

    $c->close;

    my $answer = $self->answer($r, $request);

    $answer->{code} = $self->_verdict($request->{case})
        if $r && $r->status < 400;

    return { %$answer, hundred => $hundred };
}


# who waits for 100 sends the body after it

sub _continue {
    my ($self, $c, $request) = @_;

    return if !defined $request->{later};

    $c->_fill(sub { $_[0] =~ /\r\n\r\n/ });

    return if $c->{buffer} !~ s{^HTTP/1\.1 100.*?\r\n\r\n}{}s;

    $c->send($request->{later});

    return 1;
}


sub answer {
    my ($self, $r, $request) = @_;

    return { status => 'none', code => '', sentence => '' } if !$r;

    my $json = $r->status >= 400 ? $r->json : undef;

    $json = {} if ref $json ne 'HASH';

    return { status => $r->status, response => $r,
        code => $json->{code} // '',
        sentence => $json->{error} // '' };
}


# what the log says of a request that was not refused

sub _verdict {
    my ($self, $case) = @_;

    my $verdicts = $self->{verdicts} ||= {};

    $self->{t}->wait_for(sub {
        open my $f, '<', $self->{t}->testdir . '/case.log' or return;
        seek $f, $self->{log} // 0, 0;

        while (my $line = <$f>) {
            last if $line !~ /\n\z/;
            $verdicts->{$1} = $2 if $line =~ /^(\d+) (\S*)$/;
            $self->{log} = tell $f;
        }

        return defined $verdicts->{$case};
    }, 1);

    return delete $verdicts->{$case} // '';
}


# without waiting for the answer

sub start {
    my ($self, $request) = @_;

    $self->{sign}->apply($request, $request->{sign}) if $request->{sign};

    $request->{case} = ++$self->{case};

    my $bytes = $request->{bytes} // bytes($request);

    if ($bytes =~ /^Expect: 100-continue/mi) {
        ($bytes, $request->{later}) = split /(?<=\r\n\r\n)/, $bytes, 2;
    }

    my $c = http_connect() or return;

    utf8::encode($bytes) if utf8::is_utf8($bytes);
    $c->send($bytes);

    return $c;
}


sub bytes {
    my ($request) = @_;

    my @headers = @{ $request->{headers} };
    my %given;

    for (my $i = 0; $i < @headers; $i += 2) {
        $given{lc $headers[$i]} = 1;
    }

    push @headers, 'X-Case' => $request->{case} if $request->{case};
    unshift @headers, Host => $request->{sent_host} // $request->{host};
    push @headers, 'Content-Length' => length $request->{body}
        if defined $request->{body} && !$given{'content-length'}
            && !$given{'transfer-encoding'};
    push @headers, Connection => 'close' if !$given{connection};

    my $text = "$request->{method} $request->{target} HTTP/1.1\r\n";

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    utf8::encode($text) if utf8::is_utf8($text);

    return "$text\r\n" . ($request->{body} // '');
}


1;
