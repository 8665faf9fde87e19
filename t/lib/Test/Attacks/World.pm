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

use Test::Attacks::Exchange;
use Test::Attacks::Farm;
use Test::Attacks::Keys;
use Test::Attacks::Ledger;
use Test::Attacks::Sign;
use Test::Attacks::Site;
use Test::Nginx;
use Test::Posts qw/$AP publish/;
use Test::Remote;
use Test::Rig;

our $ORIGIN = 'https://site.example';
our $ACTOR = "$ORIGIN/activitypub/news";
our $INBOX = '/activitypub/inbox';

# where the farm is
my @FARM = qw/8.8.4.4/;


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
    $t->write_file_expand('nginx.conf', $self->conf)->run();

    $self->{farm} = Test::Attacks::Farm->start($rig, here => \@FARM);
    $self->{keys} = Test::Attacks::Keys->new($t);
    $self->{sign} = Test::Attacks::Sign->new($self->{keys});

    $self->{exchange} = Test::Attacks::Exchange->new($t, $self->{sign});

    $t->wait_document("/activitypub/$_", host => 'site.example')
        or die "no actor $_:\n", $t->error_log for qw/news actor/;
    $t->wait_for(sub { $t->sql('SELECT count(*) FROM activitypub.actor')
        eq '6' && $t->sql('SELECT count(*) FROM activitypub.actor_key')
        eq '6' }, 30) or die "no keys:\n", $t->error_log;

    $self->{post} = publish($t, '/posts/1');
    $self->{ledger} = Test::Attacks::Ledger->new($self, @FARM);

    # the set of pages hears of the post by notification

    $t->wait_for(sub {
        my $r = http_get('/posts/1', host => 'site.example', accept => $AP);

        $r && ($r->json || {})->{id};
    }, 20) or die "no post\n";

    $self->{well} = $self->site;

    return $self;
}


sub conf { Test::Attacks::Site::conf() }

sub t { $_[0]{t} }

sub farm { $_[0]{farm} }

sub keys { $_[0]{keys} }

sub ledger { $_[0]{ledger} }


# whether an address is where another play leads, and this one does not

sub led_elsewhere {
    my ($self, $address, $tag) = @_;

    my $led = $self->{led}{$address} or return;

    return !$led->{$tag};
}

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
            like => { pem => $self->{keys}->public($key), key => '' },
            key_id => $id) };
}


sub document {
    my ($self, $actor, %o) = @_;

    my $text = $actor->{remote}->pem;

    return $actor->{remote}->document(preferredUsername => 'e',
        $text =~ /^z/ ? (publicKey => undef, assertionMethod => [
            { id => $actor->{key_id}, type => 'Multikey',
            controller => $actor->{uri}, publicKeyMultibase => $text }]) : (),
        %o);
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

    my ($tag) = $name =~ /\.(c\d+)\.example$/;

    # whoever comes there comes by that play

    $self->{led}{$_}{ $tag // '' } = 1
        for grep { /^[\da-f]*[.:][\da-f.:]*$/i } @addresses;

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


sub send { $_[0]{exchange}->send($_[1]) }

sub start { $_[0]{exchange}->start($_[1]) }

sub answer { $_[0]{exchange}->answer(@_[1, 2]) }


1;
