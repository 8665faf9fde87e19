
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_signature_check.h"
#include "fedi_signature_message.h"


static void fedi_check_read(fedi_check_t *check);
static fedi_check_line_t *fedi_check_line(fedi_check_lines_t *lines,
    fedi_str_t name);
static fedi_signature_e fedi_check_message(fedi_check_t *check,
    fedi_signature_t *signature, fedi_digest_t *digest);
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
           ? fedi_check_rules(&check, signature, digest) : rc;
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
            rc = fedi_check_rules(check, signature, digest);
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


fedi_signature_e
fedi_signature_verify(EVP_PKEY *key, EVP_PKEY_CTX **kept,
    const fedi_signature_t *signature, const fedi_signature_bases_t *bases)
{
    unsigned    i;
    fedi_err_e  err;

    if (!fedi_check_algorithm(key, signature)) {
        return FEDI_SIGNATURE_ALGORITHM;
    }

    for (i = 0; i < bases->n; i++) {
        err = fedi_key_verify(key, kept, bases->texts[i], signature->bytes,
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
