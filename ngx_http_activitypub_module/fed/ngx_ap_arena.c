
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_arena.h"


static void *ngx_ap_arena_alloc(void *data, size_t size);


fedi_arena_t
ngx_ap_arena(ngx_pool_t *pool)
{
    fedi_arena_t  arena;

    arena.alloc = ngx_ap_arena_alloc;
    arena.data = pool;

    return arena;
}


static void *
ngx_ap_arena_alloc(void *data, size_t size)
{
    return ngx_palloc(data, size);
}
