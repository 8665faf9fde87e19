
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     look -> claimed -> start -> (fetch | post) -> end -> told -> look
 *
 * A job lives in a pool of its own.  What a worker that exits has begun it
 * finishes, as far as nginx lets it.
 */

#include "ngx_ap_delivery.h"
#include "ngx_ap_fetch.h"
#include "ngx_ap_job_result.h"
#include "ngx_ap_jobs.h"
#include "ngx_ap_str.h"
#include "ngx_ap_store_jobs.h"


/* under way or not told, in one worker */
#define NGX_AP_JOBS_MOST  4

/* how often a worker looks whether it may exit, milliseconds */
#define NGX_AP_JOBS_KEEP  500

/* of an activity that names its actor three times, a URL of 2048 bytes */
#define NGX_AP_JOBS_TEXT  8192


typedef struct {
    ngx_queue_t                 queue;
    ngx_ap_jobs_t              *jobs;
    ngx_pool_t                 *pool;
    ngx_ap_origin_t            *origin;
    int64_t                     id;
    ngx_msec_t                  started;

    ngx_ap_fetch_t             *fetch;      /* one of these */
    ngx_ap_delivery_t          *post;
} ngx_ap_job_t;


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
static ngx_int_t ngx_ap_job_do(ngx_ap_job_t *job,
    const ngx_ap_store_job_t *claimed);
static ngx_int_t ngx_ap_job_fetch(ngx_ap_job_t *job, const ngx_str_t *args);
static ngx_int_t ngx_ap_job_fetch_url(ngx_ap_job_t *job, fedi_str_t text,
    ngx_uint_t flags);
static void ngx_ap_job_fetched(void *data,
    const ngx_ap_fetch_result_t *result);
static ngx_int_t ngx_ap_job_post(ngx_ap_job_t *job);
static ngx_int_t ngx_ap_job_join(ngx_ap_job_t *job, ngx_str_t *to,
    const char *format, ...);
static void ngx_ap_job_posted(void *data, ngx_ap_delivery_t *delivery);
static void ngx_ap_job_end(ngx_ap_job_t *job, json_t *result);
static void ngx_ap_jobs_told(void *data, ngx_int_t rc);
static void ngx_ap_job_free(ngx_ap_job_t *job);
static void ngx_ap_jobs_keep(ngx_event_t *ev);
static void *ngx_ap_jobs_alloc(void *data, size_t size);


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

        ngx_ap_job_free(ngx_queue_data(q, ngx_ap_job_t, queue));
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


/* without memory it is left to its lease */

static void
ngx_ap_jobs_start(ngx_ap_jobs_t *jobs, const ngx_ap_store_job_t *claimed)
{
    ngx_pool_t    *pool;
    ngx_ap_job_t  *job;

    pool = ngx_create_pool(4096, jobs->worker->log);
    if (pool == NULL) {
        return;
    }

    job = ngx_pcalloc(pool, sizeof(ngx_ap_job_t));
    if (job == NULL) {
        ngx_destroy_pool(pool);
        return;
    }

    job->jobs = jobs;
    job->pool = pool;
    job->id = claimed->id;
    job->started = ngx_current_msec;
    job->origin = ngx_ap_jobs_origin(jobs, &claimed->origin);

    ngx_queue_insert_tail(&jobs->queue, &job->queue);
    jobs->n++;

    if (!jobs->keep.timer_set) {
        ngx_add_timer(&jobs->keep, NGX_AP_JOBS_KEEP);
    }

    ngx_log_debug2(NGX_LOG_DEBUG_EVENT, jobs->worker->log, 0,
                   "activitypub: job %L: %V", job->id, &claimed->kind);

    if (ngx_ap_job_do(job, claimed) != NGX_OK) {
        jobs->n--;
        ngx_ap_job_free(job);
    }
}


/* NGX_ERROR: no memory.  Else it goes on, or has ended already. */

static ngx_int_t
ngx_ap_job_do(ngx_ap_job_t *job, const ngx_ap_store_job_t *claimed)
{
    if (job->origin == NULL) {
        return NGX_ERROR;
    }

    if (ngx_ap_str_is(&claimed->kind, "fetch")) {
        return ngx_ap_job_fetch(job, &claimed->args);
    }

    return ngx_ap_job_post(job);
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


static ngx_int_t
ngx_ap_job_fetch(ngx_ap_job_t *job, const ngx_str_t *args)
{
    json_t      *json;
    ngx_int_t    rc;
    ngx_uint_t   flags;
    fedi_str_t   url;
    const char  *text, *as;

    json = json_loadb((const char *) args->data, args->len, 0, NULL);

    text = json_string_value(json_object_get(json, "url"));
    as = json_string_value(json_object_get(json, "as"));

    flags = NGX_AP_FETCH_OWN;

    if (as != NULL && ngx_strcmp(as, "jrd") == 0) {
        flags |= NGX_AP_FETCH_JRD;
    }

    if (text == NULL) {
        ngx_ap_job_end(job, ngx_ap_job_result_error(fedi_null_str,
                                                    "there is no url"));
        rc = NGX_OK;

    } else {
        url.data = text;
        url.len = ngx_strlen(text);

        rc = ngx_ap_job_fetch_url(job, url, flags);
    }

    json_decref(json);

    return rc;
}


static ngx_int_t
ngx_ap_job_fetch_url(ngx_ap_job_t *job, fedi_str_t text, ngx_uint_t flags)
{
    fedi_id_t      id;
    fedi_err_e     err;
    fedi_arena_t   arena;

    arena.alloc = ngx_ap_jobs_alloc;
    arena.data = job->pool;

    err = fedi_id_parse_fragment(&arena, &job->jobs->worker->conf->rules,
                                 text, &id);

    if (err == FEDI_ENOMEM) {
        return NGX_ERROR;
    }

    if (err != FEDI_OK) {
        ngx_ap_job_end(job, ngx_ap_job_result_error(text,
                                                    fedi_strerror(err)));
        return NGX_OK;
    }

    job->fetch = ngx_ap_fetch(job->jobs->worker, job->origin,
                              fedi_id_document(&id), flags,
                              ngx_ap_job_fetched, job);

    return job->fetch ? NGX_OK : NGX_ERROR;
}


static void
ngx_ap_job_fetched(void *data, const ngx_ap_fetch_result_t *result)
{
    ngx_ap_job_t *job = data;

    job->fetch = NULL;

    /* the worker must go: another one will do it */

    if (result->ours && ngx_exiting) {
        job->jobs->n--;
        ngx_ap_job_free(job);
        return;
    }

    ngx_ap_job_end(job, ngx_ap_job_result_fetch(result, ngx_current_msec
                                                        - job->started));
}


/*
 * The instance actor tells its own shared inbox that it has looked at itself:
 * a signed POST like any other, over the same ways, and without effect.
 */

static ngx_int_t
ngx_ap_job_post(ngx_ap_job_t *job)
{
    ngx_str_t                *actor;
    ngx_ap_store_delivery_t   post;

    ngx_memzero(&post, sizeof(ngx_ap_store_delivery_t));

    actor = &job->origin->instance.uri;

    post.id = job->id;
    post.actor = *actor;

    if (ngx_ap_job_join(job, &post.key_id, "%V#main-key", actor) != NGX_OK
        || ngx_ap_job_join(job, &post.inbox, "%V%Vinbox", &job->origin->url,
                           &job->origin->prefix)
           != NGX_OK
        || ngx_ap_job_join(job, &post.body,
               "{\"@context\":\"https://www.w3.org/ns/activitystreams\","
               "\"id\":\"%V#check-%L-%T\",\"type\":\"View\","
               "\"actor\":\"%V\",\"object\":\"%V\"}",
               actor, job->id, ngx_time(), actor, actor)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    job->post = ngx_ap_delivery_create(job->jobs->worker, &post,
                                       ngx_ap_job_posted, job);
    if (job->post == NULL) {
        return NGX_ERROR;
    }

    job->post->own = 1;

    ngx_ap_delivery_start(job->post);

    return NGX_OK;
}


static ngx_int_t
ngx_ap_job_join(ngx_ap_job_t *job, ngx_str_t *to, const char *format, ...)
{
    u_char   *last;
    va_list   args;

    to->data = ngx_pnalloc(job->pool, NGX_AP_JOBS_TEXT);
    if (to->data == NULL) {
        return NGX_ERROR;
    }

    va_start(args, format);
    last = ngx_vslprintf(to->data, to->data + NGX_AP_JOBS_TEXT, format, args);
    va_end(args);

    to->len = last - to->data;

    return NGX_OK;
}


static void
ngx_ap_job_posted(void *data, ngx_ap_delivery_t *delivery)
{
    ngx_ap_job_t *job = data;

    ngx_ap_job_end(job, ngx_ap_job_result_post(delivery, ngx_current_msec
                                                         - job->started));
}


/*
 * The database may be away: then the lease ends, and it is done once more,
 * for nobody is harmed by that.
 */

static void
ngx_ap_job_end(ngx_ap_job_t *job, json_t *result)
{
    char           *dumped;
    ngx_str_t       text;
    ngx_ap_jobs_t  *jobs;

    jobs = job->jobs;

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

    ngx_ap_job_free(job);
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


static void
ngx_ap_job_free(ngx_ap_job_t *job)
{
    ngx_queue_remove(&job->queue);

    if (job->fetch) {
        ngx_ap_fetch_cancel(job->fetch);
    }

    if (job->post) {
        ngx_ap_delivery_destroy(job->post);
    }

    ngx_destroy_pool(job->pool);
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


static void *
ngx_ap_jobs_alloc(void *data, size_t size)
{
    return ngx_palloc(data, size);
}
