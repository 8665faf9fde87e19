
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The connections of a worker.  The listening one goes
 *
 *     up -> listen -> listening -> keepalive ... -> deaf
 *
 * and starts again with each connection.
 */

#include "ngx_ap_store_internal.h"


static ngx_ap_pg_t *ngx_ap_store_connection(ngx_ap_store_t *store,
    const ngx_ap_pg_conninfo_t *conninfo, const char *label);
static ngx_int_t ngx_ap_store_greeted(void *data,
    const ngx_ap_pg_result_t *result, ngx_str_t *reason);
static void ngx_ap_store_changed(void *data, ngx_uint_t up,
    ngx_str_t *reason);
static void ngx_ap_store_listener_changed(void *data, ngx_uint_t up,
    ngx_str_t *reason);
static void ngx_ap_store_listen(ngx_ap_store_t *store);
static void ngx_ap_store_listened(void *data,
    const ngx_ap_pg_result_t *result);
static void ngx_ap_store_notified(void *data, const char *channel,
    const char *payload);
static void ngx_ap_store_keepalive_handler(ngx_event_t *ev);


/* how soon a dead peer is noticed by who only listens */
#define NGX_AP_STORE_KEEPALIVE  30000


static const char  ngx_ap_store_pipeline[] = "pipeline";
static const char  ngx_ap_store_bulk[] = "bulk";
static const char  ngx_ap_store_listener[] = "listener";


ngx_ap_store_t *
ngx_ap_store_create(const ngx_ap_pg_conninfo_t *conninfo,
    const ngx_ap_store_events_t *events, ngx_log_t *log)
{
    ngx_ap_store_t  *store;

    store = ngx_calloc(sizeof(ngx_ap_store_t), log);
    if (store == NULL) {
        return NULL;
    }

    store->events = *events;
    store->log = log;
    store->ident = -1;

    ngx_queue_init(&store->calls);

    store->keepalive.handler = ngx_ap_store_keepalive_handler;
    store->keepalive.data = store;
    store->keepalive.log = log;
    store->keepalive.cancelable = 1;

    store->pipeline = ngx_ap_store_connection(store, conninfo,
                                              ngx_ap_store_pipeline);
    store->bulk = ngx_ap_store_connection(store, conninfo,
                                          ngx_ap_store_bulk);

    if (events->listen) {
        store->listener = ngx_ap_store_connection(store, conninfo,
                                                  ngx_ap_store_listener);
    }

    if (store->pipeline == NULL
        || store->bulk == NULL
        || (events->listen && store->listener == NULL))
    {
        ngx_ap_store_destroy(store);
        return NULL;
    }

    return store;
}


static ngx_ap_pg_t *
ngx_ap_store_connection(ngx_ap_store_t *store,
    const ngx_ap_pg_conninfo_t *conninfo, const char *label)
{
    ngx_ap_pg_options_t  options;

    ngx_memzero(&options, sizeof(ngx_ap_pg_options_t));

    options.label = label;
    options.statements = ngx_ap_statements;
    options.nstatements = NGX_AP_STATEMENTS;
    options.greeted = ngx_ap_store_greeted;
    options.data = store;

    if (label == ngx_ap_store_pipeline) {
        options.changed = ngx_ap_store_changed;

    } else if (label == ngx_ap_store_listener) {
        options.changed = ngx_ap_store_listener_changed;
        options.notified = ngx_ap_store_notified;
        options.keep = 1;

    } else {
        options.lazy = 1;
    }

    return ngx_ap_pg_create(conninfo, &options, store->log);
}


void
ngx_ap_store_destroy(ngx_ap_store_t *store)
{
    if (store->keepalive.timer_set) {
        ngx_del_timer(&store->keepalive);
    }

    if (store->pipeline) {
        ngx_ap_pg_destroy(store->pipeline);
    }

    if (store->bulk) {
        ngx_ap_pg_destroy(store->bulk);
    }

    if (store->listener) {
        ngx_ap_pg_destroy(store->listener);
    }

    ngx_ap_store_calls_free(store);

    ngx_free(store);
}


void
ngx_ap_store_listen_end(ngx_ap_store_t *store)
{
    if (store->listener) {
        ngx_ap_pg_let_go(store->listener);
    }
}


ngx_uint_t
ngx_ap_store_ready(ngx_ap_store_t *store)
{
    return ngx_ap_pg_ready(store->pipeline);
}


void
ngx_ap_store_hurry(ngx_ap_store_t *store)
{
    ngx_ap_pg_hurry(store->pipeline);
}


static ngx_int_t
ngx_ap_store_greeted(void *data, const ngx_ap_pg_result_t *result,
    ngx_str_t *reason)
{
    ngx_ap_store_t  *store = data;

    return ngx_ap_schema_check(result, store->reason, sizeof(store->reason),
                               reason);
}


static void
ngx_ap_store_changed(void *data, ngx_uint_t up, ngx_str_t *reason)
{
    ngx_ap_store_t  *store = data;

    if (up && store->listener) {
        ngx_ap_pg_wake(store->listener);
    }

    store->events.changed(store->events.data, up, reason);
}


static void
ngx_ap_store_listener_changed(void *data, ngx_uint_t up, ngx_str_t *reason)
{
    ngx_ap_store_t  *store = data;

    if (up) {
        ngx_ap_pg_wake(store->pipeline);

        /* no memory: the keepalive comes to nothing too, and then we retry */

        ngx_ap_store_listen(store);

        ngx_add_timer(&store->keepalive, NGX_AP_STORE_KEEPALIVE);
        return;
    }

    if (store->keepalive.timer_set) {
        ngx_del_timer(&store->keepalive);
    }

    if (store->listening) {
        ngx_log_error(NGX_LOG_INFO, store->log, 0,
                      "database notifications stopped: %V", reason);

        store->listening = 0;
        store->events.deaf(store->events.data);
    }
}


/* both are in force when the second one is answered */

static void
ngx_ap_store_listen(ngx_ap_store_t *store)
{
    (void) ngx_ap_pg_query(store->listener, NGX_AP_STATEMENT_LISTEN_WORK, 0,
                           NULL, NULL, NULL);

    (void) ngx_ap_pg_query(store->listener, NGX_AP_STATEMENT_LISTEN, 0,
                           NULL, ngx_ap_store_listened, store);
}


static void
ngx_ap_store_listened(void *data, const ngx_ap_pg_result_t *result)
{
    ngx_ap_store_t  *store = data;

    if (result->rc == NGX_OK) {
        ngx_log_error(NGX_LOG_INFO, store->log, 0,
                      "database notifications started");

        store->listening = 1;
        store->events.listening(store->events.data);
        return;
    }

    /* otherwise the connection is lost, and the next one listens */

    if (result->rc == NGX_DECLINED) {
        ngx_log_error(NGX_LOG_ERR, store->log, 0,
                      "database refused statement \"listen\": %s",
                      ngx_ap_pg_message(result->rows));
    }
}


static void
ngx_ap_store_notified(void *data, const char *channel, const char *payload)
{
    ngx_ap_store_t  *store = data;

    ngx_str_t  text;

    ngx_log_debug2(NGX_LOG_DEBUG_EVENT, store->log, 0,
                   "database notified \"%s\": %s", channel, payload);

    text.data = (u_char *) payload;
    text.len = strlen(payload);

    if (ngx_strcmp(channel, "activitypub_work") == 0) {
        store->events.work(store->events.data, &text);
        return;
    }

    store->events.notified(store->events.data, &text);
}


/* an unanswered round trip drops the connection, and that is all we want */

static void
ngx_ap_store_keepalive_handler(ngx_event_t *ev)
{
    ngx_ap_store_t  *store = ev->data;

    if (ngx_exiting) {
        return;
    }

    if (store->listening) {
        (void) ngx_ap_pg_query(store->listener, NGX_AP_STATEMENT_SCHEMA, 0,
                               NULL, NULL, NULL);
    } else {
        ngx_ap_store_listen(store);
    }

    ngx_add_timer(&store->keepalive, NGX_AP_STORE_KEEPALIVE);
}
