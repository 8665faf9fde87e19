
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The second half: what the body says, whose key it is, and whether they may.
 */

#include "apctl_query.h"
#include "apctl_verify_run.h"


static bool apctl_verify_is_check(const apctl_verify_t *v);
static bool apctl_verify_farewell(apctl_verify_t *v);
static bool apctl_verify_judge(apctl_verify_t *v, const fedi_id_t *owner);


bool
apctl_verify_body(apctl_verify_t *v)
{
    fedi_signature_e   reason;
    const fedi_id_t   *actor;

    if (!v->post) {
        if (v->saved.body.len == 0) {
            return true;
        }

        reason = fedi_signature_digest(fedi_digest_verify_body(&v->digest,
                                                           v->saved.body));

        return reason == FEDI_SIGNATURE_VALID
               || apctl_verify_signed(v, "digest", reason);
    }

    fedi_reading_take(&v->ap->heap.arena, &v->origin.rules,
                      v->is_signed ? &v->digest : NULL, v->saved.body,
                      &v->reading);

    if (v->is_signed) {
        reason = fedi_signature_digest(v->reading.digest);

        if (reason != FEDI_SIGNATURE_VALID) {
            return apctl_verify_signed(v, "digest", reason);
        }

        apctl_report_step(&v->report, APCTL_STEP_OK, "digest",
                          "of this body%s",
                          v->digest.has_sha512 ? ", SHA-512 too" : "");
    }

    if (v->reading.err != FEDI_OK) {
        return apctl_verify_refused(v, "JSON",
                                    fedi_refusal_of_json(v->reading.err));
    }

    apctl_report_step(&v->report, APCTL_STEP_OK, "JSON", "an object");

    if (v->reading.verdict != FEDI_VERDICT_ACCEPTED) {
        return apctl_verify_verdict(v, "activity", v->reading.verdict);
    }

    actor = &v->reading.activity.actor;

    apctl_report_step(&v->report, APCTL_STEP_OK, "activity", "%.*s of %.*s",
                      (int) v->reading.activity.type.len,
                      v->reading.activity.type.data,
                      (int) actor->text.len, actor->text.data);

    return true;
}


bool
apctl_verify_early(apctl_verify_t *v)
{
    if (!v->post) {
        return true;
    }

    if (v->is_own && !apctl_verify_is_check(v)) {
        return apctl_verify_signed(v, "key id", FEDI_SIGNATURE_BAD_KEY_ID);
    }

    if (fedi_activity_is_self_delete(&v->reading.activity)
        && !apctl_verify_farewell(v))
    {
        return false;
    }

    if (!v->is_signed) {
        return apctl_verify_signed(v, "signature", FEDI_SIGNATURE_NONE);
    }

    if (fedi_activity_is_self_delete(&v->reading.activity)
        || fedi_id_same_origin(&v->key_id, &v->reading.activity.actor))
    {
        return true;
    }

    return apctl_verify_judge(v, &v->key_id);
}


static bool
apctl_verify_is_check(const apctl_verify_t *v)
{
    const fedi_activity_t  *activity;

    activity = &v->reading.activity;

    return activity->kind == FEDI_ACTIVITY_OTHER
           && fedi_str_eq(activity->type, fedi_str("View"))
           && fedi_str_eq(activity->actor.text,
                          fedi_id_document(&v->key_id));
}


/* of one whom nobody here knows there is nothing to delete */

static bool
apctl_verify_farewell(apctl_verify_t *v)
{
    bool         known;
    const char  *actor;

    if (v->ap->conn == NULL) {
        return true;
    }

    known = true;
    actor = v->reading.activity.actor.text.data;

    v->exit = apctl_ask(v->ap, "SELECT activitypub.remote_known($1)", 1,
                        &actor, &known);

    if (v->exit != APCTL_OK) {
        return false;
    }

    return known
           || apctl_verify_failed(v, "activity", 202, fedi_str("ignored"),
                                  fedi_str("an actor whom nobody here knows "
                                           "deletes itself"));
}


bool
apctl_verify_find_key(apctl_verify_t *v)
{
    apctl_key_e  found;

    v->exit = apctl_verify_key(v->ap, &v->origin.rules, &v->key_id, v->now,
                               &v->key, &found);

    if (v->exit != APCTL_OK) {
        return false;
    }

    if (found == APCTL_KEY_BAD) {
        apctl_report_step(&v->report, APCTL_STEP_OPEN, "key", "%s",
                          v->key.about);
        return apctl_verify_signed(v, "key", FEDI_SIGNATURE_BAD_KEY);
    }

    if (found == APCTL_KEY_FOUND) {
        apctl_report_step(&v->report, APCTL_STEP_OK, "key", "%s, %s",
                          fedi_key_is_rsa(v->key.key) ? "RSA" : "Ed25519",
                          v->key.about);
        return true;
    }

    apctl_report_step(&v->report, APCTL_STEP_OPEN, "key", "%s: nginx would "
                      "fetch it; see \"apctl fetch %s\", whose result is "
                      "good for --key", v->key.about,
                      apctl_format(v->ap, "%.*s", (int)
                                   fedi_id_document(&v->key_id).len,
                                   v->key_id.text.data));

    v->exit = APCTL_NOT_FOUND;
    v->code = "key_not_known";
    v->text = "without the key nobody can say";

    return false;
}


bool
apctl_verify_match(apctl_verify_t *v)
{
    fedi_signature_e        reason;
    fedi_signature_bases_t  bases;

    reason = fedi_signature_bases(&v->ap->heap.arena, &v->signature,
                                  &v->request, &bases);

    if (reason == FEDI_SIGNATURE_VALID) {
        reason = fedi_signature_verify(v->key.key, NULL, &v->signature,
                                       &bases);
    }

    if (reason != FEDI_SIGNATURE_VALID) {
        return apctl_verify_signed(v, "match", reason);
    }

    apctl_report_step(&v->report, APCTL_STEP_OK, "match",
                      "the signature is of this request and by this key");

    return true;
}


/* a key without a word about its owner is believed to be the actor's */

bool
apctl_verify_owner(apctl_verify_t *v)
{
    fedi_str_t  owner;
    fedi_err_e  err;

    owner = v->key.owner;

    if (owner.len == 0) {
        owner = v->post ? v->reading.activity.actor.text
                        : fedi_strdup(&v->ap->heap.arena,
                                      fedi_id_document(&v->key_id));
    }

    err = fedi_id_parse(&v->ap->heap.arena, &v->origin.rules, owner,
                        &v->owner);

    if (err != FEDI_OK || !fedi_id_same_origin(&v->owner, &v->key_id)) {
        return apctl_verify_signed(v, "owner", err == FEDI_ENOMEM
                                   ? FEDI_SIGNATURE_FAILED
                                   : FEDI_SIGNATURE_BAD_KEY);
    }

    apctl_report_step(&v->report, APCTL_STEP_OK, "owner", "%s%s",
                      v->owner.text.data,
                      v->key.owner.len == 0 ? ", if the key is theirs" : "");

    return v->is_own || apctl_verify_policy(v, &v->owner);
}


bool
apctl_verify_authorise(apctl_verify_t *v)
{
    if (v->post) {
        return apctl_verify_judge(v, &v->owner);
    }

    v->code = fedi_signature_code(FEDI_SIGNATURE_VALID).data;
    v->text = "the sender is who the signature says";

    return false;
}


static bool
apctl_verify_judge(apctl_verify_t *v, const fedi_id_t *owner)
{
    fedi_verdict_e    verdict;
    fedi_authority_t  authority;

    authority.owner = owner;
    authority.origins = &v->origin.id.origin;
    authority.norigins = 1;

    verdict = fedi_activity_authorise(&v->reading.activity, &authority);

    /* of another origin, whatever else is so */

    if (verdict == FEDI_VERDICT_ACCEPTED && owner == &v->key_id) {
        verdict = FEDI_VERDICT_NOT_OWNER;
    }

    if (verdict != FEDI_VERDICT_ACCEPTED) {
        return apctl_verify_verdict(v, "authorise", verdict);
    }

    apctl_report_step(&v->report, APCTL_STEP_OK, "authorise",
                      "the sender may say so");

    v->code = fedi_verdict_code(verdict).data;
    v->text = "nginx hands it to the database";
    v->status = fedi_verdict_status(verdict);

    return false;
}
