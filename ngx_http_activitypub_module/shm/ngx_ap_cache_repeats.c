
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Eight places to a mark, next to each other: two lines of the processor's
 * cache.
 */

#include "ngx_ap_cache_repeats.h"
#include "ngx_ap_cache_shared.h"


static ngx_uint_t ngx_ap_cache_repeat_has(ngx_ap_cache_t *cache,
    uint64_t mark, uint64_t name);
static uint32_t ngx_ap_cache_repeat_mark(uint64_t mark);
static ngx_ap_cache_repeat_t *ngx_ap_cache_repeat_places(
    ngx_ap_cache_t *cache, uint64_t mark);


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
ngx_ap_cache_repeat_marked(ngx_ap_cache_t *cache, uint64_t mark)
{
    return ngx_ap_cache_repeat_has(cache, mark, 0);
}


ngx_uint_t
ngx_ap_cache_repeat_find(ngx_ap_cache_t *cache, uint64_t mark, uint64_t name)
{
    return ngx_ap_cache_repeat_has(cache, mark, name);
}


/* of that mark, and of that name; 0: of any */

static ngx_uint_t
ngx_ap_cache_repeat_has(ngx_ap_cache_t *cache, uint64_t mark, uint64_t name)
{
    ngx_uint_t              i, found;
    ngx_ap_cache_repeat_t  *place;

    found = 0;
    place = ngx_ap_cache_repeat_places(cache, mark);

    ngx_shmtx_lock(&cache->shpool->mutex);

    for (i = 0; i < NGX_AP_CACHE_REPEATS_PLACES && !found; i++) {

        found = place[i].name != 0
                && place[i].mark == ngx_ap_cache_repeat_mark(mark)
                && (name == 0 || place[i].name == name)
                && (time_t) place[i].until > ngx_time();
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return found;
}


void
ngx_ap_cache_repeat_add(ngx_ap_cache_t *cache, uint64_t mark, uint64_t name,
    time_t until)
{
    ngx_uint_t              i;
    ngx_ap_cache_repeat_t  *place, *victim;

    place = ngx_ap_cache_repeat_places(cache, mark);
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
    victim->mark = ngx_ap_cache_repeat_mark(mark);
    victim->until = (uint32_t) until;
    victim->name = name;

    ngx_shmtx_unlock(&cache->shpool->mutex);
}


/* the half of it that does not say where the place is */

static uint32_t
ngx_ap_cache_repeat_mark(uint64_t mark)
{
    return mark >> 32;
}


static ngx_ap_cache_repeat_t *
ngx_ap_cache_repeat_places(ngx_ap_cache_t *cache, uint64_t mark)
{
    ngx_ap_cache_repeats_t  *repeats;

    repeats = &cache->shared->repeats;

    return &repeats->places[ngx_ap_cache_place(mark, repeats->n,
                                               NGX_AP_CACHE_REPEATS_PLACES)];
}
