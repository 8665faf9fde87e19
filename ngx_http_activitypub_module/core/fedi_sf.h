
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Structured fields (RFC 9651): dictionaries, as signatures and digests come
 * in.  Every kind of bare item is known, so that a parameter which nobody has
 * heard of does not spoil its neighbours.
 */

#ifndef FEDI_SF_H
#define FEDI_SF_H

#include <stdint.h>

#include "fedi_arena.h"
#include "fedi_err.h"


#define FEDI_SF_MEMBERS_MAX     32
#define FEDI_SF_ITEMS_MAX       64      /* of an inner list */
#define FEDI_SF_PARAMETERS_MAX  16      /* of an item or an inner list */


typedef enum {
    FEDI_SF_BOOLEAN = 0,
    FEDI_SF_INTEGER,
    FEDI_SF_DECIMAL,
    FEDI_SF_DATE,
    FEDI_SF_STRING,
    FEDI_SF_TOKEN,
    FEDI_SF_BYTES,
    FEDI_SF_DISPLAY
} fedi_sf_kind_e;


typedef struct {
    fedi_sf_kind_e  kind;
    int64_t         number;     /* a decimal in thousandths, a date in s */
    fedi_str_t      text;       /* without quotes and escapes, decoded */
} fedi_sf_value_t;


typedef struct fedi_sf_parameter_s  fedi_sf_parameter_t;

struct fedi_sf_parameter_s {
    fedi_str_t            name;
    fedi_sf_value_t       value;
    fedi_sf_parameter_t  *next;
};


typedef struct fedi_sf_item_s  fedi_sf_item_t;

struct fedi_sf_item_s {
    fedi_sf_value_t       value;
    fedi_sf_parameter_t  *parameters;
    fedi_str_t            raw;      /* as written, parameters included */
    fedi_sf_item_t       *next;
};


/* either one item, or an inner list of them; the parameters are of either */

typedef struct fedi_sf_member_s  fedi_sf_member_t;

struct fedi_sf_member_s {
    fedi_str_t            name;
    bool                  list;
    fedi_sf_value_t       value;
    fedi_sf_item_t       *items;
    fedi_sf_parameter_t  *parameters;
    fedi_str_t            raw;      /* behind "name=", parameters included */
    fedi_sf_member_t     *next;
};


typedef struct {
    fedi_sf_member_t  *members;
    bool               repeated;    /* a name stood there twice, anywhere */
} fedi_sf_dictionary_t;


/*
 * Parses what all lines of a field are when they are joined by ", ".  Of a
 * repeated name the last value counts, at the place of the first (section
 * 4.2.2): who cannot live with two readings of a field looks at "repeated".
 * Base64 has one spelling, as in fedi_base64.h.  An empty text is an empty
 * dictionary.
 *
 * FEDI_ESF: it is none; FEDI_ELIMIT: more than the limits above; FEDI_ENOMEM.
 * Everything points into "text" or is copied into the arena.
 */
fedi_err_e fedi_sf_parse(fedi_arena_t *arena, fedi_str_t text,
    fedi_sf_dictionary_t *dictionary);

/* the value of that name, or NULL */
const fedi_sf_member_t *fedi_sf_member(const fedi_sf_dictionary_t *dictionary,
    fedi_str_t name);
const fedi_sf_value_t *fedi_sf_parameter(const fedi_sf_parameter_t *list,
    fedi_str_t name);


#endif
