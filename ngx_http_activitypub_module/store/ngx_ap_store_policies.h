
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Rules about domains.  On the bulk connection; as in ngx_ap_store.h each
 * call is answered once, later, and NULL is: no memory.
 */

#ifndef NGX_AP_STORE_POLICIES_H
#define NGX_AP_STORE_POLICIES_H

#include "ngx_ap_store.h"


/*
 * As members of a set: "path" is the domain, "actor" the word for what is
 * done with it, "origin" empty where it is said to all.
 */
ngx_ap_pg_query_t *ngx_ap_store_policies(ngx_ap_store_t *store, int64_t after,
    ngx_ap_store_members_pt handler, void *data);
ngx_ap_pg_query_t *ngx_ap_store_policies_at(ngx_ap_store_t *store,
    ngx_str_t *keys, ngx_ap_store_members_pt handler, void *data);


/*
 * What a configuration says, in place of what it said before.  "blocks" and
 * "allows" are JSON: see declare_policy() in sql/functions.
 */

typedef struct {
    ngx_str_t                   origin;
    ngx_str_t                   mode;       /* blocklist, allowlist */
    ngx_str_t                   blocks;
    ngx_str_t                   allows;
} ngx_ap_store_policy_t;

ngx_ap_pg_query_t *ngx_ap_store_declare_policy(ngx_ap_store_t *store,
    const ngx_ap_store_policy_t *policy, ngx_ap_store_done_pt handler,
    void *data);


/*
 * Applies the rules to the next so many reactions.  NGX_OK: others are left
 * for the caller to do.  NGX_DECLINED: nothing is, or somebody else does it.
 */
ngx_ap_pg_query_t *ngx_ap_store_review_next(ngx_ap_store_t *store,
    ngx_uint_t lim, ngx_ap_store_done_pt handler, void *data);


#endif
