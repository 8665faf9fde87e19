
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * "activitypub_status": what was received and refused on this node since the
 * zone was made, and what waits for delivery in the database.
 */

#ifndef NGX_HTTP_AP_STATUS_H
#define NGX_HTTP_AP_STATUS_H

#include "ngx_http_ap_module.h"


/* the setter of the directive */
char *ngx_http_ap_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* whether the request is in such a location */
ngx_uint_t ngx_http_ap_status_is(ngx_http_request_t *r);


#endif
