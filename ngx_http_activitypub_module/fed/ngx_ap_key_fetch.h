
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A key that the database does not know, from the document of the actor
 * whose it is; kept in the database when it will do.
 */

#ifndef NGX_AP_KEY_FETCH_H
#define NGX_AP_KEY_FETCH_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_origin.h"
#include "ngx_ap_store.h"
#include "ngx_ap_worker.h"


typedef struct ngx_ap_key_fetch_s  ngx_ap_key_fetch_t;

/*
 * NGX_OK, with the key as the database has it now.  NGX_DECLINED: there is no
 * such key.  NGX_DONE: nor will there be, for the URL that its id names is gone
 * for ever.  NGX_ABORT: there is one, but not one that we use.  NGX_ERROR: its
 * server cannot be asked now.  NGX_AGAIN: it can, and answers that this one
 * is not to be had now.  NGX_BUSY: not now, and it is our own trouble.
 */
typedef void (*ngx_ap_key_fetched_pt)(void *data, ngx_int_t rc,
    const ngx_ap_store_key_t *key);


/*
 * "handler" is called once, never from within this call.  All together takes
 * 20 seconds at most, and no worker exits meanwhile.  NULL: no memory.
 */
ngx_ap_key_fetch_t *ngx_ap_key_fetch(ngx_ap_worker_t *worker,
    ngx_ap_origin_t *origin, const ngx_str_t *key_id,
    ngx_ap_key_fetched_pt handler, void *data);

/*
 * There will be no callback.  Not after it was called, and before store,
 * client and signer are gone.
 */
void ngx_ap_key_fetch_cancel(ngx_ap_key_fetch_t *fetch);


#endif
