
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Who has signed a request: the one way to know, of an inbox and of any other
 * location.
 */

#ifndef NGX_HTTP_AP_VERIFY_H
#define NGX_HTTP_AP_VERIFY_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_signature_check.h"
#include "ngx_ap_worker.h"
#include "ngx_http_ap_module.h"


/* the result is in what ngx_http_ap_verify_key() was given */
typedef void (*ngx_http_ap_verified_pt)(void *data);


typedef struct {
    ngx_http_request_t         *request;
    ngx_ap_origin_t            *origin;     /* that was asked */
    ngx_ap_worker_t            *worker;
    fedi_arena_t                arena;

    /* as the header says it */
    fedi_signed_request_t       signed_request;
    fedi_digest_t               digest;     /* of the body, if there is one */
    fedi_id_t                   key_id;     /* claimed; empty: malformed */
    fedi_signature_e            claim;      /* what is wrong with that */

    /*
     * VALID as long as nothing is wrong: nobody is to be believed before
     * "verified" is set.
     */
    fedi_signature_e            reason;

    fedi_id_t                   owner;      /* the actor, once verified */
    time_t                      fetched;    /* when its key was */

    time_t                      newer;      /* of the key; 0: any will do */
    ngx_http_ap_verified_pt     handler;
    void                       *data;

    unsigned                    is_signed:1;    /* and the header is good */
    unsigned                    is_own:1;   /* key of the instance actor */
    unsigned                    gone:1;     /* what the key id names, too */
    unsigned                    probed:1;   /* the actor's own URL is asked */
    unsigned                    verified:1;
    unsigned                    absent:1;   /* ..., by there being no key */
    unsigned                    judged:1;   /* ..., later */
    unsigned                    limited:1;      /* was counted for it */

    /* the last, because large: as the header says it, too */
    fedi_signature_t            signature;
} ngx_http_ap_verify_t;


/*
 * The first step: all that is known from the header, in "reason": NONE, it
 * has no signature; BLOCKED, by whoever claims to sign.  "body": there is one
 * that has to be covered.  Nobody is asked anything.  In the request's pool;
 * NULL: no memory.
 */
ngx_http_ap_verify_t *ngx_http_ap_verify_create(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, ngx_uint_t body);

/*
 * The host of the key id, an A-label in lower case; empty: there is none, or
 * it is nothing that would be looked at.
 */
fedi_str_t ngx_http_ap_verify_claimed(const ngx_http_ap_verify_t *verify);

/*
 * This one is for receive(), which knows who is blocked when the zone does
 * not: it goes on where another one is UNJUDGED.
 */
void ngx_http_ap_verify_judged(ngx_http_ap_verify_t *verify);

/* the second, where there is a body: what its digest says of it */
void ngx_http_ap_verify_digest(ngx_http_ap_verify_t *verify,
    fedi_digest_e digest);

/*
 * The last, while "reason" is VALID: key, signature, owner.  NGX_OK: "reason"
 * is the result, and if it is VALID "verified" and "owner" are set.
 * NGX_AGAIN: "handler" will be called once, unless the request ends before.
 */
ngx_int_t ngx_http_ap_verify_key(ngx_http_ap_verify_t *verify,
    ngx_http_ap_verified_pt handler, void *data);

/* the same anew, with a key that is newer; once a request */
ngx_int_t ngx_http_ap_verify_again(ngx_http_ap_verify_t *verify,
    ngx_http_ap_verified_pt handler, void *data);

/*
 * Of an actor that says it is no more, when "gone" is set: whether its own
 * URL says so as well, by 410 or a Tombstone; then that is all the proof there
 * will ever be, and "verified", "absent" and "owner" are set: nobody knows who
 * has signed.  NGX_OK, NGX_AGAIN as above; if "gone" is set again, so is this
 * to be called.
 */
ngx_int_t ngx_http_ap_verify_gone(ngx_http_ap_verify_t *verify,
    const fedi_id_t *actor, ngx_http_ap_verified_pt handler, void *data);

/* who was verified has changed: its document is fetched, for nobody to wait */
void ngx_http_ap_verify_refresh(ngx_http_ap_verify_t *verify);


#endif
