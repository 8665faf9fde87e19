
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The directives about outgoing requests.
 */

#ifndef NGX_HTTP_AP_CLIENT_CONF_H
#define NGX_HTTP_AP_CLIENT_CONF_H

#include "ngx_http_ap_module.h"


/* a setter */
char *ngx_http_ap_resolver(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* post handlers */
char *ngx_http_ap_ssl_trusted_check(ngx_conf_t *cf, void *post, void *data);
char *ngx_http_ap_ssl_verify_warn(ngx_conf_t *cf, void *post, void *data);

/*
 * Fills amcf->client from what was read, when all of the http block is.
 * NGX_ERROR: an [emerg] is written.
 */
ngx_int_t ngx_http_ap_client_conf(ngx_conf_t *cf,
    ngx_http_ap_main_conf_t *amcf);


#endif
