
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Accept of a request: every line of it counts.  Most requests have one that
 * cannot matter, which is seen without parsing.
 */

#include "ngx_http_ap_request.h"

#include "fedi_accept.h"


static ngx_table_elt_t *ngx_http_ap_accept_next(ngx_list_part_t **part,
    ngx_uint_t *i);
static ngx_uint_t ngx_http_ap_accept_any(ngx_http_request_t *r,
    bool (*test)(fedi_str_t value));
static void ngx_http_ap_negotiate(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);


ngx_uint_t
ngx_http_ap_wants_activity(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    if (!ctx->negotiated
        && ngx_http_ap_accept_any(r, fedi_accept_may_want_activity))
    {
        ngx_http_ap_negotiate(r, ctx);
    }

    return ctx->wants_activity;
}


ngx_uint_t
ngx_http_ap_wants_html(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    if (!ctx->negotiated
        && ngx_http_ap_accept_any(r, fedi_accept_may_want_html))
    {
        ngx_http_ap_negotiate(r, ctx);
    }

    return ctx->wants_html;
}


static ngx_uint_t
ngx_http_ap_accept_any(ngx_http_request_t *r, bool (*test)(fedi_str_t value))
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header;

    i = 0;
    part = &r->headers_in.headers.part;

    while ((header = ngx_http_ap_accept_next(&part, &i)) != NULL) {

        if (test(ngx_http_ap_view(&header->value))) {
            return 1;
        }
    }

    return 0;
}


static void
ngx_http_ap_negotiate(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    ngx_uint_t        i;
    fedi_accept_t     accept;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header;

    fedi_accept_init(&accept);

    i = 0;
    part = &r->headers_in.headers.part;

    while ((header = ngx_http_ap_accept_next(&part, &i)) != NULL) {
        fedi_accept_add(&accept, ngx_http_ap_view(&header->value));
    }

    ctx->negotiated = 1;
    ctx->wants_activity = fedi_accept_wants_activity(&accept);
    ctx->names_activity = fedi_accept_names_activity(&accept);
    ctx->wants_html = fedi_accept_wants_html(&accept);
}


/* the next line of Accept; NULL: no more */

static ngx_table_elt_t *
ngx_http_ap_accept_next(ngx_list_part_t **part, ngx_uint_t *i)
{
    ngx_table_elt_t  *header;

    for ( ;; ) {

        if (*i >= (*part)->nelts) {

            if ((*part)->next == NULL) {
                return NULL;
            }

            *part = (*part)->next;
            *i = 0;
            continue;
        }

        header = (ngx_table_elt_t *) (*part)->elts + (*i)++;

        if (header->key.len == sizeof("Accept") - 1
            && ngx_memcmp(header->lowcase_key, "accept", sizeof("accept") - 1)
               == 0)
        {
            return header;
        }
    }
}
