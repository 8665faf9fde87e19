
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * One function that asks and one that is answered for each call.
 */

#include "ngx_ap_store_internal.h"
#include "ngx_ap_store_rows.h"


static ngx_ap_pg_query_t *ngx_ap_store_query(ngx_ap_pg_t *pg,
    ngx_ap_store_call_t *call, const ngx_str_t *texts,
    ngx_ap_pg_answered_pt answered);
static ngx_uint_t ngx_ap_store_bad_value(const PGresult *rows);
static void ngx_ap_store_document_answered(void *data,
    const ngx_ap_pg_result_t *result);
static void ngx_ap_store_declared(void *data,
    const ngx_ap_pg_result_t *result);
static void ngx_ap_store_members_answered(void *data,
    const ngx_ap_pg_result_t *result);
static void ngx_ap_store_flushed(void *data,
    const ngx_ap_pg_result_t *result);


ngx_ap_pg_query_t *
ngx_ap_store_document(ngx_ap_store_t *store, ngx_str_t *origin,
    ngx_str_t *path, ngx_str_t *query, ngx_uint_t slow,
    ngx_ap_store_document_pt handler, void *data)
{
    ngx_str_t             texts[] = { *origin, *path, *query };
    ngx_ap_store_call_t   call;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_DOCUMENT;
    call.nvalues = 3;
    call.handler.document = handler;
    call.data = data;

    return ngx_ap_store_call(store, slow ? store->bulk : store->pipeline,
                             &call, texts, ngx_ap_store_document_answered);
}


ngx_ap_pg_query_t *
ngx_ap_store_declare(ngx_ap_store_t *store, ngx_str_t *node,
    ngx_str_t *declaration, ngx_ap_store_declared_pt handler, void *data)
{
    ngx_str_t             texts[] = { *node, *declaration };
    ngx_ap_store_call_t   call;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_DECLARE;
    call.nvalues = 2;
    call.handler.declared = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->bulk, &call, texts,
                             ngx_ap_store_declared);
}


ngx_ap_pg_query_t *
ngx_ap_store_key_set(ngx_ap_store_t *store, ngx_str_t *actor,
    ngx_str_t *private_pem, ngx_str_t *public_pem,
    ngx_ap_store_done_pt handler, void *data)
{
    ngx_str_t             texts[] = { *actor, *private_pem, *public_pem };
    ngx_ap_store_call_t   call;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_KEY_SET;
    call.nvalues = 3;
    call.handler.done = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->bulk, &call, texts,
                             ngx_ap_store_done);
}


ngx_ap_pg_query_t *
ngx_ap_store_twins(ngx_ap_store_t *store, int64_t after,
    ngx_ap_store_members_pt handler, void *data)
{
    return ngx_ap_store_members(store, NGX_AP_STATEMENT_TWINS, after,
                                handler, data);
}


ngx_ap_pg_query_t *
ngx_ap_store_actors(ngx_ap_store_t *store, int64_t after,
    ngx_ap_store_members_pt handler, void *data)
{
    return ngx_ap_store_members(store, NGX_AP_STATEMENT_ACTORS, after,
                                handler, data);
}


ngx_ap_pg_query_t *
ngx_ap_store_remote_actors(ngx_ap_store_t *store, int64_t after,
    ngx_ap_store_members_pt handler, void *data)
{
    return ngx_ap_store_members(store, NGX_AP_STATEMENT_REMOTE_ACTORS, after,
                                handler, data);
}


ngx_ap_pg_query_t *
ngx_ap_store_twins_at(ngx_ap_store_t *store, ngx_str_t *keys,
    ngx_ap_store_members_pt handler, void *data)
{
    return ngx_ap_store_members_at(store, NGX_AP_STATEMENT_TWINS_AT, keys,
                                   handler, data);
}


ngx_ap_pg_query_t *
ngx_ap_store_actors_at(ngx_ap_store_t *store, ngx_str_t *keys,
    ngx_ap_store_members_pt handler, void *data)
{
    return ngx_ap_store_members_at(store, NGX_AP_STATEMENT_ACTORS_AT, keys,
                                   handler, data);
}


ngx_ap_pg_query_t *
ngx_ap_store_members(ngx_ap_store_t *store, ngx_ap_statement_e statement,
    int64_t after, ngx_ap_store_members_pt handler, void *data)
{
    u_char                from[NGX_INT64_LEN], most[NGX_INT_T_LEN];
    ngx_str_t             texts[2];
    ngx_ap_store_call_t   call;

    texts[0].data = from;
    texts[0].len = ngx_sprintf(from, "%L", after) - from;

    texts[1].data = most;
    texts[1].len = ngx_sprintf(most, "%d", NGX_AP_STORE_MEMBERS) - most;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = statement;
    call.nvalues = 2;
    call.handler.members = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->bulk, &call, texts,
                             ngx_ap_store_members_answered);
}


ngx_ap_pg_query_t *
ngx_ap_store_members_at(ngx_ap_store_t *store, ngx_ap_statement_e statement,
    ngx_str_t *keys, ngx_ap_store_members_pt handler, void *data)
{
    ngx_ap_store_call_t   call;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = statement;
    call.nvalues = 1;
    call.handler.members = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->bulk, &call, keys,
                             ngx_ap_store_members_answered);
}


void
ngx_ap_store_listen_flush(ngx_ap_store_t *store,
    void (*flushed)(void *data), void *data)
{
    ngx_ap_pg_t          *pg;
    ngx_ap_store_call_t   call;

    /* who does not listen has nothing to wait for, but is answered later too */

    pg = store->listener ? store->listener : store->pipeline;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_SCHEMA;
    call.handler.flushed = flushed;
    call.data = data;

    if (ngx_ap_store_call(store, pg, &call, NULL, ngx_ap_store_flushed)
        == NULL)
    {
        flushed(data);
    }
}


ngx_ap_pg_query_t *
ngx_ap_store_call(ngx_ap_store_t *store, ngx_ap_pg_t *pg,
    const ngx_ap_store_call_t *template, const ngx_str_t *texts,
    ngx_ap_pg_answered_pt answered)
{
    ngx_ap_pg_query_t    *query;
    ngx_ap_store_call_t  *call;

    call = ngx_alloc(sizeof(ngx_ap_store_call_t), store->log);
    if (call == NULL) {
        return NULL;
    }

    *call = *template;
    call->store = store;

    query = ngx_ap_store_query(pg, call, texts, answered);
    if (query == NULL) {
        ngx_free(call);
        return NULL;
    }

    ngx_queue_insert_tail(&store->calls, &call->queue);

    return query;
}


/* values with an end, as libpq wants them */

static ngx_ap_pg_query_t *
ngx_ap_store_query(ngx_ap_pg_t *pg, ngx_ap_store_call_t *call,
    const ngx_str_t *texts, ngx_ap_pg_answered_pt answered)
{
    u_char             *p;
    size_t              size;
    ngx_uint_t          i, n, count;
    const char        **values;
    ngx_ap_pg_query_t  *query;

    n = call->n ? call->n : 1;
    count = n * call->nvalues;
    size = 1 + count * sizeof(char *);

    for (i = 0; i < count; i++) {
        size += texts[i].len + 1;
    }

    values = ngx_alloc(size, call->store->log);
    if (values == NULL) {
        return NULL;
    }

    p = (u_char *) (values + count);

    for (i = 0; i < count; i++) {
        values[i] = (char *) p;

        if (texts[i].len) {
            p = ngx_cpymem(p, texts[i].data, texts[i].len);
        }

        *p++ = '\0';
    }

    query = ngx_ap_pg_batch(pg, call->statement, n, call->nvalues, values,
                            answered, call);

    ngx_free(values);

    return query;
}


void
ngx_ap_store_cancel(ngx_ap_pg_query_t *query)
{
    ngx_ap_store_call_t  *call;

    call = ngx_ap_pg_query_data(query);

    /* by its own handler: it is over anyway */

    if (call->answering) {
        return;
    }

    ngx_ap_store_end(call);
    ngx_ap_pg_cancel(query);
}


void
ngx_ap_store_calls_free(ngx_ap_store_t *store)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&store->calls)) {
        q = ngx_queue_head(&store->calls);
        ngx_ap_store_end(ngx_queue_data(q, ngx_ap_store_call_t, queue));
    }
}


static void
ngx_ap_store_document_answered(void *data, const ngx_ap_pg_result_t *result)
{
    ngx_int_t             rc;
    fedi_document_t       document;
    ngx_ap_store_call_t  *call = data;

    if (result->rc == NGX_DECLINED && ngx_ap_store_bad_value(result->rows)) {
        call->answering = 1;
        rc = NGX_DECLINED;

    } else {
        rc = ngx_ap_store_begin(call, result);

        /* a refused question does not mean that there is no document */

        if (rc == NGX_DECLINED) {
            rc = NGX_ERROR;
        }
    }

    if (rc == NGX_OK) {
        rc = ngx_ap_store_row_document(result->rows, &document);

        if (rc == NGX_ERROR) {
            ngx_ap_store_strange(call);
        }

    }

    call->handler.document(call->data, rc, (rc == NGX_OK || rc == NGX_AGAIN)
                                           ? &document : NULL);

    ngx_ap_store_end(call);
}


/* class 22: a URL that is no text, such as %ff, names no document */

static ngx_uint_t
ngx_ap_store_bad_value(const PGresult *rows)
{
    const char  *state;

    state = PQresultErrorField(rows, PG_DIAG_SQLSTATE);

    return state != NULL && strncmp(state, "22", 2) == 0;
}


static void
ngx_ap_store_declared(void *data, const ngx_ap_pg_result_t *result)
{
    ngx_int_t                rc;
    ngx_uint_t               n;
    ngx_ap_store_call_t     *call = data;
    ngx_ap_store_verdict_t  *verdicts;

    n = 0;
    verdicts = NULL;

    rc = ngx_ap_store_begin(call, result);

    if (rc == NGX_OK) {
        rc = ngx_ap_store_row_verdicts(result->rows, &verdicts, &n,
                                       call->store->log);
        if (rc != NGX_OK) {
            n = 0;
            ngx_ap_store_strange(call);
        }
    }

    call->handler.declared(call->data, rc, verdicts, n);

    ngx_free(verdicts);
    ngx_ap_store_end(call);
}


static void
ngx_ap_store_members_answered(void *data, const ngx_ap_pg_result_t *result)
{
    ngx_int_t               rc;
    ngx_uint_t              n;
    ngx_ap_store_call_t    *call = data;
    ngx_ap_store_member_t  *members;

    n = 0;
    members = NULL;

    rc = ngx_ap_store_begin(call, result);

    if (rc == NGX_OK) {
        rc = ngx_ap_store_row_members(result->rows, &members, &n,
                                      call->store->log);
        if (rc != NGX_OK) {
            n = 0;
            ngx_ap_store_strange(call);
        }
    }

    call->handler.members(call->data, rc, members, n);

    ngx_free(members);
    ngx_ap_store_end(call);
}


static void
ngx_ap_store_flushed(void *data, const ngx_ap_pg_result_t *result)
{
    ngx_ap_store_call_t  *call = data;

    (void) ngx_ap_store_begin(call, result);

    call->handler.flushed(call->data);

    ngx_ap_store_end(call);
}
