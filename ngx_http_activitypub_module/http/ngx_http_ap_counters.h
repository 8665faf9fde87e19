
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the inboxes count: activities by what became of them, and requests
 * by why they were refused.
 */

#ifndef NGX_HTTP_AP_COUNTERS_H
#define NGX_HTTP_AP_COUNTERS_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_signature_reason.h"
#include "fedi_verdict.h"
#include "ngx_ap_cache.h"


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
    NGX_HTTP_AP_RECEIVED,

    /* what was refused before anybody was believed */
    NGX_HTTP_AP_REFUSED_METHOD = NGX_HTTP_AP_RECEIVED,
    NGX_HTTP_AP_REFUSED_TYPE,
    NGX_HTTP_AP_REFUSED_ENCODING,
    NGX_HTTP_AP_REFUSED_NO_LENGTH,
    NGX_HTTP_AP_REFUSED_TOO_LARGE,
    NGX_HTTP_AP_REFUSED_JSON,
    NGX_HTTP_AP_REFUSED_DATABASE,
    NGX_HTTP_AP_REFUSED_ROW,
    NGX_HTTP_AP_REFUSED_BODY,
    NGX_HTTP_AP_REFUSED_BUSY,
    NGX_HTTP_AP_REFUSED,

    NGX_HTTP_AP_SIGNATURES = 24,
    NGX_HTTP_AP_VERDICTS = NGX_HTTP_AP_SIGNATURES + FEDI_SIGNATURE_REASONS,
    NGX_HTTP_AP_COUNTERS = NGX_HTTP_AP_VERDICTS + FEDI_VERDICTS
} ngx_http_ap_counter_e;


/* the name of each below NGX_HTTP_AP_SIGNATURES, else of the core's reason */
fedi_str_t ngx_http_ap_counter_name(ngx_uint_t counter);

/* whether the answer was 202 */
ngx_uint_t ngx_http_ap_counter_is_received(ngx_uint_t counter);

/* the counter of a verdict of the database; an unknown one is IGNORED */
ngx_uint_t ngx_http_ap_counter_of(const ngx_str_t *verdict);


#endif
