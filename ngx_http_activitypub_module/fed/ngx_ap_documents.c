
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A document by its URL:
 *
 *     get -> zone -> answered at once
 *              |
 *              +---> flight -> settle -> answer, for every wait
 *
 * An invalidation that arrives during a flight makes its answer worthless
 * for the zone and for those who ask later: they get a flight of their own.
 * Who joined before is answered all the same; it was true when they asked.
 * A flight that nobody waits for any more lands too, and fills the zone.
 */

#include "ngx_ap_documents_internal.h"


struct ngx_ap_documents_wait_s {
    ngx_queue_t                 queue;
    ngx_ap_flight_t            *flight;     /* NULL: answered or cancelled */
    ngx_pool_t                 *pool;
    ngx_ap_documents_pt         handler;
    void                       *data;
};


static ngx_ap_documents_wait_t *ngx_ap_documents_wait(ngx_pool_t *pool,
    ngx_ap_documents_pt handler, void *data);
static void ngx_ap_documents_cleanup(void *data);
static ngx_int_t ngx_ap_documents_find(ngx_ap_worker_t *worker,
    ngx_pool_t *pool, const ngx_ap_cache_key_t *key, ngx_uint_t slow,
    fedi_document_t *document, ngx_ap_documents_pt handler, void *data,
    ngx_ap_documents_wait_t **wait);
static ngx_ap_documents_wait_t *ngx_ap_documents_next(ngx_queue_t *waits);
static void ngx_ap_documents_answer(ngx_ap_documents_wait_t *wait,
    ngx_ap_flight_t *flight, ngx_int_t rc, const fedi_document_t *document);
static ngx_int_t ngx_ap_documents_copy(ngx_pool_t *pool, fedi_document_t *to,
    const fedi_document_t *from);


ngx_ap_documents_t *
ngx_ap_documents_create(ngx_log_t *log)
{
    ngx_ap_documents_t  *documents;

    documents = ngx_alloc(sizeof(ngx_ap_documents_t), log);
    if (documents == NULL) {
        return NULL;
    }

    ngx_ap_flights_init(&documents->flights);
    documents->rest = 0;

    return documents;
}


void
ngx_ap_documents_destroy(ngx_ap_documents_t *documents)
{
    ngx_queue_t      *all;
    ngx_ap_flight_t  *flight;

    all = &documents->flights.all;

    while (!ngx_queue_empty(all)) {
        flight = ngx_queue_data(ngx_queue_head(all), ngx_ap_flight_t, queue);

        while (ngx_ap_documents_next(&flight->waits)) { /* void */ }

        /* other workers need not wait for what will not come */

        if (!flight->look.timer_set) {
            ngx_ap_cache_fill_settle(flight->worker->conf->cache,
                                     &flight->key);
        }

        ngx_ap_flight_free(flight);
    }

    ngx_free(documents);
}


ngx_int_t
ngx_ap_documents_get(ngx_ap_worker_t *worker, ngx_pool_t *pool,
    const ngx_ap_cache_key_t *key, fedi_document_t *document,
    ngx_ap_documents_pt handler, void *data, ngx_ap_documents_wait_t **wait)
{
    return ngx_ap_documents_find(worker, pool, key, 0, document, handler,
                                 data, wait);
}


ngx_int_t
ngx_ap_documents_count(ngx_ap_worker_t *worker, ngx_pool_t *pool,
    const ngx_ap_cache_key_t *key, fedi_document_t *document,
    ngx_ap_documents_pt handler, void *data, ngx_ap_documents_wait_t **wait)
{
    return ngx_ap_documents_find(worker, pool, key, 1, document, handler,
                                 data, wait);
}


static ngx_int_t
ngx_ap_documents_find(ngx_ap_worker_t *worker, ngx_pool_t *pool,
    const ngx_ap_cache_key_t *key, ngx_uint_t slow, fedi_document_t *document,
    ngx_ap_documents_pt handler, void *data, ngx_ap_documents_wait_t **wait)
{
    ngx_int_t                 rc;
    ngx_ap_flight_t          *flight;
    ngx_ap_documents_wait_t  *w;

    rc = ngx_ap_cache_find(worker->conf->cache, key, pool, document);

    /* what is served meanwhile is to be asked for again soon */

    if (!ngx_ap_store_ready(worker->store)) {
        ngx_ap_store_hurry(worker->store);
    }

    if (rc == NGX_OK || rc == NGX_ERROR) {
        return rc;
    }

    /* what was true when the database went away is better than nothing */

    if (rc == NGX_AGAIN && !ngx_ap_store_ready(worker->store)) {
        return NGX_OK;
    }

    if (slow && ngx_time() < worker->documents->rest) {
        return rc == NGX_AGAIN ? NGX_OK : NGX_ERROR;
    }

    w = ngx_ap_documents_wait(pool, handler, data);
    if (w == NULL) {
        return NGX_ERROR;
    }

    flight = ngx_ap_documents_join(worker, key, slow);
    if (flight == NULL) {
        return NGX_ERROR;
    }

    w->flight = flight;
    ngx_queue_insert_tail(&flight->waits, &w->queue);

    if (wait) {
        *wait = w;
    }

    return NGX_AGAIN;
}


void
ngx_ap_documents_cancel(ngx_ap_documents_wait_t *wait)
{
    if (wait->flight) {
        ngx_queue_remove(&wait->queue);
        wait->flight = NULL;
    }
}


static ngx_ap_documents_wait_t *
ngx_ap_documents_wait(ngx_pool_t *pool, ngx_ap_documents_pt handler,
    void *data)
{
    ngx_pool_cleanup_t       *cln;
    ngx_ap_documents_wait_t  *wait;

    cln = ngx_pool_cleanup_add(pool, sizeof(ngx_ap_documents_wait_t));
    if (cln == NULL) {
        return NULL;
    }

    wait = cln->data;

    wait->flight = NULL;
    wait->pool = pool;
    wait->handler = handler;
    wait->data = data;

    cln->handler = ngx_ap_documents_cleanup;

    return wait;
}


static void
ngx_ap_documents_cleanup(void *data)
{
    ngx_ap_documents_cancel(data);
}


void
ngx_ap_documents_settle(ngx_ap_flight_t *flight, ngx_int_t rc,
    const fedi_document_t *document)
{
    ngx_ap_documents_wait_t  *wait;

    /* nobody joins from here on, also not out of a handler */

    ngx_ap_flight_close(flight);

    /* a handler may cancel any other wait: the queue is read anew each time */

    for ( ;; ) {
        wait = ngx_ap_documents_next(&flight->waits);

        if (wait == NULL) {
            break;
        }

        ngx_ap_documents_answer(wait, flight, rc, document);
    }

    ngx_ap_flight_free(flight);
}


/* takes the first wait out of its flight, so that cancelling it does nothing */

static ngx_ap_documents_wait_t *
ngx_ap_documents_next(ngx_queue_t *waits)
{
    ngx_queue_t              *q;
    ngx_ap_documents_wait_t  *wait;

    if (ngx_queue_empty(waits)) {
        return NULL;
    }

    q = ngx_queue_head(waits);
    wait = ngx_queue_data(q, ngx_ap_documents_wait_t, queue);

    ngx_ap_documents_cancel(wait);

    return wait;
}


static void
ngx_ap_documents_answer(ngx_ap_documents_wait_t *wait,
    ngx_ap_flight_t *flight, ngx_int_t rc, const fedi_document_t *document)
{
    fedi_document_t  copy;

    if (rc == NGX_OK) {
        rc = ngx_ap_documents_copy(wait->pool, &copy, document);

    } else if (rc == NGX_ERROR) {

        /* perhaps another worker had more luck; else stale, if not wrong */

        rc = ngx_ap_cache_find(flight->worker->conf->cache, &flight->key,
                               wait->pool, &copy);

        rc = (rc == NGX_OK || rc == NGX_AGAIN) ? NGX_OK : NGX_ERROR;
    }

    wait->handler(wait->data, rc, rc == NGX_OK ? &copy : NULL);
}


static ngx_int_t
ngx_ap_documents_copy(ngx_pool_t *pool, fedi_document_t *to,
    const fedi_document_t *from)
{
    char  *p;

    p = ngx_pnalloc(pool, fedi_document_len(from));
    if (p == NULL) {
        return NGX_ERROR;
    }

    fedi_document_copy(to, from, p);

    return NGX_OK;
}
