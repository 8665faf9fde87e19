
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is counted on this node since the zone was made, by the caller's plan.
 */

#ifndef NGX_AP_CACHE_COUNTERS_H
#define NGX_AP_CACHE_COUNTERS_H

#include "ngx_ap_cache.h"


#define NGX_AP_CACHE_COUNTERS  256


/* adds one; a counter that is none is ignored, and has always counted 0 */
void ngx_ap_cache_count(ngx_ap_cache_t *cache, ngx_uint_t counter);
ngx_uint_t ngx_ap_cache_counted(ngx_ap_cache_t *cache, ngx_uint_t counter);

/* for who counts and does not know the zone; NULL: there is no such counter */
ngx_atomic_t *ngx_ap_cache_counter(ngx_ap_cache_t *cache, ngx_uint_t counter);


#endif
