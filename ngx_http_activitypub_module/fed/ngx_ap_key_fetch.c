
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     fetch -> next -> fetched -> read -> judge -> keep -> kept -> finish
 *               ^---------------------------|                |
 *               ^--------------------------------------------|
 *
 * The document behind a key's id is its actor; or that calls itself by
 * another id, which is fetched then; or it is the key alone, and its owner
 * is fetched.  If the database says that the key is another actor's, that one
 * is fetched as well, and has to have given it up.  Never more than four
 * documents, and none because of an id that is of another origin than the
 * key's.
 */

#include "ngx_ap_arena.h"
#include "ngx_ap_cache_remote.h"
#include "ngx_ap_fetch.h"
#include "ngx_ap_key_fetch.h"
#include "ngx_ap_key_parse.h"
#include "ngx_ap_key_search.h"
#include "ngx_ap_reader.h"


#define NGX_AP_KEY_FETCH_DOCUMENTS  4

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
    fedi_fetched_row_t         *row;
    ngx_ap_store_key_t          key;

    fedi_id_t                   had;        /* the key, by our database */
    ngx_str_t                   over;       /* and has lost it */

    ngx_ap_reader_job_t        *jobs[NGX_AP_KEY_FETCH_DOCUMENTS];
    ngx_uint_t                  njobs;      /* large ones: theirs is the text */
    ngx_uint_t                  ndocuments;

    unsigned                    direct:1;   /* of the URL of the id itself */
    unsigned                    rival:1;    /* "had" is being asked */
    unsigned                    answered:1; /* and not that it is busy */
};


static ngx_int_t ngx_ap_key_fetch_next(ngx_ap_key_fetch_t *fetch,
    fedi_str_t url);
static void ngx_ap_key_fetch_timer_handler(ngx_event_t *ev);
static void ngx_ap_key_fetch_fetched(void *data,
    const ngx_ap_fetch_result_t *result);
static ngx_int_t ngx_ap_key_fetch_read(ngx_ap_key_fetch_t *fetch,
    const fedi_answer_t *answer);
static ngx_int_t ngx_ap_key_fetch_read_large(ngx_ap_key_fetch_t *fetch,
    const fedi_answer_t *answer);
static void ngx_ap_key_fetch_read_done(void *data, ngx_int_t rc,
    fedi_actor_e reason, const fedi_fetched_t *document,
    const fedi_id_t *elsewhere);
static ngx_int_t ngx_ap_key_fetch_judge(ngx_ap_key_fetch_t *fetch,
    fedi_actor_e reason, const fedi_fetched_t *document,
    const fedi_id_t *elsewhere);
static ngx_int_t ngx_ap_key_fetch_judge_rival(ngx_ap_key_fetch_t *fetch,
    fedi_actor_e reason, const fedi_fetched_t *document);
static ngx_int_t ngx_ap_key_fetch_take(ngx_ap_key_fetch_t *fetch,
    const fedi_fetched_t *document);
static ngx_int_t ngx_ap_key_fetch_keep(ngx_ap_key_fetch_t *fetch);
static void ngx_ap_key_fetch_kept(void *data, ngx_int_t rc,
    const ngx_str_t *other);
static ngx_int_t ngx_ap_key_fetch_rival(ngx_ap_key_fetch_t *fetch,
    const ngx_str_t *other);
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

    fetch->answered = 0;

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
    fetch->direct = (fetch->ndocuments == 1 && result->nhops == 1);

    fetch->answered = (result->status != 0 && result->status != 429
                       && result->status != 503);

    rc = result->ours ? NGX_BUSY : result->rc;

    if (rc == NGX_OK) {
        rc = ngx_ap_key_fetch_read(fetch, &result->answer);

    } else if (rc == NGX_DECLINED && result->gone) {
        rc = ngx_ap_key_fetch_judge(fetch, FEDI_ACTOR_GONE, NULL, NULL);

    } else if (rc == NGX_DECLINED && fetch->rival && result->status == 404) {
        rc = ngx_ap_key_fetch_judge(fetch, FEDI_ACTOR_STATUS, NULL, NULL);
    }

    if (rc != NGX_AGAIN) {
        ngx_ap_key_fetch_finish(fetch, rc);
    }
}


static ngx_int_t
ngx_ap_key_fetch_read(ngx_ap_key_fetch_t *fetch, const fedi_answer_t *answer)
{
    fedi_id_t        elsewhere;
    fedi_actor_e     reason;
    fedi_fetched_t  *document;

    if (answer->body.len > NGX_AP_READER_SMALL) {
        return ngx_ap_key_fetch_read_large(fetch, answer);
    }

    reason = fedi_fetched_accept(&fetch->arena, &fetch->worker->conf->rules,
                                 answer, &document, &elsewhere);

    return ngx_ap_key_fetch_judge(fetch, reason, document, &elsewhere);
}


static ngx_int_t
ngx_ap_key_fetch_read_large(ngx_ap_key_fetch_t *fetch,
    const fedi_answer_t *answer)
{
    ngx_ap_reader_job_t  *job;

    job = ngx_ap_reader_read_actor(fetch->worker->reader, answer,
                                   ngx_ap_key_fetch_read_done, fetch);
    if (job == NULL) {
        return NGX_BUSY;
    }

    fetch->jobs[fetch->njobs++] = job;

    return NGX_AGAIN;
}


static void
ngx_ap_key_fetch_read_done(void *data, ngx_int_t rc, fedi_actor_e reason,
    const fedi_fetched_t *document, const fedi_id_t *elsewhere)
{
    ngx_ap_key_fetch_t *fetch = data;

    rc = (rc == NGX_OK) ? ngx_ap_key_fetch_judge(fetch, reason, document,
                                                 elsewhere)
                        : NGX_BUSY;

    if (rc != NGX_AGAIN) {
        ngx_ap_key_fetch_finish(fetch, rc);
    }
}


static ngx_int_t
ngx_ap_key_fetch_judge(ngx_ap_key_fetch_t *fetch, fedi_actor_e reason,
    const fedi_fetched_t *document, const fedi_id_t *elsewhere)
{
    fedi_str_t  next;

    if (fetch->rival) {
        return ngx_ap_key_fetch_judge_rival(fetch, reason, document);
    }

    switch (ngx_ap_key_search(&fetch->search, ngx_time(), document, elsewhere,
                              &reason, &next))
    {

    case NGX_OK:
        return ngx_ap_key_fetch_take(fetch, document);

    case NGX_AGAIN:
        return ngx_ap_key_fetch_next(fetch, next);

    default: /* NGX_DECLINED */
        return ngx_ap_key_fetch_refuse(fetch, reason);
    }
}


/*
 * A key changes hands when both of them say so: the one who has it lists it,
 * and the one who had it does not, or is no more.
 */

static ngx_int_t
ngx_ap_key_fetch_judge_rival(ngx_ap_key_fetch_t *fetch, fedi_actor_e reason,
    const fedi_fetched_t *document)
{
    if (reason == FEDI_ACTOR_FAILED) {
        return NGX_BUSY;
    }

    if (reason != FEDI_ACTOR_GONE && reason != FEDI_ACTOR_STATUS
        && !ngx_ap_key_search_is_lost(&fetch->search, &fetch->had, document))
    {
        return ngx_ap_key_fetch_refuse(fetch, FEDI_ACTOR_KEY_OWNER);
    }

    fetch->over = ngx_ap_key_fetch_string(fetch->had.text);

    return ngx_ap_key_fetch_keep(fetch);
}


static ngx_int_t
ngx_ap_key_fetch_take(ngx_ap_key_fetch_t *fetch,
    const fedi_fetched_t *document)
{
    EVP_PKEY                *key;
    ngx_int_t                rc;
    const fedi_actor_key_t  *found;

    found = fetch->search.found;

    fetch->key.actor = ngx_ap_key_fetch_string(
                           fedi_fetched_actor(document)->id.text);
    fetch->key.text = ngx_ap_key_fetch_string(found->text);
    fetch->key.expires = found->until;

    /* one that we do not use may be another the next time: it is not kept */

    rc = ngx_ap_key_parse(&fetch->key.text, &key);

    if (rc != NGX_OK) {
        return rc == NGX_ABORT
               ? ngx_ap_key_fetch_refuse(fetch, FEDI_ACTOR_BAD_KEY)
               : NGX_BUSY;
    }

    EVP_PKEY_free(key);

    fetch->row = fedi_fetched_row(&fetch->arena, document,
                                  &fetch->search.key_id, found);

    return fetch->row ? ngx_ap_key_fetch_keep(fetch) : NGX_BUSY;
}


static ngx_int_t
ngx_ap_key_fetch_keep(ngx_ap_key_fetch_t *fetch)
{
    /* this node does not wait for the notification */

    (void) ngx_ap_cache_remote_add(fetch->worker->conf->cache,
                                   &fetch->key.actor);

    fetch->call = ngx_ap_store_remote_actor_keep(fetch->worker->store,
                                                 fetch->row, &fetch->over,
                                                 ngx_ap_key_fetch_kept, fetch);

    return fetch->call ? NGX_AGAIN : NGX_BUSY;
}


static void
ngx_ap_key_fetch_kept(void *data, ngx_int_t rc, const ngx_str_t *other)
{
    ngx_ap_key_fetch_t *fetch = data;

    fetch->call = NULL;

    if (rc == NGX_OK && other->len) {
        rc = ngx_ap_key_fetch_rival(fetch, other);

        if (rc == NGX_AGAIN) {
            return;
        }
    }

    /* what the database refuses is not what the peer has refused */

    ngx_ap_key_fetch_finish(fetch, rc == NGX_OK ? NGX_OK : NGX_BUSY);
}


static ngx_int_t
ngx_ap_key_fetch_rival(ngx_ap_key_fetch_t *fetch, const ngx_str_t *other)
{
    /* a second one: somebody else is at it, too */

    if (fetch->rival
        || fedi_id_parse(&fetch->arena, &fetch->worker->conf->rules,
                         ngx_ap_view(other), &fetch->had) != FEDI_OK
        || !fedi_id_same_origin(&fetch->had, &fetch->search.key_id))
    {
        return NGX_BUSY;
    }

    fetch->rival = 1;

    return ngx_ap_key_fetch_next(fetch, fetch->had.text);
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

    switch (reason) {

    case FEDI_ACTOR_FAILED:
        return NGX_BUSY;

    case FEDI_ACTOR_BAD_KEY:
    case FEDI_ACTOR_KEY_EXPIRED:
        return NGX_ABORT;

    case FEDI_ACTOR_GONE:
        return fetch->direct ? NGX_DONE : NGX_DECLINED;

    default:
        return NGX_DECLINED;
    }
}


static void
ngx_ap_key_fetch_finish(ngx_ap_key_fetch_t *fetch, ngx_int_t rc)
{
    if (rc == NGX_ERROR && fetch->answered) {
        rc = NGX_AGAIN;
    }

    fetch->key.fetched = ngx_time();

    fetch->handler(fetch->data, rc, rc == NGX_OK ? &fetch->key : NULL);

    ngx_ap_key_fetch_cancel(fetch);
}


static ngx_str_t
ngx_ap_key_fetch_string(fedi_str_t text)
{
    return (ngx_str_t) { text.len, (u_char *) text.data };
}
