
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_store_internal.h"
#include "ngx_ap_store_jobs.h"
#include "ngx_ap_store_rows.h"


/* columns by their place in ngx_ap_statements.c */

enum {
    JOB_ID = 0,
    JOB_KIND,
    JOB_ORIGIN,
    JOB_ARGS,
    JOB_COLUMNS
};


static void ngx_ap_store_job_claimed(void *data,
    const ngx_ap_pg_result_t *result);


ngx_ap_pg_query_t *
ngx_ap_store_job_claim(ngx_ap_store_t *store, ngx_str_t *origins,
    ngx_ap_store_job_pt handler, void *data)
{
    ngx_ap_store_call_t  call;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_JOB_CLAIM;
    call.nvalues = 1;
    call.handler.job = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->bulk, &call, origins,
                             ngx_ap_store_job_claimed);
}


static void
ngx_ap_store_job_claimed(void *data, const ngx_ap_pg_result_t *result)
{
    ngx_int_t             rc;
    ngx_ap_store_job_t    job;
    ngx_ap_store_call_t  *call = data;

    ngx_memzero(&job, sizeof(ngx_ap_store_job_t));

    rc = ngx_ap_store_begin_rows(call, result, JOB_COLUMNS);

    if (rc == NGX_OK) {

        if (PQntuples(result->rows) == 0) {
            rc = NGX_DECLINED;

        } else {
            job.id = ngx_ap_store_int(result->rows, 0, JOB_ID);
            job.kind = ngx_ap_store_text(result->rows, 0, JOB_KIND);
            job.origin = ngx_ap_store_text(result->rows, 0, JOB_ORIGIN);
            job.args = ngx_ap_store_text(result->rows, 0, JOB_ARGS);
        }
    }

    call->handler.job(call->data, rc, rc == NGX_OK ? &job : NULL);

    ngx_ap_store_end(call);
}


ngx_ap_pg_query_t *
ngx_ap_store_job_done(ngx_ap_store_t *store, int64_t id, ngx_str_t *result,
    ngx_ap_store_done_pt handler, void *data)
{
    u_char               number[NGX_INT64_LEN];
    ngx_str_t            texts[2];
    ngx_ap_store_call_t  call;

    texts[0].data = number;
    texts[0].len = ngx_sprintf(number, "%L", id) - number;
    texts[1] = *result;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_JOB_DONE;
    call.nvalues = 2;
    call.handler.done = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->bulk, &call, texts,
                             ngx_ap_store_done);
}


ngx_ap_pg_query_t *
ngx_ap_store_doubt_actor(ngx_ap_store_t *store, ngx_str_t *actor,
    ngx_str_t *origin, ngx_ap_store_done_pt handler, void *data)
{
    ngx_str_t             texts[] = { *actor, *origin };
    ngx_ap_store_call_t   call;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_DOUBT_ACTOR;
    call.nvalues = 2;
    call.handler.done = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->bulk, &call, texts,
                             ngx_ap_store_done);
}
