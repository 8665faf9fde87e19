
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A request as the core wants to see it, to check its signature; and its
 * body in one piece.
 */

#ifndef NGX_HTTP_AP_SIGNED_H
#define NGX_HTTP_AP_SIGNED_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_signature_base.h"
#include "ngx_http_ap_module.h"


/*
 * Views of the request: its method, its target as it was received, and its
 * header lines; and of the configuration what this server block is called.
 */
ngx_int_t ngx_http_ap_signed_request(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, fedi_signed_request_t *request);

/* what the body is said to be, and how it is encoded; no data: not said */
void ngx_http_ap_body_form(ngx_http_request_t *r, fedi_str_t *type,
    fedi_str_t *encoding);

/* of the body; "spooled": it is, or a part of it, in a file */
size_t ngx_http_ap_body_size(ngx_http_request_t *r, ngx_uint_t *spooled);

/*
 * The "len" bytes of a body that is not spooled: a view of the request's
 * memory where it is in one buffer, else a copy.
 */
ngx_int_t ngx_http_ap_body(ngx_http_request_t *r, size_t len,
    fedi_str_t *body);


#endif
