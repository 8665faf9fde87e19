
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Backoff of the work that nobody waits for.
 */

#include "ngx_ap_retry.h"


#define NGX_AP_RETRY_FIRST  1000
#define NGX_AP_RETRY_LAST   60000


void
ngx_ap_retry_init(ngx_ap_retry_t *retry, ngx_event_handler_pt handler,
    void *data, ngx_log_t *log)
{
    ngx_memzero(&retry->event, sizeof(ngx_event_t));

    retry->event.handler = handler;
    retry->event.data = data;
    retry->event.log = log;
    retry->event.cancelable = 1;

    retry->delay = NGX_AP_RETRY_FIRST;
}


void
ngx_ap_retry_later(ngx_ap_retry_t *retry)
{
    if (retry->event.timer_set) {
        return;
    }

    ngx_add_timer(&retry->event, retry->delay);

    retry->delay = ngx_min(retry->delay * 2, NGX_AP_RETRY_LAST);
}


ngx_uint_t
ngx_ap_retry_pending(ngx_ap_retry_t *retry)
{
    return retry->event.timer_set;
}


void
ngx_ap_retry_reset(ngx_ap_retry_t *retry)
{
    ngx_ap_retry_stop(retry);

    retry->delay = NGX_AP_RETRY_FIRST;
}


void
ngx_ap_retry_stop(ngx_ap_retry_t *retry)
{
    if (retry->event.timer_set) {
        ngx_del_timer(&retry->event);
    }
}
