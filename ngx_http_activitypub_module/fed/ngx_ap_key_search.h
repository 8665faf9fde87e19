
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * From the id of a key to the key: what each document that is fetched on the
 * way says, and which one is asked for next.  Pure: no I/O, no clock, no
 * logging.
 */

#ifndef NGX_AP_KEY_SEARCH_H
#define NGX_AP_KEY_SEARCH_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_fetched.h"


/* all zero but for the id before the first document */

typedef struct {
    fedi_id_t                   key_id;
    const fedi_actor_key_t     *alone;      /* of a document of its own */
    const fedi_actor_key_t     *found;
    unsigned                    elsewhere:1;
} ngx_ap_key_search_t;


/*
 * With what fedi_fetched_accept() said.  NGX_OK: "document" is the key's
 * owner, and search->found the key.  NGX_AGAIN: "next" is the URL to be asked
 * now; never one of another origin than the id's.  NGX_DECLINED: "reason"
 * says why not.  All borrows from the documents, which have to live as long
 * as the search.
 */
ngx_int_t ngx_ap_key_search(ngx_ap_key_search_t *search, time_t now,
    const fedi_fetched_t *document, const fedi_id_t *elsewhere,
    fedi_actor_e *reason, fedi_str_t *next);

/*
 * Whether the one who "had" the key says in its document that it does not
 * have it any more.
 */
ngx_uint_t ngx_ap_key_search_is_lost(const ngx_ap_key_search_t *search,
    const fedi_id_t *had, const fedi_fetched_t *document);


#endif
