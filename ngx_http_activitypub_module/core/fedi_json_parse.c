
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdlib.h>

#include "fedi_json_parse.h"
#include "fedi_json_string.h"


typedef struct {
    const char  *p;
    const char  *end;
    char        *room;      /* as fedi_json_string_read() wants it */
    size_t       depth;     /* what is left of the limits */
    size_t       values;
    bool         keyword;
    fedi_err_e   err;       /* of the first that failed, which ends it */
} fedi_json_parser_t;


static json_t *fedi_json_value(fedi_json_parser_t *parser);
static json_t *fedi_json_object(fedi_json_parser_t *parser);
static bool fedi_json_member(fedi_json_parser_t *parser, json_t *object);
static json_t *fedi_json_array(fedi_json_parser_t *parser);
static json_t *fedi_json_string(fedi_json_parser_t *parser);
static json_t *fedi_json_number(fedi_json_parser_t *parser);
static json_t *fedi_json_literal(fedi_json_parser_t *parser);
static bool fedi_json_skip(fedi_json_parser_t *parser, char c);
static bool fedi_json_enter(fedi_json_parser_t *parser);
static bool fedi_json_count(fedi_json_parser_t *parser);
static json_t *fedi_json_made(fedi_json_parser_t *parser, json_t *json);


fedi_err_e
fedi_json_parse(fedi_str_t text, const fedi_json_limits_t *limits,
    json_t **json)
{
    char                *room;
    json_t              *value;
    fedi_json_parser_t   parser;

    if (text.len == 0) {
        return FEDI_EJSON;
    }

    /* a string is never longer than what it was written as, quotes and all */

    room = malloc(text.len);
    if (room == NULL) {
        return FEDI_ENOMEM;
    }

    parser = (fedi_json_parser_t) {
        text.data, text.data + text.len, room, limits->depth, limits->values,
        false, FEDI_EJSON
    };

    value = NULL;

    if (fedi_json_skip(&parser, '{')) {
        value = fedi_json_object(&parser);

    } else if (fedi_json_skip(&parser, '[')) {
        value = fedi_json_array(&parser);
    }

    free(room);

    if (value == NULL) {
        return parser.err;
    }

    (void) fedi_json_skip(&parser, '\0');

    if (parser.p != parser.end || parser.keyword) {
        json_decref(value);
        return parser.p != parser.end ? FEDI_EJSON : FEDI_EKEYWORD;
    }

    *json = value;

    return FEDI_OK;
}


/* recurses, but no deeper than the limit */

static json_t *
fedi_json_value(fedi_json_parser_t *parser)
{
    if (fedi_json_skip(parser, '"')) {
        return fedi_json_string(parser);
    }

    if (fedi_json_skip(parser, '{')) {
        return fedi_json_object(parser);
    }

    if (fedi_json_skip(parser, '[')) {
        return fedi_json_array(parser);
    }

    if (parser->p == parser->end) {
        return NULL;
    }

    if (*parser->p == '-' || fedi_is_digit(*parser->p)) {
        return fedi_json_number(parser);
    }

    return fedi_json_literal(parser);
}


static json_t *
fedi_json_object(fedi_json_parser_t *parser)
{
    json_t  *object;

    if (!fedi_json_enter(parser)) {
        return NULL;
    }

    object = fedi_json_made(parser, json_object());

    if (object == NULL || fedi_json_skip(parser, '}')) {
        parser->depth++;
        return object;
    }

    while (fedi_json_member(parser, object)) {

        if (fedi_json_skip(parser, '}')) {
            parser->depth++;
            return object;
        }

        if (!fedi_json_skip(parser, ',') || !fedi_json_count(parser)) {
            break;
        }
    }

    json_decref(object);

    return NULL;
}


static bool
fedi_json_member(fedi_json_parser_t *parser, json_t *object)
{
    json_t      *value;
    size_t       size;
    fedi_str_t   name;

    if (!fedi_json_skip(parser, '"')
        || !fedi_json_string_read(&parser->p, parser->end, &parser->room,
                                  true, &name)
        || !fedi_json_skip(parser, ':'))
    {
        return false;
    }

    parser->keyword |= fedi_str_eq(name, fedi_str("@graph"))
                       || fedi_str_eq(name, fedi_str("@included"))
                       || fedi_str_eq(name, fedi_str("@reverse"));

    value = fedi_json_value(parser);
    if (value == NULL) {
        return false;
    }

    size = json_object_size(object);

    if (json_object_set_new_nocheck(object, name.data, value) != 0) {
        parser->err = FEDI_ENOMEM;
        return false;
    }

    /* one that was there does not make the object larger */

    return json_object_size(object) != size;
}


static json_t *
fedi_json_array(fedi_json_parser_t *parser)
{
    json_t  *array, *value;

    if (!fedi_json_enter(parser)) {
        return NULL;
    }

    array = fedi_json_made(parser, json_array());

    if (array == NULL || fedi_json_skip(parser, ']')) {
        parser->depth++;
        return array;
    }

    while ((value = fedi_json_value(parser)) != NULL) {

        if (json_array_append_new(array, value) != 0) {
            parser->err = FEDI_ENOMEM;
            break;
        }

        if (fedi_json_skip(parser, ']')) {
            parser->depth++;
            return array;
        }

        if (!fedi_json_skip(parser, ',') || !fedi_json_count(parser)) {
            break;
        }
    }

    json_decref(array);

    return NULL;
}


static json_t *
fedi_json_string(fedi_json_parser_t *parser)
{
    fedi_str_t  chars;

    if (!fedi_json_string_read(&parser->p, parser->end, &parser->room, false,
                               &chars))
    {
        return NULL;
    }

    return fedi_json_made(parser, json_stringn_nocheck(chars.data, chars.len));
}


/* there are few: jansson says what one is, and how large it may be */

static json_t *
fedi_json_number(fedi_json_parser_t *parser)
{
    json_t        *number;
    const char    *start;
    json_error_t   error;

    start = parser->p;

    while (parser->p != parser->end
           && (fedi_is_digit(*parser->p)
               || (*parser->p != '\0' && strchr("+-.eE", *parser->p))))
    {
        parser->p++;
    }

    number = json_loadb(start, (size_t) (parser->p - start), JSON_DECODE_ANY,
                        &error);

    if (number == NULL
        && json_error_code(&error) == json_error_out_of_memory)
    {
        parser->err = FEDI_ENOMEM;
    }

    return number;
}


static json_t *
fedi_json_literal(fedi_json_parser_t *parser)
{
    size_t  left;

    left = (size_t) (parser->end - parser->p);

    if (left >= 4 && memcmp(parser->p, "true", 4) == 0) {
        parser->p += 4;
        return json_true();
    }

    if (left >= 5 && memcmp(parser->p, "false", 5) == 0) {
        parser->p += 5;
        return json_false();
    }

    if (left >= 4 && memcmp(parser->p, "null", 4) == 0) {
        parser->p += 4;
        return json_null();
    }

    return NULL;
}


/* white space, and then this character, if it is there */

static bool
fedi_json_skip(fedi_json_parser_t *parser, char c)
{
    while (parser->p != parser->end
           && (*parser->p == ' ' || *parser->p == '\n' || *parser->p == '\r'
               || *parser->p == '\t'))
    {
        parser->p++;
    }

    if (parser->p == parser->end || *parser->p != c || c == '\0') {
        return false;
    }

    parser->p++;

    return true;
}


/* each bracket that opens and each comma can begin one value */

static bool
fedi_json_enter(fedi_json_parser_t *parser)
{
    if (parser->depth == 0) {
        parser->err = FEDI_ELIMIT;
        return false;
    }

    parser->depth--;

    return fedi_json_count(parser);
}


static bool
fedi_json_count(fedi_json_parser_t *parser)
{
    if (parser->values == 0) {
        parser->err = FEDI_ELIMIT;
        return false;
    }

    parser->values--;

    return true;
}


static json_t *
fedi_json_made(fedi_json_parser_t *parser, json_t *json)
{
    if (json == NULL) {
        parser->err = FEDI_ENOMEM;
    }

    return json;
}
