
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is accepted is by the owner of the key, of its origin, and about its
 * own things or ours.
 */

#include "fedi_fuzz.h"

#include "fedi_activity.h"

static const fedi_json_limits_t  fuzz_limits = {
    4096, FEDI_JSON_DEPTH_MAX, FEDI_JSON_VALUES_MAX
};

static const fedi_id_rules_t  fuzz_rules = { false, false };


static bool
fuzz_is(const fedi_id_t *id, const char *text)
{
    return fedi_str_eq(id->text, (fedi_str_t) { text, strlen(text) });
}


static bool
fuzz_from(const fedi_id_t *id, const char *origin)
{
    return fedi_str_eq(id->origin, (fedi_str_t) { origin, strlen(origin) });
}


static void
fuzz_accepted(const fedi_activity_t *a)
{
    fedi_fuzz_assert(fuzz_is(&a->actor, "https://evil.example/u"));
    fedi_fuzz_assert(a->id.text.len != 0
                     ? fuzz_from(&a->id, "https://evil.example")
                     : a->kind != FEDI_ACTIVITY_FOLLOW);

    switch (a->kind) {

    case FEDI_ACTIVITY_FOLLOW:
    case FEDI_ACTIVITY_LIKE:
    case FEDI_ACTIVITY_ANNOUNCE:
        fedi_fuzz_assert(fuzz_from(&a->object.id, "https://ours.example"));
        fedi_fuzz_assert(!a->object.embedded);
        break;

    case FEDI_ACTIVITY_CREATE:
    case FEDI_ACTIVITY_UPDATE:
        fedi_fuzz_assert(fuzz_from(&a->object.id, "https://evil.example"));
        fedi_fuzz_assert(a->object.embedded);
        fedi_fuzz_assert(fedi_id_eq(&a->object.author, &a->actor)
                         || (fedi_id_eq(&a->object.id, &a->actor)
                             && a->kind == FEDI_ACTIVITY_UPDATE));
        break;

    case FEDI_ACTIVITY_DELETE:
        fedi_fuzz_assert(fuzz_from(&a->object.id, "https://evil.example"));
        break;

    case FEDI_ACTIVITY_UNDO:
        fedi_fuzz_assert(a->object.author.text.len == 0
                         || fedi_id_eq(&a->object.author, &a->actor));
        fedi_fuzz_assert(a->object.id.text.len != 0
                         || a->object.object.text.len != 0);
        break;

    default:
        fedi_fuzz_assert(a->kind != FEDI_ACTIVITY_OTHER);
    }
}



int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t            *json;
    fedi_id_t          owner;
    fedi_str_t         text;
    fedi_heap_t        heap;
    fedi_activity_t    activity;
    fedi_authority_t   authority;

    static const fedi_str_t  ours = fedi_string("https://ours.example");

    fedi_heap_init(&heap);

    text = fedi_fuzz_view(&heap.arena, data, size);

    fedi_fuzz_assert(fedi_id_parse(&heap.arena, &fuzz_rules,
                                   fedi_str("https://evil.example/u"), &owner)
                     == FEDI_OK);

    authority.owner = &owner;
    authority.origins = &ours;
    authority.norigins = 1;

    if (fedi_json_load(text, &fuzz_limits, &json) == FEDI_OK) {

        if (fedi_activity_parse(&heap.arena, &fuzz_rules, json, &activity)
            == FEDI_VERDICT_ACCEPTED
            && fedi_activity_authorise(&activity, &authority)
               == FEDI_VERDICT_ACCEPTED)
        {
            fuzz_accepted(&activity);
        }

        json_decref(json);
    }

    fedi_heap_free(&heap);

    return 0;
}
