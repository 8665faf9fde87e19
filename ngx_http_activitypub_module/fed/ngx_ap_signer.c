
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     sign -> key (cached, or load -> loaded) -> run -> (thread) work
 *          -> worked -> answer -> run the next
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
#include "ngx_ap_str.h"


/* how many actors' keys a worker keeps, and how long, milliseconds */
#define NGX_AP_SIGNER_KEYS  64
#define NGX_AP_SIGNER_AGE   3600000

/* how often a key that cannot be used is worth an error, seconds */
#define NGX_AP_SIGNER_SAY   60


typedef struct {
    ngx_queue_t                 queue;
    ngx_ap_signer_t            *signer;
    ngx_queue_t                 waits;      /* jobs, while it is loaded */
    ngx_ap_pg_query_t          *call;
    EVP_PKEY                   *key;        /* NULL: not there yet */
    ngx_msec_t                  loaded;
    ngx_str_t                   actor;      /* its bytes follow */
} ngx_ap_signer_key_t;


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
    ngx_queue_t                 keys;       /* most recently used first */
    ngx_uint_t                  nkeys;
    ngx_queue_t                 ready;      /* jobs with a key, in turn */
    ngx_queue_t                 busy;       /* jobs in a thread or failed */
    ngx_uint_t                  nbusy;      /* in a thread */
    time_t                      said;       /* that a key is of no use */
};


static ngx_ap_signer_key_t *ngx_ap_signer_key(ngx_ap_signer_t *signer,
    const ngx_str_t *actor);
static ngx_ap_signer_key_t *ngx_ap_signer_load(ngx_ap_signer_t *signer,
    const ngx_str_t *actor);
static void ngx_ap_signer_make_room(ngx_ap_signer_t *signer);
static void ngx_ap_signer_loaded(void *data, ngx_int_t rc,
    const ngx_str_t *key_id, const ngx_str_t *private_pem);
static EVP_PKEY *ngx_ap_signer_parse(ngx_ap_signer_key_t *key,
    const ngx_str_t *pem);
static void ngx_ap_signer_forget(ngx_ap_signer_key_t *key);
static void ngx_ap_signer_begin(ngx_ap_signer_job_t *job, EVP_PKEY *key);
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

    signer->worker = worker;
    ngx_queue_init(&signer->keys);
    ngx_queue_init(&signer->ready);
    ngx_queue_init(&signer->busy);

    return signer;
}


void
ngx_ap_signer_destroy(ngx_ap_signer_t *signer)
{
    ngx_queue_t          *q;
    ngx_ap_signer_key_t  *key;

    while (!ngx_queue_empty(&signer->keys)) {
        q = ngx_queue_head(&signer->keys);
        key = ngx_queue_data(q, ngx_ap_signer_key_t, queue);

        ngx_ap_signer_free_jobs(&key->waits);
        ngx_ap_signer_forget(key);
    }

    ngx_ap_signer_free_jobs(&signer->ready);
    ngx_ap_signer_free_jobs(&signer->busy);

    ngx_free(signer);
}


ngx_ap_signer_job_t *
ngx_ap_signer_sign(ngx_ap_signer_t *signer, const ngx_str_t *actor,
    const ngx_str_t *text, ngx_ap_signed_pt handler, void *data)
{
    ngx_ap_signer_key_t  *key;
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

    key = ngx_ap_signer_key(signer, actor);

    if (key == NULL) {
        ngx_free(job);
        return NULL;
    }

    if (key->key == NULL) {
        ngx_queue_insert_tail(&key->waits, &job->queue);
        return job;
    }

    ngx_ap_signer_begin(job, key->key);
    ngx_ap_signer_run(signer);

    return job;
}


void
ngx_ap_signer_cancel(ngx_ap_signer_job_t *job)
{
    job->handler = NULL;
}


static ngx_ap_signer_key_t *
ngx_ap_signer_key(ngx_ap_signer_t *signer, const ngx_str_t *actor)
{
    ngx_queue_t          *q;
    ngx_ap_signer_key_t  *key;

    for (q = ngx_queue_head(&signer->keys);
         q != ngx_queue_sentinel(&signer->keys);
         q = ngx_queue_next(q))
    {
        key = ngx_queue_data(q, ngx_ap_signer_key_t, queue);

        if (!ngx_ap_str_eq(&key->actor, actor)) {
            continue;
        }

        if (key->key != NULL
            && ngx_current_msec - key->loaded > NGX_AP_SIGNER_AGE)
        {
            ngx_ap_signer_forget(key);
            break;
        }

        ngx_queue_remove(&key->queue);
        ngx_queue_insert_head(&signer->keys, &key->queue);

        return key;
    }

    return ngx_ap_signer_load(signer, actor);
}


static ngx_ap_signer_key_t *
ngx_ap_signer_load(ngx_ap_signer_t *signer, const ngx_str_t *actor)
{
    ngx_ap_signer_key_t  *key;

    ngx_ap_signer_make_room(signer);

    key = ngx_calloc(sizeof(ngx_ap_signer_key_t) + actor->len,
                     signer->worker->log);
    if (key == NULL) {
        return NULL;
    }

    key->signer = signer;
    ngx_queue_init(&key->waits);

    key->actor.len = actor->len;
    key->actor.data = (u_char *) (key + 1);
    ngx_memcpy(key->actor.data, actor->data, actor->len);

    key->call = ngx_ap_store_signing_key(signer->worker->store, &key->actor,
                                         ngx_ap_signer_loaded, key);
    if (key->call == NULL) {
        ngx_free(key);
        return NULL;
    }

    ngx_queue_insert_head(&signer->keys, &key->queue);
    signer->nkeys++;

    return key;
}


/* those that are being loaded are waited for, and stay */

static void
ngx_ap_signer_make_room(ngx_ap_signer_t *signer)
{
    ngx_queue_t          *q, *prev;
    ngx_ap_signer_key_t  *key;

    for (q = ngx_queue_last(&signer->keys);
         q != ngx_queue_sentinel(&signer->keys)
         && signer->nkeys >= NGX_AP_SIGNER_KEYS;
         q = prev)
    {
        prev = ngx_queue_prev(q);
        key = ngx_queue_data(q, ngx_ap_signer_key_t, queue);

        if (key->key != NULL) {
            ngx_ap_signer_forget(key);
        }
    }
}


static void
ngx_ap_signer_loaded(void *data, ngx_int_t rc, const ngx_str_t *key_id,
    const ngx_str_t *private_pem)
{
    ngx_ap_signer_key_t *key = data;

    ngx_queue_t          *q;
    ngx_ap_signer_t      *signer;
    ngx_ap_signer_job_t  *job;

    signer = key->signer;
    key->call = NULL;

    if (rc == NGX_OK) {
        key->key = ngx_ap_signer_parse(key, private_pem);
        key->loaded = ngx_current_msec;

        if (key->key == NULL) {
            rc = NGX_DECLINED;
        }
    }

    while (!ngx_queue_empty(&key->waits)) {
        q = ngx_queue_head(&key->waits);
        ngx_queue_remove(q);

        job = ngx_queue_data(q, ngx_ap_signer_job_t, queue);

        if (rc == NGX_OK) {
            ngx_ap_signer_begin(job, key->key);

        } else {
            ngx_ap_signer_fail(job, rc);
        }
    }

    /* that there is none may be otherwise when it is asked for again */

    if (rc != NGX_OK) {
        ngx_ap_signer_forget(key);
    }

    ngx_ap_signer_run(signer);
}


/* whoever posts to an inbox makes us try, and must not fill a disk */

static EVP_PKEY *
ngx_ap_signer_parse(ngx_ap_signer_key_t *key, const ngx_str_t *pem)
{
    EVP_PKEY         *parsed;
    fedi_err_e        err;
    fedi_str_t        text;
    ngx_uint_t        level;
    fedi_heap_t       heap;
    ngx_ap_signer_t  *signer;

    signer = key->signer;
    parsed = NULL;

    text.data = (const char *) pem->data;
    text.len = pem->len;

    fedi_heap_init(&heap);
    err = fedi_key_parse_private(&heap.arena, text, &parsed);
    fedi_heap_free(&heap);

    if (err != FEDI_OK) {
        level = NGX_LOG_INFO;

        if (signer->said == 0 || ngx_time() - signer->said >= NGX_AP_SIGNER_SAY)
        {
            signer->said = ngx_time();
            level = NGX_LOG_ERR;
        }

        ngx_log_error(level, signer->worker->log, 0,
                      "activitypub: the private key of actor \"%V\" cannot "
                      "be used: %s", &key->actor, fedi_strerror(err));
        return NULL;
    }

    return parsed;
}


static void
ngx_ap_signer_forget(ngx_ap_signer_key_t *key)
{
    ngx_queue_remove(&key->queue);
    key->signer->nkeys--;

    EVP_PKEY_free(key->key);
    ngx_free(key);
}


static void
ngx_ap_signer_begin(ngx_ap_signer_job_t *job, EVP_PKEY *key)
{
    EVP_PKEY_up_ref(key);
    job->key = key;

    ngx_queue_insert_tail(&job->signer->ready, &job->queue);
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
