
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Redirects of pages that the database was told of.  A place is found by
 * hash and simply taken over: whoever lost it is told of once more.
 */

#include "ngx_ap_cache_redirects.h"
#include "ngx_ap_cache_shared.h"


ngx_uint_t
ngx_ap_cache_redirect_is_news(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key, const ngx_str_t *target, time_t pause)
{
    time_t                     now;
    uint64_t                   name;
    ngx_uint_t                 news;
    fedi_str_t                 text;
    ngx_ap_cache_redirect_t   *place;
    ngx_ap_cache_redirects_t  *redirects;

    now = ngx_time();
    redirects = &cache->shared->redirects;

    text.data = (const char *) target->data;
    text.len = target->len;

    name = ngx_ap_cache_key_name(cache, key);
    name = fedi_hash_add(name, text);
    place = &redirects->places[name % NGX_AP_CACHE_REDIRECTS];

    ngx_shmtx_lock(&cache->shpool->mutex);

    if (redirects->second != now) {
        redirects->second = now;
        redirects->n = 0;
    }

    news = (place->name != name || place->until <= now)
           && redirects->n < NGX_AP_CACHE_REDIRECTS_RATE;

    if (news) {
        place->name = name;
        place->until = now + pause;
        redirects->n++;
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return news;
}
