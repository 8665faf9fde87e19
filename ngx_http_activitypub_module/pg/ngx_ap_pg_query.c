
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Queries of a connection:
 *
 *     query -> waiting -> send -> flight -> result -> synced -> answer
 *
 * A query is one statement, or a batch of the same one, and a Sync.  It is
 * answered after its Sync, because only then is it committed.
 * One that is lost on the way is answered by ngx_ap_pg_fail().
 */

#include "ngx_ap_pg_internal.h"


/* the server gives up at the statement timeout; then we, this much later */
#define NGX_AP_PG_GRACE  1000


static ngx_ap_pg_query_t *ngx_ap_pg_query_create(ngx_ap_pg_t *pg,
    ngx_uint_t n, ngx_uint_t nvalues, const char *const *values);
static void ngx_ap_pg_query_free(ngx_ap_pg_query_t *query);
static void ngx_ap_pg_query_timeout(ngx_event_t *ev);
static ngx_int_t ngx_ap_pg_send(ngx_ap_pg_t *pg, ngx_ap_pg_query_t *query);
static ngx_int_t ngx_ap_pg_send_row(ngx_ap_pg_t *pg,
    ngx_ap_pg_query_t *query, ngx_uint_t row);
static void ngx_ap_pg_answer(ngx_ap_pg_query_t *query, ngx_int_t rc);


ngx_ap_pg_query_t *
ngx_ap_pg_query(ngx_ap_pg_t *pg, ngx_uint_t statement, ngx_uint_t nvalues,
    const char *const *values, ngx_ap_pg_answered_pt answered, void *data)
{
    return ngx_ap_pg_batch(pg, statement, 1, nvalues, values, answered, data);
}


ngx_ap_pg_query_t *
ngx_ap_pg_batch(ngx_ap_pg_t *pg, ngx_uint_t statement, ngx_uint_t n,
    ngx_uint_t nvalues, const char *const *values,
    ngx_ap_pg_answered_pt answered, void *data)
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

    query = ngx_ap_pg_query_create(pg, n, nvalues, values);
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
ngx_ap_pg_query_create(ngx_ap_pg_t *pg, ngx_uint_t n, ngx_uint_t nvalues,
    const char *const *values)
{
    char               *p;
    size_t              size, len;
    ngx_uint_t          i;
    ngx_ap_pg_query_t  *query;

    size = sizeof(ngx_ap_pg_query_t) + n * sizeof(ngx_ap_pg_result_t)
           + n * nvalues * sizeof(char *);

    for (i = 0; i < n * nvalues; i++) {
        size += values[i] ? strlen(values[i]) + 1 : 0;
    }

    query = ngx_alloc(size, pg->log);
    if (query == NULL) {
        return NULL;
    }

    ngx_memzero(query, sizeof(ngx_ap_pg_query_t));

    query->pg = pg;
    query->ident = -1;
    query->n = n;
    query->nvalues = nvalues;
    query->results = (ngx_ap_pg_result_t *) (query + 1);
    query->values = (const char **) (query->results + n);

    query->timer.handler = ngx_ap_pg_query_timeout;
    query->timer.data = query;
    query->timer.log = pg->log;

    for (i = 0; i < n; i++) {
        query->results[i].rc = NGX_ERROR;
        query->results[i].rows = NULL;
    }

    p = (char *) (query->values + n * nvalues);

    for (i = 0; i < n * nvalues; i++) {
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
    ngx_uint_t  i;

    if (query->timer.timer_set) {
        ngx_del_timer(&query->timer);
    }

    for (i = 0; i < query->n; i++) {
        PQclear((PGresult *) query->results[i].rows);
    }

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
    ngx_uint_t  i;

    ngx_log_debug3(NGX_LOG_DEBUG_EVENT, pg->log, 0,
                   "database %s: send \"%s\" %ui", pg->options.label,
                   pg->options.statements[query->statement].name, query->n);

    pg->used = ngx_current_msec;

    query->place = NGX_AP_PG_SENT;
    ngx_queue_insert_tail(&pg->flight, &query->queue);

    if (query->timer.timer_set) {
        ngx_del_timer(&query->timer);
    }

    ngx_add_timer(&query->timer, pg->conninfo->timeout + NGX_AP_PG_GRACE);

    for (i = 0; i < query->n; i++) {
        if (ngx_ap_pg_send_row(pg, query, i) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (PQpipelineSync(pg->conn) != 1) {
        ngx_ap_pg_because_libpq(pg, PQerrorMessage(pg->conn));
        return NGX_ERROR;
    }

    return ngx_ap_pg_flush(pg);
}


static ngx_int_t
ngx_ap_pg_send_row(ngx_ap_pg_t *pg, ngx_ap_pg_query_t *query, ngx_uint_t row)
{
    int                           sent;
    const char                  **values;
    const ngx_ap_pg_statement_t  *statement;

    statement = &pg->options.statements[query->statement];
    values = query->values + row * query->nvalues;

    /* a greeting is not prepared: it goes before anything that is */

    if (query->statement < NGX_AP_PG_GREETINGS) {
        sent = PQsendQueryParams(pg->conn, statement->sql, query->nvalues,
                                 NULL, values, NULL, NULL, 0);
    } else {
        sent = PQsendQueryPrepared(pg->conn, statement->name, query->nvalues,
                                   values, NULL, NULL, 0);
    }

    if (sent != 1) {
        ngx_ap_pg_because_libpq(pg, PQerrorMessage(pg->conn));
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * A result of the query whose turn it is; "result" becomes ours.  One more
 * than there are statements is the Sync's: what they did is not committed.
 */

void
ngx_ap_pg_result(ngx_ap_pg_t *pg, PGresult *result, ngx_int_t rc)
{
    ngx_uint_t          i;
    ngx_ap_pg_query_t  *query;

    if (ngx_queue_empty(&pg->flight)) {
        PQclear(result);
        return;
    }

    query = ngx_queue_data(ngx_queue_head(&pg->flight), ngx_ap_pg_query_t,
                           queue);

    if (query->nresults < query->n) {
        query->results[query->nresults].rows = result;
        query->results[query->nresults++].rc = rc;
        return;
    }

    for (i = 0; i < query->n; i++) {
        query->results[i].rc = rc;
    }

    PQclear((PGresult *) query->results[query->n - 1].rows);

    query->results[query->n - 1].rows = result;
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
    ngx_ap_pg_answer(query, NGX_OK);

    return NGX_OK;
}


/* NGX_ERROR: whatever came of it, it was not all */

static void
ngx_ap_pg_answer(ngx_ap_pg_query_t *query, ngx_int_t rc)
{
    ngx_uint_t  i;

    for (i = 0; rc == NGX_ERROR && i < query->n; i++) {
        query->results[i].rc = NGX_ERROR;
    }

    ngx_log_debug3(NGX_LOG_DEBUG_EVENT, query->pg->log, 0,
                   "database %s: answer to \"%s\": %i",
                   query->pg->options.label,
                   query->pg->options.statements[query->statement].name,
                   query->results[0].rc);

    query->place = NGX_AP_PG_ANSWERING;

    if (query->answered) {
        query->answered(query->data, query->results);
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
