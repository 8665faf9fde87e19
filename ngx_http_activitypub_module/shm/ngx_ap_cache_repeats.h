
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Signed requests that were answered 202 after the commit: the same once more
 * has the same answer, and nobody is asked.  Of fixed size, and the one that
 * would expire first makes room: what is forgotten the database knows.
 */

#ifndef NGX_AP_CACHE_REPEATS_H
#define NGX_AP_CACHE_REPEATS_H

#include "ngx_ap_cache.h"


/*
 * A request has a mark, that costs little and leads to its place, and a name,
 * that is all of it.  Whether there is one of that mark, so that its name is
 * worth to be made; and whether there is that very one.
 */
ngx_uint_t ngx_ap_cache_repeat_marked(ngx_ap_cache_t *cache, uint64_t mark);
ngx_uint_t ngx_ap_cache_repeat_find(ngx_ap_cache_t *cache, uint64_t mark,
    uint64_t name);

/* "until" its signature is too old to be believed */
void ngx_ap_cache_repeat_add(ngx_ap_cache_t *cache, uint64_t mark,
    uint64_t name, time_t until);


#endif
