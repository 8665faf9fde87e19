
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_cache_counters.h"

#include "ngx_ap_cache_shared.h"


void
ngx_ap_cache_count(ngx_ap_cache_t *cache, ngx_uint_t counter)
{
    if (counter < NGX_AP_CACHE_COUNTERS) {
        (void) ngx_atomic_fetch_add(&cache->shared->counters[counter], 1);
    }
}


ngx_uint_t
ngx_ap_cache_counted(ngx_ap_cache_t *cache, ngx_uint_t counter)
{
    return counter < NGX_AP_CACHE_COUNTERS ? cache->shared->counters[counter]
                                           : 0;
}


ngx_atomic_t *
ngx_ap_cache_counter(ngx_ap_cache_t *cache, ngx_uint_t counter)
{
    return counter < NGX_AP_CACHE_COUNTERS ? &cache->shared->counters[counter]
                                           : NULL;
}
