
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The module's configuration, as the directives leave it.
 */

#ifndef NGX_HTTP_AP_MODULE_H
#define NGX_HTTP_AP_MODULE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_ap_arena.h"
#include "ngx_ap_origin.h"
#include "ngx_ap_worker.h"


/* where a directive stood, for an [emerg] that is found later */

typedef struct {
    ngx_str_t                   file;
    ngx_uint_t                  line;
} ngx_http_ap_place_t;


typedef struct {
    ngx_str_t                   conninfo;   /* empty: no database */
    ngx_ap_pg_conninfo_t        database;

    ngx_flag_t                  allow_http;
    ngx_array_t                *allow_address;  /* ngx_cidr_t */

    ngx_str_t                   ssl_trusted_certificate;
    ngx_http_ap_place_t         ssl_trusted_place;
    ngx_ap_client_conf_t        client;

    ngx_ap_cache_t             *cache;      /* NULL: no zone yet */

    ngx_http_ap_place_t         status_place;

    unsigned                    signatures:1;   /* somebody wants them */

    /* other modules' settings for our answers: see ngx_http_ap_own.c */
    ngx_array_t                 filters;

    /* NULL: no actor anywhere, and the module does nothing */
    ngx_ap_worker_conf_t       *worker;
} ngx_http_ap_main_conf_t;


/* a host whose accounts this server block knows */

typedef struct {
    ngx_str_t                   host;
    ngx_ap_origin_t            *origin;
} ngx_http_ap_domain_t;


typedef struct {
    /* as written */
    ngx_array_t                *actors;     /* ngx_http_ap_actor_conf_t */
    ngx_str_t                   origin_url;
    ngx_http_ap_place_t         origin_place;
    ngx_str_t                   account_domain;
    ngx_http_ap_place_t         account_domain_place;
    ngx_str_t                   prefix;
    ngx_http_ap_place_t         prefix_place;
    ngx_http_ap_place_t         on_place;
    ngx_uint_t                  federation_mode;    /* NGX_AP_POLICY_* */
    ngx_array_t                *policies;   /* ngx_http_ap_policy_t */
    ngx_http_ap_place_t         policy_place;
    ngx_str_t                   policy_directive;   /* that stands there */

    /* with "activitypub on": ngx_http_core_loc_conf_t * */
    ngx_array_t                *locations;

    /* as it follows from that; NULL: no actor in this server block */
    ngx_ap_origin_t            *origin;
    ngx_array_t                 domains;    /* ngx_http_ap_domain_t */
    ngx_array_t                *patterns;   /* ngx_http_server_name_t, of an
                                               origin: names of many hosts */

    /* of our own URLs, instead of what the site's locations say */
    void                      **loc_conf;

    /* answered by the site, which has a location for it */
    unsigned                    site_host_meta:1;
    unsigned                    site_host_meta_json:1;
    unsigned                    site_nodeinfo:1;

    ngx_str_t                   host_meta;
    ngx_str_t                   host_meta_json;
    ngx_str_t                   nodeinfo_links;
    ngx_str_t                   nodeinfo_20;    /* as far as its numbers */
    ngx_str_t                   nodeinfo_21;
    ngx_str_t                   usage;          /* the path of those */
} ngx_http_ap_srv_conf_t;


/* of pages; our own URLs know off, and anything else */

typedef enum {
    NGX_HTTP_AP_OFF = 0,
    NGX_HTTP_AP_ON,
    NGX_HTTP_AP_LINK            /* a page is HTML to everybody */
} ngx_http_ap_enable_e;


typedef enum {
    NGX_HTTP_AP_SIGNATURES_OFF = 0,
    NGX_HTTP_AP_SIGNATURES_OPTIONAL,
    NGX_HTTP_AP_SIGNATURES_REQUIRED
} ngx_http_ap_signatures_e;


typedef struct {
    ngx_uint_t                  enable;     /* ngx_http_ap_enable_e */
    time_t                      moves;      /* seconds; 0: off */
    ngx_uint_t                  prometheus; /* of "activitypub_status" */
    ngx_uint_t                  limit_rate; /* requests/1000 s; 0: off */
    ngx_uint_t                  limit_burst;    /* requests/1000 */

    ngx_uint_t                  signatures; /* ngx_http_ap_signatures_e */
    ngx_http_ap_place_t         signatures_place;
    ngx_flag_t                  authorized_fetch;
    ngx_http_ap_place_t         authorized_fetch_place;
} ngx_http_ap_loc_conf_t;


/* of the module, as NodeInfo tells it */
#define NGX_HTTP_AP_VERSION  "0.1.0"


extern ngx_module_t  ngx_http_activitypub_module;


/* where the parser stands now */
ngx_http_ap_place_t ngx_http_ap_place(ngx_conf_t *cf);

/* an [emerg] about a directive that was read earlier */
#define ngx_http_ap_emerg(cf, place, format, ...)                             \
    ngx_log_error(NGX_LOG_EMERG, (cf)->log, 0, format " in %V:%ui",           \
                  __VA_ARGS__, &(place)->file, (place)->line)

/* three parts in one string, NUL-terminated behind its length */
ngx_int_t ngx_http_ap_concat(ngx_pool_t *pool, ngx_str_t *to, ngx_str_t *a,
    ngx_str_t *b, ngx_str_t *c);


static ngx_inline fedi_arena_t
ngx_http_ap_arena(ngx_pool_t *pool)
{
    return ngx_ap_arena(pool);
}


static ngx_inline fedi_str_t
ngx_http_ap_view(const ngx_str_t *s)
{
    return (fedi_str_t) { (const char *) s->data, s->len };
}


static ngx_inline ngx_str_t
ngx_http_ap_string(fedi_str_t s)
{
    return (ngx_str_t) { s.len, (u_char *) s.data };
}


#endif
