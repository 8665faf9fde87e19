
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

#include "fedi_actor_reading.h"


/* all zero but for the id before the first document */

typedef struct {
    fedi_id_t                   key_id;
    fedi_actor_key_t            alone;      /* a document of a key alone */

    unsigned                    has_alone:1;
    unsigned                    elsewhere:1;
} ngx_ap_key_search_t;


/*
 * NGX_OK: "found" is the PEM of the key, and its owner the reading's actor.
 * NGX_AGAIN: "found" is the URL to be asked next; never one of another origin
 * than the id's.  NGX_DECLINED: "reason" says why not.  "found" borrows from
 * the search and the reading; "reading" is one without an error, and what it
 * points to has to live as long as the search.
 */
ngx_int_t ngx_ap_key_search(ngx_ap_key_search_t *search,
    const fedi_actor_reading_t *reading, fedi_str_t *found,
    fedi_actor_e *reason);


#endif
