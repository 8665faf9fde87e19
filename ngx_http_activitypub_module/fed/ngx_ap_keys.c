
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     get -> database -> answered -> (fetch -> fetched) -> landed -> waits
 *
 * A key is in the tree under its id.  While it is asked for it is not among
 * the recent ones, so nothing takes it away.
 */

#include "ngx_ap_key_fetch.h"
#include "ngx_ap_keys.h"
#include "ngx_ap_store.h"

#include "fedi_key.h"


/* parsed keys of a worker */
#define NGX_AP_KEYS_MAX       1024

/* how long a key is believed without a look into the database, seconds */
#define NGX_AP_KEYS_FRESH     3600

/* how long it is believed that there is none, seconds */
#define NGX_AP_KEYS_NEGATIVE  600


/* what strangers may make a worker fetch at a time */
#define NGX_AP_KEYS_FETCHES   8


typedef struct {
    ngx_str_node_t              node;       /* the id: bytes behind this */
    ngx_queue_t                 queue;      /* "recent", or "asked" */
    ngx_ap_keys_t              *keys;
    ngx_ap_origin_t            *origin;
    ngx_queue_t                 waits;
    ngx_ap_key_fetch_t         *fetch;      /* under way */

    ngx_int_t                   rc;         /* of the last answer */
    EVP_PKEY                   *key;
    ngx_str_t                   actor;      /* malloc()ed */
    time_t                      fetched;
    time_t                      until;      /* believed until then */
    time_t                      newer;      /* what is asked for */
    time_t                      tried;      /* to fetch it, the last time */

    unsigned                    asked:1;
} ngx_ap_keys_entry_t;


struct ngx_ap_keys_wait_s {
    ngx_queue_t                 queue;
    ngx_ap_keys_entry_t        *entry;      /* NULL: does not wait */
    ngx_ap_keys_pt              handler;
    void                       *data;
};


struct ngx_ap_keys_s {
    ngx_ap_worker_t            *worker;
    ngx_rbtree_t                tree;
    ngx_rbtree_node_t           sentinel;
    ngx_queue_t                 recent;     /* most recently used first */
    ngx_queue_t                 asked;
    ngx_uint_t                  n;
    ngx_uint_t                  nfetches;
};


static ngx_ap_keys_entry_t *ngx_ap_keys_entry(ngx_ap_keys_t *keys,
    const ngx_str_t *key_id, uint32_t hash);
static ngx_int_t ngx_ap_keys_answer_of(ngx_ap_keys_entry_t *entry,
    ngx_ap_key_t *key);
static ngx_int_t ngx_ap_keys_wait(ngx_ap_keys_entry_t *entry,
    ngx_pool_t *pool, ngx_ap_keys_pt handler, void *data);
static void ngx_ap_keys_answered(void *data, ngx_int_t rc,
    const ngx_ap_store_key_t *row);
static void ngx_ap_keys_fetch(ngx_ap_keys_entry_t *entry);
static void ngx_ap_keys_fetched(void *data, ngx_int_t rc,
    const ngx_ap_store_key_t *row);
static ngx_int_t ngx_ap_keys_take(ngx_ap_keys_entry_t *entry,
    const ngx_ap_store_key_t *row);
static void ngx_ap_keys_landed(ngx_ap_keys_entry_t *entry, ngx_int_t rc);
static void ngx_ap_keys_free(ngx_ap_keys_entry_t *entry);
static void ngx_ap_keys_cleanup(void *data);
static void *ngx_ap_keys_alloc(void *data, size_t size);


ngx_ap_keys_t *
ngx_ap_keys_create(ngx_ap_worker_t *worker)
{
    ngx_ap_keys_t  *keys;

    keys = ngx_calloc(sizeof(ngx_ap_keys_t), worker->log);
    if (keys == NULL) {
        return NULL;
    }

    keys->worker = worker;

    ngx_rbtree_init(&keys->tree, &keys->sentinel, ngx_str_rbtree_insert_value);
    ngx_queue_init(&keys->recent);
    ngx_queue_init(&keys->asked);

    return keys;
}


void
ngx_ap_keys_destroy(ngx_ap_keys_t *keys)
{
    ngx_uint_t            i;
    ngx_queue_t          *queues[2];
    ngx_ap_keys_entry_t  *entry;

    queues[0] = &keys->recent;
    queues[1] = &keys->asked;

    for (i = 0; i < 2; i++) {
        while (!ngx_queue_empty(queues[i])) {
            entry = ngx_queue_data(ngx_queue_head(queues[i]),
                                   ngx_ap_keys_entry_t, queue);
            ngx_ap_keys_free(entry);
        }
    }

    ngx_free(keys);
}


ngx_int_t
ngx_ap_keys_get(ngx_ap_worker_t *worker, ngx_pool_t *pool,
    ngx_ap_origin_t *origin, const ngx_str_t *key_id, time_t newer,
    ngx_ap_key_t *key, ngx_ap_keys_pt handler, void *data)
{
    uint32_t              hash;
    ngx_str_t             id;
    ngx_ap_keys_t        *keys;
    ngx_ap_keys_entry_t  *entry;

    id = *key_id;
    keys = worker->keys;
    hash = ngx_crc32_long(id.data, id.len);

    entry = (ngx_ap_keys_entry_t *) ngx_str_rbtree_lookup(&keys->tree, &id,
                                                          hash);
    if (entry == NULL) {
        entry = ngx_ap_keys_entry(keys, &id, hash);
        if (entry == NULL) {
            return NGX_ERROR;
        }
    }

    if (!entry->asked) {
        ngx_queue_remove(&entry->queue);
        ngx_queue_insert_head(&keys->recent, &entry->queue);

        if (entry->until > ngx_time()
            && (entry->fetched >= newer || entry->tried >= newer))
        {
            return ngx_ap_keys_answer_of(entry, key);
        }

        if (ngx_ap_store_remote_key(worker->store, &entry->node.str,
                                    ngx_ap_keys_answered, entry)
            == NULL)
        {
            return NGX_ERROR;
        }

        ngx_queue_remove(&entry->queue);
        ngx_queue_insert_tail(&keys->asked, &entry->queue);

        entry->asked = 1;
        entry->newer = newer;
        entry->origin = origin;
    }

    return ngx_ap_keys_wait(entry, pool, handler, data);
}


static ngx_ap_keys_entry_t *
ngx_ap_keys_entry(ngx_ap_keys_t *keys, const ngx_str_t *key_id, uint32_t hash)
{
    ngx_queue_t          *q;
    ngx_ap_keys_entry_t  *entry;

    if (keys->n >= NGX_AP_KEYS_MAX && !ngx_queue_empty(&keys->recent)) {
        q = ngx_queue_last(&keys->recent);
        ngx_ap_keys_free(ngx_queue_data(q, ngx_ap_keys_entry_t, queue));
    }

    entry = ngx_calloc(sizeof(ngx_ap_keys_entry_t) + key_id->len,
                       keys->worker->log);
    if (entry == NULL) {
        return NULL;
    }

    entry->keys = keys;
    entry->rc = NGX_ERROR;
    entry->node.node.key = hash;
    entry->node.str.data = (u_char *) (entry + 1);
    entry->node.str.len = key_id->len;
    ngx_memcpy(entry->node.str.data, key_id->data, key_id->len);

    ngx_queue_init(&entry->waits);
    ngx_queue_insert_head(&keys->recent, &entry->queue);
    ngx_rbtree_insert(&keys->tree, &entry->node.node);
    keys->n++;

    return entry;
}


static ngx_int_t
ngx_ap_keys_answer_of(ngx_ap_keys_entry_t *entry, ngx_ap_key_t *key)
{
    key->key = entry->key;
    key->actor = entry->actor;
    key->fetched = entry->fetched;

    return entry->rc;
}


static ngx_int_t
ngx_ap_keys_wait(ngx_ap_keys_entry_t *entry, ngx_pool_t *pool,
    ngx_ap_keys_pt handler, void *data)
{
    ngx_pool_cleanup_t  *cln;
    ngx_ap_keys_wait_t  *wait;

    cln = ngx_pool_cleanup_add(pool, sizeof(ngx_ap_keys_wait_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    wait = cln->data;

    wait->entry = entry;
    wait->handler = handler;
    wait->data = data;

    ngx_queue_insert_tail(&entry->waits, &wait->queue);

    cln->handler = ngx_ap_keys_cleanup;

    return NGX_AGAIN;
}


static void
ngx_ap_keys_answered(void *data, ngx_int_t rc, const ngx_ap_store_key_t *row)
{
    ngx_ap_keys_entry_t *entry = data;

    if (rc == NGX_OK) {
        rc = ngx_ap_keys_take(entry, row);

        if (rc != NGX_ERROR && entry->fetched < entry->newer) {
            rc = NGX_DECLINED;
        }
    }

    if (rc == NGX_DECLINED) {
        ngx_ap_keys_fetch(entry);
        return;
    }

    ngx_ap_keys_landed(entry, rc);
}


static void
ngx_ap_keys_fetch(ngx_ap_keys_entry_t *entry)
{
    ngx_ap_keys_t  *keys;

    keys = entry->keys;

    if (keys->nfetches < NGX_AP_KEYS_FETCHES) {
        entry->fetch = ngx_ap_key_fetch(keys->worker, entry->origin,
                                        &entry->node.str,
                                        ngx_ap_keys_fetched, entry);
    }

    if (entry->fetch == NULL) {
        ngx_ap_keys_landed(entry, NGX_ERROR);
        return;
    }

    keys->nfetches++;
    entry->tried = ngx_time();
}


static void
ngx_ap_keys_fetched(void *data, ngx_int_t rc, const ngx_ap_store_key_t *row)
{
    ngx_ap_keys_entry_t *entry = data;

    entry->fetch = NULL;
    entry->keys->nfetches--;

    if (rc == NGX_OK) {
        rc = ngx_ap_keys_take(entry, row);
    }

    ngx_ap_keys_landed(entry, rc);
}


/* NGX_OK, NGX_ABORT or NGX_ERROR */

static ngx_int_t
ngx_ap_keys_take(ngx_ap_keys_entry_t *entry, const ngx_ap_store_key_t *row)
{
    u_char        *p;
    EVP_PKEY      *key;
    fedi_err_e     err;
    fedi_str_t     pem;
    ngx_pool_t    *pool;
    fedi_arena_t   arena;

    pool = ngx_create_pool(NGX_MIN_POOL_SIZE, entry->keys->worker->log);
    p = ngx_alloc(row->actor.len + 1, entry->keys->worker->log);

    if (pool == NULL || p == NULL) {
        ngx_free(p);

        if (pool != NULL) {
            ngx_destroy_pool(pool);
        }

        return NGX_ERROR;
    }

    arena.alloc = ngx_ap_keys_alloc;
    arena.data = pool;
    pem.data = (const char *) row->public_pem.data;
    pem.len = row->public_pem.len;

    key = NULL;
    err = fedi_key_parse(&arena, pem, &key);

    ngx_destroy_pool(pool);

    ngx_memcpy(p, row->actor.data, row->actor.len);
    ngx_free(entry->actor.data);

    entry->actor.data = p;
    entry->actor.len = row->actor.len;
    entry->fetched = (time_t) row->fetched;

    EVP_PKEY_free(entry->key);
    entry->key = (err == FEDI_OK) ? key : NULL;

    if (err == FEDI_ENOMEM || err == FEDI_ECRYPTO) {
        return NGX_ERROR;
    }

    return err == FEDI_OK ? NGX_OK : NGX_ABORT;
}


static void
ngx_ap_keys_landed(ngx_ap_keys_entry_t *entry, ngx_int_t rc)
{
    EVP_PKEY            *held;
    ngx_queue_t          waits, *q;
    ngx_ap_key_t         key;
    ngx_ap_keys_wait_t  *wait;

    entry->asked = 0;

    /* a newer one that is not to be had takes nothing from the one we have */

    if (rc == NGX_OK || entry->newer == 0 || entry->key == NULL) {
        entry->rc = rc;
    }

    ngx_queue_remove(&entry->queue);
    ngx_queue_insert_head(&entry->keys->recent, &entry->queue);

    switch (entry->rc) {

    case NGX_OK:
        entry->until = ngx_time() + NGX_AP_KEYS_FRESH;
        break;

    case NGX_ERROR:
        entry->until = 0;
        break;

    default:
        entry->until = ngx_time() + NGX_AP_KEYS_NEGATIVE;
    }

    ngx_memzero(&key, sizeof(ngx_ap_key_t));

    held = NULL;

    if (rc == NGX_OK) {
        (void) ngx_ap_keys_answer_of(entry, &key);

        held = key.key;
        EVP_PKEY_up_ref(held);
    }

    /* a handler may ask again, and so make this entry wait again */

    ngx_queue_init(&waits);

    if (!ngx_queue_empty(&entry->waits)) {
        ngx_queue_add(&waits, &entry->waits);
        ngx_queue_init(&entry->waits);
    }

    while (!ngx_queue_empty(&waits)) {

        q = ngx_queue_head(&waits);
        wait = ngx_queue_data(q, ngx_ap_keys_wait_t, queue);

        ngx_ap_keys_cleanup(wait);

        wait->handler(wait->data, rc, rc == NGX_OK ? &key : NULL);
    }

    EVP_PKEY_free(held);
}


static void
ngx_ap_keys_free(ngx_ap_keys_entry_t *entry)
{
    if (entry->fetch) {
        ngx_ap_key_fetch_free(entry->fetch);
    }

    ngx_queue_remove(&entry->queue);
    ngx_rbtree_delete(&entry->keys->tree, &entry->node.node);
    entry->keys->n--;

    EVP_PKEY_free(entry->key);
    ngx_free(entry->actor.data);
    ngx_free(entry);
}


static void
ngx_ap_keys_cleanup(void *data)
{
    ngx_ap_keys_wait_t *wait = data;

    if (wait->entry != NULL) {
        ngx_queue_remove(&wait->queue);
        wait->entry = NULL;
    }
}


static void *
ngx_ap_keys_alloc(void *data, size_t size)
{
    return ngx_palloc(data, size);
}
