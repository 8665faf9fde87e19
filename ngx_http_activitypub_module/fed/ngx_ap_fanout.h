
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * From what was published to a row for each inbox that has to get it, piece
 * by piece.  Several workers may do so at once: the database shares it out.
 */

#ifndef NGX_AP_FANOUT_H
#define NGX_AP_FANOUT_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_worker.h"


typedef struct ngx_ap_fanout_s  ngx_ap_fanout_t;


/* in init_process; the worker outlives it.  NULL: no memory */
ngx_ap_fanout_t *ngx_ap_fanout_create(ngx_ap_worker_t *worker);

/* in exit_process, after the store is gone */
void ngx_ap_fanout_destroy(ngx_ap_fanout_t *fanout);

/* there may be something: goes on until there is nothing */
void ngx_ap_fanout_look(ngx_ap_fanout_t *fanout);


#endif
