
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Every refusal leaves through here: counted, logged, and told to who asked,
 * {"error":"SENTENCE","code":"CODE"}.
 *
 *     activitypub: refused 401 signature_too_old: "date too old",
 *     key: "https://a.example/users/a#main-key", actor: "", client: ...
 *
 * What others sent is escaped and cut.  A worker writes NGX_HTTP_AP_LINES of
 * them in a second; who has more to say is told how much was left out, once
 * that second is over.
 */

#ifndef NGX_HTTP_AP_REFUSE_H
#define NGX_HTTP_AP_REFUSE_H

#include "ngx_http_ap_counters.h"
#include "ngx_http_ap_request.h"


#define NGX_HTTP_AP_LINES  10


/* who it was, by its own words; both may be empty */

typedef struct {
    fedi_str_t  key_id;
    fedi_str_t  actor;
} ngx_http_ap_sender_t;


/* answers; "sender" may be NULL.  For ngx_http_finalize_request(). */
ngx_int_t ngx_http_ap_refuse_sender(ngx_http_request_t *r, ngx_uint_t counter,
    const ngx_http_ap_sender_t *sender);

/* the same, of core's fedi_refusal_e */
ngx_int_t ngx_http_ap_refuse(ngx_http_request_t *r, ngx_uint_t refusal);

/* without an answer: that is nginx's own, or was given already */
void ngx_http_ap_refused(ngx_http_request_t *r, ngx_uint_t counter,
    const ngx_http_ap_sender_t *sender);

/* the body of the answer */
ngx_int_t ngx_http_ap_refuse_body(ngx_pool_t *pool, ngx_uint_t counter,
    ngx_str_t *body);

/* counts, and remembers it as what became of this request */
void ngx_http_ap_count(ngx_http_request_t *r, ngx_uint_t counter);


#endif
