
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Keeps a set in the zone complete and true: fills it from the database,
 * then follows what notifications say.  One worker of a node does this at a
 * time, the one that listens.
 */

#ifndef NGX_AP_SET_H
#define NGX_AP_SET_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_cache.h"
#include "ngx_ap_changes.h"
#include "ngx_ap_worker.h"


typedef struct ngx_ap_set_s  ngx_ap_set_t;


/* in init_process; the worker outlives it.  NULL: no memory */
ngx_ap_set_t *ngx_ap_set_create(ngx_ap_worker_t *worker, ngx_ap_set_e set);

/* in exit_process, after the store is gone */
void ngx_ap_set_destroy(ngx_ap_set_t *set);

/* notifications are heard from now on; before, nothing is done */
void ngx_ap_set_start(ngx_ap_set_t *set);

/* they are not: forgets all work, the set stays as it is */
void ngx_ap_set_stop(ngx_ap_set_t *set);

/* it is of another database: nothing in it is true */
void ngx_ap_set_clear(ngx_ap_set_t *set);

/* it is not known what was missed: nobody believes it until it is filled */
void ngx_ap_set_doubt(ngx_ap_set_t *set);

/* the set may be wrong anywhere: fills it anew */
void ngx_ap_set_fill(ngx_ap_set_t *set);

/* the set may be wrong at the keys of a notification, copied */
void ngx_ap_set_change(ngx_ap_set_t *set, const ngx_ap_changes_t *changes,
    ngx_str_t *payload);

/*
 * While held, the set is not touched and changes wait: the predecessor still
 * works on it.  When it is let go, a set that was left incomplete is filled.
 */
void ngx_ap_set_hold(ngx_ap_set_t *set, ngx_uint_t hold);

/*
 * The worker exits and has an heir: changes are still applied, what would
 * need a fill is left to the heir by making the set incomplete.
 */
void ngx_ap_set_leave(ngx_ap_set_t *set);

/* every change was applied */
ngx_uint_t ngx_ap_set_idle(ngx_ap_set_t *set);

/* it is asked for, a chunk at a time */
ngx_uint_t ngx_ap_set_filling(ngx_ap_set_t *set);


#endif
