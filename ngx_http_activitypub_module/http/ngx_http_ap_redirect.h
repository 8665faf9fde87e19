
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The site sends readers on from a page of a post, for ever.
 */

#ifndef NGX_HTTP_AP_REDIRECT_H
#define NGX_HTTP_AP_REDIRECT_H

#include "ngx_http_ap_request.h"


/* the setter of "activitypub_moves" */
char *ngx_http_ap_moves(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Whether this response is a permanent redirect of the page that was asked
 * for, and not of what stands in its place.
 */
static ngx_inline ngx_uint_t
ngx_http_ap_redirect_is(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    return (r->headers_out.status == NGX_HTTP_MOVED_PERMANENTLY
            || r->headers_out.status == NGX_HTTP_PERMANENT_REDIRECT)
           && (ctx->passed
               || ngx_http_get_module_ctx(r, ngx_http_activitypub_module)
                  != NULL);
}

/*
 * It is, and the page has this twin: somebody may have to hear of it, if
 * nothing about this request is special.
 */
void ngx_http_ap_redirect_seen(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_ap_origin_t *origin, const ngx_ap_cache_twin_t *twin);


#endif
