
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_delivery_answer.h"

#include "fedi_http_date.h"


/* no peer is waited for longer because it says so, seconds */
#define NGX_AP_DELIVERY_RETRY  43200


const char *
ngx_ap_delivery_outcome(ngx_uint_t status)
{
    switch (status) {

    case 404:
    case 410:
        return "gone";

    case 401:
    case 408:
    case 425:
    case 429:
        return "retry";

    default:
        break;
    }

    if (status / 100 == 2) {
        return "delivered";
    }

    return status / 100 == 4 ? "refused" : "retry";
}


/* RFC 9110 section 10.2.3: seconds, or a date */

time_t
ngx_ap_delivery_retry_after(const fedi_http_response_t *response)
{
    int64_t     date;
    ngx_int_t   seconds;
    fedi_str_t  value;

    if (!fedi_http_response_header(response, "retry-after", &value)) {
        return 0;
    }

    seconds = ngx_atoi((u_char *) value.data, value.len);

    if (seconds == NGX_ERROR) {

        if (!fedi_http_date_parse(value, ngx_time(), &date)) {
            return 0;
        }

        seconds = (ngx_int_t) ngx_max(date - (int64_t) ngx_time(), 0);
    }

    return ngx_min(seconds, NGX_AP_DELIVERY_RETRY);
}
