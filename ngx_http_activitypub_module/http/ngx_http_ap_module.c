
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Directives, and the life of the module: read, check, install, start, stop.
 */

#include "ngx_http_ap_module.h"

#include "ngx_http_ap_actor_conf.h"
#include "ngx_http_ap_client_conf.h"
#include "ngx_http_ap_database_conf.h"
#include "ngx_http_ap_filter.h"
#include "ngx_http_ap_origin.h"
#include "ngx_http_ap_own.h"
#include "ngx_http_ap_request.h"
#include "ngx_http_ap_status.h"
#include "ngx_http_ap_variables.h"


static ngx_int_t ngx_http_ap_preconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_ap_postconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_ap_servers_build(ngx_conf_t *cf,
    ngx_uint_t *origins);
static ngx_int_t ngx_http_ap_server_check(ngx_conf_t *cf,
    ngx_http_ap_srv_conf_t *ascf);
static void *ngx_http_ap_create_main_conf(ngx_conf_t *cf);
static char *ngx_http_ap_init_main_conf(ngx_conf_t *cf, void *conf);
static void *ngx_http_ap_create_srv_conf(ngx_conf_t *cf);
static void *ngx_http_ap_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_ap_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ngx_http_ap_enable(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static ngx_int_t ngx_http_ap_init_process(ngx_cycle_t *cycle);
static void ngx_http_ap_exit_process(ngx_cycle_t *cycle);


static ngx_conf_post_t  ngx_http_ap_account_domain_post =
    { ngx_http_ap_account_domain_check };

static ngx_conf_post_t  ngx_http_ap_allow_http_post =
    { ngx_http_ap_allow_http_warn };

static ngx_conf_enum_t  ngx_http_ap_enables[] = {
    { ngx_string("off"), NGX_HTTP_AP_OFF },
    { ngx_string("on"), NGX_HTTP_AP_ON },
    { ngx_string("link"), NGX_HTTP_AP_LINK },
    { ngx_null_string, 0 }
};

static ngx_conf_post_t  ngx_http_ap_origin_post =
    { ngx_http_ap_origin_check };

static ngx_conf_post_t  ngx_http_ap_prefix_post =
    { ngx_http_ap_prefix_check };

static ngx_conf_post_t  ngx_http_ap_ssl_trusted_post =
    { ngx_http_ap_ssl_trusted_check };

static ngx_conf_post_t  ngx_http_ap_ssl_verify_post =
    { ngx_http_ap_ssl_verify_warn };


static ngx_command_t  ngx_http_ap_commands[] = {

    { ngx_string("activitypub"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_ap_enable,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_ap_loc_conf_t, enable),
      &ngx_http_ap_enables },

    { ngx_string("activitypub_account_domain"),
      NGX_HTTP_SRV_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_http_ap_srv_conf_t, account_domain),
      &ngx_http_ap_account_domain_post },

    { ngx_string("activitypub_actor"),
      NGX_HTTP_SRV_CONF|NGX_CONF_BLOCK|NGX_CONF_TAKE1,
      ngx_http_ap_actor_block,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("activitypub_allow_address"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ngx_http_ap_allow_address,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("activitypub_allow_http"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_ap_main_conf_t, allow_http),
      &ngx_http_ap_allow_http_post },

    { ngx_string("activitypub_database"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE123,
      ngx_http_ap_database,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("activitypub_origin"),
      NGX_HTTP_SRV_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_http_ap_srv_conf_t, origin_url),
      &ngx_http_ap_origin_post },

    { ngx_string("activitypub_prefix"),
      NGX_HTTP_SRV_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_http_ap_srv_conf_t, prefix),
      &ngx_http_ap_prefix_post },

    { ngx_string("activitypub_resolver"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ngx_http_ap_resolver,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("activitypub_ssl_trusted_certificate"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_ap_main_conf_t, ssl_trusted_certificate),
      &ngx_http_ap_ssl_trusted_post },

    { ngx_string("activitypub_ssl_verify"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_ap_main_conf_t, client.ssl_verify),
      &ngx_http_ap_ssl_verify_post },

    { ngx_string("activitypub_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_ap_status,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("activitypub_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_ap_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_activitypub_module_ctx = {
    ngx_http_ap_preconfiguration,          /* preconfiguration */
    ngx_http_ap_postconfiguration,         /* postconfiguration */

    ngx_http_ap_create_main_conf,          /* create main configuration */
    ngx_http_ap_init_main_conf,            /* init main configuration */

    ngx_http_ap_create_srv_conf,           /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_ap_create_loc_conf,           /* create location configuration */
    ngx_http_ap_merge_loc_conf             /* merge location configuration */
};


ngx_module_t  ngx_http_activitypub_module = {
    NGX_MODULE_V1,
    &ngx_http_activitypub_module_ctx,      /* module context */
    ngx_http_ap_commands,                  /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_http_ap_init_process,              /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_ap_exit_process,              /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


ngx_http_ap_place_t
ngx_http_ap_place(ngx_conf_t *cf)
{
    ngx_http_ap_place_t  place;

    ngx_str_null(&place.file);
    place.line = 0;

    /* directives of -g have no file */

    if (cf->conf_file && cf->conf_file->file.fd != NGX_INVALID_FILE) {
        place.file = cf->conf_file->file.name;
        place.line = cf->conf_file->line;
    }

    return place;
}


static void *
ngx_http_ap_pool_alloc(void *data, size_t size)
{
    return ngx_palloc(data, size);
}


fedi_arena_t
ngx_http_ap_arena(ngx_pool_t *pool)
{
    fedi_arena_t  arena;

    arena.alloc = ngx_http_ap_pool_alloc;
    arena.data = pool;

    return arena;
}


ngx_int_t
ngx_http_ap_concat(ngx_pool_t *pool, ngx_str_t *to, ngx_str_t *a, ngx_str_t *b,
    ngx_str_t *c)
{
    u_char  *p;

    to->len = a->len + b->len + c->len;
    to->data = ngx_pnalloc(pool, to->len + 1);

    if (to->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(to->data, a->data, a->len);
    p = ngx_cpymem(p, b->data, b->len);
    p = ngx_cpymem(p, c->data, c->len);
    *p = '\0';

    return NGX_OK;
}


static ngx_int_t
ngx_http_ap_preconfiguration(ngx_conf_t *cf)
{
    return ngx_http_ap_variables_add(cf);
}


/*
 * Nothing of the user's is refused here, but in init_main_conf: by now nginx
 * puts its chains of filters together anew, in static memory.  Half of a
 * chain is what the running configuration's next worker would have to serve
 * the site with.
 */

static ngx_int_t
ngx_http_ap_postconfiguration(ngx_conf_t *cf)
{
    ngx_http_ap_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_activitypub_module);

    /*
     * nginx has one chain of filters for all configurations: after a reload
     * that failed, workers of the one before have that of the last one read.
     */

    ngx_http_ap_filter_init();

    /* without an actor the module is not there */

    if (amcf->worker == NULL) {
        return NGX_OK;
    }

    return ngx_http_ap_own_init(cf) == NGX_OK
           ? ngx_http_ap_request_init(cf) : NGX_ERROR;
}


static ngx_int_t
ngx_http_ap_servers_build(ngx_conf_t *cf, ngx_uint_t *origins)
{
    ngx_uint_t                   i;
    ngx_http_ap_srv_conf_t      *ascf;
    ngx_http_ap_main_conf_t     *amcf;
    ngx_http_ap_actor_conf_t    *actors;
    ngx_http_core_srv_conf_t   **cscfp;
    ngx_http_core_main_conf_t   *cmcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_activitypub_module);
    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    cscfp = cmcf->servers.elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {
        ascf = cscfp[i]->ctx->srv_conf[ngx_http_activitypub_module.ctx_index];

        if (ascf->actors == NULL) {

            if (ngx_http_ap_server_check(cf, ascf) != NGX_OK) {
                return NGX_ERROR;
            }

            continue;
        }

        if (amcf->conninfo.len == 0) {
            actors = ascf->actors->elts;

            ngx_http_ap_emerg(cf, &actors[0].place, "%s",
                              "\"activitypub_actor\" requires "
                              "\"activitypub_database\"");
            return NGX_ERROR;
        }

        if (ngx_http_ap_origin_build(cf, cscfp[i]) != NGX_OK) {
            return NGX_ERROR;
        }

        (*origins)++;
    }

    return NGX_OK;
}


/* what makes no sense in a server block without an actor */

static ngx_int_t
ngx_http_ap_server_check(ngx_conf_t *cf, ngx_http_ap_srv_conf_t *ascf)
{
    char                 *name;
    ngx_http_ap_place_t  *place;

    if (ascf->origin_place.line) {
        name = "activitypub_origin";
        place = &ascf->origin_place;

    } else if (ascf->account_domain_place.line) {
        name = "activitypub_account_domain";
        place = &ascf->account_domain_place;

    } else if (ascf->prefix_place.line) {
        name = "activitypub_prefix";
        place = &ascf->prefix_place;

    } else if (ascf->on_place.line) {
        name = "activitypub";
        place = &ascf->on_place;

    } else {
        return NGX_OK;
    }

    ngx_http_ap_emerg(cf, place,
                      "\"%s\" requires \"activitypub_actor\" in the same "
                      "server", name);

    return NGX_ERROR;
}


static void *
ngx_http_ap_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_ap_main_conf_t  *amcf;

    amcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_ap_main_conf_t));
    if (amcf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     amcf->conninfo = { 0, NULL };
     *     amcf->database = { 0 };
     *     amcf->allow_address = NULL;
     *     amcf->ssl_trusted_certificate = { 0, NULL };
     *     amcf->client = { 0 };
     *     amcf->cache = NULL;
     *     amcf->worker = NULL;
     */

    amcf->allow_http = NGX_CONF_UNSET;
    amcf->client.ssl_verify = NGX_CONF_UNSET;

    return amcf;
}


/* every server block has been read, and the core has merged its names */

static char *
ngx_http_ap_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_ap_main_conf_t *amcf = conf;

    ngx_uint_t  n;

    ngx_conf_init_value(amcf->allow_http, 0);
    ngx_conf_init_value(amcf->client.ssl_verify, 1);

    n = 0;

    if (ngx_http_ap_servers_build(cf, &n) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (n == 0 && amcf->status_place.line) {
        ngx_http_ap_emerg(cf, &amcf->status_place, "%s",
                          "\"activitypub_status\" requires "
                          "\"activitypub_actor\"");
        return NGX_CONF_ERROR;
    }

    if (n == 0) {
        return NGX_CONF_OK;
    }

    amcf->worker = ngx_http_ap_worker_conf(cf, amcf);

    if (amcf->worker == NULL
        || ngx_http_ap_client_conf(cf, amcf) != NGX_OK
        || ngx_http_ap_origins_link(cf) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static void *
ngx_http_ap_create_srv_conf(ngx_conf_t *cf)
{
    ngx_http_ap_srv_conf_t  *ascf;

    /*
     * Everything in it is absent when zero.  An origin is its server block's
     * own: nothing is inherited.
     */

    ascf = ngx_pcalloc(cf->pool, sizeof(ngx_http_ap_srv_conf_t));
    if (ascf == NULL) {
        return NULL;
    }

    return ascf;
}


static void *
ngx_http_ap_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_ap_loc_conf_t  *alcf;

    alcf = ngx_palloc(cf->pool, sizeof(ngx_http_ap_loc_conf_t));
    if (alcf == NULL) {
        return NULL;
    }

    alcf->enable = NGX_CONF_UNSET_UINT;

    return alcf;
}


static char *
ngx_http_ap_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_ap_loc_conf_t *prev = parent;
    ngx_http_ap_loc_conf_t *conf = child;

    /* on by itself: only a server block with an actor ever looks */

    ngx_conf_merge_uint_value(conf->enable, prev->enable, NGX_HTTP_AP_ON);

    return NGX_CONF_OK;
}


static char *
ngx_http_ap_enable(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ap_loc_conf_t *alcf = conf;

    char                    *rv;
    ngx_http_ap_srv_conf_t  *ascf;

    rv = ngx_conf_set_enum_slot(cf, cmd, conf);

    if (rv != NGX_CONF_OK
        || alcf->enable == NGX_HTTP_AP_OFF
        || (cf->cmd_type & NGX_HTTP_MAIN_CONF))
    {
        return rv;
    }

    ascf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_activitypub_module);

    if (ascf->on_place.line == 0) {
        ascf->on_place = ngx_http_ap_place(cf);
    }

    if (cf->cmd_type & NGX_HTTP_SRV_CONF) {
        return NGX_CONF_OK;
    }

    return ngx_http_ap_own_locate(cf) == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static ngx_int_t
ngx_http_ap_init_process(ngx_cycle_t *cycle)
{
    ngx_http_ap_main_conf_t  *amcf;

    amcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_activitypub_module);

    /* no http block, or no actor in it */

    if (amcf == NULL || amcf->worker == NULL) {
        return NGX_OK;
    }

    return ngx_ap_worker_init(cycle, amcf->worker);
}


static void
ngx_http_ap_exit_process(ngx_cycle_t *cycle)
{
    ngx_ap_worker_exit(cycle);
}
