
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Posts whose pages the site has moved.  What a client was told is no proof:
 * the redirect may have been for its language, its telephone or its cookie.
 * So the database is told of it, waits whether it stays, and then this
 * worker asks for the old page and the new one itself, over the way that
 * everybody takes, with nothing that says who asks.
 */

#ifndef NGX_AP_MOVES_H
#define NGX_AP_MOVES_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_origin.h"
#include "ngx_ap_worker.h"


typedef struct ngx_ap_moves_s  ngx_ap_moves_t;


/* in init_process; the worker outlives it.  NULL: no memory */
ngx_ap_moves_t *ngx_ap_moves_create(ngx_ap_worker_t *worker);

/* in exit_process, before the store and the client are gone */
void ngx_ap_moves_destroy(ngx_ap_moves_t *moves);

/*
 * Somebody was sent on from the page of a post of this origin, by its twin's
 * key, for ever; "location" is the header as it was sent.  It is believed
 * when it is so for "seconds".  All is copied; nothing is done that costs
 * when it is no news, or when there is much of it.
 */
void ngx_ap_moves_seen(ngx_ap_moves_t *moves, ngx_ap_origin_t *origin,
    const ngx_ap_cache_key_t *key, const ngx_str_t *location, time_t seconds);


#endif
