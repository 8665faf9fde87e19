
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <inttypes.h>
#include <stdio.h>

#include "fedi_base64.h"
#include "fedi_signature_message.h"
#include "fedi_signature_message_base.h"


/* a quote, a name, a quote and a colon, a value and a line feed for each */
#define FEDI_MESSAGE_PARTS  (5 * FEDI_SIGNATURE_COVERED_MAX + 2)

#define FEDI_MESSAGE_LABEL  "sig1="

/* "-9223372036854775808" */
#define FEDI_MESSAGE_DIGITS  20


static fedi_signature_e fedi_message_value(fedi_arena_t *arena,
    const fedi_signed_request_t *request, fedi_str_t name,
    fedi_str_t *value);
static fedi_signature_e fedi_message_derived(fedi_arena_t *arena,
    const fedi_signed_request_t *request, fedi_str_t name,
    fedi_str_t *value);
static fedi_signature_e fedi_message_query(fedi_str_t target,
    fedi_str_t *value);
static fedi_signature_e fedi_message_join(fedi_arena_t *arena,
    const fedi_str_t *parts, size_t n, fedi_str_t *text);


fedi_signature_e
fedi_signature_message_base(fedi_arena_t *arena,
    const fedi_signature_t *signature, const fedi_signed_request_t *request,
    fedi_str_t *text)
{
    size_t            i, n;
    fedi_str_t        parts[FEDI_MESSAGE_PARTS];
    fedi_signature_e  rc;

    for (n = 0, i = 0; i < signature->ncovered; i++) {
        parts[n++] = fedi_str("\"");
        parts[n++] = signature->covered[i];
        parts[n++] = fedi_str("\": ");

        rc = fedi_message_value(arena, request, signature->covered[i],
                                &parts[n++]);
        if (rc != FEDI_SIGNATURE_VALID) {
            return rc;
        }

        parts[n++] = fedi_str("\n");
    }

    parts[n++] = fedi_str("\"@signature-params\": ");
    parts[n++] = signature->input;

    return fedi_message_join(arena, parts, n, text);
}


static fedi_signature_e
fedi_message_value(fedi_arena_t *arena, const fedi_signed_request_t *request,
    fedi_str_t name, fedi_str_t *value)
{
    fedi_signature_e  rc;

    if (name.data[0] == '@') {
        return fedi_message_derived(arena, request, name, value);
    }

    rc = fedi_signature_field(arena, request, name, value);

    if (rc == FEDI_SIGNATURE_VALID && fedi_str_eq(name, fedi_str("host"))) {
        return fedi_signature_host(request, *value, value);
    }

    return rc;
}


/* section 2.2; the target is in origin form, or nginx has refused it */

static fedi_signature_e
fedi_message_derived(fedi_arena_t *arena,
    const fedi_signed_request_t *request, fedi_str_t name, fedi_str_t *value)
{
    fedi_str_t  parts[4];

    if (fedi_str_eq(name, fedi_str("@method"))) {
        *value = request->method;

    } else if (fedi_str_eq(name, fedi_str("@scheme"))) {
        *value = request->scheme;

    } else if (fedi_str_eq(name, fedi_str("@authority"))) {
        *value = request->authority;

    } else if (fedi_str_eq(name, fedi_str("@request-target"))) {
        *value = request->target;

    } else if (fedi_str_eq(name, fedi_str("@path"))) {
        value->data = request->target.data;
        value->len = fedi_str_before(request->target, '?');

    } else if (fedi_str_eq(name, fedi_str("@query"))) {
        return fedi_message_query(request->target, value);

    } else {
        parts[0] = request->scheme;
        parts[1] = fedi_str("://");
        parts[2] = request->authority;
        parts[3] = request->target;

        return fedi_message_join(arena, parts, 4, value);
    }

    return FEDI_SIGNATURE_VALID;
}


/* with its question mark, which stands there without a query, too */

static fedi_signature_e
fedi_message_query(fedi_str_t target, fedi_str_t *value)
{
    *value = fedi_str_from(target, fedi_str_before(target, '?'));

    if (value->len == 0) {
        *value = fedi_str("?");
    }

    return FEDI_SIGNATURE_VALID;
}


static fedi_signature_e
fedi_message_join(fedi_arena_t *arena, const fedi_str_t *parts, size_t n,
    fedi_str_t *text)
{
    *text = fedi_join(arena, parts, n);

    return text->data != NULL ? FEDI_SIGNATURE_VALID : FEDI_SIGNATURE_FAILED;
}


fedi_signature_e
fedi_signature_message_base_of(fedi_arena_t *arena, fedi_str_t covered,
    fedi_str_t key_id, int64_t created, const fedi_signed_request_t *request,
    fedi_str_t *input, fedi_str_t *text)
{
    char                     digits[FEDI_MESSAGE_DIGITS + 1];
    fedi_str_t               parts[7], whole;
    fedi_signature_e         rc;
    fedi_signature_t         signature;
    fedi_signature_fields_t  fields;

    parts[0] = fedi_str("(");
    parts[1] = covered;
    parts[2] = fedi_str(");created=");
    parts[3].data = digits;
    parts[3].len = (size_t) snprintf(digits, sizeof(digits), "%" PRId64,
                                     created);

    /* a plain string: the algorithm is said, for some would choose by size */

    parts[4] = fedi_str(";keyid=\"");
    parts[5] = key_id;
    parts[6] = fedi_str("\";alg=\"rsa-v1_5-sha256\"");

    rc = fedi_message_join(arena, parts, 7, input);
    if (rc != FEDI_SIGNATURE_VALID) {
        return rc;
    }

    parts[0] = fedi_str(FEDI_MESSAGE_LABEL);
    parts[1] = *input;

    rc = fedi_message_join(arena, parts, 2, &whole);

    /* what we would not understand is nothing to send */

    if (rc == FEDI_SIGNATURE_VALID) {
        rc = fedi_signature_fields(arena, whole, fedi_str("sig1=:AA==:"),
                                   &fields);
    }

    if (rc == FEDI_SIGNATURE_VALID) {
        rc = fedi_signature_member(&fields, fields.inputs.members, &signature);
    }

    return rc == FEDI_SIGNATURE_VALID
           ? fedi_signature_message_base(arena, &signature, request, text)
           : rc;
}


fedi_err_e
fedi_signature_message_render(fedi_arena_t *arena, fedi_str_t input,
    const unsigned char *signature, size_t len, fedi_str_t *input_field,
    fedi_str_t *field)
{
    char        *encoded;
    fedi_str_t   parts[3];

    encoded = fedi_alloc(arena, fedi_base64_encoded_len(len));
    if (encoded == NULL) {
        return FEDI_ENOMEM;
    }

    fedi_base64_encode(signature, len, encoded);

    parts[0] = fedi_str(FEDI_MESSAGE_LABEL);
    parts[1] = input;

    *input_field = fedi_join(arena, parts, 2);

    parts[0] = fedi_str(FEDI_MESSAGE_LABEL ":");
    parts[1].data = encoded;
    parts[1].len = fedi_base64_encoded_len(len);
    parts[2] = fedi_str(":");

    *field = fedi_join(arena, parts, 3);

    return input_field->data != NULL && field->data != NULL ? FEDI_OK
                                                            : FEDI_ENOMEM;
}
