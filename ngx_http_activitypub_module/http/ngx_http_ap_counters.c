
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_counters.h"


static const fedi_str_t  ngx_http_ap_counter_names[NGX_HTTP_AP_REFUSED] = {
    fedi_string("accepted"),
    fedi_string("rejected"),
    fedi_string("undone"),
    fedi_string("kept"),
    fedi_string("duplicate"),
    fedi_string("ignored"),
    fedi_string("deleted"),
    fedi_string("unknown_actor"),

    fedi_string("method"),
    fedi_string("content type"),
    fedi_string("content encoding"),
    fedi_string("no length"),
    fedi_string("too large"),
    fedi_string("malformed JSON"),
    fedi_string("database unavailable"),
    fedi_string("refused by the database"),
    fedi_string("malformed body"),
    fedi_string("too many large bodies")
};


fedi_str_t
ngx_http_ap_counter_name(ngx_uint_t counter)
{
    if (counter < NGX_HTTP_AP_REFUSED) {
        return ngx_http_ap_counter_names[counter];
    }

    if (counter < NGX_HTTP_AP_SIGNATURES) {
        return fedi_null_str;
    }

    if (counter < NGX_HTTP_AP_VERDICTS) {
        return fedi_signature_text(counter - NGX_HTTP_AP_SIGNATURES);
    }

    return fedi_verdict_text(counter - NGX_HTTP_AP_VERDICTS);
}


ngx_uint_t
ngx_http_ap_counter_is_received(ngx_uint_t counter)
{
    if (counter < NGX_HTTP_AP_VERDICTS) {
        return counter < NGX_HTTP_AP_RECEIVED;
    }

    return fedi_verdict_status(counter - NGX_HTTP_AP_VERDICTS) == 202;
}


ngx_uint_t
ngx_http_ap_counter_of(const ngx_str_t *verdict)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_AP_RECEIVED; i++) {

        if (verdict->len == ngx_http_ap_counter_names[i].len
            && ngx_memcmp(verdict->data, ngx_http_ap_counter_names[i].data,
                          verdict->len) == 0)
        {
            return i;
        }
    }

    return NGX_HTTP_AP_RECEIVED_IGNORED;
}
