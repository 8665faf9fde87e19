
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_webfinger.h"

#include "fedi_jrd.h"
#include "fedi_resource.h"
#include "ngx_http_ap_actor_conf.h"
#include "ngx_http_ap_answer.h"
#include "ngx_http_ap_machine.h"


static ngx_uint_t ngx_http_ap_webfinger_plain(ngx_http_ap_srv_conf_t *ascf,
    ngx_http_ap_ctx_t *ctx, fedi_str_t text);
static ngx_int_t ngx_http_ap_webfinger_find(ngx_http_ap_srv_conf_t *ascf,
    ngx_http_ap_ctx_t *ctx, const fedi_resource_t *resource);
static ngx_ap_actor_t *ngx_http_ap_actor_by_user(ngx_ap_origin_t *origin,
    fedi_str_t user);
static ngx_ap_actor_t *ngx_http_ap_actor_by_name(ngx_ap_origin_t *origin,
    fedi_str_t text);
static ngx_ap_actor_t *ngx_http_ap_actor_by_path(ngx_ap_origin_t *origin,
    fedi_str_t path);
static ngx_int_t ngx_http_ap_webfinger_document(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);
static ngx_int_t ngx_http_ap_webfinger_answer(ngx_http_request_t *r,
    ngx_str_t *jrd);


ngx_int_t
ngx_http_ap_webfinger_resolve(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    fedi_str_t               text;
    fedi_arena_t             arena;
    fedi_resource_t          resource;
    ngx_http_ap_srv_conf_t  *ascf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);
    arena = ngx_http_ap_arena(r->pool);

    if (fedi_resource_of_query(&arena, ngx_http_ap_view(&r->args), &text)
        == FEDI_OK)
    {
        if (ngx_http_ap_webfinger_plain(ascf, ctx, text)) {
            return NGX_OK;
        }

        if (fedi_resource_parse(&arena, text, &resource) == FEDI_OK) {
            return ngx_http_ap_webfinger_find(ascf, ctx, &resource);
        }
    }

    /* missing or malformed: ours to say so, where an origin is ours */

    return ascf->origin ? NGX_OK : NGX_DECLINED;
}


/*
 * As nearly everybody asks: what is a host and a name of ours, letter by
 * letter, needs no other spelling to be compared.
 */
static ngx_uint_t
ngx_http_ap_webfinger_plain(ngx_http_ap_srv_conf_t *ascf,
    ngx_http_ap_ctx_t *ctx, fedi_str_t text)
{
    ngx_uint_t             i;
    fedi_str_t             user, host;
    ngx_ap_actor_t        *actor;
    ngx_http_ap_domain_t  *domain;

    static const fedi_str_t  scheme = fedi_string("acct:");

    if (text.len < scheme.len
        || ngx_memcmp(text.data, scheme.data, scheme.len) != 0)
    {
        return 0;
    }

    user = fedi_str_from(text, scheme.len);
    user.len = fedi_str_before(user, '@');

    if (text.len == scheme.len + user.len) {
        return 0;
    }

    host = fedi_str_from(text, scheme.len + user.len + 1);
    domain = ascf->domains.elts;

    for (i = 0; i < ascf->domains.nelts; i++) {

        if (!fedi_str_eq(host, ngx_http_ap_view(&domain[i].host))) {
            continue;
        }

        actor = ngx_http_ap_actor_by_user(domain[i].origin, user);

        if (actor) {
            ctx->origin = domain[i].origin;
            ctx->actor = actor;
            return 1;
        }
    }

    return 0;
}


static ngx_int_t
ngx_http_ap_webfinger_find(ngx_http_ap_srv_conf_t *ascf,
    ngx_http_ap_ctx_t *ctx, const fedi_resource_t *resource)
{
    ngx_str_t              path;
    ngx_uint_t             i;
    ngx_ap_actor_t        *actor;
    ngx_http_ap_domain_t  *domain;

    domain = ascf->domains.elts;

    for (i = 0; i < ascf->domains.nelts; i++) {

        if (!fedi_str_eq_nocase(resource->host,
                                ngx_http_ap_view(&domain[i].host)))
        {
            continue;
        }

        actor = resource->user.len
                ? ngx_http_ap_actor_by_user(domain[i].origin, resource->user)
                : ngx_http_ap_actor_by_path(domain[i].origin, resource->path);

        /* several origins may share a domain: the server's own is first */

        if (actor || ctx->origin == NULL) {
            ctx->origin = domain[i].origin;
            ctx->actor = actor;
        }

        if (actor) {
            return NGX_OK;
        }
    }

    if (ctx->origin == NULL) {
        return NGX_DECLINED;
    }

    if (resource->user.len) {
        return NGX_OK;
    }

    /* only accounts of this domain are elsewhere: its pages are the site's */

    if (ctx->origin != ascf->origin) {
        ctx->origin = NULL;
        return NGX_DECLINED;
    }

    path = ngx_http_ap_string(resource->path);

    if (ngx_http_ap_machine_has(ctx->origin, &path)) {
        ctx->resource = path;
    }

    return NGX_OK;
}


static ngx_ap_actor_t *
ngx_http_ap_actor_by_user(ngx_ap_origin_t *origin, fedi_str_t user)
{
    ngx_ap_actor_t  *actor;

    actor = ngx_http_ap_actor_by_name(origin, user);

    if (actor) {
        return actor;
    }

    actor = &origin->instance;

    return fedi_str_eq_nocase(user, ngx_http_ap_view(&actor->name)) ? actor
                                                                    : NULL;
}


/* in any case: names are in lower case, and short */

static ngx_ap_actor_t *
ngx_http_ap_actor_by_name(ngx_ap_origin_t *origin, fedi_str_t text)
{
    u_char      lower[NGX_HTTP_AP_NAME_MAX];
    fedi_str_t  name;

    if (text.len > NGX_HTTP_AP_NAME_MAX) {
        return NULL;
    }

    ngx_strlow(lower, (u_char *) text.data, text.len);

    name.data = (const char *) lower;
    name.len = text.len;

    return ngx_ap_origin_actor(origin, name);
}


/*
 * The id, the profile page, or "/@name"; "/" is the instance actor's, if it
 * is nobody's page (FEP-d556).
 */
static ngx_ap_actor_t *
ngx_http_ap_actor_by_path(ngx_ap_origin_t *origin, fedi_str_t path)
{
    fedi_str_t       prefix;
    ngx_ap_actor_t  *actor;

    prefix = ngx_http_ap_view(&origin->prefix);
    actor = NULL;

    if (path.len > prefix.len
        && ngx_memcmp(path.data, prefix.data, prefix.len) == 0)
    {
        actor = ngx_ap_origin_actor(origin, fedi_str_from(path, prefix.len));

    } else if (path.len > 2 && path.data[0] == '/' && path.data[1] == '@') {
        actor = ngx_http_ap_actor_by_name(origin, fedi_str_from(path, 2));
    }

    if (actor == NULL) {
        actor = ngx_ap_origin_resource(origin, path);
    }

    if (actor) {
        return actor;
    }

    actor = &origin->instance;

    return (fedi_str_eq(path, fedi_str_from(ngx_http_ap_view(&actor->uri),
                                            origin->url.len))
            || fedi_str_eq(path, ngx_http_ap_view(&actor->resource)))
           ? actor : NULL;
}


ngx_int_t
ngx_http_ap_webfinger_handler(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (ctx->fetch) {
        return ngx_http_ap_webfinger_document(r, ctx);
    }

    if (ctx->origin == NULL) {
        return ngx_http_ap_refuse(r, NGX_HTTP_BAD_REQUEST,
                                  "resource must be one acct: URI or URL");
    }

    rc = ngx_http_ap_admit(r, ctx->origin);

    if (rc != NGX_OK || ctx->answered) {
        return rc;
    }

    if (ctx->actor) {
        return ngx_http_ap_webfinger_answer(r, &ctx->actor->jrd);
    }

    if (ctx->resource.len) {
        return ngx_http_ap_webfinger_document(r, ctx);
    }

    return ngx_http_ap_refuse(r, NGX_HTTP_NOT_FOUND, "no such account here");
}


/* a post, an activity, a collection: it has an id, and perhaps a page */

static ngx_int_t
ngx_http_ap_webfinger_document(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    ngx_int_t         rc;
    ngx_str_t         query, body;
    fedi_jrd_t        jrd;
    fedi_str_t        text;
    fedi_arena_t      arena;
    fedi_document_t  *document;

    ngx_str_null(&query);

    rc = ngx_http_ap_fetch(r, ctx, &ctx->resource, &query);

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_ap_refuse(r, NGX_HTTP_NOT_FOUND,
                                  "no such resource here");
    }

    if (rc != NGX_OK) {
        return ngx_http_ap_refuse(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                  "the database is away");
    }

    document = &ctx->fetch->document;

    if (document->status != NGX_HTTP_OK) {
        return ngx_http_ap_refuse(r, document->status, "the resource is gone");
    }

    ngx_memzero(&jrd, sizeof(fedi_jrd_t));

    jrd.uri = document->uri;
    jrd.page = document->url;

    arena = ngx_http_ap_arena(r->pool);

    if (fedi_jrd_render(&arena, &jrd, &text) != FEDI_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    body = ngx_http_ap_string(text);

    return ngx_http_ap_webfinger_answer(r, &body);
}


static ngx_int_t
ngx_http_ap_webfinger_answer(ngx_http_request_t *r, ngx_str_t *jrd)
{
    ngx_http_ap_answer_t  answer;

    ngx_memzero(&answer, sizeof(ngx_http_ap_answer_t));

    ngx_str_set(&answer.type, "application/jrd+json");

    answer.status = NGX_HTTP_OK;
    answer.body = *jrd;
    answer.shared = 1;
    answer.open = 1;

    return ngx_http_ap_answer(r, &answer);
}
