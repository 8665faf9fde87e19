package Test::Attacks::Stage;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What has to be there before a play begins, in names of its own: who is known
# is known, who is not can be asked; documents, servers, where names lead; and
# what a request is about, a note that is changed, a like that is undone.
#
#     my ($tag, $p) = Test::Attacks::Stage::set($player, $play);
#     Test::Attacks::Stage::change($player, $tag, $request);
#
# "p" is the play in those names.

use warnings;
use strict;
use utf8;

use Time::HiRes qw/sleep/;

use Test::Attacks::Benign;
use Test::Attacks::World;


# (tag, the play in its names): who is known is known, who is not can be asked

sub set {
    my ($player, $play) = @_;

    my $world = $player->{world};
    my $tag = $world->tag;
    my $p = { %$play, requests => $world->place($tag, $play->{requests}),
        world => $world->place($tag, $play->{world}) };
    $p->{outbound} = $world->place($tag, $play->{outbound} // 'none');

    my $w = $p->{world};
    my $key = $w->{key} // 'evil';
    my $evil = $world->actor($tag, 'evil', key => $key);

    $world->serve($evil, $w->{pages} ? (outbox => "https://$evil->{host}/c",
            followers => "https://$evil->{host}/c",
            featured => "https://$evil->{host}/c") : ());
    $world->farm->serve($evil->{uri}, $world->document($evil),
        type => $w->{content_type}) if defined $w->{content_type};
    $world->serve($world->actor($tag, $_)) for qw/victim evil2/;

    $world->known($evil) if !$p->{stranger};
    _documents($player, $tag, $w, $evil);

    # others that speak here

    for my $request (@{ $p->{requests} }) {
        _speaker($player, $tag, $p, $request, $evil) if !$request->{do};
    }

    for my $name (sort keys %{ $w->{dns} || {} }) {
        my $words = $w->{dns}{$name};

        $words = '9.9.9.10' if $words =~ /own public address/;
        $world->lead($name, split ' ', $words);
    }

    for my $host (sort keys %{ $w->{hosts} || {} }) {
        $world->farm->behave($host, %{ $w->{hosts}{$host} });
    }

    my @seeds = map { Test::Attacks::Benign::seeds($_) }
        grep { !$_->{do} } @{ $p->{requests} };

    # what one of the steps brings is not there before

    my %brought = map { ($_ => 1) } $p->{steps} ? map { _brought($_) }
        grep { !$_->{do} } @{ $p->{requests} } : ();

    @seeds = grep { !grep { $brought{$_} } _brought($_) } @seeds;

    for my $seed ($p->{stranger} ? () : @seeds) {
        _seed($player, $tag, $p, $seed);
    }

    return ($tag, $p);
}


# the ids of what a request brings

sub _brought {
    my ($request) = @_;

    my $body = $request->{body};

    return if ref $body ne 'HASH' || ref $body->{type}
        || ($body->{type} // '') !~ /^(?:Create|Follow|Like|Announce)$/;
    return $body->{type} eq 'Create' ? ref $body->{object} eq 'HASH'
        ? $body->{object}{id} : () : $body->{id};
}


sub _seed {
    my ($player, $tag, $p, $seed) = @_;

    my $world = $player->{world};
    my $body = $seed->{body};
    my $author = $world->actor($tag, $body->{actor});

    # what seeds() adds is in the placeholders of the site

    s{https://site\.example/posts/1$}{$world->post}e
        for grep { defined && !ref } $body->{object},
            ref $body->{object} ? $body->{object}{inReplyTo} : ();
    $body->{object} =~ s{https://site\.example/u/a$}{$Test::Attacks::World::ACTOR}
        if !ref $body->{object};

    $world->known($author);

    my ($wire) = $player->wire($tag, $p, { %$seed, sign => { %{ $seed->{sign} },
        key => $author->{key}, keyId => $author->{key_id} } });
    my $r = $world->send($wire);

    die "what has to be there first: $r->{status} $r->{sentence}\n"
        if $r->{status} ne '202';

    $player->settle if $body->{type} eq 'Follow';
    push @{ $p->{before} }, $author->{host};
}


# Who is named as the actor, on a host of evil's or of nobody's: it is known
# with a key.  That is the one that signs if the signature names a key of that
# host, and of nobody's host another one if it names none.

sub _speaker {
    my ($player, $tag, $p, $request, $evil) = @_;

    return if ref $request->{body} ne 'HASH' || !$request->{sign};

    my $uri = $request->{body}{actor};

    return if !defined $uri || ref $uri
        || $uri !~ m{^https://([^/?#@\\]+)/[^?#\\]*$};

    my $host = lc $1;

    return if $host =~ /\{n\}/;

    my $world = $player->{world};

    $world->known($world->actor($tag, 'victim')) if !$p->{stranger}
        && $host =~ /^victim\./ && ($request->{sign}{key} // '') eq 'victim';

    return if $uri eq $evil->{uri} || $host =~ /^(?:victim|site)\./
        || $host !~ /\.\Q$tag\E\.example$/;

    my $id = $request->{sign}{keyId};
    my $actor = $world->actor($tag, $uri, defined $id
        && $id =~ m{^https://\Q$host\E[/?#]}i ? (key_id => $id,
        key => $p->{world}{key} // $request->{sign}{key} // 'evil') : ());

    $request->{sign}{keyId} //= $actor->{key_id};

    # others are known by the one spelling

    if ($uri =~ /^[ -~]+$/) {
        _serve($world, $p->{world}{docs} || {}, $actor);
        $world->known($actor) if !$p->{stranger};

    } else {
        push @{ $p->{speakers} }, $uri =~ m{\.(c\d+)\.} ? "https://xn--" : ();
    }
}


# what is said of a document stands before what it would be otherwise

sub _serve {
    my ($world, $docs, $actor) = @_;

    my ($at) = $actor->{key_id} =~ /^([^#]*)/;

    $world->serve($actor) if !$docs->{ $actor->{uri} };
    $world->farm->serve($at, $actor->{remote}->key)
        if $at ne $actor->{uri} && !$docs->{$at};
}


sub _documents {
    my ($player, $tag, $w, $evil) = @_;

    my $world = $player->{world};
    my $farm = $world->farm;

    for my $url (sort keys %{ $w->{docs} || {} }) {
        my $doc = _honest($player, $tag, $url, $w->{docs}{$url}, $evil);

        $farm->serve($url =~ s/#.*//r, $doc);
    }

    if (my $chain = $w->{chain}) {
        my $at = $w->{fetch} ? $w->{fetch}{url} : $evil->{uri};

        for my $next (@$chain) {
            $farm->serve($at, '', word => "redirect:302:$next");
            $at = $next =~ m{^//} ? "https:$next" : $next;
        }

        $farm->serve($at, _honest($player, $tag, $at, $w->{fetch}
            ? $w->{fetch}{doc} : {}, $evil)) if $at =~ m{^https?://};

    } elsif ($w->{fetch} && $w->{fetch}{url} !~ m{^https://site\.}) {
        $farm->serve($w->{fetch}{url}, _honest($player, $tag,
            $w->{fetch}{url}, $w->{fetch}{doc}, $evil));
    }
}


# What is said of a document, and the rest as it should be: so that nothing
# else is what is wrong with it.

sub _honest {
    my ($player, $tag, $url, $doc, $evil) = @_;

    my $world = $player->{world};
    my %doc = %{ _pem($player, $tag, $doc, $evil, $url) };

    delete $doc{called};

    return \%doc if grep({ exists $doc{$_} } qw/owner first links publicKeyPem
            publicKeyMultibase/)
        || ($doc{type} // '') =~ /Collection|Announce|Note|Key/i;

    my $id = !ref $doc{id} && ($doc{id} // '') =~ m{^https://\w} ? $doc{id}
        : $url;
    my $actor = $world->actor($tag, $id =~ m{^https://[^/?#]+[^?#]*$} ? $id
        : $url);
    my $honest = $world->document($url eq $evil->{uri} ? $evil : $actor);

    if (delete $doc{many}) {
        unshift @{ $doc{publicKey} }, $honest->{publicKey};
    }

    return { %$honest, %doc };
}


# <evil>: its key, as a PEM, as a Multikey or as all of a "publicKey"; any name

sub _pem {
    my ($player, $tag, $what, $evil, $url) = @_;

    return $what if ref $what ne 'HASH' && ref $what ne 'ARRAY';
    return [map { _pem($player, $tag, $_, $evil, $url) } @$what]
        if ref $what eq 'ARRAY';

    my %copy = map { ($_ => _pem($player, $tag, $what->{$_}, $evil, $url)) }
        keys %$what;
    my $keys = $player->{world}->keys;

    for my $name (keys %copy) {
        next if ref $copy{$name} || ($copy{$name} // '') !~ /^<(\w+)>$/;

        my $key = $1 eq 'evil' ? $evil->{key} : $1;

        $copy{$name} = $name eq 'publicKey' ? { id => $url, owner =>
                $copy{id} // $url, publicKeyPem => $keys->pem($key) }
            : $name eq 'publicKeyMultibase' ? $keys->multibase($key)
            : $keys->pem($key);
    }

    return \%copy;
}


# between requests: a document changes, time goes by

sub change {
    my ($player, $tag, $request) = @_;

    my $world = $player->{world};
    my $evil = $world->actor($tag, 'evil');

    if ($request->{do} eq 'wait') {
        sleep $request->{seconds};

    } elsif ($request->{owner}) {
        $world->farm->serve($evil->{uri}, $world->document($evil,
            publicKey => $evil->{remote}->key(owner => $request->{owner})));

        # and the other says that it is its own
        my $other = $world->actor($tag, $request->{owner});

        $world->farm->serve($other->{uri}, $world->document($other,
            publicKey => $evil->{remote}->key(owner => $other->{uri})));

    } elsif ($request->{gone} =~ /rotated|changed/) {
        $world->serve($world->actor($tag, 'evil', key => 'stranger'));

    } else {
        $world->farm->serve($evil->{uri}, 'gone',
            status => $request->{gone} eq '404' ? 404 : 410);
    }
}


1;
