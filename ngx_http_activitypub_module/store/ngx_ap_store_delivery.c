
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_store_delivery.h"
#include "ngx_ap_store_internal.h"
#include "ngx_ap_store_rows.h"


/* columns by their place in ngx_ap_statements.c */

enum {
    CLAIM_ID = 0,
    CLAIM_CLAIM,
    CLAIM_INBOX,
    CLAIM_HOST,
    CLAIM_ACTOR,
    CLAIM_KEY_ID,
    CLAIM_ACTIVITY,
    CLAIM_BODY,
    CLAIM_ATTEMPTS,
    CLAIM_SCHEME,
    CLAIM_PARTING,
    CLAIM_COLUMNS
};


static ngx_ap_pg_query_t *ngx_ap_store_ask_bulk(ngx_ap_store_t *store,
    ngx_ap_store_call_t *call, ngx_uint_t lim, ngx_ap_pg_answered_pt answered);
static void ngx_ap_store_expanded(void *data,
    const ngx_ap_pg_result_t *result);
static void ngx_ap_store_claimed(void *data,
    const ngx_ap_pg_result_t *result);
static ngx_ap_store_delivery_t *ngx_ap_store_deliveries(const PGresult *rows,
    ngx_log_t *log);
static void ngx_ap_store_next(void *data, const ngx_ap_pg_result_t *result);


ngx_ap_pg_query_t *
ngx_ap_store_fanout_expand(ngx_ap_store_t *store, ngx_uint_t lim,
    ngx_ap_store_expanded_pt handler, void *data)
{
    ngx_ap_store_call_t  call;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_FANOUT_EXPAND;
    call.handler.expanded = handler;
    call.data = data;

    return ngx_ap_store_ask_bulk(store, &call, lim, ngx_ap_store_expanded);
}


static ngx_ap_pg_query_t *
ngx_ap_store_ask_bulk(ngx_ap_store_t *store, ngx_ap_store_call_t *call,
    ngx_uint_t lim, ngx_ap_pg_answered_pt answered)
{
    u_char     most[NGX_INT_T_LEN];
    ngx_str_t  text;

    text.data = most;
    text.len = ngx_sprintf(most, "%ui", lim) - most;

    call->nvalues = 1;

    return ngx_ap_store_call(store, store->bulk, call, &text, answered);
}


static void
ngx_ap_store_expanded(void *data, const ngx_ap_pg_result_t *result)
{
    ngx_int_t             rc;
    ngx_uint_t            found, n;
    ngx_ap_store_call_t  *call = data;

    found = 0;
    n = 0;

    rc = ngx_ap_store_begin_rows(call, result, 1);

    if (rc == NGX_OK && PQntuples(result->rows) != 0) {
        found = 1;
        n = (ngx_uint_t) ngx_ap_store_int(result->rows, 0, 0);
    }

    call->handler.expanded(call->data, rc, found, n);

    ngx_ap_store_end(call);
}


ngx_ap_pg_query_t *
ngx_ap_store_delivery_claim(ngx_ap_store_t *store, ngx_uint_t lim,
    ngx_ap_store_claimed_pt handler, void *data)
{
    ngx_ap_store_call_t  call;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_DELIVERY_CLAIM;
    call.handler.claimed = handler;
    call.data = data;

    return ngx_ap_store_ask_bulk(store, &call, lim, ngx_ap_store_claimed);
}


static void
ngx_ap_store_claimed(void *data, const ngx_ap_pg_result_t *result)
{
    ngx_int_t                 rc;
    ngx_uint_t                n;
    ngx_ap_store_call_t      *call = data;
    ngx_ap_store_delivery_t  *deliveries;

    n = 0;
    deliveries = NULL;

    rc = ngx_ap_store_begin_rows(call, result, CLAIM_COLUMNS);

    if (rc == NGX_OK && PQntuples(result->rows) != 0) {
        deliveries = ngx_ap_store_deliveries(result->rows, call->store->log);

        if (deliveries == NULL) {
            rc = NGX_ERROR;

        } else {
            n = PQntuples(result->rows);
        }
    }

    call->handler.claimed(call->data, rc, deliveries, n);

    ngx_free(deliveries);
    ngx_ap_store_end(call);
}


static ngx_ap_store_delivery_t *
ngx_ap_store_deliveries(const PGresult *rows, ngx_log_t *log)
{
    int                       i, n;
    ngx_ap_store_delivery_t  *delivery;

    n = PQntuples(rows);

    delivery = ngx_calloc(n * sizeof(ngx_ap_store_delivery_t), log);
    if (delivery == NULL) {
        return NULL;
    }

    for (i = 0; i < n; i++) {
        delivery[i].id = ngx_ap_store_int(rows, i, CLAIM_ID);
        delivery[i].claim = ngx_ap_store_text(rows, i, CLAIM_CLAIM);
        delivery[i].inbox = ngx_ap_store_text(rows, i, CLAIM_INBOX);
        delivery[i].host = ngx_ap_store_text(rows, i, CLAIM_HOST);
        delivery[i].actor = ngx_ap_store_text(rows, i, CLAIM_ACTOR);
        delivery[i].key_id = ngx_ap_store_text(rows, i, CLAIM_KEY_ID);
        delivery[i].activity = ngx_ap_store_text(rows, i, CLAIM_ACTIVITY);
        delivery[i].body = ngx_ap_store_text(rows, i, CLAIM_BODY);
        delivery[i].attempts = (ngx_uint_t) ngx_ap_store_int(rows, i,
                                                             CLAIM_ATTEMPTS);
        delivery[i].scheme = ngx_ap_store_text(rows, i, CLAIM_SCHEME);
        delivery[i].parting
            = (PQgetvalue(rows, i, CLAIM_PARTING)[0] == 't');
    }

    return delivery;
}


ngx_ap_pg_query_t *
ngx_ap_store_delivery_settle(ngx_ap_store_t *store, ngx_str_t *results,
    ngx_ap_store_done_pt handler, void *data)
{
    ngx_ap_store_call_t  call;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_DELIVERY_SETTLE;
    call.nvalues = 1;
    call.handler.done = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->bulk, &call, results,
                             ngx_ap_store_done);
}


ngx_ap_pg_query_t *
ngx_ap_store_delivery_next(ngx_ap_store_t *store,
    ngx_ap_store_next_pt handler, void *data)
{
    ngx_ap_store_call_t  call;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_DELIVERY_NEXT;
    call.handler.next = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->bulk, &call, NULL,
                             ngx_ap_store_next);
}


static void
ngx_ap_store_next(void *data, const ngx_ap_pg_result_t *result)
{
    int64_t               msec;
    ngx_int_t             rc;
    ngx_ap_store_call_t  *call = data;

    msec = -1;

    rc = ngx_ap_store_begin_row(call, result, 1);

    if (rc == NGX_OK && !PQgetisnull(result->rows, 0, 0)) {
        msec = ngx_ap_store_int(result->rows, 0, 0);
    }

    call->handler.next(call->data, rc, msec);

    ngx_ap_store_end(call);
}
