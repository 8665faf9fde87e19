
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <string.h>

#include "fedi_json_load.h"
#include "fedi_reading.h"


static bool fedi_reading_keep(fedi_arena_t *arena, fedi_activity_t *activity);


void
fedi_reading_take(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const fedi_digest_t *digest, fedi_str_t body, fedi_reading_t *reading)
{
    json_t              *json;
    fedi_json_limits_t   limits;

    memset(reading, 0, sizeof(fedi_reading_t));

    reading->digest = FEDI_DIGEST_OK;

    /* over the bytes as they came, before anybody makes sense of them */

    if (digest != NULL) {
        reading->digest = fedi_digest_verify_body(digest, body);

        if (reading->digest != FEDI_DIGEST_OK) {
            return;
        }
    }

    limits.size = body.len;
    limits.depth = FEDI_JSON_DEPTH_MAX;
    limits.values = FEDI_JSON_VALUES_MAX;

    reading->err = fedi_json_load(body, &limits, &json);

    if (reading->err != FEDI_OK) {
        return;
    }

    reading->verdict = fedi_activity_parse(arena, rules, json,
                                           &reading->activity);

    if (reading->verdict == FEDI_VERDICT_ACCEPTED
        && !fedi_reading_keep(arena, &reading->activity))
    {
        reading->err = FEDI_ENOMEM;
    }

    json_decref(json);
}


/* ids are copies already */

static bool
fedi_reading_keep(fedi_arena_t *arena, fedi_activity_t *activity)
{
    size_t       i;
    fedi_str_t  *kept[4];

    kept[0] = &activity->type;
    kept[1] = &activity->published;
    kept[2] = &activity->object.type;
    kept[3] = &activity->object.published;

    for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {

        if (kept[i]->len == 0) {
            *kept[i] = fedi_null_str;
            continue;
        }

        *kept[i] = fedi_strdup(arena, *kept[i]);

        if (kept[i]->data == NULL) {
            return false;
        }
    }

    return true;
}
