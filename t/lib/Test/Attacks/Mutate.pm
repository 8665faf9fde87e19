package Test::Attacks::Mutate;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What is done to a good signature, by the words of attack files: "word" or
# "word:argument", several of them in a list or with commas between them.
#
#     sign_for_host:NAME sign_method:get sign_path:PATH   signed, not sent
#     add_query:?x=1 replace_body_keep_digest             after signing
#     hash:sha1 pss hmac sign_with:KEY keyid:WHO 9421_keyid:WHO
#     empty_signature flip truncate longer not_base64 zeros
#     dup_param:NAME drop_param:NAME add_param:NAME no_keyid no_created
#     two_date_headers dup_header:NAME drop_header:NAME empty_header:NAME
#     change_header:NAME fold:NAME nul:NAME no_digest no_date
#     huge_signature_header bad_quoting upper_case trailing_comma
#     label_mismatch labels:N odd_components component:NAME
#
# A word is looked for among patterns, so that one that is spelt a little
# differently is understood as well; a verb that is none of those is read as
# an action and what it is done to: drop_host, empty_keyid, two_x_headers.
# One that is not understood dies.

use warnings;
use strict;

use Digest::SHA qw/hmac_sha256/;
use MIME::Base64 qw/decode_base64 encode_base64/;

use Test::Attacks::Headers qw/header others change/;

# what is a parameter of a signature, by either profile
my %PARAMETER = (keyid => 'keyId', key_id => 'keyId', algorithm => 'algorithm',
    alg => 'alg', created => 'created', expires => 'expires', nonce => 'nonce',
    tag => 'tag', headers => 'headers', headers_list => 'headers',
    signature_value => 'signature');

my $WORDS = 'digest|date|host|content_digest|content_length|content_type'
    . '|signature_input|authorization|x_\w+';

# By pattern of the word: when it is done, and what.  All that fit are done.
# before: request, sign, argument; omits: a name; parameters: the list, sign,
# argument; value: base64; text: of the field; after: request, sign, argument,
# the signer.
my @HOOKS = (
    ['^(?:sign(?:ed)?_?(?:for_|as_)?|other_)host' => before => sub {
        $_[1]{as}{host} = $_[2] // 'other.example' }],
    ['^sign(?:ed)?_(?:as_|for_)?method' => before => sub {
        $_[1]{as}{method} = $_[2] // 'get' }],
    ['^(?:sign(?:ed)?_(?:as_|for_)?|other_)(?:path|target|uri|query)'
        => before => sub { my ($r, $s, $what) = @_;
            $s->{as}{target} = ($what // '') =~ m{^/} ? $what
                : "$r->{target}?" . ($what || 'x=1') =~ s/^\?//r }],
    ['^hash|^(?:sign_)?(?:with_)?sha_?\d' => before => sub {
        $_[1]{hash} = ($_[2] || ($_[3] =~ /(sha_?\d+)/i ? $1 : 'sha1'))
            =~ s/\W|_//gr }],
    ['^(?:rsa_?)?pss' => before => sub { $_[1]{hash} = 'pss' }],
    ['^(?:9421|message|rfc9421)_?key_?id' => before => sub {
        $_[1]{message_keyid} = $_[2] }],
    ['^cavage_?key_?id' => before => sub { $_[1]{cavage_keyid} = $_[2] }],
    ['^(?:set_|other_|change_|replace_)?key_?id$' => before => sub {
        $_[1]{keyId} = $_[2] || $_[1]{victim_key} }],
    ['^sign(?:ed)?_(?:with|by)(?!_sha)|^(?:an)?(?:other|wrong)_key$' => before => sub {
        $_[1]{key} = $_[2] || 'stranger' }],
    ['^component' => before => sub { my $base = [qw/"@method" "@target-uri"
            "content-digest"/]; $_[1]{components} = [@$base, $_[2]] }],
    ['^no_date$' => before => sub { $_[1]{date} = undef }],

    ['^(?:no|drop|remove|without)_(?:(created|key_?id|digest|date
        |content.digest)$)' => omits => sub {
        lc $1 =~ s/_?id$/id/r =~ s/content_/content-/r }],
    ['^(?:drop|remove)_param' => omits => sub { lc($_[0] // '') }],

    ['^dup(?:licate)?_param|^two_params?' => parameters => sub {
        my ($list, $s, $name) = @_;

        $name ||= 'keyId';

        my ($other) = grep { lc $_->[0] eq lc $name } @$list;

        unshift @$list, [$name, lc $name eq 'keyid' ? $s->{victim_key}
            : $other ? $other->[1] : '1', $other && $other->[2]] }],
    ['^(?:drop|no|missing|remove)_param' => parameters => sub {
        _drop($_[0], $_[2] || 'algorithm') }],
    ['^(?:add|unknown)_param' => parameters => sub {
        push @{ $_[0] }, [$_[2] || 'x', 1] }],

    ['^(?:empty_(?:signature|value)|no_signature_value)$' => value => sub {
        '' }],
    ['^flip|^corrupt|^tamper(?:_signature)?$|^bit_?flip' => value => sub {
        my $bytes = decode_base64($_[0]);

        substr($bytes, 9, 1) ^= "\1";
        encode_base64($bytes, '') }],
    ['^truncate|^shorter' => value => sub { substr $_[0], 0, 100 }],
    ['^longer|^trailing_sig|^prepend' => value => sub { "AAAA$_[0]" }],
    ['not_base64|bad_base64|^garbage' => value => sub { '@@@@@' . $_[0] }],
    ['^zero|^null_sig|_zeros?$' => value => sub { 'A' x 342 . '==' }],

    ['^huge_(?:signature|header)|^(?:long|large)_signature' => text => sub {
        join ',', $_[0], map { qq(p$_="xxxxxx") } 1 .. 5000 }],
    ['^bad_quoting_?escaped?|^escaped?_quot' => text => sub {
        $_[0] =~ s{(keyId="https:)//}{$1\\/\\/}ir }],
    ['^bad_quoting_?quote$|^quote_in' => text => sub {
        $_[0] =~ s{(keyId="[^"]*)"}{$1\\""}ir }],
    ['^bad_quoting_?open|^(?:un(?:terminated|closed|balanced)|open)_quot'
        => text => sub { $_[0] =~ s/"([^"]*)$/$1/r }],
    ['^(?:trailing|append)_(?:garbage|bytes|comma)' => text => sub {
        "$_[0],," }],
    ['^upper_?case' => text => sub { $_[0] =~ s/keyId/KEYID/ir }],

    ['^(?:replace|swap|change|tamper)_(?:the_)?body|keep_digest' => after
        => sub { $_[0]{body} =~ s/<p>x/<p>y/ or $_[0]{body} .= ' ' }],
    ['^(?:add_to|append(?:_to)?)_body' => after => sub {
        $_[0]{body} .= ' ' }],
    ['^(?:add|append|change)_query' => after => sub {
        my $query = ($_[2] || 'x=1') =~ s/^[?&]//r;

        $_[0]{target} .= ($_[0]{target} =~ /\?/ ? '&' : '?') . $query }],
    ['^(?:change|replace|send_to)_(?:path|target)' => after => sub {
        $_[0]{target} = $_[2] || '/activitypub/inbox' }],
    ['^(?:change|send_to|replace)_host$' => after => sub {
        $_[0]{sent_host} = $_[2] || 'other.example' }],
    ['^two_signature(?!_input)|^signature_headers' => after => sub {
        my ($r, $s, undef, $sign) = @_;
        my %other = (%$r, headers => [others($r, 'signature')],
            body => "other $r->{body}");

        $sign->apply(\%other, { %$s, mutate => undef });
        unshift @{ $r->{headers} },
            Signature => header(\%other, 'signature') }],
    ['^two_digest' => after => sub { push @{ $_[0]{headers} },
        Digest => 'SHA-256=' . 'A' x 43 . '=' }],
    ['^two_dates?' => after => sub { push @{ $_[0]{headers} },
        Date => 'Mon, 01 Jan 2024 00:00:00 GMT' }],
    ['^two_hosts?' => after => sub { push @{ $_[0]{headers} },
        Host => 'evil.example' }],
    ['^(?:dup(?:licate)?|two|double|repeat)_headers?$' => after => sub {
        _twice($_[0], $_[2] || 'Date') }],
    ['^(?:drop|remove|strip)_header' => after => sub {
        my ($r, undef, $name) = @_;

        @{ $r->{headers} } = others($r, $name) }],
    ['^(?:change|replace|tamper)_header' => after => sub {
        change($_[0], $_[2], sub { "$_[0]x" }) }],
    ['^(?:replace|change|wrong|bad)_digest' => after => sub {
        change($_[0], $_, sub { $_[0] =~ s{(=:?)\w}{$1 . ($& =~ /A$/ ? 'B'
            : 'A')}er }) for qw/digest content-digest/ }],
    ['^empty_header$' => after => sub {
        change($_[0], $_[2] || 'Signature', sub { '' }) }],
    ['^(?:obs_?)?fold' => after => sub { change($_[0], $_[2] || 'date',
        sub { $_[0] =~ s/ /\r\n /r }) }],
    ['^nul(?:l_byte)?(?!l)(?:_|$)' => after => sub { change($_[0],
        $_[2] || 'date', sub { "$_[0]\0" }) }],
    ['^hmac' => after => sub {
        my ($r, $s, undef, $sign) = @_;
        my $value = encode_base64(hmac_sha256('x',
            $sign->{keys}->pem($s->{key})), '');

        change($r, 'signature', sub { $_[0]
            =~ s{signature="[^"]*"}{signature="$value"}r
            =~ s{=:[^:]+:}{=:$value:}r }) }],

    ['^label_mismatch_?other' => labels => sub {
        [{ name => 'sig1', other => 'sig2' }] }],
    ['^labels?$|^many_labels' => labels => sub {
        my ($s, $n) = @_;

        [map { { name => "sig$_", broken => $_ > 3,
            keyId => "$s->{keyId}$_" } } 1 .. $n || 200] }],

    # an action, and what it is done to

    ["^(?:two|double|dup(?:licate)?)_($WORDS)(?:_headers?)?\$" => after
        => sub { _twice($_[0], _field($1)) if $1 !~ /^(?:digest|date|host)$/ }],
    ["^(?:no|drop|missing|remove)_($WORDS)_header\$" => after => sub {
        @{ $_[0]{headers} } = others($_[0], _field($1)) }],
    ["^empty_($WORDS)(?:_header)?\$" => after => sub {
        change($_[0], _field($1), sub { '' }) }],
    ['^(?:no|drop|missing|remove|without)_(\w+?)(?:_param(?:eter)?)?$'
        => parameters => sub { _drop($_[0], $PARAMETER{ lc $1 }) }, \%PARAMETER],
    ['^empty_(\w+?)(?:_param(?:eter)?)?$' => parameters => sub {
        my $name = lc $PARAMETER{ lc $1 };

        $_->[1] = '' for grep { lc $_->[0] eq $name } @{ $_[0] } },
        \%PARAMETER],
);

# one word that stands for several
my %SEVERAL = (
    'odd_components' => [map { "component:$_" } '"@status"', '"@x"',
        '"@method";req', '"content-digest";tr', '"content-digest";bs',
        '"content-digest";key="a"', '"content-digest";sf', '"@query-param"',
        '"content-digest"', '"X-Upper"'],
    'bad_quoting' => [map { "bad_quoting_$_" } qw/escape quote open/],
    'label_mismatch' => ['label_mismatch_other', 'drop_header:Signature',
        'drop_header:Signature-Input'],
);


sub of {
    my ($class, $mutation) = @_;

    return bless { parts => [map { _part($_) } words($mutation)] }, $class;
}


# the words of a mutation: of a list, or of a text whose pieces are all known

sub words {
    my ($mutation) = @_;

    return if !defined $mutation || !ref $mutation && !length $mutation;
    return map { words($_) } @$mutation if ref $mutation eq 'ARRAY';
    die "a mutation that is no text\n" if ref $mutation;

    my @words = split /\s*[,;+]\s*|\s+and\s+/, $mutation;

    return @words > 1 && !grep({ !$SEVERAL{$_} && !_fitting($_) } @words)
        ? @words : $mutation;
}


sub _verb { return (split /:/, $_[0], 2)[0] =~ tr/ -/__/r }


# those that are of "any" name fit only where they know it, and nothing else is

sub _fitting {
    my ($word) = @_;

    my $verb = _verb($word =~ s/^(bad_quoting|label_mismatch):/$1_/r);
    my @fit = grep { $verb =~ /$_->[0]/xi && (!$_->[3]
        || defined $1 && $_->[3]{ lc $1 }) } @HOOKS;

    return @fit;
}


sub _part {
    my ($word) = @_;

    my @hooks = _fitting($word) or die "no handler for the mutation"
        . " \"$word\"\n";
    my (undef, $argument) = split /:/, $word, 2;

    return { verb => _verb($word =~ s/^(bad_quoting|label_mismatch):/$1_/r),
        argument => $argument, hooks => \@hooks };
}


sub variants {
    my ($class, $sign) = @_;

    my @words = words(ref $sign ? $sign->{mutate} : undef);

    return $sign if @words != 1 || !$SEVERAL{ $words[0] };

    # a field that is named twice, or not at all, is for both profiles

    return map { +{ %$sign, mutate => $_ } } @{ $SEVERAL{ $words[0] } };
}


# runs what is to be done then: the sub has what it caught in $1

sub _each {
    my ($self, $when, $does) = @_;

    for my $part (@{ $self->{parts} }) {
        for my $row (grep { $_->[1] eq $when } @{ $part->{hooks} }) {
            $part->{verb} =~ /$row->[0]/xi;
            $does->($row->[2], $part->{argument}, $part->{verb});
        }
    }
}


sub before {
    my ($self, $r, $s) = @_;

    $self->_each(before => sub { $_[0]->($r, $s, @_[1, 2]) });
}


sub omits {
    my ($self, $name) = @_;

    my $found = 0;

    $self->_each(omits => sub {
        $found = 1 if $_[0]->($_[1]) eq lc $name });

    return $found;
}


sub parameters {
    my ($self, $list, $s) = @_;

    $self->_each(parameters => sub { $_[0]->($list, $s, $_[1]) });
}


sub value {
    my ($self, $value) = @_;

    $self->_each(value => sub { $value = $_[0]->($value) });

    return $value;
}


sub text {
    my ($self, $text) = @_;

    $self->_each(text => sub { $text = $_[0]->($text) });

    return $text;
}


sub labels {
    my ($self, $s) = @_;

    my $labels = [{ name => 'sig1' }];

    $self->_each(labels => sub { $labels = $_[0]->($s, $_[1]) });

    return @$labels;
}


sub after {
    my ($self, $r, $s, $sign) = @_;

    $self->_each(after => sub { $_[0]->($r, $s, $_[1], $sign) });
}


sub _drop {
    my ($list, $name) = @_;

    @$list = grep { lc $_->[0] ne lc $name } @$list;
}


# content_digest: Content-Digest

sub _field { return join '-', map { ucfirst lc } split /_/, $_[0] }


sub _twice {
    my ($r, $name) = @_;

    my $value = header($r, $name) // (lc $name eq 'content-length'
        ? length $r->{body} : 'x');

    push @{ $r->{headers} }, $name => $value
        if lc $name eq 'content-length' && !defined header($r, $name);
    push @{ $r->{headers} }, $name => $value;
}


1;
