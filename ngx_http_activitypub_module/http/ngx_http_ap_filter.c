
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_filter.h"

#include "ngx_http_ap_error.h"
#include "ngx_http_ap_lookup.h"
#include "ngx_http_ap_page.h"
#include "ngx_http_ap_redirect.h"


#define NGX_HTTP_AP_LINK_TAIL                                                 \
    ">; rel=\"alternate\"; type=\"application/activity+json\""


static ngx_int_t ngx_http_ap_header_filter(ngx_http_request_t *r);
static ngx_uint_t ngx_http_ap_is_page(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);
static ngx_int_t ngx_http_ap_vary(ngx_http_request_t *r);
static ngx_int_t ngx_http_ap_link(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, ngx_str_t *name, ngx_ap_cache_twin_t *twin);
static ngx_int_t ngx_http_ap_me(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, ngx_str_t *name);
static u_char *ngx_http_ap_uuid(u_char *p, const u_char *uuid);
static ngx_table_elt_t *ngx_http_ap_filter_header(ngx_http_request_t *r);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;


void
ngx_http_ap_filter_init(void)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_ap_header_filter;
}


static ngx_int_t
ngx_http_ap_header_filter(ngx_http_request_t *r)
{
    ngx_int_t                rc;
    ngx_str_t                name;
    ngx_http_ap_ctx_t       *ctx;
    ngx_http_ap_who_e        who;
    ngx_ap_cache_twin_t      twin;
    ngx_http_ap_srv_conf_t  *ascf;
    ngx_http_ap_loc_conf_t  *alcf;

    if (ngx_http_ap_error_is(r)) {
        return ngx_http_ap_error_send(r, ngx_http_next_header_filter);
    }

    if (r != r->main) {
        return ngx_http_next_header_filter(r);
    }

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);

    if (ascf->origin == NULL) {
        return ngx_http_next_header_filter(r);
    }

    ctx = ngx_http_ap_ctx(r);
    alcf = ngx_http_get_module_loc_conf(r, ngx_http_activitypub_module);

    if (ctx == NULL || ctx->answered || ctx->own
        || alcf->enable == NGX_HTTP_AP_OFF
        || (!ctx->passed && !ngx_http_ap_is_page(r, ctx)
            && !ngx_http_ap_redirect_is(r, ctx)))
    {
        return ngx_http_next_header_filter(r);
    }

    rc = ngx_http_ap_page_twin(r, ctx, ascf->origin, &twin);

    if (rc == NGX_DECLINED) {
        return ngx_http_next_header_filter(r);
    }

    who = (rc == NGX_OK) ? ngx_http_ap_twin_who(r, ascf->origin, &twin, &name)
                         : NGX_HTTP_AP_PERHAPS;

    if (who == NGX_HTTP_AP_NOBODY || who == NGX_HTTP_AP_GONE) {
        return ngx_http_next_header_filter(r);
    }

    if (ngx_http_ap_redirect_is(r, ctx)) {

        if (who != NGX_HTTP_AP_PERHAPS) {
            ngx_http_ap_redirect_seen(r, ctx, ascf->origin, &twin);
        }

        /* from a location's rewrites: nobody gets a document in its place */

        if (!ctx->passed) {
            return ngx_http_next_header_filter(r);
        }
    }

    /* it might have one only, but a cache must not mix them up */

    if (alcf->enable == NGX_HTTP_AP_ON && ngx_http_ap_vary(r) != NGX_OK) {
        return NGX_ERROR;
    }

    if (who != NGX_HTTP_AP_PERHAPS && !twin.gone && ngx_http_ap_is_page(r, ctx)
        && ngx_http_ap_link(r, ascf->origin, &name, &twin) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_next_header_filter(r);
}


/*
 * An error or a redirect is no page; but where others get a document in its
 * place it varies, for a cache may keep it too.  What stands in the place of
 * a page that was refused is neither.
 */
static ngx_uint_t
ngx_http_ap_is_page(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    if (r->headers_out.status != NGX_HTTP_OK
        && r->headers_out.status != NGX_HTTP_PARTIAL_CONTENT
        && r->headers_out.status != NGX_HTTP_NOT_MODIFIED)
    {
        return 0;
    }

    return ctx->passed
           || ngx_http_get_module_ctx(r, ngx_http_activitypub_module) != NULL;
}


static ngx_int_t
ngx_http_ap_vary(ngx_http_request_t *r)
{
    ngx_table_elt_t  *vary;

    vary = ngx_http_ap_filter_header(r);
    if (vary == NULL) {
        return NGX_ERROR;
    }

    ngx_str_set(&vary->key, "Vary");
    ngx_str_set(&vary->value, "Accept");

    return NGX_OK;
}


/* to the machine URL, which no cache mixes up */

static ngx_int_t
ngx_http_ap_link(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    ngx_str_t *name, ngx_ap_cache_twin_t *twin)
{
    u_char           *p;
    ngx_uint_t        is_post;
    ngx_table_elt_t  *link;

    static u_char  zeros[16];

    link = ngx_http_ap_filter_header(r);
    if (link == NULL) {
        return NGX_ERROR;
    }

    ngx_str_set(&link->key, "Link");

    p = ngx_pnalloc(r->pool, 1 + origin->url.len + origin->prefix.len
                             + name->len + 1 + 36
                             + sizeof(NGX_HTTP_AP_LINK_TAIL) - 1);
    if (p == NULL) {
        link->hash = 0;
        return NGX_ERROR;
    }

    link->value.data = p;

    *p++ = '<';
    p = ngx_cpymem(p, origin->url.data, origin->url.len);
    p = ngx_cpymem(p, origin->prefix.data, origin->prefix.len);
    p = ngx_cpymem(p, name->data, name->len);

    is_post = ngx_memcmp(twin->object, zeros, sizeof(zeros)) != 0;

    if (is_post) {
        *p++ = '/';
        p = ngx_http_ap_uuid(p, twin->object);
    }

    p = ngx_cpymem(p, NGX_HTTP_AP_LINK_TAIL,
                   sizeof(NGX_HTTP_AP_LINK_TAIL) - 1);

    link->value.len = p - link->value.data;

    return is_post ? NGX_OK : ngx_http_ap_me(r, origin, name);
}


/* the profile page of an actor that wants it says whose it is */

static ngx_int_t
ngx_http_ap_me(ngx_http_request_t *r, ngx_ap_origin_t *origin, ngx_str_t *name)
{
    ngx_ap_actor_t   *actor;
    ngx_table_elt_t  *link;

    actor = ngx_ap_origin_actor(origin, ngx_http_ap_view(name));

    if (actor == NULL || actor->me.len == 0) {
        return NGX_OK;
    }

    link = ngx_http_ap_filter_header(r);
    if (link == NULL) {
        return NGX_ERROR;
    }

    ngx_str_set(&link->key, "Link");
    link->value = actor->me;

    return NGX_OK;
}


/* the 36 characters of RFC 9562 section 4, lower case; returns their end */

static u_char *
ngx_http_ap_uuid(u_char *p, const u_char *uuid)
{
    ngx_uint_t  i;

    static const u_char  hex[] = "0123456789abcdef";

    for (i = 0; i < 16; i++) {

        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *p++ = '-';
        }

        *p++ = hex[uuid[i] >> 4];
        *p++ = hex[uuid[i] & 15];
    }

    return p;
}


static ngx_table_elt_t *
ngx_http_ap_filter_header(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    h->hash = 1;
    ngx_str_null(&h->value);

#if (nginx_version >= 1023000)
    h->next = NULL;
#endif

    return h;
}
