
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * When a worker looks whether there is something to do: at once when the
 * database says so, which worker 0 hears and tells the others through the
 * zone, and every five seconds whatever is said.
 */

#ifndef NGX_AP_WORK_H
#define NGX_AP_WORK_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_worker.h"


typedef struct ngx_ap_work_s  ngx_ap_work_t;


/* in init_process; the worker outlives it.  NULL: no memory */
ngx_ap_work_t *ngx_ap_work_create(ngx_ap_worker_t *worker);

/* in exit_process, before store, client and signer are gone */
void ngx_ap_work_cancel(ngx_ap_work_t *work);

/* in exit_process, after the store and the client are gone */
void ngx_ap_work_destroy(ngx_ap_work_t *work);

/* the payload of a notification: "fanout", "delivery", "job", "review" */
void ngx_ap_work_notified(ngx_ap_work_t *work, ngx_str_t *payload);

/* notifications are heard from now on: some may have been missed */
void ngx_ap_work_missed(ngx_ap_work_t *work);


#endif
