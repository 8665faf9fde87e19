
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The settings with which requests for our own URLs are answered: those of
 * the server block, less what the site says for its own pages and uploads.
 */

#ifndef NGX_HTTP_AP_OWN_CONF_H
#define NGX_HTTP_AP_OWN_CONF_H

#include "ngx_http_ap_module.h"


/* of a body that is sent to us */
#define NGX_HTTP_AP_BODY_MAX  (1024 * 1024)


/* in postconfiguration, before the others; NGX_ERROR: no memory */
ngx_int_t ngx_http_ap_own_conf_init(ngx_conf_t *cf);

/* of one server block, for a request's loc_conf; NULL: no memory */
void **ngx_http_ap_own_conf(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf);

/* before a body is read: ours, also in a location of the owner's */
ngx_int_t ngx_http_ap_own_limits(ngx_http_request_t *r);

/*
 * The site's add_header, expires, charset, ssi, sub_filter and the like are
 * for the site's pages, not for our answers.
 */
ngx_int_t ngx_http_ap_own_filters(ngx_http_request_t *r);


#endif
