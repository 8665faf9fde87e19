
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Pages that the site has moved.  On the bulk connection; as in
 * ngx_ap_store.h each call is answered once, later, and NULL is: no memory.
 */

#ifndef NGX_AP_STORE_MOVES_H
#define NGX_AP_STORE_MOVES_H

#include "ngx_ap_store.h"


/* "verdict" is of redirect_seen() or move_post(); "url" is of "confirm" */
typedef void (*ngx_ap_store_redirect_pt)(void *data, ngx_int_t rc,
    const ngx_str_t *verdict, const ngx_str_t *url);


/* the page of a post, by its twin's key, redirects to "target" */

typedef struct {
    ngx_str_t                   origin;
    ngx_str_t                   path;
    ngx_str_t                   query;
    ngx_str_t                   target;
} ngx_ap_store_redirect_t;

/* somebody saw that, who believes what is so for that many seconds */
ngx_ap_pg_query_t *ngx_ap_store_redirect_seen(ngx_ap_store_t *store,
    const ngx_ap_store_redirect_t *redirect, time_t seconds,
    ngx_ap_store_redirect_pt handler, void *data);

/* it is true */
ngx_ap_pg_query_t *ngx_ap_store_move_post(ngx_ap_store_t *store,
    const ngx_ap_store_redirect_t *redirect,
    ngx_ap_store_redirect_pt handler, void *data);


#endif
