
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Redirects of pages that the database was told of lately.
 */

#ifndef NGX_AP_CACHE_REDIRECTS_H
#define NGX_AP_CACHE_REDIRECTS_H

#include "ngx_ap_cache.h"


/*
 * Whether the database is to be told that a page redirects to "target": not
 * if it was within the last "pause" seconds, nor if it is told of many others
 * in this very second.
 */
ngx_uint_t ngx_ap_cache_redirect_is_news(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key, const ngx_str_t *target, time_t pause);


#endif
