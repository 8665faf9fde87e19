package Test::Attacks::Reasons;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The reasons that a play gives us to refuse it: told by what is in it, for a
# file that names none, and not by its id.
#
#     my %code = map { ($_ => 1) } Test::Attacks::Reasons::of($play);
#     my $rule = Test::Attacks::Reasons::instead($code, $got, @listed);
#
# Where several things are wrong with a request each of them is a reason.

use warnings;
use strict;

use Test::Attacks::Mutate;
use Test::Attacks::Sign;

# by pattern of what is done to a signature
my @MUTATIONS = (
    ['digest|body' => qw/digest_mismatch digest_not_signed header_duplicate
        signed_header_absent digest_malformed/],
    ['two|dup' => qw/header_duplicate signature_duplicate_parameter
        signature_duplicate_name signature_malformed/],
    ['drop|no_|missing|remove' => qw/signed_header_absent signature_no_key_id
        signature_required date_not_signed digest_not_signed
        signature_no_value signature_algorithm signature_malformed/],
    ['sign|flip|corrupt|truncat|short|long|zero|null|hash|pss|wrong|other|tamper
        |change|path|quer|target|host|method' => qw/signature_mismatch
        signed_for_other_host/],
    ['empty|base64|garbage|quot|huge|label|nul|fold|trailing|upper|keyid
        |component|param' => qw/signature_malformed signature_too_long
        signature_no_value signature_no_key_id header_malformed date_malformed
        signature_unknown_name signature_duplicate_name signature_mismatch
        signature_algorithm key_id_not_accepted/],
    ['hmac|alg' => qw/signature_algorithm/],
);

# What a refusal of ours may stand in for, and by which rule: nothing else is
# taken in place of what a case lists.  R: numbers of the trust rules.
my @INSTEAD = (
    ['key_not_found|key_not_accepted|key_id_not_accepted', 401,
        'no key, no word: R4, R9, R46', 400, 202, 200],
    ['key_of_another_actor', 403, 'the key is another actor\'s: R10, R31',
        401, 202],
    ['object_of_another_(?:actor|origin)|id_of_another_origin'
        . '|actor_in_place_of_object', 403, 'not its own: R5, R33', 400, 202],
    ['key_unreachable|not_now|too_many_bodies', 503,
        'what passes is 503, never 401', 429],
    ['several_where_one', 400, 'arrays are refused: R41', 202],
    ['not_found', 404, 'there is no such URL here', 400, 302],
);


sub of {
    my ($play) = @_;

    my %codes;
    my @requests = grep { !$_->{do} } @{ $play->{requests} };

    $codes{$_} = 1 for map { (_headers($_), _signature($_), _body($_)) }
        $requests[-1] || ();

    # a key that has to be asked for may not be there, or be none

    @codes{qw/key_not_found key_unreachable key_not_accepted
        key_id_not_accepted key_of_another_actor/} = () if $play->{stranger}
            || $play->{asks} || grep { defined $_->{sign}
                && defined $_->{sign}{keyId} } @requests;

    return sort keys %codes;
}


sub _headers {
    my ($r) = @_;

    my %h = ref $r->{headers} eq 'HASH' ? %{ $r->{headers} }
        : @{ $r->{headers} || [] };
    my %lower = map { (lc $_ => $h{$_}) } keys %h;

    return ((defined $lower{'content-type'} ? 'content_type_not_accepted' : ()),
        (defined $lower{'content-encoding'} ? 'content_encoding_not_accepted'
            : ()),
        (defined $lower{'transfer-encoding'} ? 'request_malformed' : ()),
        ($lower{authorization} ? 'password_required' : ()),
        (!%h ? () : qw/header_malformed header_duplicate/),
        'too_many_requests',
        ($r->{method} !~ /^(?:GET|HEAD|POST)$/ ? qw/method_not_allowed
            read_only/ : ()),
        ($r->{method} ne 'POST' ? qw/not_found resource_malformed gone
            no_such_account no_such_resource actor_gone read_only/
            : $r->{path} && $r->{path} !~ /inbox/ ? qw/not_found read_only
                method_not_allowed/ : ()));
}


sub _signature {
    my ($r) = @_;

    my $s = $r->{sign};

    return $r->{method} eq 'POST' ? qw/signature_required signature_malformed/
        : () if !$s;

    my $word = $s->{mutate} // '';
    my @cover = ref $s->{cover} ? @{ $s->{cover} } : split ' ',
        $s->{cover} // '(request-target) host date digest';
    my %cover = map { (lc s/^"|"$//gr => 1) } @cover;
    my %seen;

    return ((map { my ($pattern, @codes) = @$_;
            $word =~ /$pattern/xi ? @codes : () } @MUTATIONS),
        (grep({ $seen{lc $_}++ } @cover) ? 'signature_duplicate_name' : ()),
        (grep({ /^[a-z-]+$/i && !/^(?:host|date|digest|content-digest)$/i }
            @cover) ? 'signed_header_absent' : ()),
        (!grep({ $cover{$_} } qw/digest content-digest/) ? 'digest_not_signed'
            : ()),
        (!grep({ $cover{$_} } qw/host @authority @target-uri/)
            ? 'host_not_signed' : ()),
        (!grep({ $cover{$_} } qw/(request-target) @target-uri @path
            @request-target/) ? 'target_not_signed' : ()),
        (!grep({ $cover{$_} } qw/date (created)/) && ($s->{profile} // '')
            !~ /9421|both/ || exists $s->{created} && !defined $s->{created}
            || $word =~ /created/ ? 'date_not_signed' : ()),
        ($cover{'@method'} || $cover{'(request-target)'} ? ()
            : 'target_not_signed'),
        _times($s), _digest($s),
        (($s->{carrier} // '') =~ /authorization/i ? qw/signature_required
            password_required/ : ()),
        (defined $s->{algorithm} || defined $s->{alg} ? qw/signature_algorithm
            signature_times_not_allowed signature_mismatch/ : ()),
        (($s->{key} // 'evil') ne 'evil' ? qw/signature_mismatch
            signature_algorithm/ : ()),
        (($s->{profile} // '') eq 'both' ? qw/signature_malformed
            header_duplicate signature_no_value/ : ()),
        _author($r));
}


sub _times {
    my ($s) = @_;

    my %time = map { ($_ => Test::Attacks::Sign::moment($s->{$_})) }
        grep { defined $s->{$_} } qw/date created expires/;
    my @codes = map { $_ !~ /^\d+$/ ? qw/date_malformed signature_malformed/
        : $_ < time() - 3000 ? qw/signature_too_old signature_expired/
        : $_ > time() + 3000 ? qw/signature_in_future signature_expires_late/
        : $_ < time() ? 'signature_expired' : () } values %time;

    return (@codes, %time ? 'signature_times_not_allowed' : ());
}


sub _digest {
    my ($s) = @_;

    return if !exists $s->{digest};

    my $digest = $s->{digest} // '';

    return ('digest_malformed', $digest =~ /<bad>/ ? 'digest_mismatch' : (),
        $digest =~ /sha-256=:?<ok>/i ? () : qw/digest_not_sha256
            digest_mismatch digest_not_signed signed_header_absent/);
}


# somebody else's key, or one that is not the actor's

sub _author {
    my ($r) = @_;

    my $actor = ref $r->{body} eq 'HASH' ? $r->{body}{actor} : undef;

    return if !defined $actor || ref $actor
        || $actor eq 'https://evil.example/u/e';
    return qw/key_of_another_actor signature_mismatch key_not_found
        key_id_not_accepted actor_malformed domain_blocked/;
}


sub _body {
    my ($r) = @_;

    my $body = $r->{body};
    my @json = qw/json_malformed json_too_complex json_keyword body_too_large
        no_type type_malformed no_id no_actor no_object/;

    return if !defined $body || $r->{method} ne 'POST';
    return @json, 'length_required' if ref $body ne 'HASH';

    my $text = Test::Attacks::Wire::body($body);
    my @codes = length $text > 50_000 || $r->{size} ? @json : ();

    push @codes, 'json_malformed' if $text =~ /\\u0000|\\ud[89ab]/i;
    push @codes, 'json_keyword' if $text =~ /"\@(?:graph|included|reverse)"/;

    for my $name (qw/id type actor object/) {
        my $is = $body->{$name};
        my $kind = $name eq 'object' ? qr/^(?:HASH)?$/ : qr/^$/;

        push @codes, "no_$name" if !defined $is || !ref $is && !length $is;
        push @codes, "${name}_malformed" if ref($is // '') !~ $kind
            || !ref $is && $name ne 'type'
                && ($is // '') !~ m{^https://[a-z\d.-]+/[\x21-\x7e]*$};
        push @codes, 'several_where_one' if ref $is eq 'ARRAY';
        push @codes, 'id_malformed', "${name}_malformed"
            if length($is // '') > 2000;
    }

    push @codes, 'type_malformed' if ($body->{type} // '') !~ /^[A-Z]\w{1,64}$/i;

    return @codes, _object($body);
}


# what is not its own

sub _object {
    my ($body) = @_;

    my $object = $body->{object};
    my $inner = ref $object eq 'HASH' ? $object : { id => $object };
    my ($own) = ($body->{actor} // '') =~ m{^(https://[^/?#]+)};
    my @codes;

    $own //= 'nobody';

    push @codes, qw/author_malformed several_where_one object_of_another_actor/
        if exists $inner->{attributedTo} && (ref $inner->{attributedTo}
            || ($inner->{attributedTo} // '') !~ m{^https://\S+$});
    push @codes, 'object_of_another_actor'
        if ($inner->{attributedTo} // $inner->{actor} // '')
            ne ($body->{actor} // '') || ($body->{type} // '') eq 'Update';
    push @codes, 'id_of_another_origin' if ($body->{id} // '')
        !~ m{^\Q$own\E/};
    push @codes, qw/object_of_another_origin object_of_another_actor
        object_malformed/ if ($inner->{id} // '') !~ m{^\Q$own\E/};
    push @codes, 'actor_in_place_of_object' if ($inner->{type} // '')
        =~ /^(?:Person|Application|Service|Group|Organization)$/
            || ($inner->{id} // '') =~ m{/u/};

    return @codes;
}


# by which rule a refusal is as good as what is listed; nothing, if it is not

sub instead {
    my ($code, $got, @listed) = @_;

    for my $row (@INSTEAD) {
        my ($pattern, $status, $rule, @for) = @$row;

        return $rule if $got eq $status && $code =~ /^(?:$pattern)$/
            && grep { my $one = $_; grep { $_ eq $one } @for } @listed;
    }

    return;
}


1;
