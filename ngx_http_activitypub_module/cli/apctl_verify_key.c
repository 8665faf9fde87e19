
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdlib.h>
#include <string.h>

#include "apctl_query.h"
#include "apctl_verify_key.h"
#include "apctl_verify_request.h"
#include "fedi_fetched.h"
#include "fedi_multikey.h"


#define APCTL_KEY_FILE_MAX  (1024 * 1024)


static apctl_exit_e apctl_key_of_database(apctl_t *ap,
    const fedi_id_t *key_id, int64_t now, apctl_verify_key_t *key,
    apctl_key_e *found);
static apctl_key_e apctl_key_of_document(apctl_t *ap,
    const fedi_id_rules_t *rules, const fedi_id_t *key_id, int64_t now,
    fedi_str_t document, apctl_verify_key_t *key);
static apctl_key_e apctl_key_alone(apctl_t *ap,
    const fedi_actor_key_t *alone, const fedi_id_t *key_id, int64_t now,
    apctl_verify_key_t *key);
static apctl_key_e apctl_key_text(apctl_t *ap, fedi_str_t text,
    apctl_verify_key_t *key);
static fedi_str_t apctl_key_trim(fedi_str_t text);


apctl_exit_e
apctl_verify_key(apctl_t *ap, const fedi_id_rules_t *rules,
    const fedi_id_t *key_id, int64_t now, apctl_verify_key_t *key,
    apctl_key_e *found)
{
    fedi_str_t    text;
    apctl_exit_e  code;

    memset(key, 0, sizeof(apctl_verify_key_t));

    if (!apctl_given(ap, KEY)) {
        return apctl_key_of_database(ap, key_id, now, key, found);
    }

    code = apctl_saved_file(ap, "the key", apctl_value(ap, KEY),
                            APCTL_KEY_FILE_MAX, &text);

    if (code != APCTL_OK) {
        return code;
    }

    text = apctl_key_trim(text);

    if (text.len != 0 && text.data[0] == '{') {
        *found = apctl_key_of_document(ap, rules, key_id, now, text, key);
        return APCTL_OK;
    }

    key->about = "of the file, which does not say whose it is";
    *found = apctl_key_text(ap, text, key);

    return APCTL_OK;
}


static apctl_exit_e
apctl_key_of_database(apctl_t *ap, const fedi_id_t *key_id, int64_t now,
    apctl_verify_key_t *key, apctl_key_e *found)
{
    int64_t       expires;
    PGresult     *row;
    fedi_str_t    pem;
    const char   *value;
    apctl_exit_e  code;

    value = key_id->text.data;

    code = apctl_query(ap, "SELECT k.actor, k.public_pem, k.expires,"
                       " to_char(to_timestamp(k.fetched) AT TIME ZONE 'UTC',"
                       " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
                       " FROM activitypub.remote_key($1) AS k", 1, &value,
                       &row);

    if (code != APCTL_OK) {
        return code;
    }

    *found = APCTL_KEY_UNKNOWN;
    key->about = "not known here";

    if (PQntuples(row) != 0) {
        expires = strtoll(PQgetvalue(row, 0, 2), NULL, 10);
        value = apctl_format(ap, "%s", PQgetvalue(row, 0, 0));
        key->owner = (fedi_str_t) { value, strlen(value) };
        value = apctl_format(ap, "%s", PQgetvalue(row, 0, 1));
        pem = (fedi_str_t) { value, strlen(value) };

        if (expires != 0 && expires <= now) {
            key->about = "known here, and has expired";

        } else {
            key->about = apctl_format(ap, "of the database, fetched %s",
                                      PQgetvalue(row, 0, 3));
            *found = apctl_key_text(ap, pem, key);
        }
    }

    PQclear(row);

    return APCTL_OK;
}


/* a file was fetched from where it says that it was */

static apctl_key_e
apctl_key_of_document(apctl_t *ap, const fedi_id_rules_t *rules,
    const fedi_id_t *key_id, int64_t now, fedi_str_t document,
    apctl_verify_key_t *key)
{
    fedi_id_t                elsewhere;
    fedi_actor_e             reason;
    fedi_answer_t            answer;
    fedi_fetched_t          *fetched;
    const fedi_actor_t      *actor;
    const fedi_actor_key_t  *listed;

    memset(&answer, 0, sizeof(fedi_answer_t));

    answer.url = fedi_strdup(&ap->heap.arena, fedi_id_document(key_id));
    answer.status = 200;
    answer.content_type = fedi_str("application/activity+json");
    answer.body = document;

    reason = fedi_fetched_accept(&ap->heap.arena, rules, &answer, &fetched,
                                 &elsewhere);

    if (reason == FEDI_ACTOR_ELSEWHERE) {
        answer.url = fedi_strdup(&ap->heap.arena,
                                 fedi_id_document(&elsewhere));
        reason = fedi_fetched_accept(&ap->heap.arena, rules, &answer,
                                     &fetched, &elsewhere);
    }

    if (reason == FEDI_ACTOR_OK && fedi_fetched_key(fetched) != NULL) {
        return apctl_key_alone(ap, fedi_fetched_key(fetched), key_id, now,
                               key);
    }

    if (reason == FEDI_ACTOR_OK) {
        actor = fedi_fetched_actor(fetched);
        reason = fedi_actor_key(actor, key_id, NULL, now, &listed);

        if (reason == FEDI_ACTOR_OK) {
            key->owner = actor->id.text;
            key->about = "of the file, an actor";

            return apctl_key_text(ap, listed->text, key);
        }
    }

    key->about = apctl_format(ap, "of the file: %s",
                              fedi_actor_text(reason).data);

    return APCTL_KEY_BAD;
}


static apctl_key_e
apctl_key_alone(apctl_t *ap, const fedi_actor_key_t *alone,
    const fedi_id_t *key_id, int64_t now, apctl_verify_key_t *key)
{
    fedi_actor_e  reason;

    reason = !fedi_id_eq(&alone->id, key_id) ? FEDI_ACTOR_NO_KEY
             : alone->until != 0 && alone->until <= now
               ? FEDI_ACTOR_KEY_EXPIRED : FEDI_ACTOR_OK;

    if (reason != FEDI_ACTOR_OK) {
        key->about = apctl_format(ap, "of the file: %s",
                                  fedi_actor_text(reason).data);
        return APCTL_KEY_BAD;
    }

    key->owner = alone->owner.text;
    key->about = "of the file, a key alone: whether its owner lists it was "
                 "not looked at";

    return apctl_key_text(ap, alone->text, key);
}


static apctl_key_e
apctl_key_text(apctl_t *ap, fedi_str_t text, apctl_verify_key_t *key)
{
    if (fedi_key_text_parse(&ap->heap.arena, text, &key->key) == FEDI_OK) {
        return APCTL_KEY_FOUND;
    }

    key->key = NULL;
    key->about = "neither an RSA key of 2048 to 8192 bits nor one of Ed25519";

    return APCTL_KEY_BAD;
}


static fedi_str_t
apctl_key_trim(fedi_str_t text)
{
    while (text.len != 0 && strchr(" \t\r\n", text.data[0]) != NULL) {
        text = fedi_str_from(text, 1);
    }

    while (text.len != 0
           && strchr(" \t\r\n", text.data[text.len - 1]) != NULL)
    {
        text.len--;
    }

    return text;
}
