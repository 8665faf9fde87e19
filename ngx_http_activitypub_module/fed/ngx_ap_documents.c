
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A document by its URL:
 *
 *     get -> zone -> answered at once
 *              |
 *              +---> join -> ask -> landed -> answer, for every wait
 *                      |      |                  |
 *                      +---> look ---------------+
 *
 * Of the workers of a node one asks; the others look for what it puts into
 * the zone, and ask when that does not come.
 *
 * The first who asks for an actor of the database makes its key: that flight
 * waits until the keyring has it, and asks again.
 *
 * An invalidation that arrives during a flight makes its answer worthless
 * for the zone and for those who ask later: they get a flight of their own.
 * Who joined before is answered all the same; it was true when they asked.
 * A flight that nobody waits for any more lands too, and fills the zone.
 */

#include "ngx_ap_documents.h"
#include "ngx_ap_flight.h"
#include "ngx_ap_keyring.h"
#include "ngx_ap_str.h"


/* milliseconds: how often a worker looks what another one has been told */
#define NGX_AP_DOCUMENTS_LOOK     5

/* after a count that failed, seconds */
#define NGX_AP_DOCUMENTS_REST  60

/* milliseconds that an asker waits for a key, and between two looks for it */
#define NGX_AP_DOCUMENTS_KEY      7000
#define NGX_AP_DOCUMENTS_KEYLESS  10


struct ngx_ap_documents_s {
    ngx_ap_flights_t            flights;
    time_t                      rest;       /* nothing is counted until then */
};


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
static ngx_ap_flight_t *ngx_ap_documents_join(ngx_ap_worker_t *worker,
    const ngx_ap_cache_key_t *key, ngx_uint_t slow);
static ngx_int_t ngx_ap_documents_ask(ngx_ap_flight_t *flight);
static void ngx_ap_documents_look(ngx_event_t *ev);
static void ngx_ap_documents_landed(void *data, ngx_int_t rc,
    const fedi_document_t *document);
static ngx_int_t ngx_ap_documents_await_key(ngx_ap_flight_t *flight,
    const fedi_document_t *document);
static void ngx_ap_documents_keyless(ngx_event_t *ev);
static void ngx_ap_documents_settle(ngx_ap_flight_t *flight, ngx_int_t rc,
    const fedi_document_t *document);
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


static ngx_ap_flight_t *
ngx_ap_documents_join(ngx_ap_worker_t *worker, const ngx_ap_cache_key_t *key,
    ngx_uint_t slow)
{
    ngx_ap_flight_t       *flight;
    ngx_ap_flights_t      *flights;
    ngx_ap_cache_stamp_t   stamp;

    flights = &worker->documents->flights;
    stamp = ngx_ap_cache_stamp(worker->conf->cache, key);

    flight = ngx_ap_flight_find(flights, key, stamp);
    if (flight != NULL) {
        return flight;
    }

    flight = ngx_ap_flight_create(flights, worker, key, stamp);
    if (flight == NULL) {
        return NULL;
    }

    flight->slow = slow;
    flight->claim = ngx_ap_cache_fill_claim(worker->conf->cache, key, stamp);

    if (flight->claim) {
        flight->look.handler = ngx_ap_documents_look;
        flight->look.data = flight;
        flight->look.log = worker->log;

        ngx_add_timer(&flight->look, NGX_AP_DOCUMENTS_LOOK);

        return flight;
    }

    if (ngx_ap_documents_ask(flight) != NGX_OK) {
        ngx_ap_flight_free(flight);
        return NULL;
    }

    return flight;
}


static ngx_int_t
ngx_ap_documents_ask(ngx_ap_flight_t *flight)
{
    ngx_ap_worker_t  *worker;

    worker = flight->worker;

    if (ngx_ap_store_document(worker->store, &flight->key.origin,
                              &flight->key.path, &flight->key.query,
                              flight->slow, ngx_ap_documents_landed, flight)
        == NULL)
    {
        ngx_ap_cache_fill_settle(worker->conf->cache, &flight->key);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * Who waited in vain asks at once, whoever else does: what did not come into
 * the zone by the first answer will not by the next.
 */

static void
ngx_ap_documents_look(ngx_event_t *ev)
{
    ngx_int_t         rc;
    ngx_pool_t       *pool;
    ngx_ap_cache_t   *cache;
    fedi_document_t   document;
    ngx_ap_flight_t  *flight;

    flight = ev->data;
    cache = flight->worker->conf->cache;

    pool = ngx_create_pool(NGX_MIN_POOL_SIZE, ev->log);
    if (pool == NULL) {
        ngx_ap_documents_settle(flight, NGX_ERROR, NULL);
        return;
    }

    rc = ngx_ap_cache_find(cache, &flight->key, pool, &document);

    if (rc == NGX_OK) {
        ngx_ap_documents_settle(flight, NGX_OK, &document);

    } else if (ngx_ap_cache_fill_awaited(cache, &flight->key, flight->claim)) {
        ngx_add_timer(ev, NGX_AP_DOCUMENTS_LOOK);

    } else {

        /* the query begins now, and so it is true for who comes now */

        flight->stamp = ngx_ap_cache_stamp(cache, &flight->key);
        (void) ngx_ap_cache_fill_claim(cache, &flight->key, flight->stamp);

        if (ngx_ap_documents_ask(flight) != NGX_OK) {
            ngx_ap_documents_settle(flight, NGX_ERROR, NULL);
        }
    }

    ngx_destroy_pool(pool);
}


static void
ngx_ap_documents_landed(void *data, ngx_int_t rc,
    const fedi_document_t *document)
{
    ngx_ap_flight_t *flight = data;

    fedi_document_t  fresh;

    if (rc == NGX_AGAIN) {

        if (ngx_ap_documents_await_key(flight, document) == NGX_OK) {
            return;
        }

        rc = NGX_ERROR;
    }

    if (rc == NGX_OK) {
        fresh = *document;

        if (!fedi_document_stamp(&fresh)) {
            rc = NGX_ERROR;

        } else {
            ngx_ap_cache_store(flight->worker->conf->cache, &flight->key,
                               flight->stamp, &fresh);
        }
    }

    /* what was too much for the database is not tried by each who asks */

    if (rc == NGX_ERROR && flight->slow
        && ngx_ap_store_ready(flight->worker->store))
    {
        flight->worker->documents->rest = ngx_time() + NGX_AP_DOCUMENTS_REST;
    }

    ngx_ap_cache_fill_settle(flight->worker->conf->cache, &flight->key);
    ngx_ap_documents_settle(flight, rc, &fresh);
}


/* NGX_OK: the flight goes on; else it ends as it is */

static ngx_int_t
ngx_ap_documents_await_key(ngx_ap_flight_t *flight,
    const fedi_document_t *document)
{
    ngx_int_t  rc;
    ngx_str_t  actor;

    if (ngx_exiting) {
        return NGX_DECLINED;
    }

    flight->asked = ngx_current_msec;

    if (flight->look.handler != ngx_ap_documents_keyless) {
        actor.data = (u_char *) document->uri.data;
        actor.len = document->uri.len;

        rc = ngx_ap_keyring_hurry(flight->worker->keyring, &actor);

        if (rc != NGX_OK) {
            return rc;
        }

        flight->keyless = flight->asked;

        flight->look.handler = ngx_ap_documents_keyless;
        flight->look.data = flight;
        flight->look.log = flight->worker->log;

    } else if (flight->asked - flight->keyless >= NGX_AP_DOCUMENTS_KEY) {
        return NGX_DECLINED;
    }

    ngx_add_timer(&flight->look, NGX_AP_DOCUMENTS_KEYLESS);

    return NGX_OK;
}


/* a key that is set is a change like any other; nobody may be listening */

static void
ngx_ap_documents_keyless(ngx_event_t *ev)
{
    ngx_ap_cache_t        *cache;
    ngx_ap_flight_t       *flight;
    ngx_ap_cache_stamp_t   stamp;

    flight = ev->data;
    cache = flight->worker->conf->cache;
    stamp = ngx_ap_cache_stamp(cache, &flight->key);

    if (stamp.epoch == flight->stamp.epoch
        && stamp.generation == flight->stamp.generation
        && ngx_current_msec - flight->asked < 1000
        && !ngx_exiting)
    {
        ngx_add_timer(ev, NGX_AP_DOCUMENTS_KEYLESS);
        return;
    }

    flight->stamp = stamp;
    (void) ngx_ap_cache_fill_claim(cache, &flight->key, stamp);

    if (ngx_ap_documents_ask(flight) != NGX_OK) {
        ngx_ap_documents_settle(flight, NGX_ERROR, NULL);
    }
}


static void
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
