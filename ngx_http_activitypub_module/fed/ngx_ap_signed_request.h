
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a request of ours says of itself, and who says so: the header fields
 * of a GET or a POST, of this very moment, with the signature of an actor of
 * ours over them, by draft-cavage-http-signatures-12 or RFC 9421.
 */

#ifndef NGX_AP_SIGNED_REQUEST_H
#define NGX_AP_SIGNED_REQUEST_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_id.h"
#include "fedi_signature.h"
#include "ngx_ap_worker.h"


#define NGX_AP_SIGNED_REQUEST_TYPE  "application/activity+json"

#define NGX_AP_SIGNED_REQUEST_ACCEPT                                          \
    NGX_AP_SIGNED_REQUEST_TYPE ", application/ld+json; "                      \
    "profile=\"https://www.w3.org/ns/activitystreams\""


typedef struct ngx_ap_signed_request_s  ngx_ap_signed_request_t;


typedef struct {
    const fedi_id_t            *id;         /* who is asked, and for what */
    ngx_str_t                   actor;      /* who signs: its URI */
    ngx_str_t                   key_id;
    fedi_scheme_e               scheme;
    const char                 *accept;
    const ngx_str_t            *body;       /* of a POST; NULL: a GET */
} ngx_ap_signed_request_ask_t;

/*
 * NGX_OK: "headers" are whole lines, in the pool, as the client sends them.
 * NGX_DECLINED: the actor has no key yet.  NGX_ERROR: not now, and it is our
 * own trouble.
 */
typedef void (*ngx_ap_signed_request_pt)(void *data, ngx_int_t rc,
    const ngx_str_t *headers);


/*
 * All that "ask" points to has to live until the handler is called, which is
 * once, never from within this call, and as long as the pool lives: who ends
 * it before cancels.  NULL: no memory.
 */
ngx_ap_signed_request_t *ngx_ap_signed_request(ngx_ap_worker_t *worker,
    ngx_pool_t *pool, const ngx_ap_signed_request_ask_t *ask,
    ngx_ap_signed_request_pt handler, void *data);

/* the handler will not be called; not after it was */
void ngx_ap_signed_request_cancel(ngx_ap_signed_request_t *request);


#endif
