package Test::Attacks::Words;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# What attack files say in words: requests ("Follow", "Update of ..."), steps
# of a sequence ("Delete n1", "send as evil2", "GET /posts/1 Accept AS2"),
# documents ("<actor with 10000 keys>"), chains of redirects ("loop"), and
# what a variant varies.

use warnings;
use strict;
use utf8;

my $EVIL = 'https://evil.example/u/e';
my $SITE = 'https://site.example';
my $AS2 = 'application/activity+json';
my $HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';

# what is wanted of a URL by a word behind "Accept"
my %ACCEPT = (AS2 => $AS2, html => $HTML);

# what GET is for, and the inbox
our @ENDPOINTS = qw!/u/a /u/a/outbox /u/a/followers /ap/actor /posts/1
    /ap/nodeinfo/2.1 /.well-known/webfinger?resource=acct:news@site.example!;

my $TYPES = join '|', qw/Create Update Delete Follow Like Undo Announce Move
    Accept Reject Block Flag Add Remove/;

my $serial = 0;


# a signed activity of evil's

sub activity {
    my ($type, %o) = @_;

    my $by = $o{by} // $EVIL;
    my $request = Test::Attacks::Usual::usual();

    $request->{sign}{keyId} = $o{key_id} if defined $o{key_id};
    $request->{body} = $type eq 'Create' ? Test::Attacks::Usual::create(%o) : {
        '@context' => 'https://www.w3.org/ns/activitystreams',
        id => $o{id} // "$by/act/" . lc($type) . ++$serial, type => $type,
        actor => $by, object => $o{object} // ($type eq 'Follow'
            ? "$SITE/u/a" : $type =~ /^(?:Like|Announce)$/
            ? "$SITE/posts/1" : $type eq 'Update'
            ? Test::Attacks::Usual::create(%o)->{object}
            : "https://evil.example/n/1"),
        $type eq 'Announce' ? (to =>
            'https://www.w3.org/ns/activitystreams#Public') : (),
        $type eq 'Move' ? (object => $by, target =>
            'https://evil2.example/u/e') : () };

    return $request;
}


# a request in words

sub request {
    my ($case, $words, $play) = @_;

    my ($type) = $words =~ /^($TYPES)\b/
        or die "no handler for the request \"$words\"\n";

    return { %$play, requests => [activity($type)],
        delivers => $type eq 'Follow' };
}


# A step of a sequence.  What is said a second time is another activity, of
# another id, about the same.

sub step {
    my ($case, $word, $play) = @_;

    return Test::Attacks::Usual::whole($word) if ref $word;

    my $said = $play->{said} ||= {};
    my $again = $said->{$word}++ ? "/again$said->{$word}" : '';

    if ($word =~ m{^GET (/\S+)(?: (?:with )?Accept:? (\S+))?}) {
        return { method => 'GET', path => $1, body => undef, sign => undef,
            headers => { Accept => $ACCEPT{$2 // 'AS2'} // $2 } };
    }

    return _changed($word) if $word =~ /^(?:document|key|actor|GET\ actor
        |rotate|new\ key)\b/x;

    if ($word =~ /^(?:accept|know|learn) (\w+)/) {
        $play->{stranger} = 1;
        return activity('Create', by => "https://$1.example/u/e");
    }

    if ($word =~ /^(?:send|sign|create)(?:\ again|\ signed)?\ (?:with|by)
        \ (?:the\ )?(old|new|\w+)\ key/xi)
    {
        my $request = activity('Create', id => "$EVIL/act/by$1$again",
            note => "https://evil.example/n/by$1");

        $request->{sign}{key} = $1 eq 'old' ? 'evil' : $1 eq 'new' ? 'stranger'
            : $1;

        return $request;
    }

    if ($word =~ /^send as (\w+)/) {
        return activity('Create', by => "https://$1.example/u/e",
            key_id => "$EVIL#k", id => "https://$1.example/u/e/act/2$again",
            note => "https://$1.example/n/2");
    }

    if ($word =~ /^(?:wait|sleep) (\d+) ?(m)?/) {
        my $seconds = $1 * ($2 ? 60 : 1);

        die "\"$word\" takes too long\n" if $seconds > 60;
        return { do => 'wait', seconds => $seconds };
    }

    return _step($1, $2 // '', $again)
        if $word =~ /^($TYPES)(?: (self|actor|me|[nt]\d+|\S+))?$/;

    die "no handler for the step \"$word\"\n";
}


# what becomes of a document: nothing, if it is said to be as it was

sub _changed {
    my ($word) = @_;

    return { do => 'document', owner => "https://$1.example/u/e" }
        if $word =~ /owner[= ]+(\w+)/;
    return () if $word =~ /^GET actor(?: 200)?$/;

    die "no handler for the step \"$word\"\n"
        if $word !~ /(gone|deleted|removed|rotate|new|chang|404|410|tombstone)/i;

    my $how = lc $1;

    return { do => 'document', gone => $how =~ /rotate|new|chang/ ? 'rotated'
        : $how =~ /404/ ? '404' : '410' };
}


sub _step {
    my ($type, $what, $again) = @_;

    my ($n) = $what =~ /^n(\d+)/;
    my ($at) = $what =~ /^t(\d+)/;
    my $note = Test::Attacks::Usual::create()->{object};
    my @object = $what =~ /^(?:self|actor|me)$/ ? (object => $EVIL)
        : defined $n && $type eq 'Delete'
            ? (object => "https://evil.example/n/$n")
        : defined $n ? (note => "https://evil.example/n/$n")
        : defined $at ? (object => { $type eq 'Update' ? (%$note,
            content => "<p>$what</p>") : (), updated =>
            sprintf('2026-01-%02dT00:00:00Z', $at) })
        : $type eq 'Undo' && $what =~ /^(?:Follow|Like|Announce)$/
            ? (object => { id => "$EVIL/act/$what", type => $what,
                actor => $EVIL, object => $what eq 'Follow' ? "$SITE/u/a"
                : "$SITE/posts/1" }) : ();

    return activity($type, @object, id => "$EVIL/act/$type$what$again");
}


# what a variant is of

sub vary {
    my ($case, $request, $value) = @_;

    my $about = $case->{description};
    my ($body, $sign) = map { ref $_ eq 'HASH' ? { %$_ } : $_ }
        @$request{qw/body sign/};
    my %r = (%$request, body => $body, sign => $sign);

    if ($about =~ /^type\b/i) {
        $body->{type} = $value;

    } elsif ($about =~ /^key_?id/i) {
        $sign->{keyId} = $value;

    } elsif ($about =~ /^(actor|id|to|object|url|published)\b/i) {
        $body->{lc $1} = $value;

    } elsif ($about =~ /^(attributedTo|content|inReplyTo|name|summary)\b/) {
        $body->{object} = { %{ $body->{object} }, $1 => $value };

    } elsif ($about =~ /algorithm/i && !ref $value) {
        $sign->{algorithm} = $value;

    } elsif ($case->{area} ne 'ssrf' && $value =~ /^\d{4,}$/) {
        $r{size} = $value;

    } elsif ($value =~ /^(?:GET|HEAD|OPTIONS|PUT|TRACE|DELETE|PATCH|CONNECT
            |PROPFIND)$/x) {
        return { method => $value, each => 1, headers => {}, body => undef,
            path => '/u/a' };

    } elsif ($value =~ /^(?:webfinger|nodeinfo|feed|key|page|move|retry)$/) {
        my $type = $value eq 'move' ? 'Move' : 'Follow';

        return { %{ activity($type) }, inner => $value };

    } elsif ($value =~ m{^/}) {
        $body->{object} = { %{ $body->{object} },
            id => "https://evil.example$value" };

    } elsif ($value =~ m{^\w+:}) {
        $body->{actor} = $value;
        $body->{object} = { %{ $body->{object} }, attributedTo => $value };

    } elsif ($value =~ /^[\w.:\[\]-]+$/) {
        $sign->{keyId} = "https://$value/u/e#k";
        $body->{actor} = "https://$value/u/e";

    } else {
        die "no handler for the variant \"$value\"\n";
    }

    return \%r;
}


# what the farm serves

sub documents {
    my ($case, $doc, $play) = @_;

    my $given = $case->{sketch}{request};
    my %play = (%$play, world => { %{ $play->{world} } });

    # what is served to who follows, and nothing of it is used

    if (!defined $given && !$case->{sketch}{fetch}) {
        $play{requests} = [activity('Follow')];
        $play{alike} = $play{delivers} = 1;
    }

    $play{alike} = 1 if defined $given && !ref $given && $given =~ /^Follow/
        && $case->taken && !$case->expect->{stored};

    if (!ref $doc) {
        return \%play if $doc =~ m{^https://} || $doc eq 'jrd';

        if (my ($n) = $doc =~ /^announce chain (\d+)/) {
            my $at = 'https://evil.example/an';

            $play{world}{docs} = { map { ("$at/$_" => {
                id => "$at/$_", type => 'Announce', actor => $EVIL,
                object => "$at/" . ($_ + 1) }) } 1 .. $n };
            $play{requests} = [activity('Announce', object => "$at/1",
                id => "$at/0")];
            $play{alike} = $play{delivers} = $play{stranger} = 0;

            return \%play;
        }

        die "no handler for the document \"$doc\"\n";
    }

    die "no handler for a document that is a list\n" if ref $doc ne 'HASH';

    my @urls = grep { /^https?:/ } keys %$doc;
    my %docs = @urls ? %$doc
        : $doc->{links} ? ('https://evil.example/.well-known/nodeinfo' => $doc)
        : $doc->{first} || $doc->{next} || $doc->{items}
            || $doc->{orderedItems} ? ('https://evil.example/c' => { id =>
            'https://evil.example/c', type => 'OrderedCollection', %$doc })
        : $case->{sketch}{fetch} ? () : ($EVIL => $doc);

    $play{world}{pages} = 1 if $docs{'https://evil.example/c'};

    return map { _words($case, { %play, world => { %{ $play{world} },
        docs => $_ } }) } _each($case, \%docs);
}


# "<each PEM>" is a play for each

sub _each {
    my ($case, $docs) = @_;

    my ($url) = grep { !ref $docs->{$_} && $docs->{$_} =~ /^<each/ }
        keys %$docs or return $docs;
    my @odd = $case->{keys}->odd;
    my @each;

    while (my ($name, $pem) = splice @odd, 0, 2) {
        push @each, { %$docs, $url => { called => $name, publicKey => {
            id => "$url#k", owner => $url, publicKeyPem => $pem } } };
    }

    return @each;
}


sub _words {
    my ($case, $play) = @_;

    my %docs = %{ $play->{world}{docs} };

    for my $url (keys %docs) {
        my $doc = $docs{$url};

        if (ref $doc) {
            $play->{name} = "$play->{name} $doc->{called}" =~ s/^ //r
                if $doc->{called};
            next;
        }

        $docs{$url} = $doc =~ /^<(?:victim|evil|honest).*own key/
                || $doc =~ /^<honest/ ? {}
            : $doc =~ /^<actor with (\d+) keys/ ? { publicKey => [map { {
                id => "$url#k$_", owner => $url, publicKeyPem => '<evil>' } }
                2 .. $1], many => 1 }
            : $doc =~ /odd bytes/ ? { id => "$url?a=b&c='#\\r\\n%00" }
            : die "no handler for the document \"$doc\"\n";
    }

    $play->{world}{docs} = \%docs;

    return $play;
}


# redirects, from where the key's document should be

sub chains {
    my ($case, $chain, $play) = @_;

    if (!ref $chain) {
        my @kinds = $chain =~ /self|itself/i ? 'self'
            : $chain =~ /two|pair|ping|a.?->.?b/i ? 'two'
            : $chain =~ /\d{2}|many|long|endless|infinite/i ? 'many'
            : $chain =~ /loop|circ/i ? qw/self two many/
            : die "no handler for the chain \"$chain\"\n";

        return map { +{ %$play, name => "loop $_", world => {
            %{ $play->{world} }, hosts => {
                'evil.example' => { get => "loop:$_" },
                'evil2.example' => { get => "loop:$_" } } } } }
            @kinds;
    }

    die "a chain that is no list\n" if ref $chain ne 'ARRAY';

    return { %$play, world => { %{ $play->{world} }, chain => $chain } };
}


# a URL that we are made to ask for: as the place of a key

sub fetched {
    my ($case, $url, $play) = @_;

    my $doc = $case->{sketch}{doc};
    my $id = ref $doc && $doc->{id} // $EVIL;

    my $by = $url =~ m{^\Q$SITE\E} ? $url : $id;
    my $request = activity('Create', by => $by, key_id => $url);

    return { %$play, requests => [$request], asks => 1,
        world => { %{ $play->{world} }, fetch => { url => $url,
            doc => ref $doc ? $doc : {} } } };
}


1;
