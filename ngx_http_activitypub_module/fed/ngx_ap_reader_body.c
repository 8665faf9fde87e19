
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The body of a request, in memory or in a file, which the job has under a
 * descriptor of its own.
 */

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_reader_internal.h"


static ngx_int_t ngx_ap_reader_body_take_file(ngx_ap_reader_job_t *job,
    ngx_buf_t *b);
static ngx_int_t ngx_ap_reader_body_work(ngx_ap_reader_job_t *job);
static ngx_int_t ngx_ap_reader_body_file(ngx_ap_reader_job_t *job);
static void ngx_ap_reader_body_answer(ngx_ap_reader_job_t *job);


ngx_ap_reader_job_t *
ngx_ap_reader_read(ngx_ap_reader_t *reader, ngx_chain_t *body,
    const fedi_digest_t *digest, ngx_ap_read_pt handler, void *data)
{
    size_t                len;
    ngx_chain_t          *cl;
    ngx_ap_reader_job_t  *job;

    len = 0;

    for (cl = body; cl; cl = cl->next) {
        len += ngx_buf_size(cl->buf);
    }

    job = ngx_ap_reader_job(reader, len);
    if (job == NULL) {
        return NULL;
    }

    job->work = ngx_ap_reader_body_work;
    job->answer = ngx_ap_reader_body_answer;
    job->handler = handler;
    job->data = data;

    if (digest) {
        job->said = *digest;
        job->digest = &job->said;
    }

    if (ngx_ap_reader_body_take(job, body) != NGX_OK) {
        ngx_ap_reader_free(job);
        return NULL;
    }

    ngx_ap_reader_begin(job);

    return job;
}


size_t
ngx_ap_reader_body_memory(ngx_chain_t *body)
{
    size_t        len;
    ngx_chain_t  *cl;

    len = 0;

    for (cl = body; cl; cl = cl->next) {
        if (!cl->buf->in_file) {
            len += cl->buf->last - cl->buf->pos;
        }
    }

    return len;
}


/* what is in memory may be gone soon, what is in a file is read in a thread */

ngx_int_t
ngx_ap_reader_body_take(ngx_ap_reader_job_t *job, ngx_chain_t *body)
{
    u_char       *p;
    ngx_chain_t  *cl;

    p = job->bytes;

    for (cl = body; cl; cl = cl->next) {

        if (cl->buf->in_file) {
            return cl->next ? NGX_ERROR
                            : ngx_ap_reader_body_take_file(job, cl->buf);
        }

        p = ngx_cpymem(p, cl->buf->pos, cl->buf->last - cl->buf->pos);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ap_reader_body_take_file(ngx_ap_reader_job_t *job, ngx_buf_t *b)
{
    job->fd = dup(b->file->fd);

    if (job->fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, ngx_errno,
                      "dup() of the body \"%V\" failed", &b->file->name);
        return NGX_ERROR;
    }

    job->from = b->file_pos;
    job->rest = ngx_buf_size(b);

    return NGX_OK;
}


static ngx_int_t
ngx_ap_reader_body_work(ngx_ap_reader_job_t *job)
{
    if (ngx_ap_reader_body_file(job) != NGX_OK) {
        return NGX_ERROR;
    }

    fedi_reading_take(&job->heap.arena, job->rules, job->digest, job->body,
                      &job->reading);

    return NGX_OK;
}


static ngx_int_t
ngx_ap_reader_body_file(ngx_ap_reader_job_t *job)
{
    u_char   *p;
    ssize_t   n;

    p = job->bytes + job->body.len - job->rest;

    while (job->rest) {
        n = ngx_ap_reader_body_piece(job, p, (size_t) job->rest);

        if (n <= 0) {
            return NGX_ERROR;
        }

        p += n;
    }

    return NGX_OK;
}


ssize_t
ngx_ap_reader_body_piece(ngx_ap_reader_job_t *job, u_char *p, size_t len)
{
    ssize_t  n;

    do {
        n = pread(job->fd, p, len, job->from);
    } while (n == -1 && ngx_errno == NGX_EINTR);

    if (n > 0) {
        job->from += n;
        job->rest -= n;
    }

    return n;
}


static void
ngx_ap_reader_body_answer(ngx_ap_reader_job_t *job)
{
    job->handler(job->data, job->rc, job->body, &job->reading);
}
