
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdint.h>
#include <stdlib.h>

#include "fedi_arena.h"


struct fedi_heap_block_s {
    fedi_heap_block_t  *next;
    _Alignas(max_align_t) char  bytes[];
};


static void *fedi_heap_alloc(void *data, size_t size);


void *
fedi_alloc(fedi_arena_t *arena, size_t size)
{
    return arena->alloc(arena->data, size == 0 ? 1 : size);
}


fedi_str_t
fedi_strdup(fedi_arena_t *arena, fedi_str_t s)
{
    return fedi_join(arena, &s, 1);
}


fedi_str_t
fedi_join(fedi_arena_t *arena, const fedi_str_t *parts, size_t n)
{
    char    *p;
    size_t   i, len;

    len = 0;

    for (i = 0; i < n; i++) {
        if (parts[i].len >= SIZE_MAX - len) {
            return fedi_null_str;
        }

        len += parts[i].len;
    }

    p = fedi_alloc(arena, len + 1);
    if (p == NULL) {
        return fedi_null_str;
    }

    for (i = 0, len = 0; i < n; i++) {
        if (parts[i].len != 0) {
            memcpy(p + len, parts[i].data, parts[i].len);
            len += parts[i].len;
        }
    }

    p[len] = '\0';

    return (fedi_str_t) { p, len };
}


void
fedi_heap_init(fedi_heap_t *heap)
{
    heap->arena.alloc = fedi_heap_alloc;
    heap->arena.data = heap;
    heap->blocks = NULL;
}


void
fedi_heap_free(fedi_heap_t *heap)
{
    fedi_heap_block_t  *block, *next;

    for (block = heap->blocks; block != NULL; block = next) {
        next = block->next;
        free(block);
    }

    heap->blocks = NULL;
}


static void *
fedi_heap_alloc(void *data, size_t size)
{
    fedi_heap_t        *heap;
    fedi_heap_block_t  *block;

    if (size > SIZE_MAX - sizeof(fedi_heap_block_t)) {
        return NULL;
    }

    block = malloc(sizeof(fedi_heap_block_t) + size);
    if (block == NULL) {
        return NULL;
    }

    heap = data;
    block->next = heap->blocks;
    heap->blocks = block;

    return block->bytes;
}
