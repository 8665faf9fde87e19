
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * An actor that is taken is at the URL that answered, has its inboxes there,
 * and gives out no key but its own.
 */

#include "fedi_fuzz.h"

#include "fedi_actor.h"

static const fedi_json_limits_t  fuzz_limits = {
    4096, FEDI_JSON_DEPTH_MAX, FEDI_JSON_VALUES_MAX
};

static const fedi_id_rules_t  fuzz_rules = { false, false };


static void
fuzz_actor(const fedi_actor_t *actor, const fedi_id_t *final,
    const fedi_actor_key_t *alone)
{
    size_t  i;

    const fedi_actor_key_t  *key;

    fedi_fuzz_assert(fedi_id_eq(&actor->id, final));
    fedi_fuzz_assert(fedi_id_same_origin(&actor->inbox, final));
    fedi_fuzz_assert(actor->shared_inbox.text.len == 0
                     || fedi_id_same_origin(&actor->shared_inbox, final));
    fedi_fuzz_assert(actor->nkeys <= FEDI_ACTOR_KEYS_MAX);

    for (i = 0; i < actor->nkeys; i++) {
        if (fedi_actor_key(actor, &actor->keys[i].id, alone, 1,
                           &key)
            == FEDI_ACTOR_OK)
        {
            fedi_fuzz_assert(key->text.len != 0);
            fedi_fuzz_assert(key->until == 0 || key->until > 1);
            fedi_fuzz_assert(fedi_id_same_origin(&actor->keys[i].id, final));
        }
    }
}



int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t            *json;
    fedi_id_t          final;
    fedi_str_t         text;
    fedi_heap_t        heap;
    fedi_actor_t       actor;
    fedi_actor_key_t   key;

    fedi_heap_init(&heap);

    text = fedi_fuzz_view(&heap.arena, data, size);

    fedi_fuzz_assert(fedi_id_parse(&heap.arena, &fuzz_rules,
                                   fedi_str("https://a.example/u"), &final)
                     == FEDI_OK);

    if (fedi_json_load(text, &fuzz_limits, &json) == FEDI_OK) {

        memset(&key, 0, sizeof(key));

        if (fedi_actor_key_parse(&heap.arena, &fuzz_rules, json, &final, &key)
            == FEDI_ACTOR_OK)
        {
            fedi_fuzz_assert(fedi_id_same_origin(&key.owner, &final));
        }

        if (fedi_actor_parse(&heap.arena, &fuzz_rules, json, &final, &actor)
            == FEDI_ACTOR_OK)
        {
            fuzz_actor(&actor, &final, &key);
        }

        json_decref(json);
    }

    fedi_heap_free(&heap);

    return 0;
}
