
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of the store share.
 */

#ifndef NGX_AP_STORE_INTERNAL_H
#define NGX_AP_STORE_INTERNAL_H

#include "ngx_ap_store.h"
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


/* ngx_ap_store_calls.c */
void ngx_ap_store_calls_free(ngx_ap_store_t *store);


#endif
