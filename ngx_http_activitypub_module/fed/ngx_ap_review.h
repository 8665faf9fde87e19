
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * New rules about domains, applied to what was kept before them, piece by
 * piece.  The database lets one worker of all nodes do so at a time.
 */

#ifndef NGX_AP_REVIEW_H
#define NGX_AP_REVIEW_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_worker.h"


typedef struct ngx_ap_review_s  ngx_ap_review_t;


/* in init_process; the worker outlives it.  NULL: no memory */
ngx_ap_review_t *ngx_ap_review_create(ngx_ap_worker_t *worker);

/* in exit_process, after the store is gone */
void ngx_ap_review_destroy(ngx_ap_review_t *review);

/* there may be something: goes on until there is nothing */
void ngx_ap_review_look(ngx_ap_review_t *review);


#endif
