
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Every host has failed: when the next round over them begins.  The pause
 * grows from round to round, ends sooner for somebody who asks, and lasts for
 * ever when nobody does and nobody has to be notified.
 */

#include "ngx_ap_pg_internal.h"


/* between two rounds over the hosts; a lazy one tries for its queries only */
#define NGX_AP_PG_BACKOFF_MIN   100
#define NGX_AP_PG_BACKOFF_MAX   5000
#define NGX_AP_PG_BACKOFF_LAZY  500

/* but no longer than this while somebody waits */
#define NGX_AP_PG_BACKOFF_ASKED  1000


static void ngx_ap_pg_pause_handler(ngx_event_t *ev);


void
ngx_ap_pg_pause(ngx_ap_pg_t *pg)
{
    ngx_msec_t  max, msec;

    pg->tried = 0;

    if (ngx_queue_empty(&pg->waiting) && (pg->options.lazy || ngx_exiting)) {
        pg->state = NGX_AP_PG_CLOSED;

        if (pg->timer.timer_set) {
            ngx_del_timer(&pg->timer);
        }

        return;
    }

    pg->state = NGX_AP_PG_PAUSED;
    pg->paused = ngx_current_msec;

    /* workers that lost a database together do not return together */

    msec = pg->backoff * 3 / 4 + (ngx_msec_t) ngx_random() % (pg->backoff / 2);

    ngx_ap_pg_timer(pg, msec, ngx_ap_pg_pause_handler);

    max = pg->options.lazy ? NGX_AP_PG_BACKOFF_LAZY : NGX_AP_PG_BACKOFF_MAX;
    pg->backoff = ngx_min(pg->backoff * 2, max);
}


void
ngx_ap_pg_rested(ngx_ap_pg_t *pg)
{
    pg->backoff = NGX_AP_PG_BACKOFF_MIN;
}


void
ngx_ap_pg_wake(ngx_ap_pg_t *pg)
{
    if (pg->state == NGX_AP_PG_PAUSED) {
        ngx_ap_pg_timer(pg, 1, ngx_ap_pg_pause_handler);
    }
}


void
ngx_ap_pg_hurry(ngx_ap_pg_t *pg)
{
    ngx_msec_t  passed, left;

    if (pg->state != NGX_AP_PG_PAUSED) {
        return;
    }

    passed = ngx_current_msec - pg->paused;
    left = (passed < NGX_AP_PG_BACKOFF_ASKED)
           ? NGX_AP_PG_BACKOFF_ASKED - passed : 1;

    if ((ngx_msec_int_t) (pg->timer.timer.key - ngx_current_msec - left) > 0) {
        ngx_ap_pg_timer(pg, left, ngx_ap_pg_pause_handler);
    }
}


static void
ngx_ap_pg_pause_handler(ngx_event_t *ev)
{
    ngx_ap_pg_t  *pg;

    pg = ev->data;

    if (ngx_queue_empty(&pg->waiting) && (pg->options.lazy || ngx_exiting)) {
        pg->state = NGX_AP_PG_CLOSED;
        return;
    }

    ngx_ap_pg_connect(pg);
}
