
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * POST to an inbox.
 */

#ifndef NGX_HTTP_AP_INBOX_H
#define NGX_HTTP_AP_INBOX_H

#include "ngx_http_ap_module.h"


/* of an inbox that exists; the value is for ngx_http_finalize_request() */
ngx_int_t ngx_http_ap_inbox_handler(ngx_http_request_t *r,
    ngx_ap_origin_t *origin);


#endif
