
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of twins.
 */

#include "ngx_ap_changes.h"
#include "ngx_ap_str.h"
#include "ngx_ap_twin_rows.h"


static ngx_uint_t ngx_ap_twin_rows_have(const ngx_ap_store_twin_t *rows,
    ngx_uint_t n, const ngx_ap_cache_key_t *key);


ngx_int_t
ngx_ap_twin_rows_add(ngx_ap_cache_t *cache, const ngx_ap_store_twin_t *rows,
    ngx_uint_t n)
{
    ngx_str_t            actor;
    ngx_uint_t           i;
    ngx_ap_cache_key_t   key;
    ngx_ap_cache_twin_t  twin;

    for (i = 0; i < n; i++) {
        key.origin = rows[i].origin;
        key.path = rows[i].path;
        key.query = rows[i].query;

        actor = rows[i].actor;

        ngx_memcpy(twin.object, rows[i].object, sizeof(twin.object));
        twin.actor = ngx_ap_cache_name_hash(&actor);
        twin.gone = rows[i].gone;

        if (ngx_ap_cache_twin_add(cache, &key, &twin) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_ap_twin_rows_apply(ngx_ap_cache_t *cache, ngx_str_t *payload,
    const ngx_ap_store_twin_t *rows, ngx_uint_t n)
{
    ngx_uint_t          i;
    ngx_ap_changes_t    changes;
    ngx_ap_cache_key_t  key;

    if (ngx_ap_twin_rows_add(cache, rows, n) != NGX_OK
        || ngx_ap_changes_open(&changes, payload) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < changes.n; i++) {
        ngx_ap_changes_key(&changes, i, &key);

        if (!ngx_ap_twin_rows_have(rows, n, &key)) {
            ngx_ap_cache_twin_remove(cache, &key);
        }
    }

    ngx_ap_changes_close(&changes);

    return NGX_OK;
}


static ngx_uint_t
ngx_ap_twin_rows_have(const ngx_ap_store_twin_t *rows, ngx_uint_t n,
    const ngx_ap_cache_key_t *key)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {

        if (ngx_ap_str_eq(&rows[i].origin, &key->origin)
            && ngx_ap_str_eq(&rows[i].path, &key->path)
            && ngx_ap_str_eq(&rows[i].query, &key->query))
        {
            return 1;
        }
    }

    return 0;
}
