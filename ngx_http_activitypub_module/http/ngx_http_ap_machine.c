
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_machine.h"

#include "ngx_http_ap_answer.h"
#include "ngx_http_ap_discovery.h"
#include "ngx_http_ap_inbox.h"
#include "ngx_http_ap_path.h"
#include "ngx_http_ap_refuse.h"
#include "ngx_http_ap_signatures.h"


static ngx_int_t ngx_http_ap_machine_document(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx, ngx_str_t *query);
static ngx_int_t ngx_http_ap_machine_authorize(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx, ngx_uint_t page);


ngx_int_t
ngx_http_ap_machine_handler(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    ngx_int_t                rc;
    ngx_str_t                path, query, segments[NGX_HTTP_AP_PATH_SEGMENTS];
    ngx_uint_t               n;
    ngx_ap_origin_t         *origin;
    ngx_http_ap_who_e        who;
    ngx_http_ap_srv_conf_t  *ascf;

    if (ctx->fetch && !ctx->counts) {
        return ngx_http_ap_machine_document(r, ctx, NULL);
    }

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);
    origin = ascf->origin;

    path.data = ctx->path.data + origin->prefix.len;
    path.len = ctx->path.len - origin->prefix.len;

    n = ngx_http_ap_path_split(&path, segments);

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
        && ngx_http_ap_path_is_inbox(segments, n))
    {
        who = ngx_http_ap_path_who(r, origin, segments, n);

        if (who == NGX_HTTP_AP_NOBODY) {
            return ngx_http_ap_refuse(r, FEDI_REFUSAL_NOT_FOUND);
        }

        if (who == NGX_HTTP_AP_GONE) {
            return ngx_http_ap_refuse(r, FEDI_REFUSAL_GONE);
        }

        return ngx_http_ap_inbox_handler(r, origin);
    }

    rc = ngx_http_ap_admit(r, origin);

    if (rc != NGX_OK || ctx->answered) {
        return rc;
    }

    if (ngx_http_ap_path_is_nodeinfo(segments, n)) {
        return ngx_http_ap_nodeinfo_handler(r, ctx, &segments[1]);
    }

    if (ngx_http_ap_path_who(r, origin, segments, n) == NGX_HTTP_AP_NOBODY) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_NOT_FOUND);
    }

    query = ngx_http_ap_path_query(&segments[n - 1], &ctx->query);

    return ngx_http_ap_machine_document(r, ctx, &query);
}


static ngx_int_t
ngx_http_ap_machine_document(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_str_t *query)
{
    ngx_int_t                rc;
    fedi_document_t         *document;
    ngx_http_ap_answer_t     answer;
    ngx_http_ap_srv_conf_t  *ascf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);

    /* a browser that is sent to the page learns nothing else */

    rc = ngx_http_ap_machine_authorize(r, ctx, 1);

    if (rc != NGX_OK || ctx->answered) {
        return rc;
    }

    rc = ngx_http_ap_fetch(r, ctx, ascf->origin, &ctx->path, query);

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_NOT_FOUND);
    }

    if (rc != NGX_OK) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_DATABASE);
    }

    document = &ctx->fetch->document;

    if (document->url.len == 0 || document->status != NGX_HTTP_OK
        || !ngx_http_ap_wants_html(r, ctx))
    {
        rc = ngx_http_ap_machine_authorize(r, ctx, 0);

        return rc != NGX_OK || ctx->answered
               ? rc : ngx_http_ap_document_answer(r, document, 1);
    }

    ngx_memzero(&answer, sizeof(ngx_http_ap_answer_t));

    answer.status = NGX_HTTP_MOVED_TEMPORARILY;
    answer.location = ngx_http_ap_string(document->url);
    answer.varies = 1;

    return ngx_http_ap_answer(r, &answer);
}


/*
 * The instance actor's key is what others look for when we fetch: two servers
 * that hide theirs from each other would never get to know each other.
 */

static ngx_int_t
ngx_http_ap_machine_authorize(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_uint_t page)
{
    ngx_str_t                 instance;
    ngx_ap_origin_t          *origin;
    ngx_http_ap_loc_conf_t   *alcf;
    ngx_http_ap_srv_conf_t   *ascf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_activitypub_module);

    if (!alcf->authorized_fetch || (page && ngx_http_ap_wants_html(r, ctx))) {
        return NGX_OK;
    }

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);
    origin = ascf->origin;

    instance.data = origin->instance.uri.data + origin->url.len;
    instance.len = origin->instance.uri.len - origin->url.len;

    if (ctx->path.len == instance.len
        && ngx_memcmp(ctx->path.data, instance.data, instance.len) == 0)
    {
        return NGX_OK;
    }

    return ngx_http_ap_authorize_fetch(r, ctx);
}


ngx_int_t
ngx_http_ap_document_answer(ngx_http_request_t *r,
    const fedi_document_t *document, ngx_uint_t shared)
{
    ngx_http_ap_ctx_t     *ctx;
    ngx_http_ap_answer_t   answer;

    ngx_memzero(&answer, sizeof(ngx_http_ap_answer_t));

    ctx = ngx_http_get_module_ctx(r, ngx_http_activitypub_module);
    answer.guarded = (ctx->gate != NULL);

    /* without a parameter: Lemmy compares the whole value */

    ngx_str_set(&answer.type, "application/activity+json");

    answer.status = document->status;
    answer.body = ngx_http_ap_string(document->body);
    answer.etag.data = (u_char *) document->etag;
    answer.etag.len = FEDI_ETAG_LEN;
    answer.shared = shared && !answer.guarded;

    /*
     * A page is as old as its HTML as well: a cache that compares dates would
     * take one for the other.
     */

    if (shared) {
        answer.modified = (time_t) document->updated;
        answer.date.data = (u_char *) document->date;
        answer.date.len = FEDI_HTTP_DATE_LEN;
    }

    answer.open = 1;
    answer.varies = (document->url.len != 0);

    return ngx_http_ap_answer(r, &answer);
}
