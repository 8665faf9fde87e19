
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     get -> database -> answered -> fetch -> (line -> next) -> start
 *         -> fetched -> landed -> waits
 *     late -> waits
 *
 * Who is content with what is there gets it, whoever else waits for more.
 */

#include "ngx_ap_counts.h"
#include "ngx_ap_keys_internal.h"


/* how long a key is believed without a look into the database, seconds */
#define NGX_AP_KEYS_FRESH     3600

/* how long it is believed that there is none, seconds */
#define NGX_AP_KEYS_NEGATIVE  600

/* how often one is fetched because its owner says that it has changed */
#define NGX_AP_KEYS_REFRESH   60

/* how long who asks is made to wait for a fetch, milliseconds */
#define NGX_AP_KEYS_PATIENCE  7000


static ngx_int_t ngx_ap_keys_ask(ngx_ap_keys_entry_t *entry,
    ngx_ap_origin_t *origin);
static void ngx_ap_keys_answered(void *data, ngx_int_t rc,
    const ngx_ap_store_key_t *row);
static void ngx_ap_keys_fetch(ngx_ap_keys_entry_t *entry);
static void ngx_ap_keys_next(ngx_ap_keys_t *keys);
static void ngx_ap_keys_start(ngx_ap_keys_entry_t *entry);
static void ngx_ap_keys_fetched(void *data, ngx_int_t rc,
    const ngx_ap_store_key_t *row);
static void ngx_ap_keys_count(ngx_ap_keys_entry_t *entry,
    ngx_ap_count_e count);
static void ngx_ap_keys_landed(ngx_ap_keys_entry_t *entry, ngx_int_t rc);


ngx_int_t
ngx_ap_keys_get(ngx_ap_worker_t *worker, ngx_pool_t *pool,
    ngx_ap_origin_t *origin, const ngx_str_t *key_id, time_t newer,
    ngx_ap_key_t *key, ngx_ap_keys_pt handler, void *data)
{
    ngx_int_t             rc;
    ngx_ap_keys_entry_t  *entry;

    entry = ngx_ap_keys_entry(worker->keys, key_id);
    if (entry == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_ap_keys_believed(entry, newer, key);

    if (rc == NGX_AGAIN && !entry->asked) {
        entry->norigins = 0;

    } else if (ngx_ap_keys_is_of_other(entry, origin, rc)) {
        rc = NGX_AGAIN;
    }

    if (rc != NGX_AGAIN) {
        ngx_ap_cache_count(worker->conf->cache,
                           rc == NGX_OK ? NGX_AP_COUNT_KEYS_HELD
                                        : NGX_AP_COUNT_KEYS_ABSENT);
        return rc;
    }

    if (!entry->asked) {

        if (ngx_ap_keys_ask(entry, origin) != NGX_OK) {
            return NGX_ERROR;
        }

    } else if (entry->late) {
        return NGX_ERROR;
    }

    return ngx_ap_keys_wait(entry, pool, origin, newer, handler, data);
}


static ngx_int_t
ngx_ap_keys_ask(ngx_ap_keys_entry_t *entry, ngx_ap_origin_t *origin)
{
    ngx_ap_keys_t  *keys;

    keys = entry->keys;

    entry->call = ngx_ap_store_remote_key(keys->worker->store,
                                          &entry->node.str,
                                          ngx_ap_keys_answered, entry);
    if (entry->call == NULL) {
        return NGX_ERROR;
    }

    ngx_ap_keys_ask_begin(entry);
    entry->origin = origin;

    if (entry->norigins < NGX_AP_KEYS_ORIGINS) {
        entry->origins[entry->norigins++] = origin;
    }

    return NGX_OK;
}


static void
ngx_ap_keys_answered(void *data, ngx_int_t rc, const ngx_ap_store_key_t *row)
{
    ngx_ap_keys_entry_t *entry = data;

    entry->call = NULL;

    if (rc == NGX_OK) {
        rc = ngx_ap_keys_take(entry, row);
    }

    if (rc == NGX_OK) {
        entry->rc = NGX_OK;
        entry->until = ngx_time() + NGX_AP_KEYS_FRESH;

        ngx_ap_keys_answer(entry, NGX_AGAIN);

        if (ngx_queue_empty(&entry->waits)) {
            ngx_ap_keys_count(entry, NGX_AP_COUNT_KEYS_DATABASE);
            ngx_ap_keys_landed(entry, NGX_OK);
            return;
        }
    }

    /* none, one that we do not use, or too old a one: its server knows */

    if (rc != NGX_ERROR) {
        ngx_ap_keys_fetch(entry);
        return;
    }

    ngx_ap_keys_landed(entry, rc);
}


static void
ngx_ap_keys_fetch(ngx_ap_keys_entry_t *entry)
{
    ngx_int_t  rc;

    rc = ngx_ap_key_hosts_enter(entry->keys->hosts, &entry->node.str,
                                entry->key != NULL, &entry->host);

    if (rc == NGX_OK) {
        ngx_ap_keys_start(entry);
        return;
    }

    if (rc == NGX_AGAIN && ngx_ap_keys_line_join(entry) == NGX_OK) {
        ngx_add_timer(&entry->timer, NGX_AP_KEYS_PATIENCE);
        return;
    }

    ngx_ap_keys_count(entry, rc == NGX_DECLINED ? NGX_AP_COUNT_KEYS_BREAKER
                                                : NGX_AP_COUNT_KEYS_CROWDED);
    ngx_ap_keys_landed(entry, NGX_ERROR);
}


void
ngx_ap_keys_refresh(ngx_ap_worker_t *worker, ngx_ap_origin_t *origin,
    const ngx_str_t *key_id)
{
    ngx_ap_keys_t        *keys;
    ngx_ap_keys_entry_t  *entry;

    keys = worker->keys;
    entry = ngx_ap_keys_entry(keys, key_id);

    if (entry == NULL || entry->asked
        || entry->tried + NGX_AP_KEYS_REFRESH > ngx_time()
        || entry->fetched + NGX_AP_KEYS_REFRESH > ngx_time()
        || ngx_ap_key_hosts_enter(keys->hosts, &entry->node.str, 1,
                                  &entry->host)
           != NGX_OK)
    {
        return;
    }

    ngx_ap_keys_ask_begin(entry);
    entry->origin = origin;

    ngx_ap_keys_start(entry);
}


static void
ngx_ap_keys_next(ngx_ap_keys_t *keys)
{
    ngx_int_t             rc;
    ngx_ap_keys_entry_t  *entry;

    for ( ;; ) {
        entry = ngx_ap_keys_line_next(keys, &rc);

        if (entry == NULL) {
            return;
        }

        if (rc == NGX_OK) {
            ngx_ap_keys_start(entry);

        } else {
            ngx_ap_keys_landed(entry, NGX_ERROR);
        }
    }
}


static void
ngx_ap_keys_start(ngx_ap_keys_entry_t *entry)
{
    ngx_ap_keys_t  *keys;

    keys = entry->keys;

    entry->fetch = ngx_ap_key_fetch(keys->worker, entry->origin,
                                    &entry->node.str, ngx_ap_keys_fetched,
                                    entry);

    if (entry->fetch == NULL) {
        ngx_ap_key_hosts_leave(keys->hosts, entry->host, NGX_ABORT);
        entry->host = NULL;

        ngx_ap_keys_landed(entry, NGX_ERROR);
        return;
    }

    entry->tried = ngx_time();

    /* who stood in the line has waited for a while already */

    if (!entry->timer.timer_set) {
        ngx_add_timer(&entry->timer, NGX_AP_KEYS_PATIENCE);
    }
}


static void
ngx_ap_keys_fetched(void *data, ngx_int_t rc, const ngx_ap_store_key_t *row)
{
    ngx_ap_keys_entry_t *entry = data;

    ngx_ap_keys_t  *keys;

    keys = entry->keys;

    ngx_ap_key_hosts_leave(keys->hosts, entry->host,
                           rc == NGX_BUSY ? NGX_ABORT
                           : rc == NGX_ERROR ? NGX_ERROR : NGX_OK);

    if (rc == NGX_AGAIN) {
        rc = NGX_ERROR;
    }

    entry->fetch = NULL;
    entry->host = NULL;

    if (rc == NGX_OK) {
        rc = ngx_ap_keys_take(entry, row);
    }

    ngx_ap_keys_count(entry, rc == NGX_OK ? NGX_AP_COUNT_KEYS_FETCHED
                             : rc == NGX_DECLINED || rc == NGX_ABORT
                             ? NGX_AP_COUNT_KEYS_REFUSED
                             : NGX_AP_COUNT_KEYS_FAILED);

    if (rc == NGX_BUSY) {
        entry->tried = 0;
        rc = NGX_ERROR;

    } else {
        entry->missed = rc;
    }

    ngx_ap_keys_landed(entry, rc);
    ngx_ap_keys_next(keys);
}


static void
ngx_ap_keys_count(ngx_ap_keys_entry_t *entry, ngx_ap_count_e count)
{
    ngx_ap_cache_count(entry->keys->worker->conf->cache, count);
}


/* a fetch goes on, for those who will come again */

void
ngx_ap_keys_late_handler(ngx_event_t *ev)
{
    ngx_ap_keys_entry_t *entry = ev->data;

    if (entry->in_line) {
        ngx_ap_keys_line_leave(entry);
        ngx_ap_keys_landed(entry, NGX_ERROR);
        return;
    }

    entry->late = 1;

    ngx_ap_keys_answer(entry, NGX_ERROR);
}


static void
ngx_ap_keys_landed(ngx_ap_keys_entry_t *entry, ngx_int_t rc)
{
    ngx_ap_origin_t  *origin;

    if (entry->timer.timer_set) {
        ngx_del_timer(&entry->timer);
    }

    ngx_ap_keys_ask_end(entry);

    /* a newer one that is not to be had takes nothing from the one we have */

    if (rc == NGX_OK || entry->key == NULL || entry->rc != NGX_OK) {
        entry->rc = rc;
    }

    switch (entry->rc) {

    case NGX_OK:
        entry->until = ngx_time() + NGX_AP_KEYS_FRESH;
        break;

    case NGX_ERROR:
        entry->until = 0;
        break;

    default:
        entry->until = ngx_time() + NGX_AP_KEYS_NEGATIVE;
    }

    /* who came along for another origin than was refused waits on for that */

    origin = ngx_ap_keys_wants_other(entry, rc);

    if (origin != NULL && ngx_ap_keys_ask(entry, origin) != NGX_OK) {
        rc = NGX_ERROR;
    }

    ngx_ap_keys_answer(entry, rc);
}
