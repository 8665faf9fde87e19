
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Hosts take turns:
 *
 *     enqueue -> ready -> work -> (turn) -> leave -> settle
 *
 * A host is "ready" while it has requests that wait and fewer than two under
 * way; "cold" when it has nothing but a TLS session, for which the last few
 * hundred are remembered.  So one host with a thousand requests delays none
 * of the others.
 */

#include "ngx_ap_client_internal.h"


static void ngx_ap_client_post(ngx_ap_client_t *client);
static void ngx_ap_client_host_cool(ngx_ap_client_t *client,
    ngx_ap_client_host_t *host);
static void ngx_ap_client_host_free(ngx_ap_client_t *client,
    ngx_ap_client_host_t *host);


ngx_ap_client_host_t *
ngx_ap_client_host_get(ngx_ap_client_t *client, ngx_str_t *key)
{
    uint32_t               hash;
    ngx_ap_client_host_t  *host;

    hash = ngx_crc32_short(key->data, key->len);

    host = (ngx_ap_client_host_t *) ngx_str_rbtree_lookup(&client->tree, key,
                                                          hash);
    if (host) {
        return host;
    }

    host = ngx_calloc(sizeof(ngx_ap_client_host_t) + key->len, client->log);
    if (host == NULL) {
        return NULL;
    }

    host->node.node.key = hash;
    host->node.str.len = key->len;
    host->node.str.data = (u_char *) (host + 1);
    ngx_memcpy(host->node.str.data, key->data, key->len);

    ngx_queue_init(&host->waiting);
    ngx_queue_init(&host->kept);

    ngx_rbtree_insert(&client->tree, &host->node.node);

    return host;
}


void
ngx_ap_client_enqueue(ngx_ap_client_request_t *request)
{
    ngx_ap_client_host_t  *host;

    host = request->host;

    ngx_queue_insert_tail(&host->waiting, &request->wait);
    request->waits = 1;

    ngx_ap_client_host_settle(request->client, host);
}


void
ngx_ap_client_leave(ngx_ap_client_request_t *request)
{
    ngx_ap_client_t       *client;
    ngx_ap_client_host_t  *host;

    client = request->client;
    host = request->host;

    if (request->waits) {
        ngx_queue_remove(&request->wait);
        request->waits = 0;
    }

    if (request->turn) {
        request->turn = 0;
        host->active--;
        client->active--;
    }

    request->host = NULL;

    ngx_ap_client_host_settle(client, host);

    if (!ngx_queue_empty(&client->ready)) {
        ngx_ap_client_post(client);
    }
}


/* after every change of a host; it may be gone then */

void
ngx_ap_client_host_settle(ngx_ap_client_t *client, ngx_ap_client_host_t *host)
{
    ngx_uint_t  ready;

    ready = !ngx_queue_empty(&host->waiting)
            && host->active < NGX_AP_CLIENT_PER_HOST;

    if (host->cold || host->ready) {

        if (host->ready && ready) {
            return;
        }

        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): it is queued */
        ngx_queue_remove(&host->queue);
        client->ncold -= host->cold;
        host->cold = 0;
        host->ready = 0;
    }

    if (ready) {
        ngx_queue_insert_tail(&client->ready, &host->queue);
        host->ready = 1;
        ngx_ap_client_post(client);
        return;
    }

    if (ngx_queue_empty(&host->waiting)
        && host->active == 0
        && host->peers == 0)
    {
        ngx_ap_client_host_cool(client, host);
    }
}


static void
ngx_ap_client_host_cool(ngx_ap_client_t *client, ngx_ap_client_host_t *host)
{
    ngx_queue_t  *q;

    if (host->session == NULL) {
        ngx_ap_client_host_free(client, host);
        return;
    }

    ngx_queue_insert_tail(&client->cold, &host->queue);
    host->cold = 1;
    client->ncold++;

    if (client->ncold > NGX_AP_CLIENT_COLD_HOSTS) {
        q = ngx_queue_head(&client->cold);
        host = ngx_queue_data(q, ngx_ap_client_host_t, queue);

        ngx_queue_remove(q);
        client->ncold--;

        ngx_ap_client_host_free(client, host);
    }
}


static void
ngx_ap_client_host_free(ngx_ap_client_t *client, ngx_ap_client_host_t *host)
{
    ngx_rbtree_delete(&client->tree, &host->node.node);

    if (host->session) {
        ngx_ssl_free_session(host->session);
    }

    ngx_free(host);
}


/* at the end, when no host has a request or a connection any more */

void
ngx_ap_client_hosts_free(ngx_ap_client_t *client)
{
    ngx_queue_t           *q;
    ngx_ap_client_host_t  *host;

    while (!ngx_queue_empty(&client->cold)) {
        q = ngx_queue_head(&client->cold);
        host = ngx_queue_data(q, ngx_ap_client_host_t, queue);

        ngx_queue_remove(q);
        ngx_ap_client_host_free(client, host);
    }
}


/*
 * Always in the next turn of the event loop: a callback that asks again at
 * once would otherwise keep this turn from ending.
 */

static void
ngx_ap_client_post(ngx_ap_client_t *client)
{
    ngx_post_event(&client->work, &ngx_posted_next_events);
}


void
ngx_ap_client_work_handler(ngx_event_t *ev)
{
    ngx_uint_t                n;
    ngx_queue_t              *q;
    ngx_ap_client_t          *client;
    ngx_ap_client_host_t     *host;
    ngx_ap_client_request_t  *request;

    client = ev->data;

    for (n = 0; n < NGX_AP_CLIENT_PER_WORKER; n++) {

        if (ngx_queue_empty(&client->ready)
            || client->active >= NGX_AP_CLIENT_PER_WORKER)
        {
            return;
        }

        q = ngx_queue_head(&client->ready);
        host = ngx_queue_data(q, ngx_ap_client_host_t, queue);

        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): it is queued */
        ngx_queue_remove(q);
        host->ready = 0;

        q = ngx_queue_head(&host->waiting);
        request = ngx_queue_data(q, ngx_ap_client_request_t, wait);

        ngx_queue_remove(q);
        request->waits = 0;
        request->turn = 1;
        host->active++;
        client->active++;

        /* to the end of the line, if there is more */

        ngx_ap_client_host_settle(client, host);

        ngx_ap_client_resolve(request);
    }

    if (!ngx_queue_empty(&client->ready)) {
        ngx_ap_client_post(client);
    }
}
