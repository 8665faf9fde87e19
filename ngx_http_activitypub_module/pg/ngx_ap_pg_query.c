
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Queries of a connection:
 *
 *     query -> waiting -> send -> flight -> result -> synced -> answer
 *
 * A query is answered after its Sync, because only then is it committed.
 * One that is lost on the way is answered by ngx_ap_pg_fail().
 */

#include "ngx_ap_pg_internal.h"


/* the server gives up at the statement timeout; then we, this much later */
#define NGX_AP_PG_GRACE  1000


static ngx_ap_pg_query_t *ngx_ap_pg_query_create(ngx_ap_pg_t *pg,
    ngx_uint_t nvalues, const char *const *values);
static void ngx_ap_pg_query_free(ngx_ap_pg_query_t *query);
static void ngx_ap_pg_query_timeout(ngx_event_t *ev);
static ngx_int_t ngx_ap_pg_send(ngx_ap_pg_t *pg, ngx_ap_pg_query_t *query);
static void ngx_ap_pg_answer(ngx_ap_pg_query_t *query, ngx_int_t rc);


ngx_ap_pg_query_t *
ngx_ap_pg_query(ngx_ap_pg_t *pg, ngx_uint_t statement, ngx_uint_t nvalues,
    const char *const *values, ngx_ap_pg_answered_pt answered, void *data)
{
    ngx_ap_pg_query_t  *query;

    if (statement >= pg->options.nstatements
        || nvalues != pg->options.statements[statement].nparams)
    {
        ngx_log_error(NGX_LOG_ALERT, pg->log, 0,
                      "database statement %ui does not take %ui values",
                      statement, nvalues);
        return NULL;
    }

    query = ngx_ap_pg_query_create(pg, nvalues, values);
    if (query == NULL) {
        return NULL;
    }

    query->statement = statement;
    query->answered = answered;
    query->data = data;

    if (ngx_ap_pg_ready(pg) && ngx_queue_empty(&pg->waiting)) {

        if (ngx_ap_pg_send(pg, query) != NGX_OK) {
            pg->broken = 1;
            ngx_ap_pg_post(pg);
        }

        return query;
    }

    ngx_queue_insert_tail(&pg->waiting, &query->queue);
    ngx_add_timer(&query->timer, NGX_AP_PG_PATIENCE);
    ngx_ap_pg_post(pg);

    return query;
}


static ngx_ap_pg_query_t *
ngx_ap_pg_query_create(ngx_ap_pg_t *pg, ngx_uint_t nvalues,
    const char *const *values)
{
    char               *p;
    size_t              size, len;
    ngx_uint_t          i;
    ngx_ap_pg_query_t  *query;

    size = sizeof(ngx_ap_pg_query_t) + nvalues * sizeof(char *);

    for (i = 0; i < nvalues; i++) {
        size += values[i] ? strlen(values[i]) + 1 : 0;
    }

    query = ngx_alloc(size, pg->log);
    if (query == NULL) {
        return NULL;
    }

    ngx_memzero(query, sizeof(ngx_ap_pg_query_t));

    query->pg = pg;
    query->ident = -1;
    query->rc = NGX_ERROR;
    query->nvalues = nvalues;
    query->values = (const char **) (query + 1);

    query->timer.handler = ngx_ap_pg_query_timeout;
    query->timer.data = query;
    query->timer.log = pg->log;

    p = (char *) (query->values + nvalues);

    for (i = 0; i < nvalues; i++) {
        query->values[i] = NULL;

        if (values[i] != NULL) {
            len = strlen(values[i]) + 1;
            query->values[i] = p;
            p = (char *) ngx_cpymem(p, values[i], len);
        }
    }

    return query;
}


static void
ngx_ap_pg_query_free(ngx_ap_pg_query_t *query)
{
    if (query->timer.timer_set) {
        ngx_del_timer(&query->timer);
    }

    PQclear(query->rows);
    ngx_free(query);
}


/*
 * A query that waited leaves alone.  One that was sent takes the connection
 * with it: PQcancel() would block, and all behind it wait for it anyway.
 */

static void
ngx_ap_pg_query_timeout(ngx_event_t *ev)
{
    ngx_ap_pg_t        *pg;
    ngx_ap_pg_query_t  *query;

    query = ev->data;
    pg = query->pg;

    if (query->place == NGX_AP_PG_QUEUED) {
        ngx_queue_remove(&query->queue);
        ngx_ap_pg_answer(query, NGX_ERROR);
        return;
    }

    ngx_ap_pg_because(pg, "statement \"%s\" was not answered in time",
                      pg->options.statements[query->statement].name);
    ngx_ap_pg_lose(pg);
}


ngx_int_t
ngx_ap_pg_send_waiting(ngx_ap_pg_t *pg)
{
    ngx_queue_t        *q;
    ngx_ap_pg_query_t  *query;

    while (!ngx_queue_empty(&pg->waiting)) {

        q = ngx_queue_head(&pg->waiting);
        query = ngx_queue_data(q, ngx_ap_pg_query_t, queue);

        ngx_queue_remove(q);

        if (ngx_ap_pg_send(pg, query) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ap_pg_send(ngx_ap_pg_t *pg, ngx_ap_pg_query_t *query)
{
    int                           sent;
    const ngx_ap_pg_statement_t  *statement;

    statement = &pg->options.statements[query->statement];

    ngx_log_debug2(NGX_LOG_DEBUG_EVENT, pg->log, 0,
                   "database %s: send \"%s\"", pg->options.label,
                   statement->name);

    pg->used = ngx_current_msec;

    query->place = NGX_AP_PG_SENT;
    ngx_queue_insert_tail(&pg->flight, &query->queue);

    if (query->timer.timer_set) {
        ngx_del_timer(&query->timer);
    }

    ngx_add_timer(&query->timer, pg->conninfo->timeout + NGX_AP_PG_GRACE);

    /* the greeting is not prepared: it goes before anything that is */

    if (query->statement == 0) {
        sent = PQsendQueryParams(pg->conn, statement->sql, query->nvalues,
                                 NULL, query->values, NULL, NULL, 0);
    } else {
        sent = PQsendQueryPrepared(pg->conn, statement->name, query->nvalues,
                                   query->values, NULL, NULL, 0);
    }

    if (sent != 1 || PQpipelineSync(pg->conn) != 1) {
        ngx_ap_pg_because_libpq(pg, PQerrorMessage(pg->conn));
        return NGX_ERROR;
    }

    return ngx_ap_pg_flush(pg);
}


/* a result of the query whose turn it is; "result" becomes ours */

void
ngx_ap_pg_result(ngx_ap_pg_t *pg, PGresult *result, ngx_int_t rc)
{
    ngx_ap_pg_query_t  *query;

    if (ngx_queue_empty(&pg->flight)) {
        PQclear(result);
        return;
    }

    query = ngx_queue_data(ngx_queue_head(&pg->flight), ngx_ap_pg_query_t,
                           queue);

    PQclear(query->rows);

    query->rows = result;
    query->rc = rc;
}


ngx_int_t
ngx_ap_pg_synced(ngx_ap_pg_t *pg)
{
    ngx_queue_t        *q;
    ngx_ap_pg_query_t  *query;

    if (ngx_queue_empty(&pg->flight)) {
        ngx_ap_pg_because(pg, "an answer without a question");
        return NGX_ERROR;
    }

    q = ngx_queue_head(&pg->flight);
    query = ngx_queue_data(q, ngx_ap_pg_query_t, queue);

    ngx_queue_remove(q);
    ngx_ap_pg_answer(query, query->rc);

    return NGX_OK;
}


static void
ngx_ap_pg_answer(ngx_ap_pg_query_t *query, ngx_int_t rc)
{
    ngx_ap_pg_result_t  result;

    ngx_log_debug3(NGX_LOG_DEBUG_EVENT, query->pg->log, 0,
                   "database %s: answer to \"%s\": %i",
                   query->pg->options.label,
                   query->pg->options.statements[query->statement].name, rc);

    query->place = NGX_AP_PG_ANSWERING;

    if (query->answered) {
        result.rc = rc;
        result.rows = query->rows;

        query->answered(query->data, &result);
    }

    ngx_ap_pg_query_free(query);
}


/*
 * Answers what is in the queue now, not what the callbacks append to it: a
 * callback may ask again, and take away any other query.
 */

void
ngx_ap_pg_fail(ngx_ap_pg_t *pg, ngx_queue_t *queue)
{
    ngx_queue_t        *q;
    ngx_ap_pg_query_t  *query;

    for (q = ngx_queue_head(queue);
         q != ngx_queue_sentinel(queue);
         q = ngx_queue_next(q))
    {
        query = ngx_queue_data(q, ngx_ap_pg_query_t, queue);
        query->place = NGX_AP_PG_QUEUED;
    }

    if (!ngx_queue_empty(queue)) {
        ngx_queue_add(&pg->failed, queue);
        ngx_queue_init(queue);
    }

    while (!ngx_queue_empty(&pg->failed)) {

        q = ngx_queue_head(&pg->failed);
        query = ngx_queue_data(q, ngx_ap_pg_query_t, queue);

        ngx_queue_remove(q);
        ngx_ap_pg_answer(query, NGX_ERROR);
    }
}


void
ngx_ap_pg_cancel(ngx_ap_pg_query_t *query)
{
    query->answered = NULL;

    if (query->place == NGX_AP_PG_QUEUED) {
        ngx_queue_remove(&query->queue);
        ngx_ap_pg_query_free(query);
        return;
    }

    /* its answer still has to be read, but nobody waits for it */

    query->timer.cancelable = 1;
}


void *
ngx_ap_pg_query_data(ngx_ap_pg_query_t *query)
{
    return query->data;
}


void
ngx_ap_pg_forget(ngx_queue_t *queue)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(queue)) {

        q = ngx_queue_head(queue);
        ngx_queue_remove(q);

        ngx_ap_pg_query_free(ngx_queue_data(q, ngx_ap_pg_query_t, queue));
    }
}
