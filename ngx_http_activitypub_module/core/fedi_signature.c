
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_base64.h"
#include "fedi_header.h"
#include "fedi_plain.h"
#include "fedi_signature.h"


/* seconds since the epoch have ten digits until the year 2286 */
#define FEDI_SIGNATURE_DIGITS  12


typedef struct {
    fedi_str_t  name;
    fedi_str_t  value;
} fedi_parameter_t;


static fedi_signature_e fedi_signature_parameters(fedi_str_t text,
    fedi_parameter_t *parameters, size_t *n);
static bool fedi_signature_parameter(fedi_str_t *text,
    fedi_parameter_t *parameter);
static bool fedi_signature_value(fedi_str_t *text, fedi_str_t *value);
static size_t fedi_signature_quoted(fedi_str_t text);
static bool fedi_signature_given(const fedi_parameter_t *parameters, size_t n,
    const char *name, fedi_str_t *value);
static bool fedi_signature_time(fedi_str_t text, int64_t *time);
static fedi_signature_e fedi_signature_list(fedi_str_t list,
    fedi_signature_t *signature);
static fedi_signature_e fedi_signature_pseudo(
    const fedi_signature_t *signature, fedi_str_t name);
static bool fedi_signature_known(fedi_str_t algorithm);


fedi_signature_e
fedi_signature_parse(fedi_str_t value, fedi_signature_t *signature)
{
    size_t            n;
    fedi_str_t        text, list;
    fedi_signature_e  rc;
    fedi_parameter_t  parameters[FEDI_SIGNATURE_PARAMETERS_MAX];

    signature->scheme = FEDI_SCHEME_CAVAGE;
    signature->input = fedi_null_str;

    rc = fedi_signature_parameters(value, parameters, &n);
    if (rc != FEDI_SIGNATURE_VALID) {
        return rc;
    }

    if (!fedi_signature_given(parameters, n, "keyId", &signature->key_id)) {
        return FEDI_SIGNATURE_NO_KEY_ID;
    }

    if (fedi_signature_given(parameters, n, "algorithm",
                             &signature->algorithm)
        && !fedi_signature_known(signature->algorithm))
    {
        return FEDI_SIGNATURE_ALGORITHM;
    }

    signature->has_created = fedi_signature_given(parameters, n, "created",
                                                  &signature->created_text);
    signature->has_expires = fedi_signature_given(parameters, n, "expires",
                                                  &signature->expires_text);

    if ((signature->has_created
         && !fedi_signature_time(signature->created_text,
                                 &signature->created))
        || (signature->has_expires
            && !fedi_signature_time(signature->expires_text,
                                    &signature->expires)))
    {
        return FEDI_SIGNATURE_MALFORMED;
    }

    if (!fedi_signature_given(parameters, n, "signature", &text)) {
        return FEDI_SIGNATURE_NO_SIGNATURE;
    }

    if (!fedi_base64_decode(text, signature->bytes, FEDI_KEY_SIGNATURE_MAX,
                            &signature->len))
    {
        return FEDI_SIGNATURE_MALFORMED;
    }

    if (signature->len == 0) {
        return FEDI_SIGNATURE_NO_SIGNATURE;
    }

    if (!fedi_signature_given(parameters, n, "headers", &list)) {
        list = fedi_str("date");
    }

    return fedi_signature_list(list, signature);
}


static fedi_signature_e
fedi_signature_parameters(fedi_str_t text, fedi_parameter_t *parameters,
    size_t *n)
{
    size_t             i;
    fedi_str_t         scheme;
    fedi_parameter_t  *parameter;

    if (text.len > FEDI_SIGNATURE_VALUE_MAX) {
        return FEDI_SIGNATURE_TOO_LONG;
    }

    text = fedi_str_trim(text);

    scheme.data = text.data;
    scheme.len = sizeof("Signature ") - 1;

    if (text.len > scheme.len
        && fedi_str_eq_nocase(scheme, fedi_str("Signature ")))
    {
        text = fedi_str_trim(fedi_str_from(text, scheme.len));
    }

    for (*n = 0; ; (*n)++) {
        if (*n == FEDI_SIGNATURE_PARAMETERS_MAX) {
            return FEDI_SIGNATURE_TOO_LONG;
        }

        parameter = &parameters[*n];

        if (!fedi_signature_parameter(&text, parameter)) {
            return FEDI_SIGNATURE_MALFORMED;
        }

        for (i = 0; i < *n; i++) {
            if (fedi_str_eq_nocase(parameters[i].name, parameter->name)) {
                return FEDI_SIGNATURE_DUPLICATE_PARAMETER;
            }
        }

        text = fedi_str_trim(text);

        if (text.len == 0) {
            (*n)++;
            return FEDI_SIGNATURE_VALID;
        }

        if (text.data[0] != ',') {
            return FEDI_SIGNATURE_MALFORMED;
        }

        text = fedi_str_trim(fedi_str_from(text, 1));
    }
}


static bool
fedi_signature_parameter(fedi_str_t *text, fedi_parameter_t *parameter)
{
    size_t  len;

    len = fedi_str_before(*text, '=');
    if (len == text->len) {
        return false;
    }

    parameter->name.data = text->data;
    parameter->name.len = len;
    parameter->name = fedi_str_trim(parameter->name);

    if (!fedi_header_is_token(parameter->name)) {
        return false;
    }

    *text = fedi_str_trim(fedi_str_from(*text, len + 1));

    return fedi_signature_value(text, &parameter->value);
}


/*
 * What is quoted ends at the next quote: no name, number, URL or base64 needs
 * an escape, and whoever unescapes differently would read another key id.
 */
static bool
fedi_signature_value(fedi_str_t *text, fedi_str_t *value)
{
    size_t  len;

    if (text->len != 0 && text->data[0] == '"') {
        *text = fedi_str_from(*text, 1);

        len = fedi_signature_quoted(*text);
        if (len == text->len) {
            return false;
        }

        value->data = text->data;
        value->len = len;
        *text = fedi_str_from(*text, len + 1);

        return true;
    }

    for (len = 0; len < text->len; len++) {
        if (memchr(", \t\"\\", text->data[len], 5) != NULL) {
            break;
        }
    }

    value->data = text->data;
    value->len = len;
    *text = fedi_str_from(*text, len);

    return len != 0 && fedi_header_is_value(*value);
}


/* the length of a value before its quote; all of the text: it is none */

static size_t
fedi_signature_quoted(fedi_str_t text)
{
    const char  *p, *end;

    end = text.data + text.len;

    for (p = fedi_plain_end(text.data, end);
         p != end;
         p = fedi_plain_end(p + 1, end))
    {
        if (*p == '"') {
            return (size_t) (p - text.data);
        }

        /* a tab may be in it, and what is no ASCII */

        if (*p == '\\' || !fedi_header_is_value((fedi_str_t) { p, 1 })) {
            break;
        }
    }

    return text.len;
}


/* names are compared as they are: "keyid" is unknown, and read over */

static bool
fedi_signature_given(const fedi_parameter_t *parameters, size_t n,
    const char *name, fedi_str_t *value)
{
    size_t      i;
    fedi_str_t  wanted;

    wanted.data = name;
    wanted.len = strlen(name);

    for (i = 0; i < n; i++) {
        if (fedi_str_eq(parameters[i].name, wanted)) {
            *value = parameters[i].value;
            return true;
        }
    }

    *value = fedi_null_str;

    return false;
}


static bool
fedi_signature_time(fedi_str_t text, int64_t *time)
{
    size_t  i;

    if (text.len == 0 || text.len > FEDI_SIGNATURE_DIGITS) {
        return false;
    }

    for (*time = 0, i = 0; i < text.len; i++) {
        if (!fedi_is_digit(text.data[i])) {
            return false;
        }

        *time = *time * 10 + (text.data[i] - '0');
    }

    return true;
}


static fedi_signature_e
fedi_signature_list(fedi_str_t list, fedi_signature_t *signature)
{
    fedi_str_t        name;
    fedi_signature_e  rc;

    signature->ncovered = 0;

    for (list = fedi_str_trim(list);
         list.len != 0;
         list = fedi_str_trim(fedi_str_from(list, name.len)))
    {
        name.data = list.data;
        name.len = fedi_str_before(list, ' ');

        if (signature->ncovered == FEDI_SIGNATURE_COVERED_MAX) {
            return FEDI_SIGNATURE_TOO_LONG;
        }

        if (fedi_signature_covers(signature, name)) {
            return FEDI_SIGNATURE_DUPLICATE_COVERED;
        }

        if (name.data[0] == '(') {
            rc = fedi_signature_pseudo(signature, name);

            if (rc != FEDI_SIGNATURE_VALID) {
                return rc;
            }

        } else if (!fedi_header_is_token(name)) {
            return FEDI_SIGNATURE_MALFORMED;
        }

        signature->covered[signature->ncovered++] = name;
    }

    return signature->ncovered != 0 ? FEDI_SIGNATURE_VALID
                                    : FEDI_SIGNATURE_MALFORMED;
}


/* section 2.3: the times belong to hs2019, or to no word of an algorithm */

static fedi_signature_e
fedi_signature_pseudo(const fedi_signature_t *signature, fedi_str_t name)
{
    bool  given;

    if (fedi_str_eq_nocase(name, fedi_str("(request-target)"))) {
        return FEDI_SIGNATURE_VALID;
    }

    if (fedi_str_eq_nocase(name, fedi_str("(created)"))) {
        given = signature->has_created;

    } else if (fedi_str_eq_nocase(name, fedi_str("(expires)"))) {
        given = signature->has_expires;

    } else {
        return FEDI_SIGNATURE_UNKNOWN_COVERED;
    }

    if (signature->algorithm.len != 0
        && !fedi_str_eq_nocase(signature->algorithm, fedi_str("hs2019")))
    {
        return FEDI_SIGNATURE_TIMES_NOT_ALLOWED;
    }

    return given ? FEDI_SIGNATURE_VALID : FEDI_SIGNATURE_NO_TIMES;
}


static bool
fedi_signature_known(fedi_str_t algorithm)
{
    return fedi_str_eq_nocase(algorithm, fedi_str("rsa-sha256"))
           || fedi_str_eq_nocase(algorithm, fedi_str("hs2019"));
}


bool
fedi_signature_covers(const fedi_signature_t *signature, fedi_str_t name)
{
    size_t  i;

    for (i = 0; i < signature->ncovered; i++) {
        if (fedi_str_eq_nocase(signature->covered[i], name)) {
            return true;
        }
    }

    return false;
}
