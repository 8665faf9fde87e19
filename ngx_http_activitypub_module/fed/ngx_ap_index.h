
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a configuration has many of, found by name at the same cost for ten
 * and for ten thousand.  Made with the configuration, read-only afterwards.
 * Whoever finds something compares its name: a hash is no proof.
 */

#ifndef NGX_AP_INDEX_H
#define NGX_AP_INDEX_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_hash.h"


typedef struct {
    uint64_t                    hash;
    void                       *value;      /* NULL: the place is free */
} ngx_ap_index_entry_t;


/* all zeros is an index without room, in which nothing is found */

typedef struct {
    ngx_ap_index_entry_t       *entries;
    ngx_uint_t                  mask;
} ngx_ap_index_t;


/* with room for "n" of them */
ngx_int_t ngx_ap_index_init(ngx_ap_index_t *index, ngx_pool_t *pool,
    ngx_uint_t n);

/* NULL: added; else what was there before, and stays */
void *ngx_ap_index_add(ngx_ap_index_t *index, uint64_t hash, void *value);

/* NULL: not there */
void *ngx_ap_index_find(const ngx_ap_index_t *index, uint64_t hash);


static ngx_inline uint64_t
ngx_ap_index_hash(fedi_str_t name)
{
    return fedi_hash_add(FEDI_HASH_SEED, name);
}


#endif
