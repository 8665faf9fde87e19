
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_http_date.h"
#include "fedi_signature_check.h"


static fedi_signature_e fedi_check_lines(
    const fedi_signed_request_t *request);
static fedi_signature_e fedi_check_covered(const fedi_signature_t *signature,
    bool body);
static fedi_signature_e fedi_check_present(const fedi_signature_t *signature,
    const fedi_signed_request_t *request);
static fedi_signature_e fedi_check_times(const fedi_signature_t *signature,
    const fedi_signed_request_t *request,
    const fedi_signature_policy_t *policy);
static fedi_signature_e fedi_check_near(int64_t time,
    const fedi_signature_policy_t *policy);
static fedi_signature_e fedi_check_expires(const fedi_signature_t *signature,
    const fedi_signature_policy_t *policy);
static size_t fedi_check_find(const fedi_signed_request_t *request,
    const char *name, fedi_str_t *value);


fedi_signature_e
fedi_signature_find(const fedi_signed_request_t *request,
    fedi_signature_t *signature)
{
    fedi_str_t  value;

    /* with both, the other scheme alone counts: never "either passes" */

    if (fedi_check_find(request, "signature-input", &value) != 0) {
        return FEDI_SIGNATURE_RFC9421;
    }

    switch (fedi_check_find(request, "signature", &value)) {

    case 0:
        return FEDI_SIGNATURE_NONE;

    case 1:
        return fedi_signature_parse(value, signature);

    default:
        return FEDI_SIGNATURE_DUPLICATE_HEADER;
    }
}


fedi_signature_e
fedi_signature_check(const fedi_signature_t *signature,
    const fedi_signed_request_t *request,
    const fedi_signature_policy_t *policy, fedi_digest_t *digest)
{
    fedi_str_t        value;
    fedi_signature_e  rc;

    rc = fedi_check_lines(request);

    if (rc == FEDI_SIGNATURE_VALID) {
        rc = fedi_check_covered(signature, policy->body);
    }

    if (rc == FEDI_SIGNATURE_VALID) {
        rc = fedi_check_present(signature, request);
    }

    if (rc == FEDI_SIGNATURE_VALID) {
        (void) fedi_check_find(request, "host", &value);
        rc = fedi_signature_host(request, fedi_str_trim(value), &value);
    }

    if (rc == FEDI_SIGNATURE_VALID) {
        rc = fedi_check_times(signature, request, policy);
    }

    if (rc == FEDI_SIGNATURE_VALID && policy->body) {
        (void) fedi_check_find(request, "digest", &value);
        rc = fedi_signature_digest(fedi_digest_parse(value, digest));
    }

    return rc;
}


/* two lines of one of these, and each side may have read another */

static fedi_signature_e
fedi_check_lines(const fedi_signed_request_t *request)
{
    size_t      i;
    fedi_str_t  value;

    static const char *const  single[] = {
        "host", "date", "digest", "content-length", "signature"
    };

    for (i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
        if (fedi_check_find(request, single[i], &value) > 1) {
            return FEDI_SIGNATURE_DUPLICATE_HEADER;
        }
    }

    return FEDI_SIGNATURE_VALID;
}


static fedi_signature_e
fedi_check_covered(const fedi_signature_t *signature, bool body)
{
    if (!fedi_signature_covers(signature, fedi_str("(request-target)"))) {
        return FEDI_SIGNATURE_TARGET_NOT_COVERED;
    }

    if (!fedi_signature_covers(signature, fedi_str("host"))) {
        return FEDI_SIGNATURE_HOST_NOT_COVERED;
    }

    if (!fedi_signature_covers(signature, fedi_str("date"))
        && !fedi_signature_covers(signature, fedi_str("(created)")))
    {
        return FEDI_SIGNATURE_DATE_NOT_COVERED;
    }

    if (body && !fedi_signature_covers(signature, fedi_str("digest"))) {
        return FEDI_SIGNATURE_DIGEST_NOT_COVERED;
    }

    return FEDI_SIGNATURE_VALID;
}


static fedi_signature_e
fedi_check_present(const fedi_signature_t *signature,
    const fedi_signed_request_t *request)
{
    size_t      i;
    fedi_str_t  value;

    for (i = 0; i < signature->ncovered; i++) {
        if (signature->covered[i].data[0] != '('
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
fedi_check_times(const fedi_signature_t *signature,
    const fedi_signed_request_t *request,
    const fedi_signature_policy_t *policy)
{
    int64_t           date;
    fedi_str_t        value;
    fedi_signature_e  rc;

    if (fedi_signature_covers(signature, fedi_str("date"))) {
        (void) fedi_check_find(request, "date", &value);

        if (!fedi_http_date_parse(fedi_str_trim(value), policy->now, &date)) {
            return FEDI_SIGNATURE_BAD_DATE;
        }

        rc = fedi_check_near(date, policy);
        if (rc != FEDI_SIGNATURE_VALID) {
            return rc;
        }
    }

    if (signature->has_created) {
        rc = fedi_check_near(signature->created, policy);
        if (rc != FEDI_SIGNATURE_VALID) {
            return rc;
        }
    }

    return signature->has_expires ? fedi_check_expires(signature, policy)
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


/* the value is empty when there is none */

static size_t
fedi_check_find(const fedi_signed_request_t *request, const char *name,
    fedi_str_t *value)
{
    *value = fedi_null_str;

    return fedi_header_find(request->headers, request->nheaders,
                            (fedi_str_t) { name, strlen(name) }, value);
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

    case FEDI_DIGEST_MISMATCH:
        break;
    }

    return FEDI_SIGNATURE_OTHER_BODY;
}


fedi_signature_e
fedi_signature_verify(EVP_PKEY *key, const fedi_signature_t *signature,
    const fedi_signature_bases_t *bases)
{
    unsigned    i;
    fedi_err_e  err;

    for (i = 0; i < bases->n; i++) {
        err = fedi_key_verify(key, bases->texts[i], signature->bytes,
                              signature->len);

        if (err == FEDI_OK) {
            return FEDI_SIGNATURE_VALID;
        }

        if (err != FEDI_EMISMATCH) {
            return err == FEDI_EKEY ? FEDI_SIGNATURE_BAD_KEY
                                    : FEDI_SIGNATURE_FAILED;
        }
    }

    return FEDI_SIGNATURE_MISMATCH;
}
