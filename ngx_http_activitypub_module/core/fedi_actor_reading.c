
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_actor_reading.h"
#include "fedi_json_load.h"


static void fedi_actor_reading_keep(fedi_arena_t *arena,
    fedi_actor_reading_t *reading);
static bool fedi_actor_reading_keep_text(fedi_arena_t *arena,
    fedi_str_t *text);


void
fedi_actor_reading_take(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    fedi_str_t url, fedi_str_t body, fedi_actor_reading_t *reading)
{
    json_t              *json;
    fedi_id_t            final;
    fedi_json_limits_t   limits;

    memset(reading, 0, sizeof(fedi_actor_reading_t));

    limits.size = body.len;
    limits.depth = FEDI_JSON_DEPTH_MAX;
    limits.values = FEDI_JSON_VALUES_MAX;

    json = NULL;

    reading->err = fedi_id_parse(arena, rules, url, &final);

    if (reading->err == FEDI_OK) {
        reading->err = fedi_json_load(body, &limits, &json);
    }

    if (reading->err != FEDI_OK) {
        return;
    }

    reading->is_key = fedi_actor_is_key(json);

    reading->reason = reading->is_key
                      ? fedi_actor_key_parse(arena, rules, json, &final,
                                             &reading->key)
                      : fedi_actor_parse(arena, rules, json, &final,
                                         &reading->actor);

    fedi_actor_reading_keep(arena, reading);

    json_decref(json);
}


/* ids are copies already */

static void
fedi_actor_reading_keep(fedi_arena_t *arena, fedi_actor_reading_t *reading)
{
    bool           kept;
    size_t         i;
    fedi_actor_t  *actor;

    actor = &reading->actor;

    kept = fedi_actor_reading_keep_text(arena, &reading->key.pem)
           && fedi_actor_reading_keep_text(arena, &actor->type)
           && fedi_actor_reading_keep_text(arena, &actor->username);

    for (i = 0; kept && i < actor->nkeys; i++) {
        kept = fedi_actor_reading_keep_text(arena, &actor->keys[i].pem);
    }

    if (!kept) {
        reading->err = FEDI_ENOMEM;
    }
}


static bool
fedi_actor_reading_keep_text(fedi_arena_t *arena, fedi_str_t *text)
{
    if (text->len == 0) {
        *text = fedi_null_str;
        return true;
    }

    *text = fedi_strdup(arena, *text);

    return text->data != NULL;
}
