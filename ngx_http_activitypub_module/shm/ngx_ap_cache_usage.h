
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How much of the zone is used, for those who have to know its size.
 */

#ifndef NGX_AP_CACHE_USAGE_H
#define NGX_AP_CACHE_USAGE_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_cache.h"


/* bytes, but for the numbers; a set may be incomplete */

typedef struct {
    size_t                      size;
    size_t                      free;       /* of neither documents nor sets */
    ngx_uint_t                  members[NGX_AP_SETS];
    ngx_uint_t                  complete;   /* all of them are */
} ngx_ap_cache_usage_t;

void ngx_ap_cache_usage(ngx_ap_cache_t *cache, ngx_ap_cache_usage_t *usage);

/* the megabytes that would do for so many members of one set */
ngx_uint_t ngx_ap_cache_wants(ngx_ap_cache_t *cache, ngx_uint_t members);
ngx_str_t *ngx_ap_cache_name(ngx_ap_cache_t *cache);


#endif
