
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * From an address to a connection:
 *
 *     connect -> (handler) -> connected -> tls | send
 *
 * Each address that passed the guard is tried once, IPv4 and IPv6 in the
 * order of the resolver, until one accepts.
 */

#include "ngx_ap_client_internal.h"


/* longest text of an errno */
#define NGX_AP_CLIENT_ERRNO  128


static void ngx_ap_client_connect_handler(ngx_event_t *ev);
static void ngx_ap_client_connect_failed(ngx_ap_client_request_t *request,
    ngx_err_t err);
static void ngx_ap_client_connected(ngx_ap_client_request_t *request);


void
ngx_ap_client_connect(ngx_ap_client_request_t *request)
{
    ngx_int_t                 rc;
    ngx_err_t                 err;
    ngx_msec_t                timeout;
    ngx_connection_t         *c;
    ngx_ap_client_peer_t     *peer;
    ngx_ap_client_address_t  *address;

    err = 0;

    while (request->tried < request->naddresses) {

        address = &request->addresses[request->tried++];

        ngx_ap_client_make_room(request->client, request->host);

        peer = ngx_ap_client_peer_create(request, address);

        if (peer == NULL) {
            ngx_ap_client_fail(request, NGX_ABORT, "no memory");
            return;
        }

        rc = ngx_ap_client_peer_connect(peer);
        err = ngx_socket_errno;

        if (rc == NGX_ERROR) {
            ngx_ap_client_fail(request, NGX_ABORT, "no socket");
            return;
        }

        if (rc == NGX_DECLINED) {
            ngx_ap_client_drop(request);
            continue;
        }

        c = peer->connection;
        c->read->handler = ngx_ap_client_connect_handler;
        c->write->handler = ngx_ap_client_connect_handler;

        timeout = request->tried < request->naddresses
                  ? NGX_AP_CLIENT_CONNECT_NEXT : NGX_AP_CLIENT_CONNECT;

        ngx_ap_client_step(request, NGX_AP_CLIENT_CONNECTING, timeout);

        if (rc == NGX_OK) {
            ngx_ap_client_connected(request);
        }

        return;
    }

    ngx_ap_client_connect_failed(request, err);
}


static void
ngx_ap_client_connect_handler(ngx_event_t *ev)
{
    int                       err;
    socklen_t                 len;
    ngx_connection_t         *c;
    ngx_ap_client_peer_t     *peer;
    ngx_ap_client_request_t  *request;

    c = ev->data;
    peer = c->data;
    request = peer->request;

    err = 0;
    len = sizeof(int);

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, (void *) &err, &len) == -1) {
        err = ngx_socket_errno;
    }

    if (err == 0) {

        /* told to close by the shutdown timeout, while not yet connected */

        if (c->close) {
            return;
        }

        ngx_ap_client_connected(request);
        return;
    }

    ngx_log_debug1(NGX_LOG_DEBUG_EVENT, request->client->log, err,
                   "activitypub client: %p not connected", request);

    ngx_ap_client_drop(request);

    if (request->tried < request->naddresses) {
        ngx_ap_client_connect(request);
        return;
    }

    ngx_ap_client_connect_failed(request, err);
}


static void
ngx_ap_client_connect_failed(ngx_ap_client_request_t *request, ngx_err_t err)
{
    u_char  text[NGX_AP_CLIENT_ERRNO], *last;

    last = ngx_strerror(err, text, sizeof(text));

    ngx_ap_client_fail(request, NGX_ERROR, "connect failed (%d: %*s)",
                       err, (size_t) (last - text), text);
}


static void
ngx_ap_client_connected(ngx_ap_client_request_t *request)
{
    ngx_connection_t  *c;

    c = request->peer->connection;

    c->read->handler = ngx_ap_client_ignore;
    c->write->handler = ngx_ap_client_ignore;

    /* the last piece of a large message must not wait for an ACK */

    if (ngx_tcp_nodelay(c) != NGX_OK) {
        ngx_ap_client_fail(request, NGX_ABORT, "no TCP_NODELAY");
        return;
    }

    if (request->https) {
        ngx_ap_client_tls(request);

    } else {
        ngx_ap_client_send(request);
    }
}
