
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_activity.h"
#include "fedi_actor.h"
#include "fedi_header.h"
#include "fedi_multikey.h"
#include "fedi_pem.h"
#include "fedi_timestamp.h"


static fedi_actor_e fedi_actor_inboxes(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *json, fedi_actor_t *actor);
static fedi_actor_e fedi_actor_keys(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, json_t *list, size_t *n,
    fedi_actor_t *actor);
static fedi_actor_e fedi_actor_key_of(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *json, fedi_actor_key_t *key);
static fedi_actor_e fedi_actor_key_owner(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *json, fedi_id_t *owner);
static fedi_str_t fedi_actor_key_text(const json_t *json);
static int64_t fedi_actor_key_until(const json_t *json);
static const fedi_actor_key_t *fedi_actor_listed(const fedi_actor_t *actor,
    const fedi_id_t *key_id);
static fedi_str_t fedi_actor_name(const json_t *value);


bool
fedi_actor_is_key(const json_t *json)
{
    return (fedi_json_get(json, "publicKeyPem") != NULL
            || fedi_json_get(json, "publicKeyMultibase") != NULL)
           && fedi_json_get(json, "publicKey") == NULL
           && fedi_json_get(json, "assertionMethod") == NULL;
}


fedi_actor_e
fedi_actor_parse(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *json, const fedi_id_t *final, fedi_actor_t *actor)
{
    size_t           n;
    fedi_id_t        id;
    fedi_actor_e     reason;
    fedi_property_e  rc;

    memset(actor, 0, sizeof(fedi_actor_t));

    rc = fedi_property_id(arena, rules, json, &id);

    if (rc == FEDI_PROPERTY_NOMEM) {
        return FEDI_ACTOR_FAILED;
    }

    if (rc != FEDI_PROPERTY_OK || fedi_id_document(&id).len != id.text.len) {
        return FEDI_ACTOR_BAD_ID;
    }

    actor->id = id;

    if (!fedi_id_eq(&id, final)) {
        return FEDI_ACTOR_ELSEWHERE;
    }

    rc = fedi_property_type(json, NULL, 0, &actor->type);

    if (rc == FEDI_PROPERTY_OK
        && fedi_str_eq(actor->type, fedi_str("Tombstone")))
    {
        return FEDI_ACTOR_GONE;
    }

    if (rc != FEDI_PROPERTY_OK || !fedi_activity_is_actor_type(actor->type)) {
        return FEDI_ACTOR_TYPE;
    }

    reason = fedi_actor_inboxes(arena, rules, json, actor);
    if (reason != FEDI_ACTOR_OK) {
        return reason;
    }

    actor->username = fedi_actor_name(fedi_json_get(json,
                                                    "preferredUsername"));

    n = 0;

    reason = fedi_actor_keys(arena, rules, fedi_json_get(json, "publicKey"),
                             &n, actor);
    if (reason != FEDI_ACTOR_OK) {
        return reason;
    }

    return fedi_actor_keys(arena, rules,
                           fedi_json_get(json, "assertionMethod"), &n, actor);
}


/*
 * An inbox elsewhere would let an actor aim our deliveries at somebody who
 * has not asked for them.
 */
static fedi_actor_e
fedi_actor_inboxes(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *json, fedi_actor_t *actor)
{
    json_t           *embedded, *endpoints;
    fedi_property_e   rc;

    rc = fedi_property_link(arena, rules, json, "inbox", false, &actor->inbox,
                            &embedded);

    if (rc == FEDI_PROPERTY_NOMEM) {
        return FEDI_ACTOR_FAILED;
    }

    if (!fedi_id_same_origin(&actor->inbox, &actor->id)) {
        return FEDI_ACTOR_INBOX;
    }

    endpoints = fedi_json_get(json, "endpoints");

    if (fedi_json_get(endpoints, "sharedInbox") == NULL) {
        endpoints = NULL;
    }

    rc = fedi_property_link(arena, rules, endpoints != NULL ? endpoints : json,
                            "sharedInbox", false, &actor->shared_inbox,
                            &embedded);

    if (rc == FEDI_PROPERTY_NOMEM) {
        return FEDI_ACTOR_FAILED;
    }

    if (!fedi_id_same_origin(&actor->shared_inbox, &actor->id)) {
        memset(&actor->shared_inbox, 0, sizeof(fedi_id_t));
    }

    return FEDI_ACTOR_OK;
}


static fedi_actor_e
fedi_actor_keys(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    json_t *list, size_t *n, fedi_actor_t *actor)
{
    size_t         i;
    json_t        *value;
    fedi_actor_e   reason;

    for (i = 0; (value = fedi_json_each(list, i)) != NULL; i++) {
        if ((*n)++ == FEDI_ACTOR_KEYS_MAX) {
            return FEDI_ACTOR_KEYS;
        }

        reason = fedi_actor_key_of(arena, rules, value,
                                   &actor->keys[actor->nkeys]);

        if (reason == FEDI_ACTOR_FAILED) {
            return reason;
        }

        /* a key of a kind that we do not know is no fault of the others */

        if (reason == FEDI_ACTOR_OK) {
            actor->nkeys++;
        }
    }

    return FEDI_ACTOR_OK;
}


static fedi_actor_e
fedi_actor_key_of(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *json, fedi_actor_key_t *key)
{
    fedi_err_e       err;
    fedi_actor_e     reason;
    fedi_property_e  rc;

    memset(key, 0, sizeof(fedi_actor_key_t));

    if (json_is_string(json)) {
        err = fedi_id_parse_fragment(arena, rules, fedi_json_text(json),
                                     &key->id);

        return err == FEDI_OK ? FEDI_ACTOR_OK
               : err == FEDI_ENOMEM ? FEDI_ACTOR_FAILED : FEDI_ACTOR_BAD_KEY;
    }

    rc = fedi_property_id(arena, rules, json, &key->id);
    if (rc != FEDI_PROPERTY_OK) {
        return rc == FEDI_PROPERTY_NOMEM ? FEDI_ACTOR_FAILED
                                         : FEDI_ACTOR_BAD_KEY;
    }

    reason = fedi_actor_key_owner(arena, rules, json, &key->owner);
    if (reason != FEDI_ACTOR_OK) {
        return reason;
    }

    key->text = fedi_actor_key_text(json);
    key->until = fedi_actor_key_until(json);

    return key->text.len != 0 ? FEDI_ACTOR_OK : FEDI_ACTOR_BAD_KEY;
}


/* who says both says the same, or says nothing */

static fedi_actor_e
fedi_actor_key_owner(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *json, fedi_id_t *owner)
{
    json_t           *embedded;
    fedi_id_t         controller;
    fedi_property_e   of, by;

    of = fedi_property_link(arena, rules, json, "owner", false, owner,
                            &embedded);
    by = fedi_property_link(arena, rules, json, "controller", false,
                            &controller, &embedded);

    if (of == FEDI_PROPERTY_NOMEM || by == FEDI_PROPERTY_NOMEM) {
        return FEDI_ACTOR_FAILED;
    }

    if (of == FEDI_PROPERTY_ABSENT) {
        *owner = controller;

    } else if (by != FEDI_PROPERTY_ABSENT && !fedi_id_eq(owner, &controller)) {
        memset(owner, 0, sizeof(fedi_id_t));
    }

    return FEDI_ACTOR_OK;
}


/* a PEM, or the publicKeyMultibase of a Multikey; of other types neither */

static fedi_str_t
fedi_actor_key_text(const json_t *json)
{
    fedi_str_t               text, type;
    static const fedi_str_t  multikey = fedi_string("Multikey");

    if (fedi_json_get(json, "publicKeyPem") != NULL) {
        text = fedi_json_text(fedi_json_get(json, "publicKeyPem"));

        /* the two are told apart by how they begin */

        return text.len <= FEDI_PEM_MAX && !fedi_multikey_is_text(text)
               ? text : fedi_null_str;
    }

    if (fedi_property_type(json, &multikey, 1, &type) != FEDI_PROPERTY_OK
        || !fedi_str_eq(type, multikey))
    {
        return fedi_null_str;
    }

    text = fedi_json_text(fedi_json_get(json, "publicKeyMultibase"));

    return text.len <= FEDI_MULTIKEY_MAX && fedi_multikey_is_text(text)
           ? text : fedi_null_str;
}


/* what is there and is no date was meant to end it: it has */

static int64_t
fedi_actor_key_until(const json_t *json)
{
    size_t              i;
    json_t             *value;
    int64_t             until, at;
    static const char  *names[] = { "expires", "revoked" };

    for (until = 0, i = 0; i < 2; i++) {
        value = fedi_json_get(json, names[i]);

        if (value == NULL) {
            continue;
        }

        if (!fedi_timestamp_parse(fedi_json_text(value), &at) || at < 1) {
            at = 1;
        }

        if (until == 0 || at < until) {
            until = at;
        }
    }

    return until;
}


fedi_actor_e
fedi_actor_key_parse(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *json, const fedi_id_t *final, fedi_actor_key_t *key)
{
    fedi_actor_e  reason;

    reason = fedi_actor_key_of(arena, rules, json, key);
    if (reason != FEDI_ACTOR_OK) {
        return reason;
    }

    /* what it calls itself is where it was found */

    if (!fedi_str_eq(fedi_id_document(&key->id), final->text)) {
        return FEDI_ACTOR_BAD_ID;
    }

    if (key->owner.text.len == 0) {
        return FEDI_ACTOR_KEY_OWNER;
    }

    return fedi_id_same_origin(&key->id, &key->owner) ? FEDI_ACTOR_OK
                                                      : FEDI_ACTOR_KEY_HOST;
}


fedi_actor_e
fedi_actor_key(const fedi_actor_t *actor, const fedi_id_t *key_id,
    const fedi_actor_key_t *alone, int64_t now,
    const fedi_actor_key_t **found)
{
    const fedi_actor_key_t  *key;

    if (!fedi_id_same_origin(key_id, &actor->id)) {
        return FEDI_ACTOR_KEY_HOST;
    }

    key = fedi_actor_listed(actor, key_id);

    if (key == NULL) {
        return FEDI_ACTOR_NO_KEY;
    }

    if (key->text.len == 0) {
        if (alone == NULL || !fedi_id_eq(&alone->id, key_id)) {
            return FEDI_ACTOR_NO_KEY;
        }

        key = alone;
    }

    if (!fedi_id_eq(&key->owner, &actor->id)) {
        return FEDI_ACTOR_KEY_OWNER;
    }

    if (key->until != 0 && key->until <= now) {
        return FEDI_ACTOR_KEY_EXPIRED;
    }

    *found = key;

    return FEDI_ACTOR_OK;
}


/* one may be named in a list and written out in the other */

static const fedi_actor_key_t *
fedi_actor_listed(const fedi_actor_t *actor, const fedi_id_t *key_id)
{
    size_t                   i;
    const fedi_actor_key_t  *named;

    named = NULL;

    for (i = 0; i < actor->nkeys; i++) {

        if (!fedi_id_eq(&actor->keys[i].id, key_id)) {
            continue;
        }

        if (actor->keys[i].text.len != 0) {
            return &actor->keys[i];
        }

        named = &actor->keys[i];
    }

    return named;
}


/* a name that may stand in a line of text */

static fedi_str_t
fedi_actor_name(const json_t *value)
{
    fedi_str_t  name;

    name = fedi_json_text(value);

    if (name.len > FEDI_ACTOR_NAME_MAX || !fedi_header_is_value(name)) {
        return fedi_null_str;
    }

    return name;
}


fedi_str_t
fedi_actor_text(fedi_actor_e reason)
{
    static const fedi_str_t  texts[FEDI_ACTOR_REASONS] = {
        fedi_string("accepted"),
        fedi_string("id of another URL"),
        fedi_string("no acceptable id"),
        fedi_string("not an actor"),
        fedi_string("no inbox on its own host"),
        fedi_string("more keys than acceptable"),
        fedi_string("malformed key"),
        fedi_string("key not listed by its owner"),
        fedi_string("key owned by another actor"),
        fedi_string("key on another host"),
        fedi_string("key expired or revoked"),
        fedi_string("gone"),
        fedi_string("another status"),
        fedi_string("another content type"),
        fedi_string("an encoding that was not asked for"),
        fedi_string("not JSON as the wire may carry it"),
        fedi_string("no memory")
    };

    return (size_t) reason < FEDI_ACTOR_REASONS ? texts[reason]
                                                : texts[FEDI_ACTOR_FAILED];
}
