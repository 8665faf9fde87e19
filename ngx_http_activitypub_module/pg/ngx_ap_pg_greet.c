
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is said before the first query, when the server has let us in:
 *
 *     connected -> greet -> greeted -> prepared: up
 *
 * Settings of the session, a question whose answer the owner judges, and the
 * statements.
 */

#include "ngx_ap_pg_internal.h"


static ngx_int_t ngx_ap_pg_greet(ngx_ap_pg_t *pg);


void
ngx_ap_pg_connected(ngx_ap_pg_t *pg)
{
    pg->state = NGX_AP_PG_GREETING;

    ngx_ap_pg_step(pg, pg->conninfo->timeout);

    if (ngx_ap_pg_greet(pg) != NGX_OK) {
        ngx_ap_pg_lose(pg);
    }
}


static ngx_int_t
ngx_ap_pg_greet(ngx_ap_pg_t *pg)
{
    ngx_uint_t  i;

    if (ngx_ap_pg_attach(pg, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    if (PQsetnonblocking(pg->conn, 1) != 0
        || PQenterPipelineMode(pg->conn) != 1)
    {
        goto failed;
    }

    for (i = NGX_AP_PG_GREETINGS; i-- > 0; /* void */) {

        if (PQsendQueryParams(pg->conn, pg->options.statements[i].sql, 0,
                              NULL, NULL, NULL, NULL, 0)
            != 1
            || PQpipelineSync(pg->conn) != 1)
        {
            goto failed;
        }
    }

    return ngx_ap_pg_flush(pg);

failed:

    ngx_ap_pg_because_libpq(pg, PQerrorMessage(pg->conn));

    return NGX_ERROR;
}


ngx_int_t
ngx_ap_pg_greeted(ngx_ap_pg_t *pg)
{
    ngx_str_t                     reason;
    ngx_uint_t                    i;
    ngx_ap_pg_result_t            result;
    const ngx_ap_pg_statement_t  *statements;

    result.rc = pg->greeting_rc;
    result.rows = pg->greeting;

    ngx_str_set(&reason, "unusable");

    if (pg->options.greeted(pg->options.data, &result, &reason) != NGX_OK) {
        pg->unusable = 1;
        ngx_ap_pg_because(pg, "%V", &reason);
        return NGX_ERROR;
    }

    if (pg->options.nstatements == NGX_AP_PG_GREETINGS) {
        return ngx_ap_pg_up(pg);
    }

    pg->state = NGX_AP_PG_PREPARING;
    pg->prepared = NGX_AP_PG_GREETINGS;

    ngx_ap_pg_step(pg, pg->conninfo->timeout);

    statements = pg->options.statements;

    for (i = NGX_AP_PG_GREETINGS; i < pg->options.nstatements; i++) {

        if (PQsendPrepare(pg->conn, statements[i].name, statements[i].sql,
                          statements[i].nparams, NULL)
            != 1)
        {
            ngx_ap_pg_because_libpq(pg, PQerrorMessage(pg->conn));
            return NGX_ERROR;
        }
    }

    if (PQpipelineSync(pg->conn) != 1) {
        ngx_ap_pg_because_libpq(pg, PQerrorMessage(pg->conn));
        return NGX_ERROR;
    }

    return ngx_ap_pg_flush(pg);
}
