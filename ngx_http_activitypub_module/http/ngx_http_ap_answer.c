
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_answer.h"

#include "ngx_http_ap_gate.h"
#include "ngx_http_ap_own_conf.h"
#include "ngx_http_ap_refuse.h"


/* its length and a hash of it, in hexadecimal digits, with their quotes */
#define NGX_HTTP_AP_ETAG_LEN  (sizeof("\"-\"") - 1 + 2 * NGX_SIZE_T_LEN + 8)

/* a second that is over here and at the database */
#define NGX_HTTP_AP_DATED_AFTER  2


static ngx_int_t ngx_http_ap_answer_unread(ngx_http_request_t *r,
    const ngx_http_ap_answer_t *answer);
static ngx_int_t ngx_http_ap_answer_headers(ngx_http_request_t *r,
    const ngx_http_ap_answer_t *answer);
static ngx_int_t ngx_http_ap_answer_vary(ngx_http_request_t *r,
    const ngx_http_ap_answer_t *answer);
static ngx_int_t ngx_http_ap_answer_challenge(ngx_http_request_t *r);
static ngx_int_t ngx_http_ap_answer_retry(ngx_http_request_t *r);
static ngx_int_t ngx_http_ap_answer_etag(ngx_http_request_t *r,
    const ngx_http_ap_answer_t *answer);
static ngx_int_t ngx_http_ap_answer_modified(ngx_http_request_t *r,
    const ngx_http_ap_answer_t *answer);
static void ngx_http_ap_answer_conditions(ngx_http_request_t *r);
static const char *ngx_http_ap_answer_cache(
    const ngx_http_ap_answer_t *answer);


ngx_int_t
ngx_http_ap_answer(ngx_http_request_t *r, const ngx_http_ap_answer_t *answer)
{
    ngx_int_t           rc;
    ngx_buf_t          *b;
    ngx_chain_t         out;
    ngx_http_ap_ctx_t  *ctx;

    rc = ngx_http_ap_answer_unread(r, answer);

    if (rc != NGX_OK) {
        return rc;
    }

    /* redirected inside nginx, perhaps, and refused where that leads to */

    ctx = ngx_http_ap_ctx(r);
    ctx->answered = 1;

    /* what nginx makes of a condition that does not hold is no page either */

    if ((r->headers_in.if_match || r->headers_in.if_unmodified_since)
        && ngx_http_ap_own_limits(r) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_ap_own_filters(r) != NGX_OK
        || ngx_http_ap_answer_headers(r, answer) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = answer->status;
    r->headers_out.content_length_n = answer->body.len;
    r->headers_out.content_type = answer->type;
    r->headers_out.content_type_len = answer->type.len;
    r->headers_out.content_type_lowcase = NULL;

    ngx_http_ap_answer_conditions(r);

    if (answer->body.len == 0) {
        r->header_only = 1;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = answer->body.data;
    b->last = answer->body.data + answer->body.len;
    b->memory = 1;
    b->last_buf = 1;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


/* what is left of the request, which nobody is going to read */

static ngx_int_t
ngx_http_ap_answer_unread(ngx_http_request_t *r,
    const ngx_http_ap_answer_t *answer)
{
    /*
     * Who waits for 100 before it sends its body is not told to go on, and
     * nobody knows whether the next byte is the body's or the next request's.
     */

    if (r->headers_in.expect && !r->expect_tested && !r->stream) {
        r->expect_tested = 1;
        r->keepalive = 0;
    }

    /* ... and what is too large is not read to its end for a connection */

    if (answer->status == NGX_HTTP_REQUEST_ENTITY_TOO_LARGE) {
        r->keepalive = 0;
        r->lingering_close = 1;
    }

    return ngx_http_discard_request_body(r);
}


static ngx_int_t
ngx_http_ap_answer_headers(ngx_http_request_t *r,
    const ngx_http_ap_answer_t *answer)
{
    ngx_table_elt_t  *h;

    /* with 202 there is nothing to be kept or taken for a page */

    if (answer->status == NGX_HTTP_ACCEPTED) {
        return NGX_OK;
    }

    if (ngx_http_ap_header(r, "Cache-Control",
                           ngx_http_ap_answer_cache(answer))
        == NULL)
    {
        return NGX_ERROR;
    }

    /* a name that somebody chose must not become a page of the site's */

    if (ngx_http_ap_header(r, "X-Content-Type-Options", "nosniff") == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_ap_answer_vary(r, answer) != NGX_OK) {
        return NGX_ERROR;
    }

    if (answer->open
        && ngx_http_ap_header(r, "Access-Control-Allow-Origin", "*") == NULL)
    {
        return NGX_ERROR;
    }

    if (ngx_http_ap_answer_etag(r, answer) != NGX_OK
        || ngx_http_ap_answer_modified(r, answer) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (answer->location.len) {
        h = ngx_http_ap_header(r, "Location", "");
        if (h == NULL) {
            return NGX_ERROR;
        }

        h->value = answer->location;
        r->headers_out.location = h;
    }

    if (answer->status == NGX_HTTP_NOT_ALLOWED) {
        return ngx_http_ap_header(r, "Allow", answer->inbox ? "GET, HEAD, POST"
                                                            : "GET, HEAD")
               ? NGX_OK : NGX_ERROR;
    }

    if (answer->status == NGX_HTTP_UNAUTHORIZED) {
        return ngx_http_ap_answer_challenge(r);
    }

    if (answer->status == NGX_HTTP_TOO_MANY_REQUESTS) {
        return ngx_http_ap_answer_retry(r);
    }

    if (answer->status == NGX_HTTP_SERVICE_UNAVAILABLE) {
        return ngx_http_ap_header(r, "Retry-After", NGX_HTTP_AP_RETRY_AFTER)
               ? NGX_OK : NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_ap_answer_vary(ngx_http_request_t *r,
    const ngx_http_ap_answer_t *answer)
{
    if (answer->guarded || answer->status == NGX_HTTP_UNAUTHORIZED) {
        return ngx_http_ap_header(r, "Vary",
                                  "Accept, Signature, Signature-Input")
               ? NGX_OK : NGX_ERROR;
    }

    return !answer->varies || ngx_http_ap_header(r, "Vary", "Accept")
           ? NGX_OK : NGX_ERROR;
}


/*
 * What we want to be signed: as draft-cavage has it, and by RFC 9421 section
 * 5.1, where "created" has no value and "keyid" would have to have one.
 */
static ngx_int_t
ngx_http_ap_answer_challenge(ngx_http_request_t *r)
{
    const char  *draft, *message;

    if (ngx_http_ap_gate_has_body(r)) {
        draft = "Signature headers=\"(request-target) host date digest\"";
        message = "sig1=(\"@method\" \"@target-uri\" \"content-digest\")"
                  ";created";
    } else {
        draft = "Signature headers=\"(request-target) host date\"";
        message = "sig1=(\"@method\" \"@target-uri\");created";
    }

    return ngx_http_ap_header(r, "WWW-Authenticate", draft)
           && ngx_http_ap_header(r, "Accept-Signature", message)
           ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_ap_answer_retry(ngx_http_request_t *r)
{
    u_char             *p;
    ngx_table_elt_t    *h;
    ngx_http_ap_ctx_t  *ctx;

    ctx = ngx_http_ap_ctx(r);

    p = ngx_pnalloc(r->pool, NGX_INT_T_LEN);
    h = ngx_http_ap_header(r, "Retry-After", "");

    if (p == NULL || h == NULL) {
        return NGX_ERROR;
    }

    h->value.data = p;
    h->value.len = ngx_sprintf(p, "%ui", ngx_max(ctx->retry_after, 1)) - p;

    return NGX_OK;
}


/* what is rendered for a request has none yet */

static ngx_int_t
ngx_http_ap_answer_etag(ngx_http_request_t *r,
    const ngx_http_ap_answer_t *answer)
{
    ngx_str_t         etag;
    ngx_table_elt_t  *h;

    etag = answer->etag;

    if (etag.len == 0) {

        if (!answer->shared || answer->status != NGX_HTTP_OK) {
            return NGX_OK;
        }

        if (ngx_http_ap_etag(r->pool, &answer->body, &etag) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    h = ngx_http_ap_header(r, "ETag", "");
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->value = etag;
    r->headers_out.etag = h;

    return NGX_OK;
}


ngx_int_t
ngx_http_ap_etag(ngx_pool_t *pool, const ngx_str_t *body, ngx_str_t *etag)
{
    etag->data = ngx_pnalloc(pool, NGX_HTTP_AP_ETAG_LEN);
    if (etag->data == NULL) {
        return NGX_ERROR;
    }

    etag->len = ngx_sprintf(etag->data, "\"%xz-%xD\"", body->len,
                            ngx_murmur_hash2(body->data, body->len))
                - etag->data;

    return NGX_OK;
}


/*
 * A document may change twice in a second, and its date would be the same:
 * it gets one when that second is over.
 */
static ngx_int_t
ngx_http_ap_answer_modified(ngx_http_request_t *r,
    const ngx_http_ap_answer_t *answer)
{
    ngx_table_elt_t  *h;

    if (answer->modified <= 0
        || answer->status != NGX_HTTP_OK
        || answer->modified > ngx_time() - NGX_HTTP_AP_DATED_AFTER)
    {
        return NGX_OK;
    }

    h = ngx_http_ap_header(r, "Last-Modified", "");
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->value = answer->date;

    r->headers_out.last_modified = h;
    r->headers_out.last_modified_time = answer->modified;

    return NGX_OK;
}


/*
 * RFC 9110 sections 13.1.3 and 13.1.4: a date is ignored beside an entity tag,
 * and where there is none to compare it with.  nginx wants both to hold.
 */
static void
ngx_http_ap_answer_conditions(ngx_http_request_t *r)
{
    ngx_uint_t  undated;

    undated = (r->headers_out.last_modified_time == (time_t) -1);

    if (undated || r->headers_in.if_none_match) {
        r->headers_in.if_modified_since = NULL;
    }

    if (undated || r->headers_in.if_match) {
        r->headers_in.if_unmodified_since = NULL;
    }
}


static const char *
ngx_http_ap_answer_cache(const ngx_http_ap_answer_t *answer)
{
    if (answer->shared) {
        return "public, max-age=180";
    }

    /*
     * A cache that is blind to Vary would show JSON to a browser, or send
     * everybody where only one was redirected.
     */

    return answer->status < NGX_HTTP_BAD_REQUEST ? "private, no-store"
                                                 : "no-store";
}


ngx_table_elt_t *
ngx_http_ap_header(ngx_http_request_t *r, const char *name, const char *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    h->hash = 1;
    h->key.data = (u_char *) name;
    h->key.len = ngx_strlen(name);
    h->value.data = (u_char *) value;
    h->value.len = ngx_strlen(value);

#if (nginx_version >= 1023000)
    h->next = NULL;
#endif

    return h;
}


ngx_int_t
ngx_http_ap_admit(ngx_http_request_t *r, ngx_ap_origin_t *origin)
{
    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_READ_ONLY);
    }

    return ngx_http_ap_admit_origin(r, origin);
}


ngx_int_t
ngx_http_ap_admit_origin(ngx_http_request_t *r, ngx_ap_origin_t *origin)
{
    if (!ngx_http_ap_is_ready(r, origin)) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_UNAVAILABLE);
    }

    return NGX_OK;
}


ngx_uint_t
ngx_http_ap_is_ready(ngx_http_request_t *r, ngx_ap_origin_t *origin)
{
    ngx_http_ap_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_activitypub_module);

    return ngx_ap_cache_state(amcf->cache, origin->identity)
           == NGX_AP_STATE_READY;
}
