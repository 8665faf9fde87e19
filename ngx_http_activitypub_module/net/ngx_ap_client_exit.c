
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The worker's exit.  nginx speaks of it to connections only, and a request
 * that waits for its turn or for a name has none: so the client has one that
 * nothing is sent to.
 *
 *     SIGQUIT -> told -> nothing: what is under way is finished
 *     worker_shutdown_timeout -> told, with an error -> all requests fail
 *
 * It stays open till the end.  A moment without requests says nothing: whose
 * first one was answered may be about to make the second.
 */

#include "ngx_ap_client_internal.h"


static void ngx_ap_client_exit_handler(ngx_event_t *rev);
static void ngx_ap_client_exit_abort(ngx_ap_client_t *client);


ngx_int_t
ngx_ap_client_exit_init(ngx_ap_client_t *client)
{
    ngx_socket_t       s;
    ngx_connection_t  *c;

    s = ngx_socket(AF_UNIX, SOCK_STREAM, 0);

    if (s == (ngx_socket_t) -1) {
        ngx_log_error(NGX_LOG_ALERT, client->log, ngx_socket_errno,
                      ngx_socket_n " failed");
        return NGX_ERROR;
    }

    c = ngx_get_connection(s, client->log);

    if (c == NULL) {
        (void) ngx_close_socket(s);
        return NGX_ERROR;
    }

    c->data = client;
    c->read->log = client->log;
    c->write->log = client->log;
    c->read->handler = ngx_ap_client_exit_handler;
    c->write->handler = ngx_ap_client_ignore;
    c->idle = 1;

    client->exit = c;

    return NGX_OK;
}


static void
ngx_ap_client_exit_handler(ngx_event_t *rev)
{
    ngx_connection_t  *c;
    ngx_ap_client_t   *client;

    c = rev->data;
    client = c->data;

    if (!c->close) {
        return;
    }

    c->close = 0;

    /* the timeout sets both marks, a quiet exit only one */

    if (c->error) {
        client->aborted = 1;
        ngx_ap_client_exit_close(client);
        ngx_ap_client_exit_abort(client);
    }
}


/*
 * A callback may ask again, or cancel another: those who are to fail stand in
 * a line of their own.
 */

static void
ngx_ap_client_exit_abort(ngx_ap_client_t *client)
{
    ngx_queue_t               line, *q;
    ngx_ap_client_request_t  *request;

    ngx_queue_init(&line);

    if (!ngx_queue_empty(&client->requests)) {
        ngx_queue_add(&line, &client->requests);
        ngx_queue_init(&client->requests);
    }

    while (!ngx_queue_empty(&line)) {
        q = ngx_queue_head(&line);
        request = ngx_queue_data(q, ngx_ap_client_request_t, queue);

        ngx_ap_client_fail(request, NGX_ABORT,
                           "the worker shutdown timeout has passed");
    }
}


void
ngx_ap_client_exit_close(ngx_ap_client_t *client)
{
    if (client->exit) {
        ngx_close_connection(client->exit);
        client->exit = NULL;
    }
}
