
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_store_internal.h"
#include "ngx_ap_store_policies.h"


static void ngx_ap_store_reviewed(void *data,
    const ngx_ap_pg_result_t *result);


ngx_ap_pg_query_t *
ngx_ap_store_policies(ngx_ap_store_t *store, int64_t after,
    ngx_ap_store_members_pt handler, void *data)
{
    return ngx_ap_store_members(store, NGX_AP_STATEMENT_POLICIES, after,
                                handler, data);
}


ngx_ap_pg_query_t *
ngx_ap_store_policies_at(ngx_ap_store_t *store, ngx_str_t *keys,
    ngx_ap_store_members_pt handler, void *data)
{
    return ngx_ap_store_members_at(store, NGX_AP_STATEMENT_POLICIES_AT, keys,
                                   handler, data);
}


ngx_ap_pg_query_t *
ngx_ap_store_declare_policy(ngx_ap_store_t *store,
    const ngx_ap_store_policy_t *policy, ngx_ap_store_done_pt handler,
    void *data)
{
    ngx_str_t             texts[] = { policy->origin, policy->mode,
                                      policy->blocks, policy->allows };
    ngx_ap_store_call_t   call;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_DECLARE_POLICY;
    call.nvalues = 4;
    call.handler.done = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->bulk, &call, texts,
                             ngx_ap_store_done);
}


ngx_ap_pg_query_t *
ngx_ap_store_review_next(ngx_ap_store_t *store, ngx_uint_t lim,
    ngx_ap_store_done_pt handler, void *data)
{
    u_char               most[NGX_INT_T_LEN];
    ngx_str_t            text;
    ngx_ap_store_call_t  call;

    text.data = most;
    text.len = ngx_sprintf(most, "%ui", lim) - most;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_REVIEW_NEXT;
    call.nvalues = 1;
    call.handler.done = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->bulk, &call, &text,
                             ngx_ap_store_reviewed);
}


static void
ngx_ap_store_reviewed(void *data, const ngx_ap_pg_result_t *result)
{
    ngx_int_t             rc;
    ngx_ap_store_call_t  *call = data;

    rc = ngx_ap_store_begin(call, result);

    if (rc == NGX_OK && PQntuples(result->rows) == 0) {
        rc = NGX_DECLINED;
    }

    call->handler.done(call->data, rc);

    ngx_ap_store_end(call);
}
