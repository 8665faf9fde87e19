package Test::Attacks::Player;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Plays the cases of an attack file, each with its twin.
#
#     my $player = Test::Attacks::Player->new($world, most => 50);
#     $player->play($case);        { ok => 1, remark => '...', why => '...' }
#     $player->late;               what came of it afterwards, by id
#
# "most": how often what has to be repeated is repeated.

use warnings;
use strict;
use utf8;

use JSON::PP ();
use Time::HiRes qw/sleep/;

use Test::Attacks::Benign;
use Test::Attacks::Case;
use Test::Attacks::Judge;
use Test::Attacks::Repeat;
use Test::Attacks::Special;

my $JSON = JSON::PP->new->canonical->allow_nonref;


sub new {
    my ($class, $world, %o) = @_;

    my $self = bless { world => $world, most => 50, played => [], slow => [],
        %o }, $class;

    # whether refusals have codes

    my $r = $world->send({ method => 'POST', host => 'site.example',
        target => $Test::Attacks::World::INBOX, headers => ['Content-Type',
        'application/activity+json'], body => '{}' });

    $self->{codes} = $r->{code} ne '';

    return $self;
}


sub world { $_[0]{world} }


sub play {
    my ($self, $case) = @_;

    my $result = { case => $case, bad => [], remarks => [] };

    $case->{keys} = $self->{world}->keys;

    my $done = eval {
        $case->special ? Test::Attacks::Special::play($self, $case, $result)
            : $self->_plays($case, $result);
        1;
    };

    push @{ $result->{bad} }, $@ =~ s/\s+\z//r if !$done;

    return $result;
}


sub _plays {
    my ($self, $case, $result) = @_;

    my @plays = $case->plays;

    $self->{case} = $case;

    my $twin = $self->run(Test::Attacks::Benign::twin($plays[0]));

    push @{ $result->{bad} }, Test::Attacks::Judge::twin($twin->{play}, $twin);

    for my $play (@plays) {
        $play->{outbound} = $case->expect->{outbound};

        if ($play->{slow}) {
            push @{ $self->{slow} }, [$case, $play, $result, $twin];
            next;
        }

        my $outcome = $play->{repeat}
            ? Test::Attacks::Repeat::run($self, $case, $play)
            : $self->run($play);

        $self->judge($case, $play, $result, $outcome, $twin);
    }
}


sub judge {
    my ($self, $case, $play, $result, $outcome, $twin) = @_;

    my $name = length $play->{name} ? "$play->{name}: " : '';

    $outcome->{twin} = $twin;
    $outcome->{codes} = $self->{codes};

    push @{ $result->{bad} }, map { "$name$_" } @{ $outcome->{bad} || [] },
        Test::Attacks::Judge::attack($case, $play, $outcome);
    push @{ $result->{remarks} }, $outcome->{remark} if $outcome->{remark};
    warn sprintf "  %s %s%s %s; names: %s; gets: %s; rows: %s\n", $case->id,
        $name, $outcome->{status}, $outcome->{code} // '',
        map { "@{ $outcome->{$_} || [] }" } qw/names gets rows/
        if $ENV{ATTACKS_SHOW};
    push @{ $self->{played} }, [$case, $play, $result, $outcome];
}


# One play, in names of its own: the world is made, what has to be there
# first is sent, then what the play is about; and what came of that.

sub run {
    my ($self, $play, %o) = @_;

    my ($tag, $p) = $self->prepare($play);
    my $world = $self->{world};

    # somewhere with a limit that is used up

    local $self->{host} = 'few.example' if !$p->{twin}
        && "@{ $self->{case}->expect->{status} || [] }" eq '429';

    $world->send($self->wire($tag, $p, $p->{requests}[0])) if $self->{host};

    my @answers;
    my $last = $#{ $p->{requests} };

    $world->mark;

    for my $i (0 .. $last) {
        my $request = $p->{requests}[$i];

        # what led up to the last one is no part of it

        if ($play->{steps} && $i == $last) {
            $self->settle if $p->{delivers};
            $play->{led} = $world->seen($tag)->{rows};
            $world->mark;
        }

        if ($request->{do}) {
            $self->_do($tag, $request);
            next;
        }

        push @answers, map { $world->send($_) } $self->wire($tag, $p, $request);
    }

    $self->settle if $p->{delivers};

    return $self->outcome($tag, $play, $p, @answers);
}


sub outcome {
    my ($self, $tag, $play, $p, @answers) = @_;

    my $world = $self->{world};
    my $last = $answers[-1] || { status => 'none', code => '', sentence => '' };

    # of several requests that are alike, one that is answered otherwise

    if ($play->{requests}[0]{each}) {
        ($last) = ((grep { $_->{status} !~ /^(?:200|204|405)$/ } @answers),
            $last);
    }

    my $seen = $world->seen($tag);
    my ($inbox) = map { $_->{post} // () } values %{ $p->{world}{hosts} || {} };

    return { %$last, %$seen, deliveries => [$inbox
            ? Test::Attacks::Deliveries::judge($self, $tag, $inbox, $seen)
            : ()],
        tag => $tag, play => $play, answers => \@answers,
        well => $world->well, before => $p->{before} || [],
        speakers => $p->{speakers}, outbound => $p->{outbound},
        dns => $p->{world}{dns},
        fetch => $p->{world}{fetch} && $p->{world}{fetch}{url},
        post => ($p->{requests}[-1]{method} // '') eq 'POST' };
}


# until nothing is under way any more, or waits for a time to come

sub settle {
    my ($self) = @_;

    $self->{world}->t->wait_for(sub {
        $self->{world}->ledger->ask("SELECT (SELECT count(*)
            FROM activitypub.delivery WHERE state = 'waiting'
            AND (attempts = 0 OR claim IS NOT NULL))
            + (SELECT count(*) FROM activitypub.fanout)") eq '0';
    }, 8);
}


# (tag, the play in its names): who is known is known, who is not can be asked

sub prepare {
    my ($self, $play) = @_;

    my $world = $self->{world};
    my $tag = $world->tag;
    my $p = { %$play, requests => $world->place($tag, $play->{requests}),
        world => $world->place($tag, $play->{world}) };
    $p->{outbound} = $world->place($tag, $play->{outbound} // 'none');

    my $w = $p->{world};
    my $key = $w->{key} // 'evil';
    my $evil = $world->actor($tag, 'evil', key => $key);

    $world->serve($evil, $w->{pages} ? (outbox => "https://$evil->{host}/c",
            followers => "https://$evil->{host}/c",
            featured => "https://$evil->{host}/c") : ());
    $world->farm->serve($evil->{uri}, $world->document($evil),
        type => $w->{content_type}) if defined $w->{content_type};
    $world->serve($world->actor($tag, $_)) for qw/victim evil2/;

    $world->known($evil) if !$p->{stranger};
    $self->_documents($tag, $w, $evil);

    # others that speak here

    for my $request (@{ $p->{requests} }) {
        $self->_speaker($tag, $p, $request, $evil) if !$request->{do};
    }

    for my $name (sort keys %{ $w->{dns} || {} }) {
        my $words = $w->{dns}{$name};

        $words = '9.9.9.10' if $words =~ /own public address/;
        $world->lead($name, split ' ', $words);
    }

    for my $host (sort keys %{ $w->{hosts} || {} }) {
        $world->farm->behave($host, %{ $w->{hosts}{$host} });
    }

    my @seeds = map { Test::Attacks::Benign::seeds($_) }
        grep { !$_->{do} } @{ $p->{requests} };

    for my $seed ($p->{stranger} ? () : @seeds) {
        $self->_seed($tag, $p, $seed);
    }

    return ($tag, $p);
}


sub _seed {
    my ($self, $tag, $p, $seed) = @_;

    my $world = $self->{world};
    my $body = $seed->{body};
    my $author = $world->actor($tag, $body->{actor});

    # what seeds() adds is in the placeholders of the site

    s{https://site\.example/posts/1$}{$world->post}e
        for grep { defined && !ref } $body->{object},
            ref $body->{object} ? $body->{object}{inReplyTo} : ();
    $body->{object} =~ s{https://site\.example/u/a$}{$Test::Attacks::World::ACTOR}
        if !ref $body->{object};

    $world->known($author);

    my ($wire) = $self->wire($tag, $p, { %$seed, sign => { %{ $seed->{sign} },
        key => $author->{key}, keyId => $author->{key_id} } });
    my $r = $world->send($wire);

    die "what has to be there first: $r->{status} $r->{sentence}\n"
        if $r->{status} ne '202';

    $self->settle if $body->{type} eq 'Follow';
    push @{ $p->{before} }, $author->{host};
}


# who is named as the actor, on a host of evil's or of nobody's: it is known
# with a key, and of nobody's host that is not the one that signs

sub _speaker {
    my ($self, $tag, $p, $request, $evil) = @_;

    return if ref $request->{body} ne 'HASH' || !$request->{sign};

    my $uri = $request->{body}{actor};

    return if !defined $uri || ref $uri
        || $uri !~ m{^https://([^/?#@\\]+)/[^?#\\]*$};

    my $host = lc $1;

    return if $host =~ /\{n\}/;

    my $world = $self->{world};

    return if $uri eq $evil->{uri} || $host =~ /^(?:victim|site)\./
        || $host !~ /\.\Q$tag\E\.example$/;

    my $actor = $world->actor($tag, $uri);

    $request->{sign}{keyId} //= $actor->{key_id};

    # others are known by the one spelling

    if ($uri =~ /^[ -~]+$/) {
        $world->serve($actor);
        $world->known($actor) if !$p->{stranger};

    } else {
        push @{ $p->{speakers} }, $uri =~ m{\.(c\d+)\.} ? "https://xn--" : ();
    }
}


sub _documents {
    my ($self, $tag, $w, $evil) = @_;

    my $world = $self->{world};
    my $farm = $world->farm;

    for my $url (sort keys %{ $w->{docs} || {} }) {
        my $doc = $self->_honest($tag, $url, $w->{docs}{$url}, $evil);

        $farm->serve($url =~ s/#.*//r, $doc);
    }

    if (my $chain = $w->{chain}) {
        my $at = $w->{fetch} ? $w->{fetch}{url} : $evil->{uri};

        for my $next (@$chain) {
            $farm->serve($at, '', word => "redirect:302:$next");
            $at = $next =~ m{^//} ? "https:$next" : $next;
        }

        $farm->serve($at, $self->_honest($tag, $at, $w->{fetch}
            ? $w->{fetch}{doc} : {}, $evil)) if $at =~ m{^https?://};

    } elsif ($w->{fetch} && $w->{fetch}{url} !~ m{^https://site\.}) {
        $farm->serve($w->{fetch}{url}, $self->_honest($tag,
            $w->{fetch}{url}, $w->{fetch}{doc}, $evil));
    }
}


# What is said of a document, and the rest as it should be: so that nothing
# else is what is wrong with it.

sub _honest {
    my ($self, $tag, $url, $doc, $evil) = @_;

    my $world = $self->{world};
    my %doc = %{ $self->_pem($tag, $doc, $evil, $url) };

    delete $doc{called};

    return \%doc if $doc{owner} || $doc{first} || $doc{links}
        || ($doc{type} // '') =~ /Collection|Announce|Note|Key/;

    my $id = !ref $doc{id} && ($doc{id} // '') =~ m{^https://\w} ? $doc{id}
        : $url;
    my $actor = $world->actor($tag, $id =~ m{^https://[^/?#]+[^?#]*$} ? $id
        : $url);
    my $honest = $world->document($url eq $evil->{uri} ? $evil : $actor);

    if (delete $doc{many}) {
        unshift @{ $doc{publicKey} }, $honest->{publicKey};
    }

    return { %$honest, %doc };
}


# <evil>: its key, as a PEM or as all of a "publicKey"

sub _pem {
    my ($self, $tag, $what, $evil, $url) = @_;

    return $what if ref $what ne 'HASH' && ref $what ne 'ARRAY';
    return [map { $self->_pem($tag, $_, $evil, $url) } @$what]
        if ref $what eq 'ARRAY';

    my %copy = map { ($_ => $self->_pem($tag, $what->{$_}, $evil, $url)) }
        keys %$what;
    my $pem = $self->{world}->keys->pem($evil->{key});

    for my $name (keys %copy) {
        next if ref $copy{$name} || ($copy{$name} // '') ne '<evil>';
        $copy{$name} = $name eq 'publicKey' ? { id => $url, owner =>
            $copy{id} // $url, publicKeyPem => $pem } : $pem;
    }

    return \%copy;
}


# between requests: a document changes, time goes by

sub _do {
    my ($self, $tag, $request) = @_;

    my $world = $self->{world};
    my $evil = $world->actor($tag, 'evil');

    if ($request->{do} eq 'wait') {
        sleep $request->{seconds};

    } elsif ($request->{owner}) {
        $world->farm->serve($evil->{uri}, $world->document($evil,
            publicKey => $evil->{remote}->key(owner => $request->{owner})));

        # and the other says that it is its own
        my $other = $world->actor($tag, $request->{owner});

        $world->farm->serve($other->{uri}, $world->document($other,
            publicKey => $evil->{remote}->key(owner => $other->{uri})));

    } else {
        $world->farm->serve($evil->{uri}, 'gone', status => 410);
    }
}


# a request as it goes over the wire

sub wire {
    my ($self, $tag, $p, $request) = @_;

    my $world = $self->{world};
    my $headers = $request->{headers} || {};
    my @headers = ref $headers eq 'ARRAY' ? @$headers
        : map { ($_ => $headers->{$_}) } sort keys %$headers;
    my %given = map { (lc $headers[$_ * 2] => 1) } 0 .. @headers / 2 - 1;
    my $body = body($request->{body});

    if ($request->{size}) {
        $body =~ s/\}\z//;
        $body .= ',"x":"';
        $body .= 'x' x ($request->{size} - length($body) - 2) . '"}';
    }

    push @headers, 'Content-Type' => 'application/activity+json'
        if defined $body && !$given{'content-type'};

    my %r = (method => $request->{method}, headers => \@headers,
        host => $self->{host} // 'site.example', body => $body,
        target => $world->path($request->{path}));

    if (my $sign = $request->{sign}) {
        my $evil = "https://evil.$tag.example/u/e";
        my $victim = "https://victim.$tag.example/u/v#k";

        $r{sign} = { %$sign, keyId => $sign->{keyId} // "$evil#k",
            key => $p->{world}{key} // $sign->{key} // 'evil',
            victim_key => $victim };
        $r{sign}{mutate} =~ s/:victim$/:$victim/ if defined $sign->{mutate}
            && $sign->{mutate} =~ /keyid/i;
    }

    return \%r if !$request->{each};

    return map { +{ %r, target => $world->path($_) } }
        @Test::Attacks::Words::ENDPOINTS, '/ap/inbox';
}


# JSON, and what stands for it: a string is sent as it is; what is repeated
# is spelt out, and escapes are

sub body {
    my ($body) = @_;

    return if !defined $body;

    if (!ref $body) {
        utf8::encode($body) if utf8::is_utf8($body);

        if ($body =~ s/,\xe2\x80\xa6\}$//) {
            $body .= join '', map { qq(,"k$_":0) } 1 .. 500_000;
            $body .= '}';
        }

        $body = $1 x $2 if $body =~ /^(.{1,20})\xc3\x97(\d+)$/s;

        return $body =~ s/\\x([0-9a-f]{2})/chr hex $1/gier;
    }

    my $text = $JSON->encode(_long($body));

    utf8::encode($text);

    # of what was escaped twice once is left: "\\u0000"

    return $text =~ s/\\\\(u[0-9a-f]{4}|[rnt](?![a-z]))/\\$1/gr;
}


sub _long {
    my ($what) = @_;

    return +{ map { ($_ => _long($what->{$_})) } keys %$what }
        if ref $what eq 'HASH';

    if (ref $what eq 'ARRAY') {
        my @list;

        for my $element (@$what) {
            if (!ref $element && ($element // '') =~ /^\x{2026}\x{d7}(\d+)$/) {
                push @list, ($list[-1]) x ($1 - @list);

            } elsif (!ref $element && ($element // '') =~ /^<(\d+) images>/) {
                push @list, map { { type => 'Image', mediaType => 'image/png',
                    url => "https://image$_.example/x.png" } } 1 .. $1;

            } else {
                push @list, _long($element);
            }
        }

        return \@list;
    }

    return $what if !defined $what || ref $what;
    return $1 x $2 if $what =~ /^(.{1,20})\x{d7}(\d+)$/s;
    return $what;
}


1;
