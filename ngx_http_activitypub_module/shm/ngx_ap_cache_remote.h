
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The complete set of others' actors that the database knows, by a keyed hash
 * of their ids: what is not in it has nothing here that it could take away.
 * One that is in it may be gone by now: that costs a question, no more.
 *
 * Another node may have learned an actor, and the notification is on its way
 * while that actor says that it is gone.  So who was called unknown is
 * remembered for five minutes at least, in two Bloom filters that take turns:
 * of fixed size, and never forgetting one, however many there were.  A third
 * has all that were ever in the set: most who are not are not in it either,
 * and the set itself, which is larger than a processor's cache, is not asked.
 */

#ifndef NGX_AP_CACHE_REMOTE_H
#define NGX_AP_CACHE_REMOTE_H

#include "ngx_ap_cache.h"


/* seconds of a turn: until then nothing is forgotten */
#define NGX_AP_CACHE_UNKNOWN_TURN  300


/*
 * NGX_OK: known.  NGX_DECLINED: not, and it is remembered that this was said.
 * NGX_AGAIN: the set is not complete, or in doubt.
 */
ngx_int_t ngx_ap_cache_remote_find(ngx_ap_cache_t *cache,
    const ngx_str_t *uri);

/*
 * NGX_OK; NGX_DONE: added as well, but it was called unknown lately, or looks
 * like one that was; NGX_ERROR: the zone is full.
 */
ngx_int_t ngx_ap_cache_remote_add(ngx_ap_cache_t *cache,
    const ngx_str_t *uri);


#endif
