
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Life of the client and of its requests.  A request owns one pool and lives
 * in it.  ngx_ap_client_finish() is the only way out that calls back, and
 * ngx_ap_client_cancel() the only one that does not; both end in
 * ngx_ap_client_release(), which is safe at every step.
 */

#include "ngx_ap_client_internal.h"


#define NGX_AP_CLIENT_REASON  256


static ngx_ap_client_request_t *ngx_ap_client_request_create(
    ngx_ap_client_t *client, const ngx_ap_client_ask_t *ask);
static ngx_int_t ngx_ap_client_request_init(ngx_ap_client_request_t *request,
    const ngx_ap_client_ask_t *ask);
static const char *ngx_ap_client_ended(ngx_ap_client_request_t *request);
static void ngx_ap_client_release(ngx_ap_client_request_t *request);
static void ngx_ap_client_timer_handler(ngx_event_t *ev);
static void ngx_ap_client_event_handler(ngx_event_t *ev);


ngx_ap_client_t *
ngx_ap_client_create(ngx_cycle_t *cycle, const ngx_ap_client_conf_t *conf,
    ngx_log_t *log)
{
    ngx_ap_client_t  *client;

    client = ngx_calloc(sizeof(ngx_ap_client_t), log);
    if (client == NULL) {
        return NULL;
    }

    client->conf = conf;
    client->log = log;
    client->ident = -1;

    ngx_rbtree_init(&client->tree, &client->sentinel,
                    ngx_str_rbtree_insert_value);
    ngx_queue_init(&client->cold);
    ngx_queue_init(&client->ready);
    ngx_queue_init(&client->requests);
    ngx_queue_init(&client->kept);

    client->work.handler = ngx_ap_client_work_handler;
    client->work.data = client;
    client->work.log = log;

    client->guard = ngx_ap_guard_create(cycle, conf->allow_address,
                                        conf->allow_http, log);

    if (client->guard == NULL || ngx_ap_client_exit_init(client) != NGX_OK) {
        ngx_ap_client_destroy(client);
        return NULL;
    }

    return client;
}


void
ngx_ap_client_count(ngx_ap_client_t *client, ngx_atomic_t *opened)
{
    client->opened = opened;
}


void
ngx_ap_client_destroy(ngx_ap_client_t *client)
{
    ngx_queue_t              *q;
    ngx_ap_client_peer_t     *peer;
    ngx_ap_client_request_t  *request;

    while (!ngx_queue_empty(&client->requests)) {
        q = ngx_queue_head(&client->requests);
        request = ngx_queue_data(q, ngx_ap_client_request_t, queue);
        ngx_ap_client_cancel(request);
    }

    while (!ngx_queue_empty(&client->kept)) {
        q = ngx_queue_head(&client->kept);
        peer = ngx_queue_data(q, ngx_ap_client_peer_t, queue);
        ngx_ap_client_peer_close(peer);
    }

    ngx_ap_client_hosts_free(client);
    ngx_ap_client_exit_close(client);

    if (client->work.posted) {
        ngx_delete_posted_event(&client->work);
    }

    if (client->guard) {
        ngx_ap_guard_destroy(client->guard);
    }

    ngx_free(client);
}


ngx_ap_client_request_t *
ngx_ap_client_request(ngx_ap_client_t *client, const ngx_ap_client_ask_t *ask)
{
    ngx_int_t                 rc;
    ngx_ap_client_request_t  *request;

    request = ngx_ap_client_request_create(client, ask);
    if (request == NULL) {
        return NULL;
    }

    rc = ngx_ap_guard_url(client->guard, &ask->id.url, &request->result.reason);

    if (rc == NGX_OK && client->aborted) {
        rc = NGX_ABORT;
        ngx_str_set(&request->result.reason,
                    "the worker shutdown timeout has passed");
    }

    if (rc == NGX_OK) {
        rc = ngx_ap_client_request_init(request, ask);
    }

    if (rc == NGX_ERROR) {
        ngx_destroy_pool(request->pool);
        return NULL;
    }

    ngx_queue_insert_tail(&client->requests, &request->queue);

    ngx_log_debug3(NGX_LOG_DEBUG_EVENT, client->log, 0,
                   "activitypub client: %p for \"%V\": %i",
                   request, &request->authority, rc);

    if (rc != NGX_OK) {
        request->result.rc = rc;
        request->step = NGX_AP_CLIENT_FAILING;
        ngx_post_event(&request->event, &ngx_posted_next_events);
        return request;
    }

    ngx_ap_client_step(request, NGX_AP_CLIENT_QUEUED, NGX_AP_CLIENT_TOTAL);
    ngx_ap_client_enqueue(request);

    return request;
}


static ngx_ap_client_request_t *
ngx_ap_client_request_create(ngx_ap_client_t *client,
    const ngx_ap_client_ask_t *ask)
{
    ngx_pool_t               *pool;
    fedi_str_t                authority;
    ngx_ap_client_request_t  *request;

    pool = ngx_create_pool(NGX_AP_CLIENT_POOL, client->log);
    if (pool == NULL) {
        return NULL;
    }

    request = ngx_pcalloc(pool, sizeof(ngx_ap_client_request_t));
    if (request == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    request->client = client;
    request->pool = pool;

    authority = ask->id.authority;

    request->authority.len = authority.len;
    request->authority.data = ngx_pnalloc(pool, authority.len);

    request->response = ngx_palloc(pool, sizeof(fedi_http_response_t));

    if (request->authority.data == NULL || request->response == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    ngx_memcpy(request->authority.data, authority.data, authority.len);

    request->ident = -1;
    request->deadline = ngx_current_msec + NGX_AP_CLIENT_TOTAL;

    request->timer.handler = ngx_ap_client_timer_handler;
    request->timer.data = request;
    request->timer.log = client->log;

    request->event.handler = ngx_ap_client_event_handler;
    request->event.data = request;
    request->event.log = client->log;

    request->port = ask->id.url.port;
    request->https = (ask->id.url.scheme.len == sizeof("https") - 1);
    request->post = ask->post;
    request->own = ask->own;
    request->body_max = ask->body_max;
    request->answered = ask->answered;
    request->data = ask->data;

    return request;
}


static ngx_int_t
ngx_ap_client_request_init(ngx_ap_client_request_t *request,
    const ngx_ap_client_ask_t *ask)
{
    ngx_str_t   key;
    fedi_str_t  host;

    host = ask->id.url.host;

    request->name.len = host.len;
    request->name.data = ngx_pnalloc(request->pool, host.len + 1);

    key.data = ngx_pnalloc(request->pool, host.len
                                          + sizeof("https://:65535") - 1);

    if (request->name.data == NULL || key.data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(request->name.data, host.data, host.len);
    request->name.data[host.len] = '\0';

    key.len = ngx_sprintf(key.data, "%s://%V:%ui",
                          request->https ? "https" : "http", &request->name,
                          (ngx_uint_t) request->port)
              - key.data;

    if (ngx_ap_client_message(request, ask) != NGX_OK) {
        return NGX_ERROR;
    }

    request->host = ngx_ap_client_host_get(request->client, &key);

    return request->host ? NGX_OK : NGX_ERROR;
}


void
ngx_ap_client_cancel(ngx_ap_client_request_t *request)
{
    /* its callback runs */

    if (request->step == NGX_AP_CLIENT_FINISHED) {
        return;
    }

    ngx_log_debug1(NGX_LOG_DEBUG_EVENT, request->client->log, 0,
                   "activitypub client: %p cancelled", request);

    ngx_ap_client_release(request);
    ngx_destroy_pool(request->pool);
}


void
ngx_ap_client_fail(ngx_ap_client_request_t *request, ngx_int_t rc,
    const char *format, ...)
{
    va_list     args;
    ngx_str_t  *reason;

    reason = &request->result.reason;

    request->result.rc = rc;
    reason->data = ngx_pnalloc(request->pool, NGX_AP_CLIENT_REASON);

    if (reason->data) {
        va_start(args, format);
        reason->len = ngx_vslprintf(reason->data,
                                    reason->data + NGX_AP_CLIENT_REASON,
                                    format, args)
                      - reason->data;
        va_end(args);

    } else {
        ngx_str_set(reason, "no memory");
    }

    ngx_ap_client_finish(request);
}


void
ngx_ap_client_finish(ngx_ap_client_request_t *request)
{
    ngx_pool_t  *pool;

    pool = request->pool;

    if (request->result.rc != NGX_OK) {
        request->result.step = ngx_ap_client_ended(request);

        ngx_log_error(NGX_LOG_INFO, request->client->log, 0,
                      "activitypub: %s to \"%V\" failed: %V%s%V",
                      request->post ? "POST" : "GET", &request->authority,
                      &request->result.reason,
                      request->result.address.len ? ", address: " : "",
                      &request->result.address);
    }

    ngx_ap_client_release(request);

    request->answered(request->data, &request->result);

    ngx_destroy_pool(pool);
}


static const char *
ngx_ap_client_ended(ngx_ap_client_request_t *request)
{
    switch (request->step) {

    case NGX_AP_CLIENT_QUEUED:
        return "queue";

    case NGX_AP_CLIENT_RESOLVING:
        return "resolve";

    case NGX_AP_CLIENT_RESOLVED:
        return request->result.rc == NGX_DECLINED ? "address" : "resolve";

    case NGX_AP_CLIENT_CONNECTING:
        return "connect";

    case NGX_AP_CLIENT_HANDSHAKING:
        return "tls";

    case NGX_AP_CLIENT_FAILING:
        return "url";

    default:
        return "answer";
    }
}


/* gives back all that is not in the pool */

static void
ngx_ap_client_release(ngx_ap_client_request_t *request)
{
    request->step = NGX_AP_CLIENT_FINISHED;

    ngx_queue_remove(&request->queue);

    if (request->timer.timer_set) {
        ngx_del_timer(&request->timer);
    }

    if (request->event.posted) {
        ngx_delete_posted_event(&request->event);
    }

    if (request->resolving) {
        ngx_resolve_name_done(request->resolving);
        request->resolving = NULL;
    }

    if (request->peer) {
        ngx_ap_client_drop(request);
    }

    if (request->host) {
        ngx_ap_client_leave(request);
    }
}


/* the connection of a request that has no more use for it */

void
ngx_ap_client_drop(ngx_ap_client_request_t *request)
{
    ngx_ap_client_peer_t  *peer;

    peer = request->peer;
    request->peer = NULL;

    ngx_ap_client_peer_close(peer);
}


/* a step has its own time, but not more than is left of all */

void
ngx_ap_client_step(ngx_ap_client_request_t *request, ngx_ap_client_step_e step,
    ngx_msec_t timeout)
{
    ngx_msec_int_t  left;

    left = (ngx_msec_int_t) (request->deadline - ngx_current_msec);
    left = ngx_max(left, 1);

    request->step = step;

    if (request->timer.timer_set) {
        ngx_del_timer(&request->timer);
    }

    ngx_add_timer(&request->timer, ngx_min(timeout, (ngx_msec_t) left));
}


static void
ngx_ap_client_timer_handler(ngx_event_t *ev)
{
    ngx_ap_client_request_t  *request;

    static const char  *doing[] = {
        "waiting for its turn",
        "resolving the host",
        "connecting",
        "connecting",
        "in the TLS handshake",
        "waiting for an answer",
        "reading the answer",
        "failing",
        "finished"
    };

    request = ev->data;

    if (request->step == NGX_AP_CLIENT_CONNECTING
        && request->tried < request->naddresses
        && (ngx_msec_int_t) (request->deadline - ngx_current_msec) > 0)
    {
        ngx_ap_client_drop(request);
        ngx_ap_client_connect(request);
        return;
    }

    ngx_ap_client_fail(request, NGX_ERROR, "timed out while %s",
                       doing[request->step]);
}


static void
ngx_ap_client_event_handler(ngx_event_t *ev)
{
    ngx_ap_client_request_t  *request;

    request = ev->data;

    if (request->step == NGX_AP_CLIENT_RESOLVED) {
        ngx_ap_client_resolved(request);
        return;
    }

    ngx_ap_client_finish(request);
}
