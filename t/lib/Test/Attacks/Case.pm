package Test::Attacks::Case;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A line of an attack file.
#
#     {"id": "SIG-03", "area": "signature", "description": "...",
#      "sketch": {...}, "expect": {"status": [401], "stored": false,
#      "outbound": "none", "site_ok": true, "note": "...", "code": [...]}}
#
# A sketch is a request (method, path, headers, body, sign; "activity" and
# "object" are what differs from the usual body), or has one under "request",
# beside what it meets: doc, content_type, dns, server, chain,
# fetch, key; variants, of what is attacked; seq, repeat and parallel, of
# requests.
# What is no request at all is for Test::Attacks::Circumstances.
#
# What it stands for is played by Test::Attacks::Plays.  A line that is no
# case, or has a word in it that nobody understands, is one all the same:
# wrong() says why it cannot be played, and the others are.

use warnings;
use strict;
use utf8;

use JSON::PP ();

my $JSON = JSON::PP->new->canonical->allow_nonref;

# what is no request
my @SPECIAL = qw/fault config feed fill tool net proto load/;

my @REQUEST = qw/method path headers body sign activity object/;

my %SKETCH = map { ($_ => 1) } @SPECIAL, @REQUEST, qw/request variants seq
    repeat parallel doc content_type dns server chain fetch key/;
my %REQUEST = map { ($_ => 1) } @REQUEST;
my %SIGN = map { ($_ => 1) } qw/key keyId profile cover mutate date digest
    algorithm created expires alg nonce tag carrier components/;

# what is said to who reads it, and does nothing
my $PROSE = qr/^(?:_.*|comments?|notes?|why|title|name|about|description
    |severity|timeout|refs?|tags|source|cve)$/x;


# The cases of a file; of a line that is none, one that says so.

sub read_file {
    my ($class, $file) = @_;

    open my $f, '<', $file or die "$file: $!\n";

    my @cases;

    while (my $line = <$f>) {
        next if $line !~ /\S/ || $line =~ /^\s*#/;
        utf8::decode($line);

        my $case = eval { $JSON->decode($line =~ s/^\x{feff}//r) };
        my $why = $@ =~ s/ at \S+ line \d+\.?\s*\z//r;

        push @cases, ref $case eq 'HASH' ? $class->new($case, "line $.")
            : $class->new({ id => $line =~ /"id"\s*:\s*"([^"]+)"/ ? $1
                : "line $." }, '', $case ? 'is no object' : "is no JSON: $why");
    }

    return @cases;
}


sub new {
    my ($class, $case, $where, $wrong) = @_;

    my $self = bless { %$case }, $class;

    $self->{$_} = '' for grep { !defined $self->{$_} || ref $self->{$_} }
        qw/area description/;

    if (!defined $self->{id} || ref $self->{id} || !length $self->{id}) {
        $wrong //= 'has no id';
        $self->{id} = $where // 'somewhere';
    }

    $self->{wrong} = $wrong // $self->_sketch // $self->_expect;
    $self->{sketch} = {} if ref $self->{sketch} ne 'HASH';
    $self->{expect} = {} if ref $self->{expect} ne 'HASH';

    return $self;
}


# why it cannot be played; nothing, if it can

sub wrong { $_[0]{wrong} }


sub _sketch {
    my ($self) = @_;

    my $sketch = $self->{sketch};

    return 'has no sketch' if ref $sketch ne 'HASH' || !%$sketch;

    $self->{sketch} = $sketch = { %$sketch };

    # the same in other words

    for my $other ([repeat => qw/times count n/],
        [parallel => qw/concurrent concurrency connections/])
    {
        my ($name, @others) = @$other;

        for my $spelt (grep { exists $sketch->{$_} } @others) {
            $sketch->{$name} //= delete $sketch->{$spelt};
        }
    }

    for my $name (sort keys %$sketch) {
        return "no handler for \"$name\" in the sketch"
            if !$SKETCH{$name} && $name !~ $PROSE;
    }

    return 'variants are no list' if exists $sketch->{variants}
        && ref $sketch->{variants} ne 'ARRAY';
    return 'seq is no list' if exists $sketch->{seq}
        && ref $sketch->{seq} ne 'ARRAY';
    return 'dns is no object' if exists $sketch->{dns}
        && ref $sketch->{dns} ne 'HASH';
    for my $name (grep { exists $sketch->{$_} } qw/repeat parallel/) {
        return "$name is no number" if ref $sketch->{$name}
            || ($sketch->{$name} // '') !~ /^[1-9]\d*$/;
    }

    for my $word (@SPECIAL, 'server') {
        return "$word is no word" if exists $sketch->{$word}
            && (ref $sketch->{$word} || !length($sketch->{$word} // ''));
    }

    for my $request ($sketch, grep { ref } $sketch->{request},
        grep { ref } @{ $sketch->{seq} || [] })
    {
        my $wrong = _request($request, $request != $sketch);

        return $wrong if $wrong;
    }

    return;
}


# A request as the others are written: headers a list, what covers "cover".

sub _request {
    my ($r, $alone) = @_;

    return 'a request that is no object' if ref $r ne 'HASH';

    for my $name ($alone ? sort keys %$r : ()) {
        return "no handler for \"$name\" in a request"
            if !$REQUEST{$name} && $name !~ $PROSE;
    }

    for my $name (qw/method path/) {
        return "the $name is no text" if exists $r->{$name}
            && (ref $r->{$name} || !length($r->{$name} // ''));
    }

    if (ref $r->{headers} eq 'ARRAY' && ref $r->{headers}[0]) {
        $r->{headers} = [map { ref eq 'ARRAY' ? @$_ : %$_ }
            @{ $r->{headers} }];
    }

    return 'headers are no list' if exists $r->{headers} && !ref $r->{headers};
    return if !defined $r->{sign};
    return 'sign is no object' if ref $r->{sign} ne 'HASH';

    my %s = %{ $r->{sign} };

    for my $other (['keyId', 'keyid', 'key_id'], ['cover', 'headers',
        'covered'])
    {
        my ($name, @others) = @$other;

        for my $spelt (grep { exists $s{$_} } @others) {
            $s{$name} //= delete $s{$spelt};
        }
    }

    for my $name (sort keys %s) {
        return "no handler for \"$name\" of a signature"
            if !$SIGN{$name} && $name !~ $PROSE;
    }

    return "no handler for the profile \"$s{profile}\"" if defined $s{profile}
        && $s{profile} !~ /^(?:(?:draft-?)?cavage(?:-?12)?|(?:rfc-?)?9421
            |both)$/xi;

    $s{profile} = $s{profile} =~ /9421/ ? 'rfc9421'
        : lc $s{profile} eq 'both' ? 'both' : 'cavage' if defined $s{profile};
    $r->{sign} = \%s;

    return;
}


# What is expected, each in one form; nothing is expected of what is not said.

sub _expect {
    my ($self) = @_;

    return 'says nothing of what is expected' if ref $self->{expect} ne 'HASH';

    my %e = %{ $self->{expect} };
    my $status = $e{status} // [];

    $e{status} = [map { split /[\s,|\/]+/ } ref $status eq 'ARRAY' ? @$status
        : $status];

    for my $one (@{ $e{status} }) {
        return "the status \"$one\" is none" if $one !~ /^[1-9](?:\d\d|xx)$/i;
    }

    return 'says nothing of what is expected'
        if !@{ $e{status} } && !exists $e{stored} && !defined $e{outbound};

    $e{outbound} = join ' ', map { $_ // '' } ref $e{outbound} eq 'ARRAY'
        ? @{ $e{outbound} } : $e{outbound} // 'none';
    $e{site_ok} = 1 if !exists $e{site_ok};
    $e{note} = join '; ', @{ $e{note} } if ref $e{note} eq 'ARRAY';
    $e{code} = [$e{code}] if defined $e{code} && !ref $e{code};
    $self->{expect} = \%e;

    return;
}


sub id { $_[0]{id} }

sub expect { $_[0]{expect} }

sub sketch { $_[0]{sketch} }

# whether a status is one that is expected

sub wants {
    my ($self, $status) = @_;

    return scalar grep { $status =~ /^\Q$_\E$/i || /^(\d)xx$/i
        && $status =~ /^$1\d\d$/ } @{ $self->{expect}{status} || [] };
}

# whether it may be accepted, and then is stored

sub taken {
    my ($self) = @_;

    return $self->{expect}{stored}
        || !grep { /^4/ && $_ ne '429' } @{ $self->{expect}{status} || [] };
}


sub note { $_[0]{expect}{note} // '' }

sub says {
    my ($self) = @_;

    return join ' ', $self->{description}, $self->note,
        $self->{expect}{outbound} // '';
}


# whether it says that the database is not asked

sub counts_statements {
    my ($self) = @_;

    return $self->says =~ /before key fetch|no key fetch|no DB write/i;
}


# whether there are many requests in it

sub crowd {
    my ($self) = @_;

    return $self->{sketch}{repeat} || $self->{sketch}{parallel};
}


# the word of what is no request, if it is none

sub special {
    my ($self) = @_;

    my ($kind) = grep { exists $self->{sketch}{$_} } @SPECIAL;

    return $kind;
}


1;
