
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Who sends a request that is no inbox's: looked up once, however often nginx
 * redirects it, and whatever location asks.
 */

#ifndef NGX_HTTP_AP_GATE_H
#define NGX_HTTP_AP_GATE_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_reading.h"
#include "ngx_http_ap_request.h"
#include "ngx_http_ap_verify.h"


typedef struct ngx_http_ap_gate_s  ngx_http_ap_gate_t;

struct ngx_http_ap_gate_s {
    ngx_http_ap_ctx_t          *ctx;
    struct ngx_ap_reader_job_s *job;        /* of a large body, or NULL */
    fedi_reading_t              reading;    /* if it is an activity */

    /* why not: a counter, as ngx_http_ap_refuse_sender() takes it; 0 */
    ngx_uint_t                  refusal;

    unsigned                    body:1;     /* there is one */
    unsigned                    typed:1;    /* and it must be an activity */
    unsigned                    json:1;     /* and it may be one */
    unsigned                    activity:1; /* and is, in "reading" */
    unsigned                    own:1;      /* our instance actor may come */
    unsigned                    started:1;
    unsigned                    done:1;
};


/* whether a body was sent, which has to be covered; a POST has one */
ngx_uint_t ngx_http_ap_gate_has_body(ngx_http_request_t *r);

/*
 * What the header says, to be believed by nobody yet; it is read once, for an
 * inbox as well.  NULL: no memory, or a server block without an origin.
 */
ngx_http_ap_verify_t *ngx_http_ap_gate_claim(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);

/*
 * Of the main request, in a phase.  NGX_OK: ctx->gate is done.  NGX_AGAIN:
 * this phase will be run again when it is.  Else the value for
 * ngx_http_finalize_request(): of NGX_DONE nothing may be touched any more.
 * "own": with the key of our instance actor, too.
 */
ngx_int_t ngx_http_ap_gate_check(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx, ngx_uint_t own);

/* whether somebody has signed, and may say what the body says */
ngx_uint_t ngx_http_ap_gate_is_open(ngx_http_ap_ctx_t *ctx);

/*
 * What a header may hold of the type of an activity, for whoever reads it in
 * a variable; copied.
 */
void ngx_http_ap_gate_type(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    fedi_str_t type);

/* of one that is done, and not open: answers */
ngx_int_t ngx_http_ap_gate_refuse(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);


#endif
