package Test::Crowd;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Many followers on many hosts, each with an inbox of its own, and what they
# got; for tests in which something goes wrong while a post is on its way.
#
#     my $crowd = Test::Crowd->new($t, $rig, 200, 40);
#     my $id = $crowd->publish('one');
#     ok($crowd->midway($id), 'on the way');
#     is($crowd->everywhere($id), 200, 'everything arrives');

use warnings;
use strict;

use Test::Farm;
use Test::Site ();


# "processes" workers, and hosts that take "delay" seconds for each request,
# one after the other: a post is on its way for some seconds.

sub new {
    my ($class, $t, $rig, $n, $hosts, %o) = @_;

    my @hosts = map { "peer$_.example" } 0 .. $hosts - 1;
    my $self = bless { t => $t, n => $n, hosts => \@hosts }, $class;

    $ENV{TEST_NGINX_GLOBALS_HTTP} = 'activitypub_ssl_trusted_certificate '
        . $rig->ca_file . ';';
    $ENV{TEST_NGINX_GLOBALS} = 'worker_processes ' . ($o{processes} || 1)
        . ';';

    $self->{farm} = Test::Farm->start($rig, '8.8.4.4', @hosts);

    Test::Site::run_site($t, $rig);

    $t->sql(<<"SQL");
WITH r AS (
    INSERT INTO activitypub.remote_actor (uri, host, inbox)
    SELECT 'https://' || h || '/users/' || n, h,
           'https://' || h || '/users/' || n || '/inbox'
      FROM generate_series(1, $n) AS n,
           concat('peer', n % $hosts, '.example') AS h
    RETURNING id, uri, inbox
)
INSERT INTO activitypub.follower (actor, remote_actor, inbox, follow_id)
SELECT a.id, r.id, r.inbox, r.uri || '/follow'
  FROM activitypub.actor AS a, r WHERE a.uri = '$Test::Site::ACTOR';
SQL

    $self->{farm}->delay($o{delay} // 0.02);

    return $self;
}


sub farm { $_[0]{farm} }


# the id of a new post

sub publish {
    my ($self, $name) = @_;

    return Test::Site::publish($self->{t}, url => "/posts/$name.html",
        title => $name, content => "<p>$name.</p>");
}


# its edit, and its delete

sub update {
    my ($self, $id) = @_;

    $self->{t}->sql("SELECT activitypub.update_post(object => '$id',
        title => 'Edited')");
}


sub delete {
    my ($self, $id) = @_;

    $self->{t}->sql("SELECT activitypub.delete_post('$id')");
}


# What was told about a post, as Test::Farm's got(); of one type, or any.

sub told {
    my ($self, $id, $type) = @_;

    return grep {
        $_->{object} eq $id && (!$type || $_->{type} eq $type)
    } $self->{farm}->got;
}


# inbox => how often it got that

sub arrived {
    my ($self, $id, $type) = @_;

    my %n;
    $n{"$_->{host}$_->{target}"}++ for $self->told($id, $type || 'Create');

    return \%n;
}


# Waits for the first arrivals; true while some have arrived and some have
# not.  Asked again after the fault, it tells that the fault came in time.

sub midway {
    my ($self, $id, $type) = @_;

    my $n;

    $self->{t}->wait_for(sub {
        $n = keys %{ $self->arrived($id, $type) };
    }, 20);

    return $n > 0 && $n < $self->{n};
}


# how many have it, when all have or the time is up

sub everywhere {
    my ($self, $id, %o) = @_;

    my $n;

    $self->{t}->wait_for(sub {
        $n = keys %{ $self->arrived($id, $o{type}) };
        $n >= ($o{most} // $self->{n});
    }, $o{seconds} // 40);

    return $n;
}


# how many were too many

sub twice {
    my ($self, $id, $type) = @_;

    my $n = 0;
    $n += $_ - 1 for values %{ $self->arrived($id, $type) };

    return $n;
}


# the different bytes that were sent of one activity

sub bodies {
    my ($self, $id, $type) = @_;

    return scalar keys %{{
        map { $_->{body} => 1 } $self->told($id, $type || 'Create')
    }};
}


# The inboxes in which something about the post came behind what it had to
# come before.

sub disordered {
    my ($self, $id) = @_;

    my %at = (Create => 1, Update => 2, Delete => 3);
    my (%last, %bad);

    for my $told ($self->told($id)) {
        my $inbox = "$told->{host}$told->{target}";

        $bad{$inbox} = 1 if $at{$told->{type}} < ($last{$inbox} // 0);
        $last{$inbox} = $at{$told->{type}};
    }

    return [ sort keys %bad ];
}


# nothing is left to be sent

sub drained {
    my ($self) = @_;

    return $self->{t}->wait_for(sub {
        !$self->{t}->sql('SELECT (SELECT count(*) FROM activitypub.delivery)
            + (SELECT count(*) FROM activitypub.fanout)');
    }, 20);
}


1;
