
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_client_ssl.h"

#include <openssl/err.h>


/* between a server's certificate and a root; two are usual */
#define NGX_AP_CLIENT_SSL_DEPTH   8

#define NGX_AP_CLIENT_SSL_REASON  128


ngx_ssl_t *
ngx_ap_client_ssl_create(ngx_conf_t *cf)
{
    ngx_str_t            none;
    ngx_ssl_t           *ssl;
    ngx_pool_cleanup_t  *cln;

    static const u_char  alpn[] = "\x08http/1.1";

    ssl = ngx_pcalloc(cf->pool, sizeof(ngx_ssl_t));
    if (ssl == NULL) {
        return NULL;
    }

    ssl->log = cf->log;

    if (ngx_ssl_create(ssl, NGX_SSL_TLSv1_2|NGX_SSL_TLSv1_3, NULL)
        != NGX_OK)
    {
        return NULL;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        ngx_ssl_cleanup_ctx(ssl);
        return NULL;
    }

    cln->handler = ngx_ssl_cleanup_ctx;
    cln->data = ssl;

    /*
     * An answer that lasts until the connection closes is complete only with
     * a close_notify: anybody on the way can close a TCP connection.
     */

#ifdef SSL_OP_IGNORE_UNEXPECTED_EOF
    SSL_CTX_clear_options(ssl->ctx, SSL_OP_IGNORE_UNEXPECTED_EOF);
#endif

    /* other servers' choice of certificate may depend on what we speak */

    (void) SSL_CTX_set_alpn_protos(ssl->ctx, alpn, sizeof(alpn) - 1);

    /* the callback that remembers, and no file yet */

    ngx_str_null(&none);

    if (ngx_ssl_trusted_certificate(cf, ssl, &none, NGX_AP_CLIENT_SSL_DEPTH)
        != NGX_OK
        || ngx_ssl_client_session_cache(cf, ssl, 1) != NGX_OK)
    {
        return NULL;
    }

    return ssl;
}


ngx_int_t
ngx_ap_client_ssl_trust(ngx_conf_t *cf, ngx_ssl_t *ssl, ngx_str_t *file,
    ngx_str_t *reason)
{
    u_char        *last;
    unsigned long  err;
    const char    *text;

    if (SSL_CTX_load_verify_locations(ssl->ctx, (char *) file->data, NULL)
        == 1)
    {
        ERR_clear_error();
        return NGX_OK;
    }

    err = ERR_peek_error();

    reason->len = 0;
    reason->data = ngx_pnalloc(cf->pool, NGX_AP_CLIENT_SSL_REASON);

    if (reason->data == NULL) {
        return NGX_ERROR;
    }

    if (ERR_SYSTEM_ERROR(err)) {
        last = ngx_strerror(ERR_GET_REASON(err), reason->data,
                            NGX_AP_CLIENT_SSL_REASON);

    } else {
        text = ERR_reason_error_string(err);

        last = ngx_snprintf(reason->data, NGX_AP_CLIENT_SSL_REASON, "%s",
                            text ? text : "no certificate");
    }

    reason->len = last - reason->data;

    ERR_clear_error();

    return NGX_DECLINED;
}
