
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The directives of the http block: database, zone, development switches.
 */

#ifndef NGX_HTTP_AP_DATABASE_CONF_H
#define NGX_HTTP_AP_DATABASE_CONF_H

#include "ngx_http_ap_module.h"


#define NGX_HTTP_AP_ZONE_SIZE  (32 * 1024 * 1024)

/* less does not hold the tables of the smallest site */
#define NGX_HTTP_AP_ZONE_MIN   (256 * 1024)


/* setters */
char *ngx_http_ap_database(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ap_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ap_allow_address(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* a post handler */
char *ngx_http_ap_allow_http_warn(ngx_conf_t *cf, void *post, void *data);

/* what the workers need, from what was read; NULL: an [emerg] is written */
ngx_ap_worker_conf_t *ngx_http_ap_worker_conf(ngx_conf_t *cf,
    ngx_http_ap_main_conf_t *amcf);


#endif
