
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The site's own pages, for clients that want ActivityPub.
 */

#ifndef NGX_HTTP_AP_PAGE_H
#define NGX_HTTP_AP_PAGE_H

#include "ngx_http_ap_request.h"


/*
 * NGX_DECLINED: the page has no twin, the site answers.  NGX_AGAIN: the
 * database is asked.  Else for ngx_http_finalize_request().
 */
ngx_int_t ngx_http_ap_page_handler(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);

/*
 * The twin of the page as it was asked for, else of the page without what
 * tells of the reader alone: then ctx->query is that of the twin.
 * NGX_AGAIN: the set is not complete.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_ap_page_twin(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx, ngx_ap_origin_t *origin,
    ngx_ap_cache_twin_t *twin);


#endif
