package Test::Attacks::Benign;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The twin of a play: the same without what is bad in it.  And what has to be
# there before a play means anything: the note that is changed, the like that
# is undone.
#
#     my $twin = Test::Attacks::Benign::twin($play);
#     my @requests = Test::Attacks::Benign::seeds($request);

use warnings;
use strict;

use Test::Attacks::Words;

my $SITE = 'https://site.example';


sub twin {
    my ($play) = @_;

    my @requests = grep { !$_->{do} } @{ $play->{requests} };
    my $world = $play->{world};

    return {
        name => 'twin', twin => 1, stranger => $play->{stranger},
        alike => $play->{alike}, delivers => $play->{delivers}
            || grep({ _type($_) eq 'Follow' } @requests) || 0,
        requests => [map { _request($_) } $requests[0] || ()],
        world => {},
    };
}


sub _type {
    my ($request) = @_;

    return '' if ref $request->{body} ne 'HASH';

    my $type = $request->{body}{type};

    return defined $type && !ref $type ? $type : '';
}


sub _request {
    my ($r) = @_;

    if (!$r->{sign} && $r->{method} =~ /^(?:GET|HEAD|OPTIONS|PUT|TRACE)$/) {
        return _get($r);
    }

    my $type = _type($r);
    my $sign = ref $r->{sign} ? $r->{sign} : {};
    my $message = ($sign->{profile} // '') =~ /^rfc9421/;

    $type = 'Create' if $type !~ /^(?:Follow|Like|Announce|Undo|Update|Delete)$/
        || _about_ourselves($r->{body});

    my $good = Test::Attacks::Words::activity($type);

    $good->{body}{object} = { id => 'https://evil.example/u/e/like/1',
        type => 'Like', actor => $good->{body}{actor},
        object => "$SITE/posts/1" } if $type eq 'Undo';
    $good->{sign} = { key => 'evil', profile => $message ? 'rfc9421' : 'cavage',
        cover => $message ? '@method @target-uri content-digest'
            : '(request-target) host date digest' };

    return $good;
}


# of a farewell the twin would be the farewell

sub _about_ourselves {
    my ($body) = @_;

    return ($body->{type} // '') eq 'Delete' && !ref $body->{object}
        && ($body->{object} // '') eq ($body->{actor} // '');
}


sub _get {
    my ($r) = @_;

    my ($path) = $r->{path} =~ /^([^?]*)/;
    my $finger = $path =~ m{/webfinger};

    $path = '/u/a' if $path !~ m{^/(?:u/a|posts/1$|ap/actor|\.well-known)};

    return { method => 'GET', sign => undef, body => undef,
        headers => { Accept => 'application/activity+json' },
        path => $finger ? "$path?resource=acct:news\@site.example" : $path };
}


# what is changed, deleted or undone, and whose it is; of what is said to be
# new, but is somebody else's: the original, which is not for everybody

sub seeds {
    my ($r, $known) = @_;

    my $body = $r->{body};

    return if ref $body ne 'HASH' || !defined $body->{type}
        || ref $body->{type};

    my $object = $body->{object};
    my $inner = ref $object eq 'HASH' ? $object : {};
    my $id = ref $object eq 'HASH' ? $object->{id} : $object;

    if ($body->{type} eq 'Undo') {
        my $type = $inner->{type} // 'Like';

        return if $type !~ /^(?:Like|Announce|Follow)$/ || ref $id;

        my $by = $inner->{actor} // _author($id) // $body->{actor};

        return if ref $by;
        return Test::Attacks::Words::activity($type =~ /Follow/
            || !$inner->{type} && $id =~ /follow/i ? 'Follow' : $type,
            by => $by, id => $id, key_id => "$by#k");
    }

    return if !defined $id || ref $id
        || $body->{type} !~ /^(?:Create|Update|Delete)$/;

    my ($host, $who) = $id =~ m{^https://((evil\d*|victim)\.[\w.-]+)/}
        or return;

    return if $id =~ m{/u/[ve]$} || $body->{type} eq 'Create'
            && $who ne 'victim'
        || $id eq ($body->{actor} // '');

    my $author = _author($id);

    # who says something new of its own says it for the first time

    return if $body->{type} eq 'Create' && $author eq ($body->{actor} // '');

    $id = "https://$host/n/1" if $id =~ m{//n/|/N/|%|/\./};

    return Test::Attacks::Words::activity('Create', by => $author,
        id => "$author/act/seed", note => $id, key_id => "$author#k",
        $body->{type} eq 'Create' ? (to => ["$author/followers"]) : ());
}


# whose it is that has that id

sub _author {
    my ($id) = @_;

    my ($host, $who) = (ref $id ? '' : $id // '')
        =~ m{^https://((evil\d*|victim)\.[\w.-]+)/} or return;
    my ($neighbour) = $id =~ m{/n/(e\d+)$};

    return "https://$host/u/" . ($who eq 'victim' ? 'v' : $neighbour // 'e');
}


1;
