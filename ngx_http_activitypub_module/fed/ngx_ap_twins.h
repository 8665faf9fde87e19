
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Keeps the zone's set of twins complete and true: fills it from the
 * database, then follows what notifications say.  One worker of a node does
 * this at a time, the one that listens.
 */

#ifndef NGX_AP_TWINS_H
#define NGX_AP_TWINS_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_worker.h"


typedef struct ngx_ap_twins_s  ngx_ap_twins_t;


/* in init_process; the worker outlives it.  NULL: no memory */
ngx_ap_twins_t *ngx_ap_twins_create(ngx_ap_worker_t *worker);

/* in exit_process, after the store is gone */
void ngx_ap_twins_destroy(ngx_ap_twins_t *twins);

/* notifications are heard from now on; before, nothing is done */
void ngx_ap_twins_start(ngx_ap_twins_t *twins);

/* they are not: forgets all work, the set stays as it is */
void ngx_ap_twins_stop(ngx_ap_twins_t *twins);

/* the set may be wrong anywhere: fills it anew */
void ngx_ap_twins_fill(ngx_ap_twins_t *twins);

/* the set may be wrong at the keys of a notification, copied */
void ngx_ap_twins_change(ngx_ap_twins_t *twins, ngx_str_t *payload);

/*
 * While held, the set is not touched and changes wait: the predecessor still
 * works on it.  When it is let go, a set that was left incomplete is filled.
 */
void ngx_ap_twins_hold(ngx_ap_twins_t *twins, ngx_uint_t hold);

/*
 * The worker exits and has an heir: changes are still applied, what would
 * need a fill is left to the heir by making the set incomplete.
 */
void ngx_ap_twins_leave(ngx_ap_twins_t *twins);

/* every change was applied */
ngx_uint_t ngx_ap_twins_idle(ngx_ap_twins_t *twins);


#endif
