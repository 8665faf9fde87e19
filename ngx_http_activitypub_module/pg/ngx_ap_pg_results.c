
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the server says, sorted: by the state of the connection, and by
 * whether a refusal is the statement's fault, a passing one, or the end of
 * this connection.
 */

#include "ngx_ap_pg_internal.h"


static ngx_int_t ngx_ap_pg_sync(ngx_ap_pg_t *pg);
static ngx_int_t ngx_ap_pg_take(ngx_ap_pg_t *pg, PGresult *result);
static ngx_int_t ngx_ap_pg_greeting(ngx_ap_pg_t *pg, PGresult *result,
    ngx_int_t rc);
static ngx_int_t ngx_ap_pg_verdict(ngx_ap_pg_t *pg, const PGresult *result);
static ngx_int_t ngx_ap_pg_refusal(ngx_ap_pg_t *pg, const PGresult *result);


/* in a pipeline a NULL ends one statement; two in a row: nothing is left */

ngx_int_t
ngx_ap_pg_results(ngx_ap_pg_t *pg)
{
    ngx_int_t    rc;
    PGresult    *result;
    ngx_uint_t   nulls;

    nulls = 0;

    while (nulls < 2 && !PQisBusy(pg->conn)) {

        result = PQgetResult(pg->conn);

        if (result == NULL) {
            nulls++;
            continue;
        }

        nulls = 0;

        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            rc = ngx_ap_pg_sync(pg);

        } else {
            rc = ngx_ap_pg_take(pg, result);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ap_pg_sync(ngx_ap_pg_t *pg)
{
    switch (pg->state) {

    case NGX_AP_PG_GREETING:
        return pg->greetings < NGX_AP_PG_GREETINGS ? NGX_OK
                                                   : ngx_ap_pg_greeted(pg);

    case NGX_AP_PG_PREPARING:
        return ngx_ap_pg_up(pg);

    default:

        /* what was notified before the answer is told before it */
        ngx_ap_pg_notifications(pg);

        return ngx_ap_pg_synced(pg);
    }
}


/* "result" becomes ours */

static ngx_int_t
ngx_ap_pg_take(ngx_ap_pg_t *pg, PGresult *result)
{
    ngx_int_t  rc;

    rc = ngx_ap_pg_verdict(pg, result);

    if (rc == NGX_ABORT) {
        PQclear(result);
        return NGX_ERROR;
    }

    switch (pg->state) {

    case NGX_AP_PG_GREETING:
        return ngx_ap_pg_greeting(pg, result, rc);

    case NGX_AP_PG_PREPARING:
        if (rc != NGX_OK) {
            pg->unusable = 1;

            ngx_ap_pg_because(pg, "statement \"%s\" cannot be prepared: %s",
                              pg->options.statements[pg->prepared].name,
                              ngx_ap_pg_message(result));
        }

        PQclear(result);
        pg->prepared++;

        return rc == NGX_OK ? NGX_OK : NGX_ERROR;

    default:
        ngx_ap_pg_result(pg, result, rc);
        return NGX_OK;
    }
}


/* the last one counts; "result" becomes ours */

static ngx_int_t
ngx_ap_pg_greeting(ngx_ap_pg_t *pg, PGresult *result, ngx_int_t rc)
{
    if (++pg->greetings < NGX_AP_PG_GREETINGS) {
        pg->unfinished = (rc == NGX_OK && PQntuples(result) != 0);
        PQclear(result);

        return NGX_OK;
    }

    PQclear(pg->greeting);

    pg->greeting = result;
    pg->greeting_rc = rc;

    return NGX_OK;
}


/*
 * NGX_DECLINED: the statement will not do; NGX_ERROR: not now; NGX_ABORT: not
 * on this connection.
 */

static ngx_int_t
ngx_ap_pg_verdict(ngx_ap_pg_t *pg, const PGresult *result)
{
    switch (PQresultStatus(result)) {

    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
        return NGX_OK;

    case PGRES_PIPELINE_ABORTED:
        return NGX_ERROR;

    default:
        return ngx_ap_pg_refusal(pg, result);
    }
}


static ngx_int_t
ngx_ap_pg_refusal(ngx_ap_pg_t *pg, const PGresult *result)
{
    const char  *state;

    state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    /* an error that libpq made itself: it lost the server */

    if (state == NULL) {
        ngx_ap_pg_because_libpq(pg, PQresultErrorMessage(result));
        return NGX_ABORT;
    }

    /* read_only_sql_transaction: it became a standby */

    if (strcmp(state, "25006") == 0) {
        pg->elsewhere = 1;
    }

    if (pg->elsewhere
        || strncmp(state, "08", 2) == 0
        || strncmp(state, "57P0", 4) == 0
        || strcmp(state, "53300") == 0)
    {
        ngx_ap_pg_because(pg, "%s", ngx_ap_pg_message(result));
        return NGX_ABORT;
    }

    /* rolled back, out of resources, cancelled, system error */

    if (strncmp(state, "40", 2) == 0
        || strncmp(state, "53", 2) == 0
        || strncmp(state, "57", 2) == 0
        || strncmp(state, "58", 2) == 0)
    {
        return NGX_ERROR;
    }

    return NGX_DECLINED;
}


void
ngx_ap_pg_notifications(ngx_ap_pg_t *pg)
{
    PGnotify  *notify;

    if (pg->options.notified == NULL) {
        return;
    }

    while ((notify = PQnotifies(pg->conn)) != NULL) {
        pg->options.notified(pg->options.data, notify->relname,
                             notify->extra);
        PQfreemem(notify);
    }
}
