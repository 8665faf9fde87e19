
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Activities on their way into the database: what came while a batch was
 * under way is the next batch, one transaction.  Sorted by actors, of whom
 * one transaction at a time receives anything: two batches that have some in
 * common wait for each other instead of deadlocking.
 */

#ifndef NGX_AP_INBOX_H
#define NGX_AP_INBOX_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_store.h"
#include "ngx_ap_worker.h"


typedef struct ngx_ap_inbox_s        ngx_ap_inbox_t;
typedef struct ngx_ap_inbox_entry_s  ngx_ap_inbox_entry_t;

/*
 * NGX_OK: committed, with the verdict of activitypub.receive().
 * NGX_DECLINED: the database will not have this one, ever.
 * NGX_ERROR: the database cannot be asked: nothing is known to be kept.
 */
typedef void (*ngx_ap_inbox_pt)(void *data, ngx_int_t rc,
    const ngx_str_t *verdict);


/* in init_process; the worker outlives it.  NULL: no memory */
ngx_ap_inbox_t *ngx_ap_inbox_create(ngx_ap_worker_t *worker);

/* after the store is gone; nobody is answered */
void ngx_ap_inbox_destroy(ngx_ap_inbox_t *inbox);

/*
 * What "authorised" points to must live as long as the pool; the end of the
 * pool cancels.  The handler is called once, later.  NULL: no memory.
 */
ngx_ap_inbox_entry_t *ngx_ap_inbox_receive(ngx_ap_worker_t *worker,
    ngx_pool_t *pool, const ngx_str_t *origin,
    const fedi_authorised_t *authorised, ngx_ap_inbox_pt handler, void *data);


#endif
