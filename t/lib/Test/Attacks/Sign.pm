package Test::Attacks::Sign;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Signatures as the cases of an attack file describe them: draft-cavage or
# RFC 9421, right but for what "mutate" says.
#
#     my $sign = Test::Attacks::Sign->new($keys);
#     $sign->apply($request, { key => 'evil', profile => 'cavage',
#         cover => '(request-target) host date digest', mutate => '...' })
#
# A request is method, target, host, headers (name, value ...), body; it gets
# the headers of its signature, and what else the mutation does to it.
# variants() are the descriptions that one stands for.

use warnings;
use strict;

use Digest::MD5 ();
use Digest::SHA ();
use MIME::Base64 qw/encode_base64 decode_base64/;
use POSIX qw/strftime/;

use Test::Attacks::Mutate;

my %HASH = ('sha-256' => \&Digest::SHA::sha256,
    'sha-512' => \&Digest::SHA::sha512, 'sha-1' => \&Digest::SHA::sha1,
    'sha' => \&Digest::SHA::sha1, 'md5' => \&Digest::MD5::md5);

# what covers as much in RFC 9421
my %COMPONENT = ('(request-target)' => '"@method" "@target-uri"',
    host => '"@authority"', digest => '"content-digest"',
    date => undef, '(created)' => undef, '(expires)' => undef);

my $AMOUNT = qr/^([-+]?)(\d+)\s*([smhd]?)$/;
my %UNIT = (s => 1, m => 60, h => 3600, d => 86400, '' => 1);


sub new {
    my ($class, $keys) = @_;

    return bless { keys => $keys }, $class;
}


# "-2h", "+90s", or seconds since the epoch: a time

sub moment {
    my ($text) = @_;

    return time() if !defined $text || $text =~ /^now$/i;
    return $text if $text =~ /^\d{9,}$/;

    my ($sign, $n, $unit) = $text =~ $AMOUNT or return $text;

    return $text if !length "$sign$unit";

    return time() + ($sign eq '-' ? -1 : 1) * $n * $UNIT{$unit};
}


sub apply {
    my ($self, $request, $sign) = @_;

    return $request if !$sign;

    my %s = (profile => 'cavage', key => 'evil', %$sign);
    my $mutation = Test::Attacks::Mutate->of($s{mutate});

    $mutation->before($request, \%s);

    $self->_cavage($request, \%s, $mutation)
        if $s{profile} =~ /cavage|both/;
    $self->_message($request, \%s, $mutation)
        if $s{profile} =~ /9421|both/;

    $mutation->after($request, \%s, $self);

    return $request;
}


sub variants {
    my ($class, $sign) = @_;

    return Test::Attacks::Mutate->variants($sign);
}


# draft-cavage-http-signatures-12

sub _cavage {
    my ($self, $request, $s, $mutation) = @_;

    my @cover = ref $s->{cover} ? @{ $s->{cover} }
        : split ' ', $s->{cover} // '(request-target) host date digest';
    my %line = _lines($request);

    # a header that is named, and was not given, unless that is the point

    my $wants = sub { !defined $line{$_[0]} && !$mutation->omits($_[0]) };

    if ($wants->('date') && !(exists $s->{date} && !defined $s->{date})) {
        my $at = moment($s->{date});

        _add($request, Date => $line{date} = $at =~ /^\d+$/
            ? strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime $at) : $at);
    }

    if ($wants->('digest') && !(exists $s->{digest} && !defined $s->{digest})
        && defined $request->{body})
    {
        _add($request, Digest => $line{digest}
            = digest($s->{digest} // 'SHA-256=<ok>', $request->{body}));
    }

    my $created = moment($s->{created});
    my $expires = moment($s->{expires} // '+5m');

    $line{'(request-target)'} = lc($s->{as}{method} // $request->{method})
        . ' ' . ($s->{as}{target} // $request->{target});
    $line{'(created)'} = $created;
    $line{'(expires)'} = $expires;
    $line{host} = $s->{as}{host} if defined $s->{as}{host};

    my $base = join "\n", map { lc($_) . ': ' . ($line{lc $_} // '') } @cover;
    my $value = $mutation->value(encode_base64($self->bytes($s, $base), ''));
    my $algorithm = exists $s->{algorithm} ? $s->{algorithm} : 'rsa-sha256';

    my @parameters = ([keyId => $s->{cavage_keyid} // $s->{keyId}],
        (defined $algorithm ? [algorithm => $algorithm] : ()),
        (grep(/created/, @cover) || defined $s->{created}
            ? [created => $created, 1] : ()),
        (grep(/expires/, @cover) || defined $s->{expires}
            ? [expires => $expires, 1] : ()),
        [headers => join ' ', @cover], [signature => $value]);

    $mutation->parameters(\@parameters, $s);

    my $text = join ',', map {
        $_->[2] ? "$_->[0]=$_->[1]" : qq($_->[0]="$_->[1]")
    } @parameters;

    _add($request, ($s->{carrier} // '') =~ /authorization/i
        ? (Authorization => "Signature $text")
        : (Signature => $mutation->text($text)));
}


# RFC 9421

sub _message {
    my ($self, $request, $s, $mutation) = @_;

    my %line = _lines($request);
    my @cover = @{ $s->{components} || [_components($s->{cover})] };

    if (!defined $line{'content-digest'} && defined $request->{body}
        && !$mutation->omits('content-digest'))
    {
        my $template = $s->{profile} eq 'both' ? undef : $s->{digest};

        _add($request, 'Content-Digest' => $line{'content-digest'}
            = digest($template // 'sha-256=:<ok>:', $request->{body}));
    }

    my @labels = $mutation->labels($s);
    my (@inputs, @signatures);

    for my $label (@labels) {
        my $input = '(' . join(' ', @cover) . ')'
            . _parameters($s, $label->{keyId}, $mutation);
        my $base = join "\n", (map { "$_: " . _component($request, $s,
            \%line, $_) } @cover), qq("\@signature-params": $input);
        my $value = $label->{broken} ? 'x' x 256
            : $self->bytes({ %$s, key => $label->{key} // $s->{key} }, $base);

        push @inputs, "$label->{name}=$input";
        push @signatures, ($label->{other} // $label->{name}) . '=:'
            . $mutation->value(encode_base64($value, '')) . ':';
    }

    # where both are sent, what is done to the text is done to the draft's

    my $input = join ', ', @inputs;

    _add($request, 'Signature-Input' => $s->{profile} eq 'both' ? $input
        : $mutation->text($input), Signature => join ', ', @signatures);
}


sub bytes {
    my ($self, $s, $base) = @_;

    return $self->{keys}->sign($s->{key}, $base, $s->{hash});
}


sub _parameters {
    my ($s, $key_id, $mutation) = @_;

    my @parameters = (
        $mutation->omits('created') || exists $s->{created}
            && !defined $s->{created} ? ()
            : [created => moment($s->{created}), 1],
        defined $s->{expires} ? [expires => moment($s->{expires}), 1] : (),
        $mutation->omits('keyid') ? ()
            : [keyid => $key_id // $s->{message_keyid} // $s->{keyId}],
        map { defined $s->{$_} ? [$_ => $s->{$_}] : () } qw/alg nonce tag/);

    $mutation->parameters(\@parameters, $s);

    return join '', map {
        $_->[2] ? ";$_->[0]=$_->[1]" : qq(;$_->[0]="$_->[1]")
    } @parameters;
}


# those of a list in either language

sub _components {
    my ($cover) = @_;

    my @words = ref $cover ? @$cover
        : split ' ', $cover // '@method @target-uri content-digest';

    return map {
        my $word = $_;

        exists $COMPONENT{lc $word} ? split ' ', $COMPONENT{lc $word} // ''
            : $word =~ /^"/ ? $word : qq("$word")
    } @words;
}


sub _component {
    my ($request, $s, $line, $component) = @_;

    my ($name) = $component =~ /^"([^"]*)"/;
    my $host = $s->{as}{host} // $request->{host};
    my $target = $s->{as}{target} // $request->{target};
    my ($path, $query) = $target =~ /^([^?]*)(\?.*)?$/s;

    return $name eq '@method' ? uc($s->{as}{method} // $request->{method})
        : $name eq '@target-uri' ? "https://$host$target"
        : $name eq '@authority' ? $host
        : $name eq '@scheme' ? 'https'
        : $name eq '@request-target' ? $target
        : $name eq '@path' ? $path
        : $name eq '@query' ? $query // '?'
        : $line->{$name} // '';
}


# a template: <ok> is the hash of the body, <bad> of another

sub digest {
    my ($template, $body) = @_;

    return $template =~ s{([\w-]+)(=:?)<(ok|bad)>}{
        my ($name, $mark, $which) = ($1, $2, $3);
        my $hash = $HASH{lc $name} || $HASH{'sha-256'};

        "$name$mark" . encode_base64($hash->($which eq 'ok' ? $body
            : "not $body"), '')
    }ger;
}


# the lines that there are, by lower-case name

sub _lines {
    my ($request) = @_;

    my %line = (host => $request->{host});
    my @headers = @{ $request->{headers} };

    while (my ($name, $value) = splice @headers, 0, 2) {
        my $key = lc $name;

        $line{$key} = defined $line{$key} && $key ne 'host'
            ? "$line{$key}, $value" : $value;
    }

    $line{'content-length'} //= length $request->{body}
        if defined $request->{body};

    return %line;
}


sub _add {
    my ($request, @headers) = @_;

    push @{ $request->{headers} }, @headers;
}


1;
