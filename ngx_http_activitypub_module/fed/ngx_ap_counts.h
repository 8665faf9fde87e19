
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What workers count of their own doing, beside what is counted of requests
 * (ngx_http_ap_counters.h): in the zone, since it was made, all workers of a
 * node together.  They only grow.
 */

#ifndef NGX_AP_COUNTS_H
#define NGX_AP_COUNTS_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_cache_counters.h"


typedef enum {
    /* keys that a request wanted, by who had them */
    NGX_AP_COUNT_KEYS_HELD = 192,       /* this worker */
    NGX_AP_COUNT_KEYS_ABSENT,           /* it knew that there is none */
    NGX_AP_COUNT_KEYS_DATABASE,
    NGX_AP_COUNT_KEYS_FETCHED,
    NGX_AP_COUNT_KEYS_REFUSED,          /* answered: none, or a bad one */
    NGX_AP_COUNT_KEYS_FAILED,           /* no answer */
    NGX_AP_COUNT_KEYS_BREAKER,          /* not asked: it failed too often */
    NGX_AP_COUNT_KEYS_CROWDED,          /* not asked: too many at a time */

    /* tries to deliver */
    NGX_AP_COUNT_DELIVERIES_SENT,
    NGX_AP_COUNT_DELIVERIES_RETRIED,    /* failed, and will be tried again */
    NGX_AP_COUNT_DELIVERIES_FAILED,     /* refused, or the inbox is gone */

    NGX_AP_COUNT_CONNECTIONS,           /* opened to other servers */

    NGX_AP_COUNT_END
} ngx_ap_count_e;


typedef char  ngx_ap_counts_fit[
    (int) NGX_AP_COUNT_END <= NGX_AP_CACHE_COUNTERS ? 1 : -1];


#endif
