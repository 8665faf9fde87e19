
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A growing hash table of fixed entries in shared memory (extendible
 * hashing).  A directory of pointers, as large as the zone will ever need,
 * leads by the first bits of a name to a segment:
 *
 *     segments[name >> (64 - depth)] -> used, depth | 127 places of 32 bytes
 *
 * A segment is one page with open addressing, linear probing and no
 * tombstones (a removal shifts back what follows).  A full one is split in
 * two: that is all that ever moves, 127 entries at most, so that whoever
 * waits for the mutex never waits for a large table.
 *
 * Every function is called with the zone's mutex held.
 */

#ifndef NGX_AP_TABLE_H
#define NGX_AP_TABLE_H

#include <ngx_config.h>
#include <ngx_core.h>


#define NGX_AP_TABLE_VALUE  3

typedef struct {
    uint64_t                    name;       /* 0: the place is free */
    uint64_t                    value[NGX_AP_TABLE_VALUE];
} ngx_ap_table_entry_t;


#define NGX_AP_TABLE_PLACES  127

typedef struct {
    uint64_t                    used;
    uint64_t                    depth;      /* bits that its names share */
    uint64_t                    unused[2];

    ngx_ap_table_entry_t        entries[NGX_AP_TABLE_PLACES];
} ngx_ap_table_segment_t;


/* all zeros is an empty table */

typedef struct {
    ngx_ap_table_segment_t    **segments;   /* 1 << depth; or NULL */
    ngx_uint_t                  depth;
    ngx_uint_t                  used;       /* entries */
    ngx_uint_t                  shed;       /* segments[] before it are free */
} ngx_ap_table_t;


/* NULL: not there */
ngx_ap_table_entry_t *ngx_ap_table_find(ngx_ap_table_t *table, uint64_t name);

/* the entry of that name, made and zeroed if new; NULL: no place and no room */
ngx_ap_table_entry_t *ngx_ap_table_add(ngx_ap_table_t *table, uint64_t name);

/* harmless if it is not there */
void ngx_ap_table_remove(ngx_ap_table_t *table, uint64_t name);

/*
 * How many bytes the table wants to be given before that name is added; 0:
 * none.  Asked again after each time.  "pages" are what the zone has: they
 * bound the directory, the first thing that is wanted.
 */
size_t ngx_ap_table_wants(ngx_ap_table_t *table, uint64_t name,
    ngx_uint_t pages);

/* that many zeroed bytes for that name */
void ngx_ap_table_give(ngx_ap_table_t *table, uint64_t name, void *memory);

/*
 * Empties it a piece at a time: memory to be freed, or NULL when it is all
 * zeros again.  From the first piece to the last nothing is added.
 */
void *ngx_ap_table_shed(ngx_ap_table_t *table);


#endif
