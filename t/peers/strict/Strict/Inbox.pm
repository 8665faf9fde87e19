package Strict::Inbox;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What each system sends to an inbox, and what has to become of it.  A row:
#
#     hears 'an Undo by the id of the Follow', '5',
#         sub { undo(say(follow())->{id}) },
#         sub { became('undone') && !followed() },
#         change { $_->{object} .= '0' };
#
# its claim, the section of wire.md, the activity that is sent (and what is
# signed otherwise, as Test::Remote has it), a check of the outcome in $_, and
# a way to break what is sent.  The broken one is really sent, and the check
# must fail: a site that takes both demands nothing.

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT = qw/hear_all sender hears change signed spoil documents say follow undo
    activity note note_of me our_post new_id stranger gone_away became refused followed
    answered kept undone_is known fetched $ACTOR $ORIGIN $PUBLIC/;

use JSON::PP ();

use Test::More ();
use Test::Site;

our $PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
our ($as, $spoiled);

my (@rows, $system, $world, $post);
my $serial = 0;


# what follows is sent by this system

sub sender { $system = $_[0] }


sub hears {
    my ($claim, $cite, $send, $check, $break) = @_;

    push @rows, { system => $system, claim => $claim, cite => $cite,
        send => $send, check => $check, break => $break };
}


sub rows { @rows }


# Sends all rows, whole and broken; how many there were by system, and how
# many were killed.

sub hear_all {
    my ($where, $about) = @_;

    my (%rows, %killed);

    ($world, $post) = ($where, $about);

    for my $row (@rows) {
        my $claim = "$row->{system}: $row->{claim} [wire.md $row->{cite}]";
        my $outcome = outcome($row);

        Test::More::ok(meets($row, $outcome), $claim) or _show($outcome);

        my $broken = outcome($row, 1);
        my $survives = meets($row, $broken);

        Test::More::ok(!$survives, "$claim: turns red, "
            . join ' ', @$broken{qw/status verdict/})
            or _show($broken);

        $rows{ $row->{system} }++;
        $killed{ $row->{system} }++ unless $survives;
    }

    return (\%rows, \%killed);
}


sub _show {
    my ($outcome) = @_;

    my %shown = %$outcome;

    delete @shown{qw/remote world/};
    Test::More::diag(Test::More::explain(\%shown));
}


# Sends what the row says, broken or not; the outcome.

sub outcome {
    my ($row, $broken) = @_;

    my $break = $broken ? $row->{break} : {};

    local $as = $world->sender($row->{system});
    local $spoiled = $break->{documents};

    $world->forget_followers;

    my ($activity, %o) = $row->{send}->();

    if ($break->{change}) {
        $break->{change}->() for $activity;
    }

    %o = (%o, %{ $break->{options} }) if $break->{options};

    return $world->hear($as, $activity, %o);
}


sub meets {
    my ($row, $outcome) = @_;

    local $_ = $outcome;
    local $as = $outcome->{remote};
    local $SIG{__WARN__} = sub { };

    return eval { $row->{check}->() } ? 1 : 0;
}


# Breaks: of the activity in $_ before it is signed, of what is signed and
# how, of the signed request in $_, of the sender's documents in $_.

sub change(&) { return { change => $_[0] } }

sub signed { return { options => {@_} } }

sub spoil(&) {
    my ($code) = @_;

    return { options => { spoil => sub { $code->() for $_[0] } } };
}

sub documents(&) { return { documents => $_[0] } }


# What is sent.  say() sends at once what has to be there before.

sub say {
    my ($activity) = @_;

    my $r = $world->post($as, $activity);

    die 'refused: ', $r ? $r->body : 'no answer' if !$r || $r->status != 202;

    return $activity;
}


sub me { $as->uri }


# Of this sender's server, and never the same; "#likes/" and the like are
# behind the actor.

sub new_id {
    my ($what) = @_;

    my $id = sprintf '%d%06d', $$, ++$serial;

    return me() . "$what$id" if $what =~ /^#/;
    return $as->{origin} . "/$what$id";
}


sub activity {
    my ($type, $object, %o) = @_;

    my $activity = {
        '@context' => $as->{facts}{context},
        id => new_id('activities/'),
        type => $type,
        actor => me(),
        object => $object,
        %o,
    };

    # as JSON has it: what is not there is not null

    delete $activity->{$_} for grep { !defined $o{$_} } keys %o;

    return $activity;
}


sub follow { return activity('Follow', $ACTOR, @_) }


# embedded without its context, or by id

sub undo {
    my ($undone, %o) = @_;

    if (ref $undone) {
        $undone = {%$undone};
        delete $undone->{'@context'};
    }

    return activity('Undo', $undone, %o);
}


# a reply to our post, to everybody

sub note {
    my (%o) = @_;

    return {
        id => new_id('notes/'),
        type => 'Note',
        attributedTo => me(),
        inReplyTo => our_post(),
        content => '<p>Indeed.</p>',
        published => '2026-11-22T19:00:00Z',
        to => [$PUBLIC],
        cc => [$ACTOR],
        %o,
    };
}


# the id of a reply that is known here

sub note_of {
    my ($note) = @_;

    $note //= note();
    say(activity('Create', $note));

    return $note->{id};
}


sub our_post { $post }


# the row is sent by somebody whom nobody has heard of; what is given changes
# the documents

sub stranger {
    $as = $world->newcomer($as->{facts}{name}, @_, $spoiled);
}


# nothing of the sender is to be had any more

sub gone_away {
    $world->{servers}->document($as->{facts}{$_}, undef) for qw/actor key/;
}


# Checks.

sub became { return $_->{status} == 202 && $_->{verdict} eq $_[0] }


sub refused {
    my ($status, $verdict) = @_;

    return $_->{status} == $status && $_->{verdict} eq $verdict;
}


sub followed {
    my ($outcome) = ($_);

    return grep { $_ eq $outcome->{remote}->uri } @{ $outcome->{followers} };
}


# the Accept, or what is said, arrives where the follower is, with the whole
# Follow

sub answered {
    my ($type) = @_;

    my ($outcome) = ($_);

    my $facts = $outcome->{remote}{facts};
    my $follow = {%{ $outcome->{activity} }};
    my $json = JSON::PP->new->utf8->canonical;

    delete $follow->{'@context'};
    $follow = $json->encode($follow);

    return $outcome->{world}->seen(sub {
        return if $_->{method} ne 'POST' || $_->url ne $facts->{inbox};

        my $answer = $_->json;

        return $answer->{type} eq ($type // 'Accept')
            && ref $answer->{object}
            && $json->encode($answer->{object}) eq $follow;
    });
}


# that, and nothing else, raw; the row

sub kept {
    my ($type) = @_;

    my ($outcome) = ($_);
    my ($row, @more) = @{ $outcome->{kept} };

    return !@more && $row && $row->{type} eq $type
        && $row->{body} eq JSON::PP->new->canonical->encode(
            $outcome->{activity})
        && $row;
}


# the Undo that is kept says of what

sub undone_is {
    my ($id) = @_;

    my $row = kept('Undo');

    return $row && $row->{object} eq $id;
}


sub known { return $_->{known} }

sub fetched { return @{ $_->{fetched} } }


1;
