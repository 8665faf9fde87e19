
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a worker does besides answering requests.  Worker 0 declares the
 * configuration's actors, makes their keys, listens for changes and keeps
 * the complete sets; every worker asks the database for documents and keys,
 * and commits what it received.
 */

#ifndef NGX_AP_WORKER_H
#define NGX_AP_WORKER_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_thread_pool.h>

#include "fedi_id.h"
#include "ngx_ap_cache.h"
#include "ngx_ap_client.h"
#include "ngx_ap_knocks.h"
#include "ngx_ap_pg_conninfo.h"
#include "ngx_ap_store.h"


/* filled by the directives, one per cycle */

typedef struct {
    ngx_ap_pg_conninfo_t        conninfo;
    ngx_ap_client_conf_t       *client;
    uint64_t                    source;     /* a hash of its text */
    ngx_ap_cache_t             *cache;
    ngx_thread_pool_t          *thread_pool;
    ngx_array_t                 origins;    /* ngx_ap_origin_t * */
    ngx_str_t                   node;       /* who declares: host and file */
    fedi_id_rules_t             rules;      /* of URLs that others name */
} ngx_ap_worker_conf_t;


typedef struct {
    ngx_ap_worker_conf_t       *conf;
    ngx_ap_store_t             *store;
    ngx_ap_client_t            *client;
    ngx_log_t                  *log;

    struct ngx_ap_documents_s  *documents;
    struct ngx_ap_inbox_s      *inbox;
    struct ngx_ap_keys_s       *keys;
    struct ngx_ap_keyring_s    *keyring;
    struct ngx_ap_moves_s      *moves;

    ngx_ap_knocks_t             knocks;

    struct ngx_ap_reader_s     *reader;
    struct ngx_ap_signer_s     *signer;

    /* of workers 0 to 3, else NULL */
    struct ngx_ap_work_s       *work;

    /* of worker 0, else NULL */
    struct ngx_ap_declare_s    *declare;
    struct ngx_ap_watch_s      *watch;
} ngx_ap_worker_t;


/* in init_process of a worker (not of a cache manager or loader) */
ngx_int_t ngx_ap_worker_init(ngx_cycle_t *cycle, ngx_ap_worker_conf_t *conf);

/* in exit_process; harmless when init was not called */
void ngx_ap_worker_exit(ngx_cycle_t *cycle);

/* this process's worker, or NULL */
ngx_ap_worker_t *ngx_ap_worker(void);


#endif
