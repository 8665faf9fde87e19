
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_activity.h"
#include "fedi_actor.h"
#include "fedi_header.h"
#include "fedi_key.h"


static fedi_actor_e fedi_actor_inboxes(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *json, fedi_actor_t *actor);
static fedi_actor_e fedi_actor_keys(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, json_t *list, fedi_actor_t *actor);
static fedi_actor_e fedi_actor_key_of(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *json, fedi_actor_key_t *key);
static fedi_str_t fedi_actor_name(const json_t *value);


bool
fedi_actor_is_key(const json_t *json)
{
    return fedi_json_get(json, "publicKeyPem") != NULL
           && fedi_json_get(json, "publicKey") == NULL;
}


fedi_actor_e
fedi_actor_parse(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *json, const fedi_id_t *final, fedi_actor_t *actor)
{
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

    if (rc != FEDI_PROPERTY_OK || !fedi_activity_is_actor_type(actor->type)) {
        return FEDI_ACTOR_TYPE;
    }

    reason = fedi_actor_inboxes(arena, rules, json, actor);
    if (reason != FEDI_ACTOR_OK) {
        return reason;
    }

    actor->username = fedi_actor_name(fedi_json_get(json,
                                                    "preferredUsername"));

    return fedi_actor_keys(arena, rules, fedi_json_get(json, "publicKey"),
                           actor);
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
    json_t *list, fedi_actor_t *actor)
{
    size_t         i;
    json_t        *value;
    fedi_actor_e   reason;

    for (i = 0; (value = fedi_json_each(list, i)) != NULL; i++) {
        if (i == FEDI_ACTOR_KEYS_MAX) {
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
    json_t           *embedded;
    fedi_err_e        err;
    fedi_property_e   rc;

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

    rc = fedi_property_link(arena, rules, json,
                            fedi_json_get(json, "owner") != NULL
                            ? "owner" : "controller",
                            false, &key->owner, &embedded);

    if (rc == FEDI_PROPERTY_NOMEM) {
        return FEDI_ACTOR_FAILED;
    }

    key->pem = fedi_json_text(fedi_json_get(json, "publicKeyPem"));

    return key->pem.len != 0 && key->pem.len <= FEDI_KEY_PEM_MAX
           ? FEDI_ACTOR_OK : FEDI_ACTOR_BAD_KEY;
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
    const fedi_actor_key_t *alone, fedi_str_t *pem)
{
    size_t                   i;
    const fedi_actor_key_t  *key;

    if (!fedi_id_same_origin(key_id, &actor->id)) {
        return FEDI_ACTOR_KEY_HOST;
    }

    for (i = 0; i < actor->nkeys; i++) {
        if (fedi_id_eq(&actor->keys[i].id, key_id)) {
            break;
        }
    }

    if (i == actor->nkeys) {
        return FEDI_ACTOR_NO_KEY;
    }

    key = &actor->keys[i];

    if (key->pem.len == 0) {
        if (alone == NULL || !fedi_id_eq(&alone->id, key_id)) {
            return FEDI_ACTOR_NO_KEY;
        }

        key = alone;
    }

    if (!fedi_id_eq(&key->owner, &actor->id)) {
        return FEDI_ACTOR_KEY_OWNER;
    }

    *pem = key->pem;

    return FEDI_ACTOR_OK;
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
        fedi_string("no memory")
    };

    return (size_t) reason < FEDI_ACTOR_REASONS ? texts[reason]
                                                : texts[FEDI_ACTOR_FAILED];
}
