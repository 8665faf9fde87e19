
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The zone's table beside a list of what should be in it, for zone_table.t:
 *
 *     table ENTRIES PAGES [KILL]
 *
 * prints one line of figures when all was as it should be, else why not.  With KILL the
 * last entry is not put in to the end: the worker dies when it has zeroed
 * memory that many times.
 */

#include <setjmp.h>
#include <stdio.h>

#include <ngx_config.h>
#include <ngx_core.h>


static void table_zero(void *memory, size_t size);


#undef ngx_memzero
#define ngx_memzero  table_zero

#include "ngx_ap_table.c"
#include "fedi_hash.h"


typedef struct {
    ngx_uint_t              bytes;
    ngx_uint_t              largest;
    ngx_uint_t              moved;
} table_figures_t;


static int table_play(ngx_ap_table_t *table, int argc, char **argv);
static uint64_t table_name(ngx_uint_t n);
static int table_grow(ngx_ap_table_t *table, ngx_uint_t n, ngx_uint_t pages,
    table_figures_t *figures);
static ngx_uint_t table_moved(ngx_ap_table_t *table, uint64_t name,
    void *memory);
static int table_fails(const char *what, ngx_uint_t n);
static int table_holds(ngx_ap_table_t *table, ngx_uint_t n, ngx_uint_t every);
static int table_killed(ngx_ap_table_t *table, uint64_t name,
    ngx_uint_t kill);


static jmp_buf     table_dead;
static ngx_uint_t  table_kill;


int
main(int argc, char **argv)
{
    int              rc;
    void            *memory;
    ngx_ap_table_t   table;

    memset(&table, 0, sizeof(table));

    rc = table_play(&table, argc, argv);

    while ((memory = ngx_ap_table_shed(&table)) != NULL) {
        free(memory);
    }

    return rc;
}


static int
table_play(ngx_ap_table_t *table, int argc, char **argv)
{
    void             *memory;
    ngx_uint_t        i, n, pages;
    table_figures_t   figures;

    n = strtoul(argv[1], NULL, 10);
    pages = strtoul(argv[2], NULL, 10);

    memset(&figures, 0, sizeof(figures));

    if (ngx_ap_table_find(table, 1) || ngx_ap_table_add(table, 1)
        || ngx_ap_table_shed(table))
    {
        return table_fails("an empty table", 0);
    }

    ngx_ap_table_remove(table, 1);

    for (i = 0; i < n; i++) {

        if (!table_grow(table, i, pages, &figures)) {
            return 1;
        }
    }

    if (table->used != n || !table_holds(table, n, 0)) {
        return 1;
    }

    if (argc > 3) {

        /* whatever comes until there is something to be split */

        while (!ngx_ap_table_wants(table, table_name(n), pages)) {
            table_grow(table, n++, pages, &figures);
        }

        return !table_killed(table, table_name(n), strtoul(argv[3], NULL, 10));
    }

    for (i = 0; i < n; i += 3) {
        ngx_ap_table_remove(table, table_name(i));
        ngx_ap_table_remove(table, table_name(i));

        if (n <= 10000 && !table_holds(table, i + 3 < n ? i + 3 : n, 3)) {
            return 1;
        }
    }

    if (table->used != n - (n + 2) / 3 || !table_holds(table, n, 3)) {
        return table_fails("removals", table->used);
    }

    for (i = 0; (memory = ngx_ap_table_shed(table)) != NULL; i++) {
        free(memory);
    }

    if (table->segments || table->used || table->shed) {
        return table_fails("shed", i);
    }

    printf("ok bytes %lu largest %lu moved %lu pieces %lu\n",
           (unsigned long) figures.bytes, (unsigned long) figures.largest,
           (unsigned long) figures.moved, (unsigned long) i);

    return 0;
}


static uint64_t
table_name(ngx_uint_t n)
{
    char        path[64];
    fedi_str_t  s;

    s.data = path;
    s.len = snprintf(path, sizeof(path), "/posts/2026/%lu.html",
                     (unsigned long) n);

    return fedi_hash_add(FEDI_HASH_SEED, s);
}


/* adds one, and sees to it that no step is a large one */

static int
table_grow(ngx_ap_table_t *table, ngx_uint_t n, ngx_uint_t pages,
    table_figures_t *figures)
{
    void                  *memory;
    size_t                 size;
    uint64_t               name;
    ngx_uint_t             moved;
    ngx_ap_table_entry_t  *entry;

    name = table_name(n);

    while ((size = ngx_ap_table_wants(table, name, pages)) != 0) {

        memory = calloc(1, size);

        figures->bytes += size;

        if (table->segments != NULL && size > figures->largest) {
            figures->largest = size;
        }

        ngx_ap_table_give(table, name, memory);

        moved = table_moved(table, name, memory);

        if (moved > figures->moved) {
            figures->moved = moved;
        }
    }

    entry = ngx_ap_table_add(table, name);

    if (entry == NULL || entry->value[0] != 0) {
        return !table_fails("no new place", n);
    }

    entry->value[0] = n + 1;

    return 1;
}


/* both halves of what was split, the only segments that were written */

static ngx_uint_t
table_moved(ngx_ap_table_t *table, uint64_t name, void *memory)
{
    uint64_t                 bit;
    ngx_ap_table_segment_t  *half;

    if (memory == table->segments) {
        return 0;
    }

    half = memory;

    if (half->depth == 0) {
        return 0;
    }

    bit = (uint64_t) 1 << (64 - half->depth);

    return (*ngx_ap_table_segment(table, name | bit))->used
           + (*ngx_ap_table_segment(table, name & ~bit))->used;
}


static int
table_fails(const char *what, ngx_uint_t n)
{
    printf("not ok %s at %lu\n", what, (unsigned long) n);

    return 1;
}


/* all of the first n, but for every so manieth */

static int
table_holds(ngx_ap_table_t *table, ngx_uint_t n, ngx_uint_t every)
{
    ngx_uint_t             i;
    ngx_ap_table_entry_t  *entry;

    for (i = 0; i < n; i++) {
        entry = ngx_ap_table_find(table, table_name(i));

        if (every && i % every == 0) {

            if (entry != NULL) {
                return !table_fails("a removed entry is found", i);
            }

        } else if (entry == NULL || entry->value[0] != i + 1) {
            return !table_fails("an entry is lost", i);
        }
    }

    return 1;
}


/*
 * What a killed worker leaves: a directory in which each segment stands where
 * it says, so that all of it can be given back, each piece once.
 */

static int
table_killed(ngx_ap_table_t *table, uint64_t name, ngx_uint_t kill)
{
    void                    *half;
    ngx_uint_t               i, n, found;
    ngx_ap_table_segment_t  *segment;

    half = calloc(1, sizeof(ngx_ap_table_segment_t));
    table_kill = kill;

    if (setjmp(table_dead) == 0) {
        ngx_ap_table_give(table, name, half);
        table_kill = 0;

        return !table_fails("nobody was killed", kill);
    }

    found = 0;

    for (i = 0; i < (ngx_uint_t) 1 << table->depth; i += n) {
        segment = table->segments[i];
        found |= (segment == half);
        n = (ngx_uint_t) 1 << (table->depth - segment->depth);

        if (i % n != 0 || table->segments[i + n - 1] != segment) {
            return !table_fails("a segment elsewhere", i);
        }
    }

    if (!found) {
        free(half);
    }

    printf("ok killed\n");

    return 1;
}


static void
table_zero(void *memory, size_t size)
{
    memset(memory, 0, size);

    if (table_kill != 0 && --table_kill == 0) {
        longjmp(table_dead, 1);
    }
}
