
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A key that the database does not know, from the document of the actor
 * whose it is; kept in the database when it will do.
 */

#ifndef NGX_AP_KEY_FETCH_H
#define NGX_AP_KEY_FETCH_H

#include "ngx_ap_origin.h"
#include "ngx_ap_store.h"
#include "ngx_ap_worker.h"


typedef struct ngx_ap_key_fetch_s  ngx_ap_key_fetch_t;


/*
 * "handler" is called once, never from within this call: NGX_OK with the key
 * as the database has it now, NGX_DECLINED: there is no such key, NGX_ERROR:
 * not now.  NULL: no memory.
 */
ngx_ap_key_fetch_t *ngx_ap_key_fetch(ngx_ap_worker_t *worker,
    ngx_ap_origin_t *origin, const ngx_str_t *key_id,
    ngx_ap_store_remote_key_pt handler, void *data);

/* when the worker exits, after store, client and signer are gone */
void ngx_ap_key_fetch_free(ngx_ap_key_fetch_t *fetch);


#endif
