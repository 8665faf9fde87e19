
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The client's one SSL_CTX.
 */

#ifndef NGX_AP_CLIENT_SSL_H
#define NGX_AP_CLIENT_SSL_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>


/* made by Debian's ca-certificates */
#define NGX_AP_CLIENT_CA_FILE  "/etc/ssl/certs/ca-certificates.crt"


/*
 * At configuration time, in the master: the certificates are parsed once and
 * shared by all workers.  TLS 1.2 or newer, sessions, "http/1.1" by ALPN.
 */
ngx_ssl_t *ngx_ap_client_ssl_create(ngx_conf_t *cf);

/*
 * Trusts the certificates of "file", whose name ends with NUL.  NGX_DECLINED
 * with a reason in cf->pool.
 */
ngx_int_t ngx_ap_client_ssl_trust(ngx_conf_t *cf, ngx_ssl_t *ssl,
    ngx_str_t *file, ngx_str_t *reason);


#endif
