
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the sets differ in: how each is asked for, and what one has to say
 * that does not fit.
 */

#ifndef NGX_AP_SET_KINDS_H
#define NGX_AP_SET_KINDS_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_cache.h"
#include "ngx_ap_changes.h"
#include "ngx_ap_set_remote.h"
#include "ngx_ap_store.h"
#include "ngx_ap_worker.h"


typedef struct {
    ngx_ap_set_e                set;

    ngx_ap_pg_query_t        *(*chunk)(ngx_ap_store_t *store, int64_t after,
                                    ngx_ap_store_members_pt handler,
                                    void *data);
    /* NULL: a notification says all there is to know */
    ngx_ap_pg_query_t        *(*at)(ngx_ap_store_t *store, ngx_str_t *keys,
                                    ngx_ap_store_members_pt handler,
                                    void *data);

    const char                 *full;       /* to the operator */
} ngx_ap_set_kind_t;


/* in the order of ngx_ap_set_e */
extern const ngx_ap_set_kind_t  ngx_ap_set_kinds[NGX_AP_SETS];


/* whether one of these changes may be a member's */
ngx_uint_t ngx_ap_set_kind_concerned(const ngx_ap_set_kind_t *kind,
    ngx_ap_worker_t *worker, const ngx_ap_changes_t *changes);

/* members that the database has.  NGX_ERROR: the zone is full */
ngx_int_t ngx_ap_set_kind_add(const ngx_ap_set_kind_t *kind,
    ngx_ap_worker_t *worker, const ngx_ap_store_member_t *rows, ngx_uint_t n,
    ngx_ap_set_doubts_t *doubts);


#endif
