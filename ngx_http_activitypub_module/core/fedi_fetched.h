
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The gate: the one way for a document that was fetched from somebody else
 * into the database or the zone.  What lies behind it has types that nothing
 * else makes: whoever holds one knows that its status, content type and
 * encoding were right, that it is JSON within the limits, and that it calls
 * itself by the very URL that answered in the end.  Any thread.
 */

#ifndef FEDI_FETCHED_H
#define FEDI_FETCHED_H

#include "fedi_actor.h"


/* an answer, of which nothing is believed yet */

typedef struct {
    fedi_str_t  url;            /* that answered in the end: fedi_id_parse() */
    unsigned    status;
    fedi_str_t  content_type;   /* empty: it has none */
    fedi_str_t  encoding;       /* Content-Encoding; empty: it has none */
    fedi_str_t  body;
} fedi_answer_t;


typedef struct fedi_fetched_s      fedi_fetched_t;
typedef struct fedi_fetched_row_s  fedi_fetched_row_t;


/*
 * Whether an ActivityPub document may be in it: OK, GONE, STATUS,
 * CONTENT_TYPE or ENCODING.
 */
fedi_actor_e fedi_fetched_envelope(const fedi_answer_t *answer);

/*
 * An actor, or a key alone; all in "document" is a copy in the arena.
 * ELSEWHERE: it calls itself by another URL, which is put into "elsewhere"
 * and is to be fetched instead, once.  GONE: that URL says so of itself.  Else
 * a reason why not; then "document" is NULL.
 */
fedi_actor_e fedi_fetched_accept(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const fedi_answer_t *answer,
    fedi_fetched_t **document, fedi_id_t *elsewhere);

/* what it is; of the two one is NULL */
const fedi_actor_t *fedi_fetched_actor(const fedi_fetched_t *document);
const fedi_actor_key_t *fedi_fetched_key(const fedi_fetched_t *document);


/* what the database keeps of an actor, in the order of the statement */

enum {
    FEDI_FETCHED_URI = 0,
    FEDI_FETCHED_HOST,
    FEDI_FETCHED_INBOX,
    FEDI_FETCHED_SHARED_INBOX,
    FEDI_FETCHED_KEYS,          /* JSON: of each its id, text and end */
    FEDI_FETCHED_KEY_ID,        /* the one that was asked for */
    FEDI_FETCHED_VALUES
};

/*
 * Of an actor and of the key "found" by fedi_actor_key(), perhaps in a
 * document of its own.  Its other keys are kept as well if their ids are
 * fragments of its own URL; of the rest only that it lists them.  NULL: no
 * memory.  "row" borrows from the document.
 */
fedi_fetched_row_t *fedi_fetched_row(fedi_arena_t *arena,
    const fedi_fetched_t *document, const fedi_id_t *key_id,
    const fedi_actor_key_t *found);

const fedi_str_t *fedi_fetched_values(const fedi_fetched_row_t *row);


#endif
