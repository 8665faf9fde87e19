package Test::Fetch;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# Makes the connector ask for a URL, by "apctl fetch", and tells what became
# of it.
#
#     my $f = Test::Fetch->start($t, $rig, '... directives ...');
#     is($f->get('https://peer.example/x'), 'another content type, status 200')
#
# That is how most of the tests see a good answer: whole, of whatever type.
# Of several at the same time a worker does no more than four.

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT = qw/$OK/;

use JSON::PP ();

use Test::Apctl qw/apctl_start apctl_finish/;
use Test::Nginx;
use Test::Rig;

# a whole answer, whatever is in it
our $OK = 'another content type, status 200';


# nginx with an actor, trusting the rig's CA unless the directives differ

sub start {
    my ($class, $t, $rig, $directives, %o) = @_;

    my $self = bless { t => $t, rig => $rig, o => \%o }, $class;

    $t->expect(Test::Rig::expected());
    $self->configure($directives);
    $t->run();

    for my $name (qw/news actor/) {
        $t->wait_document("/activitypub/$name", host => 'site.example')
            or die "no actor $name:\n", $t->error_log;
    }

    return $self;
}


# takes effect with the next reload

sub configure {
    my ($self, $directives) = @_;

    my $o = $self->{o};

    $directives //= $o->{trust} // 'activitypub_ssl_trusted_certificate '
        . $self->{rig}->ca_file . ';';

    $self->{t}->write_file_expand('nginx.conf', <<"EOF");

%%TEST_GLOBALS%%

daemon off;
@{[ $o->{main} // '' ]}

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    activitypub_database "%%DATABASE%%";
    $directives

    server {
        listen       127.0.0.1:8080;
        server_name  site.example;
        @{[ $o->{server} // '' ]}

        activitypub_actor news { }
    }
}

EOF
}


# how it ended

sub get {
    my ($self, $url) = @_;

    return $self->ended($self->ask($url));
}


# several at the same time

sub all {
    my ($self, @urls) = @_;

    my @asked = map { $self->ask($_) } @urls;

    return map { $self->ended($_) } @asked;
}


# starts it

sub ask {
    my ($self, $url) = @_;

    return apctl_start('fetch', $url, '--json', '--db',
        $self->{t}->conninfo('postgres'));
}


# in one sentence

sub ended {
    my ($self, $asked) = @_;

    my $r = $self->result($asked);

    return join ', status ', $r->{error} // 'a document', $r->{status} // ();
}


# all that "apctl fetch --json" says

sub result {
    my ($self, $asked) = @_;

    my ($code, $out, $err) = apctl_finish($asked);

    return eval { JSON::PP->new->utf8->decode($out) }
        // { error => "apctl: exit code $code, $err" };
}


# nobody waits for it any more

sub forget {
    my ($self, @asked) = @_;

    kill 'KILL', map { $_->{pid} } @asked;
    apctl_finish($_) for @asked;
}


1;
