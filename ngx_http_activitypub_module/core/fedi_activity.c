
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_activity.h"


static const fedi_str_t  fedi_activity_types[] = {
    fedi_string("Accept"), fedi_string("Add"), fedi_string("Announce"),
    fedi_string("Arrive"), fedi_string("Block"), fedi_string("Create"),
    fedi_string("Delete"), fedi_string("Dislike"), fedi_string("EmojiReact"),
    fedi_string("Flag"), fedi_string("Follow"), fedi_string("Ignore"),
    fedi_string("Invite"), fedi_string("Join"), fedi_string("Leave"),
    fedi_string("Like"), fedi_string("Listen"), fedi_string("Lock"),
    fedi_string("Move"), fedi_string("Offer"), fedi_string("Question"),
    fedi_string("QuoteRequest"), fedi_string("Read"), fedi_string("Reject"),
    fedi_string("Remove"), fedi_string("TentativeAccept"),
    fedi_string("TentativeReject"), fedi_string("Travel"),
    fedi_string("Undo"), fedi_string("Update"), fedi_string("View")
};

static const fedi_str_t  fedi_object_types[] = {
    fedi_string("Application"), fedi_string("Article"),
    fedi_string("Audio"), fedi_string("ChatMessage"),
    fedi_string("Document"), fedi_string("Event"), fedi_string("Group"),
    fedi_string("Image"), fedi_string("Note"), fedi_string("Organization"),
    fedi_string("Page"), fedi_string("Person"), fedi_string("Place"),
    fedi_string("Question"), fedi_string("Service"),
    fedi_string("Tombstone"), fedi_string("Video")
};

static const struct {
    fedi_str_t            type;
    fedi_activity_kind_e  kind;

} fedi_activity_kinds[] = {
    { fedi_string("Follow"), FEDI_ACTIVITY_FOLLOW },
    { fedi_string("Undo"), FEDI_ACTIVITY_UNDO },
    { fedi_string("Like"), FEDI_ACTIVITY_LIKE },
    { fedi_string("Dislike"), FEDI_ACTIVITY_LIKE },
    { fedi_string("EmojiReact"), FEDI_ACTIVITY_LIKE },
    { fedi_string("Announce"), FEDI_ACTIVITY_ANNOUNCE },
    { fedi_string("Create"), FEDI_ACTIVITY_CREATE },
    { fedi_string("Update"), FEDI_ACTIVITY_UPDATE },
    { fedi_string("Delete"), FEDI_ACTIVITY_DELETE }
};


static fedi_verdict_e fedi_activity_object(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *json,
    fedi_activity_t *activity);
static fedi_verdict_e fedi_activity_undone(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *json,
    fedi_activity_object_t *object);
static fedi_verdict_e fedi_activity_content(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *json,
    fedi_activity_object_t *object);
static fedi_property_e fedi_activity_author(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *json, fedi_id_t *author);
static json_t *fedi_activity_person(json_t *authors);
static fedi_property_e fedi_activity_reply(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *json, fedi_id_t *parent);
static fedi_activity_kind_e fedi_activity_kind(fedi_str_t type);
static fedi_verdict_e fedi_activity_verdict(fedi_property_e rc,
    fedi_verdict_e absent, fedi_verdict_e bad);


fedi_verdict_e
fedi_activity_parse(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *json, fedi_activity_t *activity)
{
    json_t           *embedded;
    fedi_verdict_e    verdict;
    fedi_property_e   rc;

    memset(activity, 0, sizeof(fedi_activity_t));

    rc = fedi_property_type(json, fedi_activity_types,
                            sizeof(fedi_activity_types)
                            / sizeof(fedi_activity_types[0]),
                            &activity->type);

    verdict = fedi_activity_verdict(rc, FEDI_VERDICT_NO_TYPE,
                                    FEDI_VERDICT_BAD_TYPE);
    if (verdict != FEDI_VERDICT_ACCEPTED) {
        return verdict;
    }

    activity->kind = fedi_activity_kind(activity->type);

    rc = fedi_property_id(arena, rules, json, &activity->id);

    /* a Follow is answered by its id; the others are known by their bytes */

    verdict = fedi_activity_verdict(rc,
                                    activity->kind == FEDI_ACTIVITY_FOLLOW
                                        ? FEDI_VERDICT_NO_ID
                                        : FEDI_VERDICT_ACCEPTED,
                                    FEDI_VERDICT_BAD_ID);
    if (verdict != FEDI_VERDICT_ACCEPTED) {
        return verdict;
    }

    rc = fedi_property_link(arena, rules, json, "actor", false,
                            &activity->actor, &embedded);

    verdict = fedi_activity_verdict(rc, FEDI_VERDICT_NO_ACTOR,
                                    FEDI_VERDICT_BAD_ACTOR);
    if (verdict != FEDI_VERDICT_ACCEPTED) {
        return verdict;
    }

    activity->published = fedi_json_text(fedi_json_get(json, "published"));
    activity->public = fedi_property_public(json);
    activity->sealed = fedi_json_get(json, "signature") != NULL
                       || fedi_json_get(json, "proof") != NULL;

    if (activity->kind == FEDI_ACTIVITY_OTHER) {
        return FEDI_VERDICT_ACCEPTED;
    }

    return fedi_activity_object(arena, rules, json, activity);
}


static fedi_verdict_e
fedi_activity_object(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *json, fedi_activity_t *activity)
{
    bool                     undo;
    json_t                  *embedded;
    fedi_property_e          rc;
    fedi_activity_object_t  *object;

    undo = activity->kind == FEDI_ACTIVITY_UNDO;
    object = &activity->object;

    /* groups announce activities, whose names may have fragments */

    rc = fedi_property_link(arena, rules, json, "object",
                            undo || activity->kind == FEDI_ACTIVITY_ANNOUNCE,
                            &object->id, &embedded);

    /* an activity that is undone may have no name of its own */

    if (rc != FEDI_PROPERTY_OK
        && !(rc == FEDI_PROPERTY_ABSENT && undo && embedded != NULL))
    {
        return fedi_activity_verdict(rc, embedded == NULL
                                         ? FEDI_VERDICT_NO_OBJECT
                                         : FEDI_VERDICT_BAD_OBJECT,
                                     FEDI_VERDICT_BAD_OBJECT);
    }

    switch (activity->kind) {

    case FEDI_ACTIVITY_UNDO:
        object->embedded = embedded != NULL;

        return embedded != NULL
               ? fedi_activity_undone(arena, rules, embedded, object)
               : FEDI_VERDICT_ACCEPTED;

    case FEDI_ACTIVITY_CREATE:
    case FEDI_ACTIVITY_UPDATE:
    case FEDI_ACTIVITY_DELETE:
        object->embedded = embedded != NULL;

        return embedded != NULL
               ? fedi_activity_content(arena, rules, embedded, object)
               : FEDI_VERDICT_ACCEPTED;

    default:
        /* what is liked or announced is known by its id, never by a copy */

        return FEDI_VERDICT_ACCEPTED;
    }
}


static fedi_verdict_e
fedi_activity_undone(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *json, fedi_activity_object_t *object)
{
    json_t           *embedded;
    fedi_verdict_e    verdict;
    fedi_property_e   rc;

    rc = fedi_property_type(json, fedi_activity_types,
                            sizeof(fedi_activity_types)
                            / sizeof(fedi_activity_types[0]),
                            &object->type);

    verdict = fedi_activity_verdict(rc, FEDI_VERDICT_BAD_OBJECT,
                                    FEDI_VERDICT_BAD_OBJECT);
    if (verdict != FEDI_VERDICT_ACCEPTED) {
        return verdict;
    }

    rc = fedi_property_link(arena, rules, json, "actor", false,
                            &object->author, &embedded);

    verdict = fedi_activity_verdict(rc, FEDI_VERDICT_ACCEPTED,
                                    FEDI_VERDICT_BAD_AUTHOR);
    if (verdict != FEDI_VERDICT_ACCEPTED) {
        return verdict;
    }

    rc = fedi_property_link(arena, rules, json, "object", true,
                            &object->object, &embedded);

    /* without a name, it is known by what it was done to */

    return fedi_activity_verdict(rc, object->id.text.len != 0
                                     ? FEDI_VERDICT_ACCEPTED
                                     : FEDI_VERDICT_BAD_OBJECT,
                                 FEDI_VERDICT_BAD_OBJECT);
}


static fedi_verdict_e
fedi_activity_content(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *json, fedi_activity_object_t *object)
{
    fedi_verdict_e   verdict;
    fedi_property_e  rc;

    rc = fedi_property_type(json, fedi_object_types,
                            sizeof(fedi_object_types)
                            / sizeof(fedi_object_types[0]),
                            &object->type);

    verdict = fedi_activity_verdict(rc, FEDI_VERDICT_ACCEPTED,
                                    FEDI_VERDICT_BAD_OBJECT);
    if (verdict != FEDI_VERDICT_ACCEPTED) {
        return verdict;
    }

    rc = fedi_activity_author(arena, rules, json, &object->author);

    verdict = fedi_activity_verdict(rc, FEDI_VERDICT_ACCEPTED,
                                    FEDI_VERDICT_BAD_AUTHOR);
    if (verdict != FEDI_VERDICT_ACCEPTED) {
        return verdict;
    }

    object->published = fedi_json_text(fedi_json_get(json, "published"));
    object->public = fedi_property_public(json);

    rc = fedi_activity_reply(arena, rules, json, &object->in_reply_to);

    return rc == FEDI_PROPERTY_NOMEM ? FEDI_VERDICT_FAILED
                                     : FEDI_VERDICT_ACCEPTED;
}


/* one author; PeerTube's two, a person and a channel, are that person */

static fedi_property_e
fedi_activity_author(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *json, fedi_id_t *author)
{
    json_t           *embedded, *person;
    fedi_property_e   rc;

    rc = fedi_property_link(arena, rules, json, "attributedTo", false, author,
                            &embedded);

    if (rc == FEDI_PROPERTY_ABSENT && embedded != NULL) {
        return FEDI_PROPERTY_BAD;
    }

    if (rc != FEDI_PROPERTY_MANY) {
        return rc;
    }

    person = fedi_activity_person(fedi_json_get(json, "attributedTo"));

    return person != NULL ? fedi_property_id(arena, rules, person, author)
                          : FEDI_PROPERTY_MANY;
}


/* of a list of one Person and Groups, the Person */

static json_t *
fedi_activity_person(json_t *authors)
{
    size_t      i;
    json_t     *author, *person;
    fedi_str_t  type;

    person = NULL;

    for (i = 0; (author = fedi_json_each(authors, i)) != NULL; i++) {
        type = fedi_json_text(fedi_json_get(author, "type"));

        if (fedi_str_eq(type, fedi_str("Person")) && person == NULL) {
            person = author;

        } else if (!fedi_str_eq(type, fedi_str("Group"))) {
            return NULL;
        }
    }

    return person;
}


/* the first that is a URL: what else it may answer is nothing of ours */

static fedi_property_e
fedi_activity_reply(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *json, fedi_id_t *parent)
{
    json_t      *value;
    fedi_str_t   text;
    fedi_err_e   err;

    value = fedi_json_each(fedi_json_get(json, "inReplyTo"), 0);

    if (json_is_object(value)) {
        return fedi_property_id(arena, rules, value, parent);
    }

    text = fedi_json_text(value);

    if (text.len == 0) {
        return FEDI_PROPERTY_ABSENT;
    }

    err = fedi_id_parse_fragment(arena, rules, text, parent);

    return err == FEDI_OK ? FEDI_PROPERTY_OK
           : err == FEDI_ENOMEM ? FEDI_PROPERTY_NOMEM : FEDI_PROPERTY_BAD;
}


static fedi_activity_kind_e
fedi_activity_kind(fedi_str_t type)
{
    size_t  i;

    for (i = 0;
         i < sizeof(fedi_activity_kinds) / sizeof(fedi_activity_kinds[0]);
         i++)
    {
        if (fedi_str_eq(type, fedi_activity_kinds[i].type)) {
            return fedi_activity_kinds[i].kind;
        }
    }

    return FEDI_ACTIVITY_OTHER;
}


static fedi_verdict_e
fedi_activity_verdict(fedi_property_e rc, fedi_verdict_e absent,
    fedi_verdict_e bad)
{
    switch (rc) {

    case FEDI_PROPERTY_OK:
        return FEDI_VERDICT_ACCEPTED;

    case FEDI_PROPERTY_ABSENT:
        return absent;

    case FEDI_PROPERTY_MANY:
        return FEDI_VERDICT_MANY;

    case FEDI_PROPERTY_NOMEM:
        return FEDI_VERDICT_FAILED;

    default:
        return bad;
    }
}


bool
fedi_activity_is_self_delete(const fedi_activity_t *activity)
{
    return activity->kind == FEDI_ACTIVITY_DELETE
           && fedi_id_eq(&activity->object.id, &activity->actor);
}


bool
fedi_activity_is_actor_type(fedi_str_t type)
{
    size_t  i;

    static const fedi_str_t  types[] = {
        fedi_string("Person"), fedi_string("Group"), fedi_string("Service"),
        fedi_string("Organization"), fedi_string("Application")
    };

    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (fedi_str_eq(type, types[i])) {
            return true;
        }
    }

    return false;
}
