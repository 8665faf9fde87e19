
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The well-known URLs: WebFinger (RFC 7033), host-meta (RFC 6415), NodeInfo.
 * Their documents were rendered with the configuration.
 */

#ifndef NGX_HTTP_AP_DISCOVERY_H
#define NGX_HTTP_AP_DISCOVERY_H

#include "ngx_http_ap_request.h"


/* renders host-meta and NodeInfo of a server block, at configuration time */
ngx_int_t ngx_http_ap_discovery_build(ngx_conf_t *cf,
    ngx_http_ap_srv_conf_t *ascf, ngx_ap_origin_t *origin);

/*
 * Of whom the resource speaks: ctx->origin and ctx->actor.  NGX_OK: the
 * answer is ours, also when that is 400 (no origin) or 404 (no actor).
 * NGX_DECLINED: a host that is not ours, the site may know it.
 */
ngx_int_t ngx_http_ap_webfinger_resolve(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);

ngx_int_t ngx_http_ap_webfinger_handler(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);

/* host-meta and the links to NodeInfo */
ngx_int_t ngx_http_ap_well_known_handler(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);

/* {prefix}nodeinfo/{version} */
ngx_int_t ngx_http_ap_nodeinfo_handler(ngx_http_request_t *r,
    ngx_str_t *version);


#endif
