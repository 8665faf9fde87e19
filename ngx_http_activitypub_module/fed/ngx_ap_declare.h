
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Tells the database which origins and actors this configuration has, once
 * per cycle, and hears whether their identity is theirs.
 */

#ifndef NGX_AP_DECLARE_H
#define NGX_AP_DECLARE_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_worker.h"


typedef struct ngx_ap_declare_s  ngx_ap_declare_t;


/* in init_process; the worker outlives it.  NULL: no memory */
ngx_ap_declare_t *ngx_ap_declare_create(ngx_ap_worker_t *worker);

/* in exit_process, after the store is gone */
void ngx_ap_declare_destroy(ngx_ap_declare_t *declare);

/* the database can be asked: starts, unless under way or done */
void ngx_ap_declare_available(ngx_ap_declare_t *declare);


#endif
