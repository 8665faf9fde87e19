
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a worker is asked to do for somebody who has no network.  On the bulk
 * connection; as in ngx_ap_store.h each call is answered once, later, and
 * NULL is: no memory.
 */

#ifndef NGX_AP_STORE_JOBS_H
#define NGX_AP_STORE_JOBS_H

#include "ngx_ap_store.h"


typedef struct {
    int64_t                     id;
    ngx_str_t                   kind;       /* "fetch" or "check" */
    ngx_str_t                   origin;     /* its URL */
    ngx_str_t                   args;       /* JSON */
} ngx_ap_store_job_t;

/* NGX_DECLINED: there is nothing to do */
typedef void (*ngx_ap_store_job_pt)(void *data, ngx_int_t rc,
    const ngx_ap_store_job_t *job);


/*
 * The next one, leased to the caller for 90 seconds.  "origins" are those
 * whose jobs it can do: a text[] as PostgreSQL writes it.
 */
ngx_ap_pg_query_t *ngx_ap_store_job_claim(ngx_ap_store_t *store,
    ngx_str_t *origins, ngx_ap_store_job_pt handler, void *data);

/* "result" is JSON */
ngx_ap_pg_query_t *ngx_ap_store_job_done(ngx_ap_store_t *store, int64_t id,
    ngx_str_t *result, ngx_ap_store_done_pt handler, void *data);

/* its server is to be asked, as "origin", whether this actor is gone */
ngx_ap_pg_query_t *ngx_ap_store_doubt_actor(ngx_ap_store_t *store,
    ngx_str_t *actor, ngx_str_t *origin, ngx_ap_store_done_pt handler,
    void *data);


#endif
