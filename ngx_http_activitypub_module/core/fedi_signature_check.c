
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_http_date.h"
#include "fedi_signature_check.h"
#include "fedi_signature_message.h"


/* lines of which one alone may be there, or which say what is signed how */

typedef struct {
    size_t      n;
    fedi_str_t  value;          /* of the first */
} fedi_check_line_t;


typedef struct {
    fedi_check_line_t  host;
    fedi_check_line_t  date;
    fedi_check_line_t  digest;
    fedi_check_line_t  content_length;
    fedi_check_line_t  content_type;
    fedi_check_line_t  signature;
    fedi_check_line_t  signature_input;
} fedi_check_lines_t;


typedef struct {
    fedi_arena_t                   *arena;
    const fedi_signed_request_t    *request;
    const fedi_signature_policy_t  *policy;
    fedi_check_lines_t              lines;
} fedi_check_t;


static void fedi_check_read(fedi_check_t *check);
static fedi_check_line_t *fedi_check_line(fedi_check_lines_t *lines,
    fedi_str_t name);
static fedi_signature_e fedi_check_message(fedi_check_t *check,
    fedi_signature_t *signature, fedi_digest_t *digest);
static fedi_signature_e fedi_check(fedi_check_t *check,
    const fedi_signature_t *signature, fedi_digest_t *digest);
static fedi_signature_e fedi_check_digest(fedi_check_t *check,
    const fedi_signature_t *signature, fedi_digest_t *digest);
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
static bool fedi_check_algorithm(EVP_PKEY *key,
    const fedi_signature_t *signature);


fedi_signature_e
fedi_signature_read(fedi_arena_t *arena,
    const fedi_signed_request_t *request,
    const fedi_signature_policy_t *policy, fedi_signature_t *signature,
    fedi_digest_t *digest)
{
    fedi_check_t      check;
    fedi_signature_e  rc;

    check.arena = arena;
    check.request = request;
    check.policy = policy;

    fedi_check_read(&check);

    if (check.lines.signature_input.n != 0) {
        return fedi_check_message(&check, signature, digest);
    }

    switch (check.lines.signature.n) {

    case 0:
        return FEDI_SIGNATURE_NONE;

    case 1:
        rc = fedi_signature_parse(check.lines.signature.value, signature);
        break;

    default:
        return FEDI_SIGNATURE_DUPLICATE_HEADER;
    }

    return rc == FEDI_SIGNATURE_VALID
           ? fedi_check(&check, signature, digest) : rc;
}


static void
fedi_check_read(fedi_check_t *check)
{
    size_t                 i;
    fedi_check_line_t     *line;
    const fedi_header_t   *header;

    memset(&check->lines, 0, sizeof(fedi_check_lines_t));

    for (i = 0; i < check->request->nheaders; i++) {
        header = &check->request->headers[i];
        line = fedi_check_line(&check->lines, header->name);

        if (line != NULL && line->n++ == 0) {
            line->value = header->value;
        }
    }
}


/* by its length first, which no name that matters shares with three others */

static fedi_check_line_t *
fedi_check_line(fedi_check_lines_t *lines, fedi_str_t name)
{
    fedi_str_t          wanted;
    fedi_check_line_t  *line;

    switch (name.len) {

    case 4:
        if (fedi_str_eq_nocase(name, fedi_str("host"))) {
            return &lines->host;
        }

        wanted = fedi_str("date");
        line = &lines->date;
        break;

    case 6:
        wanted = fedi_str("digest");
        line = &lines->digest;
        break;

    case 9:
        wanted = fedi_str("signature");
        line = &lines->signature;
        break;

    case 12:
        wanted = fedi_str("content-type");
        line = &lines->content_type;
        break;

    case 14:
        wanted = fedi_str("content-length");
        line = &lines->content_length;
        break;

    case 15:
        wanted = fedi_str("signature-input");
        line = &lines->signature_input;
        break;

    default:
        return NULL;
    }

    return fedi_str_eq_nocase(name, wanted) ? line : NULL;
}


static fedi_signature_e
fedi_check_message(fedi_check_t *check, fedi_signature_t *signature,
    fedi_digest_t *digest)
{
    fedi_str_t               input, value;
    fedi_signature_e         rc, first;
    fedi_signature_fields_t  fields;
    const fedi_sf_member_t  *member;

    value = fedi_null_str;

    rc = fedi_signature_field(check->arena, check->request,
                              fedi_str("signature-input"), &input);

    if (rc == FEDI_SIGNATURE_VALID) {
        rc = fedi_signature_field(check->arena, check->request,
                                  fedi_str("signature"), &value);
    }

    if (rc == FEDI_SIGNATURE_ABSENT_HEADER) {
        return FEDI_SIGNATURE_NO_SIGNATURE;
    }

    if (rc == FEDI_SIGNATURE_VALID) {
        rc = fedi_signature_fields(check->arena, input, value, &fields);
    }

    if (rc != FEDI_SIGNATURE_VALID) {
        return rc;
    }

    first = FEDI_SIGNATURE_VALID;

    for (member = fields.inputs.members; member; member = member->next) {
        rc = fedi_signature_member(&fields, member, signature);

        if (rc == FEDI_SIGNATURE_VALID) {
            rc = fedi_check(check, signature, digest);
        }

        if (rc == FEDI_SIGNATURE_VALID) {
            return rc;
        }

        if (first == FEDI_SIGNATURE_VALID) {
            first = rc;
        }
    }

    return first;
}


static fedi_signature_e
fedi_check(fedi_check_t *check, const fedi_signature_t *signature,
    fedi_digest_t *digest)
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


static fedi_signature_e
fedi_check_digest(fedi_check_t *check, const fedi_signature_t *signature,
    fedi_digest_t *digest)
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


fedi_signature_e
fedi_signature_verify(EVP_PKEY *key, const fedi_signature_t *signature,
    const fedi_signature_bases_t *bases)
{
    unsigned    i;
    fedi_err_e  err;

    if (!fedi_check_algorithm(key, signature)) {
        return FEDI_SIGNATURE_ALGORITHM;
    }

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


/* draft-cavage has no word for Ed25519 that all would read alike */

static bool
fedi_check_algorithm(EVP_PKEY *key, const fedi_signature_t *signature)
{
    fedi_str_t  name;

    if (signature->scheme == FEDI_SCHEME_CAVAGE) {
        return fedi_key_is_rsa(key);
    }

    name = fedi_key_is_rsa(key) ? fedi_str("rsa-v1_5-sha256")
                                : fedi_str("ed25519");

    return signature->algorithm.len == 0
           || fedi_str_eq(signature->algorithm, name);
}
