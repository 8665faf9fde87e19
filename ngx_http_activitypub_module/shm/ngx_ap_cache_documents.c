
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Rendered documents in the zone:
 *
 *     rbtree by hash -> entry | key | uri | url | actor | body
 *
 * The tree holds 64-bit hashes; the whole key is compared at the end, and an
 * entry whose hash is taken by another key is replaced.  Copies are taken
 * under the mutex, because the entry may be evicted while it is sent.
 */

#include "ngx_ap_cache_shared.h"


/* nobody tells of every change of a number, seconds */
#define NGX_AP_CACHE_USAGE_AGE  1800

/* room is made by this many documents first, then by twice as many, ... */
#define NGX_AP_CACHE_EVICT  4

/*
 * What is counted in a collection changes with every like of a post that
 * everybody likes.  Nobody is told each time: it is asked for again after so
 * many seconds, however many ask here.
 */
#define NGX_AP_CACHE_COLLECTION_AGE  10


typedef struct {
    ngx_rbtree_node_t           node;       /* key: the hash */
    ngx_queue_t                 queue;

    ngx_ap_cache_stamp_t        stamp;
    time_t                      stored;
    fedi_document_t             document;   /* bytes in data */

    /* origin \0 path \0 query, no part of which holds a \0 */
    size_t                      key_len;
    u_char                      data[1];
} ngx_ap_cache_entry_t;


static ngx_ap_cache_entry_t *ngx_ap_cache_lookup(ngx_ap_cache_shared_t *shared,
    const ngx_ap_cache_key_t *key, uint64_t hash);
static ngx_uint_t ngx_ap_cache_same_key(ngx_ap_cache_entry_t *entry,
    const ngx_ap_cache_key_t *key);
static ngx_int_t ngx_ap_cache_freshness(ngx_ap_cache_shared_t *shared,
    uint64_t url, const ngx_ap_cache_stamp_t *stamp);
static ngx_uint_t ngx_ap_cache_is_old(const ngx_ap_cache_entry_t *entry);
static void ngx_ap_cache_remove(ngx_ap_cache_t *cache,
    ngx_ap_cache_entry_t *entry);


ngx_int_t
ngx_ap_cache_find(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key,
    ngx_pool_t *pool, fedi_document_t *document)
{
    u_char                 *p;
    uint64_t                url, hash;
    ngx_int_t               rc;
    ngx_ap_cache_entry_t   *entry;
    ngx_ap_cache_shared_t  *shared;

    shared = cache->shared;
    ngx_ap_cache_key_names(cache, key, &url, &hash);

    ngx_shmtx_lock(&cache->shpool->mutex);

    entry = ngx_ap_cache_lookup(shared, key, hash);

    if (entry == NULL) {
        rc = NGX_DECLINED;
        goto done;
    }

    rc = ngx_ap_cache_freshness(shared, url, &entry->stamp);

    if (rc == NGX_DECLINED) {
        ngx_ap_cache_remove(cache, entry);
        goto done;
    }

    if (ngx_ap_cache_is_old(entry)) {
        rc = NGX_AGAIN;
    }

    p = ngx_pnalloc(pool, fedi_document_len(&entry->document));

    if (p == NULL) {
        rc = NGX_ERROR;
        goto done;
    }

    fedi_document_copy(document, &entry->document, (char *) p);

    ngx_queue_remove(&entry->queue);
    ngx_queue_insert_head(&shared->recent, &entry->queue);

done:

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return rc;
}


ngx_ap_cache_stamp_t
ngx_ap_cache_stamp(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key)
{
    uint64_t               url;
    ngx_uint_t             n;
    ngx_ap_cache_stamp_t   stamp;

    ngx_ap_cache_key_names(cache, key, &url, NULL);
    n = url % NGX_AP_CACHE_GENERATIONS;

    ngx_shmtx_lock(&cache->shpool->mutex);

    stamp.epoch = cache->shared->epoch;
    stamp.generation = cache->shared->generations[n];

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return stamp;
}


void
ngx_ap_cache_store(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key,
    ngx_ap_cache_stamp_t stamp, const fedi_document_t *document)
{
    u_char                 *p;
    size_t                  key_len, size;
    uint64_t                url, hash;
    ngx_rbtree_key_t        name;
    ngx_rbtree_node_t      *node;
    ngx_ap_cache_entry_t   *entry;
    ngx_ap_cache_shared_t  *shared;

    shared = cache->shared;
    ngx_ap_cache_key_names(cache, key, &url, &hash);
    name = (ngx_rbtree_key_t) hash;

    key_len = key->origin.len + 1 + key->path.len + 1 + key->query.len;

    size = offsetof(ngx_ap_cache_entry_t, data) + key_len
           + fedi_document_len(document);

    if (size > cache->zone->shm.size / NGX_AP_CACHE_LARGEST) {
        return;
    }

    ngx_shmtx_lock(&cache->shpool->mutex);

    if (ngx_ap_cache_freshness(shared, url, &stamp) == NGX_DECLINED) {
        goto done;
    }

    /* whoever has this hash leaves, also another key, unless it is newer */

    node = shared->documents.root;

    while (node != shared->documents.sentinel) {

        if (node->key == name) {
            entry = (ngx_ap_cache_entry_t *) node;

            if (entry->stamp.epoch > stamp.epoch) {
                goto done;
            }

            ngx_ap_cache_remove(cache, entry);
            break;
        }

        node = (name < node->key) ? node->left : node->right;
    }

    entry = ngx_ap_cache_alloc_locked(cache, size);
    if (entry == NULL) {
        goto done;
    }

    entry->node.key = name;
    entry->stamp = stamp;
    entry->stored = ngx_time();
    entry->key_len = key_len;

    p = ngx_cpymem(entry->data, key->origin.data, key->origin.len);
    *p++ = '\0';
    p = ngx_cpymem(p, key->path.data, key->path.len);
    *p++ = '\0';
    p = ngx_cpymem(p, key->query.data, key->query.len);

    fedi_document_copy(&entry->document, document, (char *) p);

    ngx_rbtree_insert(&shared->documents, &entry->node);
    ngx_queue_insert_head(&shared->recent, &entry->queue);

done:

    ngx_shmtx_unlock(&cache->shpool->mutex);
}


void
ngx_ap_cache_drop(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key)
{
    uint64_t    url;
    ngx_uint_t  n;

    ngx_ap_cache_key_names(cache, key, &url, NULL);
    n = url % NGX_AP_CACHE_GENERATIONS;

    ngx_shmtx_lock(&cache->shpool->mutex);
    cache->shared->generations[n]++;
    ngx_shmtx_unlock(&cache->shpool->mutex);
}


void
ngx_ap_cache_drop_all(ngx_ap_cache_t *cache)
{
    ngx_shmtx_lock(&cache->shpool->mutex);
    cache->shared->epoch++;
    ngx_shmtx_unlock(&cache->shpool->mutex);
}


void *
ngx_ap_cache_alloc_locked(ngx_ap_cache_t *cache, size_t size)
{
    void         *memory;
    ngx_uint_t    n, batch;
    ngx_queue_t  *q;

    for (batch = NGX_AP_CACHE_EVICT; /* void */ ; batch *= 2) {

        memory = ngx_slab_calloc_locked(cache->shpool, size);

        if (memory != NULL || ngx_queue_empty(&cache->shared->recent)) {
            return memory;
        }

        for (n = 0; n < batch; n++) {

            if (ngx_queue_empty(&cache->shared->recent)) {
                break;
            }

            q = ngx_queue_last(&cache->shared->recent);

            ngx_ap_cache_remove(cache,
                           ngx_queue_data(q, ngx_ap_cache_entry_t, queue));
        }
    }
}


static ngx_ap_cache_entry_t *
ngx_ap_cache_lookup(ngx_ap_cache_shared_t *shared,
    const ngx_ap_cache_key_t *key, uint64_t hash)
{
    ngx_rbtree_key_t       name;
    ngx_rbtree_node_t     *node;
    ngx_ap_cache_entry_t  *entry;

    name = (ngx_rbtree_key_t) hash;
    node = shared->documents.root;

    while (node != shared->documents.sentinel) {

        if (node->key == name) {
            entry = (ngx_ap_cache_entry_t *) node;

            return ngx_ap_cache_same_key(entry, key) ? entry : NULL;
        }

        node = (name < node->key) ? node->left : node->right;
    }

    return NULL;
}


static ngx_uint_t
ngx_ap_cache_same_key(ngx_ap_cache_entry_t *entry,
    const ngx_ap_cache_key_t *key)
{
    u_char  *p;

    if (entry->key_len
        != key->origin.len + 1 + key->path.len + 1 + key->query.len)
    {
        return 0;
    }

    p = entry->data;

    if (ngx_memcmp(p, key->origin.data, key->origin.len) != 0) {
        return 0;
    }

    p += key->origin.len;

    if (*p++ != '\0' || ngx_memcmp(p, key->path.data, key->path.len) != 0) {
        return 0;
    }

    p += key->path.len;

    return *p++ == '\0' && ngx_memcmp(p, key->query.data, key->query.len) == 0;
}


static ngx_int_t
ngx_ap_cache_freshness(ngx_ap_cache_shared_t *shared, uint64_t url,
    const ngx_ap_cache_stamp_t *stamp)
{
    if (stamp->generation
        != shared->generations[url % NGX_AP_CACHE_GENERATIONS])
    {
        return NGX_DECLINED;
    }

    return (stamp->epoch == shared->epoch) ? NGX_OK : NGX_AGAIN;
}


/* a clock that was set back makes nothing young again */

static ngx_uint_t
ngx_ap_cache_is_old(const ngx_ap_cache_entry_t *entry)
{
    time_t  age, most;

    switch (entry->document.kind) {

    case FEDI_DOCUMENT_COLLECTION:
        most = NGX_AP_CACHE_COLLECTION_AGE;
        break;

    case FEDI_DOCUMENT_USAGE:
        most = NGX_AP_CACHE_USAGE_AGE;
        break;

    default:
        return 0;
    }

    age = ngx_time() - entry->stored;

    return age >= most || age <= -most;
}


static void
ngx_ap_cache_remove(ngx_ap_cache_t *cache, ngx_ap_cache_entry_t *entry)
{
    ngx_rbtree_delete(&cache->shared->documents, &entry->node);
    ngx_queue_remove(&entry->queue);
    ngx_slab_free_locked(cache->shpool, entry);
}
