
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How a flight gets its document:
 *
 *     join -> ask -> landed -> settle
 *       |      |        |
 *       |      +--- keyless
 *       |
 *       +---> look -> settle, or ask
 *
 * Of the workers of a node one asks; the others look for what it puts into
 * the zone, and ask when that does not come.
 *
 * The first who asks for an actor of the database makes its key: that flight
 * waits until the keyring has it, and asks again.
 */

#include "ngx_ap_documents_internal.h"
#include "ngx_ap_keyring.h"


/* milliseconds: how often a worker looks what another one has been told */
#define NGX_AP_DOCUMENTS_LOOK     5

/* after a count that failed, seconds */
#define NGX_AP_DOCUMENTS_REST     60

/* milliseconds that an asker waits for a key, and between two looks for it */
#define NGX_AP_DOCUMENTS_KEY      7000
#define NGX_AP_DOCUMENTS_KEYLESS  10


static ngx_int_t ngx_ap_documents_ask(ngx_ap_flight_t *flight);
static void ngx_ap_documents_look(ngx_event_t *ev);
static void ngx_ap_documents_landed(void *data, ngx_int_t rc,
    const fedi_document_t *document);
static ngx_int_t ngx_ap_documents_await_key(ngx_ap_flight_t *flight,
    const fedi_document_t *document);
static void ngx_ap_documents_keyless(ngx_event_t *ev);


ngx_ap_flight_t *
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
