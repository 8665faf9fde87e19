
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_table.h"


/*
 * Places of a segment that are taken before it is split; and, where the
 * directory can tell no more halves apart, before there is no room.
 */
#define NGX_AP_TABLE_SPLIT  112
#define NGX_AP_TABLE_FULL   126


static ngx_ap_table_segment_t **ngx_ap_table_segment(ngx_ap_table_t *table,
    uint64_t name);
static ngx_uint_t ngx_ap_table_home(uint64_t name);
static ngx_ap_table_entry_t *ngx_ap_table_place(
    ngx_ap_table_segment_t *segment, uint64_t name);
static void ngx_ap_table_split(ngx_ap_table_t *table,
    ngx_ap_table_segment_t *segment, ngx_ap_table_segment_t *half,
    uint64_t name);
static void ngx_ap_table_keep(ngx_ap_table_segment_t *segment,
    const ngx_ap_table_entry_t *entries, uint64_t mask, uint64_t bit);


ngx_ap_table_entry_t *
ngx_ap_table_find(ngx_ap_table_t *table, uint64_t name)
{
    ngx_ap_table_entry_t    *entry;
    ngx_ap_table_segment_t  *segment;

    if (table->segments == NULL) {
        return NULL;
    }

    segment = *ngx_ap_table_segment(table, name);

    if (segment == NULL) {
        return NULL;
    }

    entry = ngx_ap_table_place(segment, name);

    return entry->name == name ? entry : NULL;
}


ngx_ap_table_entry_t *
ngx_ap_table_add(ngx_ap_table_t *table, uint64_t name)
{
    ngx_ap_table_entry_t    *entry;
    ngx_ap_table_segment_t  *segment;

    if (table->segments == NULL) {
        return NULL;
    }

    segment = *ngx_ap_table_segment(table, name);

    if (segment == NULL) {
        return NULL;
    }

    entry = ngx_ap_table_place(segment, name);

    if (entry->name == name) {
        return entry;
    }

    /* one place stays free, where every search ends */

    if (segment->used >= NGX_AP_TABLE_FULL) {
        return NULL;
    }

    /* a worker that is killed here leaves a count that is too high */

    segment->used++;
    table->used++;
    entry->name = name;

    return entry;
}


void
ngx_ap_table_remove(ngx_ap_table_t *table, uint64_t name)
{
    ngx_uint_t               hole, next, past;
    ngx_ap_table_entry_t    *entry, *entries;
    ngx_ap_table_segment_t  *segment;

    entry = ngx_ap_table_find(table, name);

    if (entry == NULL) {
        return;
    }

    segment = *ngx_ap_table_segment(table, name);
    entries = segment->entries;
    hole = entry - entries;

    /* an entry may fill the hole when its home is not between hole and it */

    for (next = (hole + 1) % NGX_AP_TABLE_PLACES;
         entries[next].name != 0;
         next = (next + 1) % NGX_AP_TABLE_PLACES)
    {
        past = next + NGX_AP_TABLE_PLACES;

        if ((past - ngx_ap_table_home(entries[next].name))
             % NGX_AP_TABLE_PLACES
            >= (past - hole) % NGX_AP_TABLE_PLACES)
        {
            entries[hole] = entries[next];
            hole = next;
        }
    }

    ngx_memzero(&entries[hole], sizeof(ngx_ap_table_entry_t));
    segment->used--;
    table->used--;
}


size_t
ngx_ap_table_wants(ngx_ap_table_t *table, uint64_t name, ngx_uint_t pages)
{
    ngx_ap_table_segment_t  *segment;

    if (table->segments == NULL) {

        /* were each page of the zone a segment, each had its pointer */

        for (table->depth = 1;
             ((ngx_uint_t) 1 << table->depth) < pages;
             table->depth++)
        {
            /* void */
        }

        return sizeof(ngx_ap_table_segment_t *) << table->depth;
    }

    segment = *ngx_ap_table_segment(table, name);

    if (segment == NULL) {
        return sizeof(ngx_ap_table_segment_t);
    }

    if (segment->used < NGX_AP_TABLE_SPLIT
        || segment->depth == table->depth
        || ngx_ap_table_place(segment, name)->name == name)
    {
        return 0;
    }

    return sizeof(ngx_ap_table_segment_t);
}


void
ngx_ap_table_give(ngx_ap_table_t *table, uint64_t name, void *memory)
{
    ngx_uint_t               i;
    ngx_ap_table_segment_t  *segment;

    if (table->segments == NULL) {
        table->segments = memory;
        return;
    }

    segment = *ngx_ap_table_segment(table, name);

    if (segment != NULL) {
        ngx_ap_table_split(table, segment, memory, name);
        return;
    }

    /* the first one is everybody's */

    for (i = 0; i < (ngx_uint_t) 1 << table->depth; i++) {
        table->segments[i] = memory;
    }
}


void *
ngx_ap_table_shed(ngx_ap_table_t *table)
{
    void                    *memory;
    ngx_uint_t               n;
    ngx_ap_table_segment_t  *segment;

    if (table->segments == NULL) {
        return NULL;
    }

    while (table->shed < (ngx_uint_t) 1 << table->depth) {

        segment = table->segments[table->shed];

        if (segment == NULL) {
            table->shed++;
            continue;
        }

        for (n = (ngx_uint_t) 1 << (table->depth - segment->depth); n; n--) {
            table->segments[table->shed++] = NULL;
        }

        return segment;
    }

    memory = table->segments;
    ngx_memzero(table, sizeof(ngx_ap_table_t));

    return memory;
}


static ngx_ap_table_segment_t **
ngx_ap_table_segment(ngx_ap_table_t *table, uint64_t name)
{
    return &table->segments[name >> (64 - table->depth)];
}


/* by other bits than those that led to the segment */

static ngx_uint_t
ngx_ap_table_home(uint64_t name)
{
    return (name & 0xffffffff) * NGX_AP_TABLE_PLACES >> 32;
}


/* where the name stands, or the free place where it would */

static ngx_ap_table_entry_t *
ngx_ap_table_place(ngx_ap_table_segment_t *segment, uint64_t name)
{
    ngx_ap_table_entry_t  *entry, *end;

    entry = &segment->entries[ngx_ap_table_home(name)];
    end = &segment->entries[NGX_AP_TABLE_PLACES];

    while (entry->name != 0 && entry->name != name) {

        if (++entry == end) {
            entry = segment->entries;
        }
    }

    return entry;
}


/*
 * The half whose next bit is set moves, with its half of the directory.  A
 * worker may be killed at any line: until the last step every entry is found,
 * in that one some get lost, and never does the directory lead to a segment
 * that says it is somewhere else.
 */
static void
ngx_ap_table_split(ngx_ap_table_t *table, ngx_ap_table_segment_t *segment,
    ngx_ap_table_segment_t *half, uint64_t name)
{
    uint64_t                 bit;
    ngx_uint_t               i, n;
    ngx_ap_table_entry_t     entries[NGX_AP_TABLE_PLACES];
    ngx_ap_table_segment_t **pointers;

    bit = (uint64_t) 1 << (63 - segment->depth);

    n = (ngx_uint_t) 1 << (table->depth - segment->depth);
    pointers = table->segments
               + ((name >> (64 - table->depth)) & ~(uint64_t) (n - 1));

    ngx_memcpy(entries, segment->entries, sizeof(entries));

    half->depth = segment->depth + 1;
    ngx_ap_table_keep(half, entries, bit, bit);

    for (i = n / 2; i < n; i++) {
        pointers[i] = half;
    }

    segment->depth++;
    ngx_ap_table_keep(segment, entries, bit, 0);
}


/* of those entries, the ones with that bit; and nothing else */

static void
ngx_ap_table_keep(ngx_ap_table_segment_t *segment,
    const ngx_ap_table_entry_t *entries, uint64_t mask, uint64_t bit)
{
    ngx_uint_t  i;

    ngx_memzero(segment->entries, sizeof(segment->entries));
    segment->used = 0;

    for (i = 0; i < NGX_AP_TABLE_PLACES; i++) {

        if (entries[i].name != 0 && (entries[i].name & mask) == bit) {
            *ngx_ap_table_place(segment, entries[i].name) = entries[i];
            segment->used++;
        }
    }
}
