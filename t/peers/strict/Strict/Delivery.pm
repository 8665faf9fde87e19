package Strict::Delivery;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What the servers of the systems get, and what each demands of it.  Rows are
# Strict's; what they look at is a request as it arrived at that system's
# server:
#
#     accept   the answer to its Follow
#     create, update, delete   of a post
#     article  the largest there may be
#     first    refused with 500, and tried again:
#     retry    the same later
#     get      its actor or its key, asked for
#
# A check has the request in $_, and the helpers below.

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT = qw/deliver_all rows_of covered parameter verifies digested age
    facts first_try sent_at retried_at key_of lines target follow_sent/;

use Digest::SHA qw/sha256_base64/;
use File::Temp;
use MIME::Base64 qw/decode_base64/;
use Time::HiRes qw/sleep time/;
use Time::Local qw/timegm/;

use Test::More ();
use Test::Site;

use Strict;

our ($facts, $system);
my (%sent, %follows, %pem, $retried_at);


# Everybody follows, and is told of posts; every request is kept by system
# and name.

sub deliver_all {
    my ($world) = @_;

    my $t = $world->{t};
    my @names = sort keys %{ $world->{senders} };

    for my $name (@names) {
        my $remote = $world->sender($name);
        my $follow = $follows{$name} = $remote->activity('Follow', $ACTOR);
        my $outcome = $world->hear($remote, $follow);

        die "$name does not follow\n" unless $outcome->{status} == 202;
    }

    _collect($world, 'get', sub { $_->{method} eq 'GET' });
    _collect($world, 'accept', sub { is_of('Accept') });
    _tell($world);

    my $article = publish($t, url => '/posts/five.html', title => 'Five',
        content => '<p>' . 'word ' x 10_800 . '</p>',
        object_type => 'Article');

    _collect($world, 'article', sub { is_of('Create', $article) });
    _retry($world);

    for my $actor ($ACTOR, "$ORIGIN/activitypub/actor") {
        my $document = $world->{rig}->get($actor,
            accept => 'application/activity+json')->json;

        $pem{ $document->{publicKey}{id} }
            = $document->{publicKey}{publicKeyPem};
    }
}


sub _tell {
    my ($world) = @_;

    my $t = $world->{t};
    my $id = publish($t, url => '/posts/one.html', title => 'One',
        content => '<p>The first post & <a href="/about.html">more</a>.</p>',
        language => 'en');

    _collect($world, 'create', sub { is_of('Create', $id) });

    $t->sql("SELECT activitypub.update_post(object => '$id',
        title => 'One, edited')");
    _collect($world, 'update', sub { is_of('Update', $id) });

    $t->sql("SELECT activitypub.delete_post('$id')");
    _collect($world, 'delete', sub { is_of('Delete', $id) });
}


# a post that nobody takes, and everybody a little later

sub _retry {
    my ($world) = @_;

    my $t = $world->{t};
    my @hosts = map { $_->{facts}{host} } values %{ $world->{senders} };

    $world->{servers}->behave($_, '500') for @hosts;

    my $id = publish($t, url => '/posts/three.html', title => 'Three',
        content => '<p>In vain.</p>');

    _collect($world, 'first', sub { is_of('Create', $id) });

    $t->wait_for(sub {
        $t->sql('SELECT count(*) FROM activitypub.delivery
            WHERE claim IS NULL AND status = 500') == @hosts;
    }, 15)
        or die "not all were refused\n";

    # until the clock of the signatures shows something else

    sleep 2.1;
    $world->{servers}->behave($_, '202') for @hosts;

    my $before = () = $world->{servers}->requests;

    $retried_at = int time();
    $t->sql('SELECT activitypub.delivery_retry()');

    _collect($world, 'retry', sub { is_of('Create', $id) }, $before);
}


# waits until every system has got one

sub _collect {
    my ($world, $what, $meant, $skip) = @_;

    my %host = map { $world->sender($_)->{facts}{host} => $_ }
        keys %{ $world->{senders} };

    $world->{t}->wait_for(sub {
        my @requests = $world->{servers}->requests;

        for (@requests[($skip // 0) .. $#requests]) {
            $sent{ $host{ $_->{host} } }{$what} ||= $_ if $meant->();
        }

        return keys %host == grep { $sent{$_}{$what} } values %host;
    }, 20)
        or die "not everybody gets \"$what\"\n", $world->{t}->error_log;
}


sub is_of {
    my ($type, $object) = @_;

    return if $_->{method} ne 'POST';

    my $json = $_->json;

    return $json->{type} eq $type
        && (!defined $object || $json->{object}{id} eq $object);
}


# Runs the rows; how many there were, and how many were killed by their break.

sub rows_of {
    my ($world) = @_;

    my (%rows, %killed);

    for my $row (Strict::rows()) {
        my $claim = "$row->{system}: $row->{claim} [wire.md $row->{cite}]";

        local $system = $row->{system};
        local $facts = $world->sender($system)->{facts};

        my $request = $sent{$system}{ $row->{on} }
            or die "no request \"$row->{on}\"";

        Test::More::ok(Strict::meets($row, $request), $claim)
            or Test::More::diag($request->raw);

        my $survives = Strict::meets($row, Strict::broken($row, $request));

        Test::More::ok(!$survives, "$claim: turns red");

        $rows{$system}++;
        $killed{$system}++ unless $survives;
    }

    return (\%rows, \%killed);
}


# Checks.

# of the Signature, as every one of them reads it

sub parameter {
    my ($name) = @_;

    my %parameter = ($_->header('Signature') // '')
        =~ /(\w+)="([^"]*)"(?:,|$)/g;

    return $parameter{$name} // '';
}


# all of these are covered

sub covered {
    my (@names) = @_;

    my %covered = map { $_ => 1 } split / /, parameter('headers');

    return @names == grep { $covered{$_} } @names;
}


# the signature is that of the request as it is, by the key it names

sub verifies {
    my ($request) = ($_);

    my $text = join "\n", map {
        $_ eq '(request-target)'
            ? "$_: " . lc($request->{method}) . " $request->{target}"
            : "$_: " . ($request->header($_) // '')
    } split / /, parameter('headers');

    return _verified(key_of(), $text, parameter('signature'));
}


sub _verified {
    my ($pem, $text, $signature) = @_;

    our %known;

    return 0 unless defined $pem;

    return $known{"$pem$text$signature"} //= do {
        my @names = map {
            my $f = File::Temp->new;
            print $f $_;
            close $f;
            $f;
        } $pem, decode_base64($signature), $text;

        system("openssl dgst -sha256 -verify $names[0] -signature $names[1]"
            . " $names[2] >/dev/null 2>&1") == 0 ? 1 : 0;
    };
}


# the digest is of the body, and in capitals

sub digested {
    return ($_->header('Digest') // '')
        eq 'SHA-256=' . sha256_base64($_->body) . '=';
}


# how old the date was on arrival, in seconds; nothing without a good date

sub age { return int($_->{time}) - sent_at() }


# the date

sub sent_at {
    my @months = qw/Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec/;
    my %month = map { $months[$_] => $_ } 0 .. 11;

    my ($day, $month, $year, $hour, $minute, $second)
        = ($_->header('Date') // '') =~ /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),
            \ (\d\d)\ ([A-Z][a-z]{2})\ (\d{4})
            \ (\d\d):(\d\d):(\d\d)\ GMT$/x
        or die "no date\n";

    return timegm($second, $minute, $hour, $day, $month{$month}, $year);
}


# the PEM of the key that the signature names

sub key_of { $pem{ parameter('keyId') } }


# how often a header is there

sub lines {
    my ($name) = @_;

    return scalar grep { lc $_->[0] eq lc $name } @{ $_->{headers} };
}


sub facts { $facts }

sub follow_sent { $follows{$system} }

sub first_try { $sent{$system}{first} }

sub retried_at { $retried_at }


# Breaks.

sub target {
    my ($code) = @_;

    return sub { $code->() for $_->{target} };
}


1;
