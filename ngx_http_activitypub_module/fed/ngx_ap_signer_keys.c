
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     get -> (kept) or load -> loaded -> keyed, each who waits
 */

#include "ngx_ap_key_parse.h"
#include "ngx_ap_signer_keys.h"
#include "ngx_ap_str.h"


/* how many actors' keys a worker keeps, and how long, milliseconds */
#define NGX_AP_SIGNER_KEYS_MOST  64
#define NGX_AP_SIGNER_KEYS_AGE   3600000

/* how often a key that cannot be used is worth an error, seconds */
#define NGX_AP_SIGNER_KEYS_SAY   60


typedef struct {
    ngx_queue_t                 queue;
    ngx_ap_signer_keys_t       *keys;
    ngx_queue_t                 waits;      /* while it is loaded */
    ngx_ap_pg_query_t          *call;
    EVP_PKEY                   *key;        /* NULL: not there yet */
    ngx_msec_t                  loaded;
    ngx_str_t                   actor;      /* its bytes follow */
} ngx_ap_signer_key_t;


struct ngx_ap_signer_keys_s {
    ngx_ap_worker_t            *worker;
    ngx_ap_signer_keyed_pt      keyed;
    ngx_queue_t                 recent;     /* most recently used first */
    ngx_uint_t                  n;
    time_t                      said;       /* that a key is of no use */
};


static ngx_ap_signer_key_t *ngx_ap_signer_keys_find(
    ngx_ap_signer_keys_t *keys, const ngx_str_t *actor);
static ngx_ap_signer_key_t *ngx_ap_signer_keys_load(
    ngx_ap_signer_keys_t *keys, const ngx_str_t *actor);
static void ngx_ap_signer_keys_make_room(ngx_ap_signer_keys_t *keys);
static void ngx_ap_signer_keys_loaded(void *data, ngx_int_t rc,
    const ngx_str_t *key_id, const ngx_str_t *private_pem);
static EVP_PKEY *ngx_ap_signer_keys_parse(ngx_ap_signer_key_t *key,
    const ngx_str_t *pem);
static void ngx_ap_signer_keys_forget(ngx_ap_signer_key_t *key);


ngx_ap_signer_keys_t *
ngx_ap_signer_keys_create(ngx_ap_worker_t *worker,
    ngx_ap_signer_keyed_pt keyed)
{
    ngx_ap_signer_keys_t  *keys;

    keys = ngx_calloc(sizeof(ngx_ap_signer_keys_t), worker->log);
    if (keys == NULL) {
        return NULL;
    }

    keys->worker = worker;
    keys->keyed = keyed;
    ngx_queue_init(&keys->recent);

    return keys;
}


void
ngx_ap_signer_keys_destroy(ngx_ap_signer_keys_t *keys, ngx_queue_t *waits)
{
    ngx_queue_t          *q;
    ngx_ap_signer_key_t  *key;

    while (!ngx_queue_empty(&keys->recent)) {
        q = ngx_queue_head(&keys->recent);
        key = ngx_queue_data(q, ngx_ap_signer_key_t, queue);

        if (!ngx_queue_empty(&key->waits)) {
            ngx_queue_add(waits, &key->waits);
        }

        ngx_ap_signer_keys_forget(key);
    }

    ngx_free(keys);
}


ngx_int_t
ngx_ap_signer_keys_get(ngx_ap_signer_keys_t *keys, const ngx_str_t *actor,
    ngx_queue_t *wait, EVP_PKEY **key)
{
    ngx_ap_signer_key_t  *found;

    found = ngx_ap_signer_keys_find(keys, actor);

    if (found == NULL) {
        found = ngx_ap_signer_keys_load(keys, actor);
    }

    if (found == NULL) {
        return NGX_ERROR;
    }

    if (found->key == NULL) {
        ngx_queue_insert_tail(&found->waits, wait);
        return NGX_AGAIN;
    }

    *key = found->key;

    return NGX_OK;
}


/* NULL: not kept, or for too long; one that is loaded is found */

static ngx_ap_signer_key_t *
ngx_ap_signer_keys_find(ngx_ap_signer_keys_t *keys, const ngx_str_t *actor)
{
    ngx_queue_t          *q;
    ngx_ap_signer_key_t  *key;

    for (q = ngx_queue_head(&keys->recent);
         q != ngx_queue_sentinel(&keys->recent);
         q = ngx_queue_next(q))
    {
        key = ngx_queue_data(q, ngx_ap_signer_key_t, queue);

        if (!ngx_ap_str_eq(&key->actor, actor)) {
            continue;
        }

        if (key->key != NULL
            && ngx_current_msec - key->loaded > NGX_AP_SIGNER_KEYS_AGE)
        {
            ngx_ap_signer_keys_forget(key);
            return NULL;
        }

        ngx_queue_remove(&key->queue);
        ngx_queue_insert_head(&keys->recent, &key->queue);

        return key;
    }

    return NULL;
}


static ngx_ap_signer_key_t *
ngx_ap_signer_keys_load(ngx_ap_signer_keys_t *keys, const ngx_str_t *actor)
{
    ngx_ap_signer_key_t  *key;

    ngx_ap_signer_keys_make_room(keys);

    key = ngx_calloc(sizeof(ngx_ap_signer_key_t) + actor->len,
                     keys->worker->log);
    if (key == NULL) {
        return NULL;
    }

    key->keys = keys;
    ngx_queue_init(&key->waits);

    key->actor.len = actor->len;
    key->actor.data = (u_char *) (key + 1);
    ngx_memcpy(key->actor.data, actor->data, actor->len);

    key->call = ngx_ap_store_signing_key(keys->worker->store, &key->actor,
                                         ngx_ap_signer_keys_loaded, key);
    if (key->call == NULL) {
        ngx_free(key);
        return NULL;
    }

    ngx_queue_insert_head(&keys->recent, &key->queue);
    keys->n++;

    return key;
}


/* those that are being loaded are waited for, and stay */

static void
ngx_ap_signer_keys_make_room(ngx_ap_signer_keys_t *keys)
{
    ngx_queue_t          *q, *prev;
    ngx_ap_signer_key_t  *key;

    for (q = ngx_queue_last(&keys->recent);
         q != ngx_queue_sentinel(&keys->recent)
         && keys->n >= NGX_AP_SIGNER_KEYS_MOST;
         q = prev)
    {
        prev = ngx_queue_prev(q);
        key = ngx_queue_data(q, ngx_ap_signer_key_t, queue);

        if (key->key != NULL) {
            ngx_ap_signer_keys_forget(key);
        }
    }
}


static void
ngx_ap_signer_keys_loaded(void *data, ngx_int_t rc, const ngx_str_t *key_id,
    const ngx_str_t *private_pem)
{
    ngx_ap_signer_key_t *key = data;

    ngx_queue_t           *q;
    ngx_ap_signer_keys_t  *keys;

    keys = key->keys;
    key->call = NULL;

    if (rc == NGX_OK) {
        key->key = ngx_ap_signer_keys_parse(key, private_pem);
        key->loaded = ngx_current_msec;

        if (key->key == NULL) {
            rc = NGX_DECLINED;
        }
    }

    while (!ngx_queue_empty(&key->waits)) {
        q = ngx_queue_head(&key->waits);
        ngx_queue_remove(q);

        keys->keyed(q, rc, key->key);
    }

    /* that there is none may be otherwise when it is asked for again */

    if (rc != NGX_OK) {
        ngx_ap_signer_keys_forget(key);
    }
}


/* whoever posts to an inbox makes us try, and must not fill a disk */

static EVP_PKEY *
ngx_ap_signer_keys_parse(ngx_ap_signer_key_t *key, const ngx_str_t *pem)
{
    EVP_PKEY              *parsed;
    fedi_err_e             err;
    ngx_uint_t             level;
    ngx_ap_signer_keys_t  *keys;

    keys = key->keys;
    err = ngx_ap_key_parse_private(pem, &parsed);

    if (err == FEDI_OK) {
        return parsed;
    }

    level = NGX_LOG_INFO;

    if (keys->said == 0 || ngx_time() - keys->said >= NGX_AP_SIGNER_KEYS_SAY)
    {
        keys->said = ngx_time();
        level = NGX_LOG_ERR;
    }

    ngx_log_error(level, keys->worker->log, 0,
                  "activitypub: the private key of actor \"%V\" cannot be "
                  "used: %s", &key->actor, fedi_strerror(err));

    return NULL;
}


static void
ngx_ap_signer_keys_forget(ngx_ap_signer_key_t *key)
{
    ngx_queue_remove(&key->queue);
    key->keys->n--;

    EVP_PKEY_free(key->key);
    ngx_free(key);
}
