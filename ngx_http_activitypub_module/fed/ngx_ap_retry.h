
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Background work that failed is tried again after 1 s, 2 s, 4 s ... 60 s.
 * The timer is cancelable: it never keeps a worker that is told to exit.
 */

#ifndef NGX_AP_RETRY_H
#define NGX_AP_RETRY_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>


typedef struct {
    ngx_event_t                 event;
    ngx_msec_t                  delay;
} ngx_ap_retry_t;


/* "handler" is called with "data" in event->data */
void ngx_ap_retry_init(ngx_ap_retry_t *retry, ngx_event_handler_pt handler,
    void *data, ngx_log_t *log);

void ngx_ap_retry_later(ngx_ap_retry_t *retry);
ngx_uint_t ngx_ap_retry_pending(ngx_ap_retry_t *retry);

/* it worked: the next failure waits for the shortest time again */
void ngx_ap_retry_reset(ngx_ap_retry_t *retry);

void ngx_ap_retry_stop(ngx_ap_retry_t *retry);


#endif
