package Test::Attacks::Reasons;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The reasons that a play gives us to refuse it: told by what is in it, for a
# file that names none, and not by its id.
#
#     my %code = map { ($_ => 1) } Test::Attacks::Reasons::of($play, $sent);
#     my $rule = Test::Attacks::Reasons::instead($code, $got, @listed);
#
# Where several things are wrong with a request each of them is a reason.

use warnings;
use strict;

use Test::Attacks::Wire;
use Test::Attacks::Wrongs;

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
        'what passes is 503, never 401', 401, 429],
    ['several_where_one', 400, 'arrays are refused: R41', 202],
    ['not_found', 404, 'there is no such URL here', 400, 302],
);


sub of {
    my ($play, $sent) = @_;

    my %codes;
    my @requests = grep { !$_->{do} } @{ $play->{requests} };
    my $last = $requests[-1];

    $codes{$_} = 1 for map { (_headers($_), _signer($_), _body($_)) }
        $last || ();

    # a document of somebody unknown may have another key

    $codes{signature_mismatch} = 1 if grep { ref && ref $_->{publicKey} }
        values %{ $play->{world}{docs} || {} };

    # whose key it is said to be, by the request as it was sent

    @codes{qw/key_of_another_actor key_not_found key_id_not_accepted/} = ()
        if $sent && _borrowed($sent);

    # what is wrong with it as it was sent

    $codes{$_} = 1 for $sent && $sent->{headers}
        && $sent->{method} =~ /^(?:POST|PUT)$/ || $last && $last->{sign}
        ? Test::Attacks::Wrongs::of($sent) : ();

    # a key that has to be asked for may not be there, or be none

    @codes{qw/key_not_found key_unreachable key_not_accepted
        key_id_not_accepted key_of_another_actor/} = () if $play->{stranger}
            || $play->{asks} || grep { defined $_->{sign}
                && defined $_->{sign}{keyId} } @requests;

    return sort keys %codes;
}


# a key id that does not begin with the actor

sub _borrowed {
    my ($sent) = @_;

    my ($actor) = ($sent->{body} // '') =~ /"actor":\s*"([^"]*)"/ or return;
    my ($id) = join(' ', map { $_ // '' } @{ $sent->{headers} || [] })
        =~ /keyid="([^"]*)"/i or return;

    return index($id, $actor) != 0;
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
        'too_many_requests',
        ($r->{method} !~ /^(?:GET|HEAD|POST)$/ ? qw/method_not_allowed
            read_only/ : ()),
        ($r->{method} ne 'POST' ? qw/not_found resource_malformed gone
            no_such_account no_such_resource actor_gone read_only/
            : $r->{path} && $r->{path} !~ /inbox/ ? qw/not_found read_only
                method_not_allowed/ : ()));
}


# What does not verify: another key, or something was done to what is signed.

sub _signer {
    my ($r) = @_;

    my $s = $r->{sign} or return;

    return ((defined $s->{mutate} ? qw/signature_mismatch signed_for_other_host/
            : ()),
        (($s->{key} // 'evil') ne 'evil' ? qw/signature_mismatch
            signature_algorithm/ : ()),
        (($s->{carrier} // '') =~ /authorization/i ? qw/signature_required
            password_required/ : ()),
        (defined $s->{algorithm} || defined $s->{alg} ? 'signature_algorithm'
            : ()),
        (($s->{profile} // '') eq 'both' ? qw/signature_malformed
            signature_mismatch/ : ()),
        _author($r));
}


# somebody else's key, or one that is not the actor's

sub _author {
    my ($r) = @_;

    my $actor = ref $r->{body} eq 'HASH' ? $r->{body}{actor} : undef;

    return if !defined $actor || !ref $actor
        && $actor eq 'https://evil.example/u/e';
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
