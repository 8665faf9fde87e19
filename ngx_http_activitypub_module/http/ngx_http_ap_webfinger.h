
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * WebFinger (RFC 7033): who an account or a URL is.
 */

#ifndef NGX_HTTP_AP_WEBFINGER_H
#define NGX_HTTP_AP_WEBFINGER_H

#include "ngx_http_ap_request.h"


/*
 * Of whom the resource speaks: ctx->origin and ctx->actor, or the path of a
 * document in ctx->resource.  NGX_OK: the answer is ours, also when that is
 * 400 (no origin), 410 (gone) or 404 (nothing).  NGX_DECLINED: a host that is
 * not ours, the site may know it.
 */
ngx_int_t ngx_http_ap_webfinger_resolve(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);


#endif
