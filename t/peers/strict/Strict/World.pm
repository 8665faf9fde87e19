package Strict::World;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The site in the rig, and an actor on a server of each system, who signs as
# that system does.  Nobody is known to the site before it asks for a key.

use warnings;
use strict;

use JSON::PP ();
use Time::HiRes qw/sleep time/;

use Test::Nginx;
use Test::Remote;
use Test::Session;
use Test::Site;

use Strict::Servers;
use Strict::Systems;

my $json = JSON::PP->new->utf8->canonical;


sub new {
    my ($class, $rig, $t) = @_;

    my $self = bless { rig => $rig, t => $t }, $class;
    my @names = system_names();
    my %facts = map { $_ => system_facts($_) } @names;

    $ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
        . $rig->ca_file . ';';

    $self->{servers} = Strict::Servers->start($rig, '8.8.4.4',
        map { $_->{host} } values %facts);

    run_site($t, $rig, server => 'location = /activitypub-status { '
        . 'activitypub_status json; }');

    for my $name (@names) {
        my $facts = $facts{$name};
        my $remote = Test::Remote->new($t, $facts->{actor}, facts => $facts,
            key_id => $facts->{key});

        $self->{senders}{$name} = $remote;
        $self->serve($remote);
    }

    $self->{session} = Test::Session->new($t);

    return $self;
}


sub sender { $_[0]{senders}{$_[1]} or die "no system \"$_[1]\"" }


# An actor whom nobody has heard of, with the key of the one of its system.
# What is given changes its documents before they are to be had: a hash of
# "actor", "key", the URL of that ("key_at"), and the content type ("type").

sub newcomer {
    my ($self, $name, @changes) = @_;

    my $old = $self->sender($name);
    my %facts = %{ $old->{facts} };
    my $n = ++$self->{newcomers};

    s!(users/|/u/|author=)\w+!$1new$n!
        for grep { defined } @facts{qw/actor key inbox/};

    my $remote = bless { %$old, uri => $facts{actor}, key_id => $facts{key},
        facts => \%facts }, ref $old;

    $self->serve($remote, @changes);

    return $remote;
}


sub serve {
    my ($self, $remote, @changes) = @_;

    my $facts = $remote->{facts};
    my %documents = (actor => actor_document($facts, $remote->pem));

    $documents{key} = key_stub($documents{actor}) if $facts->{stub};

    for my $change (grep { defined } @changes) {
        $change->() for \%documents;
    }

    my %o = $facts->{signed} ? (signed => 1) : ();

    %o = (%o, type => $documents{type}) if $documents{type};

    for my $what (qw/actor key/) {
        next unless $documents{$what};

        $self->{servers}->document($documents{"${what}_at"} || $facts->{$what},
            $documents{$what}, %o);
    }
}


# Posts an activity, signed as the system of the sender does it.  What became
# of it: status, verdict (by the counters of the site), the followers, what
# was kept, what is known of the sender, and which documents were asked for.

sub hear {
    my ($self, $remote, $activity, %o) = @_;

    my $asked = () = $self->{servers}->requests;
    my $before = $self->counters;
    my $last = $self->{session}->ask('SELECT coalesce(max(id), 0)
        FROM activitypub.received');

    my $r = $self->post($remote, $activity, %o);
    my $after = $self->counters;
    my @asked = $self->{servers}->requests;

    return {
        status => $r ? $r->status : 0,
        verdict => join(', ', grep { $after->{$_} > ($before->{$_} // 0) }
            sort keys %$after),
        activity => $activity,
        remote => $remote,
        world => $self,
        fetched => [ map { $_->url } grep { $_->{method} eq 'GET' }
            @asked[$asked .. $#asked] ],
        %{ $self->_state($remote, $last) },
    };
}


sub post {
    my ($self, $remote, $activity, %o) = @_;

    my $facts = $remote->{facts};
    my $inbox = delete $o{inbox} // '/activitypub/inbox';
    my $spoil = delete $o{spoil};

    return $remote->post($inbox, $activity, host => 'site.example',
        @{ $facts->{sign} }, %o, via => $self->_connection,
        change => sub {
            _order($_[0], $facts->{order}) if $facts->{order};
            $spoil->($_[0]) if $spoil;
        });
}


# what the site has counted, whatever its kind

sub counters {
    my ($self) = @_;

    my $r = $self->_connection->get('/activitypub-status',
        host => 'site.example') or die "no status";
    my $status = $r->json;

    return { %{ $status->{received} }, %{ $status->{refused} } };
}


# Nobody follows any more; in the order in which workers take the hosts when
# they settle an Accept.

sub forget_followers {
    my ($self) = @_;

    $self->{session}->ask('BEGIN;
        SELECT FROM activitypub.host ORDER BY name FOR UPDATE;
        DELETE FROM activitypub.follower; COMMIT');
}


# the first of the requests from now back that is meant, or nothing

sub seen {
    my ($self, $meant, $seconds) = @_;

    return $self->{t}->wait_for(sub {
        my ($found) = grep { $meant->() } reverse $self->{servers}->requests;

        return $found;
    }, $seconds // 15);
}


sub _connection {
    my ($self) = @_;

    # as many as nginx lets pass over one

    if (!$self->{connection} || $self->{posts}++ >= 200) {
        $self->{posts} = 0;
        $self->{connection} = Test::Nginx::HTTP->new(address => '9.9.9.10',
            port => 443, ssl => { SSL_hostname => 'site.example',
                SSL_ca_file => $self->{rig}->ca_file })
            or die "the site does not answer\n";
    }

    return $self->{connection};
}


sub _state {
    my ($self, $remote, $last) = @_;

    my $uri = $remote->uri;

    return $json->decode($self->{session}->ask(<<"EOF"));
SELECT json_build_object(
    'followers', (SELECT coalesce(json_agg(r.uri), '[]')
                    FROM activitypub.follower AS f
                    JOIN activitypub.remote_actor AS r
                      ON r.id = f.remote_actor),
    'kept', (SELECT coalesce(json_agg(json_build_object('type', w.type,
                        'id', w.activity_id, 'object', w.object,
                        'target', w.target, 'body', w.body) ORDER BY w.id),
                        '[]')
               FROM activitypub.received AS w
              WHERE w.id > $last AND w.body <> ''),
    'known', (SELECT to_jsonb(r) || jsonb_build_object('key_id',
                        (SELECT min(k.key_id) FROM activitypub.remote_key AS k
                          WHERE k.remote_actor = r.id))
                FROM activitypub.remote_actor AS r
               WHERE r.uri = '$uri'))
EOF
}


# the parameters of the signature as the system puts them

sub _order {
    my ($request, $order) = @_;

    for my $value (@{ $request->{headers} }) {
        next unless $value =~ /^keyId=/;

        my %parameter = $value =~ /(\w+)=("[^"]*")/g;

        $value = join ',', map { "$_=$parameter{$_}" } @$order;
    }
}


1;
