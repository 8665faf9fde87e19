
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_set_changes.h"


/* bytes of changes that wait; beyond, a fill is cheaper */
#define NGX_AP_SET_WAITING  (256 * 1024)


typedef struct {
    ngx_queue_t                 queue;
    ngx_str_t                   payload;    /* its bytes follow */
} ngx_ap_set_change_t;


static ngx_ap_set_change_t *ngx_ap_set_changes_oldest(
    ngx_ap_set_changes_t *changes);


void
ngx_ap_set_changes_init(ngx_ap_set_changes_t *changes)
{
    ngx_queue_init(&changes->queue);
    changes->bytes = 0;
}


ngx_int_t
ngx_ap_set_changes_add(ngx_ap_set_changes_t *changes, ngx_str_t *payload,
    ngx_log_t *log)
{
    ngx_ap_set_change_t  *change;

    if (changes->bytes + payload->len > NGX_AP_SET_WAITING) {
        return NGX_ERROR;
    }

    change = ngx_alloc(sizeof(ngx_ap_set_change_t) + payload->len, log);
    if (change == NULL) {
        return NGX_ERROR;
    }

    change->payload.data = (u_char *) change + sizeof(ngx_ap_set_change_t);
    change->payload.len = payload->len;
    ngx_memcpy(change->payload.data, payload->data, payload->len);

    ngx_queue_insert_tail(&changes->queue, &change->queue);
    changes->bytes += payload->len;

    return NGX_OK;
}


ngx_str_t *
ngx_ap_set_changes_first(ngx_ap_set_changes_t *changes)
{
    return ngx_queue_empty(&changes->queue)
           ? NULL : &ngx_ap_set_changes_oldest(changes)->payload;
}


void
ngx_ap_set_changes_drop(ngx_ap_set_changes_t *changes)
{
    ngx_ap_set_change_t  *change;

    change = ngx_ap_set_changes_oldest(changes);
    changes->bytes -= change->payload.len;

    ngx_queue_remove(&change->queue);
    ngx_free(change);
}


void
ngx_ap_set_changes_clear(ngx_ap_set_changes_t *changes)
{
    while (!ngx_queue_empty(&changes->queue)) {
        ngx_ap_set_changes_drop(changes);
    }
}


static ngx_ap_set_change_t *
ngx_ap_set_changes_oldest(ngx_ap_set_changes_t *changes)
{
    return ngx_queue_data(ngx_queue_head(&changes->queue),
                          ngx_ap_set_change_t, queue);
}
