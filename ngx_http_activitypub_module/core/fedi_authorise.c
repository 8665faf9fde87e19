
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The one place where it is decided whether a sender may do what it says.
 */

#include "fedi_activity.h"


struct fedi_authorised_s {
    const fedi_activity_t  *activity;
    fedi_str_t              body;
};


static fedi_verdict_e fedi_authorise_ours(const fedi_activity_t *activity,
    const fedi_authority_t *authority);
static fedi_verdict_e fedi_authorise_content(
    const fedi_activity_t *activity);
static fedi_verdict_e fedi_authorise_undo(const fedi_activity_t *activity);


fedi_verdict_e
fedi_activity_authorise(const fedi_activity_t *activity,
    const fedi_authority_t *authority)
{
    /* before anything else of it is believed: who says so */

    if (!fedi_id_eq(&activity->actor, authority->owner)) {
        return activity->sealed ? FEDI_VERDICT_FORWARDED
                                : FEDI_VERDICT_NOT_OWNER;
    }

    if (activity->id.text.len != 0
        && !fedi_id_same_origin(&activity->id, &activity->actor))
    {
        return FEDI_VERDICT_ID_ORIGIN;
    }

    switch (activity->kind) {

    case FEDI_ACTIVITY_FOLLOW:
    case FEDI_ACTIVITY_LIKE:
    case FEDI_ACTIVITY_ANNOUNCE:
        return fedi_authorise_ours(activity, authority);

    case FEDI_ACTIVITY_CREATE:
    case FEDI_ACTIVITY_UPDATE:
    case FEDI_ACTIVITY_DELETE:
        return fedi_authorise_content(activity);

    case FEDI_ACTIVITY_UNDO:
        return fedi_authorise_undo(activity);

    default:
        return FEDI_VERDICT_IGNORED;
    }
}


fedi_verdict_e
fedi_activity_admit(fedi_arena_t *arena, const fedi_activity_t *activity,
    const fedi_authority_t *authority, fedi_str_t body,
    const fedi_authorised_t **authorised)
{
    fedi_verdict_e      verdict;
    fedi_authorised_t  *made;

    *authorised = NULL;

    verdict = fedi_activity_authorise(activity, authority);

    if (verdict != FEDI_VERDICT_ACCEPTED) {
        return verdict;
    }

    made = fedi_alloc(arena, sizeof(fedi_authorised_t));
    if (made == NULL) {
        return FEDI_VERDICT_FAILED;
    }

    made->activity = activity;
    made->body = body;

    *authorised = made;

    return FEDI_VERDICT_ACCEPTED;
}


const fedi_activity_t *
fedi_authorised_activity(const fedi_authorised_t *authorised)
{
    return authorised->activity;
}


fedi_str_t
fedi_authorised_body(const fedi_authorised_t *authorised)
{
    return authorised->body;
}


static fedi_verdict_e
fedi_authorise_ours(const fedi_activity_t *activity,
    const fedi_authority_t *authority)
{
    size_t  i;

    for (i = 0; i < authority->norigins; i++) {
        if (fedi_str_eq(activity->object.id.origin, authority->origins[i])) {
            return FEDI_VERDICT_ACCEPTED;
        }
    }

    return FEDI_VERDICT_NOT_OURS;
}


static fedi_verdict_e
fedi_authorise_content(const fedi_activity_t *activity)
{
    bool                           profile;
    const fedi_activity_object_t  *object;

    object = &activity->object;

    if (!fedi_id_same_origin(&object->id, &activity->actor)) {
        return FEDI_VERDICT_OBJECT_ORIGIN;
    }

    if (activity->kind == FEDI_ACTIVITY_DELETE) {
        return object->author.text.len == 0
               || fedi_id_eq(&object->author, &activity->actor)
               ? FEDI_VERDICT_ACCEPTED : FEDI_VERDICT_NOT_AUTHOR;
    }

    if (!object->embedded) {
        return FEDI_VERDICT_REFETCH;
    }

    profile = fedi_id_eq(&object->id, &activity->actor);

    if (fedi_activity_is_actor_type(object->type) != profile) {
        return FEDI_VERDICT_CLASS;
    }

    if (profile) {
        return activity->kind == FEDI_ACTIVITY_UPDATE ? FEDI_VERDICT_ACCEPTED
                                                      : FEDI_VERDICT_CLASS;
    }

    return fedi_id_eq(&object->author, &activity->actor)
           ? FEDI_VERDICT_ACCEPTED : FEDI_VERDICT_NOT_AUTHOR;
}


/* what has no author or no id is matched by what it says it did */

static fedi_verdict_e
fedi_authorise_undo(const fedi_activity_t *activity)
{
    const fedi_activity_object_t  *object;

    object = &activity->object;

    if (object->author.text.len != 0
        && !fedi_id_eq(&object->author, &activity->actor))
    {
        return FEDI_VERDICT_NOT_AUTHOR;
    }

    if (object->id.text.len != 0
        && !fedi_id_same_origin(&object->id, &activity->actor))
    {
        return FEDI_VERDICT_OBJECT_ORIGIN;
    }

    return FEDI_VERDICT_ACCEPTED;
}
