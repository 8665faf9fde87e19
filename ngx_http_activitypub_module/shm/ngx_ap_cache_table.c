
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Tables in the zone: where their memory comes from, and goes, and how much
 * there is of it.
 */

#include "ngx_ap_cache_shared.h"
#include "ngx_ap_cache_usage.h"


/* pages that are freed while others wait: some 20 microseconds */
#define NGX_AP_CACHE_SHED  128

/* bytes of an entry, at most: t/zone_table.t */
#define NGX_AP_CACHE_ENTRY  62


static ngx_uint_t ngx_ap_cache_shed_locked(ngx_ap_cache_t *cache,
    ngx_ap_table_t *table);


ngx_ap_table_entry_t *
ngx_ap_cache_entry_locked(ngx_ap_cache_t *cache, ngx_ap_table_t *table,
    uint64_t name)
{
    void        *memory;
    size_t       size;
    ngx_uint_t   pages;

    /* whoever emptied it may have been killed over it */

    while (table->shed) {
        (void) ngx_ap_cache_shed_locked(cache, table);
    }

    pages = cache->zone->shm.size / sizeof(ngx_ap_table_segment_t);

    for ( ;; ) {
        size = ngx_ap_table_wants(table, name, pages);

        if (size == 0) {
            return ngx_ap_table_add(table, name);
        }

        memory = ngx_ap_cache_alloc_locked(cache, size);

        if (memory == NULL) {
            return NULL;
        }

        ngx_ap_table_give(table, name, memory);
    }
}


void
ngx_ap_cache_table_empty(ngx_ap_cache_t *cache, ngx_ap_table_t *table)
{
    ngx_uint_t  more;

    do {
        ngx_shmtx_lock(&cache->shpool->mutex);
        more = ngx_ap_cache_shed_locked(cache, table);
        ngx_shmtx_unlock(&cache->shpool->mutex);

    } while (more);
}


void
ngx_ap_cache_usage(ngx_ap_cache_t *cache, ngx_ap_cache_usage_t *usage)
{
    ngx_uint_t           i;
    ngx_ap_cache_set_t  *set;

    usage->size = cache->zone->shm.size;
    usage->complete = 1;

    ngx_shmtx_lock(&cache->shpool->mutex);

    usage->free = cache->shpool->pfree * ngx_pagesize;

    for (i = 0; i < NGX_AP_SETS; i++) {
        set = &cache->shared->sets[i];

        usage->members[i] = set->table.used;
        usage->complete &= set->ready && !set->doubt;
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);
}


/* a fifth is for all else; and what did not fit into this one wants more */

ngx_uint_t
ngx_ap_cache_wants(ngx_ap_cache_t *cache, ngx_uint_t members)
{
    size_t  size;

    size = members * NGX_AP_CACHE_ENTRY / 4 * 5;

    return (ngx_max(size, cache->zone->shm.size / 2 * 3) >> 20) + 1;
}


ngx_str_t *
ngx_ap_cache_name(ngx_ap_cache_t *cache)
{
    return &cache->zone->shm.name;
}


static ngx_uint_t
ngx_ap_cache_shed_locked(ngx_ap_cache_t *cache, ngx_ap_table_t *table)
{
    void        *memory;
    ngx_uint_t   n;

    for (n = 0; n < NGX_AP_CACHE_SHED; n++) {
        memory = ngx_ap_table_shed(table);

        if (memory == NULL) {
            return 0;
        }

        ngx_slab_free_locked(cache->shpool, memory);
    }

    return 1;
}
