
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_json_load.h"
#include "fedi_plain.h"


static fedi_err_e fedi_json_scan(fedi_str_t text,
    const fedi_json_limits_t *limits);
static const char *fedi_json_string(const char *p, const char *end);
static bool fedi_json_keyword(json_t *json);


fedi_err_e
fedi_json_load(fedi_str_t text, const fedi_json_limits_t *limits,
    json_t **json)
{
    json_t        *loaded;
    fedi_err_e     err;
    json_error_t   error;

    if (text.len > limits->size) {
        return FEDI_ETOOLONG;
    }

    if (text.len == 0) {
        return FEDI_EJSON;
    }

    /* jansson recurses and allocates for each value: count them first */

    err = fedi_json_scan(text, limits);
    if (err != FEDI_OK) {
        return err;
    }

    loaded = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &error);

    if (loaded == NULL) {
        return json_error_code(&error) == json_error_out_of_memory
               ? FEDI_ENOMEM : FEDI_EJSON;
    }

    if (!json_is_object(loaded)) {
        json_decref(loaded);
        return FEDI_EJSON;
    }

    if (fedi_json_keyword(loaded)) {
        json_decref(loaded);
        return FEDI_EKEYWORD;
    }

    *json = loaded;

    return FEDI_OK;
}


/*
 * Brackets and commas outside of strings.  Each bracket that opens and each
 * comma can begin one value, so that there are never more of them.
 */
static fedi_err_e
fedi_json_scan(fedi_str_t text, const fedi_json_limits_t *limits)
{
    size_t       depth, values;
    const char  *p, *end;

    depth = 0;
    values = 0;
    end = text.data + text.len;

    for (p = text.data; p < end; p++) {

        switch (*p) {

        case '"':
            p = fedi_json_string(p + 1, end);

            if (p == end) {
                return FEDI_EJSON;
            }

            break;

        case '{':
        case '[':
            if (++depth > limits->depth || ++values > limits->values) {
                return FEDI_ELIMIT;
            }

            break;

        case ',':
            if (++values > limits->values) {
                return FEDI_ELIMIT;
            }

            break;

        case '}':
        case ']':
            if (depth-- == 0) {
                return FEDI_EJSON;
            }

            break;

        case '\0':
            /* jansson 2.14 reads over one that follows a number */
            return FEDI_EJSON;

        default:
            break;
        }
    }

    return FEDI_OK;
}


/* behind its first quotation mark; the one that ends it, or "end" */

static const char *
fedi_json_string(const char *p, const char *end)
{
    for (p = fedi_plain_end(p, end);
         p != end && *p != '"';
         p = fedi_plain_end(p + 1, end))
    {
        /* what a backslash stands before ends nothing */

        if (*p == '\\' && ++p == end) {
            break;
        }
    }

    return p;
}


/* the depth is known to be small */

static bool
fedi_json_keyword(json_t *json)
{
    size_t       i;
    json_t      *value;
    const char  *name;

    if (json_is_array(json)) {
        json_array_foreach(json, i, value) {
            if (fedi_json_keyword(value)) {
                return true;
            }
        }

        return false;
    }

    /* of what is no object, no member is visited */

    json_object_foreach(json, name, value) {
        if (strcmp(name, "@graph") == 0 || strcmp(name, "@included") == 0
            || strcmp(name, "@reverse") == 0 || fedi_json_keyword(value))
        {
            return true;
        }
    }

    return false;
}


json_t *
fedi_json_get(const json_t *object, const char *name)
{
    json_t  *value;

    value = json_object_get(object, name);

    return json_is_null(value) ? NULL : value;
}


fedi_str_t
fedi_json_text(const json_t *value)
{
    if (!json_is_string(value)) {
        return fedi_null_str;
    }

    return (fedi_str_t) { json_string_value(value),
                          json_string_length(value) };
}


json_t *
fedi_json_single(json_t *value)
{
    if (!json_is_array(value)) {
        return value;
    }

    switch (json_array_size(value)) {

    case 0:
        return NULL;

    case 1:
        value = json_array_get(value, 0);
        return json_is_null(value) ? NULL : value;

    default:
        return value;
    }
}


json_t *
fedi_json_each(json_t *value, size_t i)
{
    if (json_is_array(value)) {
        return json_array_get(value, i);
    }

    return i == 0 ? value : NULL;
}
