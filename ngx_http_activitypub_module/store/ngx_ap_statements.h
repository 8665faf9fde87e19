
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * All SQL text that the module uses, by name.  scripts/check-sql prepares it
 * against the migrated schema.
 */

#ifndef NGX_AP_STATEMENTS_H
#define NGX_AP_STATEMENTS_H

#include "ngx_ap_pg.h"


/* the oldest migration that has all we ask for */
#define NGX_AP_SCHEMA_MIN    16

/* what we understand; a migration may ask for a higher level */
#define NGX_AP_MODULE_LEVEL  1


/* places in the table; the first two are asked of a new connection */

typedef enum {
    NGX_AP_STATEMENT_SCHEMA = 0,
    NGX_AP_STATEMENT_UNFINISHED,
    NGX_AP_STATEMENT_LISTEN,
    NGX_AP_STATEMENT_LISTEN_WORK,
    NGX_AP_STATEMENT_DOCUMENT,
    NGX_AP_STATEMENT_DECLARE,
    NGX_AP_STATEMENT_DECLARE_POLICY,
    NGX_AP_STATEMENT_KEY_SET,
    NGX_AP_STATEMENT_TWINS,
    NGX_AP_STATEMENT_TWINS_AT,
    NGX_AP_STATEMENT_ACTORS,
    NGX_AP_STATEMENT_ACTORS_AT,
    NGX_AP_STATEMENT_POLICIES,
    NGX_AP_STATEMENT_POLICIES_AT,
    NGX_AP_STATEMENT_REVIEW_NEXT,
    NGX_AP_STATEMENT_REMOTE_KEY,
    NGX_AP_STATEMENT_REMOTE_KNOWN,
    NGX_AP_STATEMENT_REMOTE_ACTORS,
    NGX_AP_STATEMENT_DOUBT_ACTOR,
    NGX_AP_STATEMENT_REMOTE_ACTOR_KEEP,
    NGX_AP_STATEMENT_SIGNING_KEY,
    NGX_AP_STATEMENT_RECEIVE,
    NGX_AP_STATEMENT_QUEUE_STATE,
    NGX_AP_STATEMENT_FANOUT_EXPAND,
    NGX_AP_STATEMENT_DELIVERY_CLAIM,
    NGX_AP_STATEMENT_DELIVERY_SETTLE,
    NGX_AP_STATEMENT_DELIVERY_NEXT,
    NGX_AP_STATEMENT_JOB_CLAIM,
    NGX_AP_STATEMENT_JOB_DONE,
    NGX_AP_STATEMENT_REDIRECT_SEEN,
    NGX_AP_STATEMENT_MOVE_POST,
    NGX_AP_STATEMENTS
} ngx_ap_statement_e;


extern const ngx_ap_pg_statement_t  ngx_ap_statements[NGX_AP_STATEMENTS];


#endif
