
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * An activity that came to an inbox, from when it is parsed to its answer.
 */

#ifndef NGX_HTTP_AP_RECEIVE_H
#define NGX_HTTP_AP_RECEIVE_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_activity.h"
#include "ngx_ap_store.h"
#include "ngx_http_ap_module.h"
#include "ngx_http_ap_verify.h"


typedef struct {
    ngx_http_request_t         *request;
    ngx_ap_origin_t            *origin;
    ngx_http_ap_verify_t       *verify;

    fedi_str_t                  body;
    struct ngx_ap_reader_job_s *job;        /* of a large body, or NULL */
    const fedi_activity_t      *activity;   /* NULL: not read yet */
    ngx_ap_pg_query_t          *call;       /* whether the actor is known */
    uint64_t                    mark;       /* see ngx_http_ap_shield() */
} ngx_http_ap_inbox_t;


/* asks who has to be asked; of the body's digest and shape all is known */
ngx_int_t ngx_http_ap_receive(ngx_http_ap_inbox_t *inbox);

/* answers, counted: the values are for ngx_http_ap_receive_finish() */
ngx_int_t ngx_http_ap_receive_signature(ngx_http_ap_inbox_t *inbox,
    fedi_signature_e reason);
ngx_int_t ngx_http_ap_receive_verdict(ngx_http_ap_inbox_t *inbox,
    fedi_verdict_e verdict);
ngx_int_t ngx_http_ap_receive_refuse(ngx_http_ap_inbox_t *inbox,
    ngx_uint_t refusal);

/* 202, not counted */
ngx_int_t ngx_http_ap_receive_accepted(ngx_http_request_t *r);

/* nothing, while NGX_AGAIN means that we wait */
void ngx_http_ap_receive_finish(ngx_http_ap_inbox_t *inbox,
    ngx_int_t rc);


#endif
