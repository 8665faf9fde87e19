
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Makes the keys of actors that have none: RSA-2048, in the thread pool, one
 * after the other.  Those of a configuration are made when it is declared;
 * those of the database, of which there may be many, when somebody asks.
 */

#ifndef NGX_AP_KEYRING_H
#define NGX_AP_KEYRING_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_worker.h"


typedef struct ngx_ap_keyring_s  ngx_ap_keyring_t;


/* in init_process; the worker outlives it.  NULL: no memory */
ngx_ap_keyring_t *ngx_ap_keyring_create(ngx_ap_worker_t *worker);

/*
 * In exit_process, after the store is gone.  nginx has emptied its thread
 * pools by then (their exit_process comes first): no task uses the memory any
 * more.  A key that was made and not kept is forgotten; the next
 * worker 0 hears from the database that the actor has none, and makes it.
 */
void ngx_ap_keyring_destroy(ngx_ap_keyring_t *keyring);

/* the database can be asked again */
void ngx_ap_keyring_available(ngx_ap_keyring_t *keyring);

/* "actor" is its URI, copied; NGX_ERROR: no memory */
ngx_int_t ngx_ap_keyring_want(ngx_ap_keyring_t *keyring,
    const ngx_str_t *actor);

/*
 * The same for one that is asked for now: it comes before those that are only
 * wanted, and is forgotten if that fails.  NGX_BUSY: too many are asked for.
 */
ngx_int_t ngx_ap_keyring_hurry(ngx_ap_keyring_t *keyring,
    const ngx_str_t *actor);


#endif
