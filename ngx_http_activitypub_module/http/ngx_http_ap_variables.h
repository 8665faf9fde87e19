
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * From the post-read phase on:
 *
 *     $activitypub_request        "1" when the client wants ActivityPub
 *     $activitypub_key_domain     whose key it says has signed
 *
 * From the pre-content phase on, where somebody wanted to know who sends it
 * (an inbox, activitypub_signatures, activitypub_authorized_fetch):
 *
 *     $activitypub_signature      "valid", "none" or a reason's code
 *     $activitypub_actor          who has signed, verified
 *     $activitypub_actor_domain   its host
 *     $activitypub_activity_type  of an activity that this actor may send
 *     $activitypub_verdict        a code: what became of the request
 *
 * Each is empty otherwise.
 */

#ifndef NGX_HTTP_AP_VARIABLES_H
#define NGX_HTTP_AP_VARIABLES_H

#include "ngx_http_ap_module.h"


/* in preconfiguration */
ngx_int_t ngx_http_ap_variables_add(ngx_conf_t *cf);


#endif
