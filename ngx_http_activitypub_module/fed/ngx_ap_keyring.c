
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys of actors that have none:
 *
 *     want -> next -> (thread) generate -> generated -> kept -> next
 *
 * The task's memory is the keyring's own and outlives every request and
 * every pool.  A generation takes tenths of a second and holds no timer: a
 * worker that is told to exit waits for it when nginx empties its pools, and
 * the key is then forgotten: the next worker makes its own.  Once a key is on
 * its way to the database, the statement's timer keeps the worker until it is
 * answered.
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "ngx_ap_key_pair.h"
#include "ngx_ap_keyring.h"
#include "ngx_ap_retry.h"


/* so many may be asked for at a time: the last of them waits for seconds */
#define NGX_AP_KEYRING_HURRIED  32


typedef struct {
    ngx_queue_t                 queue;
    ngx_str_t                   actor;      /* its bytes follow */

    unsigned                    wanted:1;   /* whatever happens */
    unsigned                    hurried:1;  /* somebody waits for it */
} ngx_ap_keyring_wish_t;


struct ngx_ap_keyring_s {
    ngx_ap_worker_t            *worker;
    ngx_queue_t                 wishes;     /* the first is being served */
    ngx_uint_t                  nhurried;

    ngx_thread_task_t           task;
    ngx_ap_key_pair_t           pair;       /* the thread's, while busy */
    ngx_int_t                   rc;

    ngx_ap_retry_t              retry;
    unsigned                    busy:1;     /* until generated and kept */
};


static void ngx_ap_keyring_next(ngx_ap_keyring_t *keyring);
static void ngx_ap_keyring_generate(void *data, ngx_log_t *log);
static void ngx_ap_keyring_generated(ngx_event_t *ev);
static void ngx_ap_keyring_kept(void *data, ngx_int_t rc);
static void ngx_ap_keyring_failed(ngx_ap_keyring_t *keyring);
static void ngx_ap_keyring_again(ngx_event_t *ev);
static ngx_ap_keyring_wish_t *ngx_ap_keyring_add(ngx_ap_keyring_t *keyring,
    const ngx_str_t *actor);
static void ngx_ap_keyring_advance(ngx_ap_keyring_t *keyring,
    ngx_ap_keyring_wish_t *wish);
static ngx_ap_keyring_wish_t *ngx_ap_keyring_find(ngx_ap_keyring_t *keyring,
    const ngx_str_t *actor);
static ngx_ap_keyring_wish_t *ngx_ap_keyring_first(ngx_ap_keyring_t *keyring);
static void ngx_ap_keyring_forget(ngx_ap_keyring_t *keyring,
    ngx_ap_keyring_wish_t *wish);


ngx_ap_keyring_t *
ngx_ap_keyring_create(ngx_ap_worker_t *worker)
{
    ngx_ap_keyring_t  *keyring;

    keyring = ngx_calloc(sizeof(ngx_ap_keyring_t), worker->log);
    if (keyring == NULL) {
        return NULL;
    }

    keyring->worker = worker;
    ngx_queue_init(&keyring->wishes);

    keyring->task.ctx = keyring;
    keyring->task.handler = ngx_ap_keyring_generate;
    keyring->task.event.handler = ngx_ap_keyring_generated;
    keyring->task.event.data = keyring;
    keyring->task.event.log = worker->log;

    ngx_ap_retry_init(&keyring->retry, ngx_ap_keyring_again, keyring,
                      worker->log);

    return keyring;
}


void
ngx_ap_keyring_destroy(ngx_ap_keyring_t *keyring)
{
    ngx_ap_keyring_wish_t  *wish;

    ngx_ap_retry_stop(&keyring->retry);
    ngx_ap_key_pair_cleanse(&keyring->pair);

    for ( ;; ) {
        wish = ngx_ap_keyring_first(keyring);

        if (wish == NULL) {
            break;
        }

        ngx_ap_keyring_forget(keyring, wish);
    }

    ngx_free(keyring);
}


ngx_int_t
ngx_ap_keyring_want(ngx_ap_keyring_t *keyring, const ngx_str_t *actor)
{
    ngx_ap_keyring_wish_t  *wish;

    wish = ngx_ap_keyring_add(keyring, actor);
    if (wish == NULL) {
        return NGX_ERROR;
    }

    wish->wanted = 1;

    ngx_ap_keyring_next(keyring);

    return NGX_OK;
}


ngx_int_t
ngx_ap_keyring_hurry(ngx_ap_keyring_t *keyring, const ngx_str_t *actor)
{
    ngx_ap_keyring_wish_t  *wish;

    wish = ngx_ap_keyring_find(keyring, actor);

    if (wish != NULL && wish->hurried) {
        return NGX_OK;
    }

    if (keyring->nhurried >= NGX_AP_KEYRING_HURRIED) {
        return NGX_BUSY;
    }

    wish = ngx_ap_keyring_add(keyring, actor);
    if (wish == NULL) {
        return NGX_ERROR;
    }

    wish->hurried = 1;
    keyring->nhurried++;

    ngx_ap_keyring_advance(keyring, wish);
    ngx_ap_keyring_next(keyring);

    return NGX_OK;
}


/* one wish for an actor, however often it is wished for */

static ngx_ap_keyring_wish_t *
ngx_ap_keyring_add(ngx_ap_keyring_t *keyring, const ngx_str_t *actor)
{
    ngx_ap_keyring_wish_t  *wish;

    wish = ngx_ap_keyring_find(keyring, actor);
    if (wish != NULL) {
        return wish;
    }

    wish = ngx_alloc(sizeof(ngx_ap_keyring_wish_t) + actor->len,
                     keyring->worker->log);
    if (wish == NULL) {
        return NULL;
    }

    ngx_memzero(wish, sizeof(ngx_ap_keyring_wish_t));

    wish->actor.data = (u_char *) wish + sizeof(ngx_ap_keyring_wish_t);
    wish->actor.len = actor->len;
    ngx_memcpy(wish->actor.data, actor->data, actor->len);

    ngx_queue_insert_tail(&keyring->wishes, &wish->queue);

    return wish;
}


/* before those that nobody waits for, behind the one that is being served */

static void
ngx_ap_keyring_advance(ngx_ap_keyring_t *keyring, ngx_ap_keyring_wish_t *wish)
{
    ngx_queue_t            *q;
    ngx_ap_keyring_wish_t  *other;

    if (keyring->busy && wish == ngx_ap_keyring_first(keyring)) {
        return;
    }

    q = ngx_queue_head(&keyring->wishes);

    if (keyring->busy) {
        q = ngx_queue_next(q);
    }

    for ( /* void */ ;
         q != ngx_queue_sentinel(&keyring->wishes);
         q = ngx_queue_next(q))
    {
        other = ngx_queue_data(q, ngx_ap_keyring_wish_t, queue);

        if (!other->hurried) {
            break;
        }
    }

    if (q == &wish->queue) {
        return;
    }

    /* before "q" */

    ngx_queue_remove(&wish->queue);
    ngx_queue_insert_tail(q, &wish->queue);
}


static ngx_ap_keyring_wish_t *
ngx_ap_keyring_find(ngx_ap_keyring_t *keyring, const ngx_str_t *actor)
{
    ngx_queue_t            *q;
    ngx_ap_keyring_wish_t  *wish;

    for (q = ngx_queue_head(&keyring->wishes);
         q != ngx_queue_sentinel(&keyring->wishes);
         q = ngx_queue_next(q))
    {
        wish = ngx_queue_data(q, ngx_ap_keyring_wish_t, queue);

        if (wish->actor.len == actor->len
            && ngx_memcmp(wish->actor.data, actor->data, actor->len) == 0)
        {
            return wish;
        }
    }

    return NULL;
}


void
ngx_ap_keyring_available(ngx_ap_keyring_t *keyring)
{
    ngx_ap_retry_reset(&keyring->retry);
    ngx_ap_keyring_next(keyring);
}


static void
ngx_ap_keyring_next(ngx_ap_keyring_t *keyring)
{
    ngx_ap_worker_t  *worker;

    worker = keyring->worker;

    if (keyring->busy
        || ngx_exiting
        || ngx_queue_empty(&keyring->wishes)
        || ngx_ap_retry_pending(&keyring->retry))
    {
        return;
    }

    /* a key is not made before there is a place to keep it */

    if (!ngx_ap_store_ready(worker->store)
        || ngx_thread_task_post(worker->conf->thread_pool, &keyring->task)
           != NGX_OK)
    {
        ngx_ap_retry_later(&keyring->retry);
        return;
    }

    keyring->busy = 1;
}


/* in a thread: touches nothing but "pair" and "rc" */

static void
ngx_ap_keyring_generate(void *data, ngx_log_t *log)
{
    ngx_ap_keyring_t *keyring = data;

    keyring->rc = ngx_ap_key_pair_generate(&keyring->pair);

    /*
     * nginx does not join the threads of its pools.  What OpenSSL keeps for
     * this one is freed here: else it would be when the thread ends, perhaps
     * behind OpenSSL's own end at the exit of the process.
     */

    OPENSSL_thread_stop();
}


static void
ngx_ap_keyring_generated(ngx_event_t *ev)
{
    ngx_ap_keyring_t *keyring = ev->data;

    char                    text[128];
    ngx_ap_worker_t        *worker;
    ngx_ap_pg_query_t      *call;
    ngx_ap_keyring_wish_t  *wish;

    worker = keyring->worker;
    wish = ngx_ap_keyring_first(keyring);

    if (ngx_exiting) {
        ngx_ap_key_pair_cleanse(&keyring->pair);
        return;
    }

    if (keyring->rc != NGX_OK) {
        ERR_error_string_n(keyring->pair.error, text, sizeof(text));

        ngx_log_error(NGX_LOG_ERR, worker->log, 0,
                      "activitypub: no key could be made for actor \"%V\": "
                      "%s", &wish->actor, text);

        ngx_ap_keyring_failed(keyring);
        return;
    }

    call = ngx_ap_store_key_set(worker->store, &wish->actor,
                                &keyring->pair.private_pem,
                                &keyring->pair.public_pem,
                                ngx_ap_keyring_kept, keyring);

    ngx_ap_key_pair_cleanse(&keyring->pair);

    if (call == NULL) {
        ngx_ap_keyring_failed(keyring);
    }
}


static void
ngx_ap_keyring_kept(void *data, ngx_int_t rc)
{
    ngx_ap_keyring_t *keyring = data;

    ngx_ap_keyring_wish_t  *wish;

    if (rc != NGX_OK) {
        ngx_ap_keyring_failed(keyring);
        return;
    }

    wish = ngx_ap_keyring_first(keyring);

    ngx_log_error(NGX_LOG_NOTICE, keyring->worker->log, 0,
                  "activitypub: actor \"%V\" has its key", &wish->actor);

    ngx_ap_keyring_forget(keyring, wish);

    keyring->busy = 0;
    ngx_ap_retry_reset(&keyring->retry);

    ngx_ap_keyring_next(keyring);
}


/* the wish goes to the end: one that cannot be served stops no other */

static void
ngx_ap_keyring_failed(ngx_ap_keyring_t *keyring)
{
    ngx_ap_keyring_wish_t  *wish;

    wish = ngx_ap_keyring_first(keyring);

    if (wish->hurried) {
        wish->hurried = 0;
        keyring->nhurried--;
    }

    if (wish->wanted) {
        ngx_queue_remove(&wish->queue);
        ngx_queue_insert_tail(&keyring->wishes, &wish->queue);

    } else {
        ngx_ap_keyring_forget(keyring, wish);
    }

    keyring->busy = 0;
    ngx_ap_retry_later(&keyring->retry);
}


static void
ngx_ap_keyring_again(ngx_event_t *ev)
{
    ngx_ap_keyring_next(ev->data);
}


static ngx_ap_keyring_wish_t *
ngx_ap_keyring_first(ngx_ap_keyring_t *keyring)
{
    if (ngx_queue_empty(&keyring->wishes)) {
        return NULL;
    }

    return ngx_queue_data(ngx_queue_head(&keyring->wishes),
                          ngx_ap_keyring_wish_t, queue);
}


static void
ngx_ap_keyring_forget(ngx_ap_keyring_t *keyring, ngx_ap_keyring_wish_t *wish)
{
    if (wish->hurried) {
        keyring->nhurried--;
    }

    ngx_queue_remove(&wish->queue);
    ngx_free(wish);
}
