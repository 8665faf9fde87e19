
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     create -> (directives) -> init_main_conf -> servers_build -> link
 */

#include "ngx_http_ap_conf.h"

#include "ngx_http_ap_actor_conf.h"
#include "ngx_http_ap_client_conf.h"
#include "ngx_http_ap_database_conf.h"
#include "ngx_http_ap_origin.h"
#include "ngx_http_ap_origins.h"
#include "ngx_http_ap_policy_conf.h"
#include "ngx_http_ap_policy_origin.h"
#include "ngx_http_ap_signatures.h"


static ngx_int_t ngx_http_ap_servers_build(ngx_conf_t *cf,
    ngx_uint_t *origins);
static ngx_int_t ngx_http_ap_server_actors(ngx_conf_t *cf,
    ngx_http_ap_srv_conf_t *ascf);
static ngx_int_t ngx_http_ap_server_check(ngx_conf_t *cf,
    ngx_http_ap_srv_conf_t *ascf);


void *
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

char *
ngx_http_ap_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_ap_main_conf_t *amcf = conf;

    ngx_uint_t  n;

    ngx_conf_init_value(amcf->allow_http, 0);
    ngx_conf_init_value(amcf->client.ssl_verify, 1);

    n = 0;

    if (ngx_http_ap_policies_check(cf) != NGX_OK
        || ngx_http_ap_servers_build(cf, &n) != NGX_OK)
    {
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
        || ngx_http_ap_origins_link(cf) != NGX_OK
        || ngx_http_ap_policies_build(cf) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_ap_servers_build(ngx_conf_t *cf, ngx_uint_t *origins)
{
    ngx_uint_t                   i;
    ngx_http_ap_srv_conf_t      *ascf;
    ngx_http_ap_main_conf_t     *amcf;
    ngx_http_core_srv_conf_t   **cscfp;
    ngx_http_core_main_conf_t   *cmcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_activitypub_module);
    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    cscfp = cmcf->servers.elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {
        ascf = cscfp[i]->ctx->srv_conf[ngx_http_activitypub_module.ctx_index];

        if (ascf->actors == NULL && ascf->origin_place.line == 0) {

            if (ngx_http_ap_server_check(cf, ascf) != NGX_OK) {
                return NGX_ERROR;
            }

            continue;
        }

        if (amcf->conninfo.len == 0) {
            ngx_http_ap_emerg(cf, ngx_http_ap_origin_place(ascf),
                              "\"%s\" requires \"activitypub_database\"",
                              ascf->actors ? "activitypub_actor"
                                           : "activitypub_origin");
            return NGX_ERROR;
        }

        if (ngx_http_ap_server_actors(cf, ascf) != NGX_OK) {
            return NGX_ERROR;
        }

        if (ngx_http_ap_origin_build(cf, cscfp[i]) != NGX_OK) {
            return NGX_ERROR;
        }

        (*origins)++;
    }

    return NGX_OK;
}


/* none of an origin whose actors all are the database's */

static ngx_int_t
ngx_http_ap_server_actors(ngx_conf_t *cf, ngx_http_ap_srv_conf_t *ascf)
{
    if (ascf->actors == NULL) {
        ascf->actors = ngx_array_create(cf->pool, 1,
                                        sizeof(ngx_http_ap_actor_conf_t));
    }

    return ascf->actors ? NGX_OK : NGX_ERROR;
}


/* what makes no sense in a server block without an origin */

static ngx_int_t
ngx_http_ap_server_check(ngx_conf_t *cf, ngx_http_ap_srv_conf_t *ascf)
{
    ngx_str_t             name;
    ngx_http_ap_place_t  *place;

    if (ascf->account_domain_place.line) {
        ngx_str_set(&name, "activitypub_account_domain");
        place = &ascf->account_domain_place;

    } else if (ascf->prefix_place.line) {
        ngx_str_set(&name, "activitypub_prefix");
        place = &ascf->prefix_place;

    } else if (ascf->policy_place.line) {
        name = ascf->policy_directive;
        place = &ascf->policy_place;

    } else if (ascf->on_place.line) {
        ngx_str_set(&name, "activitypub");
        place = &ascf->on_place;

    } else {
        return NGX_OK;
    }

    ngx_http_ap_emerg(cf, place,
                      "\"%V\" requires \"activitypub_actor\" or "
                      "\"activitypub_origin\" in the same server", &name);

    return NGX_ERROR;
}


void *
ngx_http_ap_create_srv_conf(ngx_conf_t *cf)
{
    ngx_http_ap_srv_conf_t  *ascf;

    /*
     * Everything else in it is absent when zero.  An origin is its server
     * block's own; what is inherited is about others: policies alone.
     */

    ascf = ngx_pcalloc(cf->pool, sizeof(ngx_http_ap_srv_conf_t));
    if (ascf == NULL) {
        return NULL;
    }

    ascf->federation_mode = NGX_CONF_UNSET_UINT;

    return ascf;
}


void *
ngx_http_ap_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_ap_loc_conf_t  *alcf;

    alcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_ap_loc_conf_t));
    if (alcf == NULL) {
        return NULL;
    }

    alcf->enable = NGX_CONF_UNSET_UINT;
    alcf->moves = NGX_CONF_UNSET;
    alcf->signatures = NGX_CONF_UNSET_UINT;
    alcf->limit_rate = NGX_CONF_UNSET_UINT;
    alcf->authorized_fetch = NGX_CONF_UNSET;

    return alcf;
}


char *
ngx_http_ap_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_ap_loc_conf_t *prev = parent;
    ngx_http_ap_loc_conf_t *conf = child;

    /* on by itself: only a server block with an actor ever looks */

    ngx_conf_merge_uint_value(conf->enable, prev->enable, NGX_HTTP_AP_ON);
    ngx_conf_merge_sec_value(conf->moves, prev->moves, 3600);

    if (conf->limit_rate == NGX_CONF_UNSET_UINT) {
        conf->limit_rate = prev->limit_rate == NGX_CONF_UNSET_UINT
                           ? 0 : prev->limit_rate;
        conf->limit_burst = prev->limit_burst;
    }

    return ngx_http_ap_signatures_merge(cf, prev, conf);
}


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
