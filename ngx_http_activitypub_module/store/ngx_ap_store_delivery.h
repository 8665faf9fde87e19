
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Calls of those who deliver, on the bulk connection.  As in ngx_ap_store.h
 * each one is answered once, later, and NULL is: no memory.
 */

#ifndef NGX_AP_STORE_DELIVERY_H
#define NGX_AP_STORE_DELIVERY_H

#include "ngx_ap_store.h"


typedef struct {
    int64_t                     id;
    ngx_str_t                   claim;
    ngx_str_t                   inbox;
    ngx_str_t                   host;
    ngx_str_t                   actor;
    ngx_str_t                   key_id;
    ngx_str_t                   activity;
    ngx_str_t                   body;
    ngx_uint_t                  attempts;
    ngx_str_t                   scheme;     /* or empty: draft-cavage */
    unsigned                    parting:1;  /* to who is suspended, too */
} ngx_ap_store_delivery_t;

typedef void (*ngx_ap_store_expanded_pt)(void *data, ngx_int_t rc,
    ngx_uint_t found, ngx_uint_t n);
typedef void (*ngx_ap_store_claimed_pt)(void *data, ngx_int_t rc,
    const ngx_ap_store_delivery_t *deliveries, ngx_uint_t n);
typedef void (*ngx_ap_store_next_pt)(void *data, ngx_int_t rc, int64_t msec);


/*
 * Makes up to "lim" deliveries of one activity.  "found" is 0 when there is
 * nothing to be told to anybody.
 */
ngx_ap_pg_query_t *ngx_ap_store_fanout_expand(ngx_ap_store_t *store,
    ngx_uint_t lim, ngx_ap_store_expanded_pt handler, void *data);

/* up to "lim" that are due, each leased to the caller for 90 seconds */
ngx_ap_pg_query_t *ngx_ap_store_delivery_claim(ngx_ap_store_t *store,
    ngx_uint_t lim, ngx_ap_store_claimed_pt handler, void *data);

/* "results" is JSON: see delivery_settle() in sql/functions */
ngx_ap_pg_query_t *ngx_ap_store_delivery_settle(ngx_ap_store_t *store,
    ngx_str_t *results, ngx_ap_store_done_pt handler, void *data);

/* milliseconds until something is due, or -1: nothing waits */
ngx_ap_pg_query_t *ngx_ap_store_delivery_next(ngx_ap_store_t *store,
    ngx_ap_store_next_pt handler, void *data);


#endif
