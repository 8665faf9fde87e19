
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * nginx gives up a request out of the depth of its own code, where no handler
 * of ours can answer:
 *
 *     ngx_http_finalize_request(r, 413) -> special response
 *         -> header filters: ours sends header and body -> header_only
 */

#include "ngx_http_ap_error.h"

#include "ngx_http_ap_answer.h"
#include "ngx_http_ap_refuse.h"


static ngx_uint_t ngx_http_ap_error_refusal(ngx_uint_t status);


ngx_uint_t
ngx_http_ap_error_is(ngx_http_request_t *r)
{
    ngx_http_ap_ctx_t       *ctx;
    ngx_http_ap_srv_conf_t  *ascf;

    if (r->err_status < NGX_HTTP_BAD_REQUEST || r != r->main) {
        return 0;
    }

    ctx = ngx_http_ap_ctx(r);

    if (ctx == NULL) {
        return 0;
    }

    /* at a page: a condition does not hold for the document that we send */

    if (ctx->own == NGX_HTTP_AP_OWN_NONE) {
        return ctx->answered;
    }

    /* in a location of the owner's the owner's pages are right */

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);

    return ctx->inbox || r->loc_conf == ascf->loc_conf;
}


ngx_int_t
ngx_http_ap_error_send(ngx_http_request_t *r,
    ngx_http_output_header_filter_pt next)
{
    ngx_int_t           rc;
    ngx_str_t           body;
    ngx_buf_t          *b;
    ngx_uint_t          counter;
    ngx_chain_t         out;
    ngx_http_ap_ctx_t  *ctx;

    ctx = ngx_http_ap_ctx(r);
    counter = NGX_HTTP_AP_REFUSALS + ngx_http_ap_error_refusal(r->err_status);

    /* of a condition that does not hold we have answered already */

    if (!ctx->answered) {
        ngx_http_ap_refused(r, counter, NULL);
    }

    ctx->answered = 1;

    b = ngx_calloc_buf(r->pool);

    if (b == NULL
        || ngx_http_ap_refuse_body(r->pool, counter, &body) != NGX_OK
        || ngx_http_ap_header(r, "Cache-Control", "no-store") == NULL
        || ngx_http_ap_header(r, "X-Content-Type-Options", "nosniff") == NULL)
    {
        return NGX_ERROR;
    }

    r->headers_out.content_length_n = body.len;
    ngx_str_set(&r->headers_out.content_type, "application/json");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;

    rc = next(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b->pos = body.data;
    b->last = body.data + body.len;
    b->memory = 1;
    b->last_buf = 1;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    rc = ngx_http_output_filter(r, &out);

    /* this is all: the page that nginx has ready is not sent */

    r->header_only = 1;

    return rc;
}


static ngx_uint_t
ngx_http_ap_error_refusal(ngx_uint_t status)
{
    switch (status) {

    case NGX_HTTP_BAD_REQUEST:
        return FEDI_REFUSAL_REQUEST;

    case NGX_HTTP_UNAUTHORIZED:
        return FEDI_REFUSAL_PASSWORD;

    case NGX_HTTP_FORBIDDEN:
        return FEDI_REFUSAL_DENIED;

    case NGX_HTTP_PRECONDITION_FAILED:
        return FEDI_REFUSAL_CONDITION;

    case NGX_HTTP_REQUEST_ENTITY_TOO_LARGE:
        return FEDI_REFUSAL_TOO_LARGE;

    case NGX_HTTP_TOO_MANY_REQUESTS:
        return FEDI_REFUSAL_TOO_MANY;

    case NGX_HTTP_SERVICE_UNAVAILABLE:
        return FEDI_REFUSAL_LATER;

    default:
        return status < NGX_HTTP_INTERNAL_SERVER_ERROR ? FEDI_REFUSAL_OTHER
                                                       : FEDI_REFUSAL_FAILED;
    }
}
