
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     fetch -> hop -> sign -> signed -> answered -> finish
 *               ^------------------------ redirected
 *
 * A fetch lives in a pool of its own.  ngx_ap_fetch_finish() is the only way
 * out that calls back, and the last that is called; ngx_ap_fetch_cancel() the
 * only one that does not.
 */

#include "ngx_ap_client.h"
#include "ngx_ap_fetch.h"
#include "ngx_ap_signer.h"

#include "fedi_content_type.h"
#include "fedi_http_date.h"
#include "fedi_signature_base.h"


#define NGX_AP_FETCH_REDIRECTS  3

#define NGX_AP_FETCH_ACCEPT                                                   \
    "application/activity+json, application/ld+json; "                        \
    "profile=\"https://www.w3.org/ns/activitystreams\""

#define NGX_AP_FETCH_ACCEPT_JRD  "application/jrd+json, application/json"


struct ngx_ap_fetch_s {
    ngx_pool_t                 *pool;
    ngx_ap_worker_t            *worker;
    ngx_ap_origin_t            *origin;
    ngx_ap_fetched_pt           handler;
    void                       *data;
    fedi_arena_t                arena;

    ngx_ap_signer_job_t        *job;        /* under way, one of them */
    ngx_ap_client_request_t    *request;
    ngx_event_t                 refused;    /* posted */
    const char                 *refusal;

    ngx_ap_fetch_hop_t          hops[NGX_AP_FETCH_REDIRECTS + 1];
    ngx_uint_t                  nhops;
    ngx_ap_fetch_result_t       result;

    char                        date[FEDI_HTTP_DATE_LEN];

    unsigned                    own:1;
    unsigned                    jrd:1;
    unsigned                    key:1;
};


static ngx_int_t ngx_ap_fetch_start(ngx_ap_fetch_t *fetch, fedi_str_t url);
static void ngx_ap_fetch_refused(ngx_event_t *ev);
static ngx_int_t ngx_ap_fetch_hop(ngx_ap_fetch_t *fetch, fedi_str_t url);
static ngx_ap_fetch_hop_t *ngx_ap_fetch_last(ngx_ap_fetch_t *fetch);
static ngx_int_t ngx_ap_fetch_sign(ngx_ap_fetch_t *fetch);
static void ngx_ap_fetch_signed(void *data, ngx_int_t rc,
    const ngx_str_t *signature);
static ngx_int_t ngx_ap_fetch_ask(ngx_ap_fetch_t *fetch,
    const ngx_str_t *signature);
static void ngx_ap_fetch_answered(void *data,
    const ngx_ap_client_result_t *result);
static ngx_int_t ngx_ap_fetch_answer(ngx_ap_fetch_t *fetch,
    const ngx_ap_client_result_t *result);
static ngx_uint_t ngx_ap_fetch_is_encoded(
    const fedi_http_response_t *response);
static void ngx_ap_fetch_redirected(ngx_ap_fetch_t *fetch,
    const ngx_ap_client_result_t *result);
static void ngx_ap_fetch_fail(ngx_ap_fetch_t *fetch, ngx_int_t rc,
    const char *step, const char *reason);
static void ngx_ap_fetch_finish(ngx_ap_fetch_t *fetch);
static void *ngx_ap_fetch_alloc(void *data, size_t size);


ngx_ap_fetch_t *
ngx_ap_fetch(ngx_ap_worker_t *worker, ngx_ap_origin_t *origin, fedi_str_t url,
    ngx_uint_t flags, ngx_ap_fetched_pt handler, void *data)
{
    ngx_pool_t      *pool;
    ngx_ap_fetch_t  *fetch;

    pool = ngx_create_pool(4096, worker->log);
    if (pool == NULL) {
        return NULL;
    }

    fetch = ngx_pcalloc(pool, sizeof(ngx_ap_fetch_t));

    if (fetch != NULL) {
        fetch->pool = pool;
        fetch->worker = worker;
        fetch->origin = origin;
        fetch->handler = handler;
        fetch->data = data;
        fetch->arena.alloc = ngx_ap_fetch_alloc;
        fetch->arena.data = pool;
        fetch->own = (flags & NGX_AP_FETCH_OWN) ? 1 : 0;
        fetch->jrd = (flags & NGX_AP_FETCH_JRD) ? 1 : 0;
        fetch->key = (flags & NGX_AP_FETCH_KEY) ? 1 : 0;

        if (ngx_ap_fetch_start(fetch, url) == NGX_OK) {
            return fetch;
        }
    }

    ngx_destroy_pool(pool);

    return NULL;
}


void
ngx_ap_fetch_cancel(ngx_ap_fetch_t *fetch)
{
    if (fetch->job) {
        ngx_ap_signer_cancel(fetch->job);
    }

    if (fetch->request) {
        ngx_ap_client_cancel(fetch->request);
    }

    if (fetch->refused.posted) {
        ngx_delete_posted_event(&fetch->refused);
    }

    ngx_destroy_pool(fetch->pool);
}


static ngx_int_t
ngx_ap_fetch_start(ngx_ap_fetch_t *fetch, fedi_str_t url)
{
    ngx_int_t  rc;

    rc = ngx_ap_fetch_hop(fetch, url);

    if (rc != NGX_DECLINED) {
        return rc == NGX_OK ? ngx_ap_fetch_sign(fetch) : NGX_ERROR;
    }

    fetch->refused.handler = ngx_ap_fetch_refused;
    fetch->refused.data = fetch;
    fetch->refused.log = fetch->worker->log;

    ngx_post_event(&fetch->refused, &ngx_posted_events);

    return NGX_OK;
}


static void
ngx_ap_fetch_refused(ngx_event_t *ev)
{
    ngx_ap_fetch_t *fetch = ev->data;

    ngx_ap_fetch_fail(fetch, NGX_DECLINED, "url", fetch->refusal);
}


/* NGX_DECLINED: not a URL that we ask, for the reason in "refusal" */

static ngx_int_t
ngx_ap_fetch_hop(ngx_ap_fetch_t *fetch, fedi_str_t url)
{
    fedi_id_t   *id;
    fedi_err_e   err;
    ngx_uint_t   i;

    if (fetch->nhops > NGX_AP_FETCH_REDIRECTS) {
        fetch->refusal = "too many redirects";
        return NGX_DECLINED;
    }

    id = &fetch->hops[fetch->nhops].id;
    err = fedi_id_parse(&fetch->arena, &fetch->worker->conf->rules, url, id);

    if (err == FEDI_ENOMEM) {
        fetch->refusal = "no memory";
        return NGX_ERROR;
    }

    if (err != FEDI_OK) {
        fetch->refusal = "not a URL that is asked";
        return NGX_DECLINED;
    }

    if (!fetch->own && ngx_ap_origins_have(&fetch->worker->conf->origins, id))
    {
        fetch->refusal = "ourselves";
        return NGX_DECLINED;
    }

    for (i = 0; i < fetch->nhops; i++) {
        if (fedi_id_eq(&fetch->hops[i].id, id)) {
            fetch->refusal = "a redirect in a circle";
            return NGX_DECLINED;
        }
    }

    fetch->nhops++;

    return NGX_OK;
}


static ngx_ap_fetch_hop_t *
ngx_ap_fetch_last(ngx_ap_fetch_t *fetch)
{
    return &fetch->hops[fetch->nhops ? fetch->nhops - 1 : 0];
}


/* a fresh date and a new signature for each hop */

static ngx_int_t
ngx_ap_fetch_sign(ngx_ap_fetch_t *fetch)
{
    u_char                 *p;
    ngx_str_t               text;
    fedi_str_t              base;
    fedi_url_t             *url;
    fedi_header_t           headers[2];
    fedi_signed_request_t   request;

    url = &ngx_ap_fetch_last(fetch)->id.url;

    if (!fedi_http_date_format(ngx_time(), fetch->date)) {
        return NGX_ERROR;
    }

    headers[0].name = fedi_str("host");
    headers[0].value = ngx_ap_fetch_last(fetch)->id.authority;
    headers[1].name = fedi_str("date");
    headers[1].value = (fedi_str_t) { fetch->date, FEDI_HTTP_DATE_LEN };

    ngx_memzero(&request, sizeof(fedi_signed_request_t));

    p = ngx_pnalloc(fetch->pool, 1 + url->path.len + 1 + url->query.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    request.target.data = (const char *) p;

    if (url->path.len == 0) {
        *p++ = '/';
    } else {
        p = ngx_cpymem(p, url->path.data, url->path.len);
    }

    if (url->query.len != 0) {
        *p++ = '?';
        p = ngx_cpymem(p, url->query.data, url->query.len);
    }

    request.target.len = (const char *) p - request.target.data;
    request.method = fedi_str("GET");
    request.headers = headers;
    request.nheaders = 2;
    request.authority = headers[0].value;

    if (fedi_signature_base_of(&fetch->arena, fedi_str(FEDI_SIGNATURE_GET),
                               &request, &base)
        != FEDI_SIGNATURE_VALID)
    {
        return NGX_ERROR;
    }

    text.data = (u_char *) base.data;
    text.len = base.len;

    fetch->job = ngx_ap_signer_sign(fetch->worker->signer,
                                    &fetch->origin->instance.uri, &text,
                                    ngx_ap_fetch_signed, fetch);

    return fetch->job ? NGX_OK : NGX_ERROR;
}


static void
ngx_ap_fetch_signed(void *data, ngx_int_t rc, const ngx_str_t *signature)
{
    ngx_ap_fetch_t *fetch = data;

    fetch->job = NULL;
    fetch->result.response = NULL;

    if (rc == NGX_DECLINED) {
        ngx_ap_fetch_fail(fetch, NGX_ERROR, "key",
                          "the instance actor has no key yet");
        return;
    }

    if (rc != NGX_OK || ngx_ap_fetch_ask(fetch, signature) != NGX_OK) {
        ngx_ap_fetch_fail(fetch, NGX_ERROR, "key", "cannot be signed");
    }
}


static ngx_int_t
ngx_ap_fetch_ask(ngx_ap_fetch_t *fetch, const ngx_str_t *signature)
{
    ngx_str_t             *uri;
    fedi_str_t             parts[2], key_id, value, lines, all[6];
    ngx_ap_client_ask_t    ask;

    uri = &fetch->origin->instance.uri;

    parts[0] = (fedi_str_t) { (const char *) uri->data, uri->len };
    parts[1] = fedi_str("#main-key");

    key_id = fedi_join(&fetch->arena, parts, 2);

    if (key_id.data == NULL
        || fedi_signature_render(&fetch->arena, key_id,
                                 fedi_str(FEDI_SIGNATURE_GET),
                                 signature->data, signature->len, &value)
           != FEDI_OK)
    {
        return NGX_ERROR;
    }

    all[0] = fetch->jrd
             ? fedi_str("Accept: " NGX_AP_FETCH_ACCEPT_JRD "\r\nDate: ")
             : fedi_str("Accept: " NGX_AP_FETCH_ACCEPT "\r\nDate: ");
    all[1] = (fedi_str_t) { fetch->date, FEDI_HTTP_DATE_LEN };
    all[2] = fedi_str("\r\nSignature: ");
    all[3] = value;
    all[4] = fedi_str("\r\n");

    lines = fedi_join(&fetch->arena, all, 5);
    if (lines.data == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(&ask, sizeof(ngx_ap_client_ask_t));

    ask.id = ngx_ap_fetch_last(fetch)->id;
    ask.own = ngx_ap_origins_have(&fetch->worker->conf->origins, &ask.id);
    ask.origin = fetch->origin->url;
    ask.headers.data = (u_char *) lines.data;
    ask.headers.len = lines.len;
    ask.body_max = fetch->key ? NGX_AP_FETCH_KEY_MAX : NGX_AP_FETCH_MAX;
    ask.answered = ngx_ap_fetch_answered;
    ask.data = fetch;

    fetch->request = ngx_ap_client_request(fetch->worker->client, &ask);

    return fetch->request ? NGX_OK : NGX_ERROR;
}


static void
ngx_ap_fetch_answered(void *data, const ngx_ap_client_result_t *result)
{
    ngx_ap_fetch_t *fetch = data;

    fedi_str_t  type;

    fetch->request = NULL;

    if (ngx_ap_fetch_answer(fetch, result) != NGX_OK) {
        ngx_ap_fetch_finish(fetch);
        return;
    }

    switch (result->status) {

    case 200:
        break;

    case 301: case 302: case 303: case 307: case 308:
        ngx_ap_fetch_redirected(fetch, result);
        return;

    default:
        ngx_ap_fetch_fail(fetch,
                          (result->status >= 500 || result->status == 408
                           || result->status == 429)
                          ? NGX_ERROR : NGX_DECLINED,
                          "status", "another status");
        return;
    }

    if (!fetch->jrd
        && (!fedi_http_response_header(result->response, "content-type",
                                       &type)
            || !fedi_content_type_is_activity(type)))
    {
        ngx_ap_fetch_fail(fetch, NGX_DECLINED, "type",
                          "another content type");
        return;
    }

    if (ngx_ap_fetch_is_encoded(result->response)) {
        ngx_ap_fetch_fail(fetch, NGX_DECLINED, "document",
                          "an encoding that was not asked for");
        return;
    }

    fetch->result.rc = NGX_OK;
    fetch->result.url = ngx_ap_fetch_last(fetch)->id.text;
    fetch->result.body.data = (const char *) result->body.data;
    fetch->result.body.len = result->body.len;

    ngx_ap_fetch_finish(fetch);
}


/* what is known of it, however it ends; NGX_OK: there is an answer */

static ngx_int_t
ngx_ap_fetch_answer(ngx_ap_fetch_t *fetch,
    const ngx_ap_client_result_t *result)
{
    ngx_ap_fetch_hop_t  *hop;

    hop = ngx_ap_fetch_last(fetch);

    hop->address.data = ngx_pstrdup(fetch->pool,
                                    (ngx_str_t *) &result->address);
    if (hop->address.data) {
        hop->address.len = result->address.len;
    }

    if (result->rc != NGX_OK) {
        fetch->result.rc = (result->rc == NGX_DECLINED || result->too_long)
                           ? NGX_DECLINED : NGX_ERROR;
        fetch->result.status = 0;
        fetch->result.reason = result->reason;
        fetch->result.step = result->step;
        fetch->result.ours = (result->rc == NGX_ABORT);
        return NGX_ERROR;
    }

    hop->status = result->status;

    fetch->result.status = result->status;
    fetch->result.response = result->response;
    fetch->result.bytes = result->body.len;

    return NGX_OK;
}


static ngx_uint_t
ngx_ap_fetch_is_encoded(const fedi_http_response_t *response)
{
    size_t      n;
    fedi_str_t  coding;

    coding = fedi_null_str;

    n = fedi_header_find(response->headers, response->nheaders,
                         fedi_str("content-encoding"), &coding);

    return n > 1
           || (n == 1 && !fedi_str_eq_nocase(coding, fedi_str("identity")));
}


/* an absolute URL, or a path of the same server */

static void
ngx_ap_fetch_redirected(ngx_ap_fetch_t *fetch,
    const ngx_ap_client_result_t *result)
{
    ngx_int_t    rc;
    fedi_str_t   location, parts[2];

    if (!fedi_http_response_header(result->response, "location", &location)) {
        ngx_ap_fetch_fail(fetch, NGX_DECLINED, "redirect",
                          "a redirect to nowhere");
        return;
    }

    location.len = fedi_str_before(location, '#');

    if (location.len != 0 && location.data[0] == '/'
        && (location.len == 1 || location.data[1] != '/'))
    {
        parts[0] = ngx_ap_fetch_last(fetch)->id.origin;
        parts[1] = location;

        location = fedi_join(&fetch->arena, parts, 2);
    }

    rc = NGX_ERROR;
    fetch->refusal = "no memory";

    if (location.data != NULL) {
        rc = ngx_ap_fetch_hop(fetch, location);
    }

    if (rc == NGX_OK) {
        rc = ngx_ap_fetch_sign(fetch);
        fetch->refusal = "cannot be signed";
    }

    if (rc != NGX_OK) {
        ngx_ap_fetch_fail(fetch, rc, "redirect", fetch->refusal);
    }
}


static void
ngx_ap_fetch_fail(ngx_ap_fetch_t *fetch, ngx_int_t rc, const char *step,
    const char *reason)
{
    fetch->result.rc = rc;
    fetch->result.ours = (rc == NGX_ERROR && ngx_strcmp(step, "status") != 0);
    fetch->result.step = step;
    fetch->result.reason.data = (u_char *) reason;
    fetch->result.reason.len = ngx_strlen(reason);

    ngx_ap_fetch_finish(fetch);
}


static void
ngx_ap_fetch_finish(ngx_ap_fetch_t *fetch)
{
    fedi_str_t             *url;
    ngx_ap_fetch_result_t  *result;

    url = &ngx_ap_fetch_last(fetch)->id.text;
    result = &fetch->result;

    /* of a first URL that is not asked no more is known than the spelling */

    result->hops = fetch->hops;
    result->nhops = ngx_max(fetch->nhops, 1);

    if (result->rc != NGX_OK) {
        ngx_log_error(NGX_LOG_INFO, fetch->worker->log, 0,
                      "activitypub: \"%*s\" was not fetched: %V, status %ui",
                      url->len, url->data, &result->reason, result->status);
    }

    fetch->handler(fetch->data, result);

    ngx_destroy_pool(fetch->pool);
}


static void *
ngx_ap_fetch_alloc(void *data, size_t size)
{
    return ngx_palloc(data, size);
}
