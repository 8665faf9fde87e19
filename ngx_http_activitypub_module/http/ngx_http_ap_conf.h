
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The structures that directives fill, as nginx asks a module for them.  In
 * init_main_conf all of the file has been read: there they become origins,
 * actors and what a worker has.
 */

#ifndef NGX_HTTP_AP_CONF_H
#define NGX_HTTP_AP_CONF_H

#include "ngx_http_ap_module.h"


void *ngx_http_ap_create_main_conf(ngx_conf_t *cf);
void *ngx_http_ap_create_srv_conf(ngx_conf_t *cf);
void *ngx_http_ap_create_loc_conf(ngx_conf_t *cf);

/* an error: an [emerg] is written */
char *ngx_http_ap_init_main_conf(ngx_conf_t *cf, void *conf);

char *ngx_http_ap_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);


#endif
