
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is counted of requests: activities by what became of them, and what
 * was refused by why.  Each reason has one code, one sentence, one status and
 * one counter.  A new one: a value and a row in core's fedi_refusal,
 * fedi_signature_reason or fedi_verdict, and it is counted, logged, shown by
 * "activitypub_status" and told to who asked.
 */

#ifndef NGX_HTTP_AP_COUNTERS_H
#define NGX_HTTP_AP_COUNTERS_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_refusal.h"
#include "fedi_signature_reason.h"
#include "fedi_verdict.h"
#include "ngx_ap_cache_counters.h"


typedef enum {
    /* what the database said, by its own names */
    NGX_HTTP_AP_RECEIVED_ACCEPTED = 0,
    NGX_HTTP_AP_RECEIVED_REJECTED,
    NGX_HTTP_AP_RECEIVED_UNDONE,
    NGX_HTTP_AP_RECEIVED_KEPT,
    NGX_HTTP_AP_RECEIVED_DUPLICATE,
    NGX_HTTP_AP_RECEIVED_IGNORED,
    NGX_HTTP_AP_RECEIVED_DELETED,
    NGX_HTTP_AP_RECEIVED_UNKNOWN_ACTOR,

    /* the very request came again: the database is not asked */
    NGX_HTTP_AP_RECEIVED_REPEATED,
    NGX_HTTP_AP_RECEIVED,

    /* and core's reasons, each at its own place behind one of these */
    NGX_HTTP_AP_REFUSALS = 24,
    NGX_HTTP_AP_SIGNATURES = NGX_HTTP_AP_REFUSALS + FEDI_REFUSALS,
    NGX_HTTP_AP_VERDICTS = NGX_HTTP_AP_SIGNATURES + FEDI_SIGNATURE_REASONS,
    NGX_HTTP_AP_COUNTERS = NGX_HTTP_AP_VERDICTS + FEDI_VERDICTS
} ngx_http_ap_counter_e;


typedef struct {
    fedi_str_t  code;           /* "signature_too_old"; NUL-terminated */
    fedi_str_t  text;           /* for people; NUL-terminated */
    ngx_uint_t  status;
    ngx_uint_t  level;          /* NGX_LOG_*; NGX_LOG_STDERR: no line */
} ngx_http_ap_reason_t;


/* NGX_DECLINED: there is no such counter, and "reason" is untouched */
ngx_int_t ngx_http_ap_reason(ngx_uint_t counter,
    ngx_http_ap_reason_t *reason);

/* the counter of a verdict of the database; an unknown one is IGNORED */
ngx_uint_t ngx_http_ap_counter_of(const ngx_str_t *verdict);


#endif
