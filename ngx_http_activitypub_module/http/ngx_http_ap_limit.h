
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * "activitypub_limit": how much a domain may send, once it is verified.  By
 * its address nobody is known: nginx's limit_req is for that.
 */

#ifndef NGX_HTTP_AP_LIMIT_H
#define NGX_HTTP_AP_LIMIT_H

#include "ngx_http_ap_request.h"
#include "ngx_http_ap_verify.h"


/* the setter of the directive */
char *ngx_http_ap_limit_set(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Counts a request whose sender is verified, once.  NGX_BUSY: it is too many
 * for its domain, and ctx->retry_after says when it is not any more.
 */
ngx_int_t ngx_http_ap_limit(ngx_http_ap_verify_t *verify);


#endif
