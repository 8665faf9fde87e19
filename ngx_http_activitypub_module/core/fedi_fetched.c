
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_content_type.h"
#include "fedi_fetched.h"
#include "fedi_json.h"
#include "fedi_json_load.h"


/* defined here alone: nobody else can make one */

struct fedi_fetched_s {
    bool              is_key;
    fedi_actor_t      actor;
    fedi_actor_key_t  key;
};


struct fedi_fetched_row_s {
    fedi_str_t  values[FEDI_FETCHED_VALUES];
};


static fedi_actor_e fedi_fetched_read(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *json, const fedi_id_t *final,
    fedi_fetched_t *document);
static bool fedi_fetched_copy(fedi_arena_t *arena, fedi_fetched_t *document);
static bool fedi_fetched_copy_text(fedi_arena_t *arena, fedi_str_t *text);
static bool fedi_fetched_is_own(const fedi_actor_t *actor,
    const fedi_id_t *id);
static json_t *fedi_fetched_listed(const fedi_id_t *id,
    const fedi_actor_key_t *key);


fedi_actor_e
fedi_fetched_envelope(const fedi_answer_t *answer)
{
    if (answer->status == 410) {
        return FEDI_ACTOR_GONE;
    }

    if (answer->status != 200) {
        return FEDI_ACTOR_STATUS;
    }

    if (!fedi_content_type_is_activity(answer->content_type)) {
        return FEDI_ACTOR_CONTENT_TYPE;
    }

    if (answer->encoding.len != 0
        && !fedi_str_eq_nocase(answer->encoding, fedi_str("identity")))
    {
        return FEDI_ACTOR_ENCODING;
    }

    return FEDI_ACTOR_OK;
}


fedi_actor_e
fedi_fetched_accept(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const fedi_answer_t *answer, fedi_fetched_t **document,
    fedi_id_t *elsewhere)
{
    json_t              *json;
    fedi_id_t            final;
    fedi_err_e           err;
    fedi_actor_e         reason;
    fedi_fetched_t      *fetched;
    fedi_json_limits_t   limits;

    *document = NULL;

    reason = fedi_fetched_envelope(answer);
    if (reason != FEDI_ACTOR_OK) {
        return reason;
    }

    fetched = fedi_alloc(arena, sizeof(fedi_fetched_t));
    if (fetched == NULL) {
        return FEDI_ACTOR_FAILED;
    }

    err = fedi_id_parse(arena, rules, answer->url, &final);
    if (err != FEDI_OK) {
        return err == FEDI_ENOMEM ? FEDI_ACTOR_FAILED : FEDI_ACTOR_BAD_ID;
    }

    limits.size = answer->body.len;
    limits.depth = FEDI_JSON_DEPTH_MAX;
    limits.values = FEDI_JSON_VALUES_MAX;

    err = fedi_json_load(answer->body, &limits, &json);
    if (err != FEDI_OK) {
        return err == FEDI_ENOMEM ? FEDI_ACTOR_FAILED : FEDI_ACTOR_JSON;
    }

    reason = fedi_fetched_read(arena, rules, json, &final, fetched);

    if (reason == FEDI_ACTOR_OK) {

        if (fedi_fetched_copy(arena, fetched)) {
            *document = fetched;

        } else {
            reason = FEDI_ACTOR_FAILED;
        }

    } else if (reason == FEDI_ACTOR_ELSEWHERE) {
        *elsewhere = fetched->actor.id;
    }

    json_decref(json);

    return reason;
}


static fedi_actor_e
fedi_fetched_read(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *json, const fedi_id_t *final, fedi_fetched_t *document)
{
    memset(document, 0, sizeof(fedi_fetched_t));

    document->is_key = fedi_actor_is_key(json);

    return document->is_key
           ? fedi_actor_key_parse(arena, rules, json, final, &document->key)
           : fedi_actor_parse(arena, rules, json, final, &document->actor);
}


/* ids are copies already */

static bool
fedi_fetched_copy(fedi_arena_t *arena, fedi_fetched_t *document)
{
    bool           copied;
    size_t         i;
    fedi_actor_t  *actor;

    actor = &document->actor;

    copied = fedi_fetched_copy_text(arena, &document->key.text)
             && fedi_fetched_copy_text(arena, &actor->type)
             && fedi_fetched_copy_text(arena, &actor->username);

    for (i = 0; copied && i < actor->nkeys; i++) {
        copied = fedi_fetched_copy_text(arena, &actor->keys[i].text);
    }

    return copied;
}


static bool
fedi_fetched_copy_text(fedi_arena_t *arena, fedi_str_t *text)
{
    if (text->len == 0) {
        *text = fedi_null_str;
        return true;
    }

    *text = fedi_strdup(arena, *text);

    return text->data != NULL;
}


const fedi_actor_t *
fedi_fetched_actor(const fedi_fetched_t *document)
{
    return document->is_key ? NULL : &document->actor;
}


const fedi_actor_key_t *
fedi_fetched_key(const fedi_fetched_t *document)
{
    return document->is_key ? &document->key : NULL;
}


fedi_fetched_row_t *
fedi_fetched_row(fedi_arena_t *arena, const fedi_fetched_t *document,
    const fedi_id_t *key_id, const fedi_actor_key_t *found)
{
    size_t                   i;
    json_t                  *list;
    fedi_str_t              *values;
    const fedi_actor_t      *actor;
    fedi_fetched_row_t      *row;
    const fedi_actor_key_t  *key;

    row = fedi_alloc(arena, sizeof(fedi_fetched_row_t));
    list = json_array();

    if (row == NULL || list == NULL) {
        json_decref(list);
        return NULL;
    }

    actor = &document->actor;
    values = row->values;

    for (i = 0; i < actor->nkeys; i++) {
        key = &actor->keys[i];

        if (fedi_id_eq(&key->id, key_id)) {
            key = found;

        } else if (!fedi_id_eq(&key->owner, &actor->id)
                   || !fedi_fetched_is_own(actor, &key->id))
        {
            key = NULL;
        }

        if (json_array_append_new(list, fedi_fetched_listed(
                                            &actor->keys[i].id, key))
            != 0)
        {
            json_decref(list);
            return NULL;
        }
    }

    values[FEDI_FETCHED_URI] = actor->id.text;
    values[FEDI_FETCHED_HOST] = actor->id.authority;
    values[FEDI_FETCHED_INBOX] = actor->inbox.text;
    values[FEDI_FETCHED_SHARED_INBOX] = actor->shared_inbox.text;
    values[FEDI_FETCHED_KEY_ID] = key_id->text;

    return fedi_json_render(arena, list, &values[FEDI_FETCHED_KEYS])
           == FEDI_OK ? row : NULL;
}


/*
 * What is somewhere else may be somebody else's: it is an actor's only when
 * it was asked for.
 */
static bool
fedi_fetched_is_own(const fedi_actor_t *actor, const fedi_id_t *id)
{
    return fedi_str_eq(fedi_id_document(id), actor->id.text);
}


static json_t *
fedi_fetched_listed(const fedi_id_t *id, const fedi_actor_key_t *key)
{
    json_t  *listed;

    listed = json_object();

    if (json_object_set_new(listed, "id", fedi_json_string(id->text)) != 0
        || (key != NULL && key->text.len != 0
            && json_object_set_new(listed, "text",
                                   fedi_json_string(key->text)) != 0)
        || (key != NULL && key->until != 0
            && json_object_set_new(listed, "expires",
                                   json_integer(key->until)) != 0))
    {
        json_decref(listed);
        return NULL;
    }

    return listed;
}


const fedi_str_t *
fedi_fetched_values(const fedi_fetched_row_t *row)
{
    return row->values;
}
