
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the answer of an inbox means for a delivery.  Pure but for the clock.
 */

#ifndef NGX_AP_DELIVERY_ANSWER_H
#define NGX_AP_DELIVERY_ANSWER_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_http_response.h"


/*
 * A word of delivery_settle(): "delivered"; "gone": nobody is there any more;
 * "retry": perhaps later; "refused": never.
 */
const char *ngx_ap_delivery_outcome(ngx_uint_t status);

/*
 * How long the peer asks us to wait, seconds, half a day at most; 0: it does
 * not, or not in a way that is understood.
 */
time_t ngx_ap_delivery_retry_after(const fedi_http_response_t *response);


#endif
