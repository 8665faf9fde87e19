
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Signed delivery of one activity to one inbox:
 *
 *     start -> describe -> sign -> signed -> post -> answered -> finish
 *
 * Each arrow is one function that either starts the next step or calls
 * ngx_ap_delivery_finish(), the only way out.
 */

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_digest.h"
#include "fedi_http_date.h"
#include "fedi_signature_base.h"
#include "ngx_ap_delivery.h"


#define NGX_AP_DELIVERY_COVERED  FEDI_SIGNATURE_POST " content-type"
#define NGX_AP_DELIVERY_TYPE     "application/activity+json"
#define NGX_AP_DELIVERY_ACCEPT                                                \
    "application/activity+json, application/ld+json; "                        \
    "profile=\"https://www.w3.org/ns/activitystreams\""

/* of an answer nothing but its head is looked at */
#define NGX_AP_DELIVERY_ANSWER   (1024 * 1024)

/* no peer is waited for longer because it says so, seconds */
#define NGX_AP_DELIVERY_RETRY    43200


static ngx_int_t ngx_ap_delivery_copy(ngx_ap_delivery_t *delivery,
    const ngx_ap_store_delivery_t *claimed);
static ngx_int_t ngx_ap_delivery_copy_str(ngx_pool_t *pool, ngx_str_t *to,
    const ngx_str_t *from);
static ngx_int_t ngx_ap_delivery_describe(ngx_ap_delivery_t *delivery);
static ngx_int_t ngx_ap_delivery_target(ngx_ap_delivery_t *delivery);
static ngx_int_t ngx_ap_delivery_sign(ngx_ap_delivery_t *delivery);
static void ngx_ap_delivery_signed(void *data, ngx_int_t rc,
    const ngx_str_t *signature);
static void ngx_ap_delivery_post(ngx_ap_delivery_t *delivery,
    fedi_str_t signature);
static ngx_int_t ngx_ap_delivery_headers(ngx_ap_delivery_t *delivery,
    fedi_str_t signature, ngx_str_t *headers);
static void ngx_ap_delivery_origin(ngx_ap_delivery_t *delivery,
    ngx_str_t *origin);
static void ngx_ap_delivery_answered(void *data,
    const ngx_ap_client_result_t *result);
static const char *ngx_ap_delivery_outcome(ngx_uint_t status);
static time_t ngx_ap_delivery_retry_after(const fedi_http_response_t *response);
static void ngx_ap_delivery_fail(ngx_ap_delivery_t *delivery,
    const char *outcome, const char *reason);
static void ngx_ap_delivery_error(ngx_ap_delivery_t *delivery,
    const ngx_str_t *reason);
static void ngx_ap_delivery_finish(ngx_ap_delivery_t *delivery,
    const char *outcome);
static void *ngx_ap_delivery_alloc(void *data, size_t size);
static fedi_str_t ngx_ap_delivery_view(const ngx_str_t *s);


ngx_ap_delivery_t *
ngx_ap_delivery_create(ngx_ap_worker_t *worker,
    const ngx_ap_store_delivery_t *claimed, ngx_ap_delivery_pt finished,
    void *data)
{
    ngx_pool_t         *pool;
    ngx_ap_delivery_t  *delivery;

    pool = ngx_create_pool(4096, worker->log);
    if (pool == NULL) {
        return NULL;
    }

    delivery = ngx_pcalloc(pool, sizeof(ngx_ap_delivery_t));
    if (delivery == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    delivery->pool = pool;
    delivery->worker = worker;
    delivery->claimed = ngx_current_msec;
    delivery->finished = finished;
    delivery->data = data;
    delivery->id = claimed->id;

    if (ngx_ap_delivery_copy(delivery, claimed) != NGX_OK) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    return delivery;
}


static ngx_int_t
ngx_ap_delivery_copy(ngx_ap_delivery_t *delivery,
    const ngx_ap_store_delivery_t *claimed)
{
    ngx_pool_t  *pool;

    pool = delivery->pool;

    if (ngx_ap_delivery_copy_str(pool, &delivery->claim, &claimed->claim)
        != NGX_OK
        || ngx_ap_delivery_copy_str(pool, &delivery->inbox, &claimed->inbox)
           != NGX_OK
        || ngx_ap_delivery_copy_str(pool, &delivery->actor, &claimed->actor)
           != NGX_OK
        || ngx_ap_delivery_copy_str(pool, &delivery->key_id,
                                    &claimed->key_id)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_ap_delivery_copy_str(pool, &delivery->body, &claimed->body);
}


static ngx_int_t
ngx_ap_delivery_copy_str(ngx_pool_t *pool, ngx_str_t *to,
    const ngx_str_t *from)
{
    to->data = ngx_pnalloc(pool, from->len + 1);
    if (to->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(to->data, from->data, from->len);
    to->len = from->len;

    return NGX_OK;
}


void
ngx_ap_delivery_destroy(ngx_ap_delivery_t *delivery)
{
    if (delivery->job) {
        ngx_ap_signer_cancel(delivery->job);
    }

    if (delivery->request) {
        ngx_ap_client_cancel(delivery->request);
    }

    ngx_destroy_pool(delivery->pool);
}


ngx_msec_t
ngx_ap_delivery_left(ngx_ap_delivery_t *delivery)
{
    ngx_msec_t  age;

    age = ngx_current_msec - delivery->claimed;

    return age < NGX_AP_DELIVERY_LEASE ? NGX_AP_DELIVERY_LEASE - age : 0;
}


void
ngx_ap_delivery_start(ngx_ap_delivery_t *delivery)
{
    fedi_err_e    err;
    fedi_arena_t  arena;

    arena.alloc = ngx_ap_delivery_alloc;
    arena.data = delivery->pool;

    err = fedi_id_parse(&arena, &delivery->worker->conf->rules,
                        ngx_ap_delivery_view(&delivery->inbox),
                        &delivery->peer);

    if (err == FEDI_ENOMEM) {
        ngx_ap_delivery_finish(delivery, NULL);
        return;
    }

    if (err != FEDI_OK) {
        ngx_ap_delivery_fail(delivery, "refused", fedi_strerror(err));
        return;
    }

    if (ngx_ap_delivery_describe(delivery) != NGX_OK
        || ngx_ap_delivery_sign(delivery) != NGX_OK)
    {
        ngx_ap_delivery_finish(delivery, NULL);
    }
}


/* what the signature is to cover, of this very moment */

static ngx_int_t
ngx_ap_delivery_describe(ngx_ap_delivery_t *delivery)
{
    u_char  sha256[FEDI_SHA256_LEN];

    delivery->date.len = FEDI_HTTP_DATE_LEN;
    delivery->date.data = ngx_pnalloc(delivery->pool, FEDI_HTTP_DATE_LEN);

    delivery->digest.len = FEDI_DIGEST_HEADER_LEN;
    delivery->digest.data = ngx_pnalloc(delivery->pool,
                                        FEDI_DIGEST_HEADER_LEN);

    if (delivery->date.data == NULL
        || delivery->digest.data == NULL
        || !fedi_http_date_format(ngx_time(), (char *) delivery->date.data)
        || !fedi_sha256(ngx_ap_delivery_view(&delivery->body), sha256))
    {
        return NGX_ERROR;
    }

    fedi_digest_render(sha256, (char *) delivery->digest.data);

    return ngx_ap_delivery_target(delivery);
}


static ngx_int_t
ngx_ap_delivery_target(ngx_ap_delivery_t *delivery)
{
    u_char      *p;
    fedi_url_t  *url;

    url = &delivery->peer.url;

    p = ngx_pnalloc(delivery->pool, url->path.len + url->query.len + 2);
    if (p == NULL) {
        return NGX_ERROR;
    }

    delivery->target.data = p;

    if (url->path.len) {
        p = ngx_cpymem(p, url->path.data, url->path.len);

    } else {
        *p++ = '/';
    }

    if (url->query.len) {
        *p++ = '?';
        p = ngx_cpymem(p, url->query.data, url->query.len);
    }

    delivery->target.len = p - delivery->target.data;

    return NGX_OK;
}


static ngx_int_t
ngx_ap_delivery_sign(ngx_ap_delivery_t *delivery)
{
    ngx_str_t              text;
    fedi_str_t             base;
    fedi_arena_t           arena;
    fedi_header_t          headers[4];
    fedi_signed_request_t  request;

    arena.alloc = ngx_ap_delivery_alloc;
    arena.data = delivery->pool;

    headers[0].name = fedi_str("host");
    headers[0].value = delivery->peer.authority;
    headers[1].name = fedi_str("date");
    headers[1].value = ngx_ap_delivery_view(&delivery->date);
    headers[2].name = fedi_str("digest");
    headers[2].value = ngx_ap_delivery_view(&delivery->digest);
    headers[3].name = fedi_str("content-type");
    headers[3].value = fedi_str(NGX_AP_DELIVERY_TYPE);

    ngx_memzero(&request, sizeof(fedi_signed_request_t));

    request.method = fedi_str("POST");
    request.target = ngx_ap_delivery_view(&delivery->target);
    request.headers = headers;
    request.nheaders = 4;
    request.authority = headers[0].value;

    if (fedi_signature_base_of(&arena, fedi_str(NGX_AP_DELIVERY_COVERED),
                               &request, &base)
        != FEDI_SIGNATURE_VALID)
    {
        return NGX_ERROR;
    }

    text.data = (u_char *) base.data;
    text.len = base.len;

    delivery->job = ngx_ap_signer_sign(delivery->worker->signer,
                                       &delivery->actor, &text,
                                       ngx_ap_delivery_signed, delivery);

    return delivery->job ? NGX_OK : NGX_ERROR;
}


static void
ngx_ap_delivery_signed(void *data, ngx_int_t rc, const ngx_str_t *signature)
{
    ngx_ap_delivery_t *delivery = data;

    fedi_str_t    value;
    fedi_arena_t  arena;

    delivery->job = NULL;

    if (rc == NGX_DECLINED) {
        ngx_ap_delivery_fail(delivery, "retry", "the actor has no key yet");
        return;
    }

    arena.alloc = ngx_ap_delivery_alloc;
    arena.data = delivery->pool;

    if (rc != NGX_OK
        || ngx_ap_delivery_left(delivery) < NGX_AP_DELIVERY_SPARE
        || fedi_signature_render(&arena,
                                 ngx_ap_delivery_view(&delivery->key_id),
                                 fedi_str(NGX_AP_DELIVERY_COVERED),
                                 signature->data, signature->len, &value)
           != FEDI_OK)
    {
        ngx_ap_delivery_finish(delivery, NULL);
        return;
    }

    ngx_ap_delivery_post(delivery, value);
}


static void
ngx_ap_delivery_post(ngx_ap_delivery_t *delivery, fedi_str_t signature)
{
    ngx_ap_client_ask_t  ask;

    ngx_memzero(&ask, sizeof(ngx_ap_client_ask_t));

    ask.id = delivery->peer;
    ask.body = delivery->body;
    ask.body_max = NGX_AP_DELIVERY_ANSWER;
    ask.post = 1;
    ask.own = delivery->own;
    ask.answered = ngx_ap_delivery_answered;
    ask.data = delivery;

    ngx_ap_delivery_origin(delivery, &ask.origin);

    if (ngx_ap_delivery_headers(delivery, signature, &ask.headers) == NGX_OK) {
        delivery->request = ngx_ap_client_request(delivery->worker->client,
                                                  &ask);
    }

    if (delivery->request == NULL) {
        ngx_ap_delivery_finish(delivery, NULL);
    }
}


static ngx_int_t
ngx_ap_delivery_headers(ngx_ap_delivery_t *delivery, fedi_str_t signature,
    ngx_str_t *headers)
{
    size_t     len;
    u_char    *p;
    ngx_str_t  value;

    value.data = (u_char *) signature.data;
    value.len = signature.len;

    len = sizeof("Date: " CRLF "Digest: " CRLF
                 "Content-Type: " NGX_AP_DELIVERY_TYPE CRLF
                 "Accept: " NGX_AP_DELIVERY_ACCEPT CRLF
                 "Signature: " CRLF)
          + delivery->date.len + delivery->digest.len + value.len;

    p = ngx_pnalloc(delivery->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    headers->data = p;
    headers->len = ngx_snprintf(p, len, "Date: %V" CRLF "Digest: %V" CRLF
                                "Content-Type: " NGX_AP_DELIVERY_TYPE CRLF
                                "Accept: " NGX_AP_DELIVERY_ACCEPT CRLF
                                "Signature: %V" CRLF,
                                &delivery->date, &delivery->digest, &value)
                   - p;

    return NGX_OK;
}


/* of the actor: an id of ours is a URL with a path */

static void
ngx_ap_delivery_origin(ngx_ap_delivery_t *delivery, ngx_str_t *origin)
{
    size_t  i;

    *origin = delivery->actor;

    i = sizeof("https://") - 1;

    while (i < origin->len && origin->data[i] != '/') {
        i++;
    }

    origin->len = ngx_min(i, origin->len);
}


static void
ngx_ap_delivery_answered(void *data, const ngx_ap_client_result_t *result)
{
    ngx_ap_delivery_t *delivery = data;

    delivery->request = NULL;

    switch (result->rc) {

    case NGX_OK:
        break;

    case NGX_DECLINED:
        ngx_ap_delivery_error(delivery, &result->reason);
        ngx_ap_delivery_finish(delivery, "refused");
        return;

    case NGX_ERROR:
        ngx_ap_delivery_error(delivery, &result->reason);
        ngx_ap_delivery_finish(delivery, "retry");
        return;

    default:
        ngx_ap_delivery_finish(delivery, NULL);
        return;
    }

    delivery->status = result->status;
    delivery->retry_after = ngx_ap_delivery_retry_after(result->response);

    if (result->status / 100 != 2) {
        delivery->error_len = ngx_snprintf(delivery->error,
                                           NGX_AP_DELIVERY_ERROR,
                                           "answered %ui", result->status)
                              - delivery->error;
    }

    ngx_ap_delivery_finish(delivery, ngx_ap_delivery_outcome(result->status));
}


static const char *
ngx_ap_delivery_outcome(ngx_uint_t status)
{
    switch (status) {

    case 404:
    case 410:
        return "gone";

    case 401:
    case 408:
    case 425:
    case 429:
        return "retry";

    default:
        break;
    }

    if (status / 100 == 2) {
        return "delivered";
    }

    return status / 100 == 4 ? "refused" : "retry";
}


/* RFC 9110 section 10.2.3: seconds, or a date */

static time_t
ngx_ap_delivery_retry_after(const fedi_http_response_t *response)
{
    int64_t     date;
    ngx_int_t   seconds;
    fedi_str_t  value;

    if (!fedi_http_response_header(response, "retry-after", &value)) {
        return 0;
    }

    seconds = ngx_atoi((u_char *) value.data, value.len);

    if (seconds == NGX_ERROR) {

        if (!fedi_http_date_parse(value, ngx_time(), &date)) {
            return 0;
        }

        seconds = (ngx_int_t) ngx_max(date - (int64_t) ngx_time(), 0);
    }

    return ngx_min(seconds, NGX_AP_DELIVERY_RETRY);
}


static void
ngx_ap_delivery_fail(ngx_ap_delivery_t *delivery, const char *outcome,
    const char *reason)
{
    ngx_str_t  text;

    text.data = (u_char *) reason;
    text.len = ngx_strlen(reason);

    ngx_ap_delivery_error(delivery, &text);
    ngx_ap_delivery_finish(delivery, outcome);
}


/* it goes into JSON and to terminals: printable ASCII alone */

static void
ngx_ap_delivery_error(ngx_ap_delivery_t *delivery, const ngx_str_t *reason)
{
    u_char  c;
    size_t  i;

    delivery->error_len = ngx_min(reason->len, NGX_AP_DELIVERY_ERROR);

    for (i = 0; i < delivery->error_len; i++) {
        c = reason->data[i];
        delivery->error[i] = (c < 0x20 || c > 0x7e) ? '?' : c;
    }
}


static void
ngx_ap_delivery_finish(ngx_ap_delivery_t *delivery, const char *outcome)
{
    ngx_str_t  error;

    delivery->outcome = outcome;

    error.data = delivery->error;
    error.len = delivery->error_len;

    if (error.len) {
        ngx_log_error(NGX_LOG_INFO, delivery->worker->log, 0,
                      "activitypub: delivery %L to \"%V\" failed: %V",
                      delivery->id, &delivery->inbox, &error);
    }

    delivery->finished(delivery->data, delivery);
}


static void *
ngx_ap_delivery_alloc(void *data, size_t size)
{
    return ngx_palloc(data, size);
}


static fedi_str_t
ngx_ap_delivery_view(const ngx_str_t *s)
{
    return (fedi_str_t) { (const char *) s->data, s->len };
}
