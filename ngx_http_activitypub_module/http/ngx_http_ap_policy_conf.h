
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The directives about whole domains: "activitypub_federation_mode",
 * "activitypub_block" and "activitypub_allow".
 *
 * Lists add up: those of a server block stand beside those of the http block,
 * so that nobody unblocks somebody by blocking somebody else.  Of a domain
 * that both name, what the server block says counts.
 */

#ifndef NGX_HTTP_AP_POLICY_CONF_H
#define NGX_HTTP_AP_POLICY_CONF_H

#include "ngx_http_ap_module.h"


typedef struct {
    fedi_policy_rule_t          rule;
    ngx_http_ap_place_t         place;
} ngx_http_ap_policy_t;


/* setters, of a server's configuration; the mode is an enum slot */
char *ngx_http_ap_mode(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ap_block(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ap_allow(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* in every list no domain has two severities.  NGX_ERROR: [emerg] */
ngx_int_t ngx_http_ap_policies_check(ngx_conf_t *cf);


#endif
