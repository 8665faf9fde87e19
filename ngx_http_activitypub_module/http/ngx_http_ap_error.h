
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What nginx itself answers at our own URLs: a body that is too large or
 * broken, a condition that fails, an address that is denied.  It has a page
 * for people; who asks here reads JSON.
 */

#ifndef NGX_HTTP_AP_ERROR_H
#define NGX_HTTP_AP_ERROR_H

#include "ngx_http_ap_request.h"


/* in the header filter: whether the answer is nginx's page for an error */
ngx_uint_t ngx_http_ap_error_is(ngx_http_request_t *r);

/* sends the header by "next", and the body; no more of a body will be sent */
ngx_int_t ngx_http_ap_error_send(ngx_http_request_t *r,
    ngx_http_output_header_filter_pt next);


#endif
