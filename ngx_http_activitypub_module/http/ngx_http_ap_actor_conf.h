
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The block "activitypub_actor NAME { ... }": what its fields say, checked
 * one by one; what needs the origin is checked by ngx_http_ap_origin.h.
 */

#ifndef NGX_HTTP_AP_ACTOR_CONF_H
#define NGX_HTTP_AP_ACTOR_CONF_H

#include "ngx_http_ap_module.h"


#define NGX_HTTP_AP_NAME_MAX     30
#define NGX_HTTP_AP_FIELDS_MAX   50     /* Mastodon reads that many */
#define NGX_HTTP_AP_ALIASES_MAX  256    /* and of these that many */


typedef struct {
    ngx_str_t                   name;
    ngx_str_t                   value;
} ngx_http_ap_field_t;


typedef struct {
    ngx_str_t                   username;
    ngx_http_ap_place_t         place;

    /* empty: not given */
    ngx_str_t                   type;
    ngx_str_t                   name;
    ngx_str_t                   summary;
    ngx_str_t                   icon;
    ngx_str_t                   image;
    ngx_str_t                   url;
    ngx_str_t                   language;
    ngx_array_t                 fields;     /* ngx_http_ap_field_t */
    ngx_array_t                 aliases;    /* ngx_str_t */
    ngx_array_t                 sections;   /* ngx_str_t */

    ngx_flag_t                  discoverable;
    ngx_flag_t                  hide_followers;
    ngx_flag_t                  indexable;
    ngx_flag_t                  rel_me;
} ngx_http_ap_actor_conf_t;


/* the directive's setter */
char *ngx_http_ap_actor_block(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


#endif
