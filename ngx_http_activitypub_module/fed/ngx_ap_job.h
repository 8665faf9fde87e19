
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * One thing that apctl has asked for: a fetch, or a signed POST to ourselves.
 */

#ifndef NGX_AP_JOB_H
#define NGX_AP_JOB_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <jansson.h>

#include "ngx_ap_delivery.h"
#include "ngx_ap_fetch.h"
#include "ngx_ap_store_jobs.h"
#include "ngx_ap_worker.h"


typedef struct ngx_ap_job_s  ngx_ap_job_t;

/*
 * "result" is as of ngx_ap_job_result.h, and the owner's; NULL: there is none,
 * another worker shall do it.
 */
typedef void (*ngx_ap_job_pt)(void *data, ngx_ap_job_t *job, json_t *result);


struct ngx_ap_job_s {
    ngx_queue_t                 queue;      /* its owner's */
    ngx_pool_t                 *pool;
    ngx_ap_worker_t            *worker;
    ngx_ap_origin_t            *origin;
    int64_t                     id;
    ngx_msec_t                  started;

    ngx_ap_job_pt               ended;
    void                       *data;

    ngx_ap_fetch_t             *fetch;      /* under way, one of them */
    ngx_ap_delivery_t          *post;
};


/* lives in a pool of its own; NULL: no memory */
ngx_ap_job_t *ngx_ap_job_create(ngx_ap_worker_t *worker,
    ngx_ap_origin_t *origin, int64_t id, ngx_ap_job_pt ended, void *data);

/* "ended" is called once, maybe from within; then the job is its owner's */
void ngx_ap_job_start(ngx_ap_job_t *job, const ngx_ap_store_job_t *claimed);

/* whatever is under way is forgotten */
void ngx_ap_job_destroy(ngx_ap_job_t *job);


#endif
