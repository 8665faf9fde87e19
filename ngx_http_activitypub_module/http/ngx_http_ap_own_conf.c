
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_own_conf.h"


/* larger ones are spooled: memory is not a stranger's to take */
#define NGX_HTTP_AP_BODY_BUFFER  (64 * 1024)


/* a filter's settings as they are by default */

typedef struct {
    ngx_uint_t                  index;
    void                       *conf;
} ngx_http_ap_own_filter_t;


static ngx_uint_t ngx_http_ap_own_is_filter(ngx_module_t *module);
static void *ngx_http_ap_own_default(ngx_conf_t *cf, ngx_http_module_t *module);
static void ngx_http_ap_own_set_limits(ngx_http_core_loc_conf_t *clcf);
static void ngx_http_ap_own_set_defaults(ngx_array_t *filters,
    void **loc_conf);


/* those that would change our bytes or headers */

static const char *const  ngx_http_ap_own_filter_names[] = {
    "ngx_http_addition_filter_module",
    "ngx_http_charset_filter_module",
    "ngx_http_headers_filter_module",
    "ngx_http_image_filter_module",
    "ngx_http_ssi_filter_module",
    "ngx_http_sub_filter_module",
    "ngx_http_userid_filter_module",
    "ngx_http_xslt_filter_module",
    NULL
};


/*
 * In the cycle's memory, never in static memory: after a reload that failed,
 * the master starts workers with the configuration it had before.
 */

ngx_int_t
ngx_http_ap_own_conf_init(ngx_conf_t *cf)
{
    ngx_uint_t                 i;
    ngx_module_t             **modules;
    ngx_http_ap_main_conf_t   *amcf;
    ngx_http_ap_own_filter_t  *filter;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_activitypub_module);

    if (ngx_array_init(&amcf->filters, cf->pool, 8,
                       sizeof(ngx_http_ap_own_filter_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    modules = cf->cycle->modules;

    for (i = 0; modules[i]; i++) {

        if (!ngx_http_ap_own_is_filter(modules[i])) {
            continue;
        }

        filter = ngx_array_push(&amcf->filters);
        if (filter == NULL) {
            return NGX_ERROR;
        }

        filter->index = modules[i]->ctx_index;
        filter->conf = ngx_http_ap_own_default(cf, modules[i]->ctx);

        if (filter->conf == NULL) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_ap_own_is_filter(ngx_module_t *module)
{
    ngx_uint_t  i;

    for (i = 0; ngx_http_ap_own_filter_names[i]; i++) {

        if (ngx_strcmp(module->name, ngx_http_ap_own_filter_names[i]) == 0) {
            return 1;
        }
    }

    return 0;
}


/* as if nothing had been configured */

static void *
ngx_http_ap_own_default(ngx_conf_t *cf, ngx_http_module_t *module)
{
    void  *parent, *child;

    parent = module->create_loc_conf(cf);
    child = module->create_loc_conf(cf);

    if (parent == NULL || child == NULL
        || module->merge_loc_conf(cf, parent, child) != NGX_CONF_OK)
    {
        return NULL;
    }

    return child;
}


/* the server block's merged settings, less what would spoil our answers */

void **
ngx_http_ap_own_conf(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf)
{
    void                      **loc_conf;
    ngx_http_ap_main_conf_t    *amcf;
    ngx_http_core_loc_conf_t   *clcf, *core;

    loc_conf = ngx_palloc(cf->pool, sizeof(void *) * ngx_http_max_module);
    clcf = ngx_palloc(cf->pool, sizeof(ngx_http_core_loc_conf_t));

    if (loc_conf == NULL || clcf == NULL) {
        return NULL;
    }

    ngx_memcpy(loc_conf, cscf->ctx->loc_conf,
               sizeof(void *) * ngx_http_max_module);

    core = loc_conf[ngx_http_core_module.ctx_index];
    *clcf = *core;

    ngx_http_ap_own_set_limits(clcf);
    clcf->handler = NULL;
    clcf->loc_conf = loc_conf;
    ngx_str_null(&clcf->post_action);

    loc_conf[ngx_http_core_module.ctx_index] = clcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_activitypub_module);

    ngx_http_ap_own_set_defaults(&amcf->filters, loc_conf);

    return loc_conf;
}


/* what a site sets for its own uploads and pages does not reach an inbox */

static void
ngx_http_ap_own_set_limits(ngx_http_core_loc_conf_t *clcf)
{
    clcf->client_max_body_size = NGX_HTTP_AP_BODY_MAX;
    clcf->client_body_buffer_size = NGX_HTTP_AP_BODY_BUFFER;
    clcf->client_body_in_file_only = 0;
    clcf->client_body_in_single_buffer = 0;
    clcf->error_pages = NULL;
}


static void
ngx_http_ap_own_set_defaults(ngx_array_t *filters, void **loc_conf)
{
    ngx_uint_t                 i;
    ngx_http_ap_own_filter_t  *filter;

    filter = filters->elts;

    for (i = 0; i < filters->nelts; i++) {
        loc_conf[filter[i].index] = filter[i].conf;
    }
}


ngx_int_t
ngx_http_ap_own_filters(ngx_http_request_t *r)
{
    void                     **loc_conf;
    ngx_http_ap_srv_conf_t    *ascf;
    ngx_http_ap_main_conf_t   *amcf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);

    if (r->loc_conf == ascf->loc_conf) {
        return NGX_OK;
    }

    loc_conf = ngx_palloc(r->pool, sizeof(void *) * ngx_http_max_module);
    if (loc_conf == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(loc_conf, r->loc_conf, sizeof(void *) * ngx_http_max_module);

    amcf = ngx_http_get_module_main_conf(r, ngx_http_activitypub_module);

    ngx_http_ap_own_set_defaults(&amcf->filters, loc_conf);

    r->loc_conf = loc_conf;

    return NGX_OK;
}


ngx_int_t
ngx_http_ap_own_limits(ngx_http_request_t *r)
{
    void                      **loc_conf;
    ngx_http_ap_srv_conf_t     *ascf;
    ngx_http_core_loc_conf_t   *clcf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);

    if (r->loc_conf == ascf->loc_conf) {
        return NGX_OK;
    }

    loc_conf = ngx_palloc(r->pool, sizeof(void *) * ngx_http_max_module);
    clcf = ngx_palloc(r->pool, sizeof(ngx_http_core_loc_conf_t));

    if (loc_conf == NULL || clcf == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(loc_conf, r->loc_conf, sizeof(void *) * ngx_http_max_module);

    *clcf = *(ngx_http_core_loc_conf_t *)
                                 loc_conf[ngx_http_core_module.ctx_index];
    ngx_http_ap_own_set_limits(clcf);

    loc_conf[ngx_http_core_module.ctx_index] = clcf;
    r->loc_conf = loc_conf;

    r->request_body_in_file_only = 0;
    r->request_body_in_persistent_file = 0;
    r->request_body_in_clean_file = 0;

    ngx_http_update_location_config(r);

    return NGX_OK;
}
