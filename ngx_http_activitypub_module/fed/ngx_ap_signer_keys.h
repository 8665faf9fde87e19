
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The private keys of our actors: from the database, parsed, in the memory of
 * this worker and nowhere else.
 */

#ifndef NGX_AP_SIGNER_KEYS_H
#define NGX_AP_SIGNER_KEYS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <openssl/evp.h>

#include "ngx_ap_worker.h"


typedef struct ngx_ap_signer_keys_s  ngx_ap_signer_keys_t;

/*
 * Of somebody who waits, and is in no queue now.  NGX_OK: "key" is valid
 * during the call; a reference keeps it.  NGX_DECLINED: there is no such
 * actor, or it has no key that can be used.  NGX_ERROR: not now.
 */
typedef void (*ngx_ap_signer_keyed_pt)(ngx_queue_t *wait, ngx_int_t rc,
    EVP_PKEY *key);


/* the worker outlives it.  NULL: no memory */
ngx_ap_signer_keys_t *ngx_ap_signer_keys_create(ngx_ap_worker_t *worker,
    ngx_ap_signer_keyed_pt keyed);

/* after the store is gone; who still waits is left in "waits" */
void ngx_ap_signer_keys_destroy(ngx_ap_signer_keys_t *keys,
    ngx_queue_t *waits);

/*
 * The key of the actor of that URI, which is copied.  NGX_OK: as "keyed" has
 * it.  NGX_AGAIN: "wait" is queued until that is called.  NGX_ERROR: no
 * memory.
 */
ngx_int_t ngx_ap_signer_keys_get(ngx_ap_signer_keys_t *keys,
    const ngx_str_t *actor, ngx_queue_t *wait, EVP_PKEY **key);


#endif
