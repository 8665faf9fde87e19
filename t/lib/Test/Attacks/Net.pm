package Test::Attacks::Net;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Attacks below the level of requests: headers and bodies that do not come to
# an end, too much of everything, bytes that no client sends, frames.

use warnings;
use strict;

use Test::HTTP2;
use Test::Nginx;
use Time::HiRes qw/sleep time/;

my $INBOX = '/activitypub/inbox';
my $ACTOR = '/activitypub/news';

# what HTTP/2 says to who breaks it, beside a status that the case expects
my $BROKEN = qr/^(?:reset 1|goaway (?:1|9|11)|closed|silence)$/;


sub slow_headers {
    my ($player, $case, $result) = @_;

    _held($player, $case, $result, "GET $ACTOR HTTP/1.1\r\nHost: site.example"
        . "\r\n", "X-A: b\r\n");
}


sub slow_bodies {
    my ($player, $case, $result) = @_;

    _held($player, $case, $result, "POST $INBOX HTTP/1.1\r\n"
        . "Host: site.example\r\nContent-Type: application/activity+json\r\n"
        . "Content-Length: 100000\r\n\r\n{", ' ');
}


# Many connections that each send a bit now and then: the site answers all the
# while, and they are closed when their time is up.

sub _held {
    my ($player, $case, $result, $begin, $more) = @_;

    my $world = $player->world;
    my ($wanted) = $case->{description} =~ /(\d[\d,]*)/;
    my $n = ($wanted // 2000) =~ s/,//gr;

    $n = 400 if $n > 400;
    $n = $player->{most} if $n > $player->{most};

    my @held = grep { $_ } map { http_connect() } 1 .. $n;
    my $log = length $world->t->read_file('access.log');

    $_->send($begin) for @held;

    # five seconds is what the site allows

    for my $second (1 .. 3) {
        my $from = time();

        push @{ $result->{bad} }, 'the site is not well' if !$world->well;
        push @{ $result->{bad} }, sprintf 'the site takes %.1f s',
            time() - $from if time() - $from > 5;
        sleep 0.5;
        $_->send($more) for @held[0 .. $#held / 10];
    }

    my $over = $world->t->wait_for(sub {
        my $new = substr $world->t->read_file('access.log'), $log;
        my $closed = () = $new =~ /" 408 /g;

        $closed >= @held;
    }, 20);

    $result->{statuses} = [408] if $over;
    push @{ $result->{bad} }, 'are not closed' if !$over;
    push @{ $result->{bad} }, 'files are left'
        if glob $world->t->testdir . '/client_body/*/*/*';
    push @{ $result->{remarks} }, scalar(@held) . ' connections';
}


sub big {
    my ($player, $case, $result) = @_;

    $result->{statuses} = [];

    my %requests = (
        '200 headers' => ['GET', $ACTOR, map { ("X-$_" => 'a' x 200) } 1 .. 200],
        'a header of 100 KiB' => ['GET', $ACTOR, 'X-A' => 'a' x 100_000],
        'a URL of 9 KiB' => ['GET', "$ACTOR?" . 'a' x 9000],
        '200 headers of a POST' => ['POST', $INBOX,
            map { ("X-$_" => 'a' x 200) } 1 .. 200],
    );

    for my $name (sort keys %requests) {
        my ($method, $uri, @headers) = @{ $requests{$name} };
        my $r = http_connect()->request($method, $uri,
            headers => [Host => 'site.example', @headers]);

        _status($case, $result, $name, $r ? $r->status : 'none');
    }
}


# what is said twice, in two ways, or not as it should be

sub raw {
    my ($player, $case, $result) = @_;

    $result->{statuses} = [];

    my $post = "POST $INBOX HTTP/1.1\r\nHost: site.example\r\n"
        . "Content-Type: application/activity+json\r\n";
    my $inside = "GET $ACTOR HTTP/1.1\r\nHost: site.example\r\n\r\n";
    my %bytes = (
        'two lengths' => "${post}Content-Length: 2\r\nContent-Length: 60\r\n"
            . "\r\n{}$inside",
        'a length and chunks' => "${post}Content-Length: 4\r\n"
            . "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n$inside",
        'chunks that are called otherwise' => "${post}Transfer-Encoding:"
            . " xchunked\r\n\r\n0\r\n\r\n$inside",
        'a folded line' => "${post}X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}",
        'a NUL in a line' => "${post}X-A: b\0c\r\nContent-Length: 2\r\n\r\n{}",
        'a space in front of the colon' => "${post}Content-Length : 2\r\n\r\n"
            . '{}',
        'a body that nobody reads' => "${post}Content-Length: "
            . length($inside) . "\r\n\r\n$inside" . "GET /none HTTP/1.1\r\n"
            . "Host: site.example\r\nConnection: close\r\n\r\n",
        'a chunk of nothing real' => "${post}Transfer-Encoding: chunked\r\n\r\n"
            . "ffffffffffffffff\r\n{}",
    );

    # one that is named, else all of them

    my ($one) = $case->{sketch}{net} =~ /(unread|keep_?alive|fold|nul)/i;
    my $only = !$one ? qr/./ : { fold => qr/fold/, nul => qr/NUL/ }->{ lc $one }
        || qr/nobody reads/;

    for my $name (grep { /$only/ } sort keys %bytes) {
        my $c = http_connect();

        $c->send($bytes{$name});

        my $r = $c->response('POST');
        my $second = $r && $c->{socket} ? $c->response('GET') : undef;

        _status($case, $result, $name, $r ? $r->status : 'none');
        push @{ $result->{bad} }, "$name: what was inside is answered"
            if $second && $second->status == 200;
    }
}


sub _status {
    my ($case, $result, $name, $got) = @_;

    my @wanted = @{ $case->expect->{status} || [] };

    push @{ $result->{bad} }, "$name: $got, not " . join ' or ', @wanted
        if @wanted && !grep { $_ eq $got } @wanted, 'none';
}


sub frames {
    my ($player, $case, $result) = @_;

    $result->{statuses} = [];

    my @get = (':method' => 'GET', ':scheme' => 'http', ':path' => $ACTOR,
        ':authority' => 'site.example',
        accept => 'application/activity+json');
    my @post = (':method' => 'POST', @get[2, 3], ':path' => $INBOX, @get[6, 7],
        'content-type' => 'application/activity+json');

    my $good = _frames(@get);

    push @{ $result->{bad} }, "as it should be: $good" if $good ne '200';

    my %fields = (
        'another host beside :authority' => [@get, host => 'evil.example'],
        'a name in upper case' => [@get, 'X-A' => 'b'],
        'a pseudo-header twice' => [@get[0, 1], @get],
        'no path' => [@get[0 .. 3], @get[6 .. 9]],
        'a pseudo-header of its own' => [@get[0 .. 7], ':a' => 'b'],
        'a line break in a value' => [@get, 'x-a' => "b\r\nx: y"],
        'a NUL in a value' => [@get, 'x-a' => "b\0c"],
        'a status of a request' => [':status' => 200, @get],
        'a POST without a signature' => [@post, 'content-length' => 2, \'{}'],
        'a POST longer than it says' => [@post, 'content-length' => 2,
            \('{}' x 2000)],
        'chunks of HTTP/1' => [@post, 'transfer-encoding' => 'chunked',
            \"2\r\n{}\r\n0\r\n\r\n"],
    );

    for my $name (sort keys %fields) {
        my $got = _frames(@{ $fields{$name} });

        _broken($case, $result, $name, $got);
    }

    for my $fields ([map { ("x-$_" => 'a' x 4000) } 1 .. 4], [], ['x' => '']) {
        my $c = Test::HTTP2->new(port => port(8081));

        $c->headers(\@get, open => 1, end => 1);
        $c->headers($fields, type => 'CONTINUATION', open => 1)
            for 1 .. @$fields > 2 ? 200 : 20_000;
        $c->headers([], type => 'CONTINUATION');

        my $got = $c->outcome(1);

        # old nginx takes empty frames for nothing

        _broken($case, $result, 'CONTINUATION without end', $got)
            if $got ne '200' || @$fields >= 8;
    }

    push @{ $result->{remarks} }, 'HTTP/2; nginx has no HTTP/3 here';
}


# Where a refusal is expected the protocol's own will do as well.

sub _broken {
    my ($case, $result, $name, $got) = @_;

    my @wanted = @{ $case->expect->{status} || [] };

    return if $got =~ $BROKEN && (!@wanted || grep { /^4/ } @wanted);

    push @{ $result->{bad} }, "$name: $got, not " . join ' or ', @wanted
        if $got !~ /^\d+$/ || (@wanted ? !$case->wants($got)
            : $got !~ /^4/);
}


sub _frames {
    my (@fields) = @_;

    my $body = ref $fields[-1] ? pop @fields : undef;
    my $c = Test::HTTP2->new(port => port(8081));

    $c->headers(\@fields, end => !$body);
    $c->data($$body) if $body;

    return $c->outcome;
}


1;
