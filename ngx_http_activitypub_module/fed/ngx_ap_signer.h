
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Signatures of our actors, made in the thread pool: at most as many at a
 * time as there are processors.  A private key comes from the database, is
 * kept parsed in the memory of this worker, and nowhere else.
 */

#ifndef NGX_AP_SIGNER_H
#define NGX_AP_SIGNER_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_worker.h"


typedef struct ngx_ap_signer_s      ngx_ap_signer_t;
typedef struct ngx_ap_signer_job_s  ngx_ap_signer_job_t;

/*
 * NGX_OK: "signature" is RSASSA-PKCS1-v1_5 with SHA-256, bytes.
 * NGX_DECLINED: there is no such actor, or it has no key.
 * NGX_ERROR: not now: the database cannot be asked, or no memory.
 */
typedef void (*ngx_ap_signed_pt)(void *data, ngx_int_t rc,
    const ngx_str_t *signature);


/* in init_process; the worker outlives it.  NULL: no memory */
ngx_ap_signer_t *ngx_ap_signer_create(ngx_ap_worker_t *worker);

/*
 * In exit_process, after the store is gone; nginx has emptied its thread pools
 * by then (its own exit_process comes first).  Nobody is answered.
 */
void ngx_ap_signer_destroy(ngx_ap_signer_t *signer);

/*
 * Signs "text" for the actor of that URI; both are copied.  "handler" is
 * called once, never from within this call.  NULL: no memory.
 */
ngx_ap_signer_job_t *ngx_ap_signer_sign(ngx_ap_signer_t *signer,
    const ngx_str_t *actor, const ngx_str_t *text, ngx_ap_signed_pt handler,
    void *data);

/* the handler will not be called; not after it was */
void ngx_ap_signer_cancel(ngx_ap_signer_job_t *job);


#endif
