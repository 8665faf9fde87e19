#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Connections between two requests: used again while both sides have said all
# and nothing else, never more than two a host, and asked once more when they
# were dead.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Fetch;
use Test::Hostile;

use Time::HiRes qw/sleep/;

###############################################################################

my $rig = Test::Rig->new;
my $t = Test::Nginx->new()->has(qw/http_ssl/);

my @names = map { "$_.example" } qw/many one two close old still until late
    extra together eof dies twice part post post-part tls12 tls13 wait/;

for my $name (@names) {
    $rig->name($name, $name eq 'tls12.example' ? '8.8.4.12' : '8.8.4.4');
    $rig->{ca}->issue($name);
}

$rig->route('8.8.4.4', '8.8.4.12');

my $e = "\r\n";
my $head = "HTTP/1.1 200 OK$e";
my $hi = "Content-Length: 2$e${e}hi";
my $ok = $head . $hi;
my $evil = "HTTP/1.1 418 Teapot$e$hi";

# first a good answer, and then on the same connection what is meant

my $then = sub {
    my ($second) = @_;

    return sub {
        my ($c, $r) = @_;

        $c->{turns}++ ? $second->($c, $r) : $c->send($ok);
    };
};

my $peer = Test::Hostile->start($rig,
    paths => {
        '/' => $ok,
        '/wait' => sub { $_[0]->wait(0.3); $_[0]->send($ok) },
        '/close' => "${head}Connection: close$e$hi",
        '/old' => "HTTP/1.0 200 OK$e$hi",
        '/still' => "HTTP/1.0 200 OK${e}Connection: keep-alive$e$hi",
        '/until' => sub { $_[0]->send("$head${e}hi"); $_[0]->close },

        # more than was asked for: later, or at once
        '/late' => sub {
            $_[0]->send($ok);
            $_[0]->wait(0.3);
            $_[0]->send($evil);
        },
        '/extra' => $ok . $evil,
        '/together' => sub { $_[0]->send($ok); $_[0]->close },
        '/eof' => sub {
            $_[0]->send($ok);
            $_[0]->wait(0.3);
            $_[0]->close;
        },

        # dead when it is used again
        '/dies' => $then->(sub { $_[0]->reset }),
        '/twice' => sub { $_[0]{turns}++ || -e "$rig->{dir}/twice"
            ? $_[0]->close : $_[0]->send($ok) },
        '/part' => $then->(sub {
            $_[0]->send("${head}Content-Length: 100$e${e}hi");
            $_[0]->close;
        }),
        '/post' => $then->(sub { $_[0]->close }),
        '/post-part' => $then->(sub {
            $_[0]->send('HTTP/1.1 2');
            $_[0]->close;
        }),
        '/redirect' => "HTTP/1.1 307 Elsewhere$e"
            . "Location: https://post.example/elsewhere$e"
            . "Content-Length: 0$e$e",
    },
    addresses => { '8.8.4.12' => { SSL_version => 'TLSv1_2' } });

my $f = Test::Fetch->start($t, $rig);

###############################################################################

is($f->get('https://many.example/'), $OK, "request $_") for 1 .. 5;
is_deeply([requests('many')], [5], 'five requests on one connection');

is($f->get("https://$_.example/"), $OK, $_) for qw/one two one two/;
is_deeply([requests('one')], [2], 'a connection is that of a name');
is_deeply([requests('two')], [2], 'also where two have one address');

is(join(' ', uniq($f->all(('https://wait.example/wait') x 8))), $OK,
    'several at the same time');
is(scalar(requests('wait')), 2, 'two connections');

###############################################################################

# what must not be used again

for my $row (['close', 'after "Connection: close"'], ['old', 'of HTTP/1.0'],
    ['until', 'that ended with its answer'],
    ['extra', 'that says more at once'],
    ['together', 'that is closed with the answer'])
{
    my ($name, $what) = @$row;

    is($f->get("https://$name.example/$name"), $OK, "$what: answer")
        for 1 .. 2;

    # one that is dead already must not look like two answers

    is(scalar(requests($name)), 2, "one $what");
}

is($f->get('https://still.example/still'), $OK, 'HTTP/1.0 keep-alive')
    for 1 .. 2;
is_deeply([requests('still')], [2], 'one of HTTP/1.0 that is kept');

for my $row (['late', 'says more later'], ['eof', 'is closed later']) {
    my ($name, $what) = @$row;

    is($f->get("https://$name.example/$name"), $OK, "$what: answer");

    my ($n) = connections($name);

    ok($t->wait_for(sub { grep { $_->[0] == $n } $peer->seen('end') }, 5),
        "one that $what is closed");
    is($f->get("https://$name.example/"), $OK, "$what: the next answer");
    is_deeply([requests($name)], [1, 1], "one that $what: not asked again");
}

###############################################################################

# what was dead: once more, on a new connection

is($f->get('https://dies.example/dies'), $OK, 'before it dies');
is($f->get('https://dies.example/dies'), $OK, 'asked again elsewhere');
is_deeply([requests('dies')], [2, 1], 'once more');

is($f->get('https://twice.example/twice'), $OK, 'before both die');
$t->write_file('dummy', '');
open my $mark, '>', "$rig->{dir}/twice" or die $!;
close $mark;
is($f->get('https://twice.example/twice'), 'the peer closed without an answer',
    'dead twice');
is_deeply([requests('twice')], [2, 1], 'once more, and no more');

is($f->get('https://part.example/part'), $OK, 'before a part');
is($f->get('https://part.example/part'),
    'the peer closed in the middle of the answer', 'a part of an answer');
is_deeply([requests('part')], [2], 'not once more');

###############################################################################

# posts

is($f->get('https://post.example/post'), $OK, 'before a post');
is(delivered('post', 'post'), 'delivered', 'a post on a dead connection');
is_deeply([requests('post')], [2, 1], 'once more');

is($f->get('https://post-part.example/post-part'), $OK, 'before another');
is(delivered('post-part', 'post-part'),
    'the peer closed in the middle of the answer', 'a part of an answer');
is_deeply([requests('post-part')], [2], 'a post is not sent again');

is(delivered('post', 'redirect'), 'answered 307', 'a post is not redirected');
is(scalar(grep { m!/elsewhere! } map { $_->[2] } $peer->seen('request')), 0,
    'nowhere');

###############################################################################

# sessions: the second handshake is the short one, of this name alone

for my $name (qw/tls12 tls13/) {
    is($f->get("https://$name.example/close"), $OK, $name) for 1 .. 3;
}

my @tls = map { $_->[2] } $peer->seen('tls');

is(join(', ', grep { /^tls12/ } @tls), join(', ',
    map { "tls12.example TLSv1_2 $_ http/1.1" } qw/full resumed resumed/),
    'TLS 1.2 sessions');
is(join(', ', grep { /^tls13/ } @tls), join(', ',
    map { "tls13.example TLSv1_3 $_ http/1.1" } qw/full resumed resumed/),
    'TLS 1.3 sessions');
is(join(' ', map { (split ' ', $_)[2] } grep { /^two/ } @tls), 'full',
    'the session of another name at this address is not used');

# a reload: what is kept does not hold up the old worker

ok($t->reload(), 'a reload');
is($f->get('https://many.example/'), $OK, 'the new worker');
is_deeply([requests('many')], [5, 1], 'has connections of its own');

unlike($t->error_log, qr/\[(?:error|crit)\]/, 'and no [error] of ours');

done_testing();

###############################################################################

# the connections of a name, and how many requests each of them saw

sub connections {
    my ($name) = @_;

    return map { $_->[0] } grep { $_->[2] =~ /^\Q$name\E\.example / }
        $peer->seen('tls');
}


sub requests {
    my ($name) = @_;

    my %n;
    $n{$_->[0]}++ for $peer->seen('request');

    return map { $n{$_} // 0 } connections($name);
}


sub uniq {
    my %seen;

    return grep { !$seen{$_}++ } @_;
}


# what became of a post to one follower

sub delivered {
    my ($host, $path) = @_;

    my $inbox = "https://$host.example/$path";

    $t->sql(<<"EOS");
DELETE FROM activitypub.follower;
WITH r AS (
    INSERT INTO activitypub.remote_actor (uri, host, inbox)
    VALUES ('https://$host.example/u/$path', '$host.example', '$inbox')
    RETURNING id, uri
)
INSERT INTO activitypub.follower (actor, remote_actor, inbox, follow_id)
SELECT a.id, r.id, '$inbox', r.uri || '/follow'
  FROM activitypub.actor AS a, r
 WHERE a.uri = 'https://site.example/activitypub/news';
EOS

    $t->sql("SELECT activitypub.publish(actor => 'news',
        url => 'https://site.example/$path', title => '$path',
        content => '<p>$path</p>')");

    my $end;

    $t->wait_for(sub {
        my $gone = !$t->sql("SELECT count(*) FROM activitypub.delivery
                WHERE inbox = '$inbox'")
            && grep { $_->[2] =~ m!^POST /$path! } $peer->seen('request');

        # what failed for good has said so before its row went

        ($end) = $t->error_log
            =~ /delivery \d+ to "\Q$inbox\E" failed: (.*)/;

        $end ||= 'delivered' if $gone;

        return $end;
    }, 20);

    return $end;
}

###############################################################################
