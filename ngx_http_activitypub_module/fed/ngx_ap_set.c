
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A set in the zone:
 *
 *     fill   -> run -> ask -> filled -> ask ... -> filled -> run -> complete
 *     change -> run -> ask -> changed -> run
 *
 * One query at a time, so that answers are applied in the order in which the
 * database gave them.  A change that is heard during a fill waits for its
 * last chunk: its own may have been read before.  One that was heard before
 * needs nothing any more.  The set is complete when nothing waits.
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

#include "ngx_ap_cache_usage.h"
#include "ngx_ap_retry.h"
#include "ngx_ap_set.h"
#include "ngx_ap_set_changes.h"
#include "ngx_ap_set_kinds.h"
#include "ngx_ap_set_remote.h"
#include "ngx_ap_set_rows.h"


struct ngx_ap_set_s {
    const ngx_ap_set_kind_t    *kind;
    ngx_ap_worker_t            *worker;
    ngx_ap_cache_t             *cache;

    ngx_ap_set_changes_t        changes;
    ngx_ap_set_doubts_t         doubts;
    ngx_ap_pg_query_t          *call;
    int64_t                     after;      /* last member of the fill */
    ngx_uint_t                  count;      /* its rows until now */
    ngx_ap_retry_t              retry;

    unsigned                    started:1;
    unsigned                    held:1;
    unsigned                    leaving:1;
    unsigned                    due:1;      /* a fill is */
    unsigned                    filling:1;
    unsigned                    lost:1;     /* the fill does not fit */
    unsigned                    full:1;     /* the zone; said once */
};


static void ngx_ap_set_run(ngx_ap_set_t *set);
static void ngx_ap_set_settle(ngx_ap_set_t *set);
static ngx_int_t ngx_ap_set_apply_changes(ngx_ap_set_t *set);
static void ngx_ap_set_doubted(void *data, ngx_int_t rc);
static void ngx_ap_set_ask_chunk(ngx_ap_set_t *set);
static void ngx_ap_set_filled(void *data, ngx_int_t rc,
    const ngx_ap_store_member_t *rows, ngx_uint_t n);
static void ngx_ap_set_ask_change(ngx_ap_set_t *set);
static void ngx_ap_set_changed(void *data, ngx_int_t rc,
    const ngx_ap_store_member_t *rows, ngx_uint_t n);
static void ngx_ap_set_full(ngx_ap_set_t *set);
static void ngx_ap_set_failed(ngx_ap_set_t *set);
static void ngx_ap_set_again(ngx_event_t *ev);
static void ngx_ap_set_forget(ngx_ap_set_t *set);


ngx_ap_set_t *
ngx_ap_set_create(ngx_ap_worker_t *worker, ngx_ap_set_e kind)
{
    ngx_ap_set_t  *set;

    set = ngx_calloc(sizeof(ngx_ap_set_t), worker->log);
    if (set == NULL) {
        return NULL;
    }

    set->kind = &ngx_ap_set_kinds[kind];
    set->worker = worker;
    set->cache = worker->conf->cache;
    ngx_ap_set_changes_init(&set->changes);

    set->doubts.handler = ngx_ap_set_doubted;
    set->doubts.data = set;

    ngx_ap_retry_init(&set->retry, ngx_ap_set_again, set, worker->log);

    return set;
}


void
ngx_ap_set_destroy(ngx_ap_set_t *set)
{
    ngx_ap_retry_stop(&set->retry);

    /* it went with the store, and cannot be cancelled any more */

    set->call = NULL;

    ngx_ap_set_forget(set);
    ngx_free(set);
}


void
ngx_ap_set_start(ngx_ap_set_t *set)
{
    set->started = 1;
}


void
ngx_ap_set_stop(ngx_ap_set_t *set)
{
    ngx_ap_retry_reset(&set->retry);
    ngx_ap_set_forget(set);

    set->started = 0;
    set->held = 0;
    set->due = 0;
    set->filling = 0;
}


void
ngx_ap_set_clear(ngx_ap_set_t *set)
{
    ngx_ap_cache_set_begin(set->cache, set->kind->set);
}


void
ngx_ap_set_doubt(ngx_ap_set_t *set)
{
    ngx_ap_cache_set_doubt(set->cache, set->kind->set);
}


void
ngx_ap_set_fill(ngx_ap_set_t *set)
{
    if (set->leaving) {
        ngx_ap_cache_set_begin(set->cache, set->kind->set);
        ngx_ap_set_forget(set);
        return;
    }

    ngx_ap_cache_set_doubt(set->cache, set->kind->set);

    set->due = 1;
    ngx_ap_set_run(set);
}


void
ngx_ap_set_change(ngx_ap_set_t *set, const ngx_ap_changes_t *changes,
    ngx_str_t *payload)
{
    if (!set->started || (set->due && !set->filling)) {
        return;
    }

    if (!ngx_ap_set_kind_concerned(set->kind, set->worker, changes)) {
        return;
    }

    if (ngx_ap_set_changes_add(&set->changes, payload, set->worker->log)
        != NGX_OK)
    {
        ngx_ap_set_fill(set);
        return;
    }

    ngx_ap_set_run(set);
}


void
ngx_ap_set_hold(ngx_ap_set_t *set, ngx_uint_t hold)
{
    set->held = hold;

    if (hold) {
        return;
    }

    if (ngx_ap_cache_set_ready(set->cache, set->kind->set)) {
        ngx_ap_set_run(set);

    } else {
        ngx_ap_set_fill(set);
    }
}


void
ngx_ap_set_leave(ngx_ap_set_t *set)
{
    set->leaving = 1;

    if (set->due || set->filling) {
        ngx_ap_set_stop(set);
        ngx_ap_cache_set_begin(set->cache, set->kind->set);
    }
}


ngx_uint_t
ngx_ap_set_idle(ngx_ap_set_t *set)
{
    return set->call == NULL
           && set->doubts.n == 0
           && ngx_ap_set_changes_first(&set->changes) == NULL;
}


ngx_uint_t
ngx_ap_set_filling(ngx_ap_set_t *set)
{
    return set->filling;
}


static void
ngx_ap_set_run(ngx_ap_set_t *set)
{
    if (!set->started
        || set->held
        || set->call
        || ngx_ap_retry_pending(&set->retry))
    {
        return;
    }

    if (set->due) {
        set->due = 0;
        set->filling = 1;
        set->lost = 0;
        set->count = 0;
        set->after = 0;

        ngx_ap_set_forget(set);
        ngx_ap_set_ask_chunk(set);
        return;
    }

    if (set->kind->at == NULL) {

        if (ngx_ap_set_apply_changes(set) != NGX_OK) {
            ngx_ap_set_failed(set);
            return;
        }

    } else if (ngx_ap_set_changes_first(&set->changes) != NULL) {
        ngx_ap_set_ask_change(set);
        return;
    }

    if (set->filling) {
        set->filling = 0;
        ngx_ap_cache_set_complete(set->cache, set->kind->set);
    }

    ngx_ap_set_settle(set);
}


/* it worked when all of it did */

static void
ngx_ap_set_settle(ngx_ap_set_t *set)
{
    if (!set->due && !set->filling && set->doubts.n == 0) {
        ngx_ap_retry_reset(&set->retry);
    }
}


static void
ngx_ap_set_ask_chunk(ngx_ap_set_t *set)
{
    set->call = set->kind->chunk(set->worker->store, set->after,
                                 ngx_ap_set_filled, set);
    if (set->call == NULL) {
        ngx_ap_set_failed(set);
    }
}


static void
ngx_ap_set_filled(void *data, ngx_int_t rc,
    const ngx_ap_store_member_t *rows, ngx_uint_t n)
{
    ngx_ap_set_t *set = data;

    set->call = NULL;

    if (rc != NGX_OK) {
        ngx_ap_set_failed(set);
        return;
    }

    if (set->after == 0) {
        ngx_ap_cache_set_begin(set->cache, set->kind->set);
    }

    set->count += n;

    if (!set->lost
        && ngx_ap_set_kind_add(set->kind, set->worker, rows, n,
                               &set->doubts)
           != NGX_OK)
    {
        set->lost = 1;
    }

    /* how many there are is worth the reading once, for the one [error] */

    if (set->lost && (set->full || n < NGX_AP_STORE_MEMBERS)) {
        ngx_ap_set_full(set);
        return;
    }

    if (n < NGX_AP_STORE_MEMBERS) {
        set->full = 0;
        ngx_ap_set_run(set);
        return;
    }

    set->after = rows[n - 1].id;
    ngx_ap_set_ask_chunk(set);
}


static ngx_int_t
ngx_ap_set_apply_changes(ngx_ap_set_t *set)
{
    ngx_int_t   rc;
    ngx_str_t  *payload;

    while ((payload = ngx_ap_set_changes_first(&set->changes)) != NULL) {

        rc = ngx_ap_set_remote_heard(set->worker, payload, &set->doubts);

        /* another worker may have found the zone full */

        if (rc != NGX_OK
            || set->due
            || (!set->filling
                && !ngx_ap_cache_set_ready(set->cache, set->kind->set)))
        {
            return NGX_ERROR;
        }

        ngx_ap_set_changes_drop(&set->changes);
    }

    return NGX_OK;
}


/* the zone remembers what the database was not told: the next fill sees it */

static void
ngx_ap_set_doubted(void *data, ngx_int_t rc)
{
    ngx_ap_set_t *set = data;

    if (rc != NGX_ERROR) {
        ngx_ap_set_settle(set);

    } else if (set->started) {
        ngx_ap_set_failed(set);
    }
}


static void
ngx_ap_set_ask_change(ngx_ap_set_t *set)
{
    set->call = set->kind->at(set->worker->store,
                              ngx_ap_set_changes_first(&set->changes),
                              ngx_ap_set_changed, set);
    if (set->call == NULL) {
        ngx_ap_set_failed(set);
    }
}


static void
ngx_ap_set_changed(void *data, ngx_int_t rc,
    const ngx_ap_store_member_t *rows, ngx_uint_t n)
{
    ngx_ap_set_t *set = data;

    set->call = NULL;

    if (rc != NGX_OK) {
        ngx_ap_set_failed(set);
        return;
    }

    if (ngx_ap_set_rows_apply(set->worker->conf, set->kind->set,
                              ngx_ap_set_changes_first(&set->changes),
                              rows, n)
        != NGX_OK)
    {
        /* the next fill does not fit either, and knows how many there are */

        ngx_ap_set_failed(set);
        return;
    }

    ngx_ap_set_changes_drop(&set->changes);
    ngx_ap_set_run(set);
}


static void
ngx_ap_set_full(ngx_ap_set_t *set)
{
    if (!set->full) {
        ngx_log_error(NGX_LOG_ERR, set->worker->log, 0,
                      "activitypub: %s; there are %ui, \"activitypub_zone "
                      "zone=%V:%uim\" would do", set->kind->full, set->count,
                      ngx_ap_cache_name(set->cache),
                      ngx_ap_cache_wants(set->cache, set->count));
        set->full = 1;
    }

    /* a part of it is of no use, and documents have none without room */

    ngx_ap_cache_set_begin(set->cache, set->kind->set);
    ngx_ap_set_failed(set);
}


static void
ngx_ap_set_failed(ngx_ap_set_t *set)
{
    set->filling = 0;

    if (set->leaving) {
        ngx_ap_set_fill(set);
        return;
    }

    ngx_ap_cache_set_doubt(set->cache, set->kind->set);

    set->due = 1;
    ngx_ap_retry_later(&set->retry);
}


static void
ngx_ap_set_again(ngx_event_t *ev)
{
    if (!ngx_exiting) {
        ngx_ap_set_run(ev->data);
    }
}


static void
ngx_ap_set_forget(ngx_ap_set_t *set)
{
    if (set->call) {
        ngx_ap_store_cancel(set->call);
        set->call = NULL;
    }

    ngx_ap_set_changes_clear(&set->changes);
}
