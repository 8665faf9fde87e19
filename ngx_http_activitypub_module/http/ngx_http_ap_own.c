
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_own.h"

#include "ngx_http_ap_own_conf.h"
#include "ngx_http_ap_site.h"


static void ngx_http_ap_own_locations_init(ngx_http_ap_srv_conf_t *ascf);
static ngx_uint_t ngx_http_ap_own_is_site(ngx_http_core_srv_conf_t *cscf,
    ngx_http_ap_srv_conf_t *ascf, ngx_str_t *path);


static ngx_str_t  ngx_http_ap_webfinger_path =
    ngx_string("/.well-known/webfinger");

static ngx_str_t  ngx_http_ap_host_meta_path =
    ngx_string("/.well-known/host-meta");

static ngx_str_t  ngx_http_ap_host_meta_json_path =
    ngx_string("/.well-known/host-meta.json");

static ngx_str_t  ngx_http_ap_nodeinfo_path =
    ngx_string("/.well-known/nodeinfo");


ngx_int_t
ngx_http_ap_own_init(ngx_conf_t *cf)
{
    ngx_uint_t                   i;
    ngx_http_ap_srv_conf_t      *ascf;
    ngx_http_core_srv_conf_t   **cscfp;
    ngx_http_core_main_conf_t   *cmcf;

    if (ngx_http_ap_own_conf_init(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    cscfp = cmcf->servers.elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {
        ascf = cscfp[i]->ctx->srv_conf[ngx_http_activitypub_module.ctx_index];

        if (ascf->domains.nelts == 0) {
            continue;
        }

        ascf->loc_conf = ngx_http_ap_own_conf(cf, cscfp[i]);
        if (ascf->loc_conf == NULL) {
            return NGX_ERROR;
        }

        ngx_http_ap_own_locations_init(ascf);

        if (ascf->origin) {
            ascf->site_host_meta = ngx_http_ap_own_is_site(cscfp[i], ascf,
                                             &ngx_http_ap_host_meta_path);
            ascf->site_host_meta_json = ngx_http_ap_own_is_site(cscfp[i], ascf,
                                             &ngx_http_ap_host_meta_json_path);
            ascf->site_nodeinfo = ngx_http_ap_own_is_site(cscfp[i], ascf,
                                             &ngx_http_ap_nodeinfo_path);
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_ap_own_locate(ngx_conf_t *cf)
{
    ngx_http_ap_srv_conf_t     *ascf;
    ngx_http_core_loc_conf_t   *clcf, **location;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

#if (NGX_PCRE)
    if (clcf->regex) {
        return NGX_OK;
    }
#endif

    if (clcf->named || clcf->noname) {
        return NGX_OK;
    }

    ascf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_activitypub_module);

    if (ascf->locations == NULL) {
        ascf->locations = ngx_array_create(cf->pool, 1, sizeof(void *));
        if (ascf->locations == NULL) {
            return NGX_ERROR;
        }
    }

    location = ngx_array_push(ascf->locations);
    if (location == NULL) {
        return NGX_ERROR;
    }

    *location = clcf;

    return NGX_OK;
}


/*
 * Where a location is found a length is looked at.  In one that is ours to
 * answer this is not the place: an inbox has its own limit, others read none.
 */

static void
ngx_http_ap_own_locations_init(ngx_http_ap_srv_conf_t *ascf)
{
    ngx_uint_t                  i;
    ngx_http_core_loc_conf_t  **location;

    if (ascf->locations == NULL) {
        return;
    }

    location = ascf->locations->elts;

    for (i = 0; i < ascf->locations->nelts; i++) {

        if (ngx_http_ap_own_kind(ascf, &location[i]->name)
            != NGX_HTTP_AP_OWN_NONE)
        {
            location[i]->client_max_body_size = 0;
        }
    }
}


/*
 * The site may have a host-meta or a NodeInfo of its own: a location for just
 * that says so, unless "activitypub on" stands in it.
 */
static ngx_uint_t
ngx_http_ap_own_is_site(ngx_http_core_srv_conf_t *cscf,
    ngx_http_ap_srv_conf_t *ascf, ngx_str_t *path)
{
    return ngx_http_ap_site_has(cscf, path)
           && !ngx_http_ap_own_is_located(ascf, path);
}


ngx_http_ap_own_e
ngx_http_ap_own_kind(ngx_http_ap_srv_conf_t *ascf, ngx_str_t *path)
{
    ngx_str_t  *prefix;

    if (ascf->origin) {
        prefix = &ascf->origin->prefix;

        if (path->len >= prefix->len
            && ngx_memcmp(path->data, prefix->data, prefix->len) == 0)
        {
            return NGX_HTTP_AP_OWN_MACHINE;
        }
    }

    if (path->len < sizeof("/.well-known/") || path->data[1] != '.') {
        return NGX_HTTP_AP_OWN_NONE;
    }

#define is(name)                                                              \
    (path->len == (name).len                                                  \
     && ngx_memcmp(path->data, (name).data, (name).len) == 0)

    if (is(ngx_http_ap_webfinger_path)) {
        return NGX_HTTP_AP_OWN_WEBFINGER;
    }

    if (ascf->origin == NULL) {
        return NGX_HTTP_AP_OWN_NONE;
    }

    if (is(ngx_http_ap_host_meta_path) && !ascf->site_host_meta) {
        return NGX_HTTP_AP_OWN_HOST_META;
    }

    if (is(ngx_http_ap_host_meta_json_path) && !ascf->site_host_meta_json) {
        return NGX_HTTP_AP_OWN_HOST_META_JSON;
    }

    if (is(ngx_http_ap_nodeinfo_path) && !ascf->site_nodeinfo) {
        return NGX_HTTP_AP_OWN_NODEINFO;
    }

#undef is

    return NGX_HTTP_AP_OWN_NONE;
}


ngx_uint_t
ngx_http_ap_own_is_located(ngx_http_ap_srv_conf_t *ascf, ngx_str_t *path)
{
    ngx_str_t                  *name;
    ngx_uint_t                  i;
    ngx_http_core_loc_conf_t  **location;

    if (ascf->locations == NULL) {
        return 0;
    }

    location = ascf->locations->elts;

    for (i = 0; i < ascf->locations->nelts; i++) {
        name = &location[i]->name;

        if (location[i]->exact_match && path->len != name->len) {
            continue;
        }

        /* "/" is everywhere, and no word about our space in particular */

        if (name->len > 1
            && path->len >= name->len
            && ngx_memcmp(path->data, name->data, name->len) == 0
            && ngx_http_ap_own_kind(ascf, name) != NGX_HTTP_AP_OWN_NONE)
        {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_http_ap_own_enter(ngx_http_request_t *r)
{
    ngx_uint_t                  n;
    ngx_http_phase_handler_t   *handlers;
    ngx_http_ap_srv_conf_t     *ascf;
    ngx_http_core_main_conf_t  *cmcf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);
    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    r->loc_conf = ascf->loc_conf;
    ngx_http_update_location_config(r);

    /* what the server block rewrote was the site's business */

    r->uri_changed = 0;

    /* an nginx without the rewrite module has no handler in that phase */

    handlers = cmcf->phase_engine.handlers;
    n = cmcf->phase_engine.location_rewrite_index;

    while (handlers[n].checker == ngx_http_core_rewrite_phase) {
        n++;
    }

    /* the checker adds one to what is declined */

    r->phase_handler = n - 1;

    return NGX_DECLINED;
}
