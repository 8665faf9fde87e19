
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_json_load.h"
#include "fedi_json_outline.h"
#include "fedi_plain.h"


static fedi_err_e fedi_json_outlined(fedi_arena_t *arena, fedi_str_t text,
    const fedi_json_limits_t *limits, json_t **json);
static fedi_err_e fedi_json_scan(fedi_str_t text,
    const fedi_json_limits_t *limits, fedi_json_outline_t *outline);
static const char *fedi_json_string(const char *p, const char *end);
static fedi_err_e fedi_json_finish(fedi_json_outline_t *outline,
    json_t *json);
static bool fedi_json_keyword(const char *name);


fedi_err_e
fedi_json_load(fedi_str_t text, const fedi_json_limits_t *limits,
    json_t **json)
{
    fedi_err_e   err;
    fedi_heap_t  heap;

    if (text.len > limits->size) {
        return FEDI_ETOOLONG;
    }

    if (text.len == 0) {
        return FEDI_EJSON;
    }

    fedi_heap_init(&heap);

    err = fedi_json_outlined(&heap.arena, text, limits, json);

    fedi_heap_free(&heap);

    return err;
}


static fedi_err_e
fedi_json_outlined(fedi_arena_t *arena, fedi_str_t text,
    const fedi_json_limits_t *limits, json_t **json)
{
    json_t               *loaded;
    fedi_str_t            given;
    fedi_err_e            err;
    json_error_t          error;
    fedi_json_outline_t   outline;

    if (!fedi_json_outline_init(arena, text, &outline)) {
        return FEDI_ENOMEM;
    }

    /* jansson recurses and allocates for each value: count them first */

    err = fedi_json_scan(text, limits, &outline);
    if (err != FEDI_OK) {
        return err;
    }

    given = fedi_json_outline_end(&outline, text.data + text.len);
    loaded = json_loadb(given.data, given.len, JSON_REJECT_DUPLICATES,
                        &error);

    if (loaded == NULL) {
        return json_error_code(&error) == json_error_out_of_memory
               ? FEDI_ENOMEM : FEDI_EJSON;
    }

    err = json_is_object(loaded) ? fedi_json_finish(&outline, loaded)
                                 : FEDI_EJSON;

    if (err != FEDI_OK) {
        json_decref(loaded);
        return err;
    }

    *json = loaded;

    return FEDI_OK;
}


/*
 * Brackets and commas outside of strings.  Each bracket that opens and each
 * comma can begin one value, so that there are never more of them.
 */
static fedi_err_e
fedi_json_scan(fedi_str_t text, const fedi_json_limits_t *limits,
    fedi_json_outline_t *outline)
{
    size_t       depth, values;
    fedi_str_t   string;
    const char  *p, *end;

    depth = 0;
    values = 0;
    end = text.data + text.len;

    for (p = text.data; p < end; p++) {

        switch (*p) {

        case '"':
            string.data = p + 1;
            p = fedi_json_string(p + 1, end);

            if (p == end) {
                return FEDI_EJSON;
            }

            string.len = (size_t) (p - string.data);
            fedi_json_outline_string(outline, string, end);
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


/* in the order of the text; the depth is known to be small */

static fedi_err_e
fedi_json_finish(fedi_json_outline_t *outline, json_t *json)
{
    size_t       i;
    json_t      *value;
    fedi_err_e   err;
    const char  *name;

    switch (json_typeof(json)) {

    case JSON_STRING:
        return fedi_json_outline_restore(outline, json);

    case JSON_ARRAY:
        json_array_foreach(json, i, value) {
            err = fedi_json_finish(outline, value);

            if (err != FEDI_OK) {
                return err;
            }
        }

        return FEDI_OK;

    case JSON_OBJECT:
        json_object_foreach(json, name, value) {
            err = fedi_json_keyword(name) ? FEDI_EKEYWORD
                                          : fedi_json_finish(outline, value);

            if (err != FEDI_OK) {
                return err;
            }
        }

        return FEDI_OK;

    default:
        return FEDI_OK;
    }
}


static bool
fedi_json_keyword(const char *name)
{
    return strcmp(name, "@graph") == 0 || strcmp(name, "@included") == 0
           || strcmp(name, "@reverse") == 0;
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
