
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     $activitypub_request    "1" when the client wants ActivityPub, else
 *                             empty; from the post-read phase on
 */

#ifndef NGX_HTTP_AP_VARIABLES_H
#define NGX_HTTP_AP_VARIABLES_H

#include "ngx_http_ap_module.h"


/* in preconfiguration */
ngx_int_t ngx_http_ap_variables_add(ngx_conf_t *cf);


#endif
