
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * An activity that somebody sent, as a plain struct, and whether the sender
 * may do what it says.
 */

#ifndef FEDI_ACTIVITY_H
#define FEDI_ACTIVITY_H

#include "fedi_property.h"
#include "fedi_verdict.h"


typedef enum {
    FEDI_ACTIVITY_OTHER = 0,
    FEDI_ACTIVITY_FOLLOW,
    FEDI_ACTIVITY_UNDO,
    FEDI_ACTIVITY_LIKE,         /* Like, Dislike, EmojiReact */
    FEDI_ACTIVITY_ANNOUNCE,
    FEDI_ACTIVITY_CREATE,
    FEDI_ACTIVITY_UPDATE,
    FEDI_ACTIVITY_DELETE
} fedi_activity_kind_e;


/* what is not given is empty; so is everything but the id of a mere URL */

typedef struct {
    bool        embedded;       /* it was an object, not a URL */
    fedi_id_t   id;
    fedi_str_t  type;
    fedi_id_t   author;         /* attributedTo; of an undone activity: actor */
    fedi_id_t   object;         /* of an undone activity */
    fedi_id_t   in_reply_to;
    fedi_str_t  published;      /* as written */
    bool        public;         /* "to" or "cc" names everybody */
} fedi_activity_object_t;


typedef struct {
    fedi_activity_kind_e    kind;
    fedi_str_t              type;       /* as written */
    fedi_id_t               id;         /* may be empty, but of a Follow */
    fedi_id_t               actor;
    fedi_activity_object_t  object;
    fedi_str_t              published;
    bool                    public;
    bool                    sealed;     /* carries a signature of its own */
} fedi_activity_t;


typedef struct {
    const fedi_id_t   *owner;       /* the actor whose key has signed */
    const fedi_str_t  *origins;     /* ours */
    size_t             norigins;
} fedi_authority_t;


/*
 * An activity whose sender may do what it says, with the bytes it came in.
 * Made by fedi_activity_admit() and by nothing else.
 */

typedef struct fedi_authorised_s  fedi_authorised_t;


/*
 * Reads an activity of fedi_json_load().  ACCEPTED: it has a shape that can
 * be judged, and the views point into "json" and the arena; a 4xx verdict, or
 * FAILED: no memory.  Of a kind OTHER the object is not looked at.
 */
fedi_verdict_e fedi_activity_parse(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *json,
    fedi_activity_t *activity);

/*
 * Whether the owner of the key may do this.  ACCEPTED is all that the sender
 * can be believed: that a Follow, a Like or an Announce names something that
 * exists, that an Update or an Undo is of something that this actor has made,
 * is for who keeps those things to say.
 */
fedi_verdict_e fedi_activity_authorise(const fedi_activity_t *activity,
    const fedi_authority_t *authority);

/*
 * The same; and if it is ACCEPTED what lets it into the database, in the
 * arena.  "body" is what the activity was read from and the signature is of;
 * both are borrowed.  FAILED: no memory.
 */
fedi_verdict_e fedi_activity_admit(fedi_arena_t *arena,
    const fedi_activity_t *activity, const fedi_authority_t *authority,
    fedi_str_t body, const fedi_authorised_t **authorised);

const fedi_activity_t *fedi_authorised_activity(
    const fedi_authorised_t *authorised);
fedi_str_t fedi_authorised_body(const fedi_authorised_t *authorised);

/*
 * An actor that deletes itself, by its own word: when nobody here knows that
 * actor, there is nothing to verify and nobody to ask for a key.
 */
bool fedi_activity_is_self_delete(const fedi_activity_t *activity);

/* Person, Group, Service, Organization or Application */
bool fedi_activity_is_actor_type(fedi_str_t type);


#endif
