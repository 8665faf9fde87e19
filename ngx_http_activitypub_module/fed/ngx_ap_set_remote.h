
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Others' actors, into their set in the zone.  Who is learned after somebody
 * was told that he is unknown may have been waved off with the news of his
 * own end: his server is asked.
 */

#ifndef NGX_AP_SET_REMOTE_H
#define NGX_AP_SET_REMOTE_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_changes.h"
#include "ngx_ap_store.h"
#include "ngx_ap_worker.h"


/*
 * Of those whose servers are to be asked, the ones that the database was told
 * of and has not answered yet.  The handler hears of each whether it knows.
 */
typedef struct {
    ngx_ap_store_done_pt        handler;
    void                       *data;
    ngx_uint_t                  n;
} ngx_ap_set_doubts_t;


/* whether one of these changes is one of these actors */
ngx_uint_t ngx_ap_set_remote_concern(const ngx_ap_changes_t *changes);

/*
 * What the database has, and what a notification says: that is a member, and
 * nobody is asked about it.  NGX_ERROR: the zone is full.  The doubts outlive
 * the store.
 */
ngx_int_t ngx_ap_set_remote_fill(ngx_ap_worker_t *worker,
    const ngx_ap_store_member_t *rows, ngx_uint_t n,
    ngx_ap_set_doubts_t *doubts);
ngx_int_t ngx_ap_set_remote_heard(ngx_ap_worker_t *worker,
    ngx_str_t *payload, ngx_ap_set_doubts_t *doubts);


#endif
