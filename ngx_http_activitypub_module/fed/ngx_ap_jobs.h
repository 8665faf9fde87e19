
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What apctl asks for: it has no network, a worker has.  A worker takes a few
 * jobs at a time, each with a lease; one that it cannot finish is another
 * worker's when the lease ends.
 */

#ifndef NGX_AP_JOBS_H
#define NGX_AP_JOBS_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_worker.h"


typedef struct ngx_ap_jobs_s  ngx_ap_jobs_t;


/* in init_process; the worker outlives it.  NULL: no memory */
ngx_ap_jobs_t *ngx_ap_jobs_create(ngx_ap_worker_t *worker);

/* in exit_process, before store, client and signer are gone */
void ngx_ap_jobs_destroy(ngx_ap_jobs_t *jobs);

/* there may be something to do */
void ngx_ap_jobs_look(ngx_ap_jobs_t *jobs);


#endif
