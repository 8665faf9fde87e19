
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     sign -> (keys) -> keyed -> run -> (thread) work -> worked -> answer
 *                                 ^------------------------'
 *
 * A job holds a reference to its key, so that a key may be forgotten while
 * threads sign with it.  Jobs belong to no pool: a thread may outlive who
 * asked for its work.
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <openssl/crypto.h>

#include "fedi_key.h"
#include "ngx_ap_signer.h"
#include "ngx_ap_signer_keys.h"


struct ngx_ap_signer_job_s {
    ngx_queue_t                 queue;
    ngx_ap_signer_t            *signer;
    ngx_ap_signed_pt            handler;    /* NULL: cancelled */
    void                       *data;
    EVP_PKEY                   *key;
    ngx_thread_task_t           task;
    ngx_event_t                 failed;     /* posted */

    ngx_int_t                   rc;
    size_t                      len;
    u_char                      signature[FEDI_KEY_SIGNATURE_MAX];
    ngx_str_t                   text;       /* its bytes follow */
};


struct ngx_ap_signer_s {
    ngx_ap_worker_t            *worker;
    ngx_ap_signer_keys_t       *keys;
    ngx_queue_t                 ready;      /* jobs with a key, in turn */
    ngx_queue_t                 busy;       /* jobs in a thread or failed */
    ngx_uint_t                  nbusy;      /* in a thread */
};


static void ngx_ap_signer_keyed(ngx_queue_t *wait, ngx_int_t rc,
    EVP_PKEY *key);
static void ngx_ap_signer_run(ngx_ap_signer_t *signer);
static void ngx_ap_signer_work(void *data, ngx_log_t *log);
static void ngx_ap_signer_worked(ngx_event_t *ev);
static void ngx_ap_signer_fail(ngx_ap_signer_job_t *job, ngx_int_t rc);
static void ngx_ap_signer_failed(ngx_event_t *ev);
static void ngx_ap_signer_answer(ngx_ap_signer_job_t *job);
static void ngx_ap_signer_free_job(ngx_ap_signer_job_t *job);
static void ngx_ap_signer_free_jobs(ngx_queue_t *jobs);


ngx_ap_signer_t *
ngx_ap_signer_create(ngx_ap_worker_t *worker)
{
    ngx_ap_signer_t  *signer;

    signer = ngx_calloc(sizeof(ngx_ap_signer_t), worker->log);
    if (signer == NULL) {
        return NULL;
    }

    signer->keys = ngx_ap_signer_keys_create(worker, ngx_ap_signer_keyed);
    if (signer->keys == NULL) {
        ngx_free(signer);
        return NULL;
    }

    signer->worker = worker;
    ngx_queue_init(&signer->ready);
    ngx_queue_init(&signer->busy);

    return signer;
}


void
ngx_ap_signer_destroy(ngx_ap_signer_t *signer)
{
    ngx_queue_t  waits;

    ngx_queue_init(&waits);
    ngx_ap_signer_keys_destroy(signer->keys, &waits);

    ngx_ap_signer_free_jobs(&waits);
    ngx_ap_signer_free_jobs(&signer->ready);
    ngx_ap_signer_free_jobs(&signer->busy);

    ngx_free(signer);
}


ngx_ap_signer_job_t *
ngx_ap_signer_sign(ngx_ap_signer_t *signer, const ngx_str_t *actor,
    const ngx_str_t *text, ngx_ap_signed_pt handler, void *data)
{
    EVP_PKEY             *key;
    ngx_ap_signer_job_t  *job;

    job = ngx_calloc(sizeof(ngx_ap_signer_job_t) + text->len,
                     signer->worker->log);
    if (job == NULL) {
        return NULL;
    }

    job->signer = signer;
    job->handler = handler;
    job->data = data;

    job->text.len = text->len;
    job->text.data = (u_char *) (job + 1);
    ngx_memcpy(job->text.data, text->data, text->len);

    job->failed.handler = ngx_ap_signer_failed;
    job->failed.data = job;
    job->failed.log = signer->worker->log;

    switch (ngx_ap_signer_keys_get(signer->keys, actor, &job->queue, &key)) {

    case NGX_OK:
        ngx_ap_signer_keyed(&job->queue, NGX_OK, key);
        break;

    case NGX_AGAIN:
        break;

    default: /* NGX_ERROR */
        ngx_free(job);
        return NULL;
    }

    return job;
}


void
ngx_ap_signer_cancel(ngx_ap_signer_job_t *job)
{
    job->handler = NULL;
}


static void
ngx_ap_signer_keyed(ngx_queue_t *wait, ngx_int_t rc, EVP_PKEY *key)
{
    ngx_ap_signer_job_t  *job;

    job = ngx_queue_data(wait, ngx_ap_signer_job_t, queue);

    if (rc != NGX_OK) {
        ngx_ap_signer_fail(job, rc);
        return;
    }

    EVP_PKEY_up_ref(key);
    job->key = key;

    ngx_queue_insert_tail(&job->signer->ready, &job->queue);

    ngx_ap_signer_run(job->signer);
}


static void
ngx_ap_signer_run(ngx_ap_signer_t *signer)
{
    ngx_queue_t          *q;
    ngx_ap_signer_job_t  *job;

    while (!ngx_queue_empty(&signer->ready)
           && signer->nbusy < (ngx_uint_t) ngx_max(ngx_ncpu, 1))
    {
        q = ngx_queue_head(&signer->ready);
        ngx_queue_remove(q);

        job = ngx_queue_data(q, ngx_ap_signer_job_t, queue);

        if (job->handler == NULL) {
            ngx_ap_signer_free_job(job);
            continue;
        }

        job->task.ctx = job;
        job->task.handler = ngx_ap_signer_work;
        job->task.event.handler = ngx_ap_signer_worked;
        job->task.event.data = job;
        job->task.event.log = signer->worker->log;

        if (ngx_thread_task_post(signer->worker->conf->thread_pool,
                                 &job->task)
            != NGX_OK)
        {
            ngx_ap_signer_fail(job, NGX_ERROR);
            continue;
        }

        ngx_queue_insert_tail(&signer->busy, &job->queue);
        signer->nbusy++;
    }
}


/* in a thread: reads "key" and "text", writes "rc", "signature" and "len" */

static void
ngx_ap_signer_work(void *data, ngx_log_t *log)
{
    ngx_ap_signer_job_t *job = data;

    fedi_str_t  text;

    text.data = (const char *) job->text.data;
    text.len = job->text.len;

    job->rc = (fedi_key_sign(job->key, text, job->signature, &job->len)
               == FEDI_OK)
              ? NGX_OK : NGX_ERROR;

    /* what OpenSSL keeps for a thread would outlive it */

    OPENSSL_thread_stop();
}


static void
ngx_ap_signer_worked(ngx_event_t *ev)
{
    ngx_ap_signer_job_t *job = ev->data;

    ngx_ap_signer_t  *signer;

    signer = job->signer;

    ngx_queue_remove(&job->queue);
    signer->nbusy--;

    ngx_ap_signer_run(signer);
    ngx_ap_signer_answer(job);
}


/* "job" is in no queue; it is answered later */

static void
ngx_ap_signer_fail(ngx_ap_signer_job_t *job, ngx_int_t rc)
{
    job->rc = rc;

    ngx_queue_insert_tail(&job->signer->busy, &job->queue);
    ngx_post_event(&job->failed, &ngx_posted_events);
}


static void
ngx_ap_signer_failed(ngx_event_t *ev)
{
    ngx_ap_signer_job_t *job = ev->data;

    ngx_queue_remove(&job->queue);
    ngx_ap_signer_answer(job);
}


static void
ngx_ap_signer_answer(ngx_ap_signer_job_t *job)
{
    ngx_str_t  signature;

    signature.data = job->signature;
    signature.len = job->len;

    if (job->handler != NULL) {
        job->handler(job->data, job->rc, &signature);
    }

    ngx_ap_signer_free_job(job);
}


static void
ngx_ap_signer_free_job(ngx_ap_signer_job_t *job)
{
    if (job->failed.posted) {
        ngx_delete_posted_event(&job->failed);
    }

    EVP_PKEY_free(job->key);
    ngx_free(job);
}


static void
ngx_ap_signer_free_jobs(ngx_queue_t *jobs)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(jobs)) {
        q = ngx_queue_head(jobs);
        ngx_queue_remove(q);

        ngx_ap_signer_free_job(ngx_queue_data(q, ngx_ap_signer_job_t,
                                              queue));
    }
}
