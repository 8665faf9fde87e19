
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How much of what somebody may do was done lately: leaky buckets, as those
 * of nginx's limit_req, by their names.  Of fixed size: the one that was used
 * longest ago makes room, and is empty by then or was the least busy.
 */

#ifndef NGX_AP_CACHE_LIMITS_H
#define NGX_AP_CACHE_LIMITS_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_cache.h"


/*
 * One more, if there is room for it: "rate" in thousandths a second, at least
 * 1, "burst" in thousandths.  0: yes; else no, and there will be in so many
 * milliseconds.  "now" is ngx_current_msec: the clock of all workers.
 */
ngx_msec_t ngx_ap_cache_limit(ngx_ap_cache_t *cache, uint64_t name,
    ngx_uint_t rate, ngx_uint_t burst, ngx_msec_t now);


#endif
