
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What others sent, on its way into receive().  What a row is made of is
 * known here alone, and it is made of what the authoriser has made.
 */

#include "ngx_ap_store_internal.h"
#include "ngx_ap_store_rows.h"


/* in the order of the statement; what is absent is empty */

struct ngx_ap_store_activity_s {
    ngx_str_t                   origin;
    ngx_str_t                   actor;
    ngx_str_t                   id;
    ngx_str_t                   type;
    ngx_str_t                   object;
    ngx_str_t                   inner_type;
    ngx_str_t                   inner_object;
    ngx_str_t                   inner_id;
    ngx_str_t                   body;
};

#define NGX_AP_STORE_ACTIVITY                                                 \
    (sizeof(ngx_ap_store_activity_t) / sizeof(ngx_str_t))


static void ngx_ap_store_received(void *data,
    const ngx_ap_pg_result_t *results);


static ngx_str_t
ngx_ap_store_string(fedi_str_t s)
{
    return (ngx_str_t) { s.len, (u_char *) s.data };
}


const ngx_ap_store_activity_t *
ngx_ap_store_activity(ngx_pool_t *pool, const ngx_str_t *origin,
    const fedi_authorised_t *authorised)
{
    const fedi_activity_t    *activity;
    ngx_ap_store_activity_t  *row;

    row = ngx_pcalloc(pool, sizeof(ngx_ap_store_activity_t));
    if (row == NULL) {
        return NULL;
    }

    activity = fedi_authorised_activity(authorised);

    row->origin = *origin;
    row->actor = ngx_ap_store_string(activity->actor.text);
    row->id = ngx_ap_store_string(activity->id.text);
    row->type = ngx_ap_store_string(activity->type);
    row->object = ngx_ap_store_string(activity->object.id.text);
    row->body = ngx_ap_store_string(fedi_authorised_body(authorised));

    if (activity->object.embedded) {
        row->inner_type = ngx_ap_store_string(activity->object.type);
        row->inner_id = row->object;
        row->inner_object = ngx_ap_store_string(
            activity->kind == FEDI_ACTIVITY_UNDO
            ? activity->object.object.text
            : activity->object.in_reply_to.text);
    }

    return row;
}


ngx_int_t
ngx_ap_store_activity_compare(const ngx_ap_store_activity_t *one,
    const ngx_ap_store_activity_t *two)
{
    return ngx_memn2cmp(one->actor.data, two->actor.data, one->actor.len,
                        two->actor.len);
}


ngx_ap_pg_query_t *
ngx_ap_store_receive(ngx_ap_store_t *store,
    const ngx_ap_store_activity_t *const *activities, ngx_uint_t n,
    ngx_ap_store_received_pt handler, void *data)
{
    ngx_uint_t                i;
    ngx_ap_pg_query_t        *query;
    ngx_ap_store_call_t       call;
    ngx_ap_store_activity_t  *rows;

    rows = ngx_alloc(n * sizeof(ngx_ap_store_activity_t), store->log);
    if (rows == NULL) {
        return NULL;
    }

    for (i = 0; i < n; i++) {
        rows[i] = *activities[i];
    }

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_RECEIVE;
    call.n = n;
    call.nvalues = NGX_AP_STORE_ACTIVITY;
    call.handler.received = handler;
    call.data = data;

    query = ngx_ap_store_call(store, store->pipeline, &call,
                              (const ngx_str_t *) rows,
                              ngx_ap_store_received);

    ngx_free(rows);

    return query;
}


static void
ngx_ap_store_received(void *data, const ngx_ap_pg_result_t *results)
{
    ngx_uint_t               i;
    ngx_ap_store_call_t     *call = data;
    ngx_ap_store_outcome_t   outcomes[NGX_AP_STORE_BATCH];

    call->answering = 1;

    for (i = 0; i < call->n; i++) {
        ngx_str_null(&outcomes[i].verdict);

        /* of many it is asked again; alone it is somebody's fault */

        outcomes[i].rc = (call->n == 1) ? ngx_ap_store_begin(call, results)
                                        : results[i].rc;

        if (outcomes[i].rc == NGX_OK && PQntuples(results[i].rows) == 1) {
            outcomes[i].verdict = ngx_ap_store_text(results[i].rows, 0, 0);
        }
    }

    call->handler.received(call->data, outcomes, call->n);

    ngx_ap_store_end(call);
}
