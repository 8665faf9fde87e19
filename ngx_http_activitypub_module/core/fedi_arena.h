
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The memory a fedi_* function may take.  The caller lends an allocator and
 * frees everything at once when it is done: nginx lends a pool, tests and
 * apctl lend malloc (fedi_heap_t).  Core never frees.
 */

#ifndef FEDI_ARENA_H
#define FEDI_ARENA_H

#include "fedi_str.h"


typedef struct {
    /* returns memory aligned for any type, or NULL; size is never 0 */
    void  *(*alloc)(void *data, size_t size);
    void    *data;
} fedi_arena_t;


/* aligned for any type, not cleared; NULL: no memory */
void *fedi_alloc(fedi_arena_t *arena, size_t size);

/* a copy, NUL-terminated behind its length; data NULL: no memory */
fedi_str_t fedi_strdup(fedi_arena_t *arena, fedi_str_t s);

/* "n" parts one behind the other, copied as by fedi_strdup() */
fedi_str_t fedi_join(fedi_arena_t *arena, const fedi_str_t *parts, size_t n);


/* an arena on malloc(): every block is freed by fedi_heap_free() */

typedef struct fedi_heap_block_s  fedi_heap_block_t;

typedef struct {
    fedi_arena_t        arena;
    fedi_heap_block_t  *blocks;
} fedi_heap_t;

void fedi_heap_init(fedi_heap_t *heap);
void fedi_heap_free(fedi_heap_t *heap);


#endif
