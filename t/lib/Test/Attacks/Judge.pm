package Test::Attacks::Judge;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Whether what came of a play is what the case expects: status and reason
# code, rows, who was asked, how the site is.  Never the status alone.
#
#     my @complaints = Test::Attacks::Judge::attack($case, $play, $outcome);
#     my @complaints = Test::Attacks::Judge::twin($play, $outcome);
#
# An outcome is status and code of the last answer, what Ledger's seen() has,
# "well", and "twin": that of the twin.

use warnings;
use strict;

# An attack file tells what must not happen, and which answers are good.
# What the site refuses at once where the file would have it taken and
# dropped is refused all the same; nor is it worse to call a request bad that
# the file calls unauthorised.  404 is what we answer where there is nothing.
my %INSTEAD = (400 => [401, 403, 404, 422], 401 => [400, 403],
    403 => [400, 401], 404 => [400], 200 => [400, 401, 403],
    202 => [400, 401, 403, 413], 302 => [404], 415 => [400], 431 => [400],
    429 => [503], 501 => [405], 408 => [400]);


sub attack {
    my ($case, $play, $o) = @_;

    my $expect = $case->expect;
    my @bad = _status($case, $play, $o);

    push @bad, _code($case, $play, $o);
    push @bad, _hollow($case, $play, $o);
    push @bad, _rows($case, $play, $o);
    push @bad, _outbound($case, $play, $o);
    push @bad, 'the site is not well' if !$o->{well};
    push @bad, 'told to go on' if $o->{hundred} && $case->says =~ /before 100/;
    push @bad, 'a cookie is set' if _is_ours($o) && $o->{response}->header('Set-Cookie');
    push @bad, @{ $o->{deliveries} || [] };

    # who was waited for was heard before anything was looked up

    push @bad, "$o->{calls} statements"
        if $case->says =~ /before key fetch|no key fetch|no DB write/i
            && $o->{calls};

    return @bad;
}


sub _status {
    my ($case, $play, $o) = @_;

    my @wanted = @{ $case->expect->{status} || [] };
    my $got = $o->{status};

    return if !@wanted || grep { $_ eq $got } @wanted;

    # a client that is gone has no answer

    return if $got eq 'none' && grep { $_ == 499 || $_ == 444 } @wanted;

    if ($case->expect->{stored} || !grep { my $w = $_;
        grep { $_ eq $got } @{ $INSTEAD{$w} || [] } } @wanted)
    {
        return "status $got, not " . join ' or ', @wanted;
    }

    $o->{remark} = "$got instead of " . join '|', @wanted;

    return;
}


sub _code {
    my ($case, $play, $o) = @_;

    my $wanted = $case->expect->{code};

    return if !$o->{codes} || $o->{status} !~ /^\d+$/;

    if (!$wanted) {
        return $play->{requests} && @{ $play->{requests} }
            && $o->{status} >= 400 && _is_ours($o) && $o->{code} !~ /^\w+$/
            ? 'a refusal without a code' : ();
    }

    my @wanted = ref $wanted ? @$wanted : $wanted;

    # what is taken and dropped, and what nginx itself refuses, has none

    return if $o->{status} < 400 || !_is_ours($o)
        || grep { $_ eq $o->{code} } @wanted;
    return "code \"$o->{code}\", not " . join ' or ', @wanted;
}


# A refusal that comes before what the case is about says nothing of it: a
# request that was never signed, a name that was never looked up.

sub _hollow {
    my ($case, $play, $o) = @_;

    my $code = $o->{code} // '';
    my $wanted = $case->expect->{code} // [];
    my @bad;

    return if $play->{slow} && $o->{status} eq 'none';

    my ($request) = @{ $play->{requests} || [] };

    push @bad, "hollow: $code" if $case->{area} !~ /^(?:signature|http)$/
        && $code =~ /^signature_(?:required|malformed)$/
        && $request && $request->{sign}
        && !grep { $_ eq $code } ref $wanted ? @$wanted : $wanted;

    return @bad if !$play->{stranger} || $play->{repeat};

    my @names = grep { /\.\Q$o->{tag}\E\./ } keys %{ $o->{dns} || {} };

    push @names, "evil.$o->{tag}.example"
        if $code =~ /^key_(?:not_found|unreachable)$/ && !@names
            && !@{ $o->{names} };

    for my $name (@names) {
        push @bad, "hollow: $name was never looked up"
            if !grep { lc eq lc $name } @{ $o->{names} };
    }

    return @bad;
}


# what nginx itself does not take never comes to us

sub _is_ours {
    my ($o) = @_;

    return $o->{post} && $o->{response}
        && $o->{response}->body !~ m{<center>nginx};
}


sub _rows {
    my ($case, $play, $o) = @_;

    my @rows = @{ $o->{rows} };

    if ($play->{alike}) {
        my %twin = map { ($_ => 1) } @{ $o->{twin}{rows} || [] };

        @rows = grep { !$twin{$_} } @rows;

        return @rows ? "stored more than its twin: @rows" : ();
    }

    if ($case->expect->{stored}) {

        # the same again is stored when the first of it was

        push @rows, @{ $play->{led} || [] } if $o->{code} eq 'duplicate';

        return grep({ /^(?:received|follower)$/ } @rows) ? ()
            : 'nothing is stored';
    }

    # kept as it came, for nobody to see

    @rows = grep { $_ ne 'received' } @rows
        if $case->says =~ /never (?:rendered|shown)|tombstone/;

    return if !@rows;

    # what is honoured, or is right but for a detail that is put right

    if ($case->says =~ /honoured|clamped|bounded|counts\ exact|ok;
            |never\ fetched|CPU\ budget/x || $play->{requests}[0]{size}
        || !@{ $case->expect->{status} || [] }
        || ($play->{repeat} && $case->says =~ /one row|per state change/))
    {
        $o->{remark} = join '; ', grep { defined } $o->{remark},
            'stored, which its note allows';
        return;
    }

    return "stored: @rows";
}


sub _outbound {
    my ($case, $play, $o) = @_;

    my $words = $o->{outbound};
    my $tag = $o->{tag};
    my @bad;

    push @bad, "connected to @{ $o->{strange} }" if @{ $o->{strange} };

    my @gets = @{ $o->{gets} };
    my ($most) = $words =~ /<=\s*(\d+)\s*(?!DNS)(?:requests|key fetch|pages)?/;

    # who is not known has to be asked for; that is how it comes about

    my @own = map { quotemeta } $words =~ m{(https://[^\s,;]+)}g,
        @{ $o->{speakers} || [] };
    my $evil = 'https://(?:h\d+\.)?evil\d*\.' . $tag . '\.example/';
    my $list = join '|', @own, $evil, map { quotemeta } $o->{fetch} // ();
    my $own = qr/^(?:$list)/;
    my $asks = $play->{stranger} || $play->{asks} || $words =~ /<=/
        || @{ $o->{speakers} || [] };

    my @wrong = grep { !$asks || $_ !~ $own } @gets;

    @wrong = () if $words =~ /^\s*refetch/ && !grep { $_ !~ $own } @wrong;

    push @bad, "asked for @wrong" if @wrong;

    if ($play->{stranger} && @gets > ($most // 4) * ($play->{repeated} // 1)) {
        push @bad, 'asked ' . @gets . ' times';
    }

    my @names = grep { !_known_name($_, $tag, $asks, $play, $o) }
        @{ $o->{names} };

    push @bad, "asked the name server for @names" if @names;

    my @posts = grep { !$play->{delivers} || !m{^https://evil\d*\.$tag\.} }
        @{ $o->{posts} };

    push @bad, "sent to @posts" if @posts;

    return @bad;
}


sub _known_name {
    my ($name, $tag, $asks, $play, $o) = @_;

    return 1 if ($asks || $play->{delivers})
        && ($name =~ /^(?:h\d+\.)?evil\d*\.$tag\./ || $o->{dns}{$name});

    return scalar grep { m{^https://\Q$name\E/} } @{ $o->{gets} };
}


sub twin {
    my ($play, $o) = @_;

    my @bad;
    my $post = ($play->{requests}[0]{method} // '') eq 'POST';
    my @good = $post ? (202) : (200, 302);

    push @bad, "status $o->{status} $o->{code} $o->{sentence}"
        if !grep { $_ eq $o->{status} } @good;
    push @bad, 'nothing is stored'
        if $post && !grep { $_ eq 'received' } @{ $o->{rows} };
    push @bad, 'the site is not well' if !$o->{well};
    push @bad, "connected to @{ $o->{strange} }" if @{ $o->{strange} };
    push @bad, 'nobody was asked' if $play->{stranger} && $post
        && !@{ $o->{gets} };

    return map { "its twin: $_" } @bad;
}


1;
