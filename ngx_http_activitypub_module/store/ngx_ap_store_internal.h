
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of the store share.
 */

#ifndef NGX_AP_STORE_INTERNAL_H
#define NGX_AP_STORE_INTERNAL_H

#include "ngx_ap_store.h"
#include "ngx_ap_store_delivery.h"
#include "ngx_ap_store_jobs.h"
#include "ngx_ap_store_moves.h"
#include "ngx_ap_statements.h"


struct ngx_ap_store_s {
    ngx_ap_pg_t                *pipeline;
    ngx_ap_pg_t                *bulk;
    ngx_ap_pg_t                *listener;   /* NULL: does not listen */

    /* first three pointers, then this: see ngx_ap_pg_internal.h */
    ngx_int_t                   ident;

    ngx_ap_store_events_t       events;
    ngx_log_t                  *log;

    ngx_queue_t                 calls;      /* not answered yet */
    ngx_event_t                 keepalive;
    u_char                      reason[256];

    unsigned                    listening:1;
};


/* ngx_ap_schema.c: the greeting's answer; the arguments of "greeted" */
ngx_int_t ngx_ap_schema_check(const ngx_ap_pg_result_t *result,
    u_char *buf, size_t size, ngx_str_t *reason);


/* who waits for an answer, and for what */

typedef union {
    ngx_ap_store_document_pt    document;
    ngx_ap_store_declared_pt    declared;
    ngx_ap_store_done_pt        done;
    ngx_ap_store_members_pt     members;
    ngx_ap_store_remote_key_pt  remote_key;
    ngx_ap_store_kept_pt        kept;
    ngx_ap_store_signing_key_pt signing_key;
    ngx_ap_store_received_pt    received;
    ngx_ap_store_queue_pt       queue;
    ngx_ap_store_expanded_pt    expanded;
    ngx_ap_store_claimed_pt     claimed;
    ngx_ap_store_next_pt        next;
    ngx_ap_store_job_pt         job;
    ngx_ap_store_redirect_pt    redirect;
    void                      (*flushed)(void *data);
} ngx_ap_store_handler_t;


typedef struct {
    ngx_queue_t                 queue;
    ngx_ap_store_t             *store;
    ngx_ap_statement_e          statement;
    ngx_uint_t                  n;          /* rows of a batch; 0: no batch */
    ngx_uint_t                  nvalues;
    ngx_ap_store_handler_t      handler;
    void                       *data;
    unsigned                    answering:1;
} ngx_ap_store_call_t;


/* ngx_ap_store_calls.c */

void ngx_ap_store_calls_free(ngx_ap_store_t *store);

ngx_ap_pg_query_t *ngx_ap_store_call(ngx_ap_store_t *store, ngx_ap_pg_t *pg,
    const ngx_ap_store_call_t *template, const ngx_str_t *texts,
    ngx_ap_pg_answered_pt answered);

/* of a set: what stands behind an id, and what there is of some keys */
ngx_ap_pg_query_t *ngx_ap_store_members(ngx_ap_store_t *store,
    ngx_ap_statement_e statement, int64_t after,
    ngx_ap_store_members_pt handler, void *data);
ngx_ap_pg_query_t *ngx_ap_store_members_at(ngx_ap_store_t *store,
    ngx_ap_statement_e statement, ngx_str_t *keys,
    ngx_ap_store_members_pt handler, void *data);


/* ngx_ap_store_answer.c */

/* an answer: begin, which logs a refusal; the caller's handler; end */
ngx_int_t ngx_ap_store_begin(ngx_ap_store_call_t *call,
    const ngx_ap_pg_result_t *result);

/*
 * The same for rows of so many columns, and for one such row.  NGX_ERROR: the
 * database answered something else, and that is logged.
 */
ngx_int_t ngx_ap_store_begin_rows(ngx_ap_store_call_t *call,
    const ngx_ap_pg_result_t *result, int columns);
ngx_int_t ngx_ap_store_begin_row(ngx_ap_store_call_t *call,
    const ngx_ap_pg_result_t *result, int columns);

/* the whole of an answer which says that it was done, or was not */
void ngx_ap_store_done(void *data, const ngx_ap_pg_result_t *result);

void ngx_ap_store_strange(ngx_ap_store_call_t *call);
void ngx_ap_store_end(ngx_ap_store_call_t *call);


#endif
