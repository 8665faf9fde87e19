
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     fetch -> next -> fetched -> read -> actor -> kept -> finish
 *               ^-------------------|
 *
 * The document behind a key's id is its actor; or that calls itself by
 * another id, which is fetched then; or it is the key alone, and its owner
 * is fetched.  Never more than three documents, and none because of an id
 * that is of another origin than the key's.
 */

#include "ngx_ap_arena.h"
#include "ngx_ap_fetch.h"
#include "ngx_ap_key_fetch.h"
#include "ngx_ap_key_parse.h"
#include "ngx_ap_key_search.h"
#include "ngx_ap_reader.h"


#define NGX_AP_KEY_FETCH_DOCUMENTS  3

/* of all documents, milliseconds */
#define NGX_AP_KEY_FETCH_TOTAL      20000


/* "ident" after three pointers: this is the data of a timer */

struct ngx_ap_key_fetch_s {
    ngx_pool_t                 *pool;
    ngx_ap_worker_t            *worker;
    ngx_ap_origin_t            *origin;
    ngx_int_t                   ident;

    ngx_ap_key_fetched_pt       handler;
    void                       *data;
    fedi_arena_t                arena;
    ngx_event_t                 timer;

    ngx_ap_fetch_t             *fetch;      /* under way, one of them */
    ngx_ap_pg_query_t          *call;
    ngx_ap_key_search_t         search;
    ngx_ap_store_actor_t        row;

    ngx_ap_reader_job_t        *jobs[NGX_AP_KEY_FETCH_DOCUMENTS];
    ngx_uint_t                  njobs;      /* large ones: theirs is the text */
    ngx_uint_t                  ndocuments;
};


static ngx_int_t ngx_ap_key_fetch_next(ngx_ap_key_fetch_t *fetch,
    fedi_str_t url);
static void ngx_ap_key_fetch_timer_handler(ngx_event_t *ev);
static void ngx_ap_key_fetch_fetched(void *data,
    const ngx_ap_fetch_result_t *result);
static ngx_int_t ngx_ap_key_fetch_read(ngx_ap_key_fetch_t *fetch,
    const ngx_ap_fetch_result_t *result);
static ngx_int_t ngx_ap_key_fetch_read_large(ngx_ap_key_fetch_t *fetch,
    const ngx_ap_fetch_result_t *result);
static void ngx_ap_key_fetch_read_done(void *data, ngx_int_t rc,
    const fedi_actor_reading_t *reading);
static ngx_int_t ngx_ap_key_fetch_judge(ngx_ap_key_fetch_t *fetch,
    const fedi_actor_reading_t *reading);
static ngx_int_t ngx_ap_key_fetch_keep(ngx_ap_key_fetch_t *fetch,
    const fedi_actor_t *actor, fedi_str_t pem);
static void ngx_ap_key_fetch_kept(void *data, ngx_int_t rc);
static ngx_int_t ngx_ap_key_fetch_refuse(ngx_ap_key_fetch_t *fetch,
    fedi_actor_e reason);
static void ngx_ap_key_fetch_finish(ngx_ap_key_fetch_t *fetch, ngx_int_t rc);
static ngx_str_t ngx_ap_key_fetch_string(fedi_str_t text);


ngx_ap_key_fetch_t *
ngx_ap_key_fetch(ngx_ap_worker_t *worker, ngx_ap_origin_t *origin,
    const ngx_str_t *key_id, ngx_ap_key_fetched_pt handler, void *data)
{
    fedi_id_t           *id;
    ngx_pool_t          *pool;
    ngx_ap_key_fetch_t  *fetch;

    pool = ngx_create_pool(4096, worker->log);
    if (pool == NULL) {
        return NULL;
    }

    fetch = ngx_pcalloc(pool, sizeof(ngx_ap_key_fetch_t));

    if (fetch != NULL) {
        fetch->pool = pool;
        fetch->worker = worker;
        fetch->origin = origin;
        fetch->ident = -1;
        fetch->handler = handler;
        fetch->data = data;
        fetch->arena = ngx_ap_arena(pool);

        id = &fetch->search.key_id;

        if (fedi_id_parse_fragment(&fetch->arena, &worker->conf->rules,
                                   ngx_ap_view(key_id), id)
            == FEDI_OK
            && ngx_ap_key_fetch_next(fetch, fedi_id_document(id))
               == NGX_AGAIN)
        {
            /* not cancelable: who waits is answered before the worker exits */

            fetch->timer.handler = ngx_ap_key_fetch_timer_handler;
            fetch->timer.data = fetch;
            fetch->timer.log = worker->log;

            ngx_add_timer(&fetch->timer, NGX_AP_KEY_FETCH_TOTAL);

            return fetch;
        }
    }

    ngx_destroy_pool(pool);

    return NULL;
}


void
ngx_ap_key_fetch_cancel(ngx_ap_key_fetch_t *fetch)
{
    ngx_uint_t  i;

    if (fetch->fetch) {
        ngx_ap_fetch_cancel(fetch->fetch);
    }

    if (fetch->call) {
        ngx_ap_store_cancel(fetch->call);
    }

    if (fetch->timer.timer_set) {
        ngx_del_timer(&fetch->timer);
    }

    for (i = 0; i < fetch->njobs; i++) {
        ngx_ap_reader_release(fetch->jobs[i]);
    }

    ngx_destroy_pool(fetch->pool);
}


static ngx_int_t
ngx_ap_key_fetch_next(ngx_ap_key_fetch_t *fetch, fedi_str_t url)
{
    if (fetch->ndocuments == NGX_AP_KEY_FETCH_DOCUMENTS) {
        return NGX_DECLINED;
    }

    fetch->ndocuments++;

    fetch->fetch = ngx_ap_fetch(fetch->worker, fetch->origin, url,
                                NGX_AP_FETCH_KEY, ngx_ap_key_fetch_fetched,
                                fetch);

    return fetch->fetch ? NGX_AGAIN : NGX_BUSY;
}


static void
ngx_ap_key_fetch_timer_handler(ngx_event_t *ev)
{
    ngx_ap_key_fetch_t *fetch = ev->data;

    ngx_log_error(NGX_LOG_INFO, fetch->worker->log, 0,
                  "activitypub: key \"%*s\" is not used: it took too long",
                  fetch->search.key_id.text.len,
                  fetch->search.key_id.text.data);

    ngx_ap_key_fetch_finish(fetch, NGX_ERROR);
}


static void
ngx_ap_key_fetch_fetched(void *data, const ngx_ap_fetch_result_t *result)
{
    ngx_ap_key_fetch_t *fetch = data;

    ngx_int_t  rc;

    fetch->fetch = NULL;
    rc = result->ours ? NGX_BUSY : result->rc;

    if (rc == NGX_OK) {
        rc = ngx_ap_key_fetch_read(fetch, result);
    }

    if (rc != NGX_AGAIN) {
        ngx_ap_key_fetch_finish(fetch, rc);
    }
}


static ngx_int_t
ngx_ap_key_fetch_read(ngx_ap_key_fetch_t *fetch,
    const ngx_ap_fetch_result_t *result)
{
    fedi_actor_reading_t  *reading;

    if (result->body.len > NGX_AP_READER_SMALL) {
        return ngx_ap_key_fetch_read_large(fetch, result);
    }

    reading = ngx_palloc(fetch->pool, sizeof(fedi_actor_reading_t));
    if (reading == NULL) {
        return NGX_BUSY;
    }

    fedi_actor_reading_take(&fetch->arena, &fetch->worker->conf->rules,
                            result->url, result->body, reading);

    return ngx_ap_key_fetch_judge(fetch, reading);
}


static ngx_int_t
ngx_ap_key_fetch_read_large(ngx_ap_key_fetch_t *fetch,
    const ngx_ap_fetch_result_t *result)
{
    ngx_ap_reader_job_t  *job;

    job = ngx_ap_reader_read_actor(fetch->worker->reader, result->url,
                                   result->body, ngx_ap_key_fetch_read_done,
                                   fetch);
    if (job == NULL) {
        return NGX_BUSY;
    }

    fetch->jobs[fetch->njobs++] = job;

    return NGX_AGAIN;
}


static void
ngx_ap_key_fetch_read_done(void *data, ngx_int_t rc,
    const fedi_actor_reading_t *reading)
{
    ngx_ap_key_fetch_t *fetch = data;

    rc = (rc == NGX_OK) ? ngx_ap_key_fetch_judge(fetch, reading) : NGX_BUSY;

    if (rc != NGX_AGAIN) {
        ngx_ap_key_fetch_finish(fetch, rc);
    }
}


static ngx_int_t
ngx_ap_key_fetch_judge(ngx_ap_key_fetch_t *fetch,
    const fedi_actor_reading_t *reading)
{
    fedi_str_t    found;
    fedi_actor_e  reason;

    if (reading->err != FEDI_OK) {
        return reading->err == FEDI_ENOMEM ? NGX_BUSY : NGX_DECLINED;
    }

    switch (ngx_ap_key_search(&fetch->search, reading, &found, &reason)) {

    case NGX_OK:
        return ngx_ap_key_fetch_keep(fetch, &reading->actor, found);

    case NGX_AGAIN:
        return ngx_ap_key_fetch_next(fetch, found);

    default: /* NGX_DECLINED */
        return ngx_ap_key_fetch_refuse(fetch, reason);
    }
}


static ngx_int_t
ngx_ap_key_fetch_keep(ngx_ap_key_fetch_t *fetch, const fedi_actor_t *actor,
    fedi_str_t pem)
{
    EVP_PKEY              *key;
    ngx_int_t              rc;
    ngx_ap_store_actor_t  *row;

    row = &fetch->row;

    row->uri = ngx_ap_key_fetch_string(actor->id.text);
    row->host = ngx_ap_key_fetch_string(actor->id.authority);
    row->inbox = ngx_ap_key_fetch_string(actor->inbox.text);
    row->shared_inbox = ngx_ap_key_fetch_string(actor->shared_inbox.text);
    row->key_id = ngx_ap_key_fetch_string(fetch->search.key_id.text);
    row->public_pem = ngx_ap_key_fetch_string(pem);

    /* one that we do not use may be another the next time: it is not kept */

    rc = ngx_ap_key_parse(&row->public_pem, &key);

    if (rc != NGX_OK) {
        return rc == NGX_ABORT
               ? ngx_ap_key_fetch_refuse(fetch, FEDI_ACTOR_BAD_KEY)
               : NGX_BUSY;
    }

    EVP_PKEY_free(key);

    fetch->call = ngx_ap_store_remote_actor_set(fetch->worker->store, row,
                                                ngx_ap_key_fetch_kept, fetch);

    return fetch->call ? NGX_AGAIN : NGX_BUSY;
}


static void
ngx_ap_key_fetch_kept(void *data, ngx_int_t rc)
{
    ngx_ap_key_fetch_t *fetch = data;

    fetch->call = NULL;

    /* what the database refuses is not what the peer has refused */

    ngx_ap_key_fetch_finish(fetch, rc == NGX_OK ? NGX_OK : NGX_BUSY);
}


static ngx_int_t
ngx_ap_key_fetch_refuse(ngx_ap_key_fetch_t *fetch, fedi_actor_e reason)
{
    fedi_str_t  text;

    text = fedi_actor_text(reason);

    ngx_log_error(NGX_LOG_INFO, fetch->worker->log, 0,
                  "activitypub: key \"%*s\" is not used: %*s",
                  fetch->search.key_id.text.len,
                  fetch->search.key_id.text.data,
                  text.len, text.data);

    if (reason == FEDI_ACTOR_FAILED) {
        return NGX_BUSY;
    }

    return reason == FEDI_ACTOR_BAD_KEY ? NGX_ABORT : NGX_DECLINED;
}


static void
ngx_ap_key_fetch_finish(ngx_ap_key_fetch_t *fetch, ngx_int_t rc)
{
    ngx_ap_store_key_t  key;

    key.actor = fetch->row.uri;
    key.public_pem = fetch->row.public_pem;
    key.fetched = ngx_time();

    fetch->handler(fetch->data, rc, rc == NGX_OK ? &key : NULL);

    ngx_ap_key_fetch_cancel(fetch);
}


static ngx_str_t
ngx_ap_key_fetch_string(fedi_str_t text)
{
    return (ngx_str_t) { text.len, (u_char *) text.data };
}
