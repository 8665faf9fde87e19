
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     job -> run -> (thread) work -> worked -> answer -> run the next
 *
 * A job belongs to no pool, and what it reads is its own: a thread may outlive
 * who asked for its work.
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <jansson.h>
#include <openssl/crypto.h>

#include "ngx_ap_reader_internal.h"


/* how often it is looked whether somebody still waits, milliseconds */
#define NGX_AP_READER_KEEP  60000

/* bytes of bodies that are read, or wait for whatever makes them wait */
#define NGX_AP_READER_MOST  (64 * 1024 * 1024)


/* "ident" after three words: this is the data of a timer */

struct ngx_ap_reader_s {
    ngx_ap_worker_t            *worker;
    ngx_uint_t                  nbusy;
    ngx_uint_t                  nawaited;
    ngx_int_t                   ident;

    size_t                      bytes;      /* of all jobs */
    ngx_queue_t                 ready;      /* jobs in turn */
    ngx_queue_t                 others;     /* those in all other states */
    ngx_event_t                 keep;       /* keeps the worker */
};


static void ngx_ap_reader_await(ngx_ap_reader_job_t *job);
static void ngx_ap_reader_forget(ngx_ap_reader_job_t *job);
static void ngx_ap_reader_keep(ngx_event_t *ev);
static void ngx_ap_reader_run(ngx_ap_reader_t *reader);
static void ngx_ap_reader_work(void *data, ngx_log_t *log);
static void ngx_ap_reader_worked(ngx_event_t *ev);
static void ngx_ap_reader_failed(ngx_event_t *ev);
static void ngx_ap_reader_answer(ngx_ap_reader_job_t *job);


ngx_ap_reader_t *
ngx_ap_reader_create(ngx_ap_worker_t *worker)
{
    ngx_ap_reader_t  *reader;

    reader = ngx_calloc(sizeof(ngx_ap_reader_t), worker->log);
    if (reader == NULL) {
        return NULL;
    }

    reader->worker = worker;
    reader->ident = -1;
    ngx_queue_init(&reader->ready);
    ngx_queue_init(&reader->others);

    /* not cancelable: who waits is answered before the worker exits */

    reader->keep.handler = ngx_ap_reader_keep;
    reader->keep.data = reader;
    reader->keep.log = worker->log;

    /* jansson's own, before there are threads */

    json_object_seed(0);

    return reader;
}


void
ngx_ap_reader_destroy(ngx_ap_reader_t *reader)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&reader->ready)) {
        q = ngx_queue_head(&reader->ready);
        ngx_ap_reader_free(ngx_queue_data(q, ngx_ap_reader_job_t, queue));
    }

    while (!ngx_queue_empty(&reader->others)) {
        q = ngx_queue_head(&reader->others);
        ngx_ap_reader_free(ngx_queue_data(q, ngx_ap_reader_job_t, queue));
    }

    ngx_free(reader);
}


ngx_uint_t
ngx_ap_reader_has_room(ngx_ap_reader_t *reader, size_t len)
{
    return reader->bytes <= NGX_AP_READER_MOST
           && len <= NGX_AP_READER_MOST - reader->bytes;
}


ngx_ap_reader_job_t *
ngx_ap_reader_job(ngx_ap_reader_t *reader, size_t len)
{
    ngx_ap_reader_job_t  *job;

    job = ngx_calloc(sizeof(ngx_ap_reader_job_t), reader->worker->log);
    if (job == NULL) {
        return NULL;
    }

    job->bytes = ngx_alloc(len + 1, reader->worker->log);
    if (job->bytes == NULL) {
        ngx_free(job);
        return NULL;
    }

    job->body.data = (const char *) job->bytes;
    job->body.len = len;
    reader->bytes += len;

    job->reader = reader;
    job->rules = &reader->worker->conf->rules;
    job->fd = NGX_INVALID_FILE;

    fedi_heap_init(&job->heap);

    ngx_queue_insert_tail(&reader->ready, &job->queue);

    return job;
}


void
ngx_ap_reader_release(ngx_ap_reader_job_t *job)
{
    if (job->state == NGX_AP_READER_BUSY) {
        job->released = 1;
        ngx_ap_reader_forget(job);
        return;
    }

    ngx_ap_reader_free(job);
}


void
ngx_ap_reader_begin(ngx_ap_reader_job_t *job)
{
    ngx_ap_reader_await(job);
    ngx_ap_reader_run(job->reader);
}


/*
 * nginx looks for timers alone to know whether a worker has work left, and a
 * request whose body has been read has none.
 */

static void
ngx_ap_reader_await(ngx_ap_reader_job_t *job)
{
    ngx_ap_reader_t  *reader;

    reader = job->reader;

    job->awaited = 1;
    reader->nawaited++;

    if (!reader->keep.timer_set) {
        ngx_add_timer(&reader->keep, NGX_AP_READER_KEEP);
    }
}


static void
ngx_ap_reader_forget(ngx_ap_reader_job_t *job)
{
    ngx_ap_reader_t  *reader;

    reader = job->reader;

    reader->nawaited -= job->awaited;
    job->awaited = 0;

    if (reader->nawaited == 0 && reader->keep.timer_set) {
        ngx_del_timer(&reader->keep);
    }
}


static void
ngx_ap_reader_keep(ngx_event_t *ev)
{
    ngx_add_timer(ev, NGX_AP_READER_KEEP);
}


static void
ngx_ap_reader_run(ngx_ap_reader_t *reader)
{
    ngx_queue_t          *q;
    ngx_ap_reader_job_t  *job;

    while (!ngx_queue_empty(&reader->ready)
           && reader->nbusy < (ngx_uint_t) ngx_max(ngx_ncpu, 1))
    {
        q = ngx_queue_head(&reader->ready);
        ngx_queue_remove(q);
        ngx_queue_insert_tail(&reader->others, q);

        job = ngx_queue_data(q, ngx_ap_reader_job_t, queue);

        job->task.ctx = job;
        job->task.handler = ngx_ap_reader_work;
        job->task.event.handler = ngx_ap_reader_worked;
        job->task.event.data = job;
        job->task.event.log = reader->worker->log;

        if (ngx_thread_task_post(reader->worker->conf->thread_pool,
                                 &job->task)
            != NGX_OK)
        {
            job->state = NGX_AP_READER_FAILED;
            job->rc = NGX_ERROR;

            job->failed.handler = ngx_ap_reader_failed;
            job->failed.data = job;
            job->failed.log = reader->worker->log;

            ngx_post_event(&job->failed, &ngx_posted_events);
            continue;
        }

        job->state = NGX_AP_READER_BUSY;
        reader->nbusy++;
    }
}


/* in a thread */

static void
ngx_ap_reader_work(void *data, ngx_log_t *log)
{
    ngx_ap_reader_job_t *job = data;

    job->rc = job->work(job);

    /* what OpenSSL keeps for a thread would outlive it */

    OPENSSL_thread_stop();
}


static void
ngx_ap_reader_worked(ngx_event_t *ev)
{
    ngx_ap_reader_job_t *job = ev->data;

    ngx_ap_reader_t  *reader;

    reader = job->reader;
    reader->nbusy--;

    job->state = NGX_AP_READER_DONE;

    ngx_ap_reader_run(reader);
    ngx_ap_reader_answer(job);
}


static void
ngx_ap_reader_failed(ngx_event_t *ev)
{
    ngx_ap_reader_job_t *job = ev->data;

    job->state = NGX_AP_READER_DONE;

    ngx_ap_reader_answer(job);
}


/* the handler may release the job */

static void
ngx_ap_reader_answer(ngx_ap_reader_job_t *job)
{
    if (job->released) {
        ngx_ap_reader_free(job);
        return;
    }

    if (job->rc != NGX_OK) {
        ngx_log_error(NGX_LOG_ALERT, job->reader->worker->log, 0,
                      "a body of %uz bytes cannot be read", job->body.len);
    }

    ngx_ap_reader_forget(job);

    job->answer(job);
}


void
ngx_ap_reader_free(ngx_ap_reader_job_t *job)
{
    ngx_queue_remove(&job->queue);
    ngx_ap_reader_forget(job);

    if (job->failed.posted) {
        ngx_delete_posted_event(&job->failed);
    }

    if (job->fd != NGX_INVALID_FILE) {
        (void) close(job->fd);
    }

    fedi_heap_free(&job->heap);

    job->reader->bytes -= job->body.len;

    ngx_free(job->bytes);
    ngx_free(job);
}
