
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_request.h"

#include "ngx_http_ap_answer.h"
#include "ngx_http_ap_discovery.h"
#include "ngx_http_ap_jrd.h"
#include "ngx_http_ap_machine.h"
#include "ngx_http_ap_page.h"
#include "ngx_http_ap_status.h"
#include "ngx_http_ap_webfinger.h"


static ngx_int_t ngx_http_ap_post_read_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_ap_server_rewrite_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_ap_precontent_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_ap_own_handler(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);
static void ngx_http_ap_ctx_cleanup(void *data);
static void ngx_http_ap_fetched(void *data, ngx_int_t rc,
    const fedi_document_t *document);


ngx_int_t
ngx_http_ap_request_init(ngx_conf_t *cf)
{
    ngx_array_t                *handlers;
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_POST_READ_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_ap_post_read_handler;

    /*
     * Handlers run from the last of the array to the first: ours must be the
     * first, so that the server block's own "return", "rewrite" and "if" run
     * before it.
     */

    handlers = &cmcf->phases[NGX_HTTP_SERVER_REWRITE_PHASE].handlers;

    if (ngx_array_push(handlers) == NULL) {
        return NGX_ERROR;
    }

    h = handlers->elts;
    ngx_memmove(h + 1, h,
                (handlers->nelts - 1) * sizeof(ngx_http_handler_pt));
    *h = ngx_http_ap_server_rewrite_handler;

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_PRECONTENT_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_ap_precontent_handler;

    return NGX_OK;
}


ngx_http_ap_ctx_t *
ngx_http_ap_ctx(ngx_http_request_t *r)
{
    ngx_http_ap_ctx_t   *ctx;
    ngx_pool_cleanup_t  *cln;

    ctx = ngx_http_get_module_ctx(r, ngx_http_activitypub_module);

    if (ctx || (!r->internal && !r->filter_finalize)) {
        return ctx;
    }

    /* zeroed by an internal redirect: the cleanup still knows it */

    for (cln = r->pool->cleanup; cln; cln = cln->next) {

        if (cln->handler == ngx_http_ap_ctx_cleanup) {
            return cln->data;
        }
    }

    return NULL;
}


static ngx_int_t
ngx_http_ap_post_read_handler(ngx_http_request_t *r)
{
    ngx_http_ap_ctx_t       *ctx;
    ngx_pool_cleanup_t      *cln;
    ngx_http_ap_srv_conf_t  *ascf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);

    if (ascf->domains.nelts == 0 || r != r->main) {
        return NGX_DECLINED;
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_ap_ctx_t));
    if (cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_ap_ctx_t));

    cln->handler = ngx_http_ap_ctx_cleanup;

    ngx_http_set_ctx(r, ctx, ngx_http_activitypub_module);

    ctx->request = r;
    ctx->path = r->uri;
    ctx->query = r->args;
    ctx->own = ngx_http_ap_own_kind(ascf, &r->uri);

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_ap_server_rewrite_handler(ngx_http_request_t *r)
{
    ngx_http_ap_ctx_t       *ctx;
    ngx_http_ap_srv_conf_t  *ascf;
    ngx_http_ap_loc_conf_t  *alcf;

    ctx = ngx_http_get_module_ctx(r, ngx_http_activitypub_module);

    if (ctx == NULL || ctx->own == NGX_HTTP_AP_OWN_NONE || r != r->main) {
        return NGX_DECLINED;
    }

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);
    alcf = ngx_http_get_module_loc_conf(r, ngx_http_activitypub_module);

    /* here r->loc_conf is the server block's */

    if (alcf->enable == NGX_HTTP_AP_OFF
        || (ctx->own == NGX_HTTP_AP_OWN_WEBFINGER
            && ngx_http_ap_webfinger_resolve(r, ctx) != NGX_OK))
    {
        ctx->own = NGX_HTTP_AP_OWN_NONE;
        return NGX_DECLINED;
    }

    if (ngx_http_ap_own_is_located(ascf, &ctx->path)) {
        return NGX_DECLINED;
    }

    return ngx_http_ap_own_enter(r);
}


static ngx_int_t
ngx_http_ap_precontent_handler(ngx_http_request_t *r)
{
    ngx_int_t                rc;
    ngx_http_ap_ctx_t       *ctx;
    ngx_http_ap_loc_conf_t  *alcf;

    ctx = ngx_http_get_module_ctx(r, ngx_http_activitypub_module);

    if (ctx == NULL || r != r->main) {
        return NGX_DECLINED;
    }

    ctx->passed = 1;

    /* in a location below the prefix, perhaps */

    if (ngx_http_ap_status_is(r)) {
        return NGX_DECLINED;
    }

    if (ctx->own) {
        rc = ngx_http_ap_own_handler(r, ctx);

    } else {

        if (!ngx_http_ap_wants_activity(r, ctx)) {
            return NGX_DECLINED;
        }

        alcf = ngx_http_get_module_loc_conf(r, ngx_http_activitypub_module);

        if (alcf->enable != NGX_HTTP_AP_ON) {
            return NGX_DECLINED;
        }

        rc = ngx_http_ap_page_handler(r, ctx);

        if (rc == NGX_DECLINED) {
            return NGX_DECLINED;
        }
    }

    /*
     * NGX_AGAIN: this phase is run again when the database has answered; but
     * of an answer it means that the client is slow, and nginx sends the rest
     */

    if (rc != NGX_AGAIN || ctx->answered) {
        ngx_http_finalize_request(r, rc);
    }

    return NGX_DONE;
}


static ngx_int_t
ngx_http_ap_own_handler(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    switch (ctx->own) {

    case NGX_HTTP_AP_OWN_WEBFINGER:
        return ngx_http_ap_jrd_handler(r, ctx);

    case NGX_HTTP_AP_OWN_HOST_META:
    case NGX_HTTP_AP_OWN_HOST_META_JSON:
    case NGX_HTTP_AP_OWN_NODEINFO:
        return ngx_http_ap_well_known_handler(r, ctx);

    default: /* NGX_HTTP_AP_OWN_MACHINE */
        return ngx_http_ap_machine_handler(r, ctx);
    }
}


ngx_int_t
ngx_http_ap_fetch(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_ap_origin_t *origin, ngx_str_t *path, ngx_str_t *query)
{
    ngx_int_t             rc;
    ngx_ap_worker_t      *worker;
    ngx_http_ap_fetch_t  *fetch;

    if (ctx->fetch) {
        return ctx->fetch->done ? ctx->fetch->rc : NGX_AGAIN;
    }

    worker = ngx_ap_worker();
    fetch = ngx_pcalloc(r->pool, sizeof(ngx_http_ap_fetch_t));

    if (worker == NULL || fetch == NULL) {
        return NGX_ERROR;
    }

    fetch->key.origin = origin->url;
    fetch->key.path = *path;
    fetch->key.query = *query;

    rc = ctx->counts
         ? ngx_ap_documents_count(worker, r->pool, &fetch->key,
                                  &fetch->document, ngx_http_ap_fetched, ctx,
                                  &fetch->wait)
         : ngx_ap_documents_get(worker, r->pool, &fetch->key,
                                &fetch->document, ngx_http_ap_fetched, ctx,
                                &fetch->wait);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    ctx->fetch = fetch;

    if (rc == NGX_OK) {
        fetch->done = 1;
        return NGX_OK;
    }

    rc = ngx_http_ap_wait(r);

    if (rc != NGX_AGAIN) {
        ngx_ap_documents_cancel(fetch->wait);
        fetch->wait = NULL;
        fetch->rc = NGX_ERROR;
        fetch->done = 1;
    }

    return rc;
}


ngx_int_t
ngx_http_ap_fetch_counts(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_ap_origin_t *origin, ngx_str_t *path)
{
    ngx_str_t  none;

    ngx_str_null(&none);
    ctx->counts = 1;

    return ngx_http_ap_fetch(r, ctx, origin, path, &none);
}


static void
ngx_http_ap_fetched(void *data, ngx_int_t rc, const fedi_document_t *document)
{
    ngx_http_ap_ctx_t *ctx = data;

    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = ctx->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    ctx->fetch->wait = NULL;
    ctx->fetch->rc = rc;
    ctx->fetch->done = 1;

    if (rc == NGX_OK) {
        ctx->fetch->document = *document;
    }

    ngx_http_ap_resume(r);
    ngx_http_run_posted_requests(c);
}


ngx_int_t
ngx_http_ap_wait(ngx_http_request_t *r)
{
    if (ngx_handle_read_event(r->connection->read, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_request_empty_handler;

    return NGX_AGAIN;
}


void
ngx_http_ap_resume(ngx_http_request_t *r)
{
    /* who waited has left, and another location has the request */

    if (r->post_action) {
        return;
    }

    r->read_event_handler = ngx_http_block_reading;
    r->write_event_handler = ngx_http_core_run_phases;

    ngx_http_core_run_phases(r);
}


static void
ngx_http_ap_ctx_cleanup(void *data)
{
    ngx_http_ap_ctx_t *ctx = data;

    if (ctx->fetch && ctx->fetch->wait) {
        ngx_ap_documents_cancel(ctx->fetch->wait);
        ctx->fetch->wait = NULL;
    }
}
