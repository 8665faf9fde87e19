
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the answers to all calls have in common.
 */

#include "ngx_ap_store_internal.h"


ngx_int_t
ngx_ap_store_begin(ngx_ap_store_call_t *call, const ngx_ap_pg_result_t *result)
{
    call->answering = 1;

    /* no rows: the connection is lost, and that is logged where it was */

    if (result->rc != NGX_OK && result->rows != NULL) {
        ngx_log_error(NGX_LOG_ERR, call->store->log, 0,
                      "database refused statement \"%s\": %s",
                      ngx_ap_statements[call->statement].name,
                      ngx_ap_pg_message(result->rows));
    }

    return result->rc;
}


ngx_int_t
ngx_ap_store_begin_rows(ngx_ap_store_call_t *call,
    const ngx_ap_pg_result_t *result, int columns)
{
    ngx_int_t  rc;

    rc = ngx_ap_store_begin(call, result);

    if (rc == NGX_OK && PQnfields(result->rows) != columns) {
        ngx_ap_store_strange(call);
        return NGX_ERROR;
    }

    return rc;
}


ngx_int_t
ngx_ap_store_begin_row(ngx_ap_store_call_t *call,
    const ngx_ap_pg_result_t *result, int columns)
{
    ngx_int_t  rc;

    rc = ngx_ap_store_begin_rows(call, result, columns);

    if (rc == NGX_OK && PQntuples(result->rows) != 1) {
        ngx_ap_store_strange(call);
        return NGX_ERROR;
    }

    return rc;
}


void
ngx_ap_store_strange(ngx_ap_store_call_t *call)
{
    ngx_log_error(NGX_LOG_ERR, call->store->log, 0,
                  "database answered statement \"%s\" with unexpected rows",
                  ngx_ap_statements[call->statement].name);
}


void
ngx_ap_store_done(void *data, const ngx_ap_pg_result_t *result)
{
    ngx_int_t             rc;
    ngx_ap_store_call_t  *call = data;

    rc = ngx_ap_store_begin(call, result);

    call->handler.done(call->data, rc);

    ngx_ap_store_end(call);
}


void
ngx_ap_store_end(ngx_ap_store_call_t *call)
{
    ngx_queue_remove(&call->queue);
    ngx_free(call);
}
