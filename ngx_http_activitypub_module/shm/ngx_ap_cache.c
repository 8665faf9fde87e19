
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The zone itself, its names, its states and its listener.
 */

#include "ngx_ap_cache_shared.h"


static ngx_int_t ngx_ap_cache_init_zone(ngx_shm_zone_t *zone, void *data);
static ngx_int_t ngx_ap_cache_create(ngx_ap_cache_t *cache);


ngx_ap_cache_t *
ngx_ap_cache_add(ngx_conf_t *cf, ngx_str_t *name, size_t size, void *tag,
    const fedi_siphash_key_t *key)
{
    ngx_shm_zone_t  *zone;
    ngx_ap_cache_t  *cache;

    cache = ngx_pcalloc(cf->pool, sizeof(ngx_ap_cache_t));
    if (cache == NULL) {
        return NULL;
    }

    zone = ngx_shared_memory_add(cf, name, size, tag);
    if (zone == NULL) {
        return NULL;
    }

    cache->zone = zone;
    cache->key = *key;

    zone->init = ngx_ap_cache_init_zone;
    zone->data = cache;

    return cache;
}


static ngx_int_t
ngx_ap_cache_init_zone(ngx_shm_zone_t *zone, void *data)
{
    ngx_ap_cache_t  *previous = data;

    ngx_ap_cache_t  *cache;

    cache = zone->data;

    if (previous) {
        cache->shared = previous->shared;
        cache->shpool = previous->shpool;
        cache->shared->cycle++;

        /* who mended the configuration is told whether that was it */

        if (cache->shared->database == NGX_AP_CACHE_DATABASE_DOWN) {
            cache->shared->database = NGX_AP_CACHE_DATABASE_UNKNOWN;
        }

        return NGX_OK;
    }

    cache->shpool = (ngx_slab_pool_t *) zone->shm.addr;

    if (zone->shm.exists) {
        cache->shared = cache->shpool->data;

        return NGX_OK;
    }

    return ngx_ap_cache_create(cache);
}


static ngx_int_t
ngx_ap_cache_create(ngx_ap_cache_t *cache)
{
    size_t                  len;
    ngx_ap_cache_shared_t  *shared;

    shared = ngx_slab_calloc(cache->shpool, sizeof(ngx_ap_cache_shared_t));
    if (shared == NULL) {
        return NGX_ERROR;
    }

    shared->key = cache->key;

    cache->shared = shared;
    cache->shpool->data = shared;

    if (ngx_ap_cache_unknown_create(cache) != NGX_OK
        || ngx_ap_cache_repeats_create(cache) != NGX_OK
        || ngx_ap_cache_limits_create(cache) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_rbtree_init(&shared->documents, &shared->sentinel,
                    ngx_rbtree_insert_value);
    ngx_queue_init(&shared->recent);

    len = sizeof(" in activitypub zone \"\"") + cache->zone->shm.name.len;

    cache->shpool->log_ctx = ngx_slab_alloc(cache->shpool, len);
    if (cache->shpool->log_ctx == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(cache->shpool->log_ctx, " in activitypub zone \"%V\"%Z",
                &cache->zone->shm.name);

    /* a full zone is no accident: documents make room for each other */

    cache->shpool->log_nomem = 0;

    return NGX_OK;
}


void
ngx_ap_cache_key_names(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key, uint64_t *url, uint64_t *name)
{
    fedi_siphash_t  hash;

    hash = fedi_siphash_init(&cache->shared->key);

    fedi_siphash_add(&hash, ngx_ap_cache_view(&key->origin));
    fedi_siphash_add(&hash, ngx_ap_cache_view(&key->path));

    if (url) {
        *url = fedi_siphash_value(hash);
    }

    if (name) {
        fedi_siphash_add(&hash, ngx_ap_cache_view(&key->query));
        *name = fedi_siphash_value(hash);

        /* 0 is no name, but a free place in a table */

        *name += (*name == 0);
    }
}


fedi_siphash_t
ngx_ap_cache_hash(ngx_ap_cache_t *cache)
{
    return fedi_siphash_init(&cache->shared->key);
}


uint64_t
ngx_ap_cache_key_name(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key)
{
    uint64_t  name;

    ngx_ap_cache_key_names(cache, key, NULL, &name);

    return name;
}


ngx_ap_cache_state_e
ngx_ap_cache_state(ngx_ap_cache_t *cache, uint64_t name)
{
    ngx_ap_cache_state_e   state;
    ngx_ap_table_entry_t  *entry;

    ngx_shmtx_lock(&cache->shpool->mutex);

    entry = ngx_ap_table_find(&cache->shared->states, name);
    state = entry ? (ngx_ap_cache_state_e) entry->value[0]
                  : NGX_AP_STATE_UNKNOWN;

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return state;
}


ngx_int_t
ngx_ap_cache_state_set(ngx_ap_cache_t *cache, uint64_t name,
    ngx_ap_cache_state_e state)
{
    ngx_ap_table_entry_t  *entry;

    ngx_shmtx_lock(&cache->shpool->mutex);

    entry = ngx_ap_cache_entry_locked(cache, &cache->shared->states, name);
    if (entry != NULL) {
        entry->value[0] = state;
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return entry ? NGX_OK : NGX_ERROR;
}


ngx_uint_t
ngx_ap_cache_database_changed(ngx_ap_cache_t *cache, ngx_uint_t up)
{
    ngx_uint_t  state, changed;

    state = up ? NGX_AP_CACHE_DATABASE_UP : NGX_AP_CACHE_DATABASE_DOWN;

    ngx_shmtx_lock(&cache->shpool->mutex);

    changed = cache->shared->database != state;
    cache->shared->database = state;

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return changed;
}


ngx_pid_t
ngx_ap_cache_listener_claim(ngx_ap_cache_t *cache)
{
    ngx_pid_t  previous;

    ngx_shmtx_lock(&cache->shpool->mutex);

    previous = cache->shared->listener;
    cache->shared->listener = ngx_pid;

    if (cache->shared->heir == ngx_pid) {
        cache->shared->heir = 0;
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    /* a killed worker never released it */

    if (previous == 0 || (previous != ngx_pid && kill(previous, 0) == -1)) {
        return 0;
    }

    return previous;
}


ngx_uint_t
ngx_ap_cache_source_changed(ngx_ap_cache_t *cache, uint64_t source)
{
    ngx_uint_t  changed;

    ngx_shmtx_lock(&cache->shpool->mutex);

    changed = cache->shared->source != source;
    cache->shared->source = source;

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return changed;
}


ngx_uint_t
ngx_ap_cache_cycle(ngx_ap_cache_t *cache)
{
    return cache->shared->cycle;
}


ngx_pid_t
ngx_ap_cache_listener(ngx_ap_cache_t *cache)
{
    ngx_pid_t  listener;

    ngx_shmtx_lock(&cache->shpool->mutex);
    listener = cache->shared->listener;
    ngx_shmtx_unlock(&cache->shpool->mutex);

    return listener;
}


void
ngx_ap_cache_listener_announce(ngx_ap_cache_t *cache)
{
    ngx_uint_t  i;

    ngx_shmtx_lock(&cache->shpool->mutex);

    cache->shared->heir = ngx_pid;

    /* a process of the same number has left, not this one */

    for (i = 0; i < NGX_AP_CACHE_LEFT; i++) {

        if (cache->shared->left[i] == ngx_pid) {
            cache->shared->left[i] = 0;
        }
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);
}


ngx_pid_t
ngx_ap_cache_listener_heir(ngx_ap_cache_t *cache)
{
    ngx_pid_t  heir;

    ngx_shmtx_lock(&cache->shpool->mutex);
    heir = cache->shared->heir;
    ngx_shmtx_unlock(&cache->shpool->mutex);

    return (heir != 0 && kill(heir, 0) == 0) ? heir : 0;
}


void
ngx_ap_cache_listener_release(ngx_ap_cache_t *cache)
{
    ngx_shmtx_lock(&cache->shpool->mutex);

    if (cache->shared->listener == ngx_pid) {
        cache->shared->listener = 0;
    }

    if (cache->shared->heir == ngx_pid) {
        cache->shared->heir = 0;
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);
}


void
ngx_ap_cache_listener_leave(ngx_ap_cache_t *cache)
{
    ngx_uint_t  n;

    ngx_ap_cache_listener_release(cache);

    ngx_shmtx_lock(&cache->shpool->mutex);

    n = cache->shared->nleft++ % NGX_AP_CACHE_LEFT;
    cache->shared->left[n] = ngx_pid;

    ngx_shmtx_unlock(&cache->shpool->mutex);
}


ngx_uint_t
ngx_ap_cache_listener_left(ngx_ap_cache_t *cache, ngx_pid_t pid)
{
    ngx_uint_t  i, left;

    left = 0;

    ngx_shmtx_lock(&cache->shpool->mutex);

    for (i = 0; i < NGX_AP_CACHE_LEFT; i++) {

        if (cache->shared->left[i] == pid) {
            left = 1;
        }
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return left;
}
