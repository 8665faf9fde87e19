
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * An actor that says of itself that it is gone tells every server that there
 * is, and most have never heard of it: they look at the bytes and no further.
 */

#ifndef FEDI_FAREWELL_H
#define FEDI_FAREWELL_H

#include "fedi_arena.h"
#include "fedi_id.h"


/* a longer body is not looked at; and no more of an object, nor deeper */

#define FEDI_FAREWELL_MAX    8192
#define FEDI_FAREWELL_NAMES  24
#define FEDI_FAREWELL_DEPTH  8


/*
 * True: what fedi_json_load() and fedi_activity_parse() make of "body" is a
 * Delete of "actor" by itself, whose id lies in the arena.  False: it is
 * something else, or written in a way that is left to those two: a number, a
 * letter beyond ASCII, an escape other than "\/", an object that has members
 * of its own.  One pass, and memory for the id alone.
 */
bool fedi_farewell_read(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    fedi_str_t body, fedi_id_t *actor);


#endif
