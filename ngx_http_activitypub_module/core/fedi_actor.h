
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What was fetched to find a key: an actor, or a document of a key alone.
 * Nothing is believed of whom it names, only of whom it was fetched from.
 * Keys are those of "publicKey", with a PEM, and of "assertionMethod"
 * (FEP-521a), Multikeys; either may name a key by its URL alone.
 */

#ifndef FEDI_ACTOR_H
#define FEDI_ACTOR_H

#include <stdint.h>

#include "fedi_property.h"


/* of both lists together */
#define FEDI_ACTOR_KEYS_MAX  10
#define FEDI_ACTOR_NAME_MAX  256


typedef enum {
    FEDI_ACTOR_OK = 0,
    FEDI_ACTOR_ELSEWHERE,           /* its id is to be fetched, once */
    FEDI_ACTOR_BAD_ID,
    FEDI_ACTOR_TYPE,
    FEDI_ACTOR_INBOX,
    FEDI_ACTOR_KEYS,
    FEDI_ACTOR_BAD_KEY,
    FEDI_ACTOR_NO_KEY,
    FEDI_ACTOR_KEY_OWNER,
    FEDI_ACTOR_KEY_HOST,
    FEDI_ACTOR_KEY_EXPIRED,         /* or revoked */
    FEDI_ACTOR_GONE,                /* a Tombstone, or 410 */
    FEDI_ACTOR_STATUS,              /* of the answer */
    FEDI_ACTOR_CONTENT_TYPE,
    FEDI_ACTOR_ENCODING,
    FEDI_ACTOR_JSON,
    FEDI_ACTOR_FAILED,              /* no memory */
    FEDI_ACTOR_REASONS
} fedi_actor_e;


typedef struct {
    fedi_id_t   id;
    fedi_id_t   owner;      /* all zero: it does not say, or not well */
    fedi_str_t  text;       /* empty: the actor names it by its URL alone */
    int64_t     until;      /* it expires or is revoked then; 0: never */
} fedi_actor_key_t;


typedef struct {
    fedi_id_t         id;
    fedi_str_t        type;
    fedi_str_t        username;         /* preferredUsername, or empty */
    fedi_id_t         inbox;
    fedi_id_t         shared_inbox;     /* all zero: none on its origin */
    fedi_actor_key_t  keys[FEDI_ACTOR_KEYS_MAX];
    size_t            nkeys;
} fedi_actor_t;


/* a key that stands alone, not in an actor */
bool fedi_actor_is_key(const json_t *json);

/*
 * An actor, fetched from "final": the URL that answered in the end, without a
 * fragment.  ELSEWHERE: it calls itself otherwise; then actor->id alone is
 * set, and is to be fetched instead, once.  Views point into "json" and the
 * arena.
 */
fedi_actor_e fedi_actor_parse(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *json, const fedi_id_t *final,
    fedi_actor_t *actor);

/*
 * A document of a key alone, fetched from "final"; its id may have a fragment.
 * Its owner is to be fetched, and has to list it.
 */
fedi_actor_e fedi_actor_key_parse(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *json, const fedi_id_t *final,
    fedi_actor_key_t *key);

/*
 * The key that a signature names, if the actor lists it as its own and it is
 * on the actor's host.  "alone" is the document of that key if one was
 * fetched, or NULL: it speaks where the actor lists no more than a URL.
 * "found" has a text, for fedi_key_text_parse(), and borrows from both.
 */
fedi_actor_e fedi_actor_key(const fedi_actor_t *actor,
    const fedi_id_t *key_id, const fedi_actor_key_t *alone, int64_t now,
    const fedi_actor_key_t **found);

/* a lower-case fragment, for logs; NUL-terminated, static */
fedi_str_t fedi_actor_text(fedi_actor_e reason);


#endif
