
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_content_type.h"
#include "fedi_header.h"


typedef struct {
    fedi_str_t  type;
    bool        profile;    /* that of ActivityStreams is named */
} fedi_content_type_t;


static bool fedi_content_type_parse(fedi_str_t value,
    fedi_content_type_t *type);
static bool fedi_content_type_parameter(fedi_str_t *rest, fedi_str_t *name,
    fedi_str_t *value);
static bool fedi_content_type_is_one(fedi_str_t type);
static bool fedi_content_type_names(fedi_str_t profile);


bool
fedi_content_type_is_activity(fedi_str_t value)
{
    fedi_content_type_t  type;

    return fedi_content_type_parse(value, &type)
           && (fedi_str_eq_nocase(type.type,
                                  fedi_str("application/activity+json"))
               || (type.profile
                   && fedi_str_eq_nocase(type.type,
                                         fedi_str("application/ld+json"))));
}


bool
fedi_content_type_is_post(fedi_str_t value)
{
    fedi_content_type_t  type;

    /* as most of them write it */

    if (fedi_str_eq(value, fedi_str("application/activity+json"))) {
        return true;
    }

    return fedi_content_type_parse(value, &type)
           && fedi_content_type_is_one(type.type);
}


bool
fedi_content_type_is_like_post(fedi_str_t value)
{
    size_t  len;

    value = fedi_str_trim(value);

    for (len = 0; len < value.len; len++) {
        if (memchr("; \t,", value.data[len], 4) != NULL) {
            break;
        }
    }

    value.len = len;

    return fedi_content_type_is_one(value);
}


static bool
fedi_content_type_is_one(fedi_str_t type)
{
    return fedi_str_eq_nocase(type, fedi_str("application/activity+json"))
           || fedi_str_eq_nocase(type, fedi_str("application/ld+json"))
           || fedi_str_eq_nocase(type, fedi_str("application/json"));
}


static bool
fedi_content_type_parse(fedi_str_t value, fedi_content_type_t *type)
{
    size_t      len;
    fedi_str_t  name, text;

    value = fedi_str_trim(value);
    len = fedi_str_before(value, ';');

    type->type.data = value.data;
    type->type.len = len;
    type->type = fedi_str_trim(type->type);
    type->profile = false;

    value = fedi_str_from(value, len);

    while (value.len != 0) {
        if (!fedi_content_type_parameter(&value, &name, &text)) {
            return false;
        }

        if (fedi_str_eq_nocase(name, fedi_str("charset"))) {
            if (!fedi_str_eq_nocase(text, fedi_str("utf-8"))) {
                return false;
            }

        } else if (fedi_str_eq_nocase(name, fedi_str("profile"))) {
            if (!fedi_content_type_names(text)) {
                return false;
            }

            type->profile = true;

        } else {
            return false;
        }
    }

    return true;
}


/* one ";name=value", quoted or not, from the front of "rest" */

static bool
fedi_content_type_parameter(fedi_str_t *rest, fedi_str_t *name,
    fedi_str_t *value)
{
    size_t  len;

    *rest = fedi_str_trim(fedi_str_from(*rest, 1));

    len = fedi_str_before(*rest, '=');
    name->data = rest->data;
    name->len = len;

    if (len == rest->len || !fedi_header_is_token(*name)) {
        return false;
    }

    *rest = fedi_str_from(*rest, len + 1);

    if (rest->len != 0 && rest->data[0] == '"') {
        *rest = fedi_str_from(*rest, 1);
        len = fedi_str_before(*rest, '"');

        if (len == rest->len) {
            return false;
        }

        value->data = rest->data;
        value->len = len;
        *rest = fedi_str_trim(fedi_str_from(*rest, len + 1));

        return rest->len == 0 || rest->data[0] == ';';
    }

    value->data = rest->data;
    value->len = fedi_str_before(*rest, ';');
    *rest = fedi_str_from(*rest, value->len);
    *value = fedi_str_trim(*value);

    return value->len != 0;
}


/* a profile is a list of URIs (RFC 6906 section 3.1) */

static bool
fedi_content_type_names(fedi_str_t profile)
{
    fedi_str_t  uri;

    while (profile.len != 0) {
        uri.data = profile.data;
        uri.len = fedi_str_before(profile, ' ');

        if (fedi_str_eq(uri, fedi_str("https://www.w3.org/ns/"
                                      "activitystreams")))
        {
            return true;
        }

        profile = fedi_str_trim(fedi_str_from(profile, uri.len));
    }

    return false;
}
