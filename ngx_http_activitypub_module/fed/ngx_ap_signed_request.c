
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     describe -> target -> sign -> (signer) -> signed -> lines
 */

#include "ngx_ap_arena.h"
#include "ngx_ap_signed_request.h"
#include "ngx_ap_signer.h"

#include "fedi_digest.h"
#include "fedi_http_date.h"
#include "fedi_signature_message_base.h"


/* host, date; of a POST digest and content type */
#define NGX_AP_SIGNED_REQUEST_HEADERS  4


struct ngx_ap_signed_request_s {
    ngx_pool_t                 *pool;
    ngx_ap_signed_request_ask_t ask;
    ngx_ap_signed_request_pt    handler;
    void                       *data;
    fedi_arena_t                arena;
    ngx_ap_signer_job_t        *job;

    fedi_str_t                  covered;
    fedi_str_t                  target;
    fedi_str_t                  input;      /* of RFC 9421 */
    fedi_str_t                  digest;     /* of either scheme */
    char                        date[FEDI_HTTP_DATE_LEN];
    char                        digest_text[FEDI_CONTENT_DIGEST_LEN];
};


static ngx_int_t ngx_ap_signed_request_describe(
    ngx_ap_signed_request_t *request);
static ngx_int_t ngx_ap_signed_request_target(
    ngx_ap_signed_request_t *request);
static ngx_int_t ngx_ap_signed_request_sign(ngx_ap_worker_t *worker,
    ngx_ap_signed_request_t *request);
static fedi_signature_e ngx_ap_signed_request_base(
    ngx_ap_signed_request_t *request, const fedi_signed_request_t *asked,
    fedi_str_t *base);
static void ngx_ap_signed_request_signed(void *data, ngx_int_t rc,
    const ngx_str_t *signature);
static ngx_int_t ngx_ap_signed_request_value(ngx_ap_signed_request_t *request,
    const ngx_str_t *signature, fedi_str_t *input, fedi_str_t *value);
static ngx_int_t ngx_ap_signed_request_lines(ngx_ap_signed_request_t *request,
    const ngx_str_t *signature, ngx_str_t *headers);


ngx_ap_signed_request_t *
ngx_ap_signed_request(ngx_ap_worker_t *worker, ngx_pool_t *pool,
    const ngx_ap_signed_request_ask_t *ask, ngx_ap_signed_request_pt handler,
    void *data)
{
    ngx_ap_signed_request_t  *request;

    request = ngx_pcalloc(pool, sizeof(ngx_ap_signed_request_t));
    if (request == NULL) {
        return NULL;
    }

    request->pool = pool;
    request->ask = *ask;
    request->handler = handler;
    request->data = data;
    request->arena = ngx_ap_arena(pool);

    if (ngx_ap_signed_request_describe(request) != NGX_OK
        || ngx_ap_signed_request_target(request) != NGX_OK
        || ngx_ap_signed_request_sign(worker, request) != NGX_OK)
    {
        return NULL;
    }

    return request;
}


void
ngx_ap_signed_request_cancel(ngx_ap_signed_request_t *request)
{
    ngx_ap_signer_cancel(request->job);
}


static ngx_int_t
ngx_ap_signed_request_describe(ngx_ap_signed_request_t *request)
{
    u_char      sha256[FEDI_SHA256_LEN];
    ngx_uint_t  cavage;

    cavage = (request->ask.scheme == FEDI_SCHEME_CAVAGE);

    if (!fedi_http_date_format(ngx_time(), request->date)) {
        return NGX_ERROR;
    }

    if (request->ask.body == NULL) {
        request->covered = cavage ? fedi_str(FEDI_SIGNATURE_GET)
                                  : fedi_str(FEDI_SIGNATURE_MESSAGE_GET);
        return NGX_OK;
    }

    if (!fedi_sha256(ngx_ap_view(request->ask.body), sha256)) {
        return NGX_ERROR;
    }

    request->digest.data = request->digest_text;

    if (cavage) {
        request->covered = fedi_str(FEDI_SIGNATURE_POST " content-type");
        request->digest.len = FEDI_DIGEST_HEADER_LEN;
        fedi_digest_render(sha256, request->digest_text);

    } else {
        request->covered = fedi_str(FEDI_SIGNATURE_MESSAGE_POST);
        request->digest.len = FEDI_CONTENT_DIGEST_LEN;
        fedi_content_digest_render(sha256, request->digest_text);
    }

    return NGX_OK;
}


/* path and query, as the client writes them into the request line */

static ngx_int_t
ngx_ap_signed_request_target(ngx_ap_signed_request_t *request)
{
    fedi_str_t         parts[3];
    const fedi_url_t  *url;

    url = &request->ask.id->url;

    parts[0] = url->path.len ? url->path : fedi_str("/");
    parts[1] = url->query.len ? fedi_str("?") : fedi_null_str;
    parts[2] = url->query;

    request->target = fedi_join(&request->arena, parts, 3);

    return request->target.data != NULL ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_ap_signed_request_sign(ngx_ap_worker_t *worker,
    ngx_ap_signed_request_t *request)
{
    ngx_str_t              text;
    fedi_str_t             base;
    fedi_header_t          headers[NGX_AP_SIGNED_REQUEST_HEADERS];
    fedi_signed_request_t  asked;

    headers[0].name = fedi_str("host");
    headers[0].value = request->ask.id->authority;
    headers[1].name = fedi_str("date");
    headers[1].value = (fedi_str_t) { request->date, FEDI_HTTP_DATE_LEN };
    headers[2].name = request->ask.scheme == FEDI_SCHEME_CAVAGE
                      ? fedi_str("digest") : fedi_str("content-digest");
    headers[2].value = request->digest;
    headers[3].name = fedi_str("content-type");
    headers[3].value = fedi_str(NGX_AP_SIGNED_REQUEST_TYPE);

    ngx_memzero(&asked, sizeof(fedi_signed_request_t));

    asked.method = request->ask.body ? fedi_str("POST") : fedi_str("GET");
    asked.target = request->target;
    asked.headers = headers;
    asked.nheaders = request->ask.body ? NGX_AP_SIGNED_REQUEST_HEADERS : 2;
    asked.scheme = request->ask.id->url.scheme;
    asked.authority = headers[0].value;

    if (ngx_ap_signed_request_base(request, &asked, &base)
        != FEDI_SIGNATURE_VALID)
    {
        return NGX_ERROR;
    }

    text.data = (u_char *) base.data;
    text.len = base.len;

    request->job = ngx_ap_signer_sign(worker->signer, &request->ask.actor,
                                      &text, ngx_ap_signed_request_signed,
                                      request);

    return request->job ? NGX_OK : NGX_ERROR;
}


static fedi_signature_e
ngx_ap_signed_request_base(ngx_ap_signed_request_t *request,
    const fedi_signed_request_t *asked, fedi_str_t *base)
{
    if (request->ask.scheme == FEDI_SCHEME_CAVAGE) {
        return fedi_signature_base_of(&request->arena, request->covered,
                                      asked, base);
    }

    return fedi_signature_message_base_of(&request->arena, request->covered,
                                          ngx_ap_view(&request->ask.key_id),
                                          ngx_time(), asked, &request->input,
                                          base);
}


static void
ngx_ap_signed_request_signed(void *data, ngx_int_t rc,
    const ngx_str_t *signature)
{
    ngx_ap_signed_request_t *request = data;

    ngx_str_t  headers;

    if (rc == NGX_OK) {
        rc = ngx_ap_signed_request_lines(request, signature, &headers);
    }

    request->handler(request->data, rc, rc == NGX_OK ? &headers : NULL);
}


/* "input" stays empty for draft-cavage, which says all in one header */

static ngx_int_t
ngx_ap_signed_request_value(ngx_ap_signed_request_t *request,
    const ngx_str_t *signature, fedi_str_t *input, fedi_str_t *value)
{
    fedi_err_e  err;

    *input = fedi_null_str;

    if (request->ask.scheme == FEDI_SCHEME_CAVAGE) {
        err = fedi_signature_render(&request->arena,
                                    ngx_ap_view(&request->ask.key_id),
                                    request->covered, signature->data,
                                    signature->len, value);
    } else {
        err = fedi_signature_message_render(&request->arena, request->input,
                                            signature->data, signature->len,
                                            input, value);
    }

    return err == FEDI_OK ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_ap_signed_request_lines(ngx_ap_signed_request_t *request,
    const ngx_str_t *signature, ngx_str_t *headers)
{
    size_t      n;
    fedi_str_t  lines, input, value, parts[12];

    if (ngx_ap_signed_request_value(request, signature, &input, &value)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    n = 0;

    parts[n++] = fedi_str("Date: ");
    parts[n++] = (fedi_str_t) { request->date, FEDI_HTTP_DATE_LEN };

    if (request->ask.body != NULL) {
        parts[n++] = request->ask.scheme == FEDI_SCHEME_CAVAGE
                     ? fedi_str(CRLF "Digest: ")
                     : fedi_str(CRLF "Content-Digest: ");
        parts[n++] = request->digest;
        parts[n++] = fedi_str(CRLF "Content-Type: "
                              NGX_AP_SIGNED_REQUEST_TYPE);
    }

    parts[n++] = fedi_str(CRLF "Accept: ");
    parts[n++] = (fedi_str_t) { request->ask.accept,
                                ngx_strlen(request->ask.accept) };

    if (input.len != 0) {
        parts[n++] = fedi_str(CRLF "Signature-Input: ");
        parts[n++] = input;
    }

    parts[n++] = fedi_str(CRLF "Signature: ");
    parts[n++] = value;
    parts[n++] = fedi_str(CRLF);

    lines = fedi_join(&request->arena, parts, n);
    if (lines.data == NULL) {
        return NGX_ERROR;
    }

    headers->data = (u_char *) lines.data;
    headers->len = lines.len;

    return NGX_OK;
}
