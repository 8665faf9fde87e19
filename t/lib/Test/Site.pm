package Test::Site;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The site that peers look at: https://site.example in the rig, static pages,
# one actor, production settings; and posts of every kind.

use warnings;
use strict;

use base qw/Exporter/;

our @EXPORT = qw/run_site publish $ORIGIN $ACTOR/;

our $ORIGIN = 'https://site.example';
our $ACTOR = "$ORIGIN/activitypub/news";


# nginx in the rig, until the actor and the instance actor are there.  More
# directives: "http", "server".  "hidden": the actor is shown to who signs.

sub run_site {
    my ($t, $rig, %o) = @_;

    $rig->host('site.example', '9.9.9.10');
    $t->expect(Test::Rig::expected());

    for my $page (qw/index about posts\/one posts\/two posts\/three
        posts\/four posts\/five posts\/six/)
    {
        $t->write_file("html/$page.html", "<!doctype html><p>$page</p>\n");
    }

    $t->write_file("html/img/$_", "not really\n") for qw/logo.png header.jpg/;

    $t->write_file_expand('nginx.conf', <<"EOF")->run();

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    types {
        text/html   html;
        image/png   png;
        image/jpeg  jpg;
    }

    activitypub_database "%%DATABASE%%";
    @{[ $o{http} // '' ]}

    server {
        listen       9.9.9.10:443 ssl;
        server_name  site.example;
        @{[ $rig->certificate('site.example') ]}
        @{[ $o{server} // '' ]}

        activitypub_actor news {
            type     Organization;
            name     "Site News";
            summary  "What we make, and why.";
            icon     /img/logo.png;
            image    /img/header.jpg;
            url      /about.html;
            field    "Website" https://site.example/;
            field    "Place" "Nowhere & anywhere";
        }

        location / {
            root  %%TESTDIR%%/html;
        }
    }
}

EOF

    for my $url ("$ORIGIN/activitypub/actor", $o{hidden} ? () : $ACTOR) {
        $t->wait_for(sub {
            my $r = $rig->get($url, accept => 'application/activity+json');

            $r && $r->status == 200;
        }, 20)
            or die "$url does not come:\n", $t->error_log;
    }
}


# A post, by the names of the parameters of activitypub.publish(); its id.

sub publish {
    my ($t, %o) = @_;

    my $parameters = join ', ', map { "$_ => " . quote($o{$_}) } sort keys %o;

    return $t->sql("SELECT activitypub.publish(actor => 'news', $parameters)");
}


sub quote {
    my ($value) = @_;

    return 'NULL' unless defined $value;

    $value =~ s/'/''/g;

    return "'$value'";
}


1;
