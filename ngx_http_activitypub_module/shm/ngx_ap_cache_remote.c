
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_cache_remote.h"
#include "ngx_ap_cache_shared.h"


/* bits of a name that make a place in a filter; a name has three */
#define NGX_AP_CACHE_UNKNOWN_BITS    21
#define NGX_AP_CACHE_UNKNOWN_PLACES  3


static uint64_t ngx_ap_cache_remote_name(ngx_ap_cache_t *cache,
    const ngx_str_t *uri);
static void ngx_ap_cache_unknown_turn(ngx_ap_cache_unknown_t *unknown);
static ngx_uint_t ngx_ap_cache_unknown_has(ngx_ap_cache_unknown_t *unknown,
    uint64_t name);
static void ngx_ap_cache_filter_put(ngx_ap_cache_unknown_t *unknown,
    ngx_uint_t which, uint64_t name);
static ngx_uint_t ngx_ap_cache_filter_has(ngx_ap_cache_unknown_t *unknown,
    ngx_uint_t which, uint64_t name);


ngx_int_t
ngx_ap_cache_remote_find(ngx_ap_cache_t *cache, const ngx_str_t *uri)
{
    uint64_t                 name;
    ngx_int_t                rc;
    ngx_ap_cache_set_t      *set;
    ngx_ap_cache_unknown_t  *unknown;

    name = ngx_ap_cache_remote_name(cache, uri);
    set = &cache->shared->sets[NGX_AP_SET_REMOTE];
    unknown = &cache->shared->unknown;

    ngx_shmtx_lock(&cache->shpool->mutex);

    if (!set->ready || set->doubt) {
        rc = NGX_AGAIN;

    } else if (ngx_ap_cache_filter_has(unknown, NGX_AP_CACHE_FILTER_KNOWN,
                                       name)
               && ngx_ap_table_find(&set->table, name))
    {
        rc = NGX_OK;

    } else {
        ngx_ap_cache_unknown_turn(unknown);
        ngx_ap_cache_filter_put(unknown, unknown->which, name);
        rc = NGX_DECLINED;
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return rc;
}


ngx_int_t
ngx_ap_cache_remote_add(ngx_ap_cache_t *cache, const ngx_str_t *uri)
{
    uint64_t                 name;
    ngx_int_t                rc;
    ngx_ap_cache_set_t      *set;
    ngx_ap_cache_unknown_t  *unknown;

    name = ngx_ap_cache_remote_name(cache, uri);
    set = &cache->shared->sets[NGX_AP_SET_REMOTE];
    unknown = &cache->shared->unknown;

    ngx_shmtx_lock(&cache->shpool->mutex);

    /* before the set has it; who leaves the set stays: the set is asked */

    ngx_ap_cache_filter_put(unknown, NGX_AP_CACHE_FILTER_KNOWN, name);

    if (ngx_ap_cache_entry_locked(cache, &set->table, name) == NULL) {
        set->ready = 0;
        set->lost = 1;
        rc = NGX_ERROR;

    } else {
        ngx_ap_cache_unknown_turn(unknown);
        rc = ngx_ap_cache_unknown_has(unknown, name) ? NGX_DONE : NGX_OK;
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return rc;
}


static uint64_t
ngx_ap_cache_remote_name(ngx_ap_cache_t *cache, const ngx_str_t *uri)
{
    uint64_t        name;
    fedi_siphash_t  hash;

    hash = fedi_siphash_init(&cache->shared->key);
    fedi_siphash_add(&hash, ngx_ap_cache_view(uri));
    name = fedi_siphash_value(hash);

    /* 0 is no name, but a free place in a table */

    return name + (name == 0);
}


ngx_int_t
ngx_ap_cache_unknown_create(ngx_ap_cache_t *cache)
{
    size_t                   size;
    ngx_ap_cache_unknown_t  *unknown;

    unknown = &cache->shared->unknown;
    unknown->bits = NGX_AP_CACHE_UNKNOWN_BITS;

    while (((size_t) 1 << unknown->bits) / 8
           > cache->zone->shm.size / NGX_AP_CACHE_UNKNOWN_SHARE)
    {
        unknown->bits--;
    }

    size = ((size_t) 1 << unknown->bits) / 8;

    unknown->words = ngx_slab_calloc(cache->shpool,
                                     NGX_AP_CACHE_FILTERS * size);

    return unknown->words ? NGX_OK : NGX_ERROR;
}


static void
ngx_ap_cache_unknown_turn(ngx_ap_cache_unknown_t *unknown)
{
    time_t      now;
    size_t      n;
    ngx_uint_t  turns;

    now = ngx_time();

    for (turns = 0;
         turns < 2 && now - unknown->turned >= NGX_AP_CACHE_UNKNOWN_TURN;
         turns++)
    {
        n = ((size_t) 1 << unknown->bits) / 64;

        unknown->which ^= 1;
        ngx_memzero(unknown->words + unknown->which * n,
                    n * sizeof(uint64_t));

        unknown->turned = turns ? now
                          : unknown->turned + NGX_AP_CACHE_UNKNOWN_TURN;
    }
}


static ngx_uint_t
ngx_ap_cache_unknown_has(ngx_ap_cache_unknown_t *unknown, uint64_t name)
{
    return ngx_ap_cache_filter_has(unknown, 0, name)
           || ngx_ap_cache_filter_has(unknown, 1, name);
}


static void
ngx_ap_cache_filter_put(ngx_ap_cache_unknown_t *unknown, ngx_uint_t which,
    uint64_t name)
{
    size_t      place;
    uint64_t   *words;
    ngx_uint_t  i;

    words = unknown->words + which * (((size_t) 1 << unknown->bits) / 64);

    for (i = 0; i < NGX_AP_CACHE_UNKNOWN_PLACES; i++) {
        place = name & (((size_t) 1 << unknown->bits) - 1);
        words[place / 64] |= (uint64_t) 1 << place % 64;
        name >>= NGX_AP_CACHE_UNKNOWN_BITS;
    }
}


static ngx_uint_t
ngx_ap_cache_filter_has(ngx_ap_cache_unknown_t *unknown, ngx_uint_t which,
    uint64_t name)
{
    size_t      place;
    uint64_t   *words;
    ngx_uint_t  i;

    words = unknown->words + which * (((size_t) 1 << unknown->bits) / 64);

    for (i = 0; i < NGX_AP_CACHE_UNKNOWN_PLACES; i++) {
        place = name & (((size_t) 1 << unknown->bits) - 1);

        if (!(words[place / 64] & (uint64_t) 1 << place % 64)) {
            return 0;
        }

        name >>= NGX_AP_CACHE_UNKNOWN_BITS;
    }

    return 1;
}
