
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Notifications that a set has heard of, and not applied yet, in their order.
 */

#ifndef NGX_AP_SET_CHANGES_H
#define NGX_AP_SET_CHANGES_H

#include <ngx_config.h>
#include <ngx_core.h>


typedef struct {
    ngx_queue_t                 queue;
    size_t                      bytes;
} ngx_ap_set_changes_t;


void ngx_ap_set_changes_init(ngx_ap_set_changes_t *changes);

/* "payload" is copied.  NGX_ERROR: so many that a fill is cheaper */
ngx_int_t ngx_ap_set_changes_add(ngx_ap_set_changes_t *changes,
    ngx_str_t *payload, ngx_log_t *log);

/* the payload of the oldest, until that is dropped; NULL: nothing waits */
ngx_str_t *ngx_ap_set_changes_first(ngx_ap_set_changes_t *changes);
void ngx_ap_set_changes_drop(ngx_ap_set_changes_t *changes);

void ngx_ap_set_changes_clear(ngx_ap_set_changes_t *changes);


#endif
