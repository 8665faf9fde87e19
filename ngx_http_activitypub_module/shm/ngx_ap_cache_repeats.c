
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Eight places to a name, next to each other: two lines of the processor's
 * cache.
 */

#include "ngx_ap_cache_repeats.h"
#include "ngx_ap_cache_shared.h"


static ngx_ap_cache_repeat_t *ngx_ap_cache_repeat_places(
    ngx_ap_cache_t *cache, uint64_t name);


ngx_int_t
ngx_ap_cache_repeats_create(ngx_ap_cache_t *cache)
{
    ngx_ap_cache_repeats_t  *repeats;

    repeats = &cache->shared->repeats;

    repeats->n = ngx_ap_cache_places(cache, NGX_AP_CACHE_REPEATS_SHARE,
                                   sizeof(ngx_ap_cache_repeat_t),
                                   NGX_AP_CACHE_REPEATS_PLACES);

    repeats->places = ngx_slab_calloc(cache->shpool,
                                     repeats->n
                                     * sizeof(ngx_ap_cache_repeat_t));

    return repeats->places ? NGX_OK : NGX_ERROR;
}


ngx_uint_t
ngx_ap_cache_repeat_find(ngx_ap_cache_t *cache, uint64_t name)
{
    ngx_uint_t              i, found;
    ngx_ap_cache_repeat_t  *place;

    found = 0;
    place = ngx_ap_cache_repeat_places(cache, name);

    ngx_shmtx_lock(&cache->shpool->mutex);

    for (i = 0; i < NGX_AP_CACHE_REPEATS_PLACES; i++) {

        if (place[i].name == name) {
            found = place[i].until > ngx_time();
            break;
        }
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return found;
}


void
ngx_ap_cache_repeat_add(ngx_ap_cache_t *cache, uint64_t name, time_t until)
{
    ngx_uint_t              i;
    ngx_ap_cache_repeat_t  *place, *victim;

    place = ngx_ap_cache_repeat_places(cache, name);
    victim = place;

    ngx_shmtx_lock(&cache->shpool->mutex);

    for (i = 0; i < NGX_AP_CACHE_REPEATS_PLACES; i++) {

        if (place[i].name == name) {
            victim = &place[i];
            break;
        }

        if (place[i].until < victim->until) {
            victim = &place[i];
        }
    }

    /* killed in between, a worker leaves one that is no request's */

    victim->name = 0;
    victim->until = until;
    victim->name = name;

    ngx_shmtx_unlock(&cache->shpool->mutex);
}


void
ngx_ap_cache_repeats_clear(ngx_ap_cache_t *cache)
{
    ngx_ap_cache_repeats_t  *repeats;

    repeats = &cache->shared->repeats;

    ngx_shmtx_lock(&cache->shpool->mutex);

    ngx_memzero(repeats->places, repeats->n * sizeof(ngx_ap_cache_repeat_t));

    ngx_shmtx_unlock(&cache->shpool->mutex);
}


static ngx_ap_cache_repeat_t *
ngx_ap_cache_repeat_places(ngx_ap_cache_t *cache, uint64_t name)
{
    ngx_ap_cache_repeats_t  *repeats;

    repeats = &cache->shared->repeats;

    return &repeats->places[ngx_ap_cache_place(name, repeats->n,
                                               NGX_AP_CACHE_REPEATS_PLACES)];
}
