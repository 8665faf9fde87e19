
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_index.h"


static ngx_ap_index_entry_t *ngx_ap_index_place(const ngx_ap_index_t *index,
    uint64_t hash);


/* at most half full, so that a search soon comes to a free place */

ngx_int_t
ngx_ap_index_init(ngx_ap_index_t *index, ngx_pool_t *pool, ngx_uint_t n)
{
    ngx_uint_t  size;

    for (size = 4; size < 2 * n; size *= 2) { /* void */ }

    index->entries = ngx_pcalloc(pool, size * sizeof(ngx_ap_index_entry_t));
    if (index->entries == NULL) {
        return NGX_ERROR;
    }

    index->mask = size - 1;

    return NGX_OK;
}


void *
ngx_ap_index_add(ngx_ap_index_t *index, uint64_t hash, void *value)
{
    ngx_ap_index_entry_t  *entry;

    entry = ngx_ap_index_place(index, hash);

    if (entry->value != NULL) {
        return entry->value;
    }

    entry->hash = hash;
    entry->value = value;

    return NULL;
}


void *
ngx_ap_index_find(const ngx_ap_index_t *index, uint64_t hash)
{
    return index->entries ? ngx_ap_index_place(index, hash)->value : NULL;
}


/* where the hash stands, or the free place where it would */

static ngx_ap_index_entry_t *
ngx_ap_index_place(const ngx_ap_index_t *index, uint64_t hash)
{
    ngx_uint_t             i;
    ngx_ap_index_entry_t  *entry;

    for (i = hash & index->mask; /* void */; i = (i + 1) & index->mask) {

        entry = &index->entries[i];

        if (entry->value == NULL || entry->hash == hash) {
            return entry;
        }
    }
}
