
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_deliver.h"
#include "ngx_ap_fanout.h"
#include "ngx_ap_jobs.h"
#include "ngx_ap_review.h"
#include "ngx_ap_str.h"
#include "ngx_ap_work.h"


/* how often a worker compares the zone's counters, milliseconds */
#define NGX_AP_WORK_TICK  100

/* in how many of these it looks without having been woken */
#define NGX_AP_WORK_POLL  50


/* "ident" after three pointers: this is the data of a timer */

struct ngx_ap_work_s {
    ngx_ap_worker_t            *worker;
    ngx_ap_fanout_t            *fanout;
    ngx_ap_deliver_t           *deliver;
    ngx_int_t                   ident;
    ngx_ap_jobs_t              *jobs;
    ngx_ap_review_t            *review;

    ngx_event_t                 tick;       /* cancelable */
    ngx_uint_t                  ticks;
    ngx_uint_t                  seen[NGX_AP_WORKS];
};


static void ngx_ap_work_tick(ngx_event_t *ev);
static void ngx_ap_work_look(ngx_ap_work_t *work, ngx_ap_work_e kind);


static const char *const  ngx_ap_work_names[NGX_AP_WORKS] = {
    "fanout", "delivery", "job", "review"
};


ngx_ap_work_t *
ngx_ap_work_create(ngx_ap_worker_t *worker)
{
    ngx_ap_work_t  *work;

    work = ngx_calloc(sizeof(ngx_ap_work_t), worker->log);
    if (work == NULL) {
        return NULL;
    }

    work->worker = worker;
    work->ident = -1;

    work->tick.handler = ngx_ap_work_tick;
    work->tick.data = work;
    work->tick.log = worker->log;
    work->tick.cancelable = 1;

    work->fanout = ngx_ap_fanout_create(worker);
    work->deliver = ngx_ap_deliver_create(worker);
    work->jobs = ngx_ap_jobs_create(worker);
    work->review = ngx_ap_review_create(worker);

    if (work->fanout == NULL || work->deliver == NULL || work->jobs == NULL
        || work->review == NULL)
    {
        ngx_ap_work_destroy(work);
        return NULL;
    }

    ngx_add_timer(&work->tick, NGX_AP_WORK_TICK);

    return work;
}


void
ngx_ap_work_destroy(ngx_ap_work_t *work)
{
    if (work->tick.timer_set) {
        ngx_del_timer(&work->tick);
    }

    if (work->fanout) {
        ngx_ap_fanout_destroy(work->fanout);
    }

    if (work->deliver) {
        ngx_ap_deliver_destroy(work->deliver);
    }

    if (work->review) {
        ngx_ap_review_destroy(work->review);
    }

    ngx_ap_work_cancel(work);

    ngx_free(work);
}


void
ngx_ap_work_cancel(ngx_ap_work_t *work)
{
    if (work->jobs) {
        ngx_ap_jobs_destroy(work->jobs);
        work->jobs = NULL;
    }
}


void
ngx_ap_work_notified(ngx_ap_work_t *work, ngx_str_t *payload)
{
    ngx_uint_t  kind;

    for (kind = 0; kind < NGX_AP_WORKS; kind++) {

        if (ngx_ap_str_is(payload, ngx_ap_work_names[kind])) {
            ngx_ap_cache_wake(work->worker->conf->cache, kind);
            return;
        }
    }
}


void
ngx_ap_work_missed(ngx_ap_work_t *work)
{
    ngx_uint_t  kind;

    for (kind = 0; kind < NGX_AP_WORKS; kind++) {
        ngx_ap_cache_wake(work->worker->conf->cache, kind);
    }
}


static void
ngx_ap_work_tick(ngx_event_t *ev)
{
    ngx_ap_work_t *work = ev->data;

    ngx_uint_t  kind, woken, poll;

    if (ngx_exiting) {
        return;
    }

    /* what comes meanwhile waits until somebody can be asked about it */

    if (ngx_ap_store_ready(work->worker->store)) {
        poll = (++work->ticks % NGX_AP_WORK_POLL == 0);

        for (kind = 0; kind < NGX_AP_WORKS; kind++) {
            woken = ngx_ap_cache_woken(work->worker->conf->cache, kind);

            if (poll || woken != work->seen[kind]) {
                work->seen[kind] = woken;
                ngx_ap_work_look(work, kind);
            }
        }
    }

    ngx_add_timer(ev, NGX_AP_WORK_TICK);
}


static void
ngx_ap_work_look(ngx_ap_work_t *work, ngx_ap_work_e kind)
{
    switch (kind) {

    case NGX_AP_WORK_FANOUT:
        ngx_ap_fanout_look(work->fanout);
        break;

    case NGX_AP_WORK_DELIVERY:
        ngx_ap_deliver_look(work->deliver);
        break;

    case NGX_AP_WORK_JOB:
        ngx_ap_jobs_look(work->jobs);
        break;

    case NGX_AP_WORK_REVIEW:
        ngx_ap_review_look(work->review);
        break;

    default:
        break;
    }
}
