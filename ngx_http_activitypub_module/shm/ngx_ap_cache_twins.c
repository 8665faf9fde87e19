
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The complete set of pages that have a document.  An LRU cannot answer
 * "unknown": this set can, once it is complete.
 */

#include "ngx_ap_cache_shared.h"


#define NGX_AP_CACHE_TWIN_GONE  1


ngx_int_t
ngx_ap_cache_twin_find(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key,
    ngx_ap_cache_twin_t *twin, ngx_uint_t doubtful)
{
    uint64_t                name;
    ngx_int_t               rc;
    ngx_ap_table_entry_t   *entry;
    ngx_ap_cache_shared_t  *shared;

    shared = cache->shared;
    name = ngx_ap_cache_key_hash(ngx_ap_cache_url_hash(key), key);

    ngx_shmtx_lock(&cache->shpool->mutex);

    entry = ngx_ap_table_find(&shared->twins, name);

    if (!shared->twins_ready || (shared->twins_doubt && !doubtful)) {
        rc = NGX_AGAIN;

    } else if (entry == NULL) {
        rc = NGX_DECLINED;

    } else {
        ngx_memcpy(twin->object, entry->object, sizeof(twin->object));
        twin->actor = entry->actor;
        twin->gone = (entry->flags & NGX_AP_CACHE_TWIN_GONE) != 0;
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return rc;
}


void
ngx_ap_cache_twins_begin(ngx_ap_cache_t *cache)
{
    ngx_shmtx_lock(&cache->shpool->mutex);

    cache->shared->twins_ready = 0;
    cache->shared->twins_lost = 0;

    ngx_shmtx_unlock(&cache->shpool->mutex);

    ngx_ap_cache_table_empty(cache, &cache->shared->twins);
}


void
ngx_ap_cache_twins_doubt(ngx_ap_cache_t *cache)
{
    ngx_shmtx_lock(&cache->shpool->mutex);
    cache->shared->twins_doubt = 1;
    ngx_shmtx_unlock(&cache->shpool->mutex);
}


ngx_int_t
ngx_ap_cache_twin_add(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key,
    const ngx_ap_cache_twin_t *twin)
{
    uint64_t               name;
    ngx_int_t              rc;
    ngx_ap_table_entry_t  *entry;

    name = ngx_ap_cache_key_hash(ngx_ap_cache_url_hash(key), key);

    ngx_shmtx_lock(&cache->shpool->mutex);

    entry = ngx_ap_cache_entry_locked(cache, &cache->shared->twins, name);

    if (entry == NULL) {
        cache->shared->twins_ready = 0;
        cache->shared->twins_lost = 1;
        rc = NGX_ERROR;

    } else {
        ngx_memcpy(entry->object, twin->object, sizeof(entry->object));
        entry->actor = twin->actor;
        entry->flags = twin->gone ? NGX_AP_CACHE_TWIN_GONE : 0;
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return rc;
}


void
ngx_ap_cache_twin_remove(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key)
{
    uint64_t  name;

    name = ngx_ap_cache_key_hash(ngx_ap_cache_url_hash(key), key);

    ngx_shmtx_lock(&cache->shpool->mutex);
    ngx_ap_table_remove(&cache->shared->twins, name);
    ngx_shmtx_unlock(&cache->shpool->mutex);
}


void
ngx_ap_cache_twins_complete(ngx_ap_cache_t *cache)
{
    ngx_shmtx_lock(&cache->shpool->mutex);
    cache->shared->twins_ready = !cache->shared->twins_lost;
    cache->shared->twins_doubt = 0;
    ngx_shmtx_unlock(&cache->shpool->mutex);
}


ngx_uint_t
ngx_ap_cache_twins_ready(ngx_ap_cache_t *cache)
{
    ngx_uint_t  ready;

    ngx_shmtx_lock(&cache->shpool->mutex);
    ready = cache->shared->twins_ready && !cache->shared->twins_doubt;
    ngx_shmtx_unlock(&cache->shpool->mutex);

    return ready;
}
