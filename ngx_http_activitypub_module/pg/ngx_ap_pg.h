
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * One connection to PostgreSQL on nginx's event loop: pipelined, prepared,
 * reconnecting with backoff over several hosts.  Nothing here ever waits.
 * No SQL text: the statements are the caller's.
 *
 * A statement that is given while the connection is down waits for it, up to
 * NGX_AP_PG_PATIENCE, and then fails; its own timer is not cancelable, so a
 * worker that is told to exit finishes what it was asked.
 */

#ifndef NGX_AP_PG_H
#define NGX_AP_PG_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <libpq-fe.h>

#include "ngx_ap_pg_conninfo.h"


/* how long a statement waits for a connection, milliseconds */
#define NGX_AP_PG_PATIENCE      1500

/*
 * how long one host may take to accept and authenticate us; half of it while
 * there is another host to try, so that a query outlives one silent host
 */
#define NGX_AP_PG_CONNECT_TIMEOUT  2000


typedef struct ngx_ap_pg_s        ngx_ap_pg_t;
typedef struct ngx_ap_pg_query_s  ngx_ap_pg_query_t;


/* a prepared statement is known by its place in the caller's table */

typedef struct {
    const char                 *name;
    const char                 *sql;
    ngx_uint_t                  nparams;
} ngx_ap_pg_statement_t;


typedef struct {
    /*
     * NGX_OK: "rows" holds the rows (PGRES_TUPLES_OK or COMMAND_OK).
     * NGX_DECLINED: the server refused the statement; "rows" holds the error.
     * NGX_ERROR: no answer: no database, deadline, connection lost.
     */
    ngx_int_t                   rc;
    const PGresult             *rows;       /* valid during the callback */
} ngx_ap_pg_result_t;

typedef void (*ngx_ap_pg_answered_pt)(void *data,
    const ngx_ap_pg_result_t *result);


typedef struct {
    const char                 *label;      /* for logs: "pipeline" ... */

    const ngx_ap_pg_statement_t *statements;
    ngx_uint_t                  nstatements;

    /*
     * The first statement of the table is the greeting, sent before the
     * others are prepared.  Its answer decides whether this database can be
     * used: NGX_OK, or NGX_ERROR with a reason in "reason" (static or in the
     * worker's memory), and the connection is dropped and tried again later.
     * "result->rc" may be NGX_DECLINED: the schema is not there at all.
     *
     * The second one goes before it: a row means that somebody is at work on
     * what the greeting asks for.  Then why it will not do is not told while
     * it is known that it will not do: that is not its last state.
     */
    ngx_int_t                 (*greeted)(void *data,
                                    const ngx_ap_pg_result_t *result,
                                    ngx_str_t *reason);

    /*
     * The connection became usable ("reason" is the host), or stopped being
     * so, or a server that was away is there and will not do (its schema);
     * once per change.  An idle connection that is closed on purpose did not
     * stop being usable, but with "notified" set it did.
     */
    void                      (*changed)(void *data, ngx_uint_t up,
                                    ngx_str_t *reason);

    /* a NOTIFY arrived; may be NULL */
    void                      (*notified)(void *data, const char *channel,
                                    const char *payload);

    void                       *data;

    /* connect at the first query, close after a minute without one */
    unsigned                    lazy:1;

    /*
     * Not idle in nginx's eyes: stays open when the worker is told to exit,
     * until let go or the worker shutdown timeout comes.  For a listening
     * connection, which must hear everything until its heir listens.
     */
    unsigned                    keep:1;
} ngx_ap_pg_options_t;


/*
 * In init_process.  "conninfo" must outlive the connection; options are
 * copied.  NULL: no memory.  Nothing is connected before the event loop runs.
 */
ngx_ap_pg_t *ngx_ap_pg_create(const ngx_ap_pg_conninfo_t *conninfo,
    const ngx_ap_pg_options_t *options, ngx_log_t *log);

/* in exit_process; unanswered queries are dropped without a callback */
void ngx_ap_pg_destroy(ngx_ap_pg_t *pg);

/*
 * Runs statement "statement" with text values (NULL: SQL null), each
 * NUL-terminated; they are copied.  "answered" is called exactly once, never
 * from within this call.  NULL: no memory, and no callback.
 */
ngx_ap_pg_query_t *ngx_ap_pg_query(ngx_ap_pg_t *pg, ngx_uint_t statement,
    ngx_uint_t nvalues, const char *const *values,
    ngx_ap_pg_answered_pt answered, void *data);

/*
 * The same with "n" rows of "nvalues" values, one behind the other, and one
 * Sync: one transaction.  The callback gets "n" results.  If one of them is
 * not NGX_OK, nothing was committed: NGX_DECLINED is a row at fault, all of
 * them when it is the commit that failed.
 */
ngx_ap_pg_query_t *ngx_ap_pg_batch(ngx_ap_pg_t *pg, ngx_uint_t statement,
    ngx_uint_t n, ngx_uint_t nvalues, const char *const *values,
    ngx_ap_pg_answered_pt answered, void *data);

/* the callback will not be called; its answer is dropped when it comes */
void ngx_ap_pg_cancel(ngx_ap_pg_query_t *query);

/* what the callback gets, for the caller who wants to free it on cancel */
void *ngx_ap_pg_query_data(ngx_ap_pg_query_t *query);

/* what the server said of a refused statement, never NULL */
const char *ngx_ap_pg_message(const PGresult *result);

/* ends "keep": in a worker that exits, closes when nothing is in flight */
void ngx_ap_pg_let_go(ngx_ap_pg_t *pg);

/* somebody would like to ask: a long pause ends sooner */
void ngx_ap_pg_hurry(ngx_ap_pg_t *pg);

/* the server is there, as another connection knows: ends a pause */
void ngx_ap_pg_wake(ngx_ap_pg_t *pg);

/* usable now */
ngx_uint_t ngx_ap_pg_ready(ngx_ap_pg_t *pg);


#endif
