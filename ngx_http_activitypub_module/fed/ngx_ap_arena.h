
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What nginx lends to core: the memory of a pool, and views of its strings.
 */

#ifndef NGX_AP_ARENA_H
#define NGX_AP_ARENA_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_arena.h"


/* what core takes lives as long as the pool */
fedi_arena_t ngx_ap_arena(ngx_pool_t *pool);


static ngx_inline fedi_str_t
ngx_ap_view(const ngx_str_t *s)
{
    return (fedi_str_t) { (const char *) s->data, s->len };
}


#endif
