
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A document by its URL: from the zone, else from the database by one query
 * that all who ask meanwhile wait for, else, when the database is away, what
 * the zone last knew.
 */

#ifndef NGX_AP_DOCUMENTS_H
#define NGX_AP_DOCUMENTS_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_cache.h"
#include "ngx_ap_worker.h"


typedef struct ngx_ap_documents_s       ngx_ap_documents_t;
typedef struct ngx_ap_documents_wait_s  ngx_ap_documents_wait_t;

/*
 * NGX_OK: the document, its bytes in the pool that was given.
 * NGX_DECLINED: there is none.  NGX_ERROR: the database cannot be asked.
 */
typedef void (*ngx_ap_documents_pt)(void *data, ngx_int_t rc,
    const fedi_document_t *document);


/*
 * NGX_OK: found at once, "document" filled in the pool, no callback.
 * NGX_AGAIN: "handler" will be called once, unless the wait is cancelled
 * first; the end of the pool, where the wait lives, cancels it.  The key is
 * copied.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_ap_documents_get(ngx_ap_worker_t *worker, ngx_pool_t *pool,
    const ngx_ap_cache_key_t *key, fedi_document_t *document,
    ngx_ap_documents_pt handler, void *data, ngx_ap_documents_wait_t **wait);

/*
 * The same, of what takes the database so long that others would wait.  One
 * that failed is not tried again for a minute: what the zone knows is served,
 * or it is NGX_ERROR.
 */
ngx_int_t ngx_ap_documents_count(ngx_ap_worker_t *worker, ngx_pool_t *pool,
    const ngx_ap_cache_key_t *key, fedi_document_t *document,
    ngx_ap_documents_pt handler, void *data, ngx_ap_documents_wait_t **wait);

/* harmless after the handler was called, as long as the pool lives */
void ngx_ap_documents_cancel(ngx_ap_documents_wait_t *wait);


/* for the worker itself: what it has asked and not heard yet */

ngx_ap_documents_t *ngx_ap_documents_create(ngx_log_t *log);

/* after the store is gone; waits are forgotten, not answered */
void ngx_ap_documents_destroy(ngx_ap_documents_t *documents);


#endif
