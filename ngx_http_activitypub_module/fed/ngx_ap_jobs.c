
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     look -> claimed -> start -> (job) -> ended -> told -> look
 *
 * What a worker that exits has begun it finishes, as far as nginx lets it.
 */

#include "ngx_ap_job.h"
#include "ngx_ap_jobs.h"
#include "ngx_ap_str.h"


/* under way or not told, in one worker */
#define NGX_AP_JOBS_MOST  4

/* how often a worker looks whether it may exit, milliseconds */
#define NGX_AP_JOBS_KEEP  500


/* "ident" after three words: this is the data of a timer */

struct ngx_ap_jobs_s {
    ngx_ap_worker_t            *worker;
    ngx_str_t                   origins;    /* text[]; malloc()ed */
    ngx_int_t                   ident;

    ngx_queue_t                 queue;
    ngx_uint_t                  n;          /* under way, or not told */
    ngx_event_t                 keep;       /* keeps the worker */

    unsigned                    claiming:1;
    unsigned                    again:1;    /* told while it was claiming */
};


static ngx_int_t ngx_ap_jobs_origins(ngx_ap_jobs_t *jobs);
static ngx_ap_origin_t *ngx_ap_jobs_origin(ngx_ap_jobs_t *jobs,
    const ngx_str_t *url);
static void ngx_ap_jobs_claimed(void *data, ngx_int_t rc,
    const ngx_ap_store_job_t *job);
static void ngx_ap_jobs_start(ngx_ap_jobs_t *jobs,
    const ngx_ap_store_job_t *claimed);
static void ngx_ap_jobs_ended(void *data, ngx_ap_job_t *job, json_t *result);
static void ngx_ap_jobs_told(void *data, ngx_int_t rc);
static void ngx_ap_jobs_keep(ngx_event_t *ev);


ngx_ap_jobs_t *
ngx_ap_jobs_create(ngx_ap_worker_t *worker)
{
    ngx_ap_jobs_t  *jobs;

    jobs = ngx_calloc(sizeof(ngx_ap_jobs_t), worker->log);
    if (jobs == NULL) {
        return NULL;
    }

    jobs->worker = worker;
    jobs->ident = -1;
    ngx_queue_init(&jobs->queue);

    jobs->keep.handler = ngx_ap_jobs_keep;
    jobs->keep.data = jobs;
    jobs->keep.log = worker->log;

    if (ngx_ap_jobs_origins(jobs) != NGX_OK) {
        ngx_free(jobs);
        return NULL;
    }

    return jobs;
}


/* an URL of an origin needs no escapes */

static ngx_int_t
ngx_ap_jobs_origins(ngx_ap_jobs_t *jobs)
{
    u_char            *p;
    size_t             len;
    ngx_uint_t         i, n;
    ngx_ap_origin_t  **origin;

    n = jobs->worker->conf->origins.nelts;
    origin = jobs->worker->conf->origins.elts;

    len = sizeof("{}");

    for (i = 0; i < n; i++) {
        len += origin[i]->url.len + sizeof(",\"\"");
    }

    p = ngx_alloc(len, jobs->worker->log);
    if (p == NULL) {
        return NGX_ERROR;
    }

    jobs->origins.data = p;

    *p++ = '{';

    for (i = 0; i < n; i++) {
        p = ngx_sprintf(p, "%s\"%V\"", i ? "," : "", &origin[i]->url);
    }

    *p++ = '}';

    jobs->origins.len = p - jobs->origins.data;

    return NGX_OK;
}


void
ngx_ap_jobs_destroy(ngx_ap_jobs_t *jobs)
{
    ngx_queue_t  *q, *next;

    if (jobs->keep.timer_set) {
        ngx_del_timer(&jobs->keep);
    }

    for (q = ngx_queue_head(&jobs->queue);
         q != ngx_queue_sentinel(&jobs->queue);
         q = next)
    {
        next = ngx_queue_next(q);

        ngx_ap_job_destroy(ngx_queue_data(q, ngx_ap_job_t, queue));
    }

    ngx_free(jobs->origins.data);
    ngx_free(jobs);
}


void
ngx_ap_jobs_look(ngx_ap_jobs_t *jobs)
{
    if (ngx_exiting) {
        return;
    }

    if (jobs->claiming) {
        jobs->again = 1;
        return;
    }

    /* when one is told, it looks again */

    if (jobs->n >= NGX_AP_JOBS_MOST) {
        return;
    }

    jobs->again = 0;

    if (ngx_ap_store_job_claim(jobs->worker->store, &jobs->origins,
                               ngx_ap_jobs_claimed, jobs)
        != NULL)
    {
        jobs->claiming = 1;
    }
}


static void
ngx_ap_jobs_claimed(void *data, ngx_int_t rc, const ngx_ap_store_job_t *job)
{
    ngx_ap_jobs_t *jobs = data;

    jobs->claiming = 0;

    if (rc == NGX_OK) {
        ngx_ap_jobs_start(jobs, job);
    }

    if (rc == NGX_OK || jobs->again) {
        ngx_ap_jobs_look(jobs);
    }
}


/* without memory, or of an origin that went away, it is left to its lease */

static void
ngx_ap_jobs_start(ngx_ap_jobs_t *jobs, const ngx_ap_store_job_t *claimed)
{
    ngx_ap_job_t     *job;
    ngx_ap_origin_t  *origin;

    origin = ngx_ap_jobs_origin(jobs, &claimed->origin);
    if (origin == NULL) {
        return;
    }

    job = ngx_ap_job_create(jobs->worker, origin, claimed->id,
                            ngx_ap_jobs_ended, jobs);
    if (job == NULL) {
        return;
    }

    ngx_queue_insert_tail(&jobs->queue, &job->queue);
    jobs->n++;

    if (!jobs->keep.timer_set) {
        ngx_add_timer(&jobs->keep, NGX_AP_JOBS_KEEP);
    }

    ngx_log_debug2(NGX_LOG_DEBUG_EVENT, jobs->worker->log, 0,
                   "activitypub: job %L: %V", job->id, &claimed->kind);

    ngx_ap_job_start(job, claimed);
}


static ngx_ap_origin_t *
ngx_ap_jobs_origin(ngx_ap_jobs_t *jobs, const ngx_str_t *url)
{
    ngx_uint_t         i;
    ngx_ap_origin_t  **origin;

    origin = jobs->worker->conf->origins.elts;

    for (i = 0; i < jobs->worker->conf->origins.nelts; i++) {
        if (ngx_ap_str_eq(&origin[i]->url, url)) {
            return origin[i];
        }
    }

    return NULL;
}


/*
 * The database may be away: then the lease ends, and it is done once more,
 * for nobody is harmed by that.
 */

static void
ngx_ap_jobs_ended(void *data, ngx_ap_job_t *job, json_t *result)
{
    ngx_ap_jobs_t *jobs = data;

    char       *dumped;
    ngx_str_t   text;

    dumped = (result != NULL) ? json_dumps(result, JSON_COMPACT) : NULL;

    json_decref(result);

    text.data = (u_char *) dumped;
    text.len = dumped ? ngx_strlen(dumped) : 0;

    if (dumped == NULL
        || ngx_ap_store_job_done(jobs->worker->store, job->id, &text,
                                 ngx_ap_jobs_told, jobs)
           == NULL)
    {
        jobs->n--;
    }

    ngx_free(dumped);

    ngx_queue_remove(&job->queue);
    ngx_ap_job_destroy(job);
}


static void
ngx_ap_jobs_told(void *data, ngx_int_t rc)
{
    ngx_ap_jobs_t *jobs = data;

    jobs->n--;

    if (rc == NGX_OK) {
        ngx_ap_jobs_look(jobs);
    }
}


/* nginx looks for timers alone to know whether a worker has work left */

static void
ngx_ap_jobs_keep(ngx_event_t *ev)
{
    ngx_ap_jobs_t *jobs = ev->data;

    if (jobs->n != 0) {
        ngx_add_timer(ev, NGX_AP_JOBS_KEEP);
    }
}
