
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_property.h"


#define FEDI_TYPE_MAX  64


static fedi_property_e fedi_property_parse(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *value, fedi_id_t *id);
static fedi_str_t fedi_property_bare(fedi_str_t name);
static bool fedi_property_addresses(json_t *list);


fedi_property_e
fedi_property_id(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *object, fedi_id_t *id)
{
    json_t  *plain, *keyword;

    memset(id, 0, sizeof(fedi_id_t));

    plain = fedi_json_get(object, "id");
    keyword = fedi_json_get(object, "@id");

    if (plain == NULL) {
        plain = keyword;

    } else if (keyword != NULL && !json_equal(plain, keyword)) {
        return FEDI_PROPERTY_BAD;
    }

    if (plain == NULL) {
        return FEDI_PROPERTY_ABSENT;
    }

    return fedi_property_parse(arena, rules, plain, id);
}


fedi_property_e
fedi_property_link(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *object, const char *name, bool fragment, fedi_id_t *id,
    json_t **embedded)
{
    json_t           *value;
    fedi_property_e   rc;

    memset(id, 0, sizeof(fedi_id_t));
    *embedded = NULL;

    value = fedi_json_single(fedi_json_get(object, name));

    if (value == NULL) {
        return FEDI_PROPERTY_ABSENT;
    }

    if (json_is_array(value)) {
        return FEDI_PROPERTY_MANY;
    }

    if (json_is_object(value)) {
        *embedded = value;
        rc = fedi_property_id(arena, rules, value, id);

    } else {
        rc = fedi_property_parse(arena, rules, value, id);
    }

    if (rc == FEDI_PROPERTY_OK && !fragment
        && fedi_id_document(id).len != id->text.len)
    {
        memset(id, 0, sizeof(fedi_id_t));
        return FEDI_PROPERTY_BAD;
    }

    return rc;
}


static fedi_property_e
fedi_property_parse(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const json_t *value, fedi_id_t *id)
{
    fedi_id_t  parsed;

    switch (fedi_id_parse_fragment(arena, rules, fedi_json_text(value),
                                   &parsed))
    {

    case FEDI_OK:
        *id = parsed;
        return FEDI_PROPERTY_OK;

    case FEDI_ENOMEM:
        return FEDI_PROPERTY_NOMEM;

    default:
        return FEDI_PROPERTY_BAD;
    }
}


fedi_property_e
fedi_property_type(const json_t *object, const fedi_str_t *known, size_t n,
    fedi_str_t *type)
{
    json_t      *types, *value;
    size_t       i, k, found;
    fedi_str_t   name, any;

    types = fedi_json_get(object, "type");

    if (types == NULL) {
        types = fedi_json_get(object, "@type");
    }

    any = fedi_null_str;
    found = 0;

    for (i = 0; (value = fedi_json_each(types, i)) != NULL; i++) {
        name = fedi_property_bare(fedi_json_text(value));

        if (name.len == 0 || name.len > FEDI_TYPE_MAX) {
            return FEDI_PROPERTY_BAD;
        }

        if (any.len == 0) {
            any = name;
        }

        for (k = 0; k < n; k++) {
            if (fedi_str_eq(name, known[k])) {
                found++;
                *type = name;
            }
        }
    }

    if (found > 1) {
        return FEDI_PROPERTY_MANY;
    }

    if (found == 0) {
        *type = any;
    }

    return any.len != 0 ? FEDI_PROPERTY_OK : FEDI_PROPERTY_ABSENT;
}


static fedi_str_t
fedi_property_bare(fedi_str_t name)
{
    size_t  i;

    static const fedi_str_t  prefixes[] = {
        fedi_string("as:"),
        fedi_string("https://www.w3.org/ns/activitystreams#")
    };

    for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (name.len > prefixes[i].len
            && memcmp(name.data, prefixes[i].data, prefixes[i].len) == 0)
        {
            return fedi_str_from(name, prefixes[i].len);
        }
    }

    return name;
}


bool
fedi_property_public(const json_t *object)
{
    return fedi_property_addresses(fedi_json_get(object, "to"))
           || fedi_property_addresses(fedi_json_get(object, "cc"));
}


static bool
fedi_property_addresses(json_t *list)
{
    json_t      *value;
    size_t       i;
    fedi_str_t   name;

    for (i = 0; (value = fedi_json_each(list, i)) != NULL; i++) {
        if (json_is_object(value)) {
            value = json_object_get(value, "id") != NULL
                    ? json_object_get(value, "id")
                    : json_object_get(value, "@id");
        }

        name = fedi_property_bare(fedi_json_text(value));

        if (fedi_str_eq(name, fedi_str("Public"))) {
            return true;
        }
    }

    return false;
}
