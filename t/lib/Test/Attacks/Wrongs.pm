package Test::Attacks::Wrongs;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What is wrong with the signature, the digest and the times of a request, as
# it went over the wire: read from its headers, whatever was meant by it.
#
#     my @codes = Test::Attacks::Wrongs::of($request);
#
# Each is the code of a reason to refuse it; several may be, and we need not
# be as exact as who verifies: what does not verify is told by who signed.

use warnings;
use strict;

use Digest::SHA qw/sha256_base64 sha512_base64/;
use Time::Local qw/timegm/;

use Test::Attacks::Headers qw/header values_of/;

# what no request has more than one of
my @SINGLE = qw/signature host date digest content-digest content-length/;

my $MONTHS = join '|', my @MONTHS = qw/Jan Feb Mar Apr May Jun Jul Aug Sep Oct
    Nov Dec/;

# components that a request has
my $DERIVED = qr/^\@(?:method|target-uri|authority|path|query|scheme
    |request-target)$/x;


sub of {
    my ($r) = @_;

    my %first = map { ($_ => scalar header($r, $_)) } @SINGLE,
        qw/signature-input authorization/;

    return (_fields($r), !defined $first{signature} ? (defined
            $first{authorization} ? _authorization($first{authorization}) : (),
            'signature_required',
            defined $first{'signature-input'} ? qw/signature_malformed
                signature_no_value/ : ())
        : defined $first{'signature-input'}
            ? (_message($r, \%first), _values($first{signature}))
            : _draft($r, \%first));
}


sub _authorization { return ('password_required') }


# headers that are there twice, or are none

sub _fields {
    my ($r) = @_;

    my %n = map { ($_ => scalar values_of($r, $_)) } @SINGLE;
    my @values = map { $r->{headers}[$_ * 2 + 1] }
        0 .. @{ $r->{headers} } / 2 - 1;

    return ((grep({ $n{$_} > 1 } @SINGLE) || $n{host} ? 'header_duplicate'
            : ()),
        (grep({ /[\r\n\0]/ || !length } @values) ? 'header_malformed' : ()),
        (grep({ length > 8000 } @values) ? 'signature_too_long' : ()),
        defined $r->{sent_host} && lc $r->{sent_host} ne lc $r->{host}
            ? qw/signed_for_other_host not_found/ : ());
}


# draft-cavage: a list of parameters

sub _draft {
    my ($r, $first) = @_;

    my %p;
    my @codes;
    my $text = $first->{signature};

    while ($text =~ s/^\s*(\w+)=(?:"([^"]*)"|(\d+))\s*(?:,|\z)//) {
        push @codes, qw/signature_duplicate_parameter signature_malformed/
            if exists $p{ lc $1 };
        push @codes, 'signature_malformed' if lc $1 ne $1 && $1 ne 'keyId';
        $p{ lc $1 } //= $2 // $3;
    }

    push @codes, 'signature_malformed' if length $text || !%p;
    push @codes, 'signature_too_long' if length $first->{signature} > 4000;
    push @codes, 'signature_no_key_id' if !length($p{keyid} // '');

    my @cover = split ' ', lc($p{headers} // 'date');
    my %cover = map { ($_ => 1) } @cover;

    push @codes, 'signature_malformed' if defined $p{headers} && !@cover;
    push @codes, 'signature_unknown_name' if grep { /^[(@]/
        && !/^\((?:request-target|created|expires)\)$/ } @cover;
    push @codes, _value($p{signature}), _key_id($p{keyid}), _names(@cover),
        _absent($r, @cover);
    push @codes, 'target_not_signed' if !$cover{'(request-target)'};
    push @codes, 'host_not_signed' if !$cover{host};
    push @codes, 'date_not_signed' if !$cover{date} && !$cover{'(created)'};
    push @codes, 'signature_no_times' if grep { $cover{"($_)"}
        && !defined $p{$_} } qw/created expires/;
    push @codes, _digest($r, $first->{digest}, $cover{digest});

    push @codes, 'signature_algorithm' if defined $p{algorithm}
        && $p{algorithm} !~ /^(?:rsa-sha256|hs2019)$/i;
    push @codes, 'signature_times_not_allowed' if lc($p{algorithm} // '')
        =~ /^rsa/ && (defined $p{created} || defined $p{expires});

    return (@codes, _times($cover{'(created)'} ? undef : $first->{date},
        @p{qw/created expires/}));
}


# RFC 9421: components and their parameters, of the first label

sub _message {
    my ($r, $first) = @_;

    my $text = $first->{'signature-input'};
    my @codes;
    my @labels = $text =~ /(?:^|,\s*)([\w*.-]+)=\(/g;
    my ($inner, $rest) = $text =~ /^\s*[a-z*][\w*.-]*=\(([^)]*)\)(.*)$/s;

    return 'signature_malformed' if !defined $inner;
    push @codes, qw/signature_no_value signature_malformed/
        if $first->{signature} !~ /(?:^|,\s*)\Q$labels[0]\E=:/;
    push @codes, 'signature_malformed' if @labels > 4 || $text =~ /\\(?!["\\])/ || ($text =~ tr/"//) % 2
        || $rest =~ /"(?![;,\s]|\z)(?=[^;]*\\?""|")/;
    push @codes, 'signature_too_long' if length $text > 4000;

    my @components = $inner =~ /("[^"]*"[^\s]*)/g;
    my @cover = map { /^"([^"]*)"/ } @components;
    my %cover = map { ($_ => 1) } @cover;
    my %p = map { /^(\w+)=(?:"([^"]*)"|(-?\d+))$/ ? ($1 => $2 // $3) : () }
        split /;/, (split /,\s*[a-z]\w*=\(/, $rest)[0];

    push @codes, qw/signature_unknown_name signature_malformed/
        if grep({ /^"[^"]*";/ || /[A-Z]/ } @components)
            || grep { /^[@(]/ && !/$DERIVED/ } @cover;
    push @codes, _names(@cover), _absent($r, @cover), _key_id($p{keyid});
    push @codes, qw/signature_duplicate_parameter signature_malformed/
        if $rest =~ /;(\w+)=.*;\1=/;
    push @codes, 'signature_no_key_id' if !length($p{keyid} // '');
    push @codes, 'date_not_signed' if !defined $p{created};
    push @codes, 'target_not_signed' if !$cover{'@method'}
        || !grep { $cover{$_} } qw/@target-uri @path @request-target/;
    push @codes, 'host_not_signed' if !$cover{'@target-uri'}
        && !$cover{'@authority'};
    push @codes, _digest($r, $first->{'content-digest'},
        $cover{'content-digest'});
    push @codes, 'signature_algorithm' if defined $p{alg}
        && $p{alg} ne 'rsa-v1_5-sha256';

    return (@codes, _times(undef, @p{qw/created expires/}));
}


# the values of a dictionary

sub _values {
    my ($text) = @_;

    my @values = $text =~ /=:([^:]*):/g;

    return ((!@values ? 'signature_malformed' : ()), map { _value($_) } @values);
}


sub _value {
    my ($value) = @_;

    return 'signature_no_value' if !length($value // '');

    my $n = $value =~ tr/A-Za-z0-9+\///;

    return (($n + $value =~ tr/=// != length $value || length($value) % 4
        ? qw/signature_malformed signature_no_value/ : ()),
        length $value > 1400 ? 'signature_malformed' : (),
        $n != 342 || $value =~ /^A{40}/ ? 'signature_mismatch' : ());
}


sub _key_id {
    my ($id) = @_;

    return if !length($id // '');
    return (($id !~ m{^https://[a-z\d][a-z\d.-]*\.[a-z][a-z\d-]*/[\x21-\x7e]*$}
        || length $id > 2000 || $id =~ m{^https://site\.} ? qw/key_id_not_accepted
            key_not_found/ : ()),
        $id =~ /[\s\\]/ || length $id > 2000 ? qw/signature_malformed
            signature_too_long/ : ());
}


sub _names {
    my %seen;

    return grep({ $seen{ lc $_ }++ } @_) ? 'signature_duplicate_name' : ();
}


sub _absent {
    my ($r, @cover) = @_;

    return grep({ /^[a-z]/ && $_ ne 'host' && !values_of($r, $_)
        && !($_ eq 'content-length' && defined $r->{body}) } @cover)
        ? 'signed_header_absent' : ();
}


# all that we know must be right, and a SHA-256 or SHA-512 must be there

sub _digest {
    my ($r, $text, $covered) = @_;

    return if !defined $r->{body};
    return ('digest_not_signed', 'signed_header_absent') if !defined $text;

    my $body = $r->{body};

    utf8::encode($body) if utf8::is_utf8($body);

    my %right = ('sha-256' => sha256_base64($body) . '=',
        'sha-512' => sha512_base64($body) . '==');
    my @codes = $covered ? () : 'digest_not_signed';
    my %seen;

    for my $one (split /\s*,\s*/, $text) {
        my ($name, $value) = $one =~ /^([\w-]+)=:?([\w+\/]+={0,2}):?$/;

        push @codes, 'digest_malformed' if !defined $name || $seen{lc $name}++;
        push @codes, 'digest_mismatch' if defined $name && $right{ lc $name }
            && $right{ lc $name } ne $value;
        push @codes, qw/digest_malformed/ if defined $name
            && $right{ lc $name } && length $value != length $right{ lc $name };
    }

    push @codes, 'digest_malformed' if !%seen;
    push @codes, qw/digest_not_sha256 digest_not_signed/
        if !$seen{'sha-256'};

    return @codes;
}


# an hour and a little, each way; and a signature is not for more than twelve

sub _times {
    my ($date, $created, $expires) = @_;

    my @codes;
    my $now = time();
    my $at = defined $created ? $created : _seconds($date);

    push @codes, 'date_malformed' if defined $date && !defined _seconds($date);
    push @codes, qw/signature_malformed date_malformed/
        if grep { defined && !/^-?\d{1,15}$/ } $created, $expires;

    for my $time (grep { defined && /^-?\d+$/ } $created, _seconds($date)) {
        push @codes, 'signature_too_old' if $time < $now - 3590;
        push @codes, 'signature_in_future' if $time > $now + 3590;
    }

    if (defined $expires && $expires =~ /^-?\d+$/) {
        push @codes, 'signature_expired' if $expires < $now + 5
            || defined $at && $at =~ /^\d+$/ && $expires < $at;
        push @codes, 'signature_expires_late' if $expires > $now + 43_000;
    }

    return @codes;
}


# of an HTTP-date (RFC 9110, 5.6.7), in any of its three forms

sub _seconds {
    my ($date) = @_;

    my $text = ($date // '')
        =~ s/^\w+day, (\d\d)-(\w{3})-(\d\d) /Day, $1 $2 19$3 /r
        =~ s/^\w{3} (\w{3}) ([ \d]\d) ([\d:]{8}) (\d{4})$/Day, $2 $1 $4 $3 GMT/r
        =~ s/^Day,  (\d)/Day, 0$1/r;

    my ($day, $month, $year, $h, $m, $s) = $text =~ /^\w{3},\ (\d\d)
        \ ($MONTHS)\ (\d{4})\ (\d\d):(\d\d):(\d\d)\ GMT$/x or return;
    my %n = map { ($MONTHS[$_] => $_) } 0 .. 11;

    return eval { timegm($s, $m, $h, $day, $n{$month}, $year) };
}


1;
