
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The keys of others, by their ids: parsed ones of this worker, least
 * recently used go first; else from the database; else from the actor's own
 * document.  All who ask for one key meanwhile wait for one answer, for 7
 * seconds at most: others have given up by then, and come again.  That there
 * is none is remembered too.
 */

#ifndef NGX_AP_KEYS_H
#define NGX_AP_KEYS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <openssl/evp.h>

#include "ngx_ap_origin.h"
#include "ngx_ap_worker.h"


typedef struct ngx_ap_keys_s       ngx_ap_keys_t;
typedef struct ngx_ap_keys_wait_s  ngx_ap_keys_wait_t;


/* borrowed: until the caller returns to the event loop */

typedef struct {
    EVP_PKEY                   *key;
    EVP_PKEY_CTX              **kept;       /* for fedi_signature_verify() */
    ngx_str_t                   actor;      /* whose it is */
    time_t                      fetched;    /* from its document */
} ngx_ap_key_t;


/*
 * NGX_OK.  NGX_DECLINED: there is no such key.  NGX_DONE: and what its id
 * names is gone for ever, by 410 or a Tombstone.  NGX_ABORT: there is one, but
 * not one that we use.  NGX_ERROR: it cannot be had now.
 */
typedef void (*ngx_ap_keys_pt)(void *data, ngx_int_t rc,
    const ngx_ap_key_t *key);


/* in init_process; the worker outlives it.  NULL: no memory */
ngx_ap_keys_t *ngx_ap_keys_create(ngx_ap_worker_t *worker);

/* before store, client and signer are gone; nobody is answered */
void ngx_ap_keys_destroy(ngx_ap_keys_t *keys);

/*
 * NGX_OK: found at once, "key" is filled.  NGX_AGAIN: "handler" will be
 * called once; the end of the pool cancels.  Else one of the above at once.
 * "origin" is who asks, should it have to ask on the wire.  "newer" than 0:
 * one that was fetched before is not good enough.
 */
ngx_int_t ngx_ap_keys_get(ngx_ap_worker_t *worker, ngx_pool_t *pool,
    ngx_ap_origin_t *origin, const ngx_str_t *key_id, time_t newer,
    ngx_ap_key_t *key, ngx_ap_keys_pt handler, void *data);

/*
 * Fetches the actor's document again, for nobody in particular: it has said
 * that it has changed, and is believed by what is fetched alone.  Not when
 * that was done a minute ago, or when others have all the turns.
 */
void ngx_ap_keys_refresh(ngx_ap_worker_t *worker, ngx_ap_origin_t *origin,
    const ngx_str_t *key_id);


#endif
