
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     wait -> answer -> handler
 *                \-> wants_other: waits on, as its own origin
 */

#include "ngx_ap_keys_internal.h"


static void ngx_ap_keys_select(ngx_ap_keys_entry_t *entry, ngx_int_t rc,
    ngx_queue_t *waits);
static void ngx_ap_keys_cleanup(void *data);


ngx_int_t
ngx_ap_keys_wait(ngx_ap_keys_entry_t *entry, ngx_pool_t *pool,
    ngx_ap_origin_t *origin, time_t newer, ngx_ap_keys_pt handler, void *data)
{
    ngx_pool_cleanup_t  *cln;
    ngx_ap_keys_wait_t  *wait;

    cln = ngx_pool_cleanup_add(pool, sizeof(ngx_ap_keys_wait_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    wait = cln->data;

    wait->entry = entry;
    wait->origin = origin;
    wait->handler = handler;
    wait->data = data;
    wait->newer = newer;

    ngx_queue_insert_tail(&entry->waits, &wait->queue);

    cln->handler = ngx_ap_keys_cleanup;

    return NGX_AGAIN;
}


ngx_uint_t
ngx_ap_keys_is_of_other(const ngx_ap_keys_entry_t *entry,
    const ngx_ap_origin_t *origin, ngx_int_t rc)
{
    ngx_uint_t  i;

    if (rc == NGX_OK || entry->key != NULL) {
        return 0;
    }

    if (entry->asked && entry->origin == origin) {
        return 1;
    }

    for (i = 0; i < entry->norigins; i++) {
        if (entry->origins[i] == origin) {
            return 0;
        }
    }

    return i < NGX_AP_KEYS_ORIGINS;
}


ngx_ap_origin_t *
ngx_ap_keys_wants_other(const ngx_ap_keys_entry_t *entry, ngx_int_t rc)
{
    ngx_queue_t         *q;
    ngx_ap_keys_wait_t  *wait;

    if (rc == NGX_ERROR) {
        return NULL;
    }

    for (q = ngx_queue_head(&entry->waits);
         q != ngx_queue_sentinel(&entry->waits);
         q = ngx_queue_next(q))
    {
        wait = ngx_queue_data(q, ngx_ap_keys_wait_t, queue);

        if (ngx_ap_keys_is_of_other(entry, wait->origin, rc)) {
            return wait->origin;
        }
    }

    return NULL;
}


void
ngx_ap_keys_answer(ngx_ap_keys_entry_t *entry, ngx_int_t rc)
{
    EVP_PKEY            *held;
    ngx_int_t            good;
    ngx_queue_t          waits, *q;
    ngx_ap_key_t         key;
    ngx_ap_keys_wait_t  *wait;

    ngx_ap_keys_select(entry, rc, &waits);

    ngx_memzero(&key, sizeof(ngx_ap_key_t));

    held = NULL;
    good = (entry->rc == NGX_OK && (rc == NGX_OK || rc == NGX_AGAIN));

    if (good) {
        key.key = entry->key;
        key.actor = entry->actor;
        key.fetched = entry->fetched;

        held = entry->key;
        EVP_PKEY_up_ref(held);
    }

    while (!ngx_queue_empty(&waits)) {

        q = ngx_queue_head(&waits);
        wait = ngx_queue_data(q, ngx_ap_keys_wait_t, queue);

        ngx_ap_keys_cleanup(wait);

        wait->handler(wait->data, good ? NGX_OK : rc, good ? &key : NULL);
    }

    EVP_PKEY_free(held);
}


static void
ngx_ap_keys_select(ngx_ap_keys_entry_t *entry, ngx_int_t rc,
    ngx_queue_t *waits)
{
    ngx_queue_t         *q, *next;
    ngx_ap_keys_wait_t  *wait;

    ngx_queue_init(waits);

    for (q = ngx_queue_head(&entry->waits);
         q != ngx_queue_sentinel(&entry->waits);
         q = next)
    {
        next = ngx_queue_next(q);
        wait = ngx_queue_data(q, ngx_ap_keys_wait_t, queue);

        if (rc == NGX_AGAIN ? wait->newer <= entry->fetched
            : rc == NGX_ERROR
              || !ngx_ap_keys_is_of_other(entry, wait->origin, rc))
        {
            ngx_queue_remove(q);
            ngx_queue_insert_tail(waits, q);
        }
    }
}


static void
ngx_ap_keys_cleanup(void *data)
{
    ngx_ap_keys_wait_t *wait = data;

    if (wait->entry != NULL) {
        ngx_queue_remove(&wait->queue);
        wait->entry = NULL;
    }
}
