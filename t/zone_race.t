#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# What changes while a set is being filled: it was read before, and comes into
# the zone later.  When the set says that it is complete, the change is in it.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Node;
use Test::Session;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(15);

$t->database(own => 1);
node_conf($t, database => '"%%DATABASE%%" timeout=30s')->run;

die "no actor\n" unless $t->wait_document('/activitypub/news')
    && $t->wait_document('/activitypub/actor') && complete($t) && asks($t);

my $titles = 0;
my %id = map { $_ => publish($t, "/posts/$_.html") } 1 .. 3;

$t->sql("SELECT activitypub.actor_add('$_')") for qw/ann bea/;

die "no pages\n" unless $t->wait_for(sub { !grep { !link_of($_) } 1 .. 3 });
die "no actors\n" unless $t->wait_for(sub { !grep { actor($_) != 200 }
    qw/ann bea/ });

my $session = Test::Session->new($t);

# A fill that has read its rows waits until it is let go; a change that it
# makes necessary takes its time.

for my $set (qw/twins actors/) {
    my ($as, $at) = map { definition($_, $_ . '_was') } $set, $set . '_at';

    $session->ask($as);
    $session->ask($at);
    $session->ask(instead($set, 'after bigint, lim int', 'after, lim',
        "PERFORM pg_advisory_xact_lock_shared(hashtext('$set'))"));
    $session->ask(instead($set . '_at', 'keys jsonb', 'keys',
        'PERFORM pg_sleep(0.3)'));
}

###############################################################################

# pages

held('twins', sub {
    publish($t, '/posts/4.html');
    $t->sql("SELECT activitypub.delete_post('$id{1}')");
    $t->sql("SELECT activitypub.update_post('$id{2}',
        url => 'https://acme.example/posts/5.html')");
});

ok(complete($t), 'a set of pages that changed in its fill');
ok(link_of(4), 'has the page that is new');
ok(link_of(5), 'and the one that a post went to');
is(link_of(2), undef, 'not the one that it left');
is(ask($t, '/posts/1.html')->status, 410, 'nor the one that is gone');
ok(link_of(3), 'and the others');

###############################################################################

# actors

held('actors', sub {
    $t->sql("SELECT activitypub.actor_add('zoe')");
    $t->sql("SELECT activitypub.actor_delete(
        'https://acme.example/activitypub/ann')");
});

ok($t->wait_for(\&unasked), 'a set of actors that changed in its fill');
ok(unasked(), 'and is complete');
is(actor('zoe'), 200, 'has the one who is new');
is(actor('ann'), 410, 'and knows who is gone');
is(actor('bea'), 200, 'and the others');

###############################################################################

# both at once, and everything may have changed once more in the midst

held('twins', sub {
    $t->sql("NOTIFY activitypub_changed, '*'");
    publish($t, '/posts/6.html');
    $t->sql("SELECT activitypub.actor_add('yves')");
});

ok(complete($t), 'everything once more');
ok(link_of(6), 'a page');
ok($t->wait_for(\&unasked), 'and the actors');
is(actor('yves'), 200, 'an actor');

###############################################################################

# what the code changes after a fill has read its rows

sub held {
    my ($set, $code) = @_;

    $session->ask("SELECT pg_advisory_lock(hashtext('$set'))");
    $t->sql("NOTIFY activitypub_changed, '*'");
    hanging($t, 1);

    $code->();
    heard();
    $session->ask("SELECT pg_advisory_unlock(hashtext('$set'))");
}


# Notifications come in order: all until now have when a post that is in the
# zone is asked for anew.  Twice, for everything may have been to be.

sub heard {
    my $path = $id{3} =~ s!^https://acme\.example!!r;

    for (1, 2) {
        my $title = 'Title ' . ++$titles;

        ask($t, $path);
        update($t, $id{3}, $title);
        $t->wait_for(sub { ask($t, $path)->body =~ /$title\b/ }, 10)
            or die "nothing is heard\n";
    }
}


sub definition {
    my ($name, $as) = @_;

    return $t->sql("SELECT pg_get_functiondef('activitypub.$name'::regproc)")
        =~ s/FUNCTION activitypub\.$name\(/FUNCTION activitypub.$as(/r
        =~ s/\b$name\.(?=after|lim|keys)/$as./gr;
}


sub instead {
    my ($name, $parameters, $values, $then) = @_;

    my $columns = $t->sql("SELECT pg_get_function_result(
        'activitypub.$name'::regproc)");

    return "CREATE OR REPLACE FUNCTION activitypub.$name($parameters)
        RETURNS $columns LANGUAGE plpgsql STABLE SECURITY DEFINER
        AS 'BEGIN
                RETURN QUERY
                    SELECT * FROM activitypub.${name}_was($values);
                " . ($then =~ s/'/''/gr) . ";
            END';
        ALTER FUNCTION activitypub.${name}_was OWNER TO activitypub_owner";
}


sub link_of {
    my ($n) = @_;

    return ask($t, "/posts/$n.html", accept => $BROWSER)->header('Link');
}


sub actor { return ask($t, "/activitypub/$_[0]")->status }


# nobody is known to be nobody

sub unasked {
    my $before = queries($t, 'document');

    return ask($t, '/activitypub/nobody')->status == 404
        && queries($t, 'document') == $before;
}

###############################################################################
