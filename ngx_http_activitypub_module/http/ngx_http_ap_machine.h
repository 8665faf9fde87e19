
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The machine URLs below the prefix.  JSON is the default; only a client
 * that prefers HTML is sent to the page.
 */

#ifndef NGX_HTTP_AP_MACHINE_H
#define NGX_HTTP_AP_MACHINE_H

#include "ngx_http_ap_request.h"


/* NGX_AGAIN: the database is asked; else for ngx_http_finalize_request() */
ngx_int_t ngx_http_ap_machine_handler(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);

/* a document as it leaves; "shared": at its machine URL */
ngx_int_t ngx_http_ap_document_answer(ngx_http_request_t *r,
    const fedi_document_t *document, ngx_uint_t shared);


#endif
