
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Four places to a name, next to each other, as those of repeats are.
 */

#include "ngx_ap_cache_limits.h"
#include "ngx_ap_cache_shared.h"


ngx_int_t
ngx_ap_cache_limits_create(ngx_ap_cache_t *cache)
{
    ngx_ap_cache_limits_t  *limits;

    limits = &cache->shared->limits;

    limits->n = ngx_ap_cache_places(cache, NGX_AP_CACHE_LIMITS_SHARE,
                                   sizeof(ngx_ap_cache_limit_t),
                                   NGX_AP_CACHE_LIMITS_PLACES);

    limits->places = ngx_slab_calloc(cache->shpool,
                                     limits->n
                                     * sizeof(ngx_ap_cache_limit_t));

    return limits->places ? NGX_OK : NGX_ERROR;
}


ngx_msec_t
ngx_ap_cache_limit(ngx_ap_cache_t *cache, uint64_t name, ngx_uint_t rate,
    ngx_uint_t burst, ngx_msec_t now)
{
    uint64_t                excess, leaked;
    ngx_uint_t              i;
    ngx_msec_int_t          ms;
    ngx_ap_cache_limit_t   *place, *limit;
    ngx_ap_cache_limits_t  *limits;

    limits = &cache->shared->limits;
    place = &limits->places[ngx_ap_cache_place(name, limits->n,
                                               NGX_AP_CACHE_LIMITS_PLACES)];
    limit = place;

    ngx_shmtx_lock(&cache->shpool->mutex);

    for (i = 0; i < NGX_AP_CACHE_LIMITS_PLACES; i++) {

        if (place[i].name == name) {
            limit = &place[i];
            break;
        }

        if ((ngx_msec_int_t) (place[i].last - limit->last) < 0) {
            limit = &place[i];
        }
    }

    if (limit->name != name) {
        limit->name = name;
        limit->last = now;
        limit->excess = 0;

        ngx_shmtx_unlock(&cache->shpool->mutex);

        return 0;
    }

    /* another worker may have looked at its clock a little later */

    ms = (ngx_msec_int_t) (now - limit->last);

    if (ms < 0) {
        ms = 0;
        now = limit->last;
    }

    leaked = (uint64_t) rate * (uint64_t) ms / 1000;
    excess = limit->excess + 1000;
    excess = excess > leaked ? excess - leaked : 0;

    if (excess <= burst) {
        limit->excess = excess;
        limit->last = now;

        ngx_shmtx_unlock(&cache->shpool->mutex);

        return 0;
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return (ngx_msec_t) ((excess - burst) * 1000 / rate + 1);
}
