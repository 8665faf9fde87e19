package Test::Attacks::Plays;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The plays that a case stands for: one for each of its variants, of what its
# words stand for, of the addresses that a name leads to.
#
#     my @plays = Test::Attacks::Plays::of($case);
#
# A play is { name, requests => [...], world => {...} }, in the placeholders
# of the file, and what else is known of it: "stranger", nobody here knows who
# signs; "asks", somebody has to be asked; "steps", of a sequence; "repeat";
# "delivers", an answer goes out; "alike", it may do what its twin does;
# "brings", what is stored of somebody new.

use warnings;
use strict;
use utf8;

use JSON::PP ();

use Test::Attacks::Behaviour;
use Test::Attacks::Sign;
use Test::Attacks::Usual qw/usual create whole $EVIL/;
use Test::Attacks::Words;

my $JSON = JSON::PP->new->canonical->allow_nonref;


sub of {
    my ($case) = @_;

    return map { _asks(_delivers($_)) } _of($case, $case->sketch, '');
}


# a key that nobody has named before has to be asked for

sub _asks {
    my ($play) = @_;

    $play->{asks} ||= scalar grep {
        my $id = ref $_->{sign} ? $_->{sign}{keyId} : undef;

        defined $id && $id =~ m{^https://evil\.} && $id ne "$EVIL#k"
    } @{ $play->{requests} };

    return $play;
}


sub _of {
    my ($case, $sketch, $name) = @_;

    # variants of whatever it is that the placeholder stands in

    if (my $variants = $sketch->{variants}) {
        my %rest = %$sketch;

        delete $rest{variants};
        $rest{request} = _body($rest{request}) if ref $rest{request};
        %rest = %{ _body(\%rest) };

        if ((_replace(\%rest, ''))[1]) {
            return map {
                my ($placed) = _replace(\%rest, $_);

                _of($case, $placed, "$name " . $JSON->encode($_));
            } @$variants;
        }
    }

    return _seq($case, $sketch, $name) if $sketch->{seq};

    my $base = { name => $name =~ s/^ //r, requests => [], world => {} };
    my @plays = _requests($case, $sketch, $base);

    @plays = map { _variants($case, $sketch, $_) } @plays;
    @plays = map { _signs($_) } @plays;
    @plays = map { _world($case, $sketch, $_) } @plays;

    for my $p (@plays) {
        $p->{parallel} = $sketch->{parallel} // $p->{parallel};
        $p->{repeat} = $sketch->{repeat} // ($p->{slow} ? undef
            : $p->{parallel});
    }

    return @plays;
}


# What is given in part is made whole before a variant is put in: what is not
# attacked is as ever.

sub _body {
    my ($r) = @_;

    return $r if !$r->{activity} && !$r->{object};

    my %r = (%$r, body => whole($r)->{body});

    delete @r{qw/activity object/};

    return \%r;
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
    my ($case, $sketch, $play) = @_;

    my $request = $sketch->{request};

    return Test::Attacks::Words::request($case, $request, $play)
        if defined $request && !ref $request;

    if (!$request) {
        $request = { map { ($_ => $sketch->{$_}) } grep { exists $sketch->{$_} }
            qw/method path headers body sign activity object/ };
    }

    my %r = %{ whole($request) };

    # a mere header: on a request that is refused, or on one that is not

    if ($request->{headers} && !$case->taken && !grep { $request->{$_} }
        qw/method body sign path activity object/)
    {
        $r{sign} = $case->{description} =~ /signature/i
            ? { %{ $r{sign} }, cover => 'date' } : undef;
    }

    $r{body} = undef if $r{method} !~ /^(?:POST|PUT)$/ && !$request->{body};
    $r{sign} = undef if $r{method} eq 'GET' && !$request->{sign};

    return _spliced({ %$play, requests => [\%r] });
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


# what "variants" without a placeholder are of: by the description

sub _variants {
    my ($case, $sketch, $play) = @_;

    my $variants = $sketch->{variants} or return $play;

    return map {
        my ($request, @more) = map { +{ %$_ } } @{ $play->{requests} };

        +{ %$play, name => _name($play, $JSON->encode($_)), requests => [
            Test::Attacks::Words::vary($case, $request, $_), @more],
            variant => $_ };
    } @$variants;
}


sub _name { return "$_[0]{name} $_[1]" =~ s/^ | \z//gr }


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
    my ($play) = @_;

    my ($request, @more) = @{ $play->{requests} };

    return $play if !$request || !ref $request->{sign};

    return map {
        my $sign = $_;

        +{ %$play, requests => [{ %$request, sign => $sign }, @more],
            name => _name($play, $sign->{mutate} // '') };
    } Test::Attacks::Sign->variants($request->{sign});
}


# what the request meets: documents, servers, names

sub _world {
    my ($case, $sketch, $play) = @_;

    my @plays = $play;

    if (my $dns = $sketch->{dns}) {
        @plays = map { _dns($dns, $_) } @plays;
    }

    if (defined(my $doc = $sketch->{doc})) {
        @plays = map { Test::Attacks::Words::documents($case, $doc, $_) }
            @plays;
    }

    if (defined(my $server = $sketch->{server})) {
        @plays = map { _servers($server, $_) } @plays;
    }

    if (defined(my $chain = $sketch->{chain})) {
        @plays = map { Test::Attacks::Words::chains($case, $chain, $_) }
            @plays;
    }

    if (defined(my $url = $sketch->{fetch})) {
        @plays = map { Test::Attacks::Words::fetched($case, $url, $_) } @plays;
    }

    for my $p (@plays) {
        my ($inner) = map { $_->{inner} // () } @{ $p->{requests} };

        $p->{world}{dns}{'evil.example'} = '10.0.0.1' if $inner;
        $p->{stranger} = $inner eq 'key' ? 1 : 0 if $inner;
        $p->{world}{dns}{$p->{variant}} = $1 if !ref $p->{variant}
            && ($p->{variant} // '') =~ /^(\d+\.\d+\.\d+\.\d+)\.[a-z]/;
        $p->{world}{content_type} = $sketch->{content_type}
            if defined $sketch->{content_type};
        $p->{world}{key} = $sketch->{key} // _kind($p);

        # somebody whom nobody here knows yet
        $p->{stranger} //= 1 if $p->{world}{key} || grep { defined
            $sketch->{$_} } qw/dns doc server chain fetch content_type/;

        ($p->{parallel}) = $case->{description} =~ /(\d+) (?:parallel
            |concurrent|at\ once|at\ the\ same\ time)/x if $p->{slow};
    }

    return @plays;
}


# a key of that kind is evil's, where one is named that is nobody's

sub _kind {
    my ($play) = @_;

    my ($kind) = grep { defined && /^(?:rsa-?\d+|ed25519|ecdsa|ec|p-?\d+|secp\w+|dsa)$/i }
        map { ref $_->{sign} ? $_->{sign}{key} : () } @{ $play->{requests} };

    return $kind;
}


# "a / b": each of them; "a then b", or a list of them: one after the other

sub _dns {
    my ($dns, $play) = @_;

    my @plays = $play;

    for my $name (sort keys %$dns) {
        my $said = $dns->{$name};
        my @turns = map { _addresses($_) } ref $said eq 'ARRAY'
            ? join(' then ', map { ref $_ ? "@$_" : $_ } @$said)
            : split m{ / }, $said;

        @plays = map {
            my $p = $_;

            map { +{ %$p, name => _name($p, $_),
                world => { %{ $p->{world} }, dns =>
                    { %{ $p->{world}{dns} || {} }, $name => $_ } } } } @turns;
        } @plays;
    }

    return @plays;
}


# in the words of Test::Rig::DNS

sub _addresses {
    my ($said) = @_;

    return $said if $said =~ /own public address/;

    # "rebind A B" is A first, and then B

    $said =~ s/[\s,]+/ then /g if $said =~ s/^rebind\w*[:\s]+//i;

    my @turns = map { join ' ', map {
            /^(?:[\da-f]*:[\da-f:.]*|[\d.]+|\w+=\S+|silent|garbage)$/i ? $_
            : /^(?:nxdomain|no_?such_?name)$/i ? 'code=3'
            : /^serv_?fail$/i ? 'code=2' : /^refused$/i ? 'code=5'
            : /^(?:time_?out|never|silence)$/i ? 'silent'
            : /^(?:none|empty|no_?data)$/i ? ()
            : /^cname:?(.+)$/i ? "cname=$1"
            : die "no handler for the address \"$_\"\n"
        } split /[\s,]+/, s/\bcname[:= ]\s*/cname=/gir } split /\s+then\s+|\s*\|\s*|\s*->\s*/, $said;

    return $turns[0] if @turns < 2;
    return join ' | ', map { "ttl=0 $_" } @turns;
}


sub _servers {
    my ($word, $play) = @_;

    return map {
        my ($about, $how) = @$_;

        +{ %$play, name => _name($play, $how),
            slow => $about ne 'post' && Test::Attacks::Behaviour::slow($how),
            world => { %{ $play->{world} },
                hosts => { 'evil.example' => { $about => $how } } },
            $about eq 'post' ? (requests => [Test::Attacks::Words::activity(
                'Follow')], delivers => 1) : () };
    } Test::Attacks::Behaviour::several($word);
}


sub _seq {
    my ($case, $sketch, $name) = @_;

    my $play = { name => $name =~ s/^ //r, requests => [], world => {}, steps => 1 };

    push @{ $play->{requests} }, Test::Attacks::Words::step($case, $_, $play)
        for @{ $sketch->{seq} };

    return $play;
}


1;
