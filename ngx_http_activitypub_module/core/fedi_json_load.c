
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_json_load.h"


fedi_err_e
fedi_json_load(fedi_str_t text, const fedi_json_limits_t *limits,
    json_t **json)
{
    fedi_err_e  err;

    if (text.len > limits->size) {
        return FEDI_ETOOLONG;
    }

    err = fedi_json_parse(text, limits, json);

    if (err == FEDI_OK && !json_is_object(*json)) {
        json_decref(*json);
        *json = NULL;
        return FEDI_EJSON;
    }

    return err;
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
