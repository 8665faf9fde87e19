
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Which documents the workers of this node are asking the database for: a
 * few places, found by hash.  A place that another document has costs a
 * query more, never an answer; and so does a worker that was killed.
 */

#include "ngx_ap_cache_shared.h"


/* milliseconds; after that the one who asks may be dead */
#define NGX_AP_CACHE_FILL_AGE  2000


static ngx_ap_cache_fill_t *ngx_ap_cache_fill_place(ngx_ap_cache_t *cache,
    uint64_t name);
static ngx_uint_t ngx_ap_cache_fill_is_young(ngx_ap_cache_fill_t *fill);


ngx_uint_t
ngx_ap_cache_fill_claim(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key,
    ngx_ap_cache_stamp_t stamp)
{
    uint64_t              name;
    ngx_uint_t            other;
    ngx_ap_cache_fill_t  *fill;

    name = ngx_ap_cache_key_name(cache, key);
    fill = ngx_ap_cache_fill_place(cache, name);

    other = 0;

    ngx_shmtx_lock(&cache->shpool->mutex);

    /* an answer of before the last change would be of no use here */

    if (fill->name == name
        && fill->pid != ngx_pid
        && fill->stamp.epoch == stamp.epoch
        && fill->stamp.generation == stamp.generation
        && ngx_ap_cache_fill_is_young(fill))
    {
        other = fill->claim;
        goto done;
    }

    if (fill->name != 0
        && fill->name != name
        && ngx_ap_cache_fill_is_young(fill))
    {
        goto done;
    }

    fill->name = name;
    fill->stamp = stamp;
    fill->since = ngx_current_msec;
    fill->pid = ngx_pid;

    do {
        fill->claim++;
    } while (fill->claim == 0);

done:

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return other;
}


ngx_uint_t
ngx_ap_cache_fill_awaited(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key,
    ngx_uint_t claim)
{
    uint64_t              name;
    ngx_uint_t            awaited;
    ngx_ap_cache_fill_t  *fill;

    name = ngx_ap_cache_key_name(cache, key);
    fill = ngx_ap_cache_fill_place(cache, name);

    ngx_shmtx_lock(&cache->shpool->mutex);

    awaited = fill->name == name
              && fill->claim == claim
              && ngx_ap_cache_fill_is_young(fill);

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return awaited;
}


void
ngx_ap_cache_fill_settle(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key)
{
    uint64_t              name;
    ngx_ap_cache_fill_t  *fill;

    name = ngx_ap_cache_key_name(cache, key);
    fill = ngx_ap_cache_fill_place(cache, name);

    ngx_shmtx_lock(&cache->shpool->mutex);

    if (fill->name == name && fill->pid == ngx_pid) {
        fill->name = 0;
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);
}


static ngx_ap_cache_fill_t *
ngx_ap_cache_fill_place(ngx_ap_cache_t *cache, uint64_t name)
{
    return &cache->shared->fills[name % NGX_AP_CACHE_FILLS];
}


static ngx_uint_t
ngx_ap_cache_fill_is_young(ngx_ap_cache_fill_t *fill)
{
    /* the clock of another worker may be some milliseconds ahead */

    return (ngx_msec_int_t) (ngx_current_msec - fill->since)
           < NGX_AP_CACHE_FILL_AGE;
}
