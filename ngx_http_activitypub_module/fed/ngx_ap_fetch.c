
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     fetch -> sign -> signed -> answered -> finish
 *               ^------------- redirected
 *
 * A fetch lives in a pool of its own.  ngx_ap_fetch_finish() is the only way
 * out that calls back, and the last that is called; ngx_ap_fetch_cancel() the
 * only one that does not.
 */

#include "ngx_ap_arena.h"
#include "ngx_ap_client.h"
#include "ngx_ap_fetch.h"
#include "ngx_ap_fetch_way.h"
#include "ngx_ap_signed_request.h"

#include "fedi_content_type.h"


#define NGX_AP_FETCH_ACCEPT_JRD  "application/jrd+json, application/json"
#define NGX_AP_FETCH_ACCEPT_HTML  "text/html, application/xhtml+xml"


struct ngx_ap_fetch_s {
    ngx_pool_t                 *pool;
    ngx_ap_worker_t            *worker;
    ngx_ap_origin_t            *origin;
    ngx_ap_fetched_pt           handler;
    void                       *data;

    ngx_ap_signed_request_t    *sign;       /* under way, one of them */
    ngx_ap_client_request_t    *request;
    ngx_event_t                 refused;    /* posted */

    ngx_ap_fetch_way_t          way;
    ngx_ap_fetch_result_t       result;

    unsigned                    jrd:1;
    unsigned                    key:1;
    unsigned                    html:1;
};


static ngx_int_t ngx_ap_fetch_start(ngx_ap_fetch_t *fetch, fedi_str_t url);
static void ngx_ap_fetch_refused(ngx_event_t *ev);
static ngx_int_t ngx_ap_fetch_sign(ngx_ap_fetch_t *fetch);
static void ngx_ap_fetch_signed(void *data, ngx_int_t rc,
    const ngx_str_t *headers);
static ngx_int_t ngx_ap_fetch_ask(ngx_ap_fetch_t *fetch,
    const ngx_str_t *headers);
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
        fetch->way.arena = ngx_ap_arena(pool);
        fetch->way.conf = worker->conf;
        fetch->way.own = (flags & NGX_AP_FETCH_OWN) ? 1 : 0;
        fetch->jrd = (flags & NGX_AP_FETCH_JRD) ? 1 : 0;
        fetch->key = (flags & NGX_AP_FETCH_KEY) ? 1 : 0;
        fetch->html = (flags & NGX_AP_FETCH_HTML) ? 1 : 0;

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
    if (fetch->sign) {
        ngx_ap_signed_request_cancel(fetch->sign);
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

    rc = ngx_ap_fetch_way_add(&fetch->way, url);

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

    ngx_ap_fetch_fail(fetch, NGX_DECLINED, "url", fetch->way.refusal);
}


/* a fresh date and a new signature for each hop */

static ngx_int_t
ngx_ap_fetch_sign(ngx_ap_fetch_t *fetch)
{
    ngx_str_t                   *uri;
    fedi_str_t                   parts[2], key_id;
    ngx_ap_signed_request_ask_t  ask;

    uri = &fetch->origin->instance.uri;

    parts[0] = ngx_ap_view(uri);
    parts[1] = fedi_str("#main-key");

    key_id = fedi_join(&fetch->way.arena, parts, 2);
    if (key_id.data == NULL) {
        return NGX_ERROR;
    }

    ask.id = &ngx_ap_fetch_way_last(&fetch->way)->id;
    ask.actor = *uri;
    ask.key_id.data = (u_char *) key_id.data;
    ask.key_id.len = key_id.len;
    ask.scheme = FEDI_SCHEME_CAVAGE;
    ask.accept = fetch->jrd ? NGX_AP_FETCH_ACCEPT_JRD
                 : fetch->html ? NGX_AP_FETCH_ACCEPT_HTML
                               : NGX_AP_SIGNED_REQUEST_ACCEPT;
    ask.body = NULL;

    fetch->sign = ngx_ap_signed_request(fetch->worker, fetch->pool, &ask,
                                        ngx_ap_fetch_signed, fetch);

    return fetch->sign ? NGX_OK : NGX_ERROR;
}


static void
ngx_ap_fetch_signed(void *data, ngx_int_t rc, const ngx_str_t *headers)
{
    ngx_ap_fetch_t *fetch = data;

    fetch->sign = NULL;
    fetch->result.response = NULL;

    if (rc == NGX_DECLINED) {
        ngx_ap_fetch_fail(fetch, NGX_ERROR, "key",
                          "the instance actor has no key yet");
        return;
    }

    if (rc != NGX_OK || ngx_ap_fetch_ask(fetch, headers) != NGX_OK) {
        ngx_ap_fetch_fail(fetch, NGX_ERROR, "key", "cannot be signed");
    }
}


static ngx_int_t
ngx_ap_fetch_ask(ngx_ap_fetch_t *fetch, const ngx_str_t *headers)
{
    ngx_ap_client_ask_t  ask;

    ngx_memzero(&ask, sizeof(ngx_ap_client_ask_t));

    ask.id = ngx_ap_fetch_way_last(&fetch->way)->id;
    ask.own = ngx_ap_origins_have(&fetch->worker->conf->origins, &ask.id);
    ask.origin = fetch->origin->url;
    ask.headers = *headers;
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

    if (!fetch->jrd && !fetch->html
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
    fetch->result.url = ngx_ap_fetch_way_last(&fetch->way)->id.text;
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

    hop = ngx_ap_fetch_way_last(&fetch->way);

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


static void
ngx_ap_fetch_redirected(ngx_ap_fetch_t *fetch,
    const ngx_ap_client_result_t *result)
{
    ngx_int_t    rc;
    fedi_str_t   location;
    const char  *reason;

    if (!fedi_http_response_header(result->response, "location", &location)) {
        ngx_ap_fetch_fail(fetch, NGX_DECLINED, "redirect",
                          "a redirect to nowhere");
        return;
    }

    rc = ngx_ap_fetch_way_redirect(&fetch->way, location);
    reason = fetch->way.refusal;

    if (rc == NGX_OK) {
        rc = ngx_ap_fetch_sign(fetch);
        reason = "cannot be signed";
    }

    if (rc != NGX_OK) {
        ngx_ap_fetch_fail(fetch, rc, "redirect", reason);
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

    url = &ngx_ap_fetch_way_last(&fetch->way)->id.text;
    result = &fetch->result;

    /* of a first URL that is not asked no more is known than the spelling */

    result->hops = fetch->way.hops;
    result->nhops = ngx_max(fetch->way.nhops, 1);

    if (result->rc != NGX_OK) {
        ngx_log_error(NGX_LOG_INFO, fetch->worker->log, 0,
                      "activitypub: \"%*s\" was not fetched: %V, status %ui",
                      url->len, url->data, &result->reason, result->status);
    }

    fetch->handler(fetch->data, result);

    ngx_destroy_pool(fetch->pool);
}
