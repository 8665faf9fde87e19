
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     fetch -> sign -> signed -> answered -> finish
 *               ^------------- redirected, or knock
 *
 * A fetch lives in a pool of its own.  ngx_ap_fetch_finish() is the only way
 * out that calls back, and the last that is called; ngx_ap_fetch_cancel() the
 * only one that does not.
 */

#include "ngx_ap_arena.h"
#include "ngx_ap_fetch_answer.h"
#include "ngx_ap_fetch_way.h"
#include "ngx_ap_signed_request.h"


#define NGX_AP_FETCH_ACCEPT_JRD  "application/jrd+json, application/json"
#define NGX_AP_FETCH_ACCEPT_HTML  "text/html, application/xhtml+xml"

/* no document: any content type will do, and nobody knocks twice for it */
#define NGX_AP_FETCH_ANY  (NGX_AP_FETCH_JRD|NGX_AP_FETCH_HTML)


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

    fedi_scheme_e               scheme;     /* of this hop */

    ngx_uint_t                  flags;      /* NGX_AP_FETCH_* */
    unsigned                    knocked:1;  /* by the other one before */
};


static ngx_int_t ngx_ap_fetch_start(ngx_ap_fetch_t *fetch, fedi_str_t url);
static void ngx_ap_fetch_refused(ngx_event_t *ev);
static ngx_int_t ngx_ap_fetch_hop(ngx_ap_fetch_t *fetch);
static ngx_int_t ngx_ap_fetch_sign(ngx_ap_fetch_t *fetch);
static void ngx_ap_fetch_signed(void *data, ngx_int_t rc,
    const ngx_str_t *headers);
static ngx_int_t ngx_ap_fetch_ask(ngx_ap_fetch_t *fetch,
    const ngx_str_t *headers);
static size_t ngx_ap_fetch_most(const ngx_ap_fetch_t *fetch);
static void ngx_ap_fetch_answered(void *data,
    const ngx_ap_client_result_t *result);
static ngx_int_t ngx_ap_fetch_knock(ngx_ap_fetch_t *fetch,
    ngx_uint_t status);
static void ngx_ap_fetch_take(ngx_ap_fetch_t *fetch,
    const ngx_ap_client_result_t *result);
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
        fetch->way.worker = worker;
        fetch->way.origin = origin;
        fetch->way.own = (flags & NGX_AP_FETCH_OWN) ? 1 : 0;
        fetch->way.blocked = (flags & NGX_AP_FETCH_BLOCKED) ? 1 : 0;
        fetch->flags = flags;

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
        return rc == NGX_OK ? ngx_ap_fetch_hop(fetch) : NGX_ERROR;
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


static ngx_int_t
ngx_ap_fetch_hop(ngx_ap_fetch_t *fetch)
{
    fetch->knocked = 0;
    fetch->scheme = ngx_ap_knocks_scheme(
                        &fetch->worker->knocks,
                        ngx_ap_fetch_way_last(&fetch->way)->id.authority);

    return ngx_ap_fetch_sign(fetch);
}


/* a fresh date and a new signature for each hop, and for each knock */

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
    ask.scheme = fetch->scheme;
    ask.accept = (fetch->flags & NGX_AP_FETCH_JRD) ? NGX_AP_FETCH_ACCEPT_JRD
                 : (fetch->flags & NGX_AP_FETCH_HTML) ? NGX_AP_FETCH_ACCEPT_HTML
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
    ask.body_max = ngx_ap_fetch_most(fetch);
    ask.answered = ngx_ap_fetch_answered;
    ask.data = fetch;

    fetch->request = ngx_ap_client_request(fetch->worker->client, &ask);

    return fetch->request ? NGX_OK : NGX_ERROR;
}


static size_t
ngx_ap_fetch_most(const ngx_ap_fetch_t *fetch)
{
    if (fetch->flags & NGX_AP_FETCH_KEY) {
        return NGX_AP_FETCH_KEY_MAX;
    }

    if (fetch->flags & NGX_AP_FETCH_JRD) {
        return NGX_AP_FETCH_JRD_MAX;
    }

    return NGX_AP_FETCH_MAX;
}


static void
ngx_ap_fetch_answered(void *data, const ngx_ap_client_result_t *result)
{
    ngx_ap_fetch_t *fetch = data;

    fetch->request = NULL;

    if (ngx_ap_fetch_answer_note(fetch->pool,
                                 ngx_ap_fetch_way_last(&fetch->way), result,
                                 &fetch->result)
        != NGX_OK)
    {
        ngx_ap_fetch_finish(fetch);
        return;
    }

    if (ngx_ap_fetch_knock(fetch, result->status) == NGX_OK) {
        return;
    }

    switch (result->status) {

    case 200:
        ngx_ap_fetch_take(fetch, result);
        return;

    case 301: case 302: case 303: case 307: case 308:
        ngx_ap_fetch_redirected(fetch, result);
        return;

    default:
        fetch->result.gone = (result->status == 410 && fetch->way.nhops == 1);

        ngx_ap_fetch_fail(fetch,
                          (result->status >= 500 || result->status == 408
                           || result->status == 429)
                          ? NGX_ERROR : NGX_DECLINED,
                          "status", "another status");
    }
}


/* NGX_OK: it is asked again */

static ngx_int_t
ngx_ap_fetch_knock(ngx_ap_fetch_t *fetch, ngx_uint_t status)
{
    if (fetch->flags & NGX_AP_FETCH_ANY) {
        return NGX_DECLINED;
    }

    if (status != 401 && status != 400) {

        if (fetch->knocked) {
            ngx_ap_knocks_learn(&fetch->worker->knocks,
                            ngx_ap_fetch_way_last(&fetch->way)->id.authority,
                            fetch->scheme);
        }

        return NGX_DECLINED;
    }

    if (fetch->knocked) {
        return NGX_DECLINED;
    }

    fetch->knocked = 1;
    fetch->scheme = (fetch->scheme == FEDI_SCHEME_CAVAGE)
                    ? FEDI_SCHEME_RFC9421 : FEDI_SCHEME_CAVAGE;

    return ngx_ap_fetch_sign(fetch);
}


/* perhaps a document */

static void
ngx_ap_fetch_take(ngx_ap_fetch_t *fetch, const ngx_ap_client_result_t *result)
{
    fedi_actor_e  reason;

    reason = ngx_ap_fetch_answer_take(result,
                                  &ngx_ap_fetch_way_last(&fetch->way)->id,
                                  fetch->flags & NGX_AP_FETCH_ANY,
                                  &fetch->result.answer);

    if (reason != FEDI_ACTOR_OK) {
        ngx_ap_fetch_fail(fetch, NGX_DECLINED,
                          reason == FEDI_ACTOR_CONTENT_TYPE ? "type"
                                                            : "document",
                          fedi_actor_text(reason).data);
        return;
    }

    fetch->result.rc = NGX_OK;
    ngx_ap_fetch_finish(fetch);
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
        rc = ngx_ap_fetch_hop(fetch);
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
