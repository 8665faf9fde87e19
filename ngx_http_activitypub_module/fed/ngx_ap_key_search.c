
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_key_search.h"


static ngx_int_t ngx_ap_key_search_alone(ngx_ap_key_search_t *search,
    const fedi_actor_reading_t *reading, fedi_str_t *found,
    fedi_actor_e *reason);
static ngx_int_t ngx_ap_key_search_actor(ngx_ap_key_search_t *search,
    const fedi_actor_reading_t *reading, fedi_str_t *found,
    fedi_actor_e *reason);


ngx_int_t
ngx_ap_key_search(ngx_ap_key_search_t *search,
    const fedi_actor_reading_t *reading, fedi_str_t *found,
    fedi_actor_e *reason)
{
    *reason = reading->reason;

    return reading->is_key
           ? ngx_ap_key_search_alone(search, reading, found, reason)
           : ngx_ap_key_search_actor(search, reading, found, reason);
}


static ngx_int_t
ngx_ap_key_search_alone(ngx_ap_key_search_t *search,
    const fedi_actor_reading_t *reading, fedi_str_t *found,
    fedi_actor_e *reason)
{
    if (*reason != FEDI_ACTOR_OK) {
        return NGX_DECLINED;
    }

    /* the owner of a key is no key */

    if (search->has_alone) {
        *reason = FEDI_ACTOR_KEY_OWNER;
        return NGX_DECLINED;
    }

    search->alone = reading->key;
    search->has_alone = 1;

    /* whose it says it is; who must say the same */

    if (!fedi_id_same_origin(&search->alone.owner, &search->key_id)) {
        *reason = FEDI_ACTOR_KEY_OWNER;
        return NGX_DECLINED;
    }

    *found = search->alone.owner.text;

    return NGX_AGAIN;
}


static ngx_int_t
ngx_ap_key_search_actor(ngx_ap_key_search_t *search,
    const fedi_actor_reading_t *reading, fedi_str_t *found,
    fedi_actor_e *reason)
{
    const fedi_actor_t  *actor;

    actor = &reading->actor;

    if (*reason == FEDI_ACTOR_ELSEWHERE
        && !fedi_id_same_origin(&actor->id, &search->key_id))
    {
        *reason = FEDI_ACTOR_KEY_HOST;
    }

    if (*reason == FEDI_ACTOR_ELSEWHERE && !search->elsewhere) {
        search->elsewhere = 1;
        *found = actor->id.text;
        return NGX_AGAIN;
    }

    if (*reason == FEDI_ACTOR_OK) {
        *found = fedi_null_str;
        *reason = fedi_actor_key(actor, &search->key_id,
                                 search->has_alone ? &search->alone : NULL,
                                 found);
    }

    return *reason == FEDI_ACTOR_OK ? NGX_OK : NGX_DECLINED;
}
