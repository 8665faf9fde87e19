
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_store_internal.h"
#include "ngx_ap_store_moves.h"
#include "ngx_ap_store_rows.h"


/* columns by their place in ngx_ap_statements.c */

enum {
    REDIRECT_VERDICT = 0,
    REDIRECT_URL,
    REDIRECT_COLUMNS
};


static void ngx_ap_store_redirect_judged(void *data,
    const ngx_ap_pg_result_t *result);


ngx_ap_pg_query_t *
ngx_ap_store_redirect_seen(ngx_ap_store_t *store,
    const ngx_ap_store_redirect_t *redirect, time_t seconds,
    ngx_ap_store_redirect_pt handler, void *data)
{
    u_char                number[NGX_TIME_T_LEN];
    ngx_str_t             texts[5];
    ngx_ap_store_call_t   call;

    texts[0] = redirect->origin;
    texts[1] = redirect->path;
    texts[2] = redirect->query;
    texts[3] = redirect->target;
    texts[4].data = number;
    texts[4].len = ngx_sprintf(number, "%T", seconds) - number;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_REDIRECT_SEEN;
    call.nvalues = 5;
    call.handler.redirect = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->bulk, &call, texts,
                             ngx_ap_store_redirect_judged);
}


ngx_ap_pg_query_t *
ngx_ap_store_move_post(ngx_ap_store_t *store,
    const ngx_ap_store_redirect_t *redirect,
    ngx_ap_store_redirect_pt handler, void *data)
{
    ngx_str_t             texts[4];
    ngx_ap_store_call_t   call;

    texts[0] = redirect->origin;
    texts[1] = redirect->path;
    texts[2] = redirect->query;
    texts[3] = redirect->target;

    ngx_memzero(&call, sizeof(ngx_ap_store_call_t));

    call.statement = NGX_AP_STATEMENT_MOVE_POST;
    call.nvalues = 4;
    call.handler.redirect = handler;
    call.data = data;

    return ngx_ap_store_call(store, store->bulk, &call, texts,
                             ngx_ap_store_redirect_judged);
}


static void
ngx_ap_store_redirect_judged(void *data, const ngx_ap_pg_result_t *result)
{
    ngx_int_t             rc;
    ngx_str_t             verdict, url;
    ngx_ap_store_call_t  *call = data;

    ngx_str_null(&verdict);
    ngx_str_null(&url);

    rc = ngx_ap_store_begin(call, result);

    if (rc == NGX_OK && (PQnfields(result->rows) != REDIRECT_COLUMNS
                         || PQntuples(result->rows) != 1))
    {
        ngx_ap_store_strange(call);
        rc = NGX_ERROR;
    }

    if (rc == NGX_OK) {
        verdict = ngx_ap_store_text(result->rows, 0, REDIRECT_VERDICT);
        url = ngx_ap_store_text(result->rows, 0, REDIRECT_URL);
    }

    call->handler.redirect(call->data, rc, &verdict, &url);

    ngx_ap_store_end(call);
}
