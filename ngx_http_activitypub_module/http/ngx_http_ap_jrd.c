
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_jrd.h"

#include "fedi_jrd.h"
#include "ngx_http_ap_answer.h"
#include "ngx_http_ap_refuse.h"


static ngx_int_t ngx_http_ap_jrd_document(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);
static ngx_int_t ngx_http_ap_jrd_render(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx, ngx_str_t *body);
static void ngx_http_ap_jrd_key(ngx_http_ap_ctx_t *ctx,
    ngx_ap_cache_key_t *key);
static ngx_int_t ngx_http_ap_jrd_find(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx, ngx_str_t *body);
static ngx_uint_t ngx_http_ap_jrd_is_fresh(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);
static void ngx_http_ap_jrd_store(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx, ngx_str_t *body);
static ngx_int_t ngx_http_ap_jrd_answer(ngx_http_request_t *r,
    const ngx_str_t *jrd, const ngx_str_t *etag);


ngx_int_t
ngx_http_ap_jrd_handler(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    ngx_int_t  rc;
    ngx_str_t  body;

    if (ctx->fetch) {
        return ngx_http_ap_jrd_document(r, ctx);
    }

    if (ctx->origin == NULL) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_RESOURCE);
    }

    rc = ngx_http_ap_admit(r, ctx->origin);

    if (rc != NGX_OK || ctx->answered) {
        return rc;
    }

    if (ctx->actor) {
        return ngx_http_ap_jrd_answer(r, &ctx->actor->jrd,
                                      &ctx->actor->jrd_etag);
    }

    if (ctx->gone) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_ACCOUNT_GONE);
    }

    if (ctx->resource.len == 0) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_NO_ACCOUNT);
    }

    if (ctx->resource_own) {
        rc = ngx_http_ap_jrd_find(r, ctx, &body);

        if (rc != NGX_DECLINED) {
            return rc == NGX_OK ? ngx_http_ap_jrd_answer(r, &body, NULL)
                                : NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    return ngx_http_ap_jrd_document(r, ctx);
}


static ngx_int_t
ngx_http_ap_jrd_document(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    ngx_int_t         rc;
    ngx_str_t         body;
    fedi_document_t  *document;

    rc = ngx_http_ap_fetch(r, ctx, ctx->origin, &ctx->resource,
                           &ctx->resource_query);

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_NO_RESOURCE);
    }

    if (rc != NGX_OK) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_DATABASE);
    }

    document = &ctx->fetch->document;

    if (document->status != NGX_HTTP_OK) {
        return ngx_http_ap_refuse(r, document->status == NGX_HTTP_AP_STATUS_GONE
                                     ? FEDI_REFUSAL_RESOURCE_GONE
                                     : FEDI_REFUSAL_NO_RESOURCE);
    }

    if (ngx_http_ap_jrd_render(r, ctx, &body) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->resource_own && ngx_http_ap_jrd_is_fresh(r, ctx)) {
        ngx_http_ap_jrd_store(r, ctx, &body);
    }

    return ngx_http_ap_jrd_answer(r, &body, NULL);
}


/* of an actor; or of a post, an activity, a collection, by its id alone */

static ngx_int_t
ngx_http_ap_jrd_render(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_str_t *body)
{
    ngx_str_t         name, handle;
    fedi_jrd_t        jrd;
    fedi_err_e        err;
    fedi_str_t        text;
    fedi_arena_t      arena;
    fedi_document_t  *document;

    static ngx_str_t  at = ngx_string("@");

    document = &ctx->fetch->document;
    arena = ngx_http_ap_arena(r->pool);

    ngx_memzero(&jrd, sizeof(fedi_jrd_t));

    jrd.uri = document->uri;
    jrd.page = document->url;

    if (document->kind == FEDI_DOCUMENT_ACTOR && document->actor.len) {
        name = ngx_http_ap_string(document->actor);

        if (ngx_http_ap_concat(r->pool, &handle, &name, &at,
                               &ctx->origin->account_domain)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        jrd.handle = ngx_http_ap_view(&handle);
        err = fedi_jrd_of_document(&arena, &jrd, document->body, &text);

    } else {
        err = fedi_jrd_render(&arena, &jrd, &text);
    }

    if (err != FEDI_OK) {
        return NGX_ERROR;
    }

    *body = ngx_http_ap_string(text);

    return NGX_OK;
}


/*
 * Beside the document, by a query that none of ours has: what drops the one
 * drops the other.
 */
static void
ngx_http_ap_jrd_key(ngx_http_ap_ctx_t *ctx, ngx_ap_cache_key_t *key)
{
    key->origin = ctx->origin->url;
    key->path = ctx->resource;
    ngx_str_set(&key->query, "webfinger");
}


/* NGX_DECLINED: not there, or in doubt; then the stamp of a fill is taken */

static ngx_int_t
ngx_http_ap_jrd_find(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_str_t *body)
{
    ngx_int_t                 rc;
    fedi_document_t           document;
    ngx_ap_cache_key_t        key;
    ngx_http_ap_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_activitypub_module);

    ngx_http_ap_jrd_key(ctx, &key);

    rc = ngx_ap_cache_find(amcf->cache, &key, r->pool, &document);

    if (rc == NGX_OK) {
        *body = ngx_http_ap_string(document.body);
        return NGX_OK;
    }

    ctx->stamp = ngx_ap_cache_stamp(amcf->cache, &key);

    return rc == NGX_ERROR ? NGX_ERROR : NGX_DECLINED;
}


/* what was made of a stale document must not look newer than that */

static ngx_uint_t
ngx_http_ap_jrd_is_fresh(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    fedi_document_t           document;
    ngx_ap_cache_key_t        key;
    ngx_http_ap_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_activitypub_module);

    key.origin = ctx->origin->url;
    key.path = ctx->resource;
    key.query = ctx->resource_query;

    return ngx_ap_cache_find(amcf->cache, &key, r->pool, &document) == NGX_OK;
}


static void
ngx_http_ap_jrd_store(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_str_t *body)
{
    fedi_document_t           document;
    ngx_ap_cache_key_t        key;
    ngx_http_ap_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_activitypub_module);

    ngx_http_ap_jrd_key(ctx, &key);

    ngx_memzero(&document, sizeof(fedi_document_t));

    document.status = NGX_HTTP_OK;
    document.body = ngx_http_ap_view(body);

    ngx_ap_cache_store(amcf->cache, &key, ctx->stamp, &document);
}


/* without an entity tag it gets one */

static ngx_int_t
ngx_http_ap_jrd_answer(ngx_http_request_t *r, const ngx_str_t *jrd,
    const ngx_str_t *etag)
{
    ngx_http_ap_answer_t  answer;

    ngx_memzero(&answer, sizeof(ngx_http_ap_answer_t));

    ngx_str_set(&answer.type, "application/jrd+json");

    answer.status = NGX_HTTP_OK;
    answer.body = *jrd;
    answer.shared = 1;
    answer.open = 1;

    if (etag) {
        answer.etag = *etag;
    }

    return ngx_http_ap_answer(r, &answer);
}
