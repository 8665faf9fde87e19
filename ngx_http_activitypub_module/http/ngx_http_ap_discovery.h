
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * host-meta (RFC 6415) and NodeInfo.  Their documents were rendered with the
 * configuration.
 */

#ifndef NGX_HTTP_AP_DISCOVERY_H
#define NGX_HTTP_AP_DISCOVERY_H

#include "ngx_http_ap_request.h"


/* renders host-meta and NodeInfo of a server block, at configuration time */
ngx_int_t ngx_http_ap_discovery_build(ngx_conf_t *cf,
    ngx_http_ap_srv_conf_t *ascf, ngx_ap_origin_t *origin);

/* host-meta and the links to NodeInfo */
ngx_int_t ngx_http_ap_well_known_handler(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);

/* {prefix}nodeinfo/{version} */
ngx_int_t ngx_http_ap_nodeinfo_handler(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx, ngx_str_t *version);


#endif
