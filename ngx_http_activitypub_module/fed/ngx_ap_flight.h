
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Queries for documents that are under way, by URL.  Flights belong to no
 * request and are malloc()ed.
 */

#ifndef NGX_AP_FLIGHT_H
#define NGX_AP_FLIGHT_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_ap_cache.h"
#include "ngx_ap_worker.h"


typedef struct {
    ngx_rbtree_t                tree;       /* those that may be joined */
    ngx_rbtree_node_t           sentinel;
    ngx_queue_t                 all;
} ngx_ap_flights_t;


typedef struct {
    ngx_rbtree_node_t           node;
    ngx_queue_t                 queue;
    ngx_ap_flights_t           *flights;
    ngx_ap_worker_t            *worker;     /* who asks */

    ngx_ap_cache_key_t          key;        /* a copy, part of the flight */
    ngx_ap_cache_stamp_t        stamp;      /* taken before the query */
    ngx_queue_t                 waits;      /* who is to be answered */

    /* another worker asks: its claim, and when to look what became of it */
    ngx_uint_t                  claim;
    ngx_event_t                 look;

    /* its actor has no key yet: since when, and when it was last asked for */
    ngx_msec_t                  keyless;
    ngx_msec_t                  asked;

    unsigned                    joinable:1;
    unsigned                    slow:1;     /* on the bulk connection */
} ngx_ap_flight_t;


void ngx_ap_flights_init(ngx_ap_flights_t *flights);

/* the flight to the key that began at this very stamp, or NULL */
ngx_ap_flight_t *ngx_ap_flight_find(ngx_ap_flights_t *flights,
    const ngx_ap_cache_key_t *key, ngx_ap_cache_stamp_t stamp);

/* takes the place of an older flight to the key, which may end by itself */
ngx_ap_flight_t *ngx_ap_flight_create(ngx_ap_flights_t *flights,
    ngx_ap_worker_t *worker, const ngx_ap_cache_key_t *key,
    ngx_ap_cache_stamp_t stamp);

/* nobody finds it any more; "waits" are the caller's to answer */
void ngx_ap_flight_close(ngx_ap_flight_t *flight);

void ngx_ap_flight_free(ngx_ap_flight_t *flight);


#endif
