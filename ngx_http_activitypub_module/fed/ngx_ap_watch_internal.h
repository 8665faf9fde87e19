
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the worker that listens knows, and how another one takes its place.
 */

#ifndef NGX_AP_WATCH_INTERNAL_H
#define NGX_AP_WATCH_INTERNAL_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ngx_ap_sets.h"
#include "ngx_ap_shutdown.h"
#include "ngx_ap_watch.h"


struct ngx_ap_watch_s {
    ngx_ap_worker_t            *worker;
    ngx_ap_cache_t             *cache;
    ngx_ap_sets_t               sets;
    ngx_ap_shutdown_t          *shutdown;

    ngx_event_t                 deaf;       /* while nobody listens */
    ngx_event_t                 hold;       /* while the predecessor lives */
    ngx_event_t                 leave;      /* keeps the worker */
    ngx_event_t                 beat;       /* while it listens */

    ngx_uint_t                  cycle;      /* of the zone, at our start */
    ngx_pid_t                   predecessor;
    ngx_msec_t                  until;      /* end of hold, or of leave */
    time_t                      foreign;    /* when one was said last */

    unsigned                    listening:1;
    unsigned                    leaving:1;
    unsigned                    heir:1;     /* was seen */
    unsigned                    claimed:1;  /* by the heir */
    unsigned                    flushed:1;
    unsigned                    left:1;
};


/* the sets are left alone until the worker that listened before is gone */
void ngx_ap_watch_follow(ngx_ap_watch_t *watch, ngx_pid_t predecessor);

/* the timer that looks for its end */
void ngx_ap_watch_hold(ngx_event_t *ev);

/* the worker is to exit */
void ngx_ap_watch_told(void *data);

/* the timer that looks for the heir */
void ngx_ap_watch_wait(ngx_event_t *ev);

/* nothing is heard from here on */
void ngx_ap_watch_leave(ngx_ap_watch_t *watch);

void ngx_ap_watch_stop_timer(ngx_event_t *ev);
ngx_uint_t ngx_ap_watch_alive(ngx_pid_t pid);


#endif
