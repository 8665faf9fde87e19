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

use Test::Attacks::Addresses;
use Test::Attacks::Reasons;


sub attack {
    my ($case, $play, $o) = @_;

    my $expect = $case->expect;
    my @bad = _status($case, $play, $o);

    push @bad, _code($case, $play, $o);
    push @bad, _hollow($case, $play, $o);
    push @bad, _rows($case, $play, $o);
    push @bad, _outbound($case, $play, $o);
    push @bad, 'the site is ' . ($o->{well} ? '' : 'not ') . 'well'
        if !$o->{well} != !$case->expect->{site_ok};
    push @bad, 'told to go on' if $o->{hundred} && $case->says =~ /before 100/;
    push @bad, 'a cookie is set' if _is_ours($o) && $o->{response}->header('Set-Cookie');
    push @bad, @{ $o->{deliveries} || [] };

    # who was waited for was heard before anything was looked up

    push @bad, "$o->{calls} statements"
        if $case->counts_statements && $o->{calls};

    return @bad;
}


sub _status {
    my ($case, $play, $o) = @_;

    my @wanted = @{ $case->expect->{status} };
    my $got = $o->{status};

    return if !@wanted || $case->wants($got);

    # a client that is gone has no answer

    return if $got eq 'none' && grep { $_ eq 499 || $_ eq 444 } @wanted;

    # what is refused at once where it would be taken and dropped, or by
    # another name: by a rule, and of what is not to be stored

    my $rule = $case->expect->{stored} ? undef
        : Test::Attacks::Reasons::instead($o->{code} // '', $got, @wanted);

    return "status $got, not " . join ' or ', @wanted if !$rule;

    $o->{remark} = "$got instead of " . join('|', @wanted) . ": $rule";

    return;
}


# A refusal has the reason that the case names, or one that is to be found in
# the play: so what comes before that which the case is about is seen, and
# what nginx itself refuses has none.

sub _code {
    my ($case, $play, $o) = @_;

    return if $o->{status} !~ /^[45]\d\d$/ || !_is_ours($o)
        || !@{ $play->{requests} };

    my $code = $o->{code} // '';

    return 'a refusal without a code' if $code !~ /^\w+$/;

    my $wanted = $case->expect->{code};

    return $wanted && !grep({ $_ eq $code } @$wanted)
        ? "code \"$code\", not " . join(' or ', @$wanted) : () if $wanted;

    return if grep { $_ eq $code } Test::Attacks::Reasons::of($play,
        $o->{request});
    return "hollow: $code, for which the case gives no reason";
}


# a name that was never looked up says nothing of where it leads

sub _hollow {
    my ($case, $play, $o) = @_;

    my $code = $o->{code} // '';
    my @bad;

    return if $play->{slow} && $o->{status} eq 'none';
    return if !$play->{stranger} || $play->{repeat};

    # one of which nothing else in the play speaks need not be

    my @names = grep { /\.\Q$o->{tag}\E\./ && (/^evil\./i
        || $o->{text} =~ /\Q$_\E/i) } keys %{ $o->{dns} || {} };

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

    # a key is kept that was asked for and is good, whoever signs with another

    @rows = grep { !/^remote_(?:actor|key)$/ } @rows
        if $o->{code} eq 'signature_mismatch' && $play->{stranger};

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

    # What is right but for a detail that is put right, or is a burden and no
    # lie, is stored as its twin is, and no more than that; a farewell is what
    # it says.

    my %twin = $case->says =~ /clamped|bounded|counts\ exact|ok;
            |never\ fetched|CPU\ budget/x || $play->{requests}[0]{size}
        ? map { ($_ => 1) } @{ $o->{twin}{rows} || [] },
            @{ $play->{brings} || [] } : ();

    @rows = grep { !$twin{$_} } @rows;

    return if $case->says =~ /honoured/ && _farewell($play)
        || !@{ $case->expect->{status} }
        || ($play->{repeat} && $case->says =~ /one row|per state change/);

    return @rows ? "stored: @rows" : ();
}


sub _farewell {
    my ($play) = @_;

    return scalar grep { ref $_->{body} eq 'HASH' && ($_->{body}{type} // '')
        eq 'Delete' } @{ $play->{requests} };
}


sub _outbound {
    my ($case, $play, $o) = @_;

    my $words = $o->{outbound};
    my $tag = $o->{tag};
    my @bad;

    push @bad, map { "connected to $_" } _strange($o);

    my @gets = @{ $o->{gets} };
    my ($most) = $words =~ /<=\s*(\d+)\s*(?!DNS)(?:requests|key fetch|pages)?/;

    # who is not known has to be asked for; that is how it comes about

    my @own = map { quotemeta } $words =~ m{(https://[^\s,;]+)}g,
        @{ $o->{speakers} || [] };
    my $evil = '(?i)https://(?!victim\.)[\w.-]+\.' . $tag . '\.example/';
    my $list = join '|', @own, $evil, map { quotemeta } $o->{fetch} // (),
        @{ $o->{chain} || [] };
    my $own = qr/^(?:$list)/;

    push @bad, "$o->{sockets} sockets at a time"
        if $words =~ /<=\s*(\d+)\s*(?:sockets|connections|concurrent)/
            && $o->{sockets} > $1;
    my $asks = $play->{stranger} || $play->{asks} || $words =~ /<=/
        || @{ $o->{speakers} || [] };

    my @wrong = grep { !$asks || $_ !~ $own } @gets;

    @wrong = () if $words =~ /^\s*refetch/ && !grep { $_ !~ $own } @wrong;

    push @bad, "asked for @wrong" if @wrong;

    if ($play->{stranger} && @gets > ($most // 4) * ($play->{repeated} // 1)) {
        push @bad, 'asked ' . @gets . ' times';
    }

    my @names = grep { !_known_name($_, $tag, $asks, $play, \@gets) }
        @{ $o->{names} };

    push @bad, "asked the name server for @names" if @names;

    my @posts = grep { !$play->{delivers} || !m{^https://evil\d*\.$tag\.} }
        @{ $o->{posts} };

    push @bad, "sent to @posts" if @posts;

    return @bad;
}


# who connects to an address of anybody's that the play names is not misled

sub _strange {
    my ($o) = @_;

    my %named = map { ($_ => 1) } grep {
        Test::Attacks::Addresses::is_public($_) && $_ ne '9.9.9.10'
    } map { split ' ' } values %{ $o->{dns} || {} };

    return grep { !/^(\S+) 443$/ || !$named{$1} } @{ $o->{strange} };
}


sub _known_name {
    my ($name, $tag, $asks, $play, $gets) = @_;

    return 1 if ($asks || $play->{delivers}) && $name =~ /^(?!victim\.)[\w.-]+\.$tag\./i;

    return scalar grep { m{^https://\Q$name\E/} } @$gets;
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
