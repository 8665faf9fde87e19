
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The request on the wire.  The answer is read all the while: a peer may
 * answer before it has read everything, and a write that fails may only mean
 * that it did.
 */

#include "ngx_ap_client_internal.h"


static void ngx_ap_client_send_handler(ngx_event_t *ev);
static ngx_int_t ngx_ap_client_write(ngx_ap_client_request_t *request);


void
ngx_ap_client_send(ngx_ap_client_request_t *request)
{
    ngx_connection_t  *c;

    ngx_ap_client_step(request, NGX_AP_CLIENT_WAITING,
                       NGX_AP_CLIENT_FIRST_BYTE);

    request->sent = 0;
    request->unsendable = 0;
    request->result.sent = 1;

    fedi_http_response_init(request->response, false);

    c = request->peer->connection;
    c->log->action = "sending a request to a peer";
    c->read->handler = ngx_ap_client_read_handler;
    c->write->handler = ngx_ap_client_send_handler;

    if (ngx_ap_client_write(request) != NGX_OK) {
        ngx_ap_client_fail(request, NGX_ABORT, "cannot wait for events");
        return;
    }

    /* what came while nobody looked, such as the end of a kept connection */

    if (c->read->ready) {
        ngx_ap_client_read(request);
    }
}


static void
ngx_ap_client_send_handler(ngx_event_t *ev)
{
    ngx_connection_t         *c;
    ngx_ap_client_peer_t     *peer;
    ngx_ap_client_request_t  *request;

    c = ev->data;
    peer = c->data;
    request = peer->request;

    if (ngx_ap_client_write(request) != NGX_OK) {
        ngx_ap_client_fail(request, NGX_ABORT, "cannot wait for events");
        return;
    }

    /* the reader tells an early answer from a dead connection */

    if (request->unsendable) {
        ngx_ap_client_read(request);
    }
}


static ngx_int_t
ngx_ap_client_write(ngx_ap_client_request_t *request)
{
    ssize_t            n;
    ngx_str_t         *message;
    ngx_connection_t  *c;

    message = &request->message;
    c = request->peer->connection;

    while (request->sent < message->len && !request->unsendable) {

        n = c->send(c, message->data + request->sent,
                    message->len - request->sent);

        if (n == NGX_AGAIN) {
            return ngx_handle_write_event(c->write, 0);
        }

        if (n <= 0) {
            request->unsendable = 1;
            c->read->ready = 1;
            break;
        }

        request->sent += n;
    }

    c->write->handler = ngx_ap_client_ignore;

    return ngx_handle_write_event(c->write, 0);
}
