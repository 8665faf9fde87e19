
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_table.h"


#define NGX_AP_TABLE_FIRST  1024


static ngx_uint_t ngx_ap_table_place(ngx_ap_table_t *table, uint64_t name);


ngx_ap_table_entry_t *
ngx_ap_table_find(ngx_ap_table_t *table, uint64_t name)
{
    ngx_ap_table_entry_t  *entry;

    if (table->size == 0) {
        return NULL;
    }

    entry = &table->entries[ngx_ap_table_place(table, name)];

    return entry->name == name ? entry : NULL;
}


ngx_ap_table_entry_t *
ngx_ap_table_add(ngx_ap_table_t *table, uint64_t name)
{
    ngx_ap_table_entry_t  *entry;

    if (table->size == 0) {
        return NULL;
    }

    entry = &table->entries[ngx_ap_table_place(table, name)];

    if (entry->name == name) {
        return entry;
    }

    if (ngx_ap_table_full(table)) {
        return NULL;
    }

    entry->name = name;
    table->used++;

    return entry;
}


void
ngx_ap_table_remove(ngx_ap_table_t *table, uint64_t name)
{
    ngx_uint_t             hole, next, home, mask;
    ngx_ap_table_entry_t  *entries;

    if (ngx_ap_table_find(table, name) == NULL) {
        return;
    }

    entries = table->entries;
    mask = table->size - 1;
    hole = ngx_ap_table_place(table, name);

    /* an entry may fill the hole when its home is not between hole and it */

    for (next = (hole + 1) & mask;
         entries[next].name != 0;
         next = (next + 1) & mask)
    {
        home = entries[next].name & mask;

        if (((next - home) & mask) >= ((next - hole) & mask)) {
            entries[hole] = entries[next];
            hole = next;
        }
    }

    ngx_memzero(&entries[hole], sizeof(ngx_ap_table_entry_t));
    table->used--;
}


ngx_uint_t
ngx_ap_table_full(ngx_ap_table_t *table)
{
    return (table->used + 1) * 4 > table->size * 3;
}


size_t
ngx_ap_table_next_size(ngx_ap_table_t *table)
{
    ngx_uint_t  size;

    size = table->size ? table->size * 2 : NGX_AP_TABLE_FIRST;

    return size * sizeof(ngx_ap_table_entry_t);
}


void *
ngx_ap_table_grow(ngx_ap_table_t *table, void *memory)
{
    ngx_uint_t             i;
    ngx_ap_table_t         larger;
    ngx_ap_table_entry_t  *old;

    larger.entries = memory;
    larger.size = ngx_ap_table_next_size(table)
                  / sizeof(ngx_ap_table_entry_t);
    larger.used = table->used;

    old = table->entries;

    for (i = 0; i < table->size; i++) {

        if (old[i].name != 0) {
            larger.entries[ngx_ap_table_place(&larger, old[i].name)] = old[i];
        }
    }

    *table = larger;

    return old;
}


/* where the name stands, or the free place where it would */

static ngx_uint_t
ngx_ap_table_place(ngx_ap_table_t *table, uint64_t name)
{
    ngx_uint_t  i, mask;

    mask = table->size - 1;
    i = name & mask;

    while (table->entries[i].name != 0 && table->entries[i].name != name) {
        i = (i + 1) & mask;
    }

    return i;
}
