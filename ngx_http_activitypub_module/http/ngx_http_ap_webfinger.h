
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * WebFinger (RFC 7033): who an account or a URL is.  The answer for an actor
 * was rendered with the configuration; that for another thing of ours
 * (FEP-4adb) is made from its document.
 */

#ifndef NGX_HTTP_AP_WEBFINGER_H
#define NGX_HTTP_AP_WEBFINGER_H

#include "ngx_http_ap_request.h"


/*
 * Of whom the resource speaks: ctx->origin and ctx->actor, or the path of a
 * document in ctx->resource.  NGX_OK: the answer is ours, also when that is
 * 400 (no origin) or 404 (nothing).  NGX_DECLINED: a host that is not ours,
 * the site may know it.
 */
ngx_int_t ngx_http_ap_webfinger_resolve(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);

/* NGX_AGAIN: the database is asked; else for ngx_http_finalize_request() */
ngx_int_t ngx_http_ap_webfinger_handler(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);


#endif
