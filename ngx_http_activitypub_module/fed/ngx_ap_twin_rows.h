
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of twins, from the database into the zone.
 */

#ifndef NGX_AP_TWIN_ROWS_H
#define NGX_AP_TWIN_ROWS_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_cache.h"
#include "ngx_ap_store.h"


/* NGX_ERROR: the zone is full, and the set incomplete */
ngx_int_t ngx_ap_twin_rows_add(ngx_ap_cache_t *cache,
    const ngx_ap_store_twin_t *rows, ngx_uint_t n);

/*
 * "rows" are what exists now of the keys in "payload", one that was opened
 * before: they are added, and the keys without a row are removed.
 */
ngx_int_t ngx_ap_twin_rows_apply(ngx_ap_cache_t *cache, ngx_str_t *payload,
    const ngx_ap_store_twin_t *rows, ngx_uint_t n);


#endif
