
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What came of deliveries, told to the database, many at a time.  A result
 * that could not be settled is kept and told again as long as its claim is
 * good: the peer has the activity, and must not get it twice because we lost
 * our database.
 */

#ifndef NGX_AP_SETTLE_H
#define NGX_AP_SETTLE_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_delivery.h"
#include "ngx_ap_worker.h"


/* how long a result waits for others to be settled with, milliseconds */
#define NGX_AP_SETTLE_BATCH  200


typedef struct ngx_ap_settle_s  ngx_ap_settle_t;

/* some are settled; called last */
typedef void (*ngx_ap_settled_pt)(void *data);


/* the worker outlives it.  NULL: no memory */
ngx_ap_settle_t *ngx_ap_settle_create(ngx_ap_worker_t *worker,
    ngx_ap_settled_pt settled, void *data);

/*
 * After the store is gone: what is not settled comes back when its lease has
 * ended.
 */
void ngx_ap_settle_destroy(ngx_ap_settle_t *settle);

/* takes a delivery that has an outcome, and is in no queue; tells nobody yet */
void ngx_ap_settle_add(ngx_ap_settle_t *settle, ngx_ap_delivery_t *delivery);

/* tells the database within NGX_AP_SETTLE_BATCH, or at once */
void ngx_ap_settle_soon(ngx_ap_settle_t *settle);
void ngx_ap_settle_now(ngx_ap_settle_t *settle);

/* the same, and does not wait for the time when it wanted to try again */
void ngx_ap_settle_again(ngx_ap_settle_t *settle);

/* how many there are, told or not; and whether the database was away */
ngx_uint_t ngx_ap_settle_count(ngx_ap_settle_t *settle);
ngx_uint_t ngx_ap_settle_is_away(ngx_ap_settle_t *settle);


#endif
