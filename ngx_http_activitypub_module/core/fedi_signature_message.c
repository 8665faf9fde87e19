
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_header.h"
#include "fedi_signature_message.h"


static fedi_signature_e fedi_message_field(fedi_arena_t *arena,
    fedi_str_t value, fedi_sf_dictionary_t *dictionary);
static fedi_signature_e fedi_message_parameters(
    const fedi_sf_parameter_t *list, fedi_signature_t *signature);
static bool fedi_message_time(const fedi_sf_parameter_t *list,
    fedi_str_t name, bool *given, int64_t *time);
static bool fedi_message_string(const fedi_sf_parameter_t *list,
    fedi_str_t name, fedi_str_t *text);
static bool fedi_message_algorithm(fedi_str_t name);
static fedi_signature_e fedi_message_components(const fedi_sf_item_t *items,
    fedi_signature_t *signature);
static bool fedi_message_component(fedi_str_t name);


fedi_signature_e
fedi_signature_fields(fedi_arena_t *arena, fedi_str_t input, fedi_str_t value,
    fedi_signature_fields_t *fields)
{
    size_t             n;
    fedi_signature_e   rc;
    fedi_sf_member_t  *member;

    rc = fedi_message_field(arena, input, &fields->inputs);

    if (rc == FEDI_SIGNATURE_VALID) {
        rc = fedi_message_field(arena, value, &fields->values);
    }

    if (rc != FEDI_SIGNATURE_VALID) {
        return rc;
    }

    n = 0;

    for (member = fields->inputs.members; member; member = member->next) {
        n++;
    }

    if (n > FEDI_SIGNATURE_LABELS_MAX) {
        return FEDI_SIGNATURE_TOO_LONG;
    }

    return n != 0 ? FEDI_SIGNATURE_VALID : FEDI_SIGNATURE_NONE;
}


static fedi_signature_e
fedi_message_field(fedi_arena_t *arena, fedi_str_t value,
    fedi_sf_dictionary_t *dictionary)
{
    if (value.len > FEDI_SIGNATURE_VALUE_MAX) {
        return FEDI_SIGNATURE_TOO_LONG;
    }

    switch (fedi_sf_parse(arena, value, dictionary)) {

    case FEDI_OK:
        break;

    case FEDI_ELIMIT:
        return FEDI_SIGNATURE_TOO_LONG;

    case FEDI_ENOMEM:
        return FEDI_SIGNATURE_FAILED;

    default:
        return FEDI_SIGNATURE_MALFORMED;
    }

    return dictionary->repeated ? FEDI_SIGNATURE_DUPLICATE_PARAMETER
                                : FEDI_SIGNATURE_VALID;
}


fedi_signature_e
fedi_signature_member(const fedi_signature_fields_t *fields,
    const fedi_sf_member_t *input, fedi_signature_t *signature)
{
    fedi_signature_e         rc;
    const fedi_sf_member_t  *value;

    signature->scheme = FEDI_SCHEME_RFC9421;
    signature->input = input->raw;

    value = fedi_sf_member(&fields->values, input->name);

    if (value == NULL || value->value.text.len == 0) {
        return FEDI_SIGNATURE_NO_SIGNATURE;
    }

    if (!input->list || value->list || value->value.kind != FEDI_SF_BYTES
        || value->value.text.len > FEDI_KEY_SIGNATURE_MAX)
    {
        return FEDI_SIGNATURE_MALFORMED;
    }

    signature->len = value->value.text.len;
    memcpy(signature->bytes, value->value.text.data, signature->len);

    rc = fedi_message_parameters(input->parameters, signature);

    return rc == FEDI_SIGNATURE_VALID
           ? fedi_message_components(input->items, signature) : rc;
}


static fedi_signature_e
fedi_message_parameters(const fedi_sf_parameter_t *list,
    fedi_signature_t *signature)
{
    signature->created_text = fedi_null_str;
    signature->expires_text = fedi_null_str;

    if (!fedi_message_string(list, fedi_str("keyid"), &signature->key_id)
        || !fedi_message_string(list, fedi_str("alg"), &signature->algorithm)
        || !fedi_message_time(list, fedi_str("created"),
                              &signature->has_created, &signature->created)
        || !fedi_message_time(list, fedi_str("expires"),
                              &signature->has_expires, &signature->expires))
    {
        return FEDI_SIGNATURE_MALFORMED;
    }

    if (signature->key_id.len == 0) {
        return FEDI_SIGNATURE_NO_KEY_ID;
    }

    if (signature->algorithm.len != 0
        && !fedi_message_algorithm(signature->algorithm))
    {
        return FEDI_SIGNATURE_ALGORITHM;
    }

    return FEDI_SIGNATURE_VALID;
}


static bool
fedi_message_time(const fedi_sf_parameter_t *list, fedi_str_t name,
    bool *given, int64_t *time)
{
    const fedi_sf_value_t  *value;

    value = fedi_sf_parameter(list, name);

    *given = (value != NULL);
    *time = *given ? value->number : 0;

    return !*given || value->kind == FEDI_SF_INTEGER;
}


/* empty: there is none */

static bool
fedi_message_string(const fedi_sf_parameter_t *list, fedi_str_t name,
    fedi_str_t *text)
{
    const fedi_sf_value_t  *value;

    value = fedi_sf_parameter(list, name);

    *text = value != NULL ? value->text : fedi_null_str;

    return value == NULL || value->kind == FEDI_SF_STRING;
}


static bool
fedi_message_algorithm(fedi_str_t name)
{
    return fedi_str_eq(name, fedi_str("rsa-v1_5-sha256"))
           || fedi_str_eq(name, fedi_str("ed25519"));
}


static fedi_signature_e
fedi_message_components(const fedi_sf_item_t *items,
    fedi_signature_t *signature)
{
    const fedi_sf_item_t  *item;

    signature->ncovered = 0;

    for (item = items; item != NULL; item = item->next) {

        if (item->value.kind != FEDI_SF_STRING) {
            return FEDI_SIGNATURE_MALFORMED;
        }

        if (item->parameters != NULL
            || !fedi_message_component(item->value.text))
        {
            return FEDI_SIGNATURE_UNKNOWN_COVERED;
        }

        if (fedi_signature_covers(signature, item->value.text)) {
            return FEDI_SIGNATURE_DUPLICATE_COVERED;
        }

        if (signature->ncovered == FEDI_SIGNATURE_COVERED_MAX) {
            return FEDI_SIGNATURE_TOO_LONG;
        }

        signature->covered[signature->ncovered++] = item->value.text;
    }

    return FEDI_SIGNATURE_VALID;
}


/* names of fields are in lower case here (section 2.1) */

static bool
fedi_message_component(fedi_str_t name)
{
    size_t  i;

    static const char *const  derived[] = {
        "@method", "@target-uri", "@authority", "@scheme", "@request-target",
        "@path", "@query"
    };

    if (name.len != 0 && name.data[0] == '@') {
        for (i = 0; i < sizeof(derived) / sizeof(derived[0]); i++) {
            if (fedi_str_eq(name, (fedi_str_t) { derived[i],
                                                 strlen(derived[i]) }))
            {
                return true;
            }
        }

        return false;
    }

    for (i = 0; i < name.len; i++) {
        if (name.data[i] != fedi_lower(name.data[i])) {
            return false;
        }
    }

    return fedi_header_is_token(name);
}
