
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How the workers of a node hear that there is work: counters that each of
 * them compares with what it saw last.
 */

#include "ngx_ap_cache_shared.h"


void
ngx_ap_cache_wake(ngx_ap_cache_t *cache, ngx_ap_work_e work)
{
    (void) ngx_atomic_fetch_add(&cache->shared->work[work], 1);
}


ngx_uint_t
ngx_ap_cache_woken(ngx_ap_cache_t *cache, ngx_ap_work_e work)
{
    return (ngx_uint_t) cache->shared->work[work];
}
