
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The set of twins in the zone:
 *
 *     fill   -> run -> ask -> filled -> ask ... -> complete -> run
 *     change -> run -> ask -> changed -> run
 *
 * One query at a time, so that answers are applied in the order in which the
 * database gave them.  A change that is heard during a fill waits for its
 * end: its chunk may have been read before.  One that was heard before needs
 * nothing any more.
 *
 * Why a complete set has whatever was committed: a transaction was committed
 * before LISTEN was, and the fill that follows reads it; or it is committed
 * later, and its notification is heard, whatever number its row took and
 * however far the fill was, and is read by a statement that begins after it
 * was heard.  Where this chain breaks the set is in doubt: everything may
 * have changed, nobody listens or the listening connection does not answer,
 * a change could not be read, a predecessor left without a word.
 *
 * A set in doubt is used only while the database is away.  It stays until the
 * first chunk of the next one has come.
 */

#include "ngx_ap_retry.h"
#include "ngx_ap_twin_rows.h"
#include "ngx_ap_twins.h"


/* bytes of changes that wait; beyond, a fill is cheaper */
#define NGX_AP_TWINS_WAITING  (256 * 1024)


typedef struct {
    ngx_queue_t                 queue;
    ngx_str_t                   payload;    /* its bytes follow */
} ngx_ap_twins_change_t;


struct ngx_ap_twins_s {
    ngx_ap_worker_t            *worker;
    ngx_ap_cache_t             *cache;

    ngx_queue_t                 changes;
    size_t                      waiting;    /* bytes */

    ngx_ap_pg_query_t          *call;
    int64_t                     after;      /* last twin of the fill */
    ngx_ap_retry_t              retry;

    unsigned                    started:1;
    unsigned                    held:1;
    unsigned                    leaving:1;
    unsigned                    due:1;      /* a fill is */
    unsigned                    filling:1;
    unsigned                    full:1;     /* the zone; said once */
};


static void ngx_ap_twins_run(ngx_ap_twins_t *twins);
static void ngx_ap_twins_ask_chunk(ngx_ap_twins_t *twins);
static void ngx_ap_twins_filled(void *data, ngx_int_t rc,
    const ngx_ap_store_twin_t *rows, ngx_uint_t n);
static void ngx_ap_twins_complete(ngx_ap_twins_t *twins);
static void ngx_ap_twins_ask_change(ngx_ap_twins_t *twins);
static void ngx_ap_twins_changed(void *data, ngx_int_t rc,
    const ngx_ap_store_twin_t *rows, ngx_uint_t n);
static void ngx_ap_twins_full(ngx_ap_twins_t *twins);
static void ngx_ap_twins_failed(ngx_ap_twins_t *twins);
static void ngx_ap_twins_again(ngx_event_t *ev);
static void ngx_ap_twins_forget(ngx_ap_twins_t *twins);
static void ngx_ap_twins_done(ngx_ap_twins_t *twins,
    ngx_ap_twins_change_t *change);


ngx_ap_twins_t *
ngx_ap_twins_create(ngx_ap_worker_t *worker)
{
    ngx_ap_twins_t  *twins;

    twins = ngx_calloc(sizeof(ngx_ap_twins_t), worker->log);
    if (twins == NULL) {
        return NULL;
    }

    twins->worker = worker;
    twins->cache = worker->conf->cache;
    ngx_queue_init(&twins->changes);

    ngx_ap_retry_init(&twins->retry, ngx_ap_twins_again, twins, worker->log);

    return twins;
}


void
ngx_ap_twins_destroy(ngx_ap_twins_t *twins)
{
    ngx_ap_retry_stop(&twins->retry);

    /* it went with the store, and cannot be cancelled any more */

    twins->call = NULL;

    ngx_ap_twins_forget(twins);
    ngx_free(twins);
}


void
ngx_ap_twins_start(ngx_ap_twins_t *twins)
{
    twins->started = 1;
}


void
ngx_ap_twins_stop(ngx_ap_twins_t *twins)
{
    ngx_ap_retry_reset(&twins->retry);
    ngx_ap_twins_forget(twins);

    twins->started = 0;
    twins->held = 0;
    twins->due = 0;
    twins->filling = 0;
}


void
ngx_ap_twins_fill(ngx_ap_twins_t *twins)
{
    if (twins->leaving) {
        ngx_ap_cache_twins_begin(twins->cache);
        ngx_ap_twins_forget(twins);
        return;
    }

    ngx_ap_cache_twins_doubt(twins->cache);

    twins->due = 1;
    ngx_ap_twins_run(twins);
}


void
ngx_ap_twins_change(ngx_ap_twins_t *twins, ngx_str_t *payload)
{
    ngx_ap_twins_change_t  *change;

    if (!twins->started || (twins->due && !twins->filling)) {
        return;
    }

    change = NULL;

    if (twins->waiting + payload->len <= NGX_AP_TWINS_WAITING) {
        change = ngx_alloc(sizeof(ngx_ap_twins_change_t) + payload->len,
                           twins->worker->log);
    }

    if (change == NULL) {
        ngx_ap_twins_fill(twins);
        return;
    }

    change->payload.data = (u_char *) change + sizeof(ngx_ap_twins_change_t);
    change->payload.len = payload->len;
    ngx_memcpy(change->payload.data, payload->data, payload->len);

    ngx_queue_insert_tail(&twins->changes, &change->queue);
    twins->waiting += payload->len;

    ngx_ap_twins_run(twins);
}


void
ngx_ap_twins_hold(ngx_ap_twins_t *twins, ngx_uint_t hold)
{
    twins->held = hold;

    if (hold) {
        return;
    }

    if (ngx_ap_cache_twins_ready(twins->cache)) {
        ngx_ap_twins_run(twins);

    } else {
        ngx_ap_twins_fill(twins);
    }
}


void
ngx_ap_twins_leave(ngx_ap_twins_t *twins)
{
    twins->leaving = 1;

    if (twins->due || twins->filling) {
        ngx_ap_twins_stop(twins);
        ngx_ap_cache_twins_begin(twins->cache);
    }
}


ngx_uint_t
ngx_ap_twins_idle(ngx_ap_twins_t *twins)
{
    return twins->call == NULL && ngx_queue_empty(&twins->changes);
}


static void
ngx_ap_twins_run(ngx_ap_twins_t *twins)
{
    if (!twins->started
        || twins->held
        || twins->call
        || ngx_ap_retry_pending(&twins->retry))
    {
        return;
    }

    if (twins->due) {
        twins->due = 0;
        twins->filling = 1;
        twins->after = 0;

        ngx_ap_twins_forget(twins);
        ngx_ap_twins_ask_chunk(twins);

    } else if (!ngx_queue_empty(&twins->changes)) {
        ngx_ap_twins_ask_change(twins);
    }
}


static void
ngx_ap_twins_ask_chunk(ngx_ap_twins_t *twins)
{
    twins->call = ngx_ap_store_twins(twins->worker->store, twins->after,
                                     ngx_ap_twins_filled, twins);
    if (twins->call == NULL) {
        ngx_ap_twins_failed(twins);
    }
}


static void
ngx_ap_twins_filled(void *data, ngx_int_t rc,
    const ngx_ap_store_twin_t *rows, ngx_uint_t n)
{
    ngx_ap_twins_t *twins = data;

    twins->call = NULL;

    if (rc != NGX_OK) {
        ngx_ap_twins_failed(twins);
        return;
    }

    if (twins->after == 0) {
        ngx_ap_cache_twins_begin(twins->cache);
    }

    if (ngx_ap_twin_rows_add(twins->cache, rows, n) != NGX_OK) {
        ngx_ap_twins_full(twins);
        return;
    }

    if (n < NGX_AP_STORE_TWINS) {
        ngx_ap_twins_complete(twins);
        return;
    }

    twins->after = rows[n - 1].id;
    ngx_ap_twins_ask_chunk(twins);
}


static void
ngx_ap_twins_complete(ngx_ap_twins_t *twins)
{
    twins->filling = 0;
    twins->full = 0;
    ngx_ap_retry_reset(&twins->retry);

    /* everything may have changed once more meanwhile */

    if (!twins->due) {
        ngx_ap_cache_twins_complete(twins->cache);
    }

    ngx_ap_twins_run(twins);
}


static void
ngx_ap_twins_ask_change(ngx_ap_twins_t *twins)
{
    ngx_ap_twins_change_t  *change;

    change = ngx_queue_data(ngx_queue_head(&twins->changes),
                            ngx_ap_twins_change_t, queue);

    twins->call = ngx_ap_store_twins_at(twins->worker->store,
                                        &change->payload,
                                        ngx_ap_twins_changed, twins);
    if (twins->call == NULL) {
        ngx_ap_twins_failed(twins);
    }
}


static void
ngx_ap_twins_changed(void *data, ngx_int_t rc,
    const ngx_ap_store_twin_t *rows, ngx_uint_t n)
{
    ngx_ap_twins_t *twins = data;

    ngx_ap_twins_change_t  *change;

    twins->call = NULL;

    change = ngx_queue_data(ngx_queue_head(&twins->changes),
                            ngx_ap_twins_change_t, queue);

    if (rc != NGX_OK) {
        ngx_ap_twins_failed(twins);
        return;
    }

    if (ngx_ap_twin_rows_apply(twins->cache, &change->payload, rows, n)
        != NGX_OK)
    {
        ngx_ap_twins_full(twins);
        return;
    }

    ngx_ap_twins_done(twins, change);
    ngx_ap_twins_run(twins);
}


static void
ngx_ap_twins_full(ngx_ap_twins_t *twins)
{
    if (!twins->full) {
        ngx_log_error(NGX_LOG_ERR, twins->worker->log, 0,
                      "activitypub: the zone is too small for all pages that "
                      "have a document, each request asks the database");
        twins->full = 1;
    }

    ngx_ap_twins_failed(twins);
}


static void
ngx_ap_twins_failed(ngx_ap_twins_t *twins)
{
    twins->filling = 0;

    if (twins->leaving) {
        ngx_ap_twins_fill(twins);
        return;
    }

    ngx_ap_cache_twins_doubt(twins->cache);

    twins->due = 1;
    ngx_ap_retry_later(&twins->retry);
}


static void
ngx_ap_twins_again(ngx_event_t *ev)
{
    if (!ngx_exiting) {
        ngx_ap_twins_run(ev->data);
    }
}


static void
ngx_ap_twins_forget(ngx_ap_twins_t *twins)
{
    ngx_queue_t            *q;
    ngx_ap_twins_change_t  *change;

    if (twins->call) {
        ngx_ap_store_cancel(twins->call);
        twins->call = NULL;
    }

    while (!ngx_queue_empty(&twins->changes)) {
        q = ngx_queue_head(&twins->changes);
        change = ngx_queue_data(q, ngx_ap_twins_change_t, queue);

        ngx_ap_twins_done(twins, change);
    }
}


static void
ngx_ap_twins_done(ngx_ap_twins_t *twins, ngx_ap_twins_change_t *change)
{
    twins->waiting -= change->payload.len;

    ngx_queue_remove(&change->queue);
    ngx_free(change);
}
