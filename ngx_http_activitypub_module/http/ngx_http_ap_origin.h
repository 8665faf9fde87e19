
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * From the directives of one server block to its origin and actors, when the
 * whole configuration has been read and every server block knows its names.
 */

#ifndef NGX_HTTP_AP_ORIGIN_H
#define NGX_HTTP_AP_ORIGIN_H

#include "ngx_http_ap_module.h"


/* post handlers of the directives: what can be checked on the spot */
char *ngx_http_ap_origin_check(ngx_conf_t *cf, void *post, void *data);
char *ngx_http_ap_account_domain_check(ngx_conf_t *cf, void *post,
    void *data);
char *ngx_http_ap_prefix_check(ngx_conf_t *cf, void *post, void *data);

/* what a complaint points to: the first actor, else the directive */
ngx_http_ap_place_t *ngx_http_ap_origin_place(ngx_http_ap_srv_conf_t *ascf);

/*
 * Makes ascf->origin from the directives of one server block.  NGX_ERROR: an
 * [emerg] is written.
 */
ngx_int_t ngx_http_ap_origin_build(ngx_conf_t *cf,
    ngx_http_core_srv_conf_t *cscf);


#endif
