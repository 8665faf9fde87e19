
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_lookup.h"


static ngx_int_t ngx_http_ap_kept(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, uint64_t hash, ngx_ap_cache_actor_t *actor);
static ngx_uint_t ngx_http_ap_is_away(void);


ngx_http_ap_who_e
ngx_http_ap_who(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    fedi_str_t name)
{
    ngx_int_t              rc;
    ngx_str_t              text;
    ngx_ap_actor_t        *configured;
    ngx_ap_cache_actor_t   actor;

    if (name.len == 0 || name.len > NGX_AP_CACHE_NAME_LEN) {
        return NGX_HTTP_AP_NOBODY;
    }

    text = ngx_http_ap_string(name);
    configured = ngx_ap_origin_actor(origin, name);

    rc = ngx_http_ap_kept(r, origin, ngx_ap_cache_name_hash(&text), &actor);

    if (rc == NGX_OK
        && (actor.len != name.len
            || ngx_memcmp(actor.name, name.data, name.len) != 0))
    {
        rc = NGX_DECLINED;
    }

    /* who is deleted stays so, also where a configuration names it again */

    if (rc == NGX_OK && actor.gone) {
        return NGX_HTTP_AP_GONE;
    }

    if (configured) {
        return NGX_HTTP_AP_CONFIGURED;
    }

    if (rc == NGX_OK) {
        return NGX_HTTP_AP_KEPT;
    }

    return rc == NGX_AGAIN ? NGX_HTTP_AP_PERHAPS : NGX_HTTP_AP_NOBODY;
}


ngx_http_ap_who_e
ngx_http_ap_twin_who(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    const ngx_ap_cache_twin_t *twin, ngx_str_t *name)
{
    ngx_int_t              rc;
    ngx_ap_actor_t        *configured;
    ngx_ap_cache_actor_t   actor;

    configured = ngx_ap_index_find(&origin->names, twin->actor);

    if (configured) {
        *name = configured->name;
        return NGX_HTTP_AP_CONFIGURED;
    }

    rc = ngx_http_ap_kept(r, origin, twin->actor, &actor);

    if (rc != NGX_OK) {
        return rc == NGX_AGAIN ? NGX_HTTP_AP_PERHAPS : NGX_HTTP_AP_NOBODY;
    }

    if (actor.gone) {
        return NGX_HTTP_AP_GONE;
    }

    name->len = actor.len;
    name->data = ngx_pnalloc(r->pool, actor.len);
    if (name->data == NULL) {
        return NGX_HTTP_AP_NOBODY;
    }

    ngx_memcpy(name->data, actor.name, actor.len);

    return NGX_HTTP_AP_KEPT;
}


static ngx_int_t
ngx_http_ap_kept(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    uint64_t hash, ngx_ap_cache_actor_t *actor)
{
    ngx_int_t                 rc;
    ngx_http_ap_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_activitypub_module);

    rc = ngx_ap_cache_actor_find(amcf->cache, &origin->url, hash, actor, 0);

    if (rc != NGX_AGAIN || !ngx_http_ap_is_away()) {
        return rc;
    }

    return ngx_ap_cache_actor_find(amcf->cache, &origin->url, hash, actor, 1);
}


ngx_int_t
ngx_http_ap_twin(ngx_http_request_t *r, const ngx_ap_cache_key_t *key,
    ngx_ap_cache_twin_t *twin)
{
    ngx_int_t                 rc;
    ngx_http_ap_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_activitypub_module);

    rc = ngx_ap_cache_twin_find(amcf->cache, key, twin, 0);

    if (rc != NGX_AGAIN || !ngx_http_ap_is_away()) {
        return rc;
    }

    return ngx_ap_cache_twin_find(amcf->cache, key, twin, 1);
}


/* what was true when the database went away is better than nothing */

static ngx_uint_t
ngx_http_ap_is_away(void)
{
    ngx_ap_worker_t  *worker;

    worker = ngx_ap_worker();

    return worker != NULL && !ngx_ap_store_ready(worker->store);
}
