
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The least that an inbox could do, as what it costs is measured against:
 * the body is read, its SHA-256 is made, and 202 is the answer.
 *
 *     location / { bench_discard; }
 *
 * "bench_discard unread;" makes no SHA-256: what can be waved off needs none.
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <openssl/evp.h>


static ngx_int_t ngx_http_bench_discard_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_bench_discard_unread_handler(ngx_http_request_t *r);
static void ngx_http_bench_discard_read(ngx_http_request_t *r);
static void ngx_http_bench_discard_answer(ngx_http_request_t *r);
static ngx_int_t ngx_http_bench_discard_hash(ngx_http_request_t *r);
static char *ngx_http_bench_discard(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_command_t  ngx_http_bench_discard_commands[] = {

    { ngx_string("bench_discard"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS|NGX_CONF_TAKE1,
      ngx_http_bench_discard,
      0,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_bench_discard_module_ctx = {
    NULL,                                  /* preconfiguration */
    NULL,                                  /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_bench_discard_module = {
    NGX_MODULE_V1,
    &ngx_http_bench_discard_module_ctx,    /* module context */
    ngx_http_bench_discard_commands,       /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


/* what nginx's configure would write for a module of one file */

ngx_module_t  *ngx_modules[] = { &ngx_http_bench_discard_module, NULL };

char  *ngx_module_names[] = { "ngx_http_bench_discard_module", NULL };

char  *ngx_module_order[] = { NULL };


static ngx_int_t
ngx_http_bench_discard_handler(ngx_http_request_t *r)
{
    ngx_int_t  rc;

    if (r->method != NGX_HTTP_POST) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_read_client_request_body(r, ngx_http_bench_discard_read);

    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}


static ngx_int_t
ngx_http_bench_discard_unread_handler(ngx_http_request_t *r)
{
    ngx_int_t  rc;

    rc = ngx_http_read_client_request_body(r, ngx_http_bench_discard_answer);

    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}


static void
ngx_http_bench_discard_read(ngx_http_request_t *r)
{
    if (ngx_http_bench_discard_hash(r) != NGX_OK) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_http_bench_discard_answer(r);
}


static void
ngx_http_bench_discard_answer(ngx_http_request_t *r)
{
    r->headers_out.status = NGX_HTTP_ACCEPTED;
    r->headers_out.content_length_n = 0;
    r->header_only = 1;

    ngx_http_finalize_request(r, ngx_http_send_header(r));
}


static ngx_int_t
ngx_http_bench_discard_hash(ngx_http_request_t *r)
{
    int           ok;
    EVP_MD_CTX   *ctx;
    ngx_chain_t  *cl;
    u_char        hash[EVP_MAX_MD_SIZE];

    ctx = EVP_MD_CTX_new();
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    ok = EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1;

    for (cl = r->request_body->bufs; ok && cl; cl = cl->next) {

        /* who measures sends what fits into memory */

        ok = !cl->buf->in_file
             && EVP_DigestUpdate(ctx, cl->buf->pos,
                                 (size_t) ngx_buf_size(cl->buf))
                == 1;
    }

    ok = ok && EVP_DigestFinal_ex(ctx, hash, NULL) == 1;

    EVP_MD_CTX_free(ctx);

    return ok ? NGX_OK : NGX_ERROR;
}


static char *
ngx_http_bench_discard(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = cf->args->nelts == 1
                    ? ngx_http_bench_discard_handler
                    : ngx_http_bench_discard_unread_handler;

    return NGX_CONF_OK;
}
