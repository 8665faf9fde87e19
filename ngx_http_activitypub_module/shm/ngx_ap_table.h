
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A growing hash table of fixed entries in shared memory: open addressing,
 * linear probing, no tombstones (a removal shifts back what follows).
 * 32 bytes an entry, at most three quarters full.
 *
 * Every function is called with the zone's mutex held.
 */

#ifndef NGX_AP_TABLE_H
#define NGX_AP_TABLE_H

#include <ngx_config.h>
#include <ngx_core.h>


typedef struct {
    uint64_t                    name;       /* 0: the place is free */
    u_char                      object[16];
    uint32_t                    actor;
    uint32_t                    flags;
} ngx_ap_table_entry_t;


/* all zeros is an empty table */

typedef struct {
    ngx_ap_table_entry_t       *entries;
    ngx_uint_t                  size;       /* a power of two, or 0 */
    ngx_uint_t                  used;
} ngx_ap_table_t;


/* NULL: not there */
ngx_ap_table_entry_t *ngx_ap_table_find(ngx_ap_table_t *table, uint64_t name);

/* the entry of that name, made and zeroed if new; NULL: no place and no room */
ngx_ap_table_entry_t *ngx_ap_table_add(ngx_ap_table_t *table, uint64_t name);

/* harmless if it is not there */
void ngx_ap_table_remove(ngx_ap_table_t *table, uint64_t name);

/* whether the next add needs ngx_ap_table_grow() first */
ngx_uint_t ngx_ap_table_full(ngx_ap_table_t *table);

/* the bytes a larger table takes */
size_t ngx_ap_table_next_size(ngx_ap_table_t *table);

/* moves into that many zeroed bytes; answers the old memory, or NULL */
void *ngx_ap_table_grow(ngx_ap_table_t *table, void *memory);


#endif
