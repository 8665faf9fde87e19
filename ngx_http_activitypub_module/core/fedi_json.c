
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_json.h"


json_t *
fedi_json_string(fedi_str_t s)
{
    return json_stringn_nocheck(s.len != 0 ? s.data : "", s.len);
}


fedi_err_e
fedi_json_render(fedi_arena_t *arena, json_t *json, fedi_str_t *text)
{
    char    *p;
    size_t   len;

    if (json == NULL) {
        return FEDI_ENOMEM;
    }

    p = NULL;
    len = json_dumpb(json, NULL, 0, JSON_COMPACT);

    if (len != 0) {
        p = fedi_alloc(arena, len);
    }

    if (p == NULL || json_dumpb(json, p, len, JSON_COMPACT) != len) {
        json_decref(json);
        return FEDI_ENOMEM;
    }

    json_decref(json);

    text->data = p;
    text->len = len;

    return FEDI_OK;
}
