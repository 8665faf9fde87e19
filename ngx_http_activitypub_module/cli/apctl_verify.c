
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What nginx would say to a request that was saved, and why.  The functions
 * are those of core that nginx calls, in the order in which it does: a step
 * that fails is the last one.
 *
 *     request -> signature -> key id -> policy -> body -> [early] ->
 *         key -> match -> owner -> policy -> authorise
 *
 * See ngx_http_ap_inbox.c, _receive.c and _verify.c.
 */

#include <string.h>
#include <time.h>

#include "apctl_connect.h"
#include "apctl_query.h"
#include "apctl_time.h"
#include "apctl_verify.h"
#include "apctl_verify_header.h"
#include "apctl_verify_run.h"
#include "fedi_content_type.h"
#include "fedi_timestamp.h"


typedef bool (*apctl_verify_pt)(apctl_verify_t *v);


static apctl_exit_e apctl_verify_prepare(apctl_verify_t *v);
static apctl_exit_e apctl_verify_time(apctl_verify_t *v);
static apctl_exit_e apctl_verify_run(apctl_verify_t *v);
static bool apctl_verify_request(apctl_verify_t *v);
static bool apctl_verify_signature(apctl_verify_t *v);
static bool apctl_verify_key_id(apctl_verify_t *v);
static bool apctl_verify_is_own(apctl_verify_t *v);


static const apctl_verify_pt  apctl_verify_steps[] = {
    apctl_verify_request,
    apctl_verify_signature,
    apctl_verify_key_id,
    apctl_verify_body,
    apctl_verify_early,
    apctl_verify_find_key,
    apctl_verify_match,
    apctl_verify_owner,
    apctl_verify_authorise,
    NULL
};


apctl_exit_e
apctl_verify(apctl_t *ap)
{
    apctl_exit_e     code;
    apctl_verify_t  *v;

    v = apctl_alloc(ap, sizeof(apctl_verify_t));
    memset(v, 0, sizeof(apctl_verify_t));

    v->ap = ap;

    apctl_report_begin(&v->report, ap);

    code = apctl_verify_prepare(v);

    if (code == APCTL_OK) {
        code = apctl_verify_run(v);
    }

    EVP_PKEY_free(v->key.key);
    apctl_report_free(&v->report);

    return code;
}


static apctl_exit_e
apctl_verify_prepare(apctl_verify_t *v)
{
    apctl_t       *ap;
    apctl_exit_e   code;

    ap = v->ap;

    if (apctl_given(ap, AT) && apctl_given(ap, NOW)) {
        return apctl_fail(APCTL_USAGE, "\"--at\" and \"--now\" are two times");
    }

    code = apctl_saved_read(ap, &v->saved);

    if (code != APCTL_OK) {
        return code;
    }

    /* who says it all needs no database, and who names one wants it */

    if (!apctl_given(ap, KEY) || !apctl_given(ap, ORIGIN_OF_REQUEST)
        || apctl_given(ap, DB))
    {
        code = apctl_connect(ap, NULL);

        if (code != APCTL_OK) {
            return code;
        }
    }

    code = apctl_verify_origin(ap, &v->saved, &v->origin);

    if (code != APCTL_OK) {
        return code;
    }

    v->post = fedi_str_eq(v->saved.method, fedi_str("POST"));

    v->request.method = v->saved.method;
    v->request.target = v->saved.target;
    v->request.headers = v->saved.headers;
    v->request.nheaders = v->saved.nheaders;
    v->request.scheme = v->origin.id.url.scheme;
    v->request.authority = v->origin.id.authority;
    v->request.aliases = v->origin.aliases;
    v->request.naliases = v->origin.naliases;

    return apctl_verify_time(v);
}


static apctl_exit_e
apctl_verify_time(apctl_verify_t *v)
{
    fedi_str_t   text;
    const char  *at;

    at = apctl_value(v->ap, AT);

    if (at != NULL) {
        text = (fedi_str_t) { at, strlen(at) };

        if (!apctl_time_is_rfc3339(at)
            || !fedi_timestamp_parse(text, &v->now))
        {
            return apctl_fail(APCTL_USAGE, "\"%s\" is no time, like "
                              "2026-01-31T18:00:00Z", at);
        }

        return APCTL_OK;
    }

    v->now = time(NULL);

    if (!apctl_given(v->ap, NOW)) {
        v->now = apctl_header_time(v->ap, &v->request, v->now);
    }

    return APCTL_OK;
}


static apctl_exit_e
apctl_verify_run(apctl_verify_t *v)
{
    const apctl_verify_pt  *step;

    for (step = apctl_verify_steps; *step != NULL; step++) {
        if (!(*step)(v)) {
            break;
        }
    }

    /* else it was said what is the matter */

    if (v->code != NULL) {
        apctl_report_end(&v->report, v->status, v->code, v->text,
                         apctl_header_date(v->ap, v->now),
                         apctl_format(v->ap, "%.*s",
                                      (int) v->origin.id.origin.len,
                                      v->origin.id.origin.data));
    }

    return v->exit;
}


static bool
apctl_verify_request(apctl_verify_t *v)
{
    fedi_str_t  type, encoding;

    type = fedi_null_str;

    (void) fedi_header_find(v->request.headers, v->request.nheaders,
                            fedi_str("content-type"), &type);

    if (v->post && !fedi_content_type_is_post(type)) {
        return apctl_verify_refused(v, "request", FEDI_REFUSAL_TYPE);
    }

    if (v->post
        && fedi_header_find(v->request.headers, v->request.nheaders,
                            fedi_str("content-encoding"), &encoding)
           != 0)
    {
        return apctl_verify_refused(v, "request", FEDI_REFUSAL_ENCODING);
    }

    apctl_report_step(&v->report, APCTL_STEP_OK, "request",
                      "%.*s %.*s, a body of %zu bytes%s%s",
                      (int) v->saved.method.len, v->saved.method.data,
                      (int) v->saved.target.len, v->saved.target.data,
                      v->saved.body.len,
                      v->saved.unframed ? "; the file lacks its "
                                          "Content-Length, without which "
                                          "nginx takes none" : "",
                      v->saved.surplus != 0 ? "; what follows it in the file "
                                              "is not looked at" : "");

    return true;
}


static bool
apctl_verify_signature(apctl_verify_t *v)
{
    const char               *step;
    fedi_signature_e          reason;
    fedi_signature_bases_t    bases;
    fedi_signature_policy_t   policy;

    policy.now = v->now;
    policy.window = FEDI_SIGNATURE_WINDOW;
    policy.lifetime = FEDI_SIGNATURE_LIFETIME;
    policy.body = v->post || v->saved.body.len != 0;
    policy.admit = NULL;
    policy.data = NULL;

    reason = fedi_signature_read(&v->ap->heap.arena, &v->request, &policy,
                                 &v->signature, &v->digest);

    if (reason == FEDI_SIGNATURE_NONE && v->post) {
        apctl_report_step(&v->report, APCTL_STEP_OPEN, "signature",
                          "there is none");
        return true;
    }

    step = apctl_header_report(v->ap, &v->report, &v->request, &v->signature,
                               v->now, reason);

    if (v->signature.ncovered != 0
        && fedi_signature_bases(&v->ap->heap.arena, &v->signature,
                                &v->request, &bases)
           == FEDI_SIGNATURE_VALID)
    {
        apctl_report_base(&v->report, bases.texts[0]);

        if (bases.n == 2) {
            apctl_report_base(&v->report, bases.texts[1]);
        }
    }

    if (reason != FEDI_SIGNATURE_VALID) {
        return apctl_verify_signed(v, step, reason);
    }

    v->is_signed = true;

    return true;
}


static bool
apctl_verify_key_id(apctl_verify_t *v)
{
    size_t      i;
    fedi_err_e  err;

    if (!v->is_signed) {
        return true;
    }

    err = fedi_id_parse_fragment(&v->ap->heap.arena, &v->origin.rules,
                                 v->signature.key_id, &v->key_id);

    if (err != FEDI_OK) {
        return apctl_verify_signed(v, "key id", err == FEDI_ENOMEM
                                   ? FEDI_SIGNATURE_FAILED
                                   : FEDI_SIGNATURE_BAD_KEY_ID);
    }

    for (i = 0; i < v->origin.norigins; i++) {

        if (!fedi_str_eq(v->key_id.origin, v->origin.origins[i])) {
            continue;
        }

        v->is_own = apctl_verify_is_own(v);

        if (v->exit != APCTL_OK) {
            return false;
        }

        if (!v->is_own) {
            return apctl_verify_signed(v, "key id",
                                       FEDI_SIGNATURE_BAD_KEY_ID);
        }
    }

    apctl_report_step(&v->report, APCTL_STEP_OK, "key id", "%s",
                      v->key_id.text.data);

    return v->is_own || apctl_verify_policy(v, &v->key_id);
}


static bool
apctl_verify_is_own(apctl_verify_t *v)
{
    bool         own;
    const char  *values[2];

    if (v->ap->conn == NULL) {
        return false;
    }

    own = false;
    values[0] = v->key_id.text.data;
    values[1] = apctl_format(v->ap, "%.*s", (int) v->origin.id.origin.len,
                             v->origin.id.origin.data);

    v->exit = apctl_ask(v->ap, "SELECT EXISTS (SELECT"
                        " FROM activitypub.origins AS o WHERE o.url = $2"
                        " AND o.instance_actor || '#main-key' = $1)", 2,
                        values, &own);

    return v->exit == APCTL_OK && own;
}


bool
apctl_verify_policy(apctl_verify_t *v, const fedi_id_t *id)
{
    bool         suspended;
    PGresult    *row;
    const char  *values[2];

    if (v->ap->conn == NULL) {
        apctl_report_step(&v->report, APCTL_STEP_OPEN, "policy",
                          "no database was asked");
        return true;
    }

    values[0] = apctl_format(v->ap, "%.*s", (int) v->origin.id.origin.len,
                             v->origin.id.origin.data);
    values[1] = apctl_format(v->ap, "%.*s", (int) id->url.host.len,
                             id->url.host.data);

    v->exit = apctl_query(v->ap, "SELECT activitypub.policy_of($1, $2)", 2,
                          values, &row);

    if (v->exit != APCTL_OK) {
        return false;
    }

    suspended = strcmp(PQgetvalue(row, 0, 0), "suspend") == 0;

    if (!suspended) {
        apctl_report_step(&v->report, APCTL_STEP_OK, "policy", "%s: %s",
                          values[1], PQgetvalue(row, 0, 0));
    }

    PQclear(row);

    return suspended ? apctl_verify_signed(v, "policy", FEDI_SIGNATURE_BLOCKED)
                     : true;
}


bool
apctl_verify_signed(apctl_verify_t *v, const char *step,
    fedi_signature_e reason)
{
    return apctl_verify_failed(v, step, fedi_signature_status(reason),
                               fedi_signature_code(reason),
                               fedi_signature_text(reason));
}


bool
apctl_verify_verdict(apctl_verify_t *v, const char *step,
    fedi_verdict_e verdict)
{
    return apctl_verify_failed(v, step, fedi_verdict_status(verdict),
                               fedi_verdict_code(verdict),
                               fedi_verdict_text(verdict));
}


bool
apctl_verify_refused(apctl_verify_t *v, const char *step,
    fedi_refusal_e refusal)
{
    return apctl_verify_failed(v, step, fedi_refusal_status(refusal),
                               fedi_refusal_code(refusal),
                               fedi_refusal_text(refusal));
}


bool
apctl_verify_failed(apctl_verify_t *v, const char *step, unsigned status,
    fedi_str_t code, fedi_str_t text)
{
    apctl_report_step(&v->report, APCTL_STEP_FAILED, step, "%s", text.data);

    v->exit = APCTL_FAILED;
    v->status = status;
    v->code = code.data;
    v->text = text.data;

    return false;
}
