
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_signed.h"


static ngx_int_t ngx_http_ap_signed_headers(ngx_http_request_t *r,
    fedi_signed_request_t *request);
static ngx_int_t ngx_http_ap_signed_aliases(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, fedi_signed_request_t *request);


ngx_int_t
ngx_http_ap_signed_request(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    fedi_signed_request_t *request)
{
    ngx_memzero(request, sizeof(fedi_signed_request_t));

    /* of an error page it would be GET, whatever it was that was signed */

    request->method = ngx_http_ap_view(&r->request_line);
    request->method.len = fedi_str_before(request->method, ' ');

    request->target = ngx_http_ap_view(&r->unparsed_uri);
    request->scheme = ngx_http_ap_view(&origin->scheme);
    request->authority = ngx_http_ap_view(&origin->authority);

    if (ngx_http_ap_signed_aliases(r, origin, request) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_ap_signed_headers(r, request);
}


static ngx_int_t
ngx_http_ap_signed_headers(ngx_http_request_t *r,
    fedi_signed_request_t *request)
{
    ngx_uint_t        i;
    ngx_array_t       headers;
    fedi_header_t    *header;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *line;

    if (ngx_array_init(&headers, r->pool, 24, sizeof(fedi_header_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (part = &r->headers_in.headers.part; part; part = part->next) {

        line = part->elts;

        for (i = 0; i < part->nelts; i++) {

            header = ngx_array_push(&headers);
            if (header == NULL) {
                return NGX_ERROR;
            }

            header->name = ngx_http_ap_view(&line[i].key);
            header->value = ngx_http_ap_view(&line[i].value);
        }
    }

    request->headers = headers.elts;
    request->nheaders = headers.nelts;

    return NGX_OK;
}


static ngx_int_t
ngx_http_ap_signed_aliases(ngx_http_request_t *r, ngx_ap_origin_t *origin,
    fedi_signed_request_t *request)
{
    fedi_str_t              *alias;
    ngx_uint_t               i;
    ngx_http_ap_domain_t    *domain;
    ngx_http_ap_srv_conf_t  *ascf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);
    domain = ascf->domains.elts;

    alias = ngx_palloc(r->pool, (ascf->domains.nelts + 1)
                                * sizeof(fedi_str_t));
    if (alias == NULL) {
        return NGX_ERROR;
    }

    request->aliases = alias;

    for (i = 0; i < ascf->domains.nelts; i++) {

        if (domain[i].origin == origin) {
            alias[request->naliases++] = ngx_http_ap_view(&domain[i].host);
        }
    }

    return NGX_OK;
}


void
ngx_http_ap_body_form(ngx_http_request_t *r, fedi_str_t *type,
    fedi_str_t *encoding)
{
    fedi_str_t        name;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *line;

    *type = fedi_null_str;
    *encoding = fedi_null_str;

    if (r->headers_in.content_type) {
        *type = ngx_http_ap_view(&r->headers_in.content_type->value);
    }

    for (part = &r->headers_in.headers.part; part; part = part->next) {

        line = part->elts;

        for (i = 0; i < part->nelts; i++) {
            name = ngx_http_ap_view(&line[i].key);

            if (fedi_str_eq_nocase(name, fedi_str("content-encoding"))) {
                *encoding = ngx_http_ap_view(&line[i].value);
            }
        }
    }
}


size_t
ngx_http_ap_body_size(ngx_http_request_t *r, ngx_uint_t *spooled)
{
    size_t        len;
    ngx_chain_t  *cl;

    len = 0;
    *spooled = 0;

    if (r->request_body == NULL) {
        return 0;
    }

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        len += ngx_buf_size(cl->buf);

        if (cl->buf->in_file) {
            *spooled = 1;
        }
    }

    return len;
}


ngx_int_t
ngx_http_ap_body(ngx_http_request_t *r, size_t len, fedi_str_t *body)
{
    u_char       *p;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    *body = fedi_str("");

    if (len == 0) {
        return NGX_OK;
    }

    b = r->request_body->bufs->buf;
    body->len = len;

    if (r->request_body->bufs->next == NULL) {
        body->data = (const char *) b->pos;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    body->data = (const char *) p;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        p = ngx_cpymem(p, cl->buf->pos, cl->buf->last - cl->buf->pos);
    }

    return NGX_OK;
}
