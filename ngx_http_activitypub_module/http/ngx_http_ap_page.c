
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_page.h"

#include "fedi_query.h"
#include "ngx_http_ap_answer.h"
#include "ngx_http_ap_lookup.h"
#include "ngx_http_ap_machine.h"
#include "ngx_http_ap_refuse.h"
#include "ngx_http_ap_signatures.h"


static ngx_int_t ngx_http_ap_page_document(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx, ngx_ap_origin_t *origin);
static ngx_uint_t ngx_http_ap_page_has_owner(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, const ngx_ap_cache_twin_t *twin);


ngx_int_t
ngx_http_ap_page_handler(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    ngx_int_t                rc;
    ngx_ap_origin_t         *origin;
    ngx_ap_cache_twin_t      twin;
    ngx_http_ap_srv_conf_t  *ascf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);
    origin = ascf->origin;

    if (origin == NULL || !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_DECLINED;
    }

    if (ctx->fetch) {
        return ngx_http_ap_page_document(r, ctx, origin);
    }

    /*
     * An origin that is stopped has pages of which nothing is known: nobody is
     * kept from the site who may be content with it.
     */

    if (!ctx->names_activity && !ngx_http_ap_is_ready(r, origin)) {
        return NGX_DECLINED;
    }

    rc = ngx_http_ap_admit(r, origin);

    if (rc != NGX_OK || ctx->answered) {
        return rc;
    }

    rc = ngx_http_ap_page_twin(r, ctx, origin, &twin);

    if (rc == NGX_DECLINED
        || (rc == NGX_OK && !ngx_http_ap_page_has_owner(r, origin, &twin)))
    {
        return NGX_DECLINED;
    }

    /* NGX_AGAIN: the set is not complete, only the database knows */

    return ngx_http_ap_page_document(r, ctx, origin);
}


static ngx_uint_t
ngx_http_ap_page_has_owner(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    const ngx_ap_cache_twin_t *twin)
{
    ngx_str_t          name;
    ngx_http_ap_who_e  who;

    who = ngx_http_ap_twin_who(r, origin, twin, &name);

    return who != NGX_HTTP_AP_NOBODY && who != NGX_HTTP_AP_GONE;
}


static ngx_int_t
ngx_http_ap_page_document(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_ap_origin_t *origin)
{
    ngx_int_t          rc;
    ngx_http_ap_who_e  who;

    rc = ngx_http_ap_fetch(r, ctx, origin, &ctx->path, &ctx->query);

    if (rc == NGX_AGAIN || rc == NGX_DECLINED) {
        return rc;
    }

    if (rc != NGX_OK && !ctx->names_activity) {
        return NGX_DECLINED;
    }

    if (rc != NGX_OK) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_DATABASE);
    }

    who = ngx_http_ap_who(r, origin, ctx->fetch->document.actor);

    if (who == NGX_HTTP_AP_NOBODY || who == NGX_HTTP_AP_GONE) {
        return NGX_DECLINED;
    }

    rc = ngx_http_ap_authorize_fetch(r, ctx);

    return rc != NGX_OK || ctx->answered
           ? rc : ngx_http_ap_document_answer(r, &ctx->fetch->document, 0);
}


ngx_int_t
ngx_http_ap_page_twin(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_ap_origin_t *origin, ngx_ap_cache_twin_t *twin)
{
    ngx_int_t            rc;
    fedi_str_t           query;
    fedi_arena_t         arena;
    ngx_ap_cache_key_t   key;

    key.origin = origin->url;
    key.path = ctx->path;
    key.query = ctx->query;

    rc = ngx_http_ap_twin(r, &key, twin);

    if (rc != NGX_DECLINED || ctx->query.len == 0) {
        return rc;
    }

    arena = ngx_http_ap_arena(r->pool);

    if (fedi_query_strip(&arena, ngx_http_ap_view(&ctx->query), &query)
        != FEDI_OK)
    {
        return NGX_ERROR;
    }

    if (query.len == ctx->query.len) {
        return NGX_DECLINED;
    }

    /* what is left is another page than none: "/?p=123" is not "/" */

    key.query = ngx_http_ap_string(query);

    rc = ngx_http_ap_twin(r, &key, twin);

    if (rc == NGX_OK) {
        ctx->query = key.query;
        ctx->stripped = 1;
    }

    return rc;
}
