
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_discovery.h"

#include "fedi_host_meta.h"
#include "fedi_nodeinfo.h"
#include "ngx_http_ap_answer.h"
#include "ngx_http_ap_refuse.h"


#define NGX_HTTP_AP_SOFTWARE  "nginx-activitypub"


static ngx_int_t ngx_http_ap_nodeinfo_body(ngx_http_request_t *r,
    ngx_str_t *head, fedi_str_t usage, ngx_str_t *body);
static ngx_int_t ngx_http_ap_static(ngx_http_request_t *r, ngx_str_t *type,
    ngx_str_t *body);


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
    ngx_str_t        base, none;
    fedi_str_t       host_meta, host_meta_json, links, text_20, text_21;
    fedi_arena_t     arena;
    fedi_nodeinfo_t  nodeinfo;

    static ngx_str_t  folder = ngx_string("nodeinfo/");
    static ngx_str_t  name = ngx_string("nodeinfo");

    arena = ngx_http_ap_arena(cf->pool);

    ngx_str_null(&none);

    if (ngx_http_ap_concat(cf->pool, &base, &origin->url, &origin->prefix,
                           &folder)
        != NGX_OK
        || ngx_http_ap_concat(cf->pool, &ascf->usage, &origin->prefix, &name,
                              &none)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    nodeinfo.version = fedi_str("2.0");
    nodeinfo.software = fedi_str(NGX_HTTP_AP_SOFTWARE);
    nodeinfo.software_version = fedi_str(NGX_HTTP_AP_VERSION);

    if (fedi_host_meta_render(&arena, ngx_http_ap_view(&origin->url),
                              &host_meta)
        != FEDI_OK
        || fedi_host_meta_render_json(&arena, ngx_http_ap_view(&origin->url),
                                      &host_meta_json)
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
    ascf->host_meta_json = ngx_http_ap_string(host_meta_json);
    ascf->nodeinfo_links = ngx_http_ap_string(links);
    ascf->nodeinfo_20 = ngx_http_ap_string(text_20);
    ascf->nodeinfo_21 = ngx_http_ap_string(text_21);

    return NGX_OK;
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

    switch (ctx->own) {

    case NGX_HTTP_AP_OWN_HOST_META:
        return ngx_http_ap_static(r, &ngx_http_ap_xrd_type, &ascf->host_meta);

    /* at a URL of its own (RFC 6415, section 3): no cache mixes them up */

    case NGX_HTTP_AP_OWN_HOST_META_JSON:
        return ngx_http_ap_static(r, &ngx_http_ap_json_type,
                                  &ascf->host_meta_json);

    default: /* NGX_HTTP_AP_OWN_NODEINFO */
        return ngx_http_ap_static(r, &ngx_http_ap_json_type,
                                  &ascf->nodeinfo_links);
    }
}


ngx_int_t
ngx_http_ap_nodeinfo_handler(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_str_t *version)
{
    ngx_int_t                rc;
    ngx_str_t               *head, *type;
    ngx_http_ap_answer_t     answer;
    ngx_http_ap_srv_conf_t  *ascf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);

    if (version->len == 3 && ngx_strncmp(version->data, "2.1", 3) == 0) {
        head = &ascf->nodeinfo_21;
        type = &ngx_http_ap_nodeinfo_21_type;

    } else if (version->len == 3 && ngx_strncmp(version->data, "2.0", 3) == 0)
    {
        head = &ascf->nodeinfo_20;
        type = &ngx_http_ap_nodeinfo_20_type;

    } else {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_NODEINFO);
    }

    rc = ngx_http_ap_fetch_counts(r, ctx, ascf->origin, &ascf->usage);

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    ngx_memzero(&answer, sizeof(ngx_http_ap_answer_t));

    if (ngx_http_ap_nodeinfo_body(r, head,
                                  rc == NGX_OK ? ctx->fetch->document.body
                                         : fedi_str(FEDI_NODEINFO_UNKNOWN),
                                  &answer.body)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* what we are is told also while nobody knows how much we are used */

    answer.status = NGX_HTTP_OK;
    answer.type = *type;
    answer.shared = (rc == NGX_OK);
    answer.open = 1;

    return ngx_http_ap_answer(r, &answer);
}


static ngx_int_t
ngx_http_ap_nodeinfo_body(ngx_http_request_t *r, ngx_str_t *head,
    fedi_str_t usage, ngx_str_t *body)
{
    ngx_str_t  middle, tail;

    middle = ngx_http_ap_string(usage);
    ngx_str_set(&tail, FEDI_NODEINFO_TAIL);

    return ngx_http_ap_concat(r->pool, body, head, &middle, &tail);
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
