
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Takes deliveries that are due from the database, sends them, and tells it
 * what came of them.  A worker that is told to exit takes no more, finishes
 * what it has and settles it.
 */

#ifndef NGX_AP_DELIVER_H
#define NGX_AP_DELIVER_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_worker.h"


typedef struct ngx_ap_deliver_s  ngx_ap_deliver_t;


/* in init_process; the worker outlives it.  NULL: no memory */
ngx_ap_deliver_t *ngx_ap_deliver_create(ngx_ap_worker_t *worker);

/*
 * In exit_process, after the store and the client are gone, before the
 * signer: what is not settled comes back when its lease has ended.
 */
void ngx_ap_deliver_destroy(ngx_ap_deliver_t *deliver);

/* something may be due: goes on until nothing is */
void ngx_ap_deliver_look(ngx_ap_deliver_t *deliver);


#endif
