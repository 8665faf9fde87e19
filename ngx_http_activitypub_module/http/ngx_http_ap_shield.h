
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What comes to inboxes by the million is answered from shared memory: the
 * news that an actor is gone of whom nobody here has ever heard, and a request
 * that was accepted before.  No JSON, no digest, no key, no database.
 */

#ifndef NGX_HTTP_AP_SHIELD_H
#define NGX_HTTP_AP_SHIELD_H

#include "ngx_http_ap_module.h"
#include "ngx_http_ap_verify.h"


/*
 * Whether the body is small, and all of it has arrived: then it is looked at
 * before the header's signature is read.
 */
ngx_uint_t ngx_http_ap_shield_is_here(ngx_http_request_t *r);

/*
 * Whether there is nothing to do but to answer 202, which is counted.
 * "mark" becomes that of the request, 0: it is not signed.
 */
ngx_uint_t ngx_http_ap_shield(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, fedi_str_t body, uint64_t *mark);

/* the request was accepted, and that is committed */
void ngx_http_ap_shield_accepted(const ngx_http_ap_verify_t *verify,
    fedi_str_t body, uint64_t mark);


#endif
