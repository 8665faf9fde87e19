
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Connections between two requests.  They are idle and reusable in nginx's
 * eyes: closed when the worker is told to exit, or when it runs out of
 * connections for the site.  A kept connection is watched: a byte that
 * nobody asked for, or its end, closes it.
 */

#include "ngx_ap_client_internal.h"


static ngx_ap_client_peer_t *ngx_ap_client_candidate(
    ngx_ap_client_request_t *request);
static void ngx_ap_client_kept_handler(ngx_event_t *rev);


void
ngx_ap_client_kept(ngx_ap_client_request_t *request,
    struct sockaddr *sockaddr, socklen_t socklen)
{
    ngx_queue_t           *q;
    ngx_ap_client_host_t  *host;
    ngx_ap_client_peer_t  *peer;

    host = request->host;

    for (q = ngx_queue_head(&host->kept);
         q != ngx_queue_sentinel(&host->kept);
         q = ngx_queue_next(q))
    {
        peer = ngx_queue_data(q, ngx_ap_client_peer_t, host_queue);

        if (request->ncandidates < NGX_AP_CLIENT_PER_HOST
            && ngx_cmp_sockaddr(&peer->address.sockaddr.sockaddr,
                                peer->address.socklen, sockaddr, socklen, 1)
               == NGX_OK)
        {
            request->candidates[request->ncandidates++] = peer;
        }
    }
}


/* the one that was used last; others of the host may have taken some */

static ngx_ap_client_peer_t *
ngx_ap_client_candidate(ngx_ap_client_request_t *request)
{
    ngx_uint_t             i;
    ngx_queue_t           *q;
    ngx_ap_client_host_t  *host;
    ngx_ap_client_peer_t  *peer;

    host = request->host;

    for (q = ngx_queue_last(&host->kept);
         q != ngx_queue_sentinel(&host->kept);
         q = ngx_queue_prev(q))
    {
        peer = ngx_queue_data(q, ngx_ap_client_peer_t, host_queue);

        for (i = 0; i < request->ncandidates; i++) {

            if (request->candidates[i] == peer) {
                return peer;
            }
        }
    }

    return NULL;
}


ngx_int_t
ngx_ap_client_reuse(ngx_ap_client_request_t *request)
{
    ngx_connection_t      *c;
    ngx_ap_client_peer_t  *peer;

    peer = ngx_ap_client_candidate(request);

    if (peer == NULL) {
        return NGX_DECLINED;
    }

    request->result.address.len = peer->name.len;
    request->result.address.data = ngx_pstrdup(request->pool, &peer->name);

    if (request->result.address.data == NULL) {
        return NGX_DECLINED;
    }

    ngx_queue_remove(&peer->queue);
    ngx_queue_remove(&peer->host_queue);
    peer->kept = 0;

    c = peer->connection;

    c->idle = 0;
    ngx_reusable_connection(c, 0);
    c->read->cancelable = 0;

    if (c->read->timer_set) {
        ngx_del_timer(c->read);
    }

    peer->request = request;
    request->peer = peer;
    request->result.reused = 1;

    return NGX_OK;
}


void
ngx_ap_client_keep(ngx_ap_client_peer_t *peer)
{
    ngx_connection_t      *c;
    ngx_ap_client_t       *client;
    ngx_ap_client_host_t  *host;

    client = peer->client;
    host = peer->host;
    c = peer->connection;

    peer->request->peer = NULL;
    peer->request = NULL;
    peer->kept = 1;

    ngx_queue_insert_tail(&client->kept, &peer->queue);
    ngx_queue_insert_tail(&host->kept, &peer->host_queue);

    c->read->handler = ngx_ap_client_kept_handler;
    c->write->handler = ngx_ap_client_ignore;
    c->log->action = "keeping a connection to a peer";

    c->idle = 1;
    ngx_reusable_connection(c, 1);

    c->read->cancelable = 1;
    ngx_add_timer(c->read, NGX_AP_CLIENT_IDLE);

    /* the end may have come together with the answer */

    if (c->read->ready) {
        ngx_ap_client_kept_handler(c->read);
    }
}


/* before another connection is made: those that wait make room for it */

void
ngx_ap_client_make_room(ngx_ap_client_t *client, ngx_ap_client_host_t *host)
{
    ngx_queue_t           *q;
    ngx_ap_client_peer_t  *peer;

    if (host->peers >= NGX_AP_CLIENT_PER_HOST
        && !ngx_queue_empty(&host->kept))
    {
        q = ngx_queue_head(&host->kept);
        peer = ngx_queue_data(q, ngx_ap_client_peer_t, host_queue);
        ngx_ap_client_peer_close(peer);
    }

    if (client->peers >= NGX_AP_CLIENT_PER_WORKER
        && !ngx_queue_empty(&client->kept))
    {
        q = ngx_queue_head(&client->kept);
        peer = ngx_queue_data(q, ngx_ap_client_peer_t, queue);
        ngx_ap_client_peer_close(peer);
    }
}


static void
ngx_ap_client_kept_handler(ngx_event_t *rev)
{
    u_char                 byte;
    ngx_connection_t      *c;
    ngx_ap_client_peer_t  *peer;

    c = rev->data;
    peer = c->data;

    if (!rev->timedout && !c->close) {

        /* TLS reads what is its own, such as tickets, and then waits again */

        if (c->recv(c, &byte, 1) == NGX_AGAIN
            && ngx_handle_read_event(rev, 0) == NGX_OK)
        {
            return;
        }
    }

    ngx_ap_client_peer_close(peer);
}
