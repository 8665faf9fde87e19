
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
#include "ngx_http_ap_counters.h"
#include "ngx_http_ap_receive.h"


static const char *ngx_http_ap_error_sentence(ngx_uint_t status,
    ngx_uint_t inbox);
static void ngx_http_ap_error_count(ngx_http_request_t *r, ngx_uint_t status);


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
    ngx_uint_t          status;
    ngx_chain_t         out;
    ngx_http_ap_ctx_t  *ctx;

    ctx = ngx_http_ap_ctx(r);
    status = r->err_status;

    if (ctx->inbox && !ctx->answered) {
        ngx_http_ap_error_count(r, status);
    }

    ctx->answered = 1;

    b = ngx_calloc_buf(r->pool);

    if (b == NULL
        || ngx_http_ap_sentence(r->pool,
                                ngx_http_ap_error_sentence(status,
                                                           ctx->inbox != NULL),
                                &body)
           != NGX_OK
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


static const char *
ngx_http_ap_error_sentence(ngx_uint_t status, ngx_uint_t inbox)
{
    switch (status) {

    case NGX_HTTP_BAD_REQUEST:
        return "the request is malformed";

    case NGX_HTTP_UNAUTHORIZED:
        return "a password is required here";

    case NGX_HTTP_FORBIDDEN:
        return "access is denied";

    case NGX_HTTP_PRECONDITION_FAILED:
        return "the document is another one by now";

    case NGX_HTTP_REQUEST_ENTITY_TOO_LARGE:
        return inbox ? NGX_HTTP_AP_TOO_LARGE : "the body is too large";

    case NGX_HTTP_TOO_MANY_REQUESTS:
    case NGX_HTTP_SERVICE_UNAVAILABLE:
        return "not at the moment";

    default:
        return status < NGX_HTTP_INTERNAL_SERVER_ERROR
               ? "the request cannot be answered" : "something went wrong here";
    }
}


static void
ngx_http_ap_error_count(ngx_http_request_t *r, ngx_uint_t status)
{
    switch (status) {

    case NGX_HTTP_BAD_REQUEST:
        ngx_http_ap_receive_count(r, NGX_HTTP_AP_REFUSED_BODY);
        break;

    case NGX_HTTP_REQUEST_ENTITY_TOO_LARGE:
        ngx_http_ap_receive_count(r, NGX_HTTP_AP_REFUSED_TOO_LARGE);
        break;
    }
}
