
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Calls about others: their keys, and whether they are known.
 */

#include "ngx_ap_store_internal.h"
#include "ngx_ap_store_rows.h"


static void ngx_ap_store_remote_key_answered(void *data,
    const ngx_ap_pg_result_t *result);
static void ngx_ap_store_remote_known_answered(void *data,
    const ngx_ap_pg_result_t *result);
static void ngx_ap_store_kept(void *data, const ngx_ap_pg_result_t *result);
static void ngx_ap_store_signing_key_answered(void *data,
    const ngx_ap_pg_result_t *result);
static void ngx_ap_store_queue_answered(void *data,
    const ngx_ap_pg_result_t *result);


ngx_ap_pg_query_t *
ngx_ap_store_remote_key(ngx_ap_store_t *store, ngx_str_t *key_id,
    ngx_ap_store_remote_key_pt handler, void *data)
{
    ngx_ap_store_call_t  call;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_REMOTE_KEY;
    call.nvalues = 1;
    call.handler.remote_key = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->pipeline, &call, key_id,
                             ngx_ap_store_remote_key_answered);
}


static void
ngx_ap_store_remote_key_answered(void *data, const ngx_ap_pg_result_t *result)
{
    ngx_int_t             rc;
    ngx_ap_store_key_t    key;
    ngx_ap_store_call_t  *call = data;

    rc = ngx_ap_store_begin_rows(call, result, 4);

    /* a refused question does not mean that there is no such key */

    if (rc == NGX_DECLINED) {
        rc = NGX_ERROR;
    }

    if (rc == NGX_OK && PQntuples(result->rows) == 0) {
        rc = NGX_DECLINED;
    }

    if (rc == NGX_OK) {
        key.actor = ngx_ap_store_text(result->rows, 0, 0);
        key.text = ngx_ap_store_text(result->rows, 0, 1);
        key.fetched = ngx_ap_store_int(result->rows, 0, 2);
        key.expires = ngx_ap_store_int(result->rows, 0, 3);
    }

    call->handler.remote_key(call->data, rc, rc == NGX_OK ? &key : NULL);

    ngx_ap_store_end(call);
}


ngx_ap_pg_query_t *
ngx_ap_store_remote_known(ngx_ap_store_t *store, ngx_str_t *actor,
    ngx_ap_store_done_pt handler, void *data)
{
    ngx_ap_store_call_t  call;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_REMOTE_KNOWN;
    call.nvalues = 1;
    call.handler.done = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->pipeline, &call, actor,
                             ngx_ap_store_remote_known_answered);
}


static void
ngx_ap_store_remote_known_answered(void *data,
    const ngx_ap_pg_result_t *result)
{
    ngx_int_t             rc;
    ngx_ap_store_call_t  *call = data;

    rc = ngx_ap_store_begin(call, result);

    if (rc == NGX_DECLINED) {
        rc = NGX_ERROR;
    }

    if (rc == NGX_OK && PQntuples(result->rows) != 1) {
        ngx_ap_store_strange(call);
        rc = NGX_ERROR;
    }

    if (rc == NGX_OK && PQgetvalue(result->rows, 0, 0)[0] != 't') {
        rc = NGX_DECLINED;
    }

    call->handler.done(call->data, rc);

    ngx_ap_store_end(call);
}


ngx_ap_pg_query_t *
ngx_ap_store_remote_actor_keep(ngx_ap_store_t *store,
    const fedi_fetched_row_t *row, const ngx_str_t *over,
    ngx_ap_store_kept_pt handler, void *data)
{
    ngx_uint_t            i;
    ngx_str_t             texts[FEDI_FETCHED_VALUES + 1];
    const fedi_str_t     *values;
    ngx_ap_store_call_t   call;

    values = fedi_fetched_values(row);

    for (i = 0; i < FEDI_FETCHED_VALUES; i++) {
        texts[i].data = (u_char *) values[i].data;
        texts[i].len = values[i].len;
    }

    texts[FEDI_FETCHED_VALUES] = *over;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_REMOTE_ACTOR_KEEP;
    call.nvalues = FEDI_FETCHED_VALUES + 1;
    call.handler.kept = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->pipeline, &call, texts,
                             ngx_ap_store_kept);
}


static void
ngx_ap_store_kept(void *data, const ngx_ap_pg_result_t *result)
{
    ngx_int_t             rc;
    ngx_str_t             other;
    ngx_ap_store_call_t  *call = data;

    rc = ngx_ap_store_begin_row(call, result, 1);

    ngx_str_null(&other);

    if (rc == NGX_OK) {
        other = ngx_ap_store_text(result->rows, 0, 0);
    }

    call->handler.kept(call->data, rc, &other);

    ngx_ap_store_end(call);
}


ngx_ap_pg_query_t *
ngx_ap_store_signing_key(ngx_ap_store_t *store, ngx_str_t *actor,
    ngx_ap_store_signing_key_pt handler, void *data)
{
    ngx_ap_store_call_t  call;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_SIGNING_KEY;
    call.nvalues = 1;
    call.handler.signing_key = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->pipeline, &call, actor,
                             ngx_ap_store_signing_key_answered);
}


static void
ngx_ap_store_signing_key_answered(void *data,
    const ngx_ap_pg_result_t *result)
{
    ngx_int_t             rc;
    ngx_str_t             key_id, pem;
    ngx_ap_store_call_t  *call = data;

    rc = ngx_ap_store_begin_rows(call, result, 2);

    if (rc == NGX_OK && PQntuples(result->rows) == 0) {
        rc = NGX_DECLINED;
    }

    ngx_str_null(&key_id);
    ngx_str_null(&pem);

    if (rc == NGX_OK) {
        key_id = ngx_ap_store_text(result->rows, 0, 0);
        pem = ngx_ap_store_text(result->rows, 0, 1);
    }

    call->handler.signing_key(call->data, rc, &key_id, &pem);

    ngx_ap_store_end(call);
}


ngx_ap_pg_query_t *
ngx_ap_store_queue_state(ngx_ap_store_t *store, ngx_ap_store_queue_pt handler,
    void *data)
{
    ngx_ap_store_call_t  call;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_QUEUE_STATE;
    call.handler.queue = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->bulk, &call, NULL,
                             ngx_ap_store_queue_answered);
}


static void
ngx_ap_store_queue_answered(void *data, const ngx_ap_pg_result_t *result)
{
    ngx_int_t              rc;
    ngx_ap_store_call_t   *call = data;
    ngx_ap_store_queue_t   queue;

    rc = ngx_ap_store_begin_row(call, result, 5);

    if (rc == NGX_OK) {
        queue.waiting = ngx_ap_store_int(result->rows, 0, 0);
        queue.leased = ngx_ap_store_int(result->rows, 0, 1);
        queue.dead = ngx_ap_store_int(result->rows, 0, 2);
        queue.oldest = ngx_ap_store_int(result->rows, 0, 3);
        queue.fanouts = ngx_ap_store_int(result->rows, 0, 4);
    }

    call->handler.queue(call->data, rc, rc == NGX_OK ? &queue : NULL);

    ngx_ap_store_end(call);
}
