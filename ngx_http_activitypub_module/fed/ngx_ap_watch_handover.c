
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How it passes from worker to worker who listens:
 *
 *     old: ... listening ........ told -> wait -> flush -> flushed -> leave
 *     new:     announce -> listening (claims) -> hold ........... -> let go
 *
 * The old worker stays until the new one has claimed, so that one of the two
 * hears every notification, and flushes: what was sent before the new one
 * listened has arrived and was applied when it leaves.  Documents are
 * dropped by both, which does no harm.  The complete sets have one writer: the
 * new worker holds its changes until the old one is gone.
 */

#include "ngx_ap_watch_internal.h"


/* how often a worker looks what became of its heir or predecessor */
#define NGX_AP_WATCH_LOOK     20

/* how long a worker that is told to exit waits for its heir */
#define NGX_AP_WATCH_HEIR     5000

/* ... that has not announced itself yet, but must be on its way */
#define NGX_AP_WATCH_UNBORN   1000

/* ... and then for the flush and its last changes */
#define NGX_AP_WATCH_FLUSH    2000

/* longer than both, for the heir: the other has left for certain */
#define NGX_AP_WATCH_HOLD     10000


static void ngx_ap_watch_flushed(void *data);


void
ngx_ap_watch_follow(ngx_ap_watch_t *watch, ngx_pid_t predecessor)
{
    watch->predecessor = predecessor;
    watch->until = ngx_current_msec + NGX_AP_WATCH_HOLD;

    ngx_ap_sets_hold(&watch->sets, 1);
    ngx_add_timer(&watch->hold, NGX_AP_WATCH_LOOK);
}


void
ngx_ap_watch_hold(ngx_event_t *ev)
{
    ngx_ap_watch_t *watch = ev->data;

    ngx_uint_t  alive, left;

    /* in this order: it may leave and end in between */

    alive = ngx_ap_watch_alive(watch->predecessor);
    left = ngx_ap_cache_listener_left(watch->cache, watch->predecessor);

    if (!left && alive
        && (ngx_msec_int_t) (watch->until - ngx_current_msec) > 0)
    {
        ngx_add_timer(ev, NGX_AP_WATCH_LOOK);
        return;
    }

    /* who was killed, or hangs, may have heard what it did not do */

    if (!left) {
        ngx_ap_cache_drop_all(watch->cache);
        ngx_ap_sets_doubt(&watch->sets);
    }

    ngx_ap_sets_hold(&watch->sets, 0);
}


void
ngx_ap_watch_told(void *data)
{
    ngx_ap_watch_t *watch = data;

    ngx_ap_watch_stop_timer(&watch->deaf);

    if (!watch->listening) {
        ngx_ap_cache_listener_release(watch->cache);
        return;
    }

    /* without an heir nginx stops, and nobody needs what is heard */

    if (ngx_ap_cache_listener(watch->cache) == ngx_pid
        && ngx_ap_cache_cycle(watch->cache) == watch->cycle
        && ngx_ap_cache_listener_heir(watch->cache) == 0)
    {
        ngx_ap_watch_leave(watch);
        return;
    }

    watch->leaving = 1;
    watch->until = ngx_current_msec + NGX_AP_WATCH_UNBORN;

    ngx_ap_sets_leave(&watch->sets);
    ngx_ap_watch_wait(&watch->leave);
}


void
ngx_ap_watch_wait(ngx_event_t *ev)
{
    ngx_ap_watch_t *watch = ev->data;

    if (!watch->heir && ngx_ap_cache_listener_heir(watch->cache) != 0) {
        watch->heir = 1;
        watch->until = ngx_current_msec + NGX_AP_WATCH_HEIR;
    }

    if (!watch->claimed
        && ngx_ap_cache_listener(watch->cache) != ngx_pid)
    {
        watch->claimed = 1;
        watch->until = ngx_current_msec + NGX_AP_WATCH_FLUSH;

        ngx_ap_store_listen_flush(watch->worker->store, ngx_ap_watch_flushed,
                                  watch);
    }

    if ((watch->flushed && ngx_ap_sets_idle(&watch->sets))
        || (ngx_msec_int_t) (watch->until - ngx_current_msec) <= 0)
    {
        ngx_ap_watch_leave(watch);
        return;
    }

    ngx_add_timer(ev, NGX_AP_WATCH_LOOK);
}


static void
ngx_ap_watch_flushed(void *data)
{
    ngx_ap_watch_t *watch = data;

    watch->flushed = 1;
}


void
ngx_ap_watch_leave(ngx_ap_watch_t *watch)
{
    ngx_ap_watch_stop_timer(&watch->hold);
    ngx_ap_watch_stop_timer(&watch->leave);
    ngx_ap_watch_stop_timer(&watch->beat);

    /* what this worker did not hear or do, its heir must make good */

    if (watch->leaving && !watch->flushed) {
        ngx_ap_cache_drop_all(watch->cache);
        ngx_ap_sets_fill(&watch->sets);

    } else if (watch->leaving && !ngx_ap_sets_idle(&watch->sets)) {
        ngx_ap_sets_fill(&watch->sets);
    }

    ngx_ap_sets_stop(&watch->sets);
    ngx_ap_cache_listener_leave(watch->cache);
    ngx_ap_store_listen_end(watch->worker->store);

    watch->leaving = 0;
    watch->left = 1;
}
