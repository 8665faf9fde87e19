
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What came of one hop of a fetch: what is told of it, and whether it can be
 * a document at all.  Whose it is, and what it says, is for the gate.
 */

#ifndef NGX_AP_FETCH_ANSWER_H
#define NGX_AP_FETCH_ANSWER_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_client.h"
#include "ngx_ap_fetch.h"


/*
 * What is known of a hop, however it ended; what lasts longer than "answer" is
 * copied into the pool.  NGX_ERROR: nobody has answered, and "result" says why.
 */
ngx_int_t ngx_ap_fetch_answer_note(ngx_pool_t *pool, ngx_ap_fetch_hop_t *hop,
    const ngx_ap_client_result_t *answer, ngx_ap_fetch_result_t *result);

/*
 * Of status 200: OK, or why it is no document.  "any": of any content type.
 * "taken" is filled in any case, and lives as long as "answer".
 */
fedi_actor_e ngx_ap_fetch_answer_take(const ngx_ap_client_result_t *answer,
    const fedi_id_t *id, ngx_uint_t any, fedi_answer_t *taken);


#endif
