
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Our own URLs: which they are, and how a request for one gets past what
 * the site's locations say, while every check of the server block applies.
 */

#ifndef NGX_HTTP_AP_OWN_H
#define NGX_HTTP_AP_OWN_H

#include "ngx_http_ap_module.h"


typedef enum {
    NGX_HTTP_AP_OWN_NONE = 0,
    NGX_HTTP_AP_OWN_WEBFINGER,
    NGX_HTTP_AP_OWN_HOST_META,
    NGX_HTTP_AP_OWN_HOST_META_JSON,
    NGX_HTTP_AP_OWN_NODEINFO,
    NGX_HTTP_AP_OWN_MACHINE             /* below the prefix */
} ngx_http_ap_own_e;


/* makes ascf->loc_conf of every server block; in postconfiguration */
ngx_int_t ngx_http_ap_own_init(ngx_conf_t *cf);

/*
 * The location that is being read is the owner's say, if it is inside our own
 * URL space; one by regular expression or without a name is not.
 */
ngx_int_t ngx_http_ap_own_locate(ngx_conf_t *cf);

/* by the path alone */
ngx_http_ap_own_e ngx_http_ap_own_kind(ngx_http_ap_srv_conf_t *ascf,
    ngx_str_t *path);

/* whether the owner has a location there with "activitypub on" */
ngx_uint_t ngx_http_ap_own_is_located(ngx_http_ap_srv_conf_t *ascf,
    ngx_str_t *path);

/*
 * In the server rewrite phase: goes on behind the location's rewrite phase,
 * with the server block's configuration.
 */
ngx_int_t ngx_http_ap_own_enter(ngx_http_request_t *r);


#endif
