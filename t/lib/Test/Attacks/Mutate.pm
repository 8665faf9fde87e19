package Test::Attacks::Mutate;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What is done to a good signature, by the words of attack files: "word" or
# "word:argument".  A word is looked for among patterns, so that one that is
# spelt a little differently is understood as well; one that is not dies.
#
#     sign_for_host:NAME sign_method:get sign_path:PATH   signed, not sent
#     replace_body_keep_digest add_to_body                after signing
#     empty_signature hash:sha1 pss hmac flip truncate longer not_base64 zeros
#     sign_with:KEY                                       another's key
#     dup_param:NAME drop_param:NAME add_param:NAME       of the signature
#     two_signature_headers two_digest_headers dup_header:NAME drop_header:NAME
#     fold:NAME nul:NAME change_header:NAME
#     huge_signature_header bad_quoting upper_case
#     label_mismatch labels:N odd_components 9421_keyid:WHO no_created no_keyid

use warnings;
use strict;

use Digest::SHA qw/hmac_sha256/;
use MIME::Base64 qw/encode_base64/;

my %HOOKS = (
    before => {
        'sign(?:ed)?_?(?:for_)?host|other_host' => sub {
            $_[1]{as}{host} = $_[2] // 'other.example' },
        'sign_(?:as_)?method' => sub { $_[1]{as}{method} = $_[2] // 'get' },
        'sign_(?:for_)?(?:path|target|uri|query)|other_path' => sub {
            $_[1]{as}{target} = $_[2] =~ m{^/} ? $_[2]
                : "$_[0]{target}?" . ($_[2] || 'x=1') },
        '^hash|^sha1' => sub { $_[1]{hash} = $_[2] || 'sha1' },
        '^pss' => sub { $_[1]{hash} = 'pss' },
        '9421_?keyid|message_keyid' => sub { $_[1]{message_keyid} = $_[2] },
        'sign_with|other_key|wrong_key' => sub {
            $_[1]{key} = $_[2] || 'stranger' },
        '^component' => sub { my $base = [qw/"@method" "@target-uri"
            "content-digest"/]; $_[1]{components} = [@$base, $_[2]] },
        'no_date' => sub { $_[1]{date} = undef },
    },
    omits => {
        'no_created|drop_param:created' => 'created',
        'no_keyid' => 'keyid',
        '(?:no|drop|remove)_(?:digest|header:digest)' => 'digest',
        '(?:no|drop|remove)_(?:date|header:date)' => 'date',
        '(?:no|drop|remove)_?(?:header:)?content.digest' => 'content-digest',
    },
    parameters => {
        'dup(?:licate)?_param' => sub {
            my ($list, $s, $name) = @_;
            my ($other) = grep { $_->[0] eq $name } @$list;

            unshift @$list, [$name, $name eq 'keyId' ? $s->{victim_key}
                : $other ? $other->[1] : '1', $other && $other->[2]];
        },
        '(?:drop|no|missing|remove)_(?:param|key_?id$|headers_param|algorithm)'
            => sub {
            my ($list, $s, $name, $word) = @_;

            $name ||= $word =~ /key/i ? 'keyId' : $word =~ /headers/ ? 'headers'
                : 'algorithm';
            @$list = grep { lc $_->[0] ne lc $name } @$list;
        },
        'add_param|unknown_param' => sub { push @{ $_[0] }, [$_[2] || 'x', 1] },
        'empty_signature|no_signature_value' => sub { _value($_[0], sub { '' }) },
        'flip|corrupt|tamper' => sub { _value($_[0], sub {
            my $bytes = MIME::Base64::decode_base64($_[0]);
            substr($bytes, 9, 1) ^= "\1";
            encode_base64($bytes, '') }) },
        'truncate|shorter' => sub { _value($_[0], sub { substr $_[0], 0, 100 }) },
        'longer|trailing_sig' => sub { _value($_[0], sub { "AAAA$_[0]" }) },
        'not_base64|garbage' => sub { _value($_[0], sub { "@@@@$_[0]" =~ s/^/@/r }) },
        'zeros?|null_sig' => sub { _value($_[0], sub { 'A' x 342 . '==' }) },
    },
    text => {
        'huge_signature|huge_header' => sub {
            join ',', $_[0], map { qq(p$_="xxxxxx") } 1 .. 5000 },
        'bad_quoting:escape' => sub { $_[0] =~ s{(keyId="https:)//}{$1\\/\\/}r },
        'bad_quoting:quote' => sub { $_[0] =~ s{(keyId="[^"]*)"}{$1\\""}r },
        'bad_quoting:open' => sub { $_[0] =~ s/"$//r },
        'trailing_(?:garbage|bytes|comma)' => sub { "$_[0],," },
        'upper_?case' => sub { $_[0] =~ s/keyId/KEYID/r },
    },
    after => {
        '(?:replace|swap)_body|keep_digest' => sub {
            $_[0]{body} = $_[3] // $_[0]{body} =~ s/<p>x/<p>y/r;
            $_[0]{body} .= ' ' if $_[0]{body} !~ /<p>y/ },
        'add_to_body|append_body' => sub { $_[0]{body} .= ' ' },
        'two_signature|signature_headers' => sub {
            my ($r, $s, undef, undef, $sign) = @_;
            my %other = (%$r, headers => [grep_headers($r, 'signature')],
                body => "other $r->{body}");

            $sign->apply(\%other, { %$s, mutate => undef });
            unshift @{ $r->{headers} },
                Signature => scalar header(\%other, 'signature') },
        'two_digest' => sub { push @{ $_[0]{headers} },
            Digest => 'SHA-256=' . 'A' x 43 . '=' },
        'two_dates?' => sub { push @{ $_[0]{headers} },
            Date => 'Mon, 01 Jan 2024 00:00:00 GMT' },
        'two_hosts?' => sub { push @{ $_[0]{headers} }, Host => 'evil.example' },
        'dup(?:licate)?_header' => sub { my ($r, undef, $name) = @_;
            push @{ $r->{headers} }, $name => header($r, $name) // 'x' },
        '(?:drop|remove)_header' => sub { my ($r, undef, $name) = @_;
            @{ $r->{headers} } = grep_headers($r, $name) },
        'change_header' => sub { _change($_[0], $_[2], sub { "$_[0]x" }) },
        'fold' => sub { _change($_[0], $_[2] || 'date',
            sub { $_[0] =~ s/ /\r\n /r }) },
        'nul' => sub { _change($_[0], $_[2] || 'date', sub { "$_[0]\0" }) },
        'hmac' => sub {
            my ($r, $s, undef, undef, $sign) = @_;
            my $pem = $sign->{keys}->pem($s->{key});

            _change($r, 'signature', sub { $_[0] =~
                s{signature="[^"]*"}{'signature="' . encode_base64(
                    hmac_sha256('x', $pem), '') . '"'}er }) },
        'empty_9421' => sub { _change($_[0], 'signature',
            sub { $_[0] =~ s/:[^:]+:/::/r }) },
    },
    labels => {
        'label_mismatch:other' => sub { [{ name => 'sig1', other => 'sig2' }] },
        '^labels?:\d|many_labels' => sub {
            my ($s, $n) = @_;

            [map { { name => "sig$_", broken => $_ > 3,
                keyId => "$s->{keyId}$_" } } 1 .. $n || 200] },
    },
);

# one word that stands for several
my %SEVERAL = (
    'odd_components' => [map { "component:$_" } '"@status"', '"@x"',
        '"@method";req', '"content-digest";tr', '"content-digest";bs',
        '"content-digest";key="a"', '"content-digest";sf', '"@query-param"',
        '"content-digest"', '"X-Upper"'],
    'bad_quoting' => [map { "bad_quoting:$_" } qw/escape quote open/],
    'label_mismatch' => ['label_mismatch:other', 'drop_header:Signature',
        'drop_header:Signature-Input'],
);


sub of {
    my ($class, $word) = @_;

    my $self = bless { word => $word // '' }, $class;

    return $self if !defined $word;

    my $known = 0;

    for my $hook (keys %HOOKS) {
        for my $pattern (keys %{ $HOOKS{$hook} }) {
            next if $word !~ /$pattern/i;
            $self->{$hook} = $HOOKS{$hook}{$pattern};
            $known = 1;
        }
    }

    die "no handler for the mutation \"$word\"\n" if !$known;

    ($self->{argument}) = $word =~ /^[^:]+:(.*)$/s;

    return $self;
}


sub variants {
    my ($class, $sign) = @_;

    my $word = ref $sign ? $sign->{mutate} : undef;

    return $sign if !defined $word || !$SEVERAL{$word};

    # a field that is named twice, or not at all, is for both profiles

    return map { +{ %$sign, mutate => $_ } } @{ $SEVERAL{$word} };
}


sub before {
    my ($self, $r, $s) = @_;

    $self->{before}->($r, $s, $self->{argument}) if $self->{before};
}


sub omits { ($_[0]{omits} // '') eq lc $_[1] }


sub parameters {
    my ($self, $list, $s) = @_;

    $self->{parameters}->($list, $s, $self->{argument}, $self->{word})
        if $self->{parameters};
}


sub text {
    my ($self, $text, $s) = @_;

    return $self->{text} ? $self->{text}->($text, $s) : $text;
}


sub labels {
    my ($self, $s) = @_;

    return @{ $self->{labels} ? $self->{labels}->($s, $self->{argument})
        : [{ name => 'sig1' }] };
}


sub after {
    my ($self, $r, $s, $sign) = @_;

    $self->{after}->($r, $s, $self->{argument}, undef, $sign)
        if $self->{after};
}


# of a request: the first header of that name; all but those of that name

sub header {
    my ($r, $name) = @_;

    my @headers = @{ $r->{headers} };

    while (my ($key, $value) = splice @headers, 0, 2) {
        return $value if lc $key eq lc $name;
    }

    return;
}


sub grep_headers {
    my ($r, $name) = @_;

    my @headers = @{ $r->{headers} };
    my @kept;

    while (my ($key, $value) = splice @headers, 0, 2) {
        push @kept, $key, $value if lc $key ne lc $name;
    }

    return @kept;
}


sub _change {
    my ($r, $name, $change) = @_;

    my $headers = $r->{headers};

    for (my $i = 0; $i < @$headers; $i += 2) {
        $headers->[$i + 1] = $change->($headers->[$i + 1])
            if lc $headers->[$i] eq lc $name;
    }
}


sub _value {
    my ($list, $change) = @_;

    $_->[1] = $change->($_->[1]) for grep { $_->[0] eq 'signature' } @$list;
}


1;
