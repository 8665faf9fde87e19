
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_key_search.h"


static ngx_int_t ngx_ap_key_search_elsewhere(ngx_ap_key_search_t *search,
    const fedi_id_t *elsewhere, fedi_actor_e *reason, fedi_str_t *next);
static ngx_int_t ngx_ap_key_search_alone(ngx_ap_key_search_t *search,
    const fedi_actor_key_t *key, fedi_actor_e *reason, fedi_str_t *next);


ngx_int_t
ngx_ap_key_search(ngx_ap_key_search_t *search, time_t now,
    const fedi_fetched_t *document, const fedi_id_t *elsewhere,
    fedi_actor_e *reason, fedi_str_t *next)
{
    const fedi_actor_key_t  *key;

    if (*reason == FEDI_ACTOR_ELSEWHERE) {
        return ngx_ap_key_search_elsewhere(search, elsewhere, reason, next);
    }

    if (*reason != FEDI_ACTOR_OK) {
        return NGX_DECLINED;
    }

    key = fedi_fetched_key(document);

    if (key != NULL) {
        return ngx_ap_key_search_alone(search, key, reason, next);
    }

    *reason = fedi_actor_key(fedi_fetched_actor(document), &search->key_id,
                             search->alone, now, &search->found);

    return *reason == FEDI_ACTOR_OK ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_ap_key_search_elsewhere(ngx_ap_key_search_t *search,
    const fedi_id_t *elsewhere, fedi_actor_e *reason, fedi_str_t *next)
{
    if (!fedi_id_same_origin(elsewhere, &search->key_id)) {
        *reason = FEDI_ACTOR_KEY_HOST;
        return NGX_DECLINED;
    }

    if (search->elsewhere) {
        return NGX_DECLINED;
    }

    search->elsewhere = 1;
    *next = elsewhere->text;

    return NGX_AGAIN;
}


static ngx_int_t
ngx_ap_key_search_alone(ngx_ap_key_search_t *search,
    const fedi_actor_key_t *key, fedi_actor_e *reason, fedi_str_t *next)
{
    /*
     * The owner of a key is no key; and whose it says it is has to say the
     * same.
     */

    if (search->alone || !fedi_id_same_origin(&key->owner, &search->key_id)) {
        *reason = FEDI_ACTOR_KEY_OWNER;
        return NGX_DECLINED;
    }

    search->alone = key;
    *next = key->owner.text;

    return NGX_AGAIN;
}


ngx_uint_t
ngx_ap_key_search_is_lost(const ngx_ap_key_search_t *search,
    const fedi_id_t *had, const fedi_fetched_t *document)
{
    size_t               i;
    const fedi_actor_t  *actor;

    actor = document ? fedi_fetched_actor(document) : NULL;

    if (actor == NULL || !fedi_id_eq(&actor->id, had)) {
        return 0;
    }

    for (i = 0; i < actor->nkeys; i++) {
        if (fedi_id_eq(&actor->keys[i].id, &search->key_id)) {
            return 0;
        }
    }

    return 1;
}
