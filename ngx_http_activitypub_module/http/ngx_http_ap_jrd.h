
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What WebFinger answers of whom a resource was found to speak.  The JRD of
 * an actor of the configuration was rendered with it; that of one of the
 * database is made from its document, and kept in the zone beside that; that
 * of another thing of ours (FEP-4adb) is made each time.
 */

#ifndef NGX_HTTP_AP_JRD_H
#define NGX_HTTP_AP_JRD_H

#include "ngx_http_ap_request.h"


/* NGX_AGAIN: the database is asked; else for ngx_http_finalize_request() */
ngx_int_t ngx_http_ap_jrd_handler(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);


#endif
