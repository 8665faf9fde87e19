
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_http_date.h"
#include "fedi_signature_rules.h"


static bool fedi_check_once(const fedi_check_lines_t *lines);
static fedi_signature_e fedi_check_covered(const fedi_signature_t *signature,
    const fedi_signed_request_t *request, bool body);
static bool fedi_check_covers_target(const fedi_signature_t *signature,
    fedi_str_t target);
static fedi_signature_e fedi_check_present(const fedi_signature_t *signature,
    const fedi_signed_request_t *request);
static fedi_signature_e fedi_check_times(const fedi_check_t *check,
    const fedi_signature_t *signature);
static fedi_signature_e fedi_check_near(int64_t time,
    const fedi_signature_policy_t *policy);
static fedi_signature_e fedi_check_expires(const fedi_signature_t *signature,
    const fedi_signature_policy_t *policy);
static fedi_signature_e fedi_check_digest(const fedi_check_t *check,
    const fedi_signature_t *signature, fedi_digest_t *digest);


fedi_signature_e
fedi_check_rules(const fedi_check_t *check,
    const fedi_signature_t *signature, fedi_digest_t *digest)
{
    fedi_str_t        host;
    fedi_signature_e  rc;

    if (check->policy->admit) {
        rc = check->policy->admit(check->policy->data, signature->key_id);

        if (rc != FEDI_SIGNATURE_VALID) {
            return rc;
        }
    }

    if (!fedi_check_once(&check->lines)) {
        return FEDI_SIGNATURE_DUPLICATE_HEADER;
    }

    rc = fedi_check_covered(signature, check->request, check->policy->body);

    if (rc == FEDI_SIGNATURE_VALID) {
        rc = fedi_check_present(signature, check->request);
    }

    if (rc == FEDI_SIGNATURE_VALID) {
        rc = fedi_signature_host(check->request,
                                 fedi_str_trim(check->lines.host.value),
                                 &host);
    }

    if (rc == FEDI_SIGNATURE_VALID) {
        rc = fedi_check_times(check, signature);
    }

    if (rc == FEDI_SIGNATURE_VALID && check->policy->body) {
        rc = fedi_check_digest(check, signature, digest);
    }

    return rc;
}


/* two lines of one of these, and each side may have read another */

static bool
fedi_check_once(const fedi_check_lines_t *lines)
{
    return lines->host.n < 2 && lines->date.n < 2 && lines->digest.n < 2
           && lines->content_length.n < 2 && lines->content_type.n < 2;
}


static fedi_signature_e
fedi_check_covered(const fedi_signature_t *signature,
    const fedi_signed_request_t *request, bool body)
{
    bool        cavage;
    fedi_str_t  digest;

    cavage = (signature->scheme == FEDI_SCHEME_CAVAGE);

    if (cavage ? !fedi_signature_covers(signature,
                                        fedi_str("(request-target)"))
               : !fedi_check_covers_target(signature, request->target))
    {
        return FEDI_SIGNATURE_TARGET_NOT_COVERED;
    }

    if (cavage ? !fedi_signature_covers(signature, fedi_str("host"))
               : !fedi_signature_covers(signature, fedi_str("@target-uri"))
                 && !fedi_signature_covers(signature, fedi_str("@authority")))
    {
        return FEDI_SIGNATURE_HOST_NOT_COVERED;
    }

    /* the parameters of RFC 9421 are covered as they are */

    if (cavage ? !fedi_signature_covers(signature, fedi_str("date"))
                 && !fedi_signature_covers(signature, fedi_str("(created)"))
               : !signature->has_created)
    {
        return FEDI_SIGNATURE_DATE_NOT_COVERED;
    }

    digest = cavage ? fedi_str("digest") : fedi_str("content-digest");

    if (body && !fedi_signature_covers(signature, digest)) {
        return FEDI_SIGNATURE_DIGEST_NOT_COVERED;
    }

    return FEDI_SIGNATURE_VALID;
}


/* the method, and the path with what a query adds to it */

static bool
fedi_check_covers_target(const fedi_signature_t *signature,
    fedi_str_t target)
{
    if (!fedi_signature_covers(signature, fedi_str("@method"))) {
        return false;
    }

    if (fedi_signature_covers(signature, fedi_str("@target-uri"))
        || fedi_signature_covers(signature, fedi_str("@request-target")))
    {
        return true;
    }

    return fedi_signature_covers(signature, fedi_str("@path"))
           && (fedi_str_before(target, '?') == target.len
               || fedi_signature_covers(signature, fedi_str("@query")));
}


static fedi_signature_e
fedi_check_present(const fedi_signature_t *signature,
    const fedi_signed_request_t *request)
{
    size_t      i;
    fedi_str_t  value;

    for (i = 0; i < signature->ncovered; i++) {
        if (signature->covered[i].data[0] != '('
            && signature->covered[i].data[0] != '@'
            && fedi_header_find(request->headers, request->nheaders,
                                signature->covered[i], &value)
               == 0)
        {
            return FEDI_SIGNATURE_ABSENT_HEADER;
        }
    }

    return FEDI_SIGNATURE_VALID;
}


static fedi_signature_e
fedi_check_times(const fedi_check_t *check, const fedi_signature_t *signature)
{
    int64_t           date;
    fedi_signature_e  rc;

    if (fedi_signature_covers(signature, fedi_str("date"))) {

        if (!fedi_http_date_parse(fedi_str_trim(check->lines.date.value),
                                  check->policy->now, &date))
        {
            return FEDI_SIGNATURE_BAD_DATE;
        }

        rc = fedi_check_near(date, check->policy);
        if (rc != FEDI_SIGNATURE_VALID) {
            return rc;
        }
    }

    if (signature->has_created) {
        rc = fedi_check_near(signature->created, check->policy);
        if (rc != FEDI_SIGNATURE_VALID) {
            return rc;
        }
    }

    return signature->has_expires ? fedi_check_expires(signature,
                                                       check->policy)
                                  : FEDI_SIGNATURE_VALID;
}


static fedi_signature_e
fedi_check_near(int64_t time, const fedi_signature_policy_t *policy)
{
    if (time < policy->now - policy->window) {
        return FEDI_SIGNATURE_TOO_OLD;
    }

    if (time > policy->now + policy->window) {
        return FEDI_SIGNATURE_IN_FUTURE;
    }

    return FEDI_SIGNATURE_VALID;
}


static fedi_signature_e
fedi_check_expires(const fedi_signature_t *signature,
    const fedi_signature_policy_t *policy)
{
    int64_t  since;

    if (signature->expires < policy->now) {
        return FEDI_SIGNATURE_EXPIRED;
    }

    since = signature->has_created ? signature->created : policy->now;

    return signature->expires - since > policy->lifetime
           ? FEDI_SIGNATURE_EXPIRES_LATE : FEDI_SIGNATURE_VALID;
}


static fedi_signature_e
fedi_check_digest(const fedi_check_t *check,
    const fedi_signature_t *signature, fedi_digest_t *digest)
{
    fedi_str_t        value;
    fedi_signature_e  rc;

    if (signature->scheme == FEDI_SCHEME_CAVAGE) {
        return fedi_signature_digest(
                   fedi_digest_parse(check->lines.digest.value, digest));
    }

    rc = fedi_signature_field(check->arena, check->request,
                              fedi_str("content-digest"), &value);

    return rc == FEDI_SIGNATURE_VALID
           ? fedi_signature_digest(fedi_content_digest_parse(check->arena,
                                                             value, digest))
           : rc;
}


fedi_signature_e
fedi_signature_digest(fedi_digest_e digest)
{
    switch (digest) {

    case FEDI_DIGEST_OK:
        return FEDI_SIGNATURE_VALID;

    case FEDI_DIGEST_MALFORMED:
        return FEDI_SIGNATURE_BAD_DIGEST;

    case FEDI_DIGEST_UNKNOWN:
        return FEDI_SIGNATURE_NO_SHA256;

    case FEDI_DIGEST_FAILED:
        return FEDI_SIGNATURE_FAILED;

    case FEDI_DIGEST_MISMATCH:
        break;
    }

    return FEDI_SIGNATURE_OTHER_BODY;
}
