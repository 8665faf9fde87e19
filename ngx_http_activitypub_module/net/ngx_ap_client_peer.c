
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A connection has a pool of its own: it outlives its requests.
 */

#include <ngx_event_connect.h>

#include "ngx_ap_client_internal.h"


#define NGX_AP_CLIENT_PEER_POOL  2048


static ngx_int_t ngx_ap_client_peer_name(ngx_ap_client_request_t *request,
    ngx_ap_client_peer_t *peer);


ngx_ap_client_peer_t *
ngx_ap_client_peer_create(ngx_ap_client_request_t *request,
    ngx_ap_client_address_t *address)
{
    ngx_pool_t            *pool;
    ngx_ap_client_t       *client;
    ngx_ap_client_peer_t  *peer;

    client = request->client;

    pool = ngx_create_pool(NGX_AP_CLIENT_PEER_POOL, client->log);
    if (pool == NULL) {
        return NULL;
    }

    peer = ngx_pcalloc(pool, sizeof(ngx_ap_client_peer_t));
    if (peer == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    peer->client = client;
    peer->host = request->host;
    peer->request = request;
    peer->pool = pool;
    peer->address = *address;

    peer->name.data = peer->text;
    peer->name.len = ngx_sock_ntop(&address->sockaddr.sockaddr,
                                   address->socklen, peer->text,
                                   NGX_SOCKADDR_STRLEN, 1);

    ngx_ap_client_log_init(peer);

    request->peer = peer;
    peer->host->peers++;
    client->peers++;

    if (ngx_ap_client_peer_name(request, peer) != NGX_OK) {
        ngx_ap_client_drop(request);
        return NULL;
    }

    return peer;
}


/* the answer names the address when the connection may be gone */

static ngx_int_t
ngx_ap_client_peer_name(ngx_ap_client_request_t *request,
    ngx_ap_client_peer_t *peer)
{
    ngx_str_t  *address;

    address = &request->result.address;

    address->len = peer->name.len;
    address->data = ngx_pstrdup(request->pool, &peer->name);

    return address->data ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_ap_client_peer_connect(ngx_ap_client_peer_t *peer)
{
    ngx_int_t               rc;
    ngx_connection_t       *c;
    ngx_peer_connection_t   pc;

    ngx_memzero(&pc, sizeof(ngx_peer_connection_t));

    pc.sockaddr = &peer->address.sockaddr.sockaddr;
    pc.socklen = peer->address.socklen;
    pc.name = &peer->name;
    pc.get = ngx_event_get_peer;
    pc.log = &peer->log;
    pc.log_error = NGX_ERROR_INFO;

    peer->log.action = "connecting to a peer";

    rc = ngx_event_connect_peer(&pc);

    if (rc != NGX_OK && rc != NGX_AGAIN) {
        return rc == NGX_DECLINED ? NGX_DECLINED : NGX_ERROR;
    }

    if (peer->client->opened) {
        (void) ngx_atomic_fetch_add(peer->client->opened, 1);
    }

    c = pc.connection;

    peer->connection = c;
    peer->log.connection = c->number;

    c->data = peer;
    c->pool = peer->pool;
    c->log = &peer->log;
    c->read->log = &peer->log;
    c->write->log = &peer->log;

    return rc;
}


void
ngx_ap_client_ignore(ngx_event_t *ev)
{
    ngx_log_debug0(NGX_LOG_DEBUG_EVENT, ev->log, 0,
                   "activitypub client: event with no meaning now");
}


void
ngx_ap_client_peer_close(ngx_ap_client_peer_t *peer)
{
    ngx_connection_t      *c;
    ngx_ap_client_t       *client;
    ngx_ap_client_host_t  *host;

    client = peer->client;
    host = peer->host;
    c = peer->connection;

    if (peer->kept) {
        ngx_queue_remove(&peer->queue);
        ngx_queue_remove(&peer->host_queue);
    }

    if (c) {

        if (c->ssl) {

            /* quietly, so that it never has to wait */

            c->ssl->no_wait_shutdown = 1;
            c->ssl->no_send_shutdown = 1;

            (void) ngx_ssl_shutdown(c);
        }

        ngx_close_connection(c);
    }

    ngx_destroy_pool(peer->pool);

    client->peers--;
    host->peers--;

    ngx_ap_client_host_settle(client, host);
}
