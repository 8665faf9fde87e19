
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Of whom a resource speaks.  What comes of that: ngx_http_ap_jrd.h.
 */

#include "ngx_http_ap_webfinger.h"

#include "fedi_resource.h"
#include "fedi_url.h"
#include "ngx_http_ap_lookup.h"
#include "ngx_http_ap_path.h"
#include "ngx_http_ap_origins.h"


/* CONFIGURED: "actor"; KEPT or PERHAPS: where the document stands */

typedef struct {
    ngx_http_ap_who_e           who;
    ngx_ap_actor_t             *actor;
    ngx_str_t                   path;
    ngx_str_t                   query;
    unsigned                    own:1;      /* an actor's own id */
} ngx_http_ap_subject_t;


static ngx_uint_t ngx_http_ap_webfinger_plain(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx, fedi_str_t text);
static ngx_int_t ngx_http_ap_webfinger_find(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx, const fedi_resource_t *resource);
static void ngx_http_ap_webfinger_subject(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, const fedi_resource_t *resource,
    ngx_http_ap_subject_t *subject);
static ngx_uint_t ngx_http_ap_webfinger_alias(ngx_http_request_t *r,
    fedi_str_t host);
static void ngx_http_ap_webfinger_take(ngx_http_ap_ctx_t *ctx,
    ngx_ap_origin_t *origin, const ngx_http_ap_subject_t *subject);
static void ngx_http_ap_subject_user(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, fedi_str_t user, ngx_http_ap_subject_t *subject);
static void ngx_http_ap_subject_name(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, fedi_str_t name, ngx_http_ap_subject_t *subject);
static void ngx_http_ap_subject_path(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, fedi_str_t path, ngx_http_ap_subject_t *subject);
static void ngx_http_ap_subject_page(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, fedi_str_t path, ngx_http_ap_subject_t *subject);
static void ngx_http_ap_subject_twin(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, const ngx_ap_cache_key_t *key,
    ngx_http_ap_subject_t *subject);


ngx_int_t
ngx_http_ap_webfinger_resolve(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    fedi_str_t               text;
    fedi_arena_t             arena;
    fedi_resource_t          resource;
    ngx_http_ap_srv_conf_t  *ascf;

    arena = ngx_http_ap_arena(r->pool);

    if (fedi_resource_of_query(&arena, ngx_http_ap_view(&r->args), &text)
        == FEDI_OK)
    {
        if (ngx_http_ap_webfinger_plain(r, ctx, text)) {
            return NGX_OK;
        }

        if (fedi_resource_parse(&arena, text, &resource) == FEDI_OK) {
            return ngx_http_ap_webfinger_find(r, ctx, &resource);
        }
    }

    /* missing or malformed: ours to say so, where an origin is ours */

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);

    return ascf->origin ? NGX_OK : NGX_DECLINED;
}


/*
 * As nearly everybody asks: what is a host and a name of ours, letter by
 * letter, needs no other spelling to be compared.
 */
static ngx_uint_t
ngx_http_ap_webfinger_plain(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    fedi_str_t text)
{
    ngx_uint_t               i;
    fedi_str_t               user, host;
    ngx_http_ap_domain_t    *domain;
    ngx_http_ap_subject_t    subject;
    ngx_http_ap_srv_conf_t  *ascf;

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

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);
    domain = ascf->domains.elts;

    for (i = 0; i < ascf->domains.nelts; i++) {

        if (!fedi_str_eq(host, ngx_http_ap_view(&domain[i].host))) {
            continue;
        }

        ngx_http_ap_subject_user(r, domain[i].origin, user, &subject);

        if (subject.who != NGX_HTTP_AP_NOBODY
            && subject.who != NGX_HTTP_AP_PERHAPS)
        {
            ngx_http_ap_webfinger_take(ctx, domain[i].origin, &subject);
            return 1;
        }
    }

    return 0;
}


static ngx_int_t
ngx_http_ap_webfinger_find(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    const fedi_resource_t *resource)
{
    ngx_uint_t               i;
    ngx_http_ap_domain_t    *domain;
    ngx_http_ap_subject_t    subject;
    ngx_http_ap_srv_conf_t  *ascf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);
    domain = ascf->domains.elts;

    for (i = 0; i < ascf->domains.nelts; i++) {

        if (!fedi_str_eq_nocase(resource->host,
                                ngx_http_ap_view(&domain[i].host)))
        {
            continue;
        }

        ngx_http_ap_webfinger_subject(r, domain[i].origin, resource,
                                      &subject);

        /*
         * Several origins may share a domain: the server's own is first, and
         * one that may know is asked if none is known to.
         */

        if (ctx->origin == NULL
            || (subject.who == NGX_HTTP_AP_PERHAPS && !ctx->resource.len)
            || subject.who == NGX_HTTP_AP_CONFIGURED
            || subject.who == NGX_HTTP_AP_KEPT
            || subject.who == NGX_HTTP_AP_GONE)
        {
            ngx_http_ap_webfinger_take(ctx, domain[i].origin, &subject);
        }

        if (subject.who != NGX_HTTP_AP_NOBODY
            && subject.who != NGX_HTTP_AP_PERHAPS)
        {
            return NGX_OK;
        }
    }

    if (ctx->origin == NULL
        && ngx_http_ap_webfinger_alias(r, resource->host))
    {
        ngx_http_ap_webfinger_subject(r, ascf->origin, resource, &subject);
        ngx_http_ap_webfinger_take(ctx, ascf->origin, &subject);
    }

    if (ctx->origin == NULL) {
        return NGX_DECLINED;
    }

    /* only accounts of this domain are elsewhere: its pages are the site's */

    if (!resource->user.len && ctx->origin != ascf->origin) {
        ctx->origin = NULL;
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static void
ngx_http_ap_webfinger_subject(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    const fedi_resource_t *resource, ngx_http_ap_subject_t *subject)
{
    if (resource->user.len) {
        ngx_http_ap_subject_user(r, origin, resource->user, subject);

    } else {
        ngx_http_ap_subject_path(r, origin, resource->path, subject);
    }
}


/*
 * A name that the server block has by a wildcard: only the one that is asked,
 * for another may be another block's.
 */
static ngx_uint_t
ngx_http_ap_webfinger_alias(ngx_http_request_t *r, fedi_str_t host)
{
    ngx_http_ap_srv_conf_t  *ascf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);

    return ascf->origin
           && fedi_str_eq_nocase(host,
                                 ngx_http_ap_view(&r->headers_in.server))
           && ngx_http_ap_server_alias(ascf, &r->headers_in.server);
}


static void
ngx_http_ap_webfinger_take(ngx_http_ap_ctx_t *ctx, ngx_ap_origin_t *origin,
    const ngx_http_ap_subject_t *subject)
{
    ctx->origin = origin;
    ctx->actor = subject->actor;
    ctx->resource = subject->path;
    ctx->resource_query = subject->query;
    ctx->resource_own = subject->own;
    ctx->gone = (subject->who == NGX_HTTP_AP_GONE);
}


/* in any case; names are in lower case, and short */

static void
ngx_http_ap_subject_user(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    fedi_str_t user, ngx_http_ap_subject_t *subject)
{
    u_char      lower[NGX_AP_CACHE_NAME_LEN];
    fedi_str_t  name;

    ngx_memzero(subject, sizeof(ngx_http_ap_subject_t));

    if (user.len <= NGX_AP_CACHE_NAME_LEN) {
        ngx_strlow(lower, (u_char *) user.data, user.len);

        name.data = (const char *) lower;
        name.len = user.len;

        ngx_http_ap_subject_name(r, origin, name, subject);
    }

    if (subject->who == NGX_HTTP_AP_NOBODY
        && fedi_str_eq_nocase(user, ngx_http_ap_view(&origin->instance.name)))
    {
        subject->who = NGX_HTTP_AP_CONFIGURED;
        subject->actor = &origin->instance;
    }
}


static void
ngx_http_ap_subject_name(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    fedi_str_t name, ngx_http_ap_subject_t *subject)
{
    ngx_str_t  text, nothing;

    ngx_memzero(subject, sizeof(ngx_http_ap_subject_t));

    subject->who = ngx_http_ap_who(r, origin, name);

    if (subject->who == NGX_HTTP_AP_CONFIGURED) {
        subject->actor = ngx_ap_origin_actor(origin, name);
        return;
    }

    if (subject->who == NGX_HTTP_AP_NOBODY
        || subject->who == NGX_HTTP_AP_GONE)
    {
        return;
    }

    text = ngx_http_ap_string(name);
    ngx_str_null(&nothing);

    if (ngx_http_ap_concat(r->pool, &subject->path, &origin->prefix, &text,
                           &nothing)
        != NGX_OK)
    {
        subject->who = NGX_HTTP_AP_NOBODY;
        return;
    }

    subject->own = 1;
}


/*
 * The id, the profile page, or "/@name"; what else has an id or a page.  "/"
 * is the instance actor's, if it is nobody's page (FEP-d556).
 */
static void
ngx_http_ap_subject_path(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    fedi_str_t path, ngx_http_ap_subject_t *subject)
{
    fedi_str_t       prefix;
    ngx_str_t        text;
    ngx_ap_actor_t  *actor;

    ngx_memzero(subject, sizeof(ngx_http_ap_subject_t));

    prefix = ngx_http_ap_view(&origin->prefix);

    if (path.len > prefix.len
        && ngx_memcmp(path.data, prefix.data, prefix.len) == 0)
    {
        ngx_http_ap_subject_name(r, origin, fedi_str_from(path, prefix.len),
                                 subject);

    } else if (path.len > 2 && path.data[0] == '/' && path.data[1] == '@') {
        ngx_http_ap_subject_user(r, origin, fedi_str_from(path, 2), subject);

        if (subject->actor == &origin->instance) {
            ngx_memzero(subject, sizeof(ngx_http_ap_subject_t));
        }
    }

    if (subject->who != NGX_HTTP_AP_NOBODY) {
        return;
    }

    actor = ngx_ap_origin_resource(origin, path);

    if (actor) {
        ngx_http_ap_subject_name(r, origin, ngx_http_ap_view(&actor->name),
                                 subject);
        return;
    }

    text = ngx_http_ap_string(path);
    actor = &origin->instance;

    if (fedi_str_eq(path, fedi_str_from(ngx_http_ap_view(&actor->uri),
                                        origin->url.len)))
    {
        subject->who = NGX_HTTP_AP_CONFIGURED;
        subject->actor = actor;

    } else if (ngx_http_ap_path_is_known(r, origin, &text)) {
        subject->who = NGX_HTTP_AP_KEPT;
        subject->path = text;

    } else {
        ngx_http_ap_subject_page(r, origin, path, subject);
    }
}


/* of an actor of the database, or of a post */

static void
ngx_http_ap_subject_page(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    fedi_str_t path, ngx_http_ap_subject_t *subject)
{
    size_t               len;
    fedi_str_t           page, decoded;
    fedi_arena_t         arena;
    ngx_ap_cache_key_t   key;

    page = path;
    page.len = len = fedi_str_before(path, '?');

    arena = ngx_http_ap_arena(r->pool);

    if (fedi_url_decode(&arena, page, &decoded) == FEDI_OK) {
        key.origin = origin->url;
        key.path = ngx_http_ap_string(decoded);
        ngx_str_null(&key.query);

        if (len < path.len) {
            key.query = ngx_http_ap_string(fedi_str_from(path, len + 1));
        }

        ngx_http_ap_subject_twin(r, origin, &key, subject);
    }

    if ((subject->who == NGX_HTTP_AP_NOBODY
         || subject->who == NGX_HTTP_AP_PERHAPS)
        && fedi_str_eq(path, ngx_http_ap_view(&origin->instance.resource)))
    {
        ngx_memzero(subject, sizeof(ngx_http_ap_subject_t));

        subject->who = NGX_HTTP_AP_CONFIGURED;
        subject->actor = &origin->instance;
    }
}


static void
ngx_http_ap_subject_twin(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    const ngx_ap_cache_key_t *key, ngx_http_ap_subject_t *subject)
{
    ngx_int_t             rc;
    ngx_str_t             name;
    ngx_ap_cache_twin_t   twin;

    static u_char  zeros[16];

    rc = ngx_http_ap_twin(r, key, &twin);

    if (rc == NGX_DECLINED) {
        return;
    }

    subject->who = (rc == NGX_OK)
                   ? ngx_http_ap_twin_who(r, origin, &twin, &name)
                   : NGX_HTTP_AP_PERHAPS;

    if (subject->who == NGX_HTTP_AP_NOBODY
        || subject->who == NGX_HTTP_AP_GONE)
    {
        subject->who = NGX_HTTP_AP_NOBODY;
        return;
    }

    if (rc == NGX_OK && subject->who != NGX_HTTP_AP_PERHAPS
        && ngx_memcmp(twin.object, zeros, sizeof(zeros)) == 0)
    {
        ngx_http_ap_subject_name(r, origin, ngx_http_ap_view(&name), subject);
        return;
    }

    subject->who = (rc == NGX_OK) ? NGX_HTTP_AP_KEPT : NGX_HTTP_AP_PERHAPS;
    subject->path = key->path;
    subject->query = key->query;
}
