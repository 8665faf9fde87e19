package Test::Attacks::Case;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A line of an attack file, and the plays that it stands for.
#
#     {"id": "SIG-03", "area": "signature", "description": "...",
#      "sketch": {...}, "expect": {"status": [401], "stored": false,
#      "outbound": "none", "site_ok": true, "note": "...", "code": [...]}}
#
# A sketch is a request (method, path, headers, body, sign; "activity" and
# "object" are what differs from the usual body), or has one under "request",
# beside what it meets: doc, content_type, dns, server, chain,
# fetch, key; variants, of what is attacked; seq and repeat, of requests.
# What is no request at all is for Test::Attacks::Special.
#
# A play is { name, requests => [...], world => {...} }, in the placeholders
# of the file: see Test::Attacks::Player.

use warnings;
use strict;
use utf8;

use JSON::PP ();

use Test::Attacks::Behaviour;
use Test::Attacks::Sign;
use Test::Attacks::Words;

my $JSON = JSON::PP->new->canonical->allow_nonref;

my $EVIL = 'https://evil.example/u/e';

# the words of a sketch that are none of a request
my %SPECIAL = map { ($_ => 1) } qw/fault config feed fill tool net proto load/;


sub read_file {
    my ($class, $file) = @_;

    open my $f, '<', $file or die "$file: $!\n";

    return map { $class->new($JSON->decode(_text($_))) }
        grep { /\S/ && !/^\s*#/ } <$f>;
}


sub _text {
    my ($bytes) = @_;

    utf8::decode($bytes);

    return $bytes;
}


sub new {
    my ($class, $case) = @_;

    die "a case without an id or a sketch\n"
        if !$case->{id} || ref $case->{sketch} ne 'HASH';

    return bless { area => '', description => '', expect => {}, %$case },
        $class;
}


# What a file does not say of reasons is as in those that do, if it meets the
# same: a document, a server.

sub codes {
    my ($self, $others) = @_;

    my $other = $others->{ $self->{id} } or return;

    $self->{expect}{code} //= $other->expect->{code}
        if !grep { exists $self->{sketch}{$_} xor exists $other->{sketch}{$_} }
            qw/doc server dns chain fetch content_type/;
}


sub id { $_[0]{id} }

sub expect { $_[0]{expect} }

# whether it may be accepted, and then is stored

sub taken {
    my ($self) = @_;

    return $self->{expect}{stored}
        || !grep { /^4/ && $_ != 429 } @{ $self->{expect}{status} || [] };
}


sub note { $_[0]{expect}{note} // '' }

sub says {
    my ($self) = @_;

    return join ' ', $self->{description}, $self->note,
        $self->{expect}{outbound} // '';
}


sub special {
    my ($self) = @_;

    return grep { $SPECIAL{$_} } keys %{ $self->{sketch} };
}


sub plays {
    my ($self) = @_;

    my %sketch = %{ $self->{sketch} };

    return map { _delivers($_) } $self->_seq(\%sketch) if $sketch{seq};

    my $base = { name => '', requests => [], world => {} };
    my @plays = $self->_requests(\%sketch, $base);

    @plays = map { $self->_variants(\%sketch, $_) } @plays;
    @plays = map { $self->_signs($_) } @plays;
    @plays = map { $self->_world(\%sketch, $_) } @plays;

    $_->{repeat} = $sketch{repeat} for grep { $sketch{repeat} } @plays;

    return map { _delivers($_) } @plays;
}


# a Follow is answered

sub _delivers {
    my ($play) = @_;

    $play->{delivers} ||= grep { ref $_->{body} eq 'HASH'
        && ($_->{body}{type} // '') eq 'Follow' } @{ $play->{requests} };

    return $play;
}


# the request of a sketch, or the one that is usual

sub _requests {
    my ($self, $sketch, $play) = @_;

    my $request = $sketch->{request};

    return Test::Attacks::Words::request($self, $request, $play)
        if defined $request && !ref $request;

    if (!$request) {
        $request = { map { ($_ => $sketch->{$_}) } grep { exists $sketch->{$_} }
            qw/method path headers body sign activity object/ };
    }

    my %r = %{ whole($request) };

    # a mere header: on a request that is refused, or on one that is not

    if ($request->{headers} && !$self->taken && !grep { $request->{$_} }
        qw/method body sign path activity object/)
    {
        $r{sign} = $self->{description} =~ /signature/i
            ? { %{ $r{sign} }, cover => 'date' } : undef;
    }

    $r{body} = undef if $r{method} !~ /^(?:POST|PUT)$/ && !$request->{body};
    $r{sign} = undef if $r{method} eq 'GET' && !$request->{sign};

    return _spliced({ %$play, requests => [\%r] });
}


# of what is given in part the rest is as usual

sub whole {
    my ($request) = @_;

    my $usual = usual();
    my %r = (%$usual, %$request);
    my ($activity, $object) = delete @r{qw/activity object/};
    my $by = ref $activity && $activity->{actor};

    $by = undef if ref $by || ($by // '') !~ m{^https://};

    $r{sign} = { %{ $usual->{sign} }, ($request->{sign}{profile} // '')
        eq 'rfc9421' ? (cover => '@method @target-uri content-digest') : (),
        %{ $request->{sign} } } if ref $request->{sign};
    $r{body} = { %{ create(by => $by) }, %$activity } if $activity;
    $r{body}{object} = { %{ create(by => $by)->{object} }, %$object }
        if $object;

    return \%r;
}


# a signed POST of a note of evil's, that answers a post of ours

sub usual {
    return { method => 'POST', path => '/ap/inbox', headers => {},
        body => create(), sign => { key => 'evil', profile => 'cavage',
            cover => '(request-target) host date digest' } };
}


sub create {
    my (%o) = @_;

    my $by = $o{by} // $EVIL;
    my ($host) = $by =~ m{^(https://[^/]+)};

    return {
        '@context' => 'https://www.w3.org/ns/activitystreams',
        id => $o{id} // "$by/act/1", type => $o{type} // 'Create', actor => $by,
        to => ['https://www.w3.org/ns/activitystreams#Public'],
        object => { id => $o{note} // "$host/n/1", type => 'Note',
            attributedTo => $by, content => '<p>x</p>',
            to => $o{to} // ['https://www.w3.org/ns/activitystreams#Public'],
            inReplyTo => 'https://site.example/posts/1',
            %{ $o{object} || {} } },
    };
}


# What is wrong with a bit of JSON may hide behind that it is no activity: so
# it is tried inside of one as well.

sub _spliced {
    my ($play) = @_;

    my $body = $play->{requests}[0]{body};

    return $play if !defined $body || ref $body || $body !~ /^\{"/;

    my $usual = $JSON->encode(create());
    my $inside = $body =~ s/\}$//r;

    return $play, { %$play, name => 'in an activity', requests => [{
        %{ $play->{requests}[0] }, body => "$inside," . substr $usual, 1 }] };
}


# what "variants" are of is said by a placeholder, or by the description

sub _variants {
    my ($self, $sketch, $play) = @_;

    my $variants = $sketch->{variants} or return $play;

    return map {
        my $value = $_;
        my $name = $JSON->encode($value);
        my ($request, @more) = map { +{ %$_ } } @{ $play->{requests} };
        my ($placed, $found) = _replace($request, $value);

        $placed = Test::Attacks::Words::vary($self, $request, $value)
            if !$found;

        +{ %$play, name => "$play->{name} $name" =~ s/^ //r,
            requests => [$placed, @more], variant => $value };
    } @$variants;
}


sub _replace {
    my ($what, $value) = @_;

    my $found = 0;
    my $walk;

    $walk = sub {
        my ($at) = @_;

        return [map { $walk->($_) } @$at] if ref $at eq 'ARRAY';
        return { map { ($_ => $walk->($at->{$_})) } keys %$at }
            if ref $at eq 'HASH';
        return $at if !defined $at || ref $at || $at !~ /<variant>/;

        $found = 1;

        return $value if $at eq '<variant>';
        return $at =~ s/<variant>/$value/gr;
    };

    return ($walk->($what), $found);
}


sub _signs {
    my ($self, $play) = @_;

    my ($request, @more) = @{ $play->{requests} };

    return $play if !$request || !ref $request->{sign};

    return map {
        my $sign = $_;

        +{ %$play, requests => [{ %$request, sign => $sign }, @more],
            name => "$play->{name} " . ($sign->{mutate} // '') =~ s/^ //r };
    } Test::Attacks::Sign->variants($request->{sign});
}


# what the request meets: documents, servers, names

sub _world {
    my ($self, $sketch, $play) = @_;

    my @plays = $play;

    if (my $dns = $sketch->{dns}) {
        @plays = map { $self->_dns($dns, $_) } @plays;
    }

    if (defined(my $doc = $sketch->{doc})) {
        @plays = map { Test::Attacks::Words::documents($self, $doc, $_) }
            @plays;
    }

    if (defined(my $server = $sketch->{server})) {
        @plays = map { $self->_servers($server, $_) } @plays;
    }

    if (defined(my $chain = $sketch->{chain})) {
        @plays = map { Test::Attacks::Words::chains($self, $chain, $_) }
            @plays;
    }

    if (defined(my $url = $sketch->{fetch})) {
        @plays = map { Test::Attacks::Words::fetched($self, $url, $_) } @plays;
    }

    for my $p (@plays) {
        my ($inner) = map { $_->{inner} // () } @{ $p->{requests} };

        $p->{world}{dns}{'evil.example'} = '10.0.0.1' if $inner;
        $p->{stranger} = $inner eq 'key' ? 1 : 0 if $inner;
        $p->{world}{dns}{$p->{variant}} = $1 if !ref $p->{variant}
            && ($p->{variant} // '') =~ /^(\d+\.\d+\.\d+\.\d+)\.[a-z]/;
        $p->{world}{content_type} = $sketch->{content_type}
            if defined $sketch->{content_type};
        $p->{world}{key} = $sketch->{key} if defined $sketch->{key};

        # somebody whom nobody here knows yet
        $p->{stranger} //= 1 if grep { defined $sketch->{$_} } qw/dns doc server
            chain fetch content_type key/;
    }

    return @plays;
}


# "a / b": each of them

sub _dns {
    my ($self, $dns, $play) = @_;

    my @plays = $play;

    for my $name (sort keys %$dns) {
        my $said = $dns->{$name};
        my @turns = ref $said eq 'ARRAY' ? join(' | ', map { "ttl=0 $_" }
            map { ref $_ ? @$_ : $_ } @$said) : split m{ / }, $said;

        @plays = map {
            my $p = $_;

            map { +{ %$p, name => "$p->{name} $_" =~ s/^ //r,
                world => { %{ $p->{world} }, dns =>
                    { %{ $p->{world}{dns} || {} }, $name => $_ } } } } @turns;
        } @plays;
    }

    return @plays;
}


sub _servers {
    my ($self, $word, $play) = @_;

    return map {
        my ($about, $how) = @$_;

        +{ %$play, name => "$play->{name} $how" =~ s/^ //r,
            slow => Test::Attacks::Behaviour::slow($how),
            world => { %{ $play->{world} },
                hosts => { 'evil.example' => { $about => $how } } },
            $about eq 'post' ? (requests => [Test::Attacks::Words::activity(
                'Follow')], delivers => 1) : () };
    } Test::Attacks::Behaviour::several($word);
}


sub _seq {
    my ($self, $sketch) = @_;

    my $play = { name => '', requests => [], world => {}, steps => 1 };

    push @{ $play->{requests} }, Test::Attacks::Words::step($self, $_, $play)
        for @{ $sketch->{seq} };

    return $play;
}


1;
