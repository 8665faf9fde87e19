
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A document that was fetched to find a key: its JSON, and the actor or the
 * key in it.  In one piece, because a thread does it when the body is large.
 */

#ifndef FEDI_ACTOR_READING_H
#define FEDI_ACTOR_READING_H

#include "fedi_actor.h"
#include "fedi_err.h"


/* each is known only when all before it is good */

typedef struct {
    fedi_err_e        err;          /* of the JSON */
    bool              is_key;       /* a key alone: "key", else "actor" */
    fedi_actor_e      reason;
    fedi_actor_t      actor;        /* of FEDI_ACTOR_ELSEWHERE, its id */
    fedi_actor_key_t  key;
} fedi_actor_reading_t;


/*
 * "url" is where it was fetched from in the end, of fedi_id_parse().  What
 * is read points into the arena and nowhere else.
 */
void fedi_actor_reading_take(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, fedi_str_t url, fedi_str_t body,
    fedi_actor_reading_t *reading);


#endif
