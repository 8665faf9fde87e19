
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Worker 0 listens: what a notification names is dropped from the zone, and
 * the complete sets follow.  No notification is lost over a reload.
 */

#ifndef NGX_AP_WATCH_H
#define NGX_AP_WATCH_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_worker.h"


typedef struct ngx_ap_watch_s  ngx_ap_watch_t;


/* in init_process; the worker outlives it.  NULL: no memory */
ngx_ap_watch_t *ngx_ap_watch_create(ngx_ap_worker_t *worker);

/* in exit_process, after the store is gone */
void ngx_ap_watch_destroy(ngx_ap_watch_t *watch);

/* events of the store */
void ngx_ap_watch_listening(ngx_ap_watch_t *watch);
void ngx_ap_watch_deaf(ngx_ap_watch_t *watch);
void ngx_ap_watch_notified(ngx_ap_watch_t *watch, ngx_str_t *payload);

/* a set is being filled */
ngx_uint_t ngx_ap_watch_filling(ngx_ap_watch_t *watch);


#endif
