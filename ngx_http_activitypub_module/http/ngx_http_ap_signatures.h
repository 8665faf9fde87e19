
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * activitypub_signatures: a verified sender for any location of the site;
 * and the documents that activitypub_authorized_fetch shows to nobody else.
 */

#ifndef NGX_HTTP_AP_SIGNATURES_H
#define NGX_HTTP_AP_SIGNATURES_H

#include "ngx_http_ap_request.h"


/* setters: of both the place is kept, for who has no origin */
char *ngx_http_ap_signatures(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ap_authorized_fetch(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* when a level has been merged; "[emerg]" where there is no origin */
char *ngx_http_ap_signatures_merge(ngx_conf_t *cf,
    ngx_http_ap_loc_conf_t *prev, ngx_http_ap_loc_conf_t *conf);

/* the phase handler; in postconfiguration, behind the others of ours */
ngx_int_t ngx_http_ap_signatures_init(ngx_conf_t *cf);

/*
 * Before a document is sent.  NGX_OK, and nothing answered: it may be.  Else
 * as ngx_http_ap_gate_check(), or a refusal was sent.
 */
ngx_int_t ngx_http_ap_authorize_fetch(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);


#endif
