
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The body of a request to an inbox: its digest, its JSON, its activity.  In
 * one piece, because a thread does it when the body is large.
 */

#ifndef FEDI_READING_H
#define FEDI_READING_H

#include "fedi_activity.h"
#include "fedi_digest.h"


/* each is known only when all before it is good */

typedef struct {
    fedi_digest_e    digest;
    fedi_err_e       err;           /* of the JSON */
    fedi_verdict_e   verdict;
    fedi_activity_t  activity;
} fedi_reading_t;


/*
 * "digest" may be NULL: nobody has said.  The activity points into the arena
 * and nowhere else: to free ten thousand values takes as long as to parse
 * them, and is done here.
 */
void fedi_reading_take(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const fedi_digest_t *digest, fedi_str_t body, fedi_reading_t *reading);


#endif
