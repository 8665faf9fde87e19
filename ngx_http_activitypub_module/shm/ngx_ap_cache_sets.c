
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Complete sets: the pages that have a document, the actors that are in the
 * database alone.  An LRU cannot answer "unknown": these can, once they are
 * complete.
 */

#include "ngx_ap_cache_shared.h"


/* of the last word of a twin, beside a hash of 63 bits */
#define NGX_AP_CACHE_TWIN_GONE    1

/* of the last word of an actor, above ten characters of six bits */
#define NGX_AP_CACHE_ACTOR_GONE   ((uint64_t) 1 << 60)
#define NGX_AP_CACHE_ACTOR_CHARS  10


static ngx_int_t ngx_ap_cache_set_find(ngx_ap_cache_t *cache,
    ngx_ap_set_e set, uint64_t name, ngx_uint_t doubtful, uint64_t *value);
static ngx_int_t ngx_ap_cache_set_add(ngx_ap_cache_t *cache,
    ngx_ap_set_e set, uint64_t name, const uint64_t *value);
static void ngx_ap_cache_set_remove(ngx_ap_cache_t *cache, ngx_ap_set_e set,
    uint64_t name);
static uint64_t ngx_ap_cache_actor_name(const ngx_str_t *origin,
    uint64_t hash);


static const char  ngx_ap_cache_chars[] =
    "\0abcdefghijklmnopqrstuvwxyz0123456789_";


void
ngx_ap_cache_set_begin(ngx_ap_cache_t *cache, ngx_ap_set_e set)
{
    ngx_ap_cache_set_t  *s;

    s = &cache->shared->sets[set];

    ngx_shmtx_lock(&cache->shpool->mutex);

    s->ready = 0;
    s->lost = 0;

    ngx_shmtx_unlock(&cache->shpool->mutex);

    ngx_ap_cache_table_empty(cache, &s->table);
}


void
ngx_ap_cache_set_doubt(ngx_ap_cache_t *cache, ngx_ap_set_e set)
{
    ngx_shmtx_lock(&cache->shpool->mutex);
    cache->shared->sets[set].doubt = 1;
    ngx_shmtx_unlock(&cache->shpool->mutex);
}


void
ngx_ap_cache_set_complete(ngx_ap_cache_t *cache, ngx_ap_set_e set)
{
    ngx_ap_cache_set_t  *s;

    s = &cache->shared->sets[set];

    ngx_shmtx_lock(&cache->shpool->mutex);

    s->ready = !s->lost;
    s->doubt = 0;

    ngx_shmtx_unlock(&cache->shpool->mutex);
}


ngx_uint_t
ngx_ap_cache_set_ready(ngx_ap_cache_t *cache, ngx_ap_set_e set)
{
    ngx_uint_t           ready;
    ngx_ap_cache_set_t  *s;

    s = &cache->shared->sets[set];

    ngx_shmtx_lock(&cache->shpool->mutex);
    ready = s->ready && !s->doubt;
    ngx_shmtx_unlock(&cache->shpool->mutex);

    return ready;
}


static ngx_int_t
ngx_ap_cache_set_find(ngx_ap_cache_t *cache, ngx_ap_set_e set, uint64_t name,
    ngx_uint_t doubtful, uint64_t *value)
{
    ngx_int_t              rc;
    ngx_ap_cache_set_t    *s;
    ngx_ap_table_entry_t  *entry;

    s = &cache->shared->sets[set];

    ngx_shmtx_lock(&cache->shpool->mutex);

    if (!s->ready || (s->doubt && !doubtful)) {
        rc = NGX_AGAIN;

    } else {
        entry = ngx_ap_table_find(&s->table, name);
        rc = entry ? NGX_OK : NGX_DECLINED;

        if (entry) {
            ngx_memcpy(value, entry->value, sizeof(entry->value));
        }
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return rc;
}


static ngx_int_t
ngx_ap_cache_set_add(ngx_ap_cache_t *cache, ngx_ap_set_e set, uint64_t name,
    const uint64_t *value)
{
    ngx_ap_cache_set_t    *s;
    ngx_ap_table_entry_t  *entry;

    s = &cache->shared->sets[set];

    ngx_shmtx_lock(&cache->shpool->mutex);

    entry = ngx_ap_cache_entry_locked(cache, &s->table, name);

    if (entry == NULL) {
        s->ready = 0;
        s->lost = 1;

    } else {
        ngx_memcpy(entry->value, value, sizeof(entry->value));
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return entry ? NGX_OK : NGX_ERROR;
}


static void
ngx_ap_cache_set_remove(ngx_ap_cache_t *cache, ngx_ap_set_e set,
    uint64_t name)
{
    ngx_shmtx_lock(&cache->shpool->mutex);
    ngx_ap_table_remove(&cache->shared->sets[set].table, name);
    ngx_shmtx_unlock(&cache->shpool->mutex);
}


/* 16 bytes of the object, then whose it is, and whether it is gone */

ngx_int_t
ngx_ap_cache_twin_find(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key,
    ngx_ap_cache_twin_t *twin, ngx_uint_t doubtful)
{
    uint64_t   value[NGX_AP_TABLE_VALUE];
    ngx_int_t  rc;

    rc = ngx_ap_cache_set_find(cache, NGX_AP_SET_TWINS,
                               ngx_ap_cache_key_name(cache, key), doubtful,
                               value);

    if (rc == NGX_OK) {
        ngx_memcpy(twin->object, value, sizeof(twin->object));
        twin->actor = value[2] >> 1;
        twin->gone = value[2] & NGX_AP_CACHE_TWIN_GONE;
    }

    return rc;
}


ngx_int_t
ngx_ap_cache_twin_add(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key,
    const ngx_ap_cache_twin_t *twin)
{
    uint64_t  value[NGX_AP_TABLE_VALUE];

    ngx_memcpy(value, twin->object, sizeof(twin->object));
    value[2] = twin->actor << 1;

    if (twin->gone) {
        value[2] |= NGX_AP_CACHE_TWIN_GONE;
    }

    return ngx_ap_cache_set_add(cache, NGX_AP_SET_TWINS,
                                ngx_ap_cache_key_name(cache, key), value);
}


void
ngx_ap_cache_twin_remove(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key)
{
    ngx_ap_cache_set_remove(cache, NGX_AP_SET_TWINS,
                            ngx_ap_cache_key_name(cache, key));
}


uint64_t
ngx_ap_cache_name_hash(const ngx_str_t *name)
{
    fedi_str_t  text;

    text.data = (const char *) name->data;
    text.len = name->len;

    /* a twin has one bit for itself */

    return fedi_hash_add(FEDI_HASH_SEED, text) >> 1;
}


static uint64_t
ngx_ap_cache_actor_name(const ngx_str_t *origin, uint64_t hash)
{
    fedi_str_t  text;

    text.data = (const char *) origin->data;
    text.len = origin->len;

    hash = fedi_hash_mix(fedi_hash_add(FEDI_HASH_SEED, text), hash);

    return hash ? hash : 1;
}


ngx_int_t
ngx_ap_cache_actor_find(ngx_ap_cache_t *cache, const ngx_str_t *origin,
    uint64_t hash, ngx_ap_cache_actor_t *actor, ngx_uint_t doubtful)
{
    uint64_t    value[NGX_AP_TABLE_VALUE];
    ngx_int_t   rc;
    ngx_uint_t  i, c;

    rc = ngx_ap_cache_set_find(cache, NGX_AP_SET_ACTORS,
                               ngx_ap_cache_actor_name(origin, hash),
                               doubtful, value);

    if (rc != NGX_OK) {
        return rc;
    }

    actor->gone = (value[2] & NGX_AP_CACHE_ACTOR_GONE) != 0;

    for (i = 0; i < NGX_AP_CACHE_NAME_LEN; i++) {
        c = value[i / NGX_AP_CACHE_ACTOR_CHARS]
            >> (6 * (i % NGX_AP_CACHE_ACTOR_CHARS)) & 0x3f;

        if (c == 0) {
            break;
        }

        actor->name[i] = ngx_ap_cache_chars[c];
    }

    actor->len = i;

    return NGX_OK;
}


/* a name of 30 characters, out of 37, in 180 of 192 bits */

ngx_int_t
ngx_ap_cache_actor_add(ngx_ap_cache_t *cache, const ngx_str_t *origin,
    const ngx_str_t *name, ngx_uint_t gone)
{
    uint64_t     c, value[NGX_AP_TABLE_VALUE];
    ngx_uint_t   i;
    const char  *found;

    ngx_memzero(value, sizeof(value));

    for (i = 0; i < name->len && i < NGX_AP_CACHE_NAME_LEN; i++) {
        found = memchr(ngx_ap_cache_chars, name->data[i],
                       sizeof(ngx_ap_cache_chars) - 1);
        c = found ? found - ngx_ap_cache_chars : 0;

        value[i / NGX_AP_CACHE_ACTOR_CHARS]
            |= c << (6 * (i % NGX_AP_CACHE_ACTOR_CHARS));
    }

    if (gone) {
        value[2] |= NGX_AP_CACHE_ACTOR_GONE;
    }

    return ngx_ap_cache_set_add(cache, NGX_AP_SET_ACTORS,
                  ngx_ap_cache_actor_name(origin,
                                          ngx_ap_cache_name_hash(name)),
                  value);
}


void
ngx_ap_cache_actor_remove(ngx_ap_cache_t *cache, const ngx_str_t *origin,
    const ngx_str_t *name)
{
    ngx_ap_cache_set_remove(cache, NGX_AP_SET_ACTORS,
                  ngx_ap_cache_actor_name(origin,
                                          ngx_ap_cache_name_hash(name)));
}
