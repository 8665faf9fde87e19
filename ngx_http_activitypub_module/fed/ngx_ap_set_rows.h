
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Members of a set, from the database into the zone.
 */

#ifndef NGX_AP_SET_ROWS_H
#define NGX_AP_SET_ROWS_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_cache.h"
#include "ngx_ap_changes.h"
#include "ngx_ap_store.h"
#include "ngx_ap_worker.h"


/* whether one of these changes may be a member's; nothing is asked else */
ngx_uint_t ngx_ap_set_rows_concern(ngx_ap_worker_conf_t *conf,
    ngx_ap_set_e set, const ngx_ap_changes_t *changes);

/* NGX_ERROR: the zone is full, and the set incomplete */
ngx_int_t ngx_ap_set_rows_add(ngx_ap_cache_t *cache, ngx_ap_set_e set,
    const ngx_ap_store_member_t *rows, ngx_uint_t n);

/*
 * "rows" are what exists now of the keys in "payload", one that was opened
 * before: they are added, and the keys without a row are removed.
 */
ngx_int_t ngx_ap_set_rows_apply(ngx_ap_worker_conf_t *conf,
    ngx_ap_set_e set, ngx_str_t *payload, const ngx_ap_store_member_t *rows,
    ngx_uint_t n);


#endif
