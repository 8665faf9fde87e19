
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The complete sets of the zone, kept by the worker that listens: what is
 * said to them is said to each.  See ngx_ap_set.h.
 */

#ifndef NGX_AP_SETS_H
#define NGX_AP_SETS_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_set.h"


typedef struct {
    ngx_ap_set_t               *set[NGX_AP_SETS];
} ngx_ap_sets_t;


ngx_int_t ngx_ap_sets_create(ngx_ap_sets_t *sets, ngx_ap_worker_t *worker);
void ngx_ap_sets_destroy(ngx_ap_sets_t *sets);

void ngx_ap_sets_start(ngx_ap_sets_t *sets);
void ngx_ap_sets_stop(ngx_ap_sets_t *sets);

void ngx_ap_sets_clear(ngx_ap_sets_t *sets);
void ngx_ap_sets_doubt(ngx_ap_sets_t *sets);

/*
 * Nobody listens: what others do meanwhile, be it for hours, is not heard.
 * Documents are served while the database is away; nobody is waved off.
 */
void ngx_ap_sets_deaf(ngx_ap_sets_t *sets);

void ngx_ap_sets_fill(ngx_ap_sets_t *sets);
void ngx_ap_sets_change(ngx_ap_sets_t *sets, const ngx_ap_changes_t *changes,
    ngx_str_t *payload);

void ngx_ap_sets_hold(ngx_ap_sets_t *sets, ngx_uint_t hold);
void ngx_ap_sets_leave(ngx_ap_sets_t *sets);
ngx_uint_t ngx_ap_sets_idle(ngx_ap_sets_t *sets);
ngx_uint_t ngx_ap_sets_filling(ngx_ap_sets_t *sets);


#endif
