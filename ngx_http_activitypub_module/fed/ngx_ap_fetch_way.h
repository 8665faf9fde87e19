
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The way of a fetch: the URL that was asked for, and where it was sent on
 * to.  Each step is one that we ask, none of them twice.
 */

#ifndef NGX_AP_FETCH_WAY_H
#define NGX_AP_FETCH_WAY_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_fetch.h"


#define NGX_AP_FETCH_REDIRECTS  3


typedef struct {
    fedi_arena_t                arena;
    ngx_ap_worker_t            *worker;
    ngx_ap_origin_t            *origin;     /* in whose name */
    ngx_ap_fetch_hop_t          hops[NGX_AP_FETCH_REDIRECTS + 1];
    ngx_uint_t                  nhops;
    const char                 *refusal;    /* why not on; static */
    unsigned                    own:1;      /* our own origins, too */
    unsigned                    blocked:1;  /* blocked domains, too */
} ngx_ap_fetch_way_t;


/*
 * NGX_OK: "url" is the last hop now.  NGX_DECLINED: not a URL that we ask.
 * NGX_ERROR: no memory.  In both cases "refusal" says so.
 */
ngx_int_t ngx_ap_fetch_way_add(ngx_ap_fetch_way_t *way, fedi_str_t url);

/* the same with a Location: an absolute URL, or a path of the same server */
ngx_int_t ngx_ap_fetch_way_redirect(ngx_ap_fetch_way_t *way,
    fedi_str_t location);

/* of a first URL that is not asked no more is known than the spelling */
ngx_ap_fetch_hop_t *ngx_ap_fetch_way_last(ngx_ap_fetch_way_t *way);


#endif
