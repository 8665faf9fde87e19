package Test::Attacks::Site;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# The site that is attacked: its configuration, with a server "odd" that has
# all kinds of locations, and "few", where a limit is soon used up.

use warnings;
use strict;

my $CONF = <<'EOF';

%%TEST_GLOBALS%%

daemon off;

events {
}

http {
    %%TEST_GLOBALS_HTTP%%

    types {
        text/html  html;
    }

    default_type  text/html;

    log_format  case    '$http_x_case $activitypub_verdict';
    access_log  %%TESTDIR%%/access.log;
    access_log  %%TESTDIR%%/case.log case;

    activitypub_database "%%DATABASE%%";

    limit_req_zone    $binary_remote_addr zone=few:1m rate=1r/m;
    limit_req_status  429;

    server {
        listen       127.0.0.1:8080;
        listen       127.0.0.1:8081 http2;
        server_name  site.example;
        root         %%TESTDIR%%/html;

        userid       on;
        ssi          on;
        ssi_types    application/activity+json;

        client_header_timeout  5s;
        client_body_timeout    5s;

        activitypub_actor news { }
    }

    map $activitypub_request $odd {
        default  no;
        1        "yes, $uri$is_args$args";
    }

    server {
        listen       127.0.0.1:8080;
        server_name  odd.example;
        root         %%TESTDIR%%/html;

        keepalive_requests  1;
        sendfile            on;
        aio                 threads;
        ssi                 on;
        error_page          404 /activitypub/odd;
        add_header          X-Odd "$odd $activitypub_request $host" always;

        activitypub_actor odd { }

        location /auth/ {
            auth_request  /activitypub/odd;
            alias         %%TESTDIR%%/html/;
        }

        location /mirror/ {
            mirror  /activitypub/odd/outbox;
            alias   %%TESTDIR%%/html/;
        }

        location /error/ {
            error_page  404 = /activitypub/odd;
            return      404;
        }

        location /within/ {
            rewrite  ^ /activitypub/odd last;
        }

        location /named/ {
            try_files  /none @there;
        }

        location @there {
            rewrite  ^ /posts/include break;
        }
    }

    server {
        listen       127.0.0.1:8080;
        server_name  few.example;
        limit_req    zone=few;

        activitypub_actor few { }
    }
}

EOF


sub conf { $CONF }


# URLs of a server with all kinds of locations

sub odd { return qw!/activitypub/odd /activitypub/odd/outbox /auth/posts/plain
    /mirror/posts/plain /error/x /within/x /named/x /posts/include /none
    /activitypub/none! }


1;
