
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     read -> run -> (thread) work -> worked -> answer -> run the next
 *
 * A job belongs to no pool, and has the file under a descriptor of its own: a
 * thread may outlive the request.
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <jansson.h>
#include <openssl/crypto.h>

#include "ngx_ap_reader.h"


/* how often it is looked whether somebody still waits, milliseconds */
#define NGX_AP_READER_KEEP  60000

/* bytes of bodies that are read, or wait for whatever makes them wait */
#define NGX_AP_READER_MOST  (64 * 1024 * 1024)


typedef enum {
    NGX_AP_READER_READY = 0,
    NGX_AP_READER_BUSY,         /* in a thread */
    NGX_AP_READER_FAILED,       /* about to be answered */
    NGX_AP_READER_DONE
} ngx_ap_reader_state_e;


struct ngx_ap_reader_job_s {
    ngx_queue_t                 queue;
    ngx_ap_reader_t            *reader;
    ngx_ap_reader_state_e       state;
    ngx_ap_read_pt              handler;    /* NULL: released */
    void                       *data;
    ngx_thread_task_t           task;
    ngx_event_t                 failed;     /* posted */

    const fedi_digest_t        *digest;     /* "said", or NULL */
    fedi_digest_t               said;
    ngx_fd_t                    fd;         /* or NGX_INVALID_FILE */
    off_t                       from;       /* in the file ... */
    size_t                      rest;       /* ... so much behind memory's */

    ngx_int_t                   rc;
    fedi_heap_t                 heap;
    fedi_reading_t              reading;
    fedi_str_t                  body;
    u_char                     *bytes;      /* of the body */

    unsigned                    awaited:1;  /* counted as such */
};


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


static ngx_int_t ngx_ap_reader_take(ngx_ap_reader_job_t *job,
    ngx_chain_t *body);
static ngx_int_t ngx_ap_reader_take_file(ngx_ap_reader_job_t *job,
    ngx_buf_t *b);
static void ngx_ap_reader_await(ngx_ap_reader_job_t *job);
static void ngx_ap_reader_forget(ngx_ap_reader_job_t *job);
static void ngx_ap_reader_keep(ngx_event_t *ev);
static void ngx_ap_reader_run(ngx_ap_reader_t *reader);
static void ngx_ap_reader_work(void *data, ngx_log_t *log);
static ngx_int_t ngx_ap_reader_file(ngx_ap_reader_job_t *job);
static void ngx_ap_reader_worked(ngx_event_t *ev);
static void ngx_ap_reader_failed(ngx_event_t *ev);
static void ngx_ap_reader_answer(ngx_ap_reader_job_t *job);
static void ngx_ap_reader_free(ngx_ap_reader_job_t *job);


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
    return len <= NGX_AP_READER_MOST - reader->bytes;
}


ngx_ap_reader_job_t *
ngx_ap_reader_read(ngx_ap_reader_t *reader, ngx_chain_t *body,
    const fedi_digest_t *digest, ngx_ap_read_pt handler, void *data)
{
    ngx_ap_reader_job_t  *job;

    job = ngx_calloc(sizeof(ngx_ap_reader_job_t), reader->worker->log);
    if (job == NULL) {
        return NULL;
    }

    job->reader = reader;
    job->handler = handler;
    job->data = data;
    job->fd = NGX_INVALID_FILE;

    fedi_heap_init(&job->heap);

    if (digest) {
        job->said = *digest;
        job->digest = &job->said;
    }

    ngx_queue_insert_tail(&reader->ready, &job->queue);

    if (ngx_ap_reader_take(job, body) != NGX_OK) {
        ngx_ap_reader_free(job);
        return NULL;
    }

    ngx_ap_reader_await(job);
    ngx_ap_reader_run(reader);

    return job;
}


void
ngx_ap_reader_release(ngx_ap_reader_job_t *job)
{
    if (job->state == NGX_AP_READER_BUSY) {
        job->handler = NULL;
        ngx_ap_reader_forget(job);
        return;
    }

    ngx_ap_reader_free(job);
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


/* what is in memory may be gone soon, what is in a file is read in a thread */

static ngx_int_t
ngx_ap_reader_take(ngx_ap_reader_job_t *job, ngx_chain_t *body)
{
    u_char       *p;
    size_t        len;
    ngx_chain_t  *cl;

    len = 0;

    for (cl = body; cl; cl = cl->next) {
        len += ngx_buf_size(cl->buf);
    }

    job->bytes = ngx_alloc(len + 1, job->reader->worker->log);
    if (job->bytes == NULL) {
        return NGX_ERROR;
    }

    job->body.data = (const char *) job->bytes;
    job->body.len = len;
    job->reader->bytes += len;

    p = job->bytes;

    for (cl = body; cl; cl = cl->next) {

        if (cl->buf->in_file) {
            return cl->next ? NGX_ERROR
                            : ngx_ap_reader_take_file(job, cl->buf);
        }

        p = ngx_cpymem(p, cl->buf->pos, cl->buf->last - cl->buf->pos);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ap_reader_take_file(ngx_ap_reader_job_t *job, ngx_buf_t *b)
{
    job->fd = dup(b->file->fd);

    if (job->fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_ALERT, job->reader->worker->log, ngx_errno,
                      "dup() of the body \"%V\" failed", &b->file->name);
        return NGX_ERROR;
    }

    job->from = b->file_pos;
    job->rest = (size_t) ngx_buf_size(b);

    return NGX_OK;
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


/* in a thread, which has the job for itself but for "handler" and "queue" */

static void
ngx_ap_reader_work(void *data, ngx_log_t *log)
{
    ngx_ap_reader_job_t *job = data;

    job->rc = ngx_ap_reader_file(job);

    if (job->rc == NGX_OK) {
        fedi_reading_take(&job->heap.arena, &job->reader->worker->conf->rules,
                          job->digest, job->body, &job->reading);
    }

    /* what OpenSSL keeps for a thread would outlive it */

    OPENSSL_thread_stop();
}


static ngx_int_t
ngx_ap_reader_file(ngx_ap_reader_job_t *job)
{
    u_char   *p;
    ssize_t   n;

    p = job->bytes + job->body.len - job->rest;

    while (job->rest) {
        n = pread(job->fd, p, job->rest, job->from);

        if (n == -1 && ngx_errno == NGX_EINTR) {
            continue;
        }

        if (n <= 0) {
            return NGX_ERROR;
        }

        p += n;
        job->from += n;
        job->rest -= n;
    }

    return NGX_OK;
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
    if (job->handler == NULL) {
        ngx_ap_reader_free(job);
        return;
    }

    if (job->rc != NGX_OK) {
        ngx_log_error(NGX_LOG_ALERT, job->reader->worker->log, 0,
                      "a body of %uz bytes cannot be read", job->body.len);
    }

    ngx_ap_reader_forget(job);

    job->handler(job->data, job->rc, job->body, &job->reading);
}


static void
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

    if (job->bytes) {
        job->reader->bytes -= job->body.len;
        ngx_free(job->bytes);
    }

    ngx_free(job);
}
