
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_discovery.h"

#include "fedi_acct.h"
#include "fedi_host_meta.h"
#include "fedi_nodeinfo.h"
#include "fedi_url.h"
#include "ngx_http_ap_answer.h"


#define NGX_HTTP_AP_SOFTWARE  "nginx-activitypub"


static ngx_int_t ngx_http_ap_webfinger_acct(ngx_http_ap_srv_conf_t *ascf,
    ngx_http_ap_ctx_t *ctx, fedi_acct_t *acct);
static ngx_int_t ngx_http_ap_webfinger_url(ngx_http_ap_srv_conf_t *ascf,
    ngx_http_ap_ctx_t *ctx, fedi_url_t *url);
static ngx_ap_actor_t *ngx_http_ap_actor_by_user(ngx_ap_origin_t *origin,
    fedi_str_t user);
static ngx_ap_actor_t *ngx_http_ap_actor_by_path(ngx_ap_origin_t *origin,
    fedi_str_t path);
static ngx_int_t ngx_http_ap_static(ngx_http_request_t *r, ngx_str_t *type,
    ngx_str_t *body);


static ngx_str_t  ngx_http_ap_jrd_type = ngx_string("application/jrd+json");

static ngx_str_t  ngx_http_ap_json_type = ngx_string("application/json");

static ngx_str_t  ngx_http_ap_xrd_type = ngx_string("application/xrd+xml");

static ngx_str_t  ngx_http_ap_nodeinfo_20_type = ngx_string(
    "application/json; "
    "profile=\"http://nodeinfo.diaspora.software/ns/schema/2.0#\"");

static ngx_str_t  ngx_http_ap_nodeinfo_21_type = ngx_string(
    "application/json; "
    "profile=\"http://nodeinfo.diaspora.software/ns/schema/2.1#\"");


ngx_int_t
ngx_http_ap_discovery_build(ngx_conf_t *cf, ngx_http_ap_srv_conf_t *ascf,
    ngx_ap_origin_t *origin)
{
    ngx_str_t        base;
    fedi_str_t       host_meta, links, text_20, text_21;
    fedi_arena_t     arena;
    fedi_nodeinfo_t  nodeinfo;

    static ngx_str_t  folder = ngx_string("nodeinfo/");

    arena = ngx_http_ap_arena(cf->pool);

    if (ngx_http_ap_concat(cf->pool, &base, &origin->url, &origin->prefix,
                           &folder)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    nodeinfo.version = fedi_str("2.0");
    nodeinfo.software = fedi_str(NGX_HTTP_AP_SOFTWARE);
    nodeinfo.software_version = fedi_str(NGX_HTTP_AP_VERSION);
    nodeinfo.users = origin->actors.nelts;

    if (fedi_host_meta_render(&arena, ngx_http_ap_view(&origin->url),
                              &host_meta)
        != FEDI_OK
        || fedi_nodeinfo_links_render(&arena, ngx_http_ap_view(&base),
                                   ngx_http_ap_view(&origin->instance.uri),
                                   &links)
           != FEDI_OK
        || fedi_nodeinfo_render(&arena, &nodeinfo, &text_20) != FEDI_OK)
    {
        return NGX_ERROR;
    }

    nodeinfo.version = fedi_str("2.1");

    if (fedi_nodeinfo_render(&arena, &nodeinfo, &text_21) != FEDI_OK) {
        return NGX_ERROR;
    }

    ascf->host_meta = ngx_http_ap_string(host_meta);
    ascf->nodeinfo_links = ngx_http_ap_string(links);
    ascf->nodeinfo_20 = ngx_http_ap_string(text_20);
    ascf->nodeinfo_21 = ngx_http_ap_string(text_21);

    return NGX_OK;
}


ngx_int_t
ngx_http_ap_webfinger_resolve(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    ngx_str_t                value;
    fedi_url_t               url;
    fedi_str_t               resource;
    fedi_acct_t              acct;
    fedi_arena_t             arena;
    ngx_http_ap_srv_conf_t  *ascf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);
    arena = ngx_http_ap_arena(r->pool);

    if (ngx_http_arg(r, (u_char *) "resource", 8, &value) == NGX_OK
        && fedi_url_decode(&arena, ngx_http_ap_view(&value), &resource)
           == FEDI_OK)
    {
        if (fedi_url_parse(resource, &url) == FEDI_OK) {
            return ngx_http_ap_webfinger_url(ascf, ctx, &url);
        }

        if (fedi_acct_parse(resource, &acct) == FEDI_OK) {
            return ngx_http_ap_webfinger_acct(ascf, ctx, &acct);
        }
    }

    /* missing or malformed: ours to say so, where an origin is ours */

    return ascf->origin ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_http_ap_webfinger_acct(ngx_http_ap_srv_conf_t *ascf,
    ngx_http_ap_ctx_t *ctx, fedi_acct_t *acct)
{
    ngx_uint_t             i;
    ngx_http_ap_domain_t  *domain;

    domain = ascf->domains.elts;

    /* several origins may share an account domain */

    for (i = 0; i < ascf->domains.nelts; i++) {

        if (acct->host.len != domain[i].host.len
            || ngx_strncasecmp((u_char *) acct->host.data,
                               domain[i].host.data, acct->host.len)
               != 0)
        {
            continue;
        }

        ctx->origin = domain[i].origin;
        ctx->actor = ngx_http_ap_actor_by_user(ctx->origin, acct->user);

        if (ctx->actor) {
            break;
        }
    }

    return ctx->origin ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_http_ap_webfinger_url(ngx_http_ap_srv_conf_t *ascf,
    ngx_http_ap_ctx_t *ctx, fedi_url_t *url)
{
    fedi_str_t             authority, path;
    ngx_uint_t             i;
    ngx_http_ap_domain_t  *domain;

    /* host and port as written, path and query as written */

    authority.data = url->host.data;
    authority.len = url->path.data - url->host.data;

    path.data = url->path.data;
    path.len = url->query.len
               ? (size_t) (url->query.data + url->query.len - path.data)
               : url->path.len;

    domain = ascf->domains.elts;

    for (i = 0; i < ascf->domains.nelts; i++) {

        if (authority.len != domain[i].host.len
            || ngx_strncasecmp((u_char *) authority.data,
                               domain[i].host.data, authority.len)
               != 0)
        {
            continue;
        }

        ctx->origin = domain[i].origin;
        ctx->actor = ngx_http_ap_actor_by_path(ctx->origin, path);

        if (ctx->actor) {
            break;
        }
    }

    return ctx->origin ? NGX_OK : NGX_DECLINED;
}


static ngx_ap_actor_t *
ngx_http_ap_actor_by_user(ngx_ap_origin_t *origin, fedi_str_t user)
{
    ngx_uint_t       i;
    ngx_ap_actor_t  *actor;

    actor = origin->actors.elts;

    for (i = 0; i < origin->actors.nelts; i++) {

        if (user.len == actor[i].name.len
            && ngx_strncasecmp((u_char *) user.data, actor[i].name.data,
                               user.len)
               == 0)
        {
            return &actor[i];
        }
    }

    actor = &origin->instance;

    if (user.len == actor->name.len
        && ngx_strncasecmp((u_char *) user.data, actor->name.data, user.len)
           == 0)
    {
        return actor;
    }

    return NULL;
}


/* the id, the profile page, or "/@name" */

static ngx_ap_actor_t *
ngx_http_ap_actor_by_path(ngx_ap_origin_t *origin, fedi_str_t path)
{
    size_t           len;
    ngx_uint_t       i;
    ngx_ap_actor_t  *actor;

    len = origin->url.len;
    actor = origin->actors.elts;

#define is(uri)                                                               \
    (path.len == (uri).len - len                                              \
     && ngx_memcmp(path.data, (uri).data + len, path.len) == 0)

    for (i = 0; i < origin->actors.nelts; i++) {

        if (is(actor[i].uri) || is(actor[i].page)
            || (path.len == actor[i].name.len + 2
                && path.data[0] == '/' && path.data[1] == '@'
                && ngx_memcmp(path.data + 2, actor[i].name.data,
                              actor[i].name.len)
                   == 0))
        {
            return &actor[i];
        }
    }

    return is(origin->instance.uri) ? &origin->instance : NULL;

#undef is
}


ngx_int_t
ngx_http_ap_webfinger_handler(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (ctx->origin == NULL) {
        return ngx_http_ap_refuse(r, NGX_HTTP_BAD_REQUEST,
                                  "resource must be an acct: URI or a URL");
    }

    rc = ngx_http_ap_admit(r, ctx->origin);

    if (rc != NGX_OK || ctx->answered) {
        return rc;
    }

    if (ctx->actor == NULL) {
        return ngx_http_ap_refuse(r, NGX_HTTP_NOT_FOUND,
                                  "no such account here");
    }

    return ngx_http_ap_static(r, &ngx_http_ap_jrd_type, &ctx->actor->jrd);
}


ngx_int_t
ngx_http_ap_well_known_handler(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    ngx_int_t                rc;
    ngx_http_ap_srv_conf_t  *ascf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);

    rc = ngx_http_ap_admit(r, ascf->origin);

    if (rc != NGX_OK || ctx->answered) {
        return rc;
    }

    if (ctx->own == NGX_HTTP_AP_OWN_HOST_META) {
        return ngx_http_ap_static(r, &ngx_http_ap_xrd_type, &ascf->host_meta);
    }

    return ngx_http_ap_static(r, &ngx_http_ap_json_type,
                              &ascf->nodeinfo_links);
}


ngx_int_t
ngx_http_ap_nodeinfo_handler(ngx_http_request_t *r, ngx_str_t *version)
{
    ngx_http_ap_srv_conf_t  *ascf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);

    if (version->len == 3 && ngx_strncmp(version->data, "2.1", 3) == 0) {
        return ngx_http_ap_static(r, &ngx_http_ap_nodeinfo_21_type,
                                  &ascf->nodeinfo_21);
    }

    if (version->len == 3 && ngx_strncmp(version->data, "2.0", 3) == 0) {
        return ngx_http_ap_static(r, &ngx_http_ap_nodeinfo_20_type,
                                  &ascf->nodeinfo_20);
    }

    return ngx_http_ap_refuse(r, NGX_HTTP_NOT_FOUND,
                              "no such version of NodeInfo");
}


static ngx_int_t
ngx_http_ap_static(ngx_http_request_t *r, ngx_str_t *type, ngx_str_t *body)
{
    ngx_http_ap_answer_t  answer;

    ngx_memzero(&answer, sizeof(ngx_http_ap_answer_t));

    answer.status = NGX_HTTP_OK;
    answer.type = *type;
    answer.body = *body;
    answer.shared = 1;
    answer.open = 1;

    return ngx_http_ap_answer(r, &answer);
}
