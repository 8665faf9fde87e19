
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A notification names an actor by the URL of its document.  Where that ends
 * in a name is known of the origins of this configuration; of others nobody
 * asks here until a reload knows them, and then it was added all the same.
 */

#include "ngx_ap_origin.h"
#include "ngx_ap_set_rows.h"
#include "ngx_ap_str.h"


static ngx_int_t ngx_ap_set_rows_name(ngx_ap_worker_conf_t *conf,
    const ngx_ap_cache_key_t *key, ngx_str_t *name);
static ngx_int_t ngx_ap_set_rows_add_twin(ngx_ap_cache_t *cache,
    const ngx_ap_store_member_t *row);
static void ngx_ap_set_rows_gone_twin(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key, const ngx_ap_store_member_t *rows,
    ngx_uint_t n);
static void ngx_ap_set_rows_gone_actor(ngx_ap_cache_t *cache,
    const ngx_str_t *origin, const ngx_str_t *name,
    const ngx_ap_store_member_t *rows, ngx_uint_t n);


ngx_uint_t
ngx_ap_set_rows_concern(ngx_ap_worker_conf_t *conf, ngx_ap_set_e set,
    const ngx_ap_changes_t *changes)
{
    ngx_str_t           name;
    ngx_uint_t          i;
    ngx_ap_cache_key_t  key;

    for (i = 0; i < changes->n; i++) {
        ngx_ap_changes_key(changes, i, &key);

        if (ngx_ap_changes_is_url(&key)
            && (set == NGX_AP_SET_TWINS
                || ngx_ap_set_rows_name(conf, &key, &name) != NGX_DECLINED))
        {
            return 1;
        }
    }

    return 0;
}


/* NGX_DECLINED: not an actor's; NGX_AGAIN: of an origin that is not known */

static ngx_int_t
ngx_ap_set_rows_name(ngx_ap_worker_conf_t *conf,
    const ngx_ap_cache_key_t *key, ngx_str_t *name)
{
    u_char           *last;
    ngx_uint_t        i;
    ngx_ap_origin_t  *origin;

    for (i = 0; i < conf->origins.nelts; i++) {
        origin = ((ngx_ap_origin_t **) conf->origins.elts)[i];

        if (!ngx_ap_str_eq(&origin->url, &key->origin)) {
            continue;
        }

        if (key->query.len
            || key->path.len <= origin->prefix.len
            || ngx_memcmp(key->path.data, origin->prefix.data,
                          origin->prefix.len)
               != 0)
        {
            return NGX_DECLINED;
        }

        name->data = key->path.data + origin->prefix.len;
        name->len = key->path.len - origin->prefix.len;
        last = name->data + name->len;

        return ngx_strlchr(name->data, last, '/') ? NGX_DECLINED : NGX_OK;
    }

    return NGX_AGAIN;
}


ngx_int_t
ngx_ap_set_rows_add(ngx_ap_cache_t *cache, ngx_ap_set_e set,
    const ngx_ap_store_member_t *rows, ngx_uint_t n)
{
    ngx_int_t   rc;
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {

        rc = (set == NGX_AP_SET_TWINS)
             ? ngx_ap_set_rows_add_twin(cache, &rows[i])
             : ngx_ap_cache_actor_add(cache, &rows[i].origin,
                                      &rows[i].actor, rows[i].gone);

        if (rc != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ap_set_rows_add_twin(ngx_ap_cache_t *cache,
    const ngx_ap_store_member_t *row)
{
    ngx_ap_cache_key_t   key;
    ngx_ap_cache_twin_t  twin;

    key.origin = row->origin;
    key.path = row->path;
    key.query = row->query;

    ngx_memcpy(twin.object, row->object, sizeof(twin.object));
    twin.actor = ngx_ap_cache_name_hash(&row->actor);
    twin.gone = row->gone;

    return ngx_ap_cache_twin_add(cache, &key, &twin);
}


ngx_int_t
ngx_ap_set_rows_apply(ngx_ap_worker_conf_t *conf, ngx_ap_set_e set,
    ngx_str_t *payload, const ngx_ap_store_member_t *rows, ngx_uint_t n)
{
    ngx_str_t           name;
    ngx_uint_t          i;
    ngx_ap_changes_t    changes;
    ngx_ap_cache_key_t  key;

    if (ngx_ap_set_rows_add(conf->cache, set, rows, n) != NGX_OK
        || ngx_ap_changes_open(&changes, payload) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < changes.n; i++) {
        ngx_ap_changes_key(&changes, i, &key);

        if (set == NGX_AP_SET_TWINS) {
            ngx_ap_set_rows_gone_twin(conf->cache, &key, rows, n);

        } else if (ngx_ap_set_rows_name(conf, &key, &name) == NGX_OK) {
            ngx_ap_set_rows_gone_actor(conf->cache, &key.origin, &name, rows,
                                       n);
        }
    }

    ngx_ap_changes_close(&changes);

    return NGX_OK;
}


static void
ngx_ap_set_rows_gone_twin(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key, const ngx_ap_store_member_t *rows,
    ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {

        if (ngx_ap_str_eq(&rows[i].origin, &key->origin)
            && ngx_ap_str_eq(&rows[i].path, &key->path)
            && ngx_ap_str_eq(&rows[i].query, &key->query))
        {
            return;
        }
    }

    ngx_ap_cache_twin_remove(cache, key);
}


static void
ngx_ap_set_rows_gone_actor(ngx_ap_cache_t *cache, const ngx_str_t *origin,
    const ngx_str_t *name, const ngx_ap_store_member_t *rows, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {

        if (ngx_ap_str_eq(&rows[i].origin, origin)
            && ngx_ap_str_eq(&rows[i].actor, name))
        {
            return;
        }
    }

    ngx_ap_cache_actor_remove(cache, origin, name);
}
