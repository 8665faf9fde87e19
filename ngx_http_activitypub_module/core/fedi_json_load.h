
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * JSON that others made: read with limits before anything of it is believed.
 * Documents are plain JSON with fixed names here, whatever their context says
 * about them; what would rearrange them under a JSON-LD processor is refused.
 */

#ifndef FEDI_JSON_LOAD_H
#define FEDI_JSON_LOAD_H

#include <jansson.h>

#include "fedi_err.h"
#include "fedi_str.h"


#define FEDI_JSON_DEPTH_MAX   32
#define FEDI_JSON_VALUES_MAX  10000


typedef struct {
    size_t  size;       /* of the text, in bytes */
    size_t  depth;      /* of objects and arrays */
    size_t  values;     /* members and elements of all of them together */
} fedi_json_limits_t;


/*
 * An object in UTF-8 without a byte order mark and with nothing behind it: no
 * name twice in an object, no U+0000, no lone surrogate, no number that does
 * not fit, no "@graph", "@included" or "@reverse" at any depth.  FEDI_EJSON,
 * FEDI_ETOOLONG, FEDI_ELIMIT (known before anything is built), FEDI_EKEYWORD
 * or FEDI_ENOMEM.  The caller frees "json" by json_decref().
 */
fedi_err_e fedi_json_load(fedi_str_t text, const fedi_json_limits_t *limits,
    json_t **json);

/* the member of an object; NULL: no object, no such member, or null */
json_t *fedi_json_get(const json_t *object, const char *name);

/*
 * The bytes of a string, empty for anything else.  A part of "value", which
 * has to stay.
 */
fedi_str_t fedi_json_text(const json_t *value);

/* an array of one is its element, an empty one is NULL; else itself */
json_t *fedi_json_single(json_t *value);

/* element "i" of an array; of anything else that is not NULL, itself is 0 */
json_t *fedi_json_each(json_t *value, size_t i);


#endif
