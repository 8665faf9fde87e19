
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * JSON that we make: jansson on one side, views and an arena on the other.
 */

#ifndef FEDI_JSON_H
#define FEDI_JSON_H

#include <jansson.h>

#include "fedi_arena.h"
#include "fedi_err.h"


/* a JSON string of valid UTF-8; NULL: no memory */
json_t *fedi_json_string(fedi_str_t s);

/*
 * Compact text with members in the order they were made; takes over "json",
 * NULL for one that could not be made.  Copied into the arena.  FEDI_ENOMEM.
 */
fedi_err_e fedi_json_render(fedi_arena_t *arena, json_t *json,
    fedi_str_t *text);


#endif
