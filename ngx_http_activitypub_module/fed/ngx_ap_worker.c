
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A worker's store and its events:
 *
 *     changed -> one log line for the node -> declare (worker 0)
 *     listening, deaf, notified -> watch (worker 0)
 */

#include "ngx_ap_counts.h"
#include "ngx_ap_declare.h"
#include "ngx_ap_documents.h"
#include "ngx_ap_inbox.h"
#include "ngx_ap_keyring.h"
#include "ngx_ap_keys.h"
#include "ngx_ap_moves.h"
#include "ngx_ap_reader.h"
#include "ngx_ap_signer.h"
#include "ngx_ap_str.h"
#include "ngx_ap_watch.h"
#include "ngx_ap_work.h"
#include "ngx_ap_worker.h"


#define NGX_AP_WORKER_REASON  256

/* so many of a node expand and deliver */
#define NGX_AP_WORKER_WORK    4


typedef struct {
    ngx_ap_worker_t             worker;     /* what others see */

    ngx_uint_t                  down;       /* for the reason below */
    ngx_str_t                   reason;
    u_char                      text[NGX_AP_WORKER_REASON];
} ngx_ap_worker_process_t;


static ngx_int_t ngx_ap_worker_create(ngx_ap_worker_process_t *process);
static void ngx_ap_worker_changed(void *data, ngx_uint_t up,
    ngx_str_t *reason);
static ngx_uint_t ngx_ap_worker_is_news(ngx_ap_worker_process_t *process,
    ngx_uint_t up, ngx_str_t *reason);
static void ngx_ap_worker_listening(void *data);
static void ngx_ap_worker_deaf(void *data);
static void ngx_ap_worker_notified(void *data, ngx_str_t *payload);
static void ngx_ap_worker_work(void *data, ngx_str_t *payload);


/* one worker a process; not in the zone, not in the cycle */

static ngx_ap_worker_process_t  *ngx_ap_worker_process;


ngx_int_t
ngx_ap_worker_init(ngx_cycle_t *cycle, ngx_ap_worker_conf_t *conf)
{
    ngx_ap_worker_process_t  *process;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return NGX_OK;
    }

    process = ngx_calloc(sizeof(ngx_ap_worker_process_t), cycle->log);
    if (process == NULL) {
        return NGX_ERROR;
    }

    process->worker.conf = conf;
    process->worker.log = cycle->log;

    ngx_ap_worker_process = process;

    process->worker.client = ngx_ap_client_create(cycle, conf->client,
                                                  cycle->log);

    if (process->worker.client == NULL
        || ngx_ap_worker_create(process) != NGX_OK)
    {
        ngx_ap_worker_exit(cycle);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ap_worker_create(ngx_ap_worker_process_t *process)
{
    ngx_ap_worker_t        *worker;
    ngx_ap_store_events_t   events;

    worker = &process->worker;

    ngx_ap_client_count(worker->client,
                        ngx_ap_cache_counter(worker->conf->cache,
                                             NGX_AP_COUNT_CONNECTIONS));

    worker->documents = ngx_ap_documents_create(worker->log);
    worker->inbox = ngx_ap_inbox_create(worker);
    worker->keys = ngx_ap_keys_create(worker);
    worker->keyring = ngx_ap_keyring_create(worker);
    worker->moves = ngx_ap_moves_create(worker);
    worker->reader = ngx_ap_reader_create(worker);
    worker->signer = ngx_ap_signer_create(worker);

    if (worker->documents == NULL
        || worker->inbox == NULL
        || worker->keys == NULL
        || worker->keyring == NULL
        || worker->moves == NULL
        || worker->reader == NULL
        || worker->signer == NULL)
    {
        return NGX_ERROR;
    }

    if (ngx_worker < NGX_AP_WORKER_WORK) {
        worker->work = ngx_ap_work_create(worker);

        if (worker->work == NULL) {
            return NGX_ERROR;
        }
    }

    ngx_memzero(&events, sizeof(ngx_ap_store_events_t));

    events.changed = ngx_ap_worker_changed;
    events.data = process;

    /* work of which a node needs one is worker 0's */

    if (ngx_worker == 0) {
        worker->declare = ngx_ap_declare_create(worker);
        worker->watch = ngx_ap_watch_create(worker);

        if (worker->declare == NULL || worker->watch == NULL) {
            return NGX_ERROR;
        }

        events.listening = ngx_ap_worker_listening;
        events.deaf = ngx_ap_worker_deaf;
        events.notified = ngx_ap_worker_notified;
        events.work = ngx_ap_worker_work;
        events.listen = 1;
    }

    worker->store = ngx_ap_store_create(&worker->conf->conninfo, &events,
                                        worker->log);

    return worker->store ? NGX_OK : NGX_ERROR;
}


void
ngx_ap_worker_exit(ngx_cycle_t *cycle)
{
    ngx_ap_worker_t          *worker;
    ngx_ap_worker_process_t  *process;

    process = ngx_ap_worker_process;

    if (process == NULL) {
        return;
    }

    ngx_ap_worker_process = NULL;
    worker = &process->worker;

    /* what is under way for them is cancelled with those who do it */

    if (worker->keys) {
        ngx_ap_keys_destroy(worker->keys);
    }

    if (worker->moves) {
        ngx_ap_moves_destroy(worker->moves);
    }

    if (worker->work) {
        ngx_ap_work_cancel(worker->work);
    }

    /* these next: nothing is answered and no event comes after them */

    if (worker->store) {
        ngx_ap_store_destroy(worker->store);
    }

    if (worker->client) {
        ngx_ap_client_destroy(worker->client);
    }

    if (worker->watch) {
        ngx_ap_watch_destroy(worker->watch);
    }

    if (worker->declare) {
        ngx_ap_declare_destroy(worker->declare);
    }

    if (worker->keyring) {
        ngx_ap_keyring_destroy(worker->keyring);
    }

    if (worker->inbox) {
        ngx_ap_inbox_destroy(worker->inbox);
    }

    /* who delivers waits for signatures */

    if (worker->work) {
        ngx_ap_work_destroy(worker->work);
    }

    if (worker->reader) {
        ngx_ap_reader_destroy(worker->reader);
    }

    if (worker->signer) {
        ngx_ap_signer_destroy(worker->signer);
    }

    if (worker->documents) {
        ngx_ap_documents_destroy(worker->documents);
    }

    ngx_free(process);
}


ngx_ap_worker_t *
ngx_ap_worker(void)
{
    return ngx_ap_worker_process ? &ngx_ap_worker_process->worker : NULL;
}


static void
ngx_ap_worker_changed(void *data, ngx_uint_t up, ngx_str_t *reason)
{
    ngx_ap_worker_process_t *process = data;

    ngx_str_t         *name;
    ngx_ap_worker_t   *worker;
    ngx_ap_pg_host_t  *host;

    /* connections that end with their worker are no news */

    if (ngx_exiting || ngx_ap_worker_process == NULL) {
        return;
    }

    worker = &process->worker;
    host = worker->conf->conninfo.hosts.elts;
    name = &host->name;

    if (ngx_ap_worker_is_news(process, up, reason)) {

        if (up) {

            /* worker 0 may take a while until it listens again */

            ngx_ap_cache_drop_all(worker->conf->cache);

            ngx_log_error(NGX_LOG_NOTICE, worker->log, 0,
                          "activitypub: database \"%V\" is available",
                          reason);

        } else {
            ngx_log_error(NGX_LOG_ERR, worker->log, 0,
                          "activitypub: database \"%V\" is unavailable: %V; "
                          "the site is served, federation answers 503",
                          name, reason);
        }
    }

    if (up) {
        ngx_ap_keyring_available(worker->keyring);
    }

    if (up && worker->declare) {
        ngx_ap_declare_available(worker->declare);
    }
}


/*
 * The first worker to see the database go or return writes it.  A reason
 * that changes while it is away is news too, and worker 0's to write.
 */

static ngx_uint_t
ngx_ap_worker_is_news(ngx_ap_worker_process_t *process, ngx_uint_t up,
    ngx_str_t *reason)
{
    ngx_str_t   now;
    ngx_uint_t  news, other;

    news = ngx_ap_cache_database_changed(process->worker.conf->cache, up);

    if (up) {
        process->down = 0;
        return news;
    }

    now.data = reason->data;
    now.len = ngx_min(reason->len, NGX_AP_WORKER_REASON);

    other = process->down && !ngx_ap_str_eq(&now, &process->reason);

    process->down = 1;
    process->reason.data = process->text;
    process->reason.len = now.len;
    ngx_memcpy(process->text, now.data, now.len);

    return news || (other && ngx_worker == 0);
}


static void
ngx_ap_worker_listening(void *data)
{
    ngx_ap_worker_process_t *process = data;

    ngx_ap_watch_listening(process->worker.watch);
    ngx_ap_work_missed(process->worker.work);
}


static void
ngx_ap_worker_deaf(void *data)
{
    ngx_ap_worker_process_t *process = data;

    if (ngx_ap_worker_process) {
        ngx_ap_watch_deaf(process->worker.watch);
    }
}


static void
ngx_ap_worker_notified(void *data, ngx_str_t *payload)
{
    ngx_ap_worker_process_t *process = data;

    ngx_ap_watch_notified(process->worker.watch, payload);
}


static void
ngx_ap_worker_work(void *data, ngx_str_t *payload)
{
    ngx_ap_worker_process_t *process = data;

    ngx_ap_work_notified(process->worker.work, payload);
}
