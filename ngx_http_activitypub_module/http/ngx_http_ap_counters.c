
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_counts.h"
#include "ngx_http_ap_counters.h"


/* fed's begin behind them */

typedef char  ngx_http_ap_counters_fit[
    NGX_HTTP_AP_RECEIVED <= (int) NGX_HTTP_AP_REFUSALS
    && NGX_HTTP_AP_COUNTERS <= (int) NGX_AP_COUNT_KEYS_HELD ? 1 : -1];


static ngx_uint_t ngx_http_ap_refusal_level(ngx_uint_t refusal);


static const fedi_str_t  ngx_http_ap_received[NGX_HTTP_AP_RECEIVED] = {
    fedi_string("accepted"),
    fedi_string("rejected"),
    fedi_string("undone"),
    fedi_string("kept"),
    fedi_string("duplicate"),
    fedi_string("ignored"),
    fedi_string("deleted"),
    fedi_string("unknown_actor"),
    fedi_string("repeated")
};


ngx_int_t
ngx_http_ap_reason(ngx_uint_t counter, ngx_http_ap_reason_t *reason)
{
    ngx_uint_t  i;

    if (counter < NGX_HTTP_AP_RECEIVED) {
        reason->code = ngx_http_ap_received[counter];
        reason->text = reason->code;
        reason->status = 202;
        reason->level = NGX_LOG_STDERR;

        return NGX_OK;
    }

    if (counter < NGX_HTTP_AP_REFUSALS || counter >= NGX_HTTP_AP_COUNTERS) {
        return NGX_DECLINED;
    }

    if (counter < NGX_HTTP_AP_SIGNATURES) {
        i = counter - NGX_HTTP_AP_REFUSALS;

        reason->code = fedi_refusal_code(i);
        reason->text = fedi_refusal_text(i);
        reason->status = fedi_refusal_status(i);
        reason->level = ngx_http_ap_refusal_level(i);

    } else if (counter < NGX_HTTP_AP_VERDICTS) {
        i = counter - NGX_HTTP_AP_SIGNATURES;

        reason->code = fedi_signature_code(i);
        reason->text = fedi_signature_text(i);
        reason->status = fedi_signature_status(i);
        reason->level = i == FEDI_SIGNATURE_BLOCKED ? NGX_LOG_INFO
                                                    : NGX_LOG_WARN;

    } else {
        i = counter - NGX_HTTP_AP_VERDICTS;

        reason->code = fedi_verdict_code(i);
        reason->text = fedi_verdict_text(i);
        reason->status = fedi_verdict_status(i);
        reason->level = NGX_LOG_WARN;
    }

    return NGX_OK;
}


/*
 * A warning is what its sender may not have meant, and wonders about; what is
 * done because somebody here wants it so is not.  Of a database that is away
 * there is one [error] by who noticed.
 */
static ngx_uint_t
ngx_http_ap_refusal_level(ngx_uint_t refusal)
{
    switch (refusal) {

    case FEDI_REFUSAL_LIMITED:
    case FEDI_REFUSAL_BUSY:
    case FEDI_REFUSAL_DATABASE:
    case FEDI_REFUSAL_METHOD:
        return NGX_LOG_INFO;

    default:
        return refusal < FEDI_REFUSAL_READ_ONLY ? NGX_LOG_WARN
                                                : NGX_LOG_STDERR;
    }
}


ngx_uint_t
ngx_http_ap_counter_of(const ngx_str_t *verdict)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_AP_RECEIVED; i++) {

        if (verdict->len == ngx_http_ap_received[i].len
            && ngx_memcmp(verdict->data, ngx_http_ap_received[i].data,
                          verdict->len) == 0)
        {
            return i;
        }
    }

    return NGX_HTTP_AP_RECEIVED_IGNORED;
}
