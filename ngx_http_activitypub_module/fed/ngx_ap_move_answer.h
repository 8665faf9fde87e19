
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the site's own answers say of a page that may have moved.
 */

#ifndef NGX_AP_MOVE_ANSWER_H
#define NGX_AP_MOVE_ANSWER_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_client.h"


/* the site says that it depends on who asks, or begins to know who does */
ngx_uint_t ngx_ap_move_answer_is_personal(
    const fedi_http_response_t *response);

/* there is one for people */
ngx_uint_t ngx_ap_move_answer_is_page(const ngx_ap_client_result_t *result);


#endif
