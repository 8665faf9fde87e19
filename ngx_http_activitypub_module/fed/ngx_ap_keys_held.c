
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A key is in the tree under its id.  While it is asked for it is not among
 * those of which the oldest goes.  An id costs nothing to make up: those that
 * have no key make room for each other, and never for one that has.
 */

#include "ngx_ap_key_parse.h"
#include "ngx_ap_keys_internal.h"


/* parsed keys of a worker; and as many ids that have none */
#define NGX_AP_KEYS_MAX       1024

/* how long one is not tried for again when that failed, seconds */
#define NGX_AP_KEYS_AGAIN     60


static ngx_ap_keys_entry_t *ngx_ap_keys_add(ngx_ap_keys_t *keys,
    const ngx_str_t *key_id, uint32_t hash);
static void ngx_ap_keys_rest(ngx_ap_keys_entry_t *entry);
static void ngx_ap_keys_leave(ngx_ap_keys_entry_t *entry);
static void ngx_ap_keys_free(ngx_ap_keys_entry_t *entry);


ngx_ap_keys_t *
ngx_ap_keys_create(ngx_ap_worker_t *worker)
{
    ngx_ap_keys_t  *keys;

    keys = ngx_calloc(sizeof(ngx_ap_keys_t), worker->log);
    if (keys == NULL) {
        return NULL;
    }

    keys->worker = worker;
    keys->hosts = ngx_ap_key_hosts_create(worker->log);

    if (keys->hosts == NULL) {
        ngx_free(keys);
        return NULL;
    }

    ngx_rbtree_init(&keys->tree, &keys->sentinel, ngx_str_rbtree_insert_value);
    ngx_queue_init(&keys->held.queue);
    ngx_queue_init(&keys->absent.queue);
    ngx_queue_init(&keys->asked);
    ngx_queue_init(&keys->line);

    return keys;
}


void
ngx_ap_keys_destroy(ngx_ap_keys_t *keys)
{
    ngx_uint_t            i;
    ngx_queue_t          *queues[3];
    ngx_ap_keys_entry_t  *entry;

    queues[0] = &keys->held.queue;
    queues[1] = &keys->absent.queue;
    queues[2] = &keys->asked;

    for (i = 0; i < 3; i++) {
        while (!ngx_queue_empty(queues[i])) {
            entry = ngx_queue_data(ngx_queue_head(queues[i]),
                                   ngx_ap_keys_entry_t, queue);
            ngx_ap_keys_free(entry);
        }
    }

    ngx_ap_key_hosts_destroy(keys->hosts);
    ngx_free(keys);
}


ngx_ap_keys_entry_t *
ngx_ap_keys_entry(ngx_ap_keys_t *keys, const ngx_str_t *key_id)
{
    uint32_t              hash;
    ngx_str_t             id;
    ngx_str_node_t       *node;
    ngx_ap_keys_entry_t  *entry;

    id = *key_id;
    hash = ngx_crc32_long(id.data, id.len);

    node = ngx_str_rbtree_lookup(&keys->tree, &id, hash);

    if (node == NULL) {
        return ngx_ap_keys_add(keys, &id, hash);
    }

    entry = (ngx_ap_keys_entry_t *) ((u_char *) node
                                     - offsetof(ngx_ap_keys_entry_t, node));

    if (!entry->asked) {
        ngx_ap_keys_leave(entry);
        ngx_ap_keys_rest(entry);
    }

    return entry;
}


void
ngx_ap_keys_ask_begin(ngx_ap_keys_entry_t *entry)
{
    ngx_ap_keys_leave(entry);
    ngx_queue_insert_tail(&entry->keys->asked, &entry->queue);

    entry->asked = 1;
    entry->late = 0;
}


void
ngx_ap_keys_ask_end(ngx_ap_keys_entry_t *entry)
{
    entry->asked = 0;

    ngx_ap_keys_leave(entry);
    ngx_ap_keys_rest(entry);
}


static void
ngx_ap_keys_rest(ngx_ap_keys_entry_t *entry)
{
    ngx_queue_t        *q;
    ngx_ap_keys_lru_t  *lru;

    lru = entry->key ? &entry->keys->held : &entry->keys->absent;

    while (lru->n >= NGX_AP_KEYS_MAX) {
        q = ngx_queue_last(&lru->queue);
        ngx_ap_keys_free(ngx_queue_data(q, ngx_ap_keys_entry_t, queue));
    }

    ngx_queue_insert_head(&lru->queue, &entry->queue);
    entry->lru = lru;
    lru->n++;
}


static void
ngx_ap_keys_leave(ngx_ap_keys_entry_t *entry)
{
    ngx_queue_remove(&entry->queue);

    if (entry->lru) {
        entry->lru->n--;
        entry->lru = NULL;
    }
}


static ngx_ap_keys_entry_t *
ngx_ap_keys_add(ngx_ap_keys_t *keys, const ngx_str_t *key_id, uint32_t hash)
{
    ngx_ap_keys_entry_t  *entry;

    entry = ngx_calloc(sizeof(ngx_ap_keys_entry_t) + key_id->len,
                       keys->worker->log);
    if (entry == NULL) {
        return NULL;
    }

    entry->keys = keys;
    entry->ident = -1;
    entry->rc = NGX_ERROR;
    entry->node.node.key = hash;
    entry->node.str.data = (u_char *) (entry + 1);
    entry->node.str.len = key_id->len;
    ngx_memcpy(entry->node.str.data, key_id->data, key_id->len);

    /* not cancelable: who waits is answered before the worker exits */

    entry->timer.handler = ngx_ap_keys_late_handler;
    entry->timer.data = entry;
    entry->timer.log = keys->worker->log;

    ngx_queue_init(&entry->waits);
    ngx_rbtree_insert(&keys->tree, &entry->node.node);

    ngx_ap_keys_rest(entry);

    return entry;
}


ngx_int_t
ngx_ap_keys_believed(ngx_ap_keys_entry_t *entry, time_t newer,
    ngx_ap_key_t *key)
{
    if (entry->until <= ngx_time()
        || (entry->asked && entry->fetched < newer))
    {
        return NGX_AGAIN;
    }

    /* one that has ended may have been renewed: it is looked for, at times */

    if (entry->rc == NGX_OK
        && entry->expires != 0 && entry->expires <= ngx_time())
    {
        return !entry->asked && entry->missed != NGX_OK
               && entry->tried + NGX_AP_KEYS_AGAIN > ngx_time()
               ? entry->missed : NGX_AGAIN;
    }

    if (entry->fetched < newer && entry->missed != NGX_OK) {

        /* it was looked for, and what came of that holds for a while */

        if (entry->missed == NGX_ERROR) {
            return entry->tried + NGX_AP_KEYS_AGAIN > ngx_time() ? NGX_ERROR
                                                                 : NGX_AGAIN;
        }

        return entry->tried >= newer ? entry->missed : NGX_AGAIN;
    }

    if (entry->fetched < newer && entry->tried < newer) {
        return NGX_AGAIN;
    }

    key->key = entry->key;
    key->kept = &entry->kept;
    key->actor = entry->actor;
    key->fetched = entry->fetched;

    return entry->rc;
}


ngx_int_t
ngx_ap_keys_take(ngx_ap_keys_entry_t *entry, const ngx_ap_store_key_t *row)
{
    u_char     *p;
    EVP_PKEY   *key;
    ngx_int_t   rc;

    if (row->expires != 0 && row->expires <= ngx_time()) {
        return NGX_ABORT;
    }

    rc = ngx_ap_key_parse(&row->text, &key);

    if (rc != NGX_OK) {
        return rc;
    }

    p = ngx_alloc(row->actor.len + 1, entry->keys->worker->log);

    if (p == NULL) {
        EVP_PKEY_free(key);
        return NGX_ERROR;
    }

    ngx_memcpy(p, row->actor.data, row->actor.len);
    ngx_free(entry->actor.data);

    entry->actor.data = p;
    entry->actor.len = row->actor.len;
    entry->fetched = (time_t) row->fetched;
    entry->expires = (time_t) row->expires;

    EVP_PKEY_CTX_free(entry->kept);
    EVP_PKEY_free(entry->key);

    entry->kept = NULL;
    entry->key = key;

    return NGX_OK;
}


static void
ngx_ap_keys_free(ngx_ap_keys_entry_t *entry)
{
    if (entry->call) {
        ngx_ap_store_cancel(entry->call);
    }

    if (entry->in_line) {
        ngx_ap_keys_line_leave(entry);
    }

    if (entry->fetch) {
        ngx_ap_key_fetch_cancel(entry->fetch);
    }

    if (entry->host) {
        ngx_ap_key_hosts_leave(entry->keys->hosts, entry->host, NGX_ABORT);
    }

    if (entry->timer.timer_set) {
        ngx_del_timer(&entry->timer);
    }

    ngx_ap_keys_leave(entry);
    ngx_rbtree_delete(&entry->keys->tree, &entry->node.node);

    EVP_PKEY_CTX_free(entry->kept);
    EVP_PKEY_free(entry->key);
    ngx_free(entry->actor.data);
    ngx_free(entry);
}
